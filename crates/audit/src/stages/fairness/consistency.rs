//! Whether rows that are alike are answered alike.

use fine_table::{Column, NumberKind, Task, Values};
use rayon::prelude::*;

use super::axes::Axis;
use super::counts::FEWEST;
use super::individual::{mean_of, spread, weighted_spread};
use super::report::{Consistency, GroupConsistency};
use crate::estimate::Estimate;
use crate::learn::Input;
use crate::rerun::{Progress, sample};
use crate::stage::StageError;
use crate::stats::describe::sorted;
use crate::stats::design::{Design, whole};
use crate::stats::normal::Z;
use crate::subject::Subject;

/// Neighbours of a row.
pub(super) const NEIGHBOURS: usize = 5;
/// Rows looked up between two ticks.
pub(super) const BLOCK: usize = 64;

/// Consistency of the answers of at most `most` rows with those of their neighbours among all rows; `None` when no feature
/// can make a distance or rows are too few.
///
/// # Errors
/// When asked to stop.
pub(super) fn consistency(
    subject: &Subject,
    axes: &[Axis],
    design: &Design,
    most: u32,
    progress: &Progress<'_>,
) -> Result<Option<Consistency>, StageError> {
    let space = Space::of(subject);
    if space.features.is_empty() || subject.rows() <= NEIGHBOURS || most == 0 {
        return Ok(None);
    }
    let rows = sample::stratified(subject, u64::from(most), "fairness/consistency");
    let sd = match subject.task {
        Task::Regression => weighted_spread(&subject.prediction.scores, design),
        _ => 1.0,
    };
    if sd <= 0.0 {
        return Ok(None);
    }
    let blocks: Vec<Vec<f64>> = rows
        .par_chunks(BLOCK)
        .map(|block| {
            let agreed = block.iter().map(|row| agreement(subject, &space, *row as usize, sd)).collect();
            progress.add(1).map(|()| agreed)
        })
        .collect::<Result<_, _>>()?;
    let values = blocks.concat();
    let of = |chosen: &dyn Fn(u32) -> bool| -> Vec<(usize, f64)> {
        rows.iter().zip(&values).filter(|p| chosen(*p.0)).map(|p| (*p.0 as usize, *p.1)).collect()
    };
    let mut groups = Vec::new();
    for axis in axes.iter().filter(|a| a.is_single()) {
        for (code, label) in axis.labels().iter().enumerate() {
            let own = of(&|row| axis.grouping.codes[row as usize] == code as u32);
            let n = own.len() as u64;
            groups.push(GroupConsistency {
                attribute: axis.name().to_owned(),
                group: label.clone(),
                value: match whole(design.support(own.iter().map(|r| r.0))) < FEWEST {
                    true => Estimate::not_estimable(n),
                    false => mean_of(own.into_iter(), design),
                },
            });
        }
    }
    let (all, looked_up) = (subject.rows() as f64, rows.len() as f64);
    // Of a sample without replacement, of a finite table.
    let effective = design.kish(rows.iter().map(|row| *row as usize));
    let sampling_error = Z * spread(&values) / effective.sqrt() * (1.0 - looked_up / all).max(0.0).sqrt();
    Ok(Some(Consistency {
        neighbours: NEIGHBOURS as u64,
        value: mean_of(of(&|_| true).into_iter(), design),
        rows: subject.rows() as u64,
        looked_up: rows.len() as u64,
        sampling_error: if rows.len() < subject.rows() && sampling_error.is_finite() { sampling_error } else { 0.0 },
        features: space.features,
        left_out: space.left_out,
        groups,
    }))
}

/// Features that do not protect anybody, as numbers and categories of every row.
struct Space {
    features: Vec<String>,
    left_out: Vec<String>,
    /// Row-major standardised numbers; a missing one is at the mean.
    numbers: Vec<f64>,
    width: usize,
    /// Row-major categories; whether a number is missing is a category too.
    codes: Vec<u32>,
    kinds: usize,
}

