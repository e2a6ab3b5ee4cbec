//! `cargo xtask test`: every test, counted.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::run::{command, in_ci, teed};
use crate::{check, contract, load, tools, web, words};

#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: Vec<String>,
    lines: Vec<String>,
}

/// Runs everything, keeps going after a failed part, and ends with the counts.
pub fn test() -> Result<()> {
    let mut tally = Tally::default();
    web::need_node()?;
    tally.part("web packages", || web::install("web").map(|()| (1, 0)));
    tally.part("ONNX Runtime", || web::install("tools/onnxruntime").map(|()| (1, 0)));
    tally.part("web build", || web::build().map(|()| (1, 0)));
    for script in ["lint", "check"] {
        tally.part(&format!("web {script}"), || one(command("npm", "web").args(["run", script])));
    }
    tally.part("web unit tests", || {
        let (ok, text) = teed(command("npm", "web").args(["run", "test"]).env("NO_COLOR", "1"))?;
        counted(ok, vitest_counts(&text))
    });
    tally.part("checks", || check::quick().map(|()| (1, 0)));
    tally.part("Rust lints", || {
        one(&mut check::linted(&["build", "--workspace", "--all-targets", "--locked", "--quiet"]))
    });
    let missing = tools::services();
    tally.part("Rust tests", || rust_tests(if missing.is_some() { WITHOUT_SERVICES } else { &[] }, false));
    match missing {
        None => {
            tally.part("API on PostgreSQL", || rust_tests(&["-E", ON_POSTGRES], true));
            tally.part("a small load", || {
                load::load(SMALL_LOAD.iter().map(|a| (*a).to_owned()).collect()).map(|()| (1, 0))
            });
        }
        Some(what) => tally.skip(&format!("tests of many processes: no {what} here and it could not be installed")),
    }
    match contract::prepare() {
        Ok(()) => tally.part("API as described", || {
            let (ok, text) = contract::contract()?;
            counted(ok, contract_counts(&text))
        }),
        Err(why) => tally.skip(&format!("the API against its description: {why:#}")),
    }
    match words::prepare() {
        Ok(()) => tally.part("a real language model", || {
            let (ok, text) = words::words()?;
            counted(ok, contract_counts(&text))
        }),
        // It is a test of what others may plug in; without the packages it is said and not counted as missing.
        Err(why) => println!("    no real language model here, so none is tried: {why:#}"),
    }
    browser(&mut tally)?;
    tally.close()
}

fn one(command: &mut std::process::Command) -> Result<(u64, u64)> {
    let (ok, _) = teed(command)?;
    Ok(if ok { (1, 0) } else { (0, 1) })
}

/// Tests of the server's interface that run a second time, on PostgreSQL.
const ON_POSTGRES: &str =
    "package(fine-server) and binary(it) and test(/^(account|audits|auth|files|http|keys|ownership|tokens)::/)";

/// Whether the measurement works and loses nothing; its figures say nothing.
const SMALL_LOAD: &[&str] =
    &["--dev", "--users", "4", "--audits", "8", "--streams", "40", "--jobs", "200", "--seconds", "1"];

/// Leaves out the tests that start PostgreSQL or Redis.
const WITHOUT_SERVICES: &[&str] = &["-E", "not test(/postgres|redis|^many::/)"];

/// Rust tests by nextest, whose filters these are; without nextest all tests run by cargo.
fn rust_tests(filter: &[&str], on_postgres: bool) -> Result<(u64, u64)> {
    let nextest = crate::run::captured(command("cargo", ".").args(["nextest", "--version"])).is_ok();
    let mut arguments = if nextest { vec!["nextest", "run", "--color", "never"] } else { vec!["test"] };
    arguments.extend(["--workspace", "--locked", "--no-fail-fast"]);
    if nextest {
        arguments.extend(filter);
    } else if on_postgres {
        arguments.extend(["--test", "it"]);
    }
    let mut cargo = check::linted(&arguments);
    if on_postgres {
        cargo.env("FINE_TEST_POSTGRES", "1");
    }
    let (ok, text) = teed(&mut cargo)?;
    counted(ok, if nextest { nextest_counts(&text) } else { libtest_counts(&text) })
}

