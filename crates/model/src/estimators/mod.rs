//! Estimators that are neither a tree ensemble nor linear, on encoded rows, by the formulas of scikit-learn.
//!
//! An [`Estimator`] answers in one go whatever `predict`, `predict_proba` and `decision_function` would say ([`Answer`]),
//! since the costly part (distances, kernels, layers) is shared by all three.

mod bayes;
mod chain;
mod discriminant;
mod dummy;
mod ensemble;
mod isolation;
mod kernel;
mod neighbours;
mod network;
mod outliers;
mod points;
mod process;
mod quiet;
mod rules;
mod started;

use std::fmt::Debug;

use fine_table::Task;
use rayon::prelude::*;

pub use bayes::{Bayes, Likelihood};
pub use chain::Chain;
pub use discriminant::{Centroids, Class, Discriminant, Quadratic};
pub use dummy::{Always, Constant};
pub(crate) use ensemble::{Additive, Sums};
pub use ensemble::{Committee, Ensemble, Member, Row, Rule, Stepped};
pub use isolation::Isolation;
pub use kernel::{Kernel, Machine, Margin, Platt};
pub use neighbours::{Metric, Neighbours, Outlier, Reach, Targets};
pub use network::{Activation, Layer, Network};
pub use outliers::LocalOutliers;
pub use points::Points;
pub use process::{Covariance, Laplace, Process, Smoothness};
pub use quiet::Quiet;
pub use rules::{
    Bag, Boost, Boosting, Calibrated, Calibration, Calibrator, Codes, Formula, Isotonic, Mapped, Mean, Median, Pairs,
    Part, Rest, Stack, Threshold, Vote,
};
pub use started::{Start, Started};

use crate::predict::first_max;
use crate::{PredictError, Prediction, ScoreKind};

/// A row-major matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Columns.
    pub width: usize,
    /// `[rows x width]`.
    pub values: Vec<f64>,
}

/// What the library's methods say about some rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// `predict` of a classifier: the index of a class a row; empty for a regressor.
    pub labels: Vec<u32>,
    /// `predict` of a regressor: a number a row; empty for a classifier.
    pub values: Vec<f64>,
    /// `predict_proba`, where the estimator has it: one column a class.
    pub probability: Option<Grid>,
    /// `decision_function`, where the estimator has it: one column for two classes.
    pub decision: Option<Grid>,
    /// The decision values have a column a pair of classes instead of a class.
    pub pairwise: bool,
}

/// An estimator on encoded rows.
pub trait Estimator: Send + Sync + Debug {
    /// Number of encoded columns it takes; `None` for any number.
    fn features(&self) -> Option<usize>;

    /// True when it refuses a missing value in any column.
    fn refuses_missing(&self) -> bool {
        true
    }

    /// Answers for row-major `[rows x features]` values, which are not missing where it refuses that. What it says about
    /// a row must not depend on the other rows.
    ///
    /// # Errors
    /// A row for which the library predicts nothing; rows count from the first given.
    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError>;
}

/// Rows answered together. Fixed, so that results never depend on the number of threads.
const BLOCK_ROWS: usize = 256;

/// Answers for any number of rows, block by block on all cores.
pub(crate) fn answer(estimator: &dyn Estimator, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
    if rows <= BLOCK_ROWS {
        return estimator.answer(rows, values);
    }
    let width = values.len() / rows;
    let block = |start: usize| {
        let end = rows.min(start + BLOCK_ROWS);
        estimator.answer(end - start, &values[start * width..end * width]).map_err(|error| error.after(start))
    };
    let starts: Vec<usize> = (0..rows).step_by(BLOCK_ROWS).collect();
    // The first error by row, however the threads ran.
    let blocks: Vec<Result<Answer, PredictError>> = starts.into_par_iter().map(block).collect();
    let mut whole = Answer::default();
    for block in blocks {
        whole.append(block?);
    }
    Ok(whole)
}

impl Grid {
    fn append(&mut self, other: Self) {
        self.width = other.width;
        self.values.extend(other.values);
    }
}

