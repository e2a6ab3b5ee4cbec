//! Groups of a model of more than two classes.

use serde::{Deserialize, Serialize};

use super::Gap;
use crate::estimate::Estimate;

/// How predicted classes differ between the groups of one attribute or intersection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelFairness {
    /// Column, or the joined name of an intersection.
    pub attribute: String,
    /// The columns of an intersection; empty for one attribute.
    pub of: Vec<String>,
    /// Numeric attributes are cut at these edges (quartiles), else empty.
    pub edges: Vec<f64>,
    /// Rows with an unknown value, left out of the comparison.
    pub unknown: u64,
    /// Reference group: chosen or largest.
    pub reference: String,
    /// Class labels, in the order of all counts.
    pub labels: Vec<String>,
    /// Groups, largest first.
    pub groups: Vec<LabelGroup>,
    /// `label_distance` (largest total variation distance `½ Σ |p - q|` of the predicted classes of two groups) and
    /// `accuracy_diff`.
    pub gaps: Vec<Gap>,
    /// `label_distance` among the rows of one true class, for every class.
    pub given: Vec<ClassGap>,
    /// Every class against all others.
    pub classes: Vec<OneVsRest>,
    /// Share of rows whose class changes when only this attribute is set to another of its values.
    pub flip_rate: Option<Estimate>,
    /// The same when the declared proxies change with it.
    pub proxy_flip_rate: Option<Estimate>,
}

/// Predicted and true classes of one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelGroup {
    /// Group value.
    pub group: String,
    /// Rows.
    pub n: u64,
    /// Share of rows with a known value.
    pub share: f64,
    /// Below 2 % of rows.
    pub small: bool,
    /// Rows predicted as each class.
    pub predicted: Vec<u64>,
    /// Their (weighted) shares.
    #[serde(default)]
    pub predicted_shares: Vec<f64>,
    /// Rows of each true class.
    pub truth: Vec<u64>,
    /// Accuracy.
    pub accuracy: Estimate,
}

/// A gap among the rows of one true class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassGap {
    /// True class.
    pub class: String,
    /// `label_distance`.
    pub gap: Gap,
}

/// One class against all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneVsRest {
    /// The class.
    pub class: String,
    /// Groups in the order of [`LabelFairness::groups`].
    pub groups: Vec<OneVsRestGroup>,
    /// `demographic_parity_diff`, `equal_opportunity_diff` and `predictive_equality_diff` of this class.
    pub gaps: Vec<Gap>,
}

/// Rates of one class in one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneVsRestGroup {
    /// Group value.
    pub group: String,
    /// P(predicted as the class).
    pub selection_rate: Estimate,
    /// P(predicted as the class | of the class).
    pub tpr: Estimate,
    /// P(predicted as the class | of another).
    pub fpr: Estimate,
}
