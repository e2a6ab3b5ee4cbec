//! From which table is a row? A small gradient boosting is asked, each row by a model that did not see it.

use fine_table::{Column, Table};

use super::report::{Domain, DomainFeature};
use crate::estimate::Estimate;
use crate::joint::Side;
use crate::learn::{Boosting, Lesson, folds};
use crate::stage::StageError;
use crate::stats::describe::mean_t;
use crate::stats::polyline::thin;
use crate::stats::rank::{ascending, auc_estimate, tie_ends};

/// Folds of the cross-fit.
pub(super) const FOLDS: usize = 5;
/// Fewest rows of each table.
pub(super) const LEAST: usize = 2 * FOLDS;
/// Points of the drawn curve.
const POINTS: usize = 100;

/// `columns` hold the reference rows, then the audited ones. `tick(fold)` is called before each fold.
///
/// # Errors
/// What `tick` returns.
pub(super) fn domain(
    columns: Vec<Column>,
    sides: &[Side; 2],
    seed: u64,
    most: usize,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Option<Domain>, StageError> {
    let names: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
    let Some(table) = Table::new(columns) else { return Ok(None) };
    let target: Vec<f64> = [0.0, 1.0].into_iter().zip(sides).flat_map(|(t, s)| vec![t; s.rows]).collect();
    let weights = weights(sides);
    let all: Vec<usize> = (0..names.len()).collect();
    let lesson = Lesson { table: &table, columns: &all, target: &target, weights: weights.as_deref(), classes: 2 };
    let usable = lesson.usable();
    if usable.is_empty() || sides.iter().any(|side| side.rows < LEAST) {
        return Ok(None);
    }
    let clusters = clusters(sides);
    let folds = folds(table.rows(), clusters.as_deref(), FOLDS, seed, "drift/folds");
    let mut boosting = Boosting::new(&lesson);
    let (mut scores, mut fitted, mut gains) = (vec![0.0; table.rows()], 0, vec![Vec::new(); usable.len()]);
    for fold in 0..FOLDS {
        tick(fold)?;
        let mut train: Vec<u32> = folds.iter().filter(|(_, f)| *f != fold).map(|(row, _)| *row).collect();
        train.truncate(boosting.most_rows());
        fitted = fitted.max(train.len() as u64);
        let start = boosting.fit(&train);
        let of_fold = boosting.gains();
        let sum: f64 = of_fold.iter().sum();
        let share = |gain: f64| if sum > 0.0 { gain / sum } else { 0.0 };
        gains.iter_mut().zip(of_fold).for_each(|(list, gain)| list.push(share(gain)));
        let mut to = [0.0; 2];
        for (row, _) in folds.iter().filter(|(_, f)| *f == fold) {
            boosting.scores(&start, *row as usize, &mut to);
            scores[*row as usize] = to[1];
        }
    }
    let audited: Vec<bool> = target.iter().map(|t| *t == 1.0).collect();
    let auc = auc_estimate(&scores, &audited, weights.as_deref(), clusters.as_deref());
    let roc = roc(&scores, &audited, weights.as_deref());
    let told_apart = roc.iter().map(|[x, y]| (y - x).abs()).fold(0.0, f64::max);
    let mut features: Vec<DomainFeature> = usable
        .iter()
        .zip(&gains)
        .map(|(at, shares)| DomainFeature { feature: names[*at].clone(), share: within(mean_t(shares)) })
        .collect();
    features.sort_by(|a, b| b.share.value.unwrap_or(0.0).total_cmp(&a.share.value.unwrap_or(0.0)));
    features.truncate(most);
    let twice = |v: Option<f64>| v.map(|v| 2.0 * v - 1.0);
    let separation =
        Estimate { value: twice(auc.value), low: twice(auc.low), high: twice(auc.high), n: auc.n, method: auc.method };
    Ok(Some(Domain { separation, auc, told_apart, fitted_rows: fitted, roc: thin(&roc, POINTS), features }))
}

/// A share with an interval that stays one.
fn within(e: Estimate) -> Estimate {
    Estimate { low: e.low.map(|v| v.max(0.0)), high: e.high.map(|v| v.min(1.0)), ..e }
}

/// Weights of both tables, 1 on average in each.
fn weights(sides: &[Side; 2]) -> Option<Vec<f64>> {
    sides.iter().any(|side| side.weights.is_some()).then(|| {
        let of = |side: &Side| -> Vec<f64> {
            let mean = (0..side.rows).map(|row| side.weight(row)).sum::<f64>() / side.rows.max(1) as f64;
            (0..side.rows).map(|row| side.weight(row) / mean).collect()
        };
        sides.iter().flat_map(of).collect()
    })
}

/// Entities of all rows; rows of a table without them stand alone.
fn clusters(sides: &[Side; 2]) -> Option<Vec<u32>> {
    let known = sides.iter().filter_map(|side| side.entities.as_ref());
    let mut next = known.flatten().max()? + 1;
    let mut out = Vec::new();
    for side in sides {
        match &side.entities {
            Some(entities) => out.extend(entities),
            None => {
                out.extend(next..next + side.rows as u32);
                next += side.rows as u32;
            }
        }
    }
    Some(out)
}

/// The ROC curve at every distinct score, from the highest down.
fn roc(scores: &[f64], positive: &[bool], weights: Option<&[f64]>) -> Vec<[f64; 2]> {
    let mut order = ascending(scores);
    order.reverse();
    let (mut sums, mut start, mut points) = ([0.0; 2], 0, vec![[0.0; 2]]);
    for end in tie_ends(scores, &order) {
        for row in &order[start..end as usize] {
            let row = *row as usize;
            sums[usize::from(positive[row])] += weights.map_or(1.0, |w| w[row]);
        }
        start = end as usize;
        points.push(sums);
    }
    points.iter().map(|p| [0, 1].map(|s| if sums[s] > 0.0 { p[s] / sums[s] } else { 0.0 })).collect()
}
