//! What the `slices` stage measures.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;
use crate::finding::Predicate;
pub use crate::stats::design::Sampling;

/// Where is the model worse than elsewhere?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows.
    pub n: u64,
    /// Loss of a row: `error`, `log-loss`, `absolute`, `squared`.
    pub loss: String,
    /// Mean loss of the confirmation half.
    pub mean_loss: Estimate,
    /// Rows on which slices were found.
    pub discovery_rows: u64,
    /// Rows on which they were measured.
    pub confirmation_rows: u64,
    /// The halves were drawn by entity, and intervals and tests allow for entities.
    pub clustered: bool,
    /// How rows were taken; none in reports of older versions, which did not use weights.
    #[serde(default)]
    pub sampling: Option<Sampling>,
    /// Fewest discovery rows (with weights, effective ones) of a slice.
    pub support: u64,
    /// Most conditions of a slice.
    pub predicates: u32,
    /// Features that were searched, those that tell losses apart best first.
    pub features: Vec<String>,
    /// Features left out: times, constants, names that hardly repeat, or beyond the 40 that tell losses apart best.
    pub left_out: Vec<String>,
    /// Conjunctions whose rows were counted; the bounds rule out all others.
    pub counted: u64,
    /// The slices put to the test: confirmed ones first, then by impact.
    pub slices: Vec<Slice>,
    /// The error tree: node 0 is the root, children come after their parents.
    pub tree: Vec<TreeNode>,
    /// Losses by one feature, for those that tell losses apart best.
    pub profiles: Vec<Profile>,
    /// Losses by two features.
    pub maps: Vec<Map>,
    /// Slices in which the top probability is too high or too low (classification with probabilities).
    pub confidence: Vec<ConfidenceSlice>,
}

/// A slice that was found on one half and measured on the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// Its conditions.
    pub predicates: Vec<Predicate>,
    /// SliceLine's score on the discovery half.
    pub score: f64,
    /// Rows there.
    pub discovery_rows: u64,
    /// Mean loss there.
    pub discovery_loss: f64,
    /// Rows of the confirmation half; all that follows is measured on it.
    pub n: u64,
    /// Their share.
    pub share: f64,
    /// Mean loss.
    pub loss: Estimate,
    /// Mean loss of all other rows.
    pub rest: Option<f64>,
    /// `loss - rest`.
    pub excess: Estimate,
    /// `loss / rest - 1`.
    pub relative: Estimate,
    /// Two-sided p-value of the difference: two proportions for errors, Welch's t for other losses; with weights or entities
    /// the normal test of the linearised difference.
    pub p: Option<f64>,
    /// Benjamini-Hochberg-adjusted over the slices put to the test.
    pub q: Option<f64>,
    /// `n x excess`: the loss above what the slice would have as one of the others; with weights `n` is the slice's share of
    /// the weight, in rows.
    pub impact: Option<f64>,
    /// Worse than the rest, and `q` below the false discovery rate of 5 %.
    pub confirmed: bool,
}

/// A node of the error tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreeNode {
    /// Its parent.
    pub parent: Option<u64>,
    /// It is not split.
    pub leaf: bool,
    /// All conditions from the root on, one a feature.
    pub predicates: Vec<Predicate>,
    /// Rows of the discovery half.
    pub discovery_rows: u64,
    /// Mean loss there.
    pub discovery_loss: f64,
    /// Share of the confirmation half.
    pub share: f64,
    /// Mean loss there.
    pub loss: Estimate,
}

/// Losses by one feature, on the confirmation half.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The feature.
    pub feature: String,
    /// Part of the variance of the losses that its bins explain on the discovery half (epsilon squared).
    pub explained: f64,
    /// Its bins.
    pub bins: Vec<ProfileBin>,
}

/// One bin of a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileBin {
    /// Its condition.
    pub predicate: Predicate,
    /// Mean loss; not estimable below 10 rows.
    pub loss: Estimate,
}

/// Losses by two features, on the confirmation half.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// The features: down, across.
    pub features: [String; 2],
    /// Part of the variance of the losses that the cells explain on the discovery half (epsilon squared).
    pub explained: f64,
    /// Conditions down.
    pub rows: Vec<Predicate>,
    /// Conditions across.
    pub columns: Vec<Predicate>,
    /// Mean losses by row and column; not estimable below 10 rows.
    pub cells: Vec<Vec<Estimate>>,
}

/// A slice in which the probability of the predicted class and its truth differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceSlice {
    /// `over`: the probability is too high; `under`: too low.
    pub kind: String,
    /// Its conditions.
    pub predicates: Vec<Predicate>,
    /// Rows of the confirmation half; all that follows is measured on it.
    pub n: u64,
    /// Their share.
    pub share: f64,
    /// Mean probability of the predicted class.
    pub probability: f64,
    /// Share of rows whose predicted class is right.
    pub hits: Estimate,
    /// `probability - hits`.
    pub gap: Estimate,
    /// Two-sided p-value of a gap of 0 (t), Benjamini-Hochberg-adjusted over these slices.
    pub q: Option<f64>,
    /// The gap has the sign it had on the discovery half, and `q` is below 5 %.
    pub confirmed: bool,
}
