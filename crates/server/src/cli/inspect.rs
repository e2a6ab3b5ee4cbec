//! `fine inspect`: what is inside a model file, without running it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use fine_model::{Choices, LoggedCall, ModelFacts};
use fine_store::Problem;

use super::{open, sarif};
use crate::api::ModelDetails;
use crate::sandbox::{Described, Failure, Refusal, Task};

/// Calls that `--json` and `--sarif` list.
const LISTED: usize = 100_000;
/// Lines of calls that a person is shown.
const SHOWN: usize = 40;

/// Shows what is inside a model file; nothing in it is executed.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The model file; several for a model in several files: transformers first, in order.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print everything as JSON.
    #[arg(long, conflicts_with = "sarif")]
    json: bool,
    /// Print the findings as SARIF 2.1.0, for code hosts and editors.
    #[arg(long)]
    sarif: bool,
    #[command(flatten)]
    part: open::PartArgs,
    #[command(flatten)]
    limits: open::ReadLimits,
}

/// Runs `fine inspect`: 0 when the model can be run, 1 when the file would run code of its own, 2 when it cannot be run.
///
/// # Errors
/// A file that is no model at all; with `--sarif` that is a result like any other.
pub fn inspect(args: &InspectArgs) -> Result<ExitCode> {
    let mut model = open::model(&args.files, &args.part)?;
    model.listed_calls = Some(LISTED);
    let sandbox = args.limits.sandbox(None)?;
    let file = args.files.last().map(PathBuf::as_path).unwrap_or(Path::new(""));
    let described: Described = match sandbox.run(Task::Describe(model), &mut |_| {}, &|| false) {
        Err(Failure::Refused(Refusal::File(problem))) if args.sarif => {
            let bytes = std::fs::metadata(file).map_or(0, |file| file.len());
            print(&sarif::refused(&sarif::uri(file), bytes, &problem))?;
            return Ok(ExitCode::from(2));
        }
        answer => answer.map_err(open::said)?,
    };
    match (args.json, args.sarif) {
        (true, _) => print(&json(&described))?,
        (_, true) => print(&sarif::document(&sarif::uri(file), &described.details))?,
        _ => person(&described.details),
    }
    let details = described.details;
    Ok(ExitCode::from(match (&details.problem, details.facts.dangers.is_empty()) {
        (_, false) => 1,
        (None, true) => 0,
        (Some(_), true) => 2,
    }))
}

fn print(document: &serde_json::Value) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(document).context("write the facts")?);
    Ok(())
}

fn json(described: &Described) -> serde_json::Value {
    let Described { details, task } = described;
    let problem =
        |p: &Problem| serde_json::json!({ "code": p.code, "slug": p.slug, "detail": p.detail, "args": p.args });
    serde_json::json!({
        "facts": details.facts,
        "features": details.features,
        "task": task,
        "classes": details.classes,
        "problem": details.problem.as_ref().map(problem),
    })
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
    choices(&facts.choices);
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
        Some(p) => println!("\nFine does not run this model. {}", p.detail.as_deref().unwrap_or(&p.title)),
    }
}

/// Parts that `--pick`, `--from-step` and `--model-output` can choose.
fn choices(choices: &Choices) {
    for (option, names) in [("--pick", &choices.keys), ("--from-step", &choices.steps)] {
        if names.len() > 1 {
            println!("  {option}: {}", names.join(", "));
        }
    }
    for (output, what) in choices.outputs.iter().enumerate() {
        println!("  --model-output {output}: {what}");
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
    calls(facts);
    if facts.dangers.is_empty() {
        println!("\nNo call in it reaches outside a model library.");
        return;
    }
    println!("\nTHIS FILE RUNS CODE WHEN PYTHON OPENS IT. Fine did not run it. Do not open it with pickle or joblib.");
    for d in &facts.dangers {
        match d.arguments.is_empty() {
            true => println!("  byte {:>8}  import of {}", d.offset, d.name),
            false => println!("  byte {:>8}  {}{}", d.offset, d.name, bracketed(&d.arguments)),
        }
    }
}

/// The calls in order; those of one name after another are one line.
fn calls(facts: &ModelFacts) {
    println!("\nCalls of a normal load, in order ({}); Fine makes none of them", facts.call_count);
    let runs: Vec<&[LoggedCall]> = facts.calls.chunk_by(|a, b| a.name == b.name).collect();
    for run in runs.iter().take(SHOWN) {
        let times = if run.len() > 1 { format!("  ×{}", run.len()) } else { String::new() };
        println!("  byte {:>8}  {:<10} {}{times}", run[0].offset, run[0].kind, run[0].name);
    }
    let shown: usize = runs.iter().take(SHOWN).map(|run| run.len()).sum();
    let left = facts.call_count - shown as u64;
    if left > 0 {
        println!("  and {left} more; --json lists them");
    }
}

fn bracketed(arguments: &str) -> String {
    if arguments.starts_with('(') { arguments.to_owned() } else { format!("({arguments})") }
}
