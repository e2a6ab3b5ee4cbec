//! What the `explain` stage measures.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// What drives the predictions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How SHAP values were made.
    pub method: Method,
    /// Raw features, most important first.
    pub features: Vec<FeatureImportance>,
    /// Kendall tau of the mean |SHAP| ranking between bootstrap replicates (mean).
    pub rank_stability: Option<f64>,
    /// Representative rows, worst errors and boundary rows.
    pub rows: Vec<RowExplanation>,
    /// Trust card.
    pub trust: Trust,
}

/// How the SHAP values were made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// `tree-path-dependent`, `linear`, `permutation-sampler`.
    pub id: String,
    /// `margin`, `probability`, `value`.
    pub scale: String,
    /// Class explained (binary: positive; multiclass: each class, importance is the mean over classes).
    pub class: Option<String>,
    /// Rows explained.
    pub rows: u64,
    /// All rows, or a seeded stratified sample.
    pub sampled: bool,
    /// Background rows (sampler and linear).
    pub background_rows: u64,
    /// Base value a class.
    pub base: Vec<f64>,
    /// Why an exact method of this kind of model could not be used (`no-node-covers`, `tree-too-deep`, `mixed-columns`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// Metric of the permutation importance: `accuracy`, `roc_auc` or `r2`.
    #[serde(default)]
    pub permutation_metric: String,
    /// Rows of the permutation importance (a seeded stratified sample when fewer than audited).
    #[serde(default)]
    pub permutation_rows: u64,
    /// Its repeats.
    #[serde(default)]
    pub permutation_repeats: u32,
    /// Rows of the partial dependence (a seeded stratified sample when fewer than audited).
    #[serde(default)]
    pub dependence_rows: u64,
}

/// Importance of one raw feature (encoded columns summed back).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureImportance {
    /// Feature.
    pub feature: String,
    /// Class that `mean_shap`, `direction`, `points` and `dependence` are about (multiclass: where the feature matters
    /// most).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Mean |SHAP| with bootstrap interval.
    pub mean_abs_shap: Estimate,
    /// Its share of the sum over all features; the interval holds that sum fixed.
    pub shap_share: Estimate,
    /// Whether the model reads the feature at all: it is in a split of some tree, or has a weight that is not 0. `None`
    /// for models that cannot be looked into.
    pub in_model: Option<bool>,
    /// Mean SHAP (signed).
    pub mean_shap: f64,
    /// Spearman correlation of value and SHAP (numeric features).
    pub direction: Option<f64>,
    /// Drop of the task's metric when permuted (10 seeded repeats), with interval.
    pub permutation: Estimate,
    /// Is a protected attribute.
    pub protected: bool,
    /// Points for the beeswarm: (value rescaled to 0..1 by rank, SHAP), seeded sample of at most 200 rows.
    pub points: Vec<[Option<f64>; 2]>,
    /// Partial dependence of the feature: (value label, mean prediction); empty beyond the most important features.
    pub dependence: Vec<(String, f64)>,
}

/// Explanation of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowExplanation {
    /// `prototype`, `worst-error`, `boundary`.
    pub kind: String,
    /// Row index in the audited table.
    pub row: u64,
    /// Class explained (multiclass: the predicted one).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Prediction on the explained scale.
    pub prediction: f64,
    /// Base value.
    pub base: f64,
    /// Truth as text.
    pub truth: String,
    /// Contributions, largest |SHAP| first, at most 20: (feature, value as text, SHAP).
    pub contributions: Vec<(String, String, f64)>,
    /// Sum of the contributions that are not listed.
    #[serde(default)]
    pub rest: f64,
}

/// Can the explanation be trusted?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trust {
    /// max |base + sum(phi) - f(x)|, relative to max(1, |f(x)|).
    pub additivity_error: f64,
    /// Standard error of the sampler (mean over features), `None` for exact methods.
    pub sampling_error: Option<f64>,
    /// Pairs of features with |association| above 0.9, whose credit is shared arbitrarily.
    pub correlated: Vec<[String; 2]>,
    /// Rows behind these pairs (a seeded stratified sample when fewer than audited).
    pub correlated_rows: u64,
}
