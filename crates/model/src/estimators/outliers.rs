//! `LocalOutlierFactor` on rows that it was not fitted on (`novelty=True`).

use super::{Answer, Estimator, Metric, Points};
use crate::PredictError;

/// How dense the training rows are around a row, against how dense they are around its neighbours (Breunig, Kriegel, Ng
/// and Sander 2000).
#[derive(Clone, Debug, PartialEq)]
pub struct LocalOutliers {
    /// Training rows.
    pub points: Points,
    /// How far they are.
    pub metric: Metric,
    /// Neighbours that count.
    pub count: usize,
    /// Density around each training row (`_lrd`).
    pub densities: Vec<f64>,
    /// Distance from each training row to the last of its neighbours.
    pub reaches: Vec<f64>,
    /// Scores below it are outliers.
    pub offset: f64,
}

impl LocalOutliers {
    /// The decision value, below 0 for an outlier.
    fn decision(&self, ranks: &[f64]) -> f64 {
        let near = self.metric.nearest(ranks, self.count);
        let mean = |of: &dyn Fn(&(usize, f64)) -> f64| near.iter().map(of).fold(0.0, |a, b| a + b) / near.len() as f64;
        let density = 1.0 / (mean(&|(index, distance)| distance.max(self.reaches[*index])) + 1e-10);
        -mean(&|(index, _)| self.densities[*index] / density) - self.offset
    }
}

impl Estimator for LocalOutliers {
    fn features(&self) -> Option<usize> {
        Some(self.points.width())
    }

    fn answer(&self, _: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let ranks = self.metric.ranks(&self.points, values);
        let decisions: Vec<f64> = ranks.chunks_exact(self.points.count()).map(|ranks| self.decision(ranks)).collect();
        let labels = decisions.iter().map(|decision| u32::from(*decision >= 0.0)).collect();
        Ok(Answer { labels, ..Answer::default() }.with_decision(1, decisions))
    }
}
