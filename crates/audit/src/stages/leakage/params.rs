//! Parameters of the `leakage` stage.

use serde::{Deserialize, Serialize};

/// Sizes and thresholds of description; limits of judgement are in the policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Depth of the tree that is asked what a single column says about the target.
    pub depth: u32,
    /// A text column, or an unused column of text or whole numbers, with a larger unique share is an identifier.
    pub identifier_share: f64,
    /// Pairs of equal rows listed.
    pub examples: usize,
    /// Rows predicted one by one.
    pub single_rows: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self { depth: 5, identifier_share: 0.95, examples: 10, single_rows: 200 }
    }
}
