//! Rows that are hard to predict: a gradient boosting learns the model's errors from the features, and each row is judged by a fit
//! that did not see it. (PiML fits the worst 30 % of an auxiliary model on the rows that it then ranks.)

use std::cell::RefCell;

use fine_table::{Table, Task};

use crate::learn::{Boosting, Lesson, folds};
use crate::rerun::{Progress, Rerun};
use crate::stage::StageError;

/// Folds of the cross-fit.
const FOLDS: usize = 5;

/// Predicted error of each row of the run: the probability of a wrong label, or the absolute error. `Err` with the reason when
/// there is nothing to learn. Each fold is a block.
pub(super) fn predicted(
    rerun: &Rerun<'_>,
    features: &Table,
    losses: &[f64],
    progress: &Progress<'_>,
) -> Result<Result<Vec<f64>, &'static str>, StageError> {
    let subject = rerun.subject;
    let rows = rerun.rows.len();
    let regression = subject.task == Task::Regression;
    if rows < 2 * FOLDS || losses.windows(2).all(|w| w[0] == w[1]) {
        return Ok(Err("no-errors-to-learn"));
    }
    let all: Vec<usize> = (0..features.columns().len()).collect();
    let classes = if regression { 0 } else { 2 };
    let boosting = Boosting::new(&Lesson { table: features, columns: &all, target: losses, weights: None, classes });
    if boosting.is_empty() {
        return Ok(Err("no-errors-to-learn"));
    }
    let entities = subject.clusters().map(|c| rerun.rows.iter().map(|r| c[*r as usize]).collect::<Vec<_>>());
    let folds = folds(rows, entities.as_deref(), FOLDS, subject.seed, "robustness/folds");
    let boosting = RefCell::new(boosting);
    let of = |fold: usize| folds.iter().filter(move |(_, f)| *f == fold).map(|(row, _)| *row as usize);
    let parts = progress.ctx.blocks("hard", FOLDS, |fold| {
        progress.add(0)?;
        let boosting = &mut *boosting.borrow_mut();
        let mut train: Vec<u32> = folds.iter().filter(|(_, f)| *f != fold).map(|(row, _)| *row).collect();
        train.truncate(boosting.most_rows());
        let start = boosting.fit(&train);
        let mut to = vec![0.0; 2];
        let score = |row| {
            boosting.scores(&start, row, &mut to);
            if regression { to[0] } else { to[1] }
        };
        Ok::<Vec<f64>, StageError>(of(fold).map(score).collect())
    })?;
    let mut scores = vec![0.0; rows];
    for (fold, part) in parts.into_iter().enumerate() {
        of(fold).zip(part).for_each(|(row, score)| scores[row] = score);
    }
    Ok(Ok(scores))
}
