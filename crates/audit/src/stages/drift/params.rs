//! Parameters of the `drift` stage.

use serde::{Deserialize, Serialize};

/// Sizes of lists and pictures, and what is fitted; limits of judgement are in the policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Quantile bins of the reference numbers.
    pub bins: usize,
    /// Most frequent categories listed per column; the others are one line.
    pub categories: usize,
    /// Bars of the drawn distributions.
    pub bars: usize,
    /// Fit the classifier that tells the two tables apart.
    pub domain: bool,
    /// Features listed by what they give the classifier.
    pub domain_features: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self { bins: 10, categories: 20, bars: 20, domain: true, domain_features: 10 }
    }
}
