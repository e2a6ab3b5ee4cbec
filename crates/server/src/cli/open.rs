//! Files of the command line: read from disk, opened by the same readers as uploads.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use fine_audit::subject::DataFile;
use fine_model::import::Opened;
use fine_table::Table;
use sha2::{Digest, Sha256};

/// A table with the identity of its file.
pub(super) fn table(path: &Path) -> Result<(Table, DataFile)> {
    let bytes = read(path)?;
    let name = file_name(path);
    let read = fine_table::read(&bytes, &name, &fine_table::Limits::default())
        .with_context(|| format!("open {}", path.display()))?;
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
    let bytes = read(path)?;
    let runtime = fine_onnx::Runtime::find();
    let runtime = runtime.as_ref().map(|r| r as &dyn fine_model::GraphRuntime);
    fine_model::import::open(&bytes, &fine_model::import::Limits::default(), runtime)
        .with_context(|| format!("open {}", path.display()))
}

/// A model that can be run.
pub(super) fn runnable(path: &Path) -> Result<Arc<fine_model::Model>> {
    let opened = model(path)?;
    let model = opened.model.with_context(|| format!("run {}", path.display()))?;
    Ok(Arc::new(model))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("read {}", path.display()))
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}
