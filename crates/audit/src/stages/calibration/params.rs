//! Parameters of the `calibration` stage.

use serde::{Deserialize, Serialize};

/// How scores are binned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Bins of the calibration errors, 2 to 100.
    pub bins: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self { bins: 15 }
    }
}

impl Params {
    pub(super) fn bins(&self) -> usize {
        self.bins.clamp(2, 100) as usize
    }
}
