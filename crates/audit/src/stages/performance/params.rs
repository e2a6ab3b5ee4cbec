//! Parameters of the `performance` stage.

use serde::{Deserialize, Serialize};

/// Costs of the threshold table, and which challengers are fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Cost of one false positive.
    pub cost_fp: f64,
    /// Cost of one false negative.
    pub cost_fn: f64,
    /// Fit the depth-3 tree challenger.
    pub tree: bool,
    /// Fit the gradient boosting challenger.
    pub boosting: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self { cost_fp: 1.0, cost_fn: 1.0, tree: true, boosting: true }
    }
}
