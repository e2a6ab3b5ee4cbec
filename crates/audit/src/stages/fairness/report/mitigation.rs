//! What common remedies would do.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// Remedies for one attribute, set on one half of the rows and measured on the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mitigation {
    /// Attribute.
    pub attribute: String,
    /// Why it was not measured.
    pub reason: Option<String>,
    /// Id of the note that must stand beside it: treating groups differently can be unlawful.
    pub note: String,
    /// Rows of the half on which thresholds and weights were set.
    pub fitted_rows: u64,
    /// Rows of the half on which they are measured.
    pub test_rows: u64,
    /// Groups with fewer than 10 positives or negatives in the first half: their decisions stay as they are.
    pub unchanged: Vec<String>,
    /// The remedies.
    pub methods: Vec<Method>,
}

/// One remedy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// `demographic-parity`, `equal-opportunity`, `equalized-odds` (per-group thresholds), or `reweighing`.
    pub id: String,
    /// The gap that it is to close.
    pub gap: String,
    /// The gap without it; for `reweighing` of a model of our own that was fitted without weights.
    pub before: Option<f64>,
    /// The gap with it; for `reweighing` of the same model fitted with weights.
    pub after: Option<f64>,
    /// Accuracy without it.
    pub accuracy_before: f64,
    /// Change of accuracy, with minus less (t interval of the differences by row; by entity where there are entities).
    pub accuracy_change: Estimate,
    /// Thresholds; empty for `reweighing`.
    pub rules: Vec<Rule>,
    /// Weights; empty for thresholds.
    pub weights: Vec<Weight>,
    /// Rates before and after.
    pub groups: Vec<MitigatedGroup>,
}

/// How one group is decided: with probability `ignored` by chance with rate `constant`; else by the second threshold with
/// probability `mix`, by the first otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Group.
    pub group: String,
    /// The two thresholds.
    pub cuts: [Cut; 2],
    /// Probability of the second threshold.
    pub mix: f64,
    /// Probability that the score is ignored.
    pub ignored: f64,
    /// Selection rate of what is decided by chance.
    pub constant: f64,
}

/// A threshold on the score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "score", rename_all = "kebab-case")]
pub enum Cut {
    /// Nobody is selected.
    Nobody,
    /// Everybody is selected.
    Everybody,
    /// Scores above are selected.
    Above(f64),
}

/// The weight of the rows of a group with the same truth (Kamiran and Calders 2012).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Group.
    pub group: String,
    /// The truth is the favourable one.
    pub favourable: bool,
    /// Rows of the first half.
    pub n: u64,
    /// `P(group) P(truth) / P(group and truth)`; `None` without a row.
    pub weight: Option<f64>,
}

/// Rates of one group in the second half, without the remedy and with it; `None` below 10 rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MitigatedGroup {
    /// Group.
    pub group: String,
    /// Rows.
    pub n: u64,
    /// Selection rate.
    pub selection_rate: [Option<f64>; 2],
    /// True positive rate.
    pub tpr: [Option<f64>; 2],
    /// False positive rate.
    pub fpr: [Option<f64>; 2],
}
