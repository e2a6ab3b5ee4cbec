//! What the `fairness` stage measures.

mod conditional;
mod individual;
mod labels;
mod mitigation;
mod proxies;
mod values;

use serde::{Deserialize, Serialize};

pub use conditional::{Conditional, Homogeneity, Stratum};
pub use individual::{Consistency, GroupConsistency};
pub use labels::{ClassGap, LabelFairness, LabelGroup, OneVsRest, OneVsRestGroup};
pub use mitigation::{Cut, Method, MitigatedGroup, Mitigation, Rule, Weight};
pub use proxies::{Proxies, ProxyFeature, ProxyGroup};
pub use values::{ValueFairness, ValueGroup};

use crate::estimate::Estimate;
pub use crate::stats::design::Sampling;

/// How decisions, classes or numbers differ between groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The decision counted as favourable; empty where there is no such decision.
    pub positive: String,
    /// How rows were taken: which are independent, and whether they are weighted. None in reports of older versions, which
    /// took rows as independent and equal.
    #[serde(default)]
    pub sampling: Option<Sampling>,
    /// Binary: one entry a protected attribute, then one an intersection.
    pub attributes: Vec<AttributeFairness>,
    /// More than two classes: the same.
    #[serde(default)]
    pub labels: Vec<LabelFairness>,
    /// Numbers: the same.
    #[serde(default)]
    pub values: Vec<ValueFairness>,
    /// Intersections that were not measured because they have too many groups.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// How well the other features tell each attribute.
    #[serde(default)]
    pub proxies: Vec<Proxies>,
    /// Whether rows that are alike are answered alike.
    #[serde(default)]
    pub consistency: Option<Consistency>,
    /// Binary: decisions within strata, when columns were named.
    #[serde(default)]
    pub conditional: Vec<Conditional>,
    /// Binary: what per-group thresholds and weights would do, for each attribute.
    #[serde(default)]
    pub mitigation: Vec<Mitigation>,
}

/// An intersection that was not measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Joined name (`sex × race`).
    pub attribute: String,
    /// Groups that have rows.
    pub groups: u64,
    /// The most that are measured.
    pub most: u64,
}

/// One protected attribute, or an intersection of some.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttributeFairness {
    /// Column, or the joined name of an intersection (`sex × race`).
    pub attribute: String,
    /// The columns of an intersection; empty for one attribute.
    #[serde(default)]
    pub of: Vec<String>,
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
    /// `disparate_impact` if the lowest group had one favourable decision more.
    pub ratio_one_more: Option<f64>,
    /// Inequality of the benefit `decision - truth + 1`.
    pub inequality: Inequality,
    /// Differential fairness epsilon: largest log ratio of decision rates between two groups, Dirichlet smoothing 1.
    pub differential_epsilon: Option<f64>,
    /// Share of rows whose decision changes when only this attribute is set to another of its values; `None` when it is
    /// no feature of the model, was cut into ranges, or has more than 10 values.
    pub flip_rate: Option<Estimate>,
    /// The same when the proxies that were declared change with the attribute; `None` without such.
    #[serde(default)]
    pub proxy_flip_rate: Option<Estimate>,
}

/// Generalised entropy with alpha 1 (Theil index) over rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inequality {
    /// Over all rows: `between + within`.
    pub theil: f64,
    /// Of the groups' mean benefits.
    pub between: f64,
    /// Within the groups.
    pub within: f64,
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
    /// Rows that are true positives, false positives, false negatives, true negatives.
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
    /// False negatives / false positives (treatment equality), log interval.
    pub treatment_ratio: Estimate,
    /// mean(y - s).
    pub calibration_gap: Estimate,
    /// Slope of the logistic recalibration of the scores within the group (1 when calibrated).
    pub calibration_slope: Estimate,
    /// Its intercept (0 when calibrated).
    pub calibration_intercept: Estimate,
    /// Miscalibration part of the group's Brier score (isotonic).
    pub miscalibration: Option<f64>,
}

/// A gap over all groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// `demographic_parity_diff` (max - min selection rate), `disparate_impact` (min / max),
    /// `equal_opportunity_diff` (TPR), `predictive_equality_diff` (FPR), `equalized_odds_diff` (max of both),
    /// `equalized_odds_mean` (mean of both), `average_odds_diff` (of the mean of TPR and FPR), `predictive_parity_diff`
    /// (PPV), `false_omission_diff`, `npv_diff`, `accuracy_diff`, `balanced_accuracy_diff`, `treatment_equality_diff` (FN / FP,
    /// a difference of ratios), `auc_diff`. Those of classes and of numbers stand at [`LabelFairness`] and [`ValueFairness`].
    pub id: String,
    /// Value with the bootstrap interval of the difference between the two extreme groups (log scale for ratios, normal for
    /// AUC): of rows within groups, or of entities, or of weighted rows.
    pub estimate: Estimate,
    /// Raw p-value of the extreme groups. Rates: two-proportion z where expected counts are at least 5, else Fisher; with
    /// weights or entities the robust score test.
    pub p_raw: Option<f64>,
    /// BH-adjusted over the family of this report, after the raw value was multiplied by the number of pairs of groups
    /// from which the extremes were chosen.
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
    /// Selection rate over that of the most selected group.
    pub impact_ratio: Option<f64>,
    /// Largest distance between the score distributions of group and reference (Kolmogorov-Smirnov D).
    pub score_ks: Option<f64>,
    /// P(a positive of this group scores above a negative of the reference) (Kallus and Zhou 2019), DeLong.
    pub cross_auc: Estimate,
    /// P(a positive of the reference scores above a negative of this group), DeLong.
    pub cross_auc_reference: Estimate,
}
