//! What the `leakage` stage measures.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// Signs that the model, or its test, was told the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Audited rows.
    pub rows: u64,
    /// What the scores compare: `f1_weighted` or `mae`.
    pub metric: String,
    /// Depth of the trees.
    pub depth: u32,
    /// Folds of the cross-fit.
    pub folds: u64,
    /// What every feature says about the target by itself, in model order.
    pub features: Vec<Power>,
    /// Columns without a score.
    pub skipped: Vec<Skipped>,
    /// What identifiers say about the target.
    pub identifiers: Vec<Power>,
    /// Audited rows among the reference rows.
    pub shared: Option<Shared>,
    /// Entities that are in both tables.
    pub ids: Option<Ids>,
    /// Times of both tables.
    pub times: Option<Times>,
    /// The same rows predicted in other ways.
    pub predictions: Option<Predictions>,
}

/// Predictive power score of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// Column.
    pub column: String,
    /// 0 when a tree of this column is no better than the naive guess, 1 when it is always right.
    pub score: Estimate,
    /// Metric of the cross-fitted tree.
    pub model: f64,
    /// Metric of the naive guess.
    pub naive: f64,
}

/// A column without a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Skipped {
    /// Column.
    pub column: String,
    /// Reason id: `too-many-categories`, `too-few-rows`, `constant-target`.
    pub reason: String,
}

/// Audited rows that the reference has too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// Reference rows.
    pub reference_rows: u64,
    /// Features that both tables have; only they are compared.
    pub features: u64,
    /// Features that the reference does not have.
    pub absent: Vec<String>,
    /// Share of the audited rows that equal a reference row in every feature.
    pub rows: Estimate,
    /// Share of the audited rows that equal another audited row in every feature: what chance gives in such a table.
    pub repeated: Estimate,
    /// Some of them: audited row and first equal reference row, from 0.
    pub examples: Vec<[u64; 2]>,
    /// Share of the other audited rows that differ from a reference row in exactly one feature.
    pub near: Option<Estimate>,
    /// By which feature they differ, most frequent first: a row may count for several.
    pub near_by_feature: Vec<(String, u64)>,
}

/// Entities of both tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ids {
    /// Entity column.
    pub column: String,
    /// Different entities of the reference.
    pub reference: u64,
    /// Different entities of the audited rows.
    pub audited: u64,
    /// Entities in both.
    pub shared: u64,
    /// Part of the audited entities that is in both; a count, without an interval.
    pub share: Estimate,
}

/// Times of both tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// Time column.
    pub column: String,
    /// Whether they are microseconds since 1970-01-01 UTC.
    pub is_time: bool,
    /// First and last time of the reference.
    pub reference: [f64; 2],
    /// First and last time of the audited rows.
    pub audited: [f64; 2],
    /// Part of the audited rows that is not later than every reference row; a count, without an interval.
    pub overlap: Estimate,
}

/// A seeded sample of rows, predicted in several ways.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Predictions {
    /// Rows of the sample.
    pub rows: u64,
    /// Largest difference of a score between all rows at once and one row at a time.
    pub single: f64,
    /// Labels that differ then.
    pub single_labels: u64,
    /// Largest difference when the sample is predicted by itself, twice, and in reverse order.
    pub again: f64,
    /// Labels that differ then.
    pub again_labels: u64,
}
