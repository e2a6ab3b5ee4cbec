//! Files of the command line: read from disk, opened by the same readers as uploads.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use fine_audit::subject::DataFile;
use fine_model::import::{ImportError, Opened};
use fine_table::{Limits, Problem, Table, TableError};
use sha2::{Digest, Sha256};

/// Limits of tables that can be raised.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct TableLimits {
    /// Most columns of a table.
    #[arg(long, value_name = "N", default_value_t = Limits::default().columns)]
    max_columns: usize,
}

impl From<TableLimits> for Limits {
    fn from(given: TableLimits) -> Self {
        Self { columns: given.max_columns, ..Self::default() }
    }
}

/// A table with the identity of its file.
pub(super) fn table(path: &Path, limits: &Limits) -> Result<(Table, DataFile)> {
    let name = file_name(path);
    let opening = || format!("open {}", path.display());
    // A file beyond the limit is not read into memory first.
    if size(path)? > limits.bytes {
        let problem = Problem::TooLarge { limit: limits.bytes };
        return Err(TableError { file: name, problem }).with_context(opening);
    }
    let bytes = read(path)?;
    let read = fine_table::read(&bytes, &name, limits).with_context(opening)?;
    let file = DataFile {
        name,
        format: read.facts.format.id().to_owned(),
        bytes: bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(&bytes)),
    };
    Ok((read.table, file))
}

/// A model file: its facts, and the model when it can be run.
pub(super) fn model(path: &Path) -> Result<Opened> {
    let limits = fine_model::import::Limits::default();
    let opening = || format!("open {}", path.display());
    if size(path)? > limits.file_bytes {
        return Err(ImportError::TooLarge { limit: limits.file_bytes }).with_context(opening);
    }
    let bytes = read(path)?;
    let runtime = fine_onnx::Runtime::find();
    let runtime = runtime.as_ref().map(|r| r as &dyn fine_model::GraphRuntime);
    let opened = fine_model::import::open(&bytes, &limits, runtime).with_context(opening)?;
    Ok(opened.named(&file_name(path)))
}

/// A model that can be run.
pub(super) fn runnable(path: &Path) -> Result<Arc<fine_model::Model>> {
    let opened = model(path)?;
    let model = opened.model.with_context(|| format!("run {}", path.display()))?;
    Ok(Arc::new(model))
}

/// Size of a file; 0 for what has none, such as a pipe.
fn size(path: &Path) -> Result<u64> {
    Ok(std::fs::metadata(path).with_context(|| format!("read {}", path.display()))?.len())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("read {}", path.display()))
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}
