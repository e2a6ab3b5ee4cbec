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

impl Message {
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
