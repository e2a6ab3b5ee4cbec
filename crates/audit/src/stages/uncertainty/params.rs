//! Parameters of the `uncertainty` stage.

use serde::{Deserialize, Serialize};

/// What is promised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Share of the rows whose truth the sets and intervals should hold, 0.5 to 0.99.
    pub target: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { target: 0.9 }
    }
}

impl Params {
    pub(super) fn target(&self) -> f64 {
        if self.target.is_finite() { self.target.clamp(0.5, 0.99) } else { Self::default().target }
    }
}
