//! What the `fairness` stage measures.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// How decisions differ between groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The decision counted as favourable.
    pub positive: String,
    /// One entry a protected attribute.
    pub attributes: Vec<AttributeFairness>,
}

/// One protected attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttributeFairness {
    /// Column.
    pub attribute: String,
    /// Numeric attributes are cut at these edges (quartiles), else empty.
    pub edges: Vec<f64>,
    /// Rows with an unknown value, left out of the comparison.
    pub unknown: u64,
    /// Reference group: chosen or largest.
    pub reference: String,
    /// Groups, largest first.
    pub groups: Vec<GroupFairness>,
    /// Gaps over the groups.
    pub gaps: Vec<Gap>,
    /// Pairwise comparison with the reference group.
    pub comparisons: Vec<Comparison>,
}

/// Rates within one group; a rate with a denominator below 10 is not estimable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupFairness {
    /// Group value.
    pub group: String,
    /// Rows.
    pub n: u64,
    /// Share of rows with a known value.
    pub share: f64,
    /// Below 2 % of rows.
    pub small: bool,
    /// True positives, false positives, false negatives, true negatives.
    pub counts: [u64; 4],
    /// P(d = 1).
    pub selection_rate: Estimate,
    /// P(y = 1).
    pub base_rate: Estimate,
    /// P(d = 1 | y = 1).
    pub tpr: Estimate,
    /// P(d = 1 | y = 0).
    pub fpr: Estimate,
    /// P(y = 1 | d = 1).
    pub ppv: Estimate,
    /// P(y = 0 | d = 0).
    pub npv: Estimate,
    /// P(y = 1 | d = 0).
    pub false_omission_rate: Estimate,
    /// Accuracy.
    pub accuracy: Estimate,
    /// ROC AUC within the group (DeLong).
    pub roc_auc: Estimate,
    /// mean(y - s).
    pub calibration_gap: Estimate,
}

/// A gap over all groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// `demographic_parity_diff` (max - min selection rate), `disparate_impact` (min / max),
    /// `equal_opportunity_diff` (TPR), `predictive_equality_diff` (FPR), `equalized_odds_diff` (max of both),
    /// `average_odds_diff`, `predictive_parity_diff` (PPV), `false_omission_diff`, `npv_diff`, `accuracy_diff`, `auc_diff`.
    pub id: String,
    /// Value with stratified bootstrap interval (log scale for ratios).
    pub estimate: Estimate,
    /// Raw p-value: two-proportion z where expected counts are at least 5, else Fisher; extreme groups.
    pub p_raw: Option<f64>,
    /// BH-adjusted over the family of this report.
    pub p_adjusted: Option<f64>,
    /// Groups at the extremes: lowest, highest.
    pub extremes: Option<[String; 2]>,
    /// Power to see a gap of 0.10 at alpha 0.05 between the extreme groups.
    pub power_at_10: Option<f64>,
    /// Minimum detectable gap at 80 % power.
    pub detectable: Option<f64>,
}

/// A group against the reference group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Group.
    pub group: String,
    /// Selection rate difference (group - reference), Newcombe.
    pub selection_difference: Estimate,
    /// Selection rate ratio (group / reference), log method.
    pub selection_ratio: Estimate,
    /// TPR difference.
    pub tpr_difference: Estimate,
    /// FPR difference.
    pub fpr_difference: Estimate,
    /// p-value of the selection rate difference, BH-adjusted.
    pub p_adjusted: Option<f64>,
}
