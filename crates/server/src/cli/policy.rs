//! `fine policy`: what an audit is judged by.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use fine_audit::finding::Side;
use fine_audit::policy::{Limit, Policy};
use fine_audit::run::RunOptions;

/// Shows and checks policies: the limits that numbers are judged by, where they come from, and which checks are required.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints a policy in full as TOML: the embedded one, or what a file makes of it.
    Show {
        /// A policy file.
        file: Option<PathBuf>,
    },
    /// Checks a policy file and says how it differs from the embedded policy.
    Check {
        /// The policy file.
        file: PathBuf,
    },
}

/// Runs `fine policy`.
///
/// # Errors
/// A file that cannot be read, is no policy, or names checks that no stage has.
pub fn policy(args: &PolicyArgs) -> Result<ExitCode> {
    match &args.command {
        Command::Show { file: None } => print!("{}", Policy::default_toml()),
        Command::Show { file: Some(file) } => {
            print!("{}", toml::to_string(&read(file)?).context("write the policy")?);
        }
        Command::Check { file } => check(file)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A policy file with checks that exist.
///
/// # Errors
/// As [`policy`].
pub(super) fn read(path: &Path) -> Result<Policy> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let policy = Policy::from_toml(&text).with_context(|| format!("read {}", path.display()))?;
    let options = RunOptions { policy, ..RunOptions::default() };
    match options.problems().into_iter().next() {
        Some(problem) => Err(problem).with_context(|| format!("read {}", path.display())),
        None => Ok(options.policy),
    }
}

fn check(file: &Path) -> Result<()> {
    let (own, base) = (read(file)?, Policy::default());
    println!("{} {}: {} limits, {} required checks", own.name, own.version, own.limits.len(), own.required.len());
    let mut lines = Vec::new();
    if own.alpha != base.alpha {
        lines.push(format!("alpha {} (was {})", own.alpha, base.alpha));
    }
    if own.severity != base.severity {
        let steps = |policy: &Policy| {
            let steps = policy.severity;
            format!("{} / {} / {}", steps.medium, steps.high, steps.critical)
        };
        lines.push(format!("severity {} (was {})", steps(&own), steps(&base)));
    }
    for (check, limit) in &own.limits {
        match base.limits.get(check) {
            Some(known) if known == limit => {}
            Some(known) => lines.push(format!("{check}: {} (was {})", written(limit), written(known))),
            None => lines.push(format!("{check}: {} (new)", written(limit))),
        }
    }
    lines.extend(
        base.limits
            .keys()
            .filter(|check| !own.limits.contains_key(*check))
            .map(|check| format!("{check}: no limit, so it is not judged")),
    );
    lines.extend(own.required.iter().filter(|c| !base.required.contains(c)).map(|c| format!("{c}: now required")));
    lines
        .extend(base.required.iter().filter(|c| !own.required.contains(c)).map(|c| format!("{c}: no longer required")));
    if lines.is_empty() {
        println!("It judges as the embedded policy does.");
    }
    lines.iter().for_each(|line| println!("  {line}"));
    Ok(())
}

/// `watch 0.9, issue 0.8, good above; four-fifths-rule`.
fn written(limit: &Limit) -> String {
    let steps = [("watch", limit.watch), ("issue", limit.issue), ("critical", limit.critical)];
    let mut parts: Vec<String> =
        steps.iter().filter_map(|(name, value)| value.map(|value| format!("{name} {value}"))).collect();
    parts.push(match limit.good {
        Side::Below => "good below".to_owned(),
        Side::Above => "good above".to_owned(),
    });
    format!("{}; {}", parts.join(", "), limit.origin)
}
