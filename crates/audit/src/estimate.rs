//! A number with its uncertainty.

use serde::{Deserialize, Serialize};

/// An estimate with its 95 % interval. `NaN` never leaves the engine: what cannot be estimated is `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The point estimate.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
    /// Rows (or units) behind it.
    pub n: u64,
    /// How the interval was made: `wilson`, `delong-logit`, `bca`, `log-delta`, `newcombe`, `t`, `normal`, `none`.
    pub method: IntervalMethod,
}

/// How an interval was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalMethod {
    /// No interval.
    None,
    /// Wilson score interval of a proportion.
    Wilson,
    /// Newcombe interval of a difference of proportions.
    Newcombe,
    /// DeLong variance on the logit scale.
    DelongLogit,
    /// Bias-corrected and accelerated bootstrap.
    Bca,
    /// Percentile bootstrap.
    Percentile,
    /// Normal on the log scale.
    LogDelta,
    /// Student t over repeats or rows.
    T,
    /// Fisher's z of a correlation.
    FisherZ,
    /// Delta method.
    Delta,
    /// Normal with the variance of the linearised statistic (Wald, delta method).
    Normal,
}

impl Estimate {
    /// A number without an interval.
    pub fn plain(value: f64, n: u64) -> Self {
        Self { value: finite(value), low: None, high: None, n, method: IntervalMethod::None }
    }

    /// A number with an interval.
    pub fn with_interval(value: f64, low: f64, high: f64, n: u64, method: IntervalMethod) -> Self {
        Self { value: finite(value), low: finite(low), high: finite(high), n, method }
    }

    /// What cannot be estimated from `n` rows.
    pub fn not_estimable(n: u64) -> Self {
        Self { value: None, low: None, high: None, n, method: IntervalMethod::None }
    }
}

fn finite(v: f64) -> Option<f64> {
    v.is_finite().then_some(v)
}
