//! Kernel values with stored rows as columns.

use crate::estimators::{Kernel, Points};

/// What is taken off kernel values so that the stored rows lie around the origin (`KernelCenterer`).
#[derive(Clone, Debug, PartialEq)]
pub struct Centre {
    /// Mean kernel value of each stored row.
    pub rows: Vec<f64>,
    /// Mean of these.
    pub all: f64,
}

/// Kernel values with stored rows, centred or not, then a linear map (`KernelPCA`, `Nystroem`).
#[derive(Clone, Debug, PartialEq)]
pub struct Kernels {
    kernel: Kernel,
    points: Points,
    centre: Option<Centre>,
    /// Row-major `[outputs x points]`.
    matrix: Vec<f64>,
}

impl Kernels {
    /// `None` when the parts do not fit each other or hold a number that is not finite.
    pub fn new(kernel: Kernel, points: Points, centre: Option<Centre>, matrix: Vec<f64>) -> Option<Self> {
        let count = points.count();
        let fits = count > 0 && !matrix.is_empty() && matrix.len().is_multiple_of(count);
        let centred = centre.as_ref().is_none_or(|centre| centre.rows.len() == count && centre.all.is_finite());
        let rows = centre.iter().flat_map(|centre| &centre.rows);
        let finite = matrix.iter().chain(rows).all(|value| value.is_finite());
        (fits && centred && finite).then_some(Self { kernel, points, centre, matrix })
    }

    /// Columns that it takes.
    pub fn inputs(&self) -> usize {
        self.points.width()
    }

    /// Columns that it makes.
    pub fn outputs(&self) -> usize {
        self.matrix.len() / self.points.count()
    }

    pub(super) fn of(&self, row: &[f64], out: &mut [f64]) {
        let mut values = self.kernel.values(&self.points, row);
        if let Some(centre) = &self.centre {
            let mean = values.iter().fold(0.0, |sum, value| sum + value) / values.len() as f64;
            values.iter_mut().zip(&centre.rows).for_each(|(value, own)| *value = *value - own - mean + centre.all);
        }
        for (cell, weights) in out.iter_mut().zip(self.matrix.chunks_exact(values.len())) {
            *cell = weights.iter().zip(&values).fold(0.0, |sum, (weight, value)| sum + weight * value);
        }
    }
}