impl Space {
    fn of(subject: &Subject) -> Self {
        let rows = subject.rows();
        let (mut numbers, mut codes): (Vec<Vec<f64>>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
        let (mut features, mut left_out) = (Vec::new(), Vec::new());
        for at in &subject.feature_columns {
            let column = &subject.table.columns()[*at];
            if subject.roles.protected.contains(&column.name) {
                continue;
            }
            let before = numbers.len() + codes.len();
            add(column, &mut numbers, &mut codes);
            let used = numbers.len() + codes.len() > before;
            (if used { &mut features } else { &mut left_out }).push(column.name.clone());
        }
        Self {
            features,
            left_out,
            width: numbers.len(),
            kinds: codes.len(),
            numbers: (0..rows).flat_map(|r| numbers.iter().map(move |c| c[r])).collect(),
            codes: (0..rows).flat_map(|r| codes.iter().map(move |c| c[r])).collect(),
        }
    }

    /// Squared Euclidean distance of two rows: of standardised numbers, and 2 for every category in which they differ, as of
    /// one-hot columns. Both kinds give two random rows about 2 a feature.
    fn distance(&self, a: usize, b: usize) -> f64 {
        let side = |row: usize| &self.numbers[row * self.width..][..self.width];
        let apart: f64 = side(a).iter().zip(side(b)).map(|(x, y)| (x - y) * (x - y)).sum();
        let kinds = |row: usize| &self.codes[row * self.kinds..][..self.kinds];
        let other = kinds(a).iter().zip(kinds(b)).filter(|(x, y)| x != y).count();
        apart + 2.0 * other as f64
    }
}

/// Adds what a column gives; nothing when it does not vary or has too many categories.
fn add(column: &Column, numbers: &mut Vec<Vec<f64>>, codes: &mut Vec<Vec<u32>>) {
    let varies = |values: &[u32]| values.iter().any(|v| *v != values[0]);
    match &column.values {
        Values::Text { codes: own, .. } => {
            if Input::is_usable(column) && varies(own) {
                codes.push(own.clone());
            }
        }
        Values::Number { kind: NumberKind::Bool, values } => {
            let own: Vec<u32> = values.iter().map(|v| if v.is_nan() { 2 } else { u32::from(*v != 0.0) }).collect();
            if varies(&own) {
                codes.push(own);
            }
        }
        Values::Number { values, .. } => {
            let known: Vec<f64> = sorted(&values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<_>>());
            let (mean, sd) = (known.iter().sum::<f64>() / known.len() as f64, spread(&known));
            if sd > 0.0 && sd.is_finite() {
                let place = |v: &f64| if v.is_finite() { (v - mean) / sd } else { 0.0 };
                numbers.push(values.iter().map(place).collect());
            }
            let missing: Vec<u32> = values.iter().map(|v| u32::from(!v.is_finite())).collect();
            if varies(&missing) {
                codes.push(missing);
            }
        }
    }
}

/// How far a row's answer agrees with those of its nearest neighbours. Rows at the distance of the last neighbour share the
/// places that are left, so that nothing depends on the order of the rows.
fn agreement(subject: &Subject, space: &Space, row: usize, sd: f64) -> f64 {
    let distances: Vec<f64> =
        (0..subject.rows()).map(|r| if r == row { f64::INFINITY } else { space.distance(row, r) }).collect();
    let mut nearest = [f64::INFINITY; NEIGHBOURS];
    for d in &distances {
        if *d < nearest[NEIGHBOURS - 1] {
            let at = nearest.partition_point(|n| n <= d);
            nearest[at..].rotate_right(1);
            nearest[at] = *d;
        }
    }
    let last = nearest[NEIGHBOURS - 1];
    let inside = nearest.iter().filter(|d| **d < last).count();
    let regression = subject.task == Task::Regression;
    let answer = |r: usize| match regression {
        true => subject.prediction.scores[r],
        false => f64::from(u8::from(subject.prediction.labels[r] == subject.prediction.labels[row])),
    };
    let (mut near, mut at_last, mut ties) = (0.0, 0.0, 0u64);
    for (r, d) in distances.iter().enumerate() {
        if *d < last {
            near += answer(r);
        } else if *d == last {
            at_last += answer(r);
            ties += 1;
        }
    }
    let places = (NEIGHBOURS - inside) as f64;
    let mean = (near + at_last * places / ties as f64) / NEIGHBOURS as f64;
    if regression { 1.0 - (answer(row) - mean).abs() / sd } else { mean }
}

/// Elementary operations, for the declared cost.
pub(super) fn operations(subject: &Subject, most: u32) -> u64 {
    let looked_up = (subject.rows() as u64).min(u64::from(most));
    looked_up * subject.rows() as u64 * (subject.feature_columns.len() as u64 + 2) / 4
}

/// Blocks of rows that will be looked up.
pub(super) fn units(subject: &Subject, most: u32) -> u64 {
    (subject.rows() as u64).min(u64::from(most)).div_ceil(BLOCK as u64)
}
