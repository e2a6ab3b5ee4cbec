//! Linear models: `link(X w + b)`.

use crate::trees::Link;

/// A linear model on encoded features.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// Number of encoded features.
    pub features: usize,
    /// Number of margins a row.
    pub outputs: usize,
    /// Row-major `[outputs x features]`.
    pub coef: Vec<f64>,
    /// One intercept an output.
    pub intercept: Vec<f64>,
    /// From margin to score.
    pub link: Link,
}
