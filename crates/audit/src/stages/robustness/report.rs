//! What the `robustness` stage measures.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// Does the model hold under stress?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows used.
    pub rows: u64,
    /// All rows, or a seeded stratified sample.
    pub sampled: bool,
    /// The metric watched: `accuracy`, `roc_auc` or `r2`.
    pub metric: String,
    /// Its value without stress.
    pub baseline: f64,
    /// Gaussian noise of 0.1 to 1.0 sd on numeric features, categories redrawn with the same probability.
    pub noise: Vec<StressLevel>,
    /// 1, 5, 10 % of all cells missing; empty with `missing_refused` when the model takes no missing values.
    pub missing: Vec<StressLevel>,
    /// The model refuses missing values.
    pub missing_refused: bool,
    /// The feature at which the model refused them, when its message names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_refused_by: Option<String>,
    /// Each feature masked (numeric: median, text: most frequent).
    pub masked: Vec<MaskedFeature>,
    /// Headline `metric_drop`: drop at 0.5 sd.
    pub metric_drop: Estimate,
    /// Headline `missing_feature_impact`: largest drop of one masked feature.
    pub missing_feature_impact: Estimate,
}

/// The metric at one stress level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StressLevel {
    /// Size of the stress.
    pub level: f64,
    /// The metric under stress.
    pub value: f64,
    /// Baseline minus value, with interval.
    pub drop: Estimate,
}

/// The metric without one feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskedFeature {
    /// Feature.
    pub feature: String,
    /// What it was masked with.
    pub fill: String,
    /// Baseline minus value, with interval.
    pub drop: Estimate,
    /// Share of rows whose label changes (classification).
    pub flip_rate: Option<f64>,
}
