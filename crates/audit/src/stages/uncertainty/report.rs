//! What the `uncertainty` stage measures.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;
pub use crate::stats::design::Sampling;

/// Do prediction sets and intervals hold the truth as often as they promise?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows.
    pub n: u64,
    /// Share of the rows whose truth should be held.
    pub target: f64,
    /// Rows that set the thresholds.
    pub calibration_rows: u64,
    /// Rows on which everything was measured.
    pub test_rows: u64,
    /// The halves were drawn by entity, and the intervals allow for entities.
    pub clustered: bool,
    /// How rows were taken; none in reports of older versions, which did not use weights.
    #[serde(default)]
    pub sampling: Option<Sampling>,
    /// Regression: the rows that gave the scale of the residuals.
    pub scale: Option<ScaleSource>,
    /// Classification: `lac`, `aps`. Regression: `normalised`, `absolute`. The checks judge the first.
    pub methods: Vec<Method>,
}

/// Where the scale of the residuals comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScaleSource {
    /// `reference` data, or a quarter of the `audited` rows.
    pub source: String,
    /// Rows.
    pub rows: u64,
    /// Different scales (leaves of the tree).
    pub leaves: u64,
}

/// One way to make sets or intervals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// `lac`, `aps`, `normalised`, `absolute`.
    pub id: String,
    /// Scores up to here are in the set (regression: in units of the scale). With weights every row has a threshold of its
    /// own, and this is that of a row of mean weight.
    pub threshold: f64,
    /// Share of the test rows whose truth is held.
    pub coverage: Estimate,
    /// `target - coverage`.
    pub shortfall: Estimate,
    /// What the coverage would be if the promise holds.
    pub law: Law,
    /// Mean number of classes in a set, or mean width of an interval.
    pub size: Estimate,
    /// Share of sets with exactly one class (classification).
    pub singletons: Option<Estimate>,
    /// Share of sets without a class (classification).
    pub empty: Option<Estimate>,
    /// By size of the set, or by quarter of the widths.
    pub sizes: Vec<SizeClass>,
    /// Protected groups, then classes of the truth.
    pub groups: Vec<GroupCoverage>,
}

/// The law of a realised coverage: hits of `m` rows are beta-binomial with a chance from Beta(a, b).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Law {
    /// `n + 1 - l`, `n` the rows (with weights the effective ones) behind the threshold.
    pub a: u64,
    /// `l = n + 1 - ceil((n + 1) target)`.
    pub b: u64,
    /// Ends of the central 95 % of the coverage.
    pub low: f64,
    /// The upper one.
    pub high: f64,
    /// P(a coverage as low or lower); none with entities or weights, whose rows are not exchangeable.
    pub p: Option<f64>,
}

/// Sets of one size, or intervals of about one width.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SizeClass {
    /// Smallest size.
    pub low: f64,
    /// Largest size.
    pub high: f64,
    /// Share of the test rows.
    pub share: f64,
    /// Coverage; not estimable below 10 rows.
    pub coverage: Estimate,
}

/// A protected group, or a class of the truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupCoverage {
    /// Protected attribute; none for a class.
    pub attribute: Option<String>,
    /// Group or class.
    pub group: String,
    /// Share of the test rows.
    pub share: f64,
    /// Coverage with the common threshold; not estimable below 10 rows, as the shortfall.
    pub coverage: Estimate,
    /// `target - coverage`.
    pub shortfall: Estimate,
    /// P(a coverage as low or lower) if the group were like all rows, Benjamini-Hochberg-adjusted over all groups.
    pub p: Option<f64>,
    /// Mean size or width with the common threshold.
    pub size: Estimate,
    /// With a threshold of its own (Mondrian); none when it has too few rows for one.
    pub own: Option<OwnThreshold>,
}

/// A group under the threshold of its own calibration rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnThreshold {
    /// Rows that set it.
    pub calibration_rows: u64,
    /// The threshold.
    pub threshold: f64,
    /// Coverage.
    pub coverage: Estimate,
    /// P(a coverage as low or lower) by the group's own law, adjusted over all groups.
    pub p: Option<f64>,
    /// Mean size or width.
    pub size: Estimate,
}
