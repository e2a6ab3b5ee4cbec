//! What is answered about a cohort.

use serde::{Deserialize, Serialize};

use crate::stages::performance::report::Metric;

/// The model on the rows that fulfil a condition, beside the model on all other rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// The filter as it was understood.
    pub filter: String,
    /// Rows audited.
    pub rows: u64,
    /// Share of the rows that fulfil the condition, 0 to 1.
    pub share: f64,
    /// These rows.
    pub inside: Part,
    /// All others.
    pub outside: Part,
}

/// The model on some rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Rows.
    pub n: u64,
    /// The metrics of the `performance` stage on them, with their intervals; none on too few rows.
    pub metrics: Vec<Metric>,
    /// Id of the reason why there are none.
    pub reason: Option<String>,
}
