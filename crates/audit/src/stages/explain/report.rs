//! What the `explain` stage measures.

use serde::{Deserialize, Serialize};

use crate::counterfactual::Answer;
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
    /// Pairs of features that move predictions together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interactions: Option<Interactions>,
    /// How strongly the most important features go with the protected attributes, strongest first.
    #[serde(default)]
    pub proxies: Vec<Proxy>,
    /// Why decisions go against people (binary).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<ReasonCodes>,
    /// Features that counterfactuals leave alone.
    #[serde(default)]
    pub immutable: Vec<String>,
}

/// How the SHAP values were made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// `tree-path-dependent`, `tree-interventional`, `linear`, `coalitions`, `permutation-sampler`.
    pub id: String,
    /// `margin`, `probability`, `value`.
    pub scale: String,
    /// Class explained (binary: positive; multiclass: each class, importance is the mean over classes).
    pub class: Option<String>,
    /// Rows explained.
    pub rows: u64,
    /// All rows, or a seeded stratified sample.
    pub sampled: bool,
    /// Background rows (all methods but `tree-path-dependent`).
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
    /// Curves of single rows at the same values, centred: the prediction minus that at the first value. A seeded sample of
    /// the rows of the partial dependence; empty beyond the few most important features.
    #[serde(default)]
    pub ice: Vec<Vec<f64>>,
    /// Accumulated local effects; `None` for categories, and beyond the most important features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ale: Option<Ale>,
}

/// Accumulated local effects of a number: how predictions change along the feature among rows that have such values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ale {
    /// Rows behind it: those of the sample that hold a number.
    pub rows: u64,
    /// Edges of the bins, ascending.
    pub points: Vec<AlePoint>,
    /// Rows in each bin, one fewer than points.
    pub counts: Vec<u64>,
}

/// One edge of a bin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlePoint {
    /// Value of the feature.
    pub at: f64,
    /// Effect, in units of the score; the mean over the rows is 0.
    pub effect: f64,
    /// Lower end of the 95 % bootstrap band.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Pairs of features that move predictions together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interactions {
    /// Rows of the SHAP interaction values (a seeded stratified sample when fewer than audited); 0 without them.
    pub shap_rows: u64,
    /// Why there are no SHAP interaction values (`not-trees`, `over-budget`, `no-node-covers`, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shap_missing: Option<String>,
    /// Share of all mean |SHAP interaction values| that belongs to pairs; the rest are main effects.
    pub pair_share: Option<f64>,
    /// Rows of the H-statistic (a seeded stratified sample when fewer than audited).
    pub h_rows: u64,
    /// Strongest first.
    pub pairs: Vec<PairInteraction>,
}

/// How two features act together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairInteraction {
    /// The two.
    pub features: [String; 2],
    /// Mean |SHAP interaction value| of the pair, both halves, with bootstrap interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shap: Option<Estimate>,
    /// Its share of the sum over all main effects and pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Class whose score `h` and `h_sd` are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Friedman and Popescu's H: the part of the joint effect's standard deviation that is not the sum of the single effects.
    /// `None` where the joint effect is constant.
    pub h: Option<f64>,
    /// The same without the division: standard deviation of the interaction, in units of the score.
    pub h_sd: f64,
}

/// How strongly a feature goes with a protected attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proxy {
    /// Feature.
    pub feature: String,
    /// Its place among the features that drive predictions, from 1.
    pub place: u64,
    /// Protected attribute.
    pub attribute: String,
    /// `pearson`, `cramer-v` or `correlation-ratio`.
    pub kind: String,
    /// Strength, 0 to 1, with bootstrap interval.
    pub association: Estimate,
}

/// Why decisions go against people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonCodes {
    /// Explained rows that are not predicted positive.
    pub rows: u64,
    /// Features by how often they are the first reason; those that never are come last or not at all.
    pub features: Vec<ReasonShare>,
}

/// How often a feature is a reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonShare {
    /// Feature.
    pub feature: String,
    /// Share of these rows in which it lowers the score most.
    pub first: Estimate,
    /// Share of these rows in which it is among the first four.
    pub listed: Estimate,
}

/// One reason against a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Feature.
    pub feature: String,
    /// Its value as text; empty when missing.
    pub value: String,
    /// Contribution, below 0.
    pub contribution: f64,
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
    /// Prototypes: share of the explained rows that are nearer to this one than to the other prototypes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands_for: Option<f64>,
    /// Up to four contributions that lower the score of the positive class most, for a row that is not predicted positive.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// Smallest plausible changes that change the answer; `None` where no goal is set (regression).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterfactuals: Option<Answer>,
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
    /// Kendall's tau between the rankings of two seeds (another background, other permutations) on the same rows; `None` for
    /// methods that draw nothing.
    #[serde(default)]
    pub seed_stability: Option<f64>,
    /// How the ranking agrees with that of the other meaning of "absent"; `None` where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
}

/// Rankings by path-dependent and by interventional values, on the same rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Kendall's tau.
    pub tau: f64,
    /// Rows (a seeded sample).
    pub rows: u64,
    /// Background rows of the interventional values (a seeded sample).
    pub background_rows: u64,
}
