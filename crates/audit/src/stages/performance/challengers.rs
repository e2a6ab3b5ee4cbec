//! Simple models to beat, cross-fitted on the audited rows: a small tree, and a small gradient boosting.

use rand::seq::SliceRandom;

use super::boost::Boosting;
use super::params::Params;
use super::tree::{DEPTH, Data};
use crate::rng::unit_rng;
use crate::stage::StageError;
use crate::subject::Subject;

/// Folds of the cross-fit.
pub(super) const FOLDS: usize = 5;
/// Id of the small tree.
pub(super) const TREE: &str = "tree-depth-3";
/// Id of the gradient boosting.
pub(super) const BOOSTING: &str = "boosting";
/// Progress units of one fold of one challenger.
const FOLD_UNITS: u64 = 100;
/// Progress units of all challengers.
pub(super) const UNITS: u64 = 2 * FOLDS as u64 * FOLD_UNITS;

/// What a challenger that did not see a row says about it.
pub(super) struct Challenger {
    pub(super) id: &'static str,
    /// Row-major class probabilities in the subject's row order, or one value a row for regression.
    pub(super) scores: Vec<f64>,
    /// Most rows that one fold was fitted on.
    pub(super) fitted_rows: u64,
}

/// The challengers asked for; none when no column can be used or rows are too few. `classes` is 0 for regression;
/// `tick` is given the progress units done.
pub(super) fn cross_fit(
    subject: &Subject,
    classes: usize,
    params: &Params,
    tick: impl Fn(u64) -> Result<(), StageError>,
) -> Result<Vec<Challenger>, StageError> {
    let mut out = Vec::new();
    if subject.rows() < 2 * FOLDS {
        return Ok(out);
    }
    let folds = Folds::new(subject);
    let width = classes.max(1);
    if params.tree {
        let data = Data::new(subject, classes);
        if data.inputs.is_empty() {
            return Ok(out);
        }
        let say = |train: &[u32], test: &[u32], to: &mut [f64]| {
            let tree = data.grow(train, DEPTH);
            for row in test {
                let row = *row as usize;
                to[row * width..][..width].copy_from_slice(tree.leaf(&data.inputs, row));
            }
            train.len() as u64
        };
        out.push(folds.fit(TREE, width, say, |fold| tick(fold * FOLD_UNITS))?);
    }
    if params.boosting {
        let mut boosting = Boosting::new(subject, classes);
        if boosting.is_empty() {
            return Ok(out);
        }
        let say = |train: &[u32], test: &[u32], to: &mut [f64]| {
            let train = &train[..train.len().min(boosting.most_rows())];
            let start = boosting.fit(train);
            for row in test {
                let row = *row as usize;
                boosting.scores(&start, row, &mut to[row * width..][..width]);
            }
            train.len() as u64
        };
        out.push(folds.fit(BOOSTING, width, say, |fold| tick((FOLDS as u64 + fold) * FOLD_UNITS))?);
    }
    Ok(out)
}

/// Rows in a seeded random order; every fifth belongs to one fold.
struct Folds {
    order: Vec<u32>,
}

impl Folds {
    fn new(subject: &Subject) -> Self {
        let mut order: Vec<u32> = (0..subject.rows() as u32).collect();
        order.shuffle(&mut unit_rng(subject.seed, "performance/folds", 0));
        Self { order }
    }

    fn rows(&self, fold: usize, test: bool) -> Vec<u32> {
        let inside = |at: &usize| (at % FOLDS == fold) == test;
        (0..self.order.len()).filter(inside).map(|at| self.order[at]).collect()
    }

    /// `say(train, test, scores)` writes the scores of the test rows and answers the rows it was fitted on.
    fn fit(
        &self,
        id: &'static str,
        width: usize,
        mut say: impl FnMut(&[u32], &[u32], &mut [f64]) -> u64,
        tick: impl Fn(u64) -> Result<(), StageError>,
    ) -> Result<Challenger, StageError> {
        let mut scores = vec![0.0; self.order.len() * width];
        let mut fitted_rows = 0;
        for fold in 0..FOLDS {
            tick(fold as u64)?;
            fitted_rows = fitted_rows.max(say(&self.rows(fold, false), &self.rows(fold, true), &mut scores));
        }
        Ok(Challenger { id, scores, fitted_rows })
    }
}
