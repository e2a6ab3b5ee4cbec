//! Answers to questions about a finished audit, without a language model: from the stored results, and from what the audit's own
//! functions answer. Each sentence says what it rests on.

mod tools;
mod topics;
mod understand;

use serde::{Deserialize, Serialize};

pub use tools::{said_of_cohort, said_of_comparison, said_of_row, said_of_what_if};
pub use topics::answer;
pub(crate) use topics::finding_of;
pub use understand::{Understood, topics, understand};

/// A sentence and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The sentence.
    pub text: String,
    /// JSON pointers into the result of the audit, or below `/evidence` into what a function answered.
    pub evidence: Vec<String>,
}

impl Said {
    fn new(text: String, evidence: Vec<String>) -> Self {
        Self { text, evidence }
    }
}
