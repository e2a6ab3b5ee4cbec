//! Simple models to beat, cross-fitted on the audited rows: a small tree, and a small gradient boosting.

use rand::seq::SliceRandom;

use super::params::Params;
use crate::learn::{Boosting, DEPTH, Data, Lesson};
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
    let lesson = Lesson {
        table: &subject.table,
        columns: &subject.feature_columns,
        target: &subject.target,
        weights: subject.weights.as_deref(),
        classes,
    };
    if params.tree {
        let data = Data::new(&lesson);
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
        let mut boosting = Boosting::new(&lesson);
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

#[cfg(test)]
pub(super) mod tests {
    use fine_table::{Column, NumberKind};

    use super::*;
    use crate::fixture;

    fn fitted(subject: &Subject, classes: usize) -> Vec<f64> {
        let (table, columns, target) = (&subject.table, subject.feature_columns.as_slice(), &subject.target);
        let data = Data::new(&Lesson { table, columns, target, weights: None, classes });
        let rows: Vec<u32> = (0..subject.rows() as u32).collect();
        let tree = data.grow(&rows, DEPTH);
        rows.iter().map(|r| *tree.leaf(&data.inputs, *r as usize).last().expect("a value")).collect()
    }

    /// Trees on all rows of three columns against scikit-learn's.
    pub(in super::super) fn equals(x: &[f64], y: &[f64], z: &[f64], probability: &[f64], value: &[f64]) {
        let columns = |target: &[f64], classes: usize| {
            let extra = (0..3)
                .map(|c| {
                    Column::number(format!("c{c}"), NumberKind::Float, x.iter().skip(c).step_by(3).copied().collect())
                })
                .collect();
            let mut s = match classes {
                0 => fixture::regression(target, target, extra),
                _ => fixture::binary(target, &vec![0.5; target.len()], extra),
            };
            s.feature_columns = vec![2, 3, 4];
            fitted(&s, classes)
        };
        for (own, expected) in [(columns(y, 2), probability), (columns(z, 0), value)] {
            own.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-9, "{a} {b}"));
        }
    }

    #[test]
    fn categories_split_and_missing_numbers_have_a_side() {
        let n = 200;
        let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 4 < 2))).collect();
        let text = Column::text("t", (0..n).map(|i| Some(["a", "b", "c", "d"][i % 4])));
        let holes = (0..n).map(|i| if i % 4 < 2 { f64::NAN } else { 1.0 }).collect();
        let number = Column::number("h", NumberKind::Float, holes);
        for (column, extra) in [(2, text), (2, number)] {
            let mut s = fixture::binary(&y, &vec![0.5; n], vec![extra]);
            s.feature_columns = vec![column];
            for challenger in cross_fit(&s, 2, &Params::default(), |_| Ok(())).expect("no stop") {
                assert!(challenger.scores.chunks(2).zip(&y).all(|(p, y)| (p[1] > 0.5) == (*y == 1.0)));
            }
        }
    }

    #[test]
    fn rows_are_never_predicted_by_a_challenger_that_saw_them() {
        let y: Vec<f64> = fixture::spread(400, 0.3).iter().map(|v| v.round()).collect();
        let id = Column::number("id", NumberKind::Int, (0..400).map(f64::from).collect());
        let mut s = fixture::binary(&y, &vec![0.5; 400], vec![id]);
        s.feature_columns = vec![2];
        let challengers = cross_fit(&s, 2, &Params::default(), |_| Ok(())).expect("no stop");
        assert_eq!(challengers.len(), 2);
        for c in challengers {
            let hits = c.scores.chunks(2).zip(&y).filter(|(p, y)| (p[1] > 0.5) == (**y == 1.0)).count();
            assert!(hits < 260, "{}: {hits} of 400 on noise", c.id);
        }
    }
}
