//! What the child says, a JSON document a line.

use std::collections::HashMap;

use fine_audit::finding::Finding;
use fine_audit::result::StageRecord;
use fine_audit::run::Event;
use fine_audit::stage::Cost;
use fine_audit::stages::find;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Refusal;
use super::lockdown::Lockdown;

/// One line of the child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Message {
    /// The child has shut itself in.
    Inside(Lockdown),
    /// Expected milliseconds of the stages that will run, by id.
    Weights(HashMap<String, f64>),
    /// Asks whether other processes share this audit: [`Reply::Alone`] or [`Reply::Together`].
    Share,
    /// Asks for a block to compute: stage, part, blocks of the part ([`fine_audit::team`]).
    Take(String, String, u32),
    /// A computed block. `bytes` bytes follow the line.
    Give {
        /// Stage id, empty for the stages themselves.
        stage: String,
        /// Name of the part.
        part: String,
        /// Number of the block.
        block: u32,
        /// Length of what follows.
        bytes: u64,
    },
    /// A stage starts.
    Started(String, Cost),
    /// A stage went on: id, units done, all units.
    Tick(String, u64, u64),
    /// A stage ended.
    Finished(Box<StageRecord>, Vec<Finding>),
    /// The answer. `bytes` more bytes follow the line.
    Answer {
        /// The task's own type.
        value: Box<RawValue>,
        /// Length of what follows.
        bytes: u64,
    },
    /// The files are refused.
    Refused(Refusal),
}

/// What the parent says to a question.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reply {
    /// Nobody else works on this audit.
    Alone,
    /// Others may.
    Together,
    /// Compute this block.
    Take(u32),
    /// Ask again soon.
    Wait,
    /// The work is not wanted any more.
    Gone,
    /// All blocks, of these lengths, follow the line.
    Done(Vec<u64>),
}

impl Message {
    /// Bytes that follow the line.
    pub(super) fn following(&self) -> u64 {
        match self {
            Self::Answer { bytes, .. } | Self::Give { bytes, .. } => *bytes,
            _ => 0,
        }
    }

    /// The event of an audit that this is; a stage that this build does not know has none.
    pub(crate) fn event(&self) -> Option<Event<'_>> {
        match self {
            Self::Started(id, cost) => Some(Event::StageStarted { id: find(id)?.id, cost: *cost }),
            Self::Tick(id, done, total) => Some(Event::Tick { id: find(id)?.id, done: *done, total: *total }),
            Self::Finished(record, findings) => Some(Event::StageFinished { record, findings }),
            _ => None,
        }
    }
}
