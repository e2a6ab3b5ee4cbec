//! Untrusted files are read, and graphs are run, in a child process: a crash of a reader costs one answer and gives one
//! clear error, and code that got in would find no files, no network, little memory and no other program.
//!
//! The parent starts its own executable again with the hidden command `sandboxed`, an empty environment and three pipes.
//! It writes one line with the [`Task`]; the child loads the bytes of the files named there, shuts itself in
//! ([`lockdown`]), and only then looks at them. Each line that comes back is a [`Message`]; the last one is the answer.
//! When the parent closes the pipe (or dies) the child ends.

mod asked;
mod child;
mod lockdown;
mod messages;
mod parent;
mod work;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fine_audit::result::{AuditResult, Manifest};
use fine_audit::row::Ask;
use fine_audit::run::RunOptions;
use fine_audit::subject::DataFile;
use fine_store::{FieldProblem, Problem};
use fine_table::Roles;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use child::main;
pub(crate) use messages::{Message, Reply};
pub(crate) use parent::{Said, Sandbox};
pub(crate) use work::{Check, Described, Expected, Predicted, ReadDataset, TableFormat};

/// One piece of work on untrusted files. The answer's type stands behind each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Task {
    /// What a table holds: [`ReadDataset`].
    Preview(TableFile),
    /// What a model file holds: [`Described`].
    Describe(ModelFile),
    /// Whether files belong together and what an audit of them would do: [`Check`].
    Check(Box<Sources>, Box<RunOptions>),
    /// The audit: `fine_audit::result::AuditResult`, with the events on the way.
    Audit(Box<Sources>, Box<RunOptions>),
    /// Predictions of all rows: [`Predicted`], then the bytes of the table written.
    Predict(ModelFile, TableFile, TableFormat),
    /// What the second of two finished audits of the same rows says differently from the first:
    /// `fine_audit::compare::Comparison`.
    Compare(Box<[Audited; 2]>),
    /// A question about a finished audit, whose files are read again, and its options; the answer's type stands behind each
    /// [`Question`].
    Ask(Box<Sources>, Box<Manifest>, Box<RunOptions>, Question),
}

/// A finished audit with the files that it was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Audited {
    pub(crate) sources: Sources,
    pub(crate) result: AuditResult,
}

/// What can be asked about a finished audit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Question {
    /// Why one row is predicted as it is: `fine_audit::row::RowReport`.
    Explain {
        /// Row of the audited table, from 0.
        row: u64,
        /// A feature whose effect is measured as well.
        feature: Option<String>,
    },
    /// What a row would be predicted as with other cells: `fine_audit::row::WhatIf`.
    WhatIf {
        /// Row of the audited table, from 0.
        row: u64,
        /// New cells by column.
        changes: BTreeMap<String, Value>,
        /// A feature whose every value is tried.
        feature: Option<String>,
    },
    /// What would change the model's answer about a row: `fine_audit::row::Counterfactuals`.
    Counterfactuals(Box<Ask>),
    /// How good the model is on the rows that fulfil a condition: `fine_audit::cohort::Cohort`.
    Cohort {
        /// The condition.
        filter: String,
    },
}

/// A table on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TableFile {
    /// Where its bytes are.
    pub(crate) path: PathBuf,
    /// Name as its owner knows it.
    pub(crate) name: String,
    /// What is known about it already; otherwise the digest is computed.
    pub(crate) known: Option<DataFile>,
    /// What reading it may cost.
    pub(crate) limits: fine_table::Limits,
}

/// A model file on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ModelFile {
    /// Where its bytes are.
    pub(crate) path: PathBuf,
    /// Name as its owner knows it.
    pub(crate) name: String,
    /// Files with the transformers that stand before it, in order.
    #[serde(default)]
    pub(crate) before: Vec<Before>,
    /// Which part of the file is the model.
    #[serde(default)]
    pub(crate) part: fine_model::import::Part,
    /// Calls that are listed; the reader's default without.
    #[serde(default)]
    pub(crate) listed_calls: Option<usize>,
}

/// A file with a transformer on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Before {
    /// Where its bytes are.
    pub(crate) path: PathBuf,
    /// Name as its owner knows it.
    pub(crate) name: String,
}

impl ModelFile {
    /// All of its files, the model last.
    fn paths(&self) -> impl Iterator<Item = &Path> {
        self.before.iter().map(|before| before.path.as_path()).chain([self.path.as_path()])
    }

    /// The names of all of its files, as a person would write them.
    pub(crate) fn title(&self) -> String {
        let names = self.before.iter().map(|before| before.name.as_str()).chain([self.name.as_str()]);
        names.collect::<Vec<_>>().join(" + ")
    }
}

/// Everything that makes the subject of an audit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sources {
    pub(crate) data: TableFile,
    pub(crate) reference: Option<TableFile>,
    /// Without one, the predictions that the table holds are audited.
    pub(crate) model: Option<ModelFile>,
    pub(crate) roles: Roles,
    pub(crate) seed: u64,
}

/// What the files themselves are to blame for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Refusal {
    /// A field of the request: the files do not belong together, or one cannot be read.
    Field(Box<FieldProblem>),
    /// The file alone, or a question without an answer.
    File(Box<Problem>),
}

/// What one child may use up.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Allowance {
    /// Memory, bytes; enforced where the system can (Linux: data segment, other Unix: address space).
    pub(crate) memory_bytes: u64,
    /// Wall time; the parent ends the child after it.
    pub(crate) time: Duration,
    /// Threads; all cores without.
    pub(crate) threads: Option<usize>,
}

/// Why a child gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The files are refused.
    #[error("{}", text(.0))]
    Refused(Refusal),
    /// The reader crashed.
    #[error("finish reading: the reader of these files crashed ({how}); nothing else was affected")]
    Crashed {
        /// Exit code or signal.
        how: String,
        /// The end of what the child wrote to its error output.
        trace: String,
    },
    /// More memory than allowed.
    #[error("finish within {} MiB of memory", limit_bytes >> 20)]
    Memory {
        /// Bytes allowed.
        limit_bytes: u64,
    },
    /// More time than allowed.
    #[error("finish within {} s", limit.as_secs())]
    Time {
        /// Time allowed.
        limit: Duration,
    },
    /// Asked to stop.
    #[error("finish: it was stopped")]
    Stopped,
    /// Ended from outside without a word (the system was out of memory, or somebody killed it).
    #[error("finish: the process was killed from outside")]
    Killed,
    /// Our own failure: the child did not start, or the pipe broke.
    #[error("run the reading process: {0}")]
    Io(#[from] std::io::Error),
    /// Our own failure: the two processes do not understand each other.
    #[error("understand the reading process: {0}")]
    Message(#[from] serde_json::Error),
}

fn text(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::Field(field) => &field.detail,
        Refusal::File(problem) => problem.detail.as_deref().unwrap_or(&problem.title),
    }
}
