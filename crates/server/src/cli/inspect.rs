//! `fine inspect`: what is inside a model file, without running it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use fine_model::ModelFacts;

use super::open;
use crate::api::ModelDetails;
use crate::sandbox::{Described, Task};

/// Shows what is inside a model file; nothing in it is executed.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The model file.
    file: PathBuf,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    part: open::PartArgs,
    #[command(flatten)]
    limits: open::ReadLimits,
}

/// Runs `fine inspect`: 0 when the model can be run, 1 when the file would run code of its own, 2 when it cannot be run.
///
/// # Errors
/// A file that is no model at all.
pub fn inspect(args: &InspectArgs) -> Result<ExitCode> {
    let task = Task::Describe(open::model(&args.file, &args.part)?);
    let sandbox = args.limits.sandbox(None)?;
    let described: Described = sandbox.run(task, &mut |_| {}, &|| false).map_err(open::said)?;
    if args.json {
        println!("{}", json(&described)?);
    } else {
        person(&described.details);
    }
    let details = described.details;
    Ok(ExitCode::from(match (&details.problem, details.facts.dangers.is_empty()) {
        (_, false) => 1,
        (None, true) => 0,
        (Some(_), true) => 2,
    }))
}

fn json(described: &Described) -> Result<String> {
    let Described { details, task } = described;
    let problem = details.problem.as_ref();
    let value = serde_json::json!({
        "facts": details.facts,
        "features": details.features,
        "task": task,
        "classes": details.classes,
        "problem": problem.map(|p| serde_json::json!({ "code": p.slug, "detail": p.detail, "args": p.args })),
    });
    serde_json::to_string_pretty(&value).context("write the facts")
}

fn person(details: &ModelDetails) {
    let facts = &details.facts;
    head(facts);
    println!("\nWhat is inside");
    for e in &facts.estimators {
        let name = if e.name.is_empty() { String::new() } else { format!("{}: ", e.name) };
        let params: Vec<String> = e.params.iter().map(|(k, v)| format!("{k}={v}")).collect();
        println!("  {}{name}{}({})", "  ".repeat(e.depth as usize), e.class, params.join(", "));
    }
    if facts.trees > 0 {
        println!("  {} trees, {} nodes", facts.trees, facts.nodes);
    }
    if details.problem.is_none() {
        let names: Vec<&str> = details.features.iter().map(|f| f.name.as_str()).collect();
        println!("\nFeatures ({}): {}", names.len(), names.join(", "));
        if !details.classes.is_empty() {
            println!("Classes: {}", details.classes.join(", "));
        }
    }
    scan(facts);
    match &details.problem {
        None => println!("\nFine can run this model."),
        Some(p) => println!("\nFine does not run this model: {}: {}", p.slug, p.detail.as_deref().unwrap_or(&p.title)),
    }
}

fn head(facts: &ModelFacts) {
    let version = facts.library_version.as_deref().unwrap_or("");
    let compression = facts.compression.as_deref().map(|c| format!(", {c}")).unwrap_or_default();
    let protocol = facts.protocol.map(|p| format!(", protocol {p}")).unwrap_or_default();
    println!("{} {version}  ({}{protocol}{compression})", facts.library, facts.format);
    println!("{} bytes, SHA-256 {}", facts.bytes, facts.sha256);
}

fn scan(facts: &ModelFacts) {
    for warning in &facts.warnings {
        let args: Vec<String> = warning.args.iter().map(|(k, v)| format!("{k}={v}")).collect();
        println!("Note: {} {}", warning.id, args.join(" "));
    }
    if facts.imports.is_empty() {
        return;
    }
    println!("\nNames this file asks Python to import ({}); Fine imports none of them", facts.imports.len());
    for kind in ["dangerous", "custom", "function", "estimator", "inert", "arrays", "numpy", "container"] {
        let names: Vec<&str> = facts.imports.iter().filter(|i| i.kind == kind).map(|i| i.name.as_str()).collect();
        if !names.is_empty() {
            println!("  {kind:<10} {}", names.join(", "));
        }
    }
    if facts.dangers.is_empty() {
        println!("No call in it reaches outside a model library.");
    } else {
        println!(
            "\nTHIS FILE RUNS CODE WHEN PYTHON OPENS IT. Fine did not run it. Do not open it with pickle or joblib."
        );
        for d in &facts.dangers {
            println!("  byte {:>8}  {}({})", d.offset, d.name, d.arguments);
        }
    }
}
