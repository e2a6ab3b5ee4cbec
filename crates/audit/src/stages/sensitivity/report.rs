//! What the `sensitivity` stage measures.

use serde::{Deserialize, Serialize};

use super::params::Direction;
use crate::estimate::Estimate;

/// Do small changes of the inputs change the answer?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows perturbed.
    pub rows: u64,
    /// All rows, or a seeded stratified sample.
    pub sampled: bool,
    /// Repeats.
    pub repeats: u32,
    /// All features together, by noise kind and size.
    pub joint: Vec<NoiseLevel>,
    /// One feature at a time at the 5 % level.
    pub features: Vec<FeatureSensitivity>,
    /// Headline `label_flip_rate` at 1 % noise (classification): the larger one of the two kinds of noise.
    pub label_flip_rate: Option<Estimate>,
    /// Headline `proba_shift_mean` at 1 % noise; regression: mean |shift| / sd of the prediction.
    pub proba_shift_mean: Estimate,
    /// Rows behind the monotonicity curves (a seeded stratified sample when fewer than `rows`).
    #[serde(default)]
    pub curve_rows: u64,
}

/// All features perturbed at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoiseLevel {
    /// `gaussian` (lambda·sd) or `quantile` (uniform in quantile space, keeps support).
    pub noise: String,
    /// lambda: 0.01, 0.05, 0.10.
    pub level: f64,
    /// Share of rows whose label changes (classification).
    pub flip_rate: Option<Estimate>,
    /// Mean |score shift|: half the sum over classes (two classes: the change of either probability), regression in
    /// standard deviations of the prediction.
    pub mean_shift: Estimate,
    /// 99th percentile of |score shift|.
    pub p99_shift: f64,
}

/// One feature perturbed alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureSensitivity {
    /// Feature.
    pub feature: String,
    /// Share of rows whose label changes (classification).
    pub flip_rate: Option<Estimate>,
    /// Mean |score shift|: half the sum over classes (two classes: the change of either probability), regression in
    /// standard deviations of the prediction.
    pub mean_shift: Estimate,
    /// 99th percentile of |score shift|.
    pub p99_shift: f64,
    /// Share of ICE steps against the declared direction, or the main one (numeric features).
    pub monotonicity_violations: Option<f64>,
    /// Main direction as learned from the steps: `increasing`, `decreasing`, `mixed`, `flat`.
    pub direction: Option<String>,
    /// The direction that the parameters declare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Direction>,
}
