//! `fine compare`: what a new model does differently from the old one, on the same rows.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use fine_audit::compare::Comparison;
use fine_audit::result::AuditResult;
use fine_report::{Catalogue, comparison_report};

use super::setup::SetupArgs;
use super::{audit, open};
use crate::sandbox::{Audited, ModelFile, Sources, Task};

/// Compares two models on the same table.
#[derive(Debug, Args)]
pub struct CompareArgs {
    #[command(flatten)]
    setup: SetupArgs,
    /// The model in use, as for `fine audit`. Repeat for a model in several files: transformers first, in order.
    #[arg(long, required = true, value_name = "MODEL")]
    model_old: Vec<PathBuf>,
    /// The model that may replace it.
    #[arg(long, required = true, value_name = "MODEL")]
    model_new: Vec<PathBuf>,
    /// The result.json of an audit of the old model on the same table; without it the model is audited now.
    #[arg(long, value_name = "RESULT")]
    result_old: Option<PathBuf>,
    /// The result.json of an audit of the new model on the same table.
    #[arg(long, value_name = "RESULT")]
    result_new: Option<PathBuf>,
    /// Print the comparison as JSON.
    #[arg(long)]
    json: bool,
    /// Where to write what is printed otherwise.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Runs `fine compare`: 0 when nothing is worse, 1 when a metric is worse with evidence or an issue opened or got worse,
/// 2 error.
///
/// # Errors
/// Files that cannot be read, results of other files, audits that cannot be compared, an output that cannot be written.
pub fn compare(args: &CompareArgs) -> Result<ExitCode> {
    let language = args.setup.language()?;
    let words = Catalogue::of(language);
    let old = args.setup.sources(&args.model_old, None)?;
    let new = args.setup.sources(&args.model_new, None)?;
    let title = |sources: &Sources| sources.model.as_ref().map(ModelFile::title).unwrap_or_default();
    let name = format!("{} → {} · {}", title(&old), title(&new), args.setup.data_name());
    let both = [(old, &args.result_old), (new, &args.result_new)].map(|(sources, stored)| {
        let result = match stored {
            Some(path) => read(path),
            None => {
                eprintln!("{}", title(&sources));
                audit::run(&args.setup, sources.clone(), args.setup.options()?, words, || ())
            }
        };
        // The reference data have no part in a comparison.
        result.map(|result| Audited { sources: Sources { reference: None, ..sources }, result })
    });
    let [old, new] = both;
    let task = Task::Compare(Box::new([old?, new?]));
    let comparison: Comparison = args
        .setup
        .sandbox()?
        .run(task, &mut |_| {}, &|| false)
        .map_err(open::said)
        .with_context(|| format!("compare two models on {}", args.setup.data.display()))?;
    let text = match args.json {
        true => serde_json::to_string_pretty(&comparison).context("write the comparison")? + "\n",
        false => comparison_report(&comparison, &name, language),
    };
    match &args.out {
        Some(path) => std::fs::write(path, text).with_context(|| format!("write {}", path.display()))?,
        None => print!("{text}"),
    }
    Ok(ExitCode::from(u8::from(comparison.is_worse())))
}

/// The result of an earlier audit.
fn read(path: &Path) -> Result<AuditResult> {
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("read {} as a result of fine audit", path.display()))
}
