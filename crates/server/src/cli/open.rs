//! Files of the command line, and the sandbox that reads them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use fine_model::import::{ImportError, Part};
use fine_table::{Limits, Problem, TableError};

use crate::sandbox::{Allowance, Before, Failure, ModelFile, Refusal, Sandbox, TableFile};

/// A person at a terminal ends a command that takes too long.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Limits that can be raised.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct ReadLimits {
    /// Most columns of a table.
    #[arg(long, value_name = "N", default_value_t = Limits::default().columns)]
    max_columns: usize,
    /// Most memory of the process that reads the files, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 8192)]
    max_memory: u64,
}

impl ReadLimits {
    fn table(self) -> Limits {
        Limits { columns: self.max_columns, ..Limits::default() }
    }

    /// The sandbox with this much memory.
    pub(super) fn sandbox(self, threads: Option<usize>) -> Result<Sandbox> {
        let executable = std::env::current_exe().context("find the own executable")?;
        let memory_bytes = self.max_memory.saturating_mul(1 << 20);
        Ok(Sandbox { executable, allowance: Allowance { memory_bytes, time: DAY, threads } })
    }
}

/// A table for the sandbox.
pub(super) fn table(path: &Path, limits: ReadLimits) -> Result<TableFile> {
    let (name, limits) = (file_name(path), limits.table());
    // A file beyond the limit is not read into memory first.
    if size(path)? > limits.bytes {
        let problem = Problem::TooLarge { limit: limits.bytes };
        return Err(TableError { file: name, problem }).with_context(|| format!("open {}", path.display()));
    }
    Ok(TableFile { path: path.to_owned(), name, known: None, limits })
}

/// Which part of a model file is the model.
#[derive(Clone, Debug, Args)]
pub(super) struct PartArgs {
    /// The key of the model in a file that holds a dictionary, or its position in a list, from 0.
    #[arg(long, value_name = "KEY")]
    pick: Option<String>,
    /// Run a pipeline from this step on: the table holds the columns that the steps before it make.
    #[arg(long, value_name = "STEP")]
    from_step: Option<String>,
    /// The target to look at, from 0, of a model that predicts several.
    #[arg(long, value_name = "N")]
    model_output: Option<usize>,
}

impl PartArgs {
    fn part(&self) -> Part {
        Part { pick: self.pick.clone(), from_step: self.from_step.clone(), output: self.model_output }
    }
}

/// A model for the sandbox: its file, after those with the transformers that stand before it.
///
/// # Errors
/// No file at all, or one that cannot be read or is too large.
pub(super) fn model(paths: &[PathBuf], part: &PartArgs) -> Result<ModelFile> {
    let (path, before) = paths.split_last().context("open the model: no file is named")?;
    paths.iter().try_for_each(|path| fits(path))?;
    let before = before.iter().map(|path| Before { path: path.clone(), name: file_name(path) }).collect();
    Ok(ModelFile { path: path.clone(), name: file_name(path), before, part: part.part(), listed_calls: None })
}

/// Refuses a file that is too large before it is read into memory.
fn fits(path: &Path) -> Result<()> {
    let limit = fine_model::import::Limits::default().file_bytes;
    if size(path)? > limit {
        let refused = ImportError::TooLarge { limit };
        return Err(anyhow!("{refused} ({})", refused.stable_code()))
            .with_context(|| format!("open {}", path.display()));
    }
    Ok(())
}

/// A failure as the command line says it: after "failed to".
pub(super) fn said(failure: Failure) -> anyhow::Error {
    let text = match &failure {
        Failure::Refused(Refusal::Field(field)) => field.detail.clone(),
        Failure::Refused(Refusal::File(problem)) => problem.detail.clone().unwrap_or_else(|| problem.title.clone()),
        Failure::Crashed { trace, .. } if !trace.is_empty() => format!("{failure}\n{trace}"),
        failure => failure.to_string(),
    };
    let text = text.strip_prefix("Failed to ").map(str::to_owned).unwrap_or(text);
    anyhow!("{}", text.trim_end_matches('.'))
}

/// Size of a file; 0 for what has none, such as a pipe.
fn size(path: &Path) -> Result<u64> {
    Ok(std::fs::metadata(path).with_context(|| format!("read {}", path.display()))?.len())
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}
