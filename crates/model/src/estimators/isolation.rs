//! `IsolationForest`.

use super::{Answer, Estimator};
use crate::PredictError;
use crate::trees::{Forest, Walker};

/// Trees whose leaves hold path lengths: outliers (class 0) are reached on short paths.
#[derive(Clone, Debug)]
pub struct Isolation {
    forest: Forest,
    walker: Walker,
    /// Number of trees times the mean path length of a random tree.
    denominator: f64,
    /// The score from which on a row is an inlier.
    offset: f64,
}

impl Isolation {
    /// From trees with one output, whose leaves hold the path length to them.
    pub fn new(forest: Forest, denominator: f64, offset: f64) -> Self {
        let walker = Walker::new(&forest);
        Self { forest, walker, denominator, offset }
    }

    /// Mean path length of a random tree of so many rows (Liu, Ting, Zhou 2008, eq. 1).
    pub fn mean_path(rows: f64) -> f64 {
        const EULER: f64 = 0.577_215_664_901_532_9;
        match rows {
            rows if rows <= 1.0 => 0.0,
            2.0 => 1.0,
            rows => 2.0 * ((rows - 1.0).ln() + EULER) - 2.0 * (rows - 1.0) / rows,
        }
    }
}

impl Estimator for Isolation {
    fn features(&self) -> Option<usize> {
        Some(self.forest.features)
    }

    fn refuses_missing(&self) -> bool {
        self.walker.refuses_missing()
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let depths = self.walker.margins(&self.forest, rows, values);
        let exponent = |depth: f64| if self.denominator == 0.0 { 1.0 } else { depth / self.denominator };
        let decision: Vec<f64> = depths.into_iter().map(|d| -(-exponent(d)).exp2() - self.offset).collect();
        let labels = decision.iter().map(|d| u32::from(*d >= 0.0)).collect();
        Ok(Answer { labels, ..Answer::default() }.with_decision(1, decision))
    }
}
