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
    /// Rows made nonsense, one case a kind and feature.
    #[serde(default)]
    pub nonsense: Vec<Nonsense>,
    /// Pairs of numbers of like type that were not swapped, for their number.
    #[serde(default)]
    pub swaps_left_out: u64,
    /// Headline: share of nonsense rows that the model answers without an error and as confidently as the row itself.
    #[serde(default)]
    pub silent_acceptance: Option<Estimate>,
    /// The metric on the rows that a shift could leave.
    #[serde(default)]
    pub resilience: Vec<Scenario>,
    /// Headline: drop on the tenth of the rows that lies farthest out.
    #[serde(default)]
    pub outer_drop: Option<Estimate>,
    /// Small changes that turn a decision.
    #[serde(default)]
    pub adversarial: Option<Adversarial>,
    /// Why there are none.
    #[serde(default)]
    pub adversarial_reason: Option<String>,
    /// Headline `adversarial_robustness`: share of decisions that no change found within 0.1 sd turns.
    #[serde(default)]
    pub adversarial_robustness: Option<Estimate>,
    /// Headline: share of decisions that are proven not to turn within 0.1 sd.
    #[serde(default)]
    pub certified_share: Option<Estimate>,
    /// Declared cost of each part; their sum is that of the stage.
    #[serde(default)]
    pub costs: Vec<PartCost>,
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

/// All rows with cells that make no sense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nonsense {
    /// `unit-x10`, `unit-x1000`, `above-range`, `below-range`, `swapped`, `unseen-category`.
    pub kind: String,
    /// The features that are changed.
    pub features: Vec<String>,
    /// Rows that are nonsense: a new cell lies outside of all that was observed.
    pub rows: u64,
    /// The model refused the table.
    pub refused: bool,
    /// The metric over all rows; `None` when refused.
    pub value: Option<f64>,
    /// Baseline minus value, with interval.
    pub drop: Estimate,
    /// Share of all rows whose label changes (classification); `None` when refused.
    pub flip_rate: Option<f64>,
    /// Share of the nonsense rows that are answered as confidently as the row itself.
    pub silent: Estimate,
}

/// One way in which rows could shift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// `worst-sample`, `hard-sample`, `outer-sample`, `worst-cluster`.
    pub id: String,
    /// The metric on the first rows of its order, by share.
    pub points: Vec<TailPoint>,
    /// Why there are no points.
    #[serde(default)]
    pub reason: Option<String>,
    /// Share of the rows that `features` compares with the rest.
    pub compared_share: f64,
    /// How the first rows differ from the rest, largest first.
    pub features: Vec<TailFeature>,
}

/// The metric on a share of the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TailPoint {
    /// Share asked for.
    pub share: f64,
    /// Rows taken; whole clusters for `worst-cluster`.
    pub rows: u64,
    /// The metric on them; `None` where it is not defined.
    pub value: Option<f64>,
    /// Metric of all rows minus value; no interval for `worst-sample`, whose rows are chosen by their outcome.
    pub drop: Estimate,
}

/// How one feature differs between the first rows and the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TailFeature {
    /// Feature.
    pub feature: String,
    /// Population stability index.
    pub psi: Estimate,
    /// Its expected value if the rows had been drawn by chance: `(bins - 1) (1 / first + 1 / rest)`.
    pub by_chance: f64,
}

/// Small changes that turn a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adversarial {
    /// Rows attacked.
    pub rows: u64,
    /// All rows, or a seeded stratified sample.
    pub sampled: bool,
    /// Features that the attack of `numbers` does not change, and why.
    pub held: Vec<Held>,
    /// All numbers may move a little.
    pub numbers: Option<Numbers>,
    /// Why they may not.
    pub numbers_reason: Option<String>,
    /// A few features may change as they like.
    pub few: Few,
}

/// A feature that is not changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// Feature.
    pub feature: String,
    /// `protected`, `declared`, `category`, `constant`, `not-followed`.
    pub reason: String,
}

/// Changes of all numbers at once, each at most by a radius in its own standard deviations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// `leaf-boxes` (tree ensembles, two classes) or `boundary-walk`.
    pub method: String,
    /// Most predictions a row; 0 for `leaf-boxes`, which reads the trees.
    pub queries: u64,
    /// The numbers that move.
    pub axes: Vec<AxisFacts>,
    /// Rows whose decision was turned at any distance.
    pub found: u64,
    /// A tenth and a half of the rows are turned by a change of this size; `None` when fewer are.
    pub tenth: Option<f64>,
    /// The median smallest change found.
    pub median: Option<f64>,
    /// Shares by radius.
    pub curve: Vec<RadiusPoint>,
    /// What is proven; `None` with `certificate_reason`.
    pub certificate: Option<CertificateFacts>,
    /// Why nothing is proven.
    pub certificate_reason: Option<String>,
}

/// A number that moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AxisFacts {
    /// Feature.
    pub feature: String,
    /// Its standard deviation: radius 1.
    pub sd: f64,
    /// Smallest plausible value.
    pub low: f64,
    /// Largest plausible value.
    pub high: f64,
    /// Only whole numbers are plausible.
    pub whole: bool,
}

/// Shares of the attacked rows at one radius.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RadiusPoint {
    /// Standard deviations.
    pub radius: f64,
    /// Decisions that a change found within the radius turns.
    pub changed: Estimate,
    /// Decisions proven not to turn within the radius.
    pub certified: Option<Estimate>,
}

/// Summary of the certificates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Largest radius looked at.
    pub most: f64,
    /// Rows whose distance to another decision is known exactly.
    pub exact: u64,
    /// Median certified radius.
    pub median: f64,
    /// Mean of certified radius over smallest change found, of rows turned within `most`; `None` without such rows.
    pub tightness: Option<f64>,
}

/// Changes of few features, each to any plausible value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Few {
    /// Most predictions a row.
    pub queries: u64,
    /// Share of decisions turned by at most 1, 2, … changes.
    pub turned: Vec<Estimate>,
    /// Share of decisions that each feature turns alone, largest first.
    pub alone: Vec<FewFeature>,
}

/// What one feature turns alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FewFeature {
    /// Feature.
    pub feature: String,
    /// Share of decisions.
    pub turned: Estimate,
}

/// Declared cost of one part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartCost {
    /// `noise`, `missing`, `masked`, `nonsense`, `resilience`, `adversarial`, `certified`.
    pub part: String,
    /// Rows that the model predicts.
    pub predicted_rows: u64,
    /// Elementary row operations.
    pub row_operations: u64,
}
