//! Parameters of the `data` stage.

use serde::{Deserialize, Serialize};

/// Thresholds of description and sizes of lists; limits of judgement are in the policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// A column whose most frequent value has more than this share is near-constant.
    pub near_constant_share: f64,
    /// A text or whole-number column with a larger unique share is an identifier.
    pub identifier_share: f64,
    /// A text column with more categories has a high cardinality.
    pub high_cardinality: u64,
    /// |modified z| beyond which a number is an outlier.
    pub outlier_z: f64,
    /// Bins of histograms.
    pub bins: usize,
    /// Most frequent categories listed per column.
    pub categories: usize,
    /// Strongest pairs listed.
    pub pairs: usize,
    /// Pairs above this strength are listed too, up to 1 000.
    pub pair_strength: f64,
    /// Features in the matrix.
    pub matrix_features: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            near_constant_share: 0.99,
            identifier_share: 0.95,
            high_cardinality: 50,
            outlier_z: 3.5,
            bins: 20,
            categories: 20,
            pairs: 50,
            pair_strength: 0.9,
            matrix_features: 40,
        }
    }
}
