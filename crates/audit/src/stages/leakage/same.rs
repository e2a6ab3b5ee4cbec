//! The same rows predicted in several ways: all at once, one by one, again, in reverse order.

use fine_model::Prediction;
use rand::seq::index::sample;

use super::report::Predictions;
use crate::rng::unit_rng;
use crate::stage::StageError;
use crate::subject::Subject;

/// Compares the predictions of a seeded sample. `tick(done)` is called before each single row.
///
/// # Errors
/// What `tick` returns, and predictions that the model refuses.
pub(super) fn same(
    subject: &Subject,
    most: usize,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Predictions, StageError> {
    let count = most.min(subject.rows());
    let mut rows: Vec<u32> = sample(&mut unit_rng(subject.seed, "leakage/rows", 0), subject.rows(), count)
        .into_iter()
        .map(|row| row as u32)
        .collect();
    rows.sort_unstable();
    let predict = |rows: &[u32]| subject.model.predict(&subject.table.take(rows));
    let (mut single, mut again) = (Difference::default(), Difference::default());
    for (place, row) in rows.iter().enumerate() {
        tick(place)?;
        single.add(&subject.prediction, *row as usize, &predict(&[*row])?, 0);
    }
    let batch = predict(&rows)?;
    let twice = predict(&rows)?;
    let reversed: Vec<u32> = rows.iter().rev().copied().collect();
    let turned = predict(&reversed)?;
    for (place, row) in rows.iter().enumerate() {
        again.add(&subject.prediction, *row as usize, &batch, place);
        again.add(&batch, place, &twice, place);
        again.add(&batch, place, &turned, count - 1 - place);
    }
    Ok(Predictions {
        rows: count as u64,
        single: single.largest,
        single_labels: single.labels,
        again: again.largest,
        again_labels: again.labels,
    })
}

#[derive(Default)]
struct Difference {
    largest: f64,
    labels: u64,
}

impl Difference {
    fn add(&mut self, a: &Prediction, i: usize, b: &Prediction, j: usize) {
        let row = |p: &Prediction, at: usize| p.scores[at * p.width..][..p.width].to_vec();
        for (x, y) in row(a, i).iter().zip(row(b, j)) {
            // NaN against a number is the largest difference there is.
            let apart = (x - y).abs();
            self.largest = self.largest.max(if apart.is_nan() { f64::MAX } else { apart });
        }
        self.labels += u64::from(a.labels.get(i) != b.labels.get(j));
    }
}