impl Answer {
    /// Of a regressor.
    pub(crate) fn of_values(values: Vec<f64>) -> Self {
        Self { values, ..Self::default() }
    }

    /// Of a classifier whose label is the first of the largest scores; `width` is the number of classes.
    pub(crate) fn of_labels(width: usize, scores: &[f64]) -> Self {
        let labels = scores.chunks_exact(width.max(1)).map(|row| first_max(row) as u32).collect();
        Self { labels, ..Self::default() }
    }

    pub(crate) fn with_probability(mut self, width: usize, values: Vec<f64>) -> Self {
        self.probability = Some(Grid { width, values });
        self
    }

    pub(crate) fn with_decision(mut self, width: usize, values: Vec<f64>) -> Self {
        self.decision = Some(Grid { width, values });
        self
    }

    pub(crate) fn append(&mut self, other: Self) {
        let join = |own: &mut Option<Grid>, other: Option<Grid>| match (own.as_mut(), other) {
            (Some(own), Some(other)) => own.append(other),
            (None, other) => *own = other,
            (Some(_), None) => {}
        };
        self.labels.extend(other.labels);
        self.values.extend(other.values);
        self.pairwise |= other.pairwise;
        join(&mut self.probability, other.probability);
        join(&mut self.decision, other.decision);
    }

    /// The prediction of a whole model: probabilities before decision values before labels alone.
    pub(crate) fn into_prediction(self, task: Task, rows: usize, classes: usize) -> Prediction {
        let Self { labels, values, probability, decision, pairwise } = self;
        let decision = decision.filter(|_| !pairwise);
        let of = |kind, width, scores| Prediction { rows, width, kind, scores, labels: labels.clone() };
        if task == Task::Regression {
            return Prediction { rows, width: 1, kind: ScoreKind::Value, scores: values, labels: Vec::new() };
        }
        match (probability, decision) {
            (Some(grid), _) if grid.width == classes => of(ScoreKind::Probability, classes, grid.values),
            (_, Some(grid)) if grid.width == classes => of(ScoreKind::Decision, classes, grid.values),
            (_, Some(grid)) if grid.width == 1 && classes == 2 => {
                of(ScoreKind::Decision, 2, grid.values.iter().flat_map(|d| [-d, *d]).collect())
            }
            _ => {
                let one = |label: &u32| (0..classes as u32).map(|class| f64::from(u8::from(class == *label))).collect();
                let scores = labels.iter().flat_map(|label| -> Vec<f64> { one(label) }).collect();
                of(ScoreKind::Label, classes, scores)
            }
        }
    }
}

/// Softmax of each row of logarithms, as `exp(x - max - ln Σ exp(x - max))` or by division: equal to rounding.
pub(crate) fn softmax(width: usize, mut logs: Vec<f64>) -> Vec<f64> {
    for row in logs.chunks_exact_mut(width.max(1)) {
        let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for value in row.iter_mut() {
            *value = (*value - top).exp();
            sum += *value;
        }
        row.iter_mut().for_each(|value| *value /= sum);
    }
    logs
}

/// `1 / (1 + exp(-x))`.
pub(crate) fn expit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Votes of a one-vs-one scheme with confidences between them (`_ovr_decision_function`): `picks` says for each pair
/// whether the second class wins, `confidences` by how much.
pub(crate) fn one_vs_rest_of_pairs(classes: usize, picks: &[bool], confidences: &[f64], out: &mut Vec<f64>) {
    let mut votes = vec![0.0; classes];
    let mut sums = vec![0.0; classes];
    let pairs = (0..classes).flat_map(|i| (i + 1..classes).map(move |j| (i, j)));
    for ((i, j), (second, confidence)) in pairs.zip(picks.iter().zip(confidences)) {
        sums[i] -= confidence;
        sums[j] += confidence;
        votes[if *second { j } else { i }] += 1.0;
    }
    out.extend(votes.iter().zip(&sums).map(|(vote, sum): (&f64, &f64)| vote + sum / (3.0 * (sum.abs() + 1.0))));
}

#[cfg(test)]
mod tests;
