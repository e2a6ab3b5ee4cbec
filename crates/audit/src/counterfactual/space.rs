//! What each feature may become.

use fine_table::{MISSING, Values};
use rayon::prelude::*;

use super::case::feature_named;
use super::{Cell, Params};
use crate::stage::StageError;
use crate::subject::Subject;

/// The values of one feature that were observed.
#[derive(Clone, Debug)]
pub(super) enum Space {
    /// Never changes.
    Fixed,
    /// Distinct numbers, ascending, and the share of rows below the middle of each one's.
    Numbers { values: Vec<f64>, ranks: Vec<f64> },
    /// Categories, most frequent first.
    Categories(Vec<String>),
}

/// One a raw feature.
pub(super) fn spaces(subject: &Subject, params: &Params) -> Result<Vec<Space>, StageError> {
    let mut fixed = vec![false; subject.feature_columns.len()];
    for name in &params.immutable {
        let at = feature_named(subject, name)
            .ok_or_else(|| StageError::Failed { id: "immutable-unknown", detail: name.clone() })?;
        fixed[at] = true;
    }
    let spaces = subject.feature_columns.par_iter().zip(fixed).map(|(c, fixed)| {
        let column = &subject.table.columns()[*c];
        if fixed || subject.roles.protected.contains(&column.name) {
            return Space::Fixed;
        }
        match &column.values {
            Values::Number { values, .. } => numbers(values),
            Values::Text { codes, dictionary } => categories(codes, dictionary),
        }
    });
    Ok(spaces.collect())
}

fn numbers(values: &[f64]) -> Space {
    let mut sorted = values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<_>>();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let (mut values, mut ranks, mut below) = (Vec::new(), Vec::new(), 0.0);
    for tied in sorted.chunk_by(|a, b| a == b) {
        values.push(tied[0]);
        ranks.push((below + 0.5 * tied.len() as f64) / n);
        below += tied.len() as f64;
    }
    Space::Numbers { values, ranks }
}

fn categories(codes: &[u32], dictionary: &[String]) -> Space {
    let mut counts = vec![0u64; dictionary.len()];
    codes.iter().filter(|c| **c != MISSING).for_each(|c| counts[*c as usize] += 1);
    let mut seen = (0..dictionary.len()).filter(|c| counts[*c] > 0).collect::<Vec<_>>();
    seen.sort_by(|a, b| counts[*b].cmp(&counts[*a]).then_with(|| dictionary[*a].cmp(&dictionary[*b])));
    Space::Categories(seen.into_iter().map(|c| dictionary[c].clone()).collect())
}

impl Space {
    /// Values to try in place of a cell: at most `most`, none equal to the cell.
    pub(super) fn candidates(&self, cell: &Cell, most: usize) -> Vec<Cell> {
        match self {
            Self::Fixed => Vec::new(),
            Self::Numbers { values, .. } => {
                let other = |v: &f64| *cell != Cell::Number(*v);
                spread(values, most).into_iter().filter(other).map(Cell::Number).collect()
            }
            Self::Categories(all) => {
                all.iter().map(|c| Cell::Text(c.clone())).filter(|c| c != cell).take(most).collect()
            }
        }
    }

    /// Observed numbers strictly between two cells, at most `most`; none for categories.
    pub(super) fn between(&self, from: &Cell, to: &Cell, most: usize) -> Vec<Cell> {
        let (Self::Numbers { values, .. }, Cell::Number(from), Cell::Number(to)) = (self, from, to) else {
            return Vec::new();
        };
        let (low, high) = (from.min(*to), from.max(*to));
        let start = values.partition_point(|v| *v <= low);
        let end = values.partition_point(|v| *v < high).max(start);
        spread(&values[start..end], most).into_iter().map(Cell::Number).collect()
    }

    /// The share of audited rows between two cells; 1 where there is no order.
    pub(super) fn distance(&self, from: &Cell, to: &Cell) -> f64 {
        match (self, from, to) {
            (_, from, to) if from == to => 0.0,
            (Self::Numbers { values, ranks }, Cell::Number(a), Cell::Number(b)) => {
                (rank(values, ranks, *a) - rank(values, ranks, *b)).abs()
            }
            _ => 1.0,
        }
    }
}

/// At most `most` values at evenly spaced places, with both ends.
fn spread(values: &[f64], most: usize) -> Vec<f64> {
    if values.len() <= most {
        return values.to_vec();
    }
    let step = (values.len() - 1) as f64 / (most.max(2) - 1) as f64;
    (0..most).map(|i| values[(i as f64 * step).round() as usize]).collect()
}

/// Middle rank of a value as a share; of one that was not observed, the middle between its neighbours.
fn rank(values: &[f64], ranks: &[f64], v: f64) -> f64 {
    let at = values.partition_point(|own| *own < v);
    match values.get(at) {
        Some(own) if *own == v => ranks[at],
        _ => {
            let below = if at == 0 { 0.0 } else { ranks[at - 1] };
            0.5 * (below + ranks.get(at).copied().unwrap_or(1.0))
        }
    }
}