fn browser(tally: &mut Tally) -> Result<()> {
    let Some(chromium) = tools::chromium()? else {
        tally.skip("browser tests: no Chromium here and none could be installed; set CHROMIUM to its path");
        return Ok(());
    };
    // The server's own integration tests have built the binary; a build of one package alone would build its
    // dependencies again with other features.
    tally.part("browser tests", || {
        let mut npm = command("npm", "web");
        npm.args(["run", "e2e"]).env("CHROMIUM", &chromium).env("NO_COLOR", "1");
        let (ok, text) = teed(&mut npm)?;
        counted(ok, playwright_counts(&text))
    });
    Ok(())
}

/// A runner that succeeded without running a test is a failure.
fn counted(ok: bool, (passed, failed): (u64, u64)) -> Result<(u64, u64)> {
    if passed + failed == 0 {
        bail!("no test was run");
    }
    Ok((passed, if ok { failed } else { failed.max(1) }))
}

impl Tally {
    fn part(&mut self, name: &str, run: impl FnOnce() -> Result<(u64, u64)>) {
        println!("\n==> {name}");
        let start = Instant::now();
        let outcome = run();
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok((passed, failed)) => {
                self.passed += passed;
                self.failed += failed;
                self.lines.push(format!("{name:<20} {passed:>6} passed {failed:>4} failed {seconds:>8.1} s"));
            }
            Err(error) => {
                self.failed += 1;
                println!("    failed: {error:#}");
                self.lines.push(format!("{name:<20} {error:#} {seconds:>8.1} s"));
            }
        }
    }

    fn skip(&mut self, why: &str) {
        println!("\n==> skipped: {why}");
        self.skipped.push(why.to_owned());
    }

    fn close(self) -> Result<()> {
        println!("\n{}", self.lines.join("\n"));
        for why in &self.skipped {
            println!("skipped: {why}");
        }
        println!("\n{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped.len());
        if self.failed > 0 {
            bail!("{} failed", self.failed);
        }
        if in_ci() && !self.skipped.is_empty() {
            bail!("a skip is a failure in CI");
        }
        Ok(())
    }
}

/// The number before a word: `12 passed`.
fn before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|w| !w.is_empty()).collect();
    words.windows(2).filter(|w| w[1] == word).filter_map(|w| w[0].parse::<u64>().ok()).sum()
}

fn nextest_counts(text: &str) -> (u64, u64) {
    let line = text.lines().rev().find(|l| l.trim_start().starts_with("Summary")).unwrap_or("");
    (before(line, "passed"), before(line, "failed") + before(line, "timed"))
}

fn libtest_counts(text: &str) -> (u64, u64) {
    let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("test result:")).collect();
    (lines.iter().map(|l| before(l, "passed")).sum(), lines.iter().map(|l| before(l, "failed")).sum())
}

fn vitest_counts(text: &str) -> (u64, u64) {
    let line = text.lines().rev().find(|l| l.trim_start().starts_with("Tests ")).unwrap_or("");
    (before(line, "passed"), before(line, "failed"))
}

fn contract_counts(text: &str) -> (u64, u64) {
    let line = text.lines().rev().find(|l| l.contains(" passed, ") && l.ends_with(" failed")).unwrap_or("");
    (before(line, "passed"), before(line, "failed"))
}

fn playwright_counts(text: &str) -> (u64, u64) {
    let tail: Vec<&str> = text.lines().rev().take(40).collect();
    (tail.iter().map(|l| before(l, "passed")).sum(), tail.iter().map(|l| before(l, "failed")).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_read() {
        assert_eq!(nextest_counts("     Summary [  1.2s] 12 tests run: 11 passed, 1 failed, 0 skipped\n"), (11, 1));
        assert_eq!(vitest_counts("      Tests  3 failed | 40 passed (43)\n"), (40, 3));
        assert_eq!(contract_counts("x\n2 passed, 1 failed\nwarning\n"), (2, 1));
        assert_eq!(playwright_counts("  7 passed (12.1s)\n"), (7, 0));
        assert_eq!(
            libtest_counts("test result: ok. 5 passed; 0 failed; 0 ignored\ntest result: ok. 2 passed; 1 failed;\n"),
            (7, 1)
        );
    }

    #[test]
    fn a_run_without_a_test_is_no_success() {
        assert!(counted(true, (0, 0)).is_err());
    }
}
