//! Parameters of the `sensitivity` stage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How inputs are perturbed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// All rows up to this number, else a seeded stratified sample of it.
    pub max_rows: u64,
    /// Seeded repeats of every perturbation.
    pub repeats: u32,
    /// Noise levels of all features together: multiples of the standard deviation, rank shares, redraw probabilities.
    pub levels: Vec<f64>,
    /// Noise level of one feature at a time.
    pub feature_level: f64,
    /// Rows of the monotonicity curves (seeded stratified sample).
    pub curve_rows: u64,
    /// Points of a monotonicity curve.
    pub curve_points: u32,
    /// Directions that are expected of features, by name: steps against them are the violations. Others learn theirs.
    pub monotone: BTreeMap<String, Direction>,
}

/// An expected direction of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The score rises with the feature.
    Increasing,
    /// The score falls.
    Decreasing,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            max_rows: 25_000,
            repeats: 10,
            levels: vec![0.01, 0.05, 0.10],
            feature_level: 0.05,
            curve_rows: 500,
            curve_points: 11,
            monotone: BTreeMap::new(),
        }
    }
}
