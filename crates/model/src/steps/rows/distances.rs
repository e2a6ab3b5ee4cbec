//! Distances to cluster centres.

/// Euclidean distances to points (`KMeans.transform`), by the formula of `sklearn.metrics.pairwise.euclidean_distances`:
/// `√max(0, x·x − 2·x·c + c·c)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    /// Columns that it takes.
    pub inputs: usize,
    /// Row-major `[centres x inputs]`.
    pub centres: Vec<f64>,
}

impl Distances {
    /// Number of centres.
    pub fn outputs(&self) -> usize {
        self.centres.len() / self.inputs.max(1)
    }

    pub(super) fn of(&self, row: &[f64], out: &mut [f64]) {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b);
        let own = dot(row, row);
        for (cell, centre) in out.iter_mut().zip(self.centres.chunks_exact(self.inputs.max(1))) {
            *cell = (-2.0 * dot(row, centre) + own + dot(centre, centre)).max(0.0).sqrt();
        }
    }
}
