//! `cargo xtask check`: formatting, lints, sizes, invariants, licences.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{captured, command, in_ci, root, shown};
use crate::tidy;

/// Every check that needs no test run.
pub fn check() -> Result<()> {
    quick()?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"];
    step("lints", shown(command("cargo", ".").args(clippy)))
}

/// The checks that compile nothing.
pub fn quick() -> Result<()> {
    step("formatting", shown(command("cargo", ".").args(["fmt", "--all", "--check"])))?;
    step("file sizes and names", tidy::tidy())?;
    step("invariants", invariants())?;
    step("licences", licences())
}

/// A cargo command that compiles the workspace with Clippy's compiler, warnings being errors: lints and build in one go. Clippy
/// by itself would compile every dependency a second time, without code.
pub fn linted(arguments: &[&str]) -> Command {
    let mut cargo = command("cargo", ".");
    cargo.args(arguments);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
    // The form in which `cargo clippy` hands arguments on.
    cargo.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    if in_ci() {
        // A clean clone is built once: keeping parts for the next build only costs time and disk.
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

fn step(name: &str, outcome: Result<()>) -> Result<()> {
    println!("==> check: {name}");
    outcome.with_context(|| format!("check {name}"))
}

/// The pure crates reach neither an async runtime nor the network nor a database.
fn invariants() -> Result<()> {
    for package in ["fine-pickle", "fine-table", "fine-model", "fine-audit"] {
        let tree = captured(
            command("cargo", ".").args(["tree", "-p", package, "-e", "normal", "--prefix", "none", "--locked"]),
        )?;
        for banned in ["tokio", "axum", "sqlx", "reqwest", "hyper", "object_store", "ort"] {
            if tree.lines().any(|l| l.split(' ').next() == Some(banned)) {
                bail!("{package} depends on {banned}: it must do no I/O");
            }
        }
    }
    tidy::forbidden_words(
        &["crates/pickle/src", "crates/table/src", "crates/model/src", "crates/audit/src"],
        &["std::fs", "std::net", "std::env::var", "SystemTime", "Instant::now", "std::process::"],
    )?;
    tidy::forbidden_words(&["crates/server/src", "crates/report/src", "crates/audit/src"], &["sqlx::"])
}

/// Every dependency's licence is on the list of `deny.toml`.
fn licences() -> Result<()> {
    let deny = std::fs::read_to_string(root().join("deny.toml")).context("read deny.toml")?;
    let allowed: BTreeSet<&str> = deny.lines().filter_map(|l| l.trim().strip_prefix('"')?.split('"').next()).collect();
    let text = captured(command("cargo", ".").args(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text).context("read cargo metadata")?;
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let licence = package["license"].as_str().unwrap_or("");
        if !satisfied(licence, &allowed) {
            bail!("{} {} has licence {licence:?}, which deny.toml does not allow", package["name"], package["version"]);
        }
    }
    Ok(())
}

/// `A OR B` needs one, `A AND B` needs both; brackets bind as in SPDX.
fn satisfied(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any_of(&tokens, &mut at, allowed) && at == tokens.len()
}

fn any_of(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let mut ok = all_of(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        ok |= all_of(tokens, at, allowed);
    }
    ok
}

fn all_of(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let mut ok = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        ok &= one(tokens, at, allowed);
    }
    ok
}

fn one(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let Some(token) = tokens.get(*at) else { return false };
    *at += 1;
    if *token == "(" {
        let ok = any_of(tokens, at, allowed);
        *at += 1;
        return ok;
    }
    let mut name = (*token).to_owned();
    if tokens.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", tokens.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licence_expressions() {
        let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]);
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0/MIT",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(satisfied(good, &allowed), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT AND GPL-3.0) OR LGPL-3.0"] {
            assert!(!satisfied(bad, &allowed), "{bad}");
        }
    }
}
