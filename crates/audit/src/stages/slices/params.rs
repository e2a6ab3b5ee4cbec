//! Parameters of the `slices` stage.

use serde::{Deserialize, Serialize};

/// What is searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The loss of a row.
    pub loss: Loss,
    /// Weight of a slice's loss against its size, 0.5 to 1 (alpha of SliceLine).
    pub weight: f64,
    /// Most conditions of a slice, 1 to 3.
    pub predicates: u32,
    /// Most bins of a number, 2 to 16; fewer where rows are few.
    pub bins: u32,
    /// Most slices that are put to the test, 1 to 50.
    pub tested: u32,
}

/// The loss of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// `error` for classes, `absolute` for numbers.
    Auto,
    /// 1 when the class is wrong.
    Error,
    /// Minus the logarithm of the probability of the true class, at least 1e-15.
    LogLoss,
    /// Distance of a number from the truth.
    Absolute,
    /// Its square.
    Squared,
}

impl Default for Params {
    fn default() -> Self {
        Self { loss: Loss::Auto, weight: 0.95, predicates: 3, bins: 8, tested: 20 }
    }
}

impl Params {
    pub(super) fn weight(&self) -> f64 {
        if self.weight.is_finite() { self.weight.clamp(0.5, 1.0) } else { Self::default().weight }
    }

    pub(super) fn predicates(&self) -> usize {
        self.predicates.clamp(1, 3) as usize
    }

    pub(super) fn bins(&self) -> usize {
        self.bins.clamp(2, 16) as usize
    }

    pub(super) fn tested(&self) -> usize {
        self.tested.clamp(1, 50) as usize
    }
}
