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

impl Linear {
    /// Margins (before the link) of encoded rows, row-major `[rows x outputs]`: `intercept + Σ coef·x` from left to right.
    pub fn margins(&self, values: &[f64]) -> Vec<f64> {
        let row_margins = |row: &[f64]| -> Vec<f64> {
            (0..self.outputs)
                .map(|k| {
                    let coef = &self.coef[k * self.features..][..self.features];
                    row.iter().zip(coef).fold(self.intercept[k], |m, (x, w)| m + x * w)
                })
                .collect()
        };
        values.chunks_exact(self.features.max(1)).flat_map(row_margins).collect()
    }
}
