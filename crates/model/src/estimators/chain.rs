//! `ClassifierChain` and `RegressorChain`.

use std::sync::Arc;

use super::rules::column;
use super::{Answer, Estimator, Part};
use crate::PredictError;

/// Estimators in a row, each of which also sees the answers of those before it; the last one answers.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Number of encoded columns.
    pub features: usize,
    /// The estimators, and what each hands on: one column.
    pub links: Vec<(Arc<dyn Estimator>, Part)>,
}

impl Estimator for Chain {
    fn features(&self) -> Option<usize> {
        Some(self.features)
    }

    fn refuses_missing(&self) -> bool {
        self.links.iter().any(|(estimator, _)| estimator.refuses_missing())
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let mut seen = values.to_vec();
        let mut answer = Answer::default();
        for (at, (estimator, part)) in self.links.iter().enumerate() {
            answer = estimator.answer(rows, &seen)?;
            let (_, own) = column(&answer, part, rows)?;
            let width = self.features + at;
            let row = |(row, own): (&[f64], &f64)| row.iter().copied().chain([*own]).collect::<Vec<f64>>();
            seen = seen.chunks_exact(width.max(1)).zip(&own).flat_map(row).collect();
        }
        Ok(answer)
    }
}
