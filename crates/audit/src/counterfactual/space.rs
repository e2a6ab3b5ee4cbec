//! What each feature may become.

use fine_table::{Column, MISSING, Values};
use rayon::prelude::*;

use super::case::feature_named;
use super::{Cell, Params};
use crate::stage::StageError;
use crate::subject::Subject;

/// The values of one feature that were observed.
#[derive(Clone, Debug)]
pub(crate) enum Space {
    /// Never changes.
    Fixed,
    /// Distinct numbers, ascending, and the share of rows below the middle of each one's.
    Numbers { values: Vec<f64>, ranks: Vec<f64> },
    /// Categories, most frequent first.
    Categories(Vec<String>),
}

/// Where a number may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Any,
    Up,
    Down,
}

/// What one feature may become, from a certain cell.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) space: Space,
    way: Way,
    /// Largest distance of one change.
    most: f64,
}

/// One a raw feature.
pub(super) fn axes(subject: &Subject, params: &Params) -> Result<Vec<Axis>, StageError> {
    let mut ways = vec![Way::Any; subject.feature_columns.len()];
    let mut spaces = spaces(subject, params)?;
    for (names, way) in [(&params.only_rise, Way::Up), (&params.only_fall, Way::Down)] {
        for name in names {
            let at = named(subject, name)?;
            if !matches!(subject.table.columns()[subject.feature_columns[at]].values, Values::Number { .. }) {
                return Err(StageError::Failed { id: "no-order", detail: name.clone() });
            }
            // What may neither rise nor fall stays.
            if ways[at] != Way::Any && ways[at] != way {
                spaces[at] = Space::Fixed;
            }
            ways[at] = way;
        }
    }
    let most = params.max_distance.unwrap_or(f64::INFINITY);
    Ok(spaces.into_iter().zip(ways).map(|(space, way)| Axis { space, way, most }).collect())
}

fn named(subject: &Subject, name: &str) -> Result<usize, StageError> {
    let unknown = || StageError::Failed { id: "immutable-unknown", detail: name.to_owned() };
    feature_named(subject, name).ok_or_else(unknown)
}

impl Axis {
    /// Values to try in place of a cell: at most `most`, none equal to the cell.
    pub(super) fn candidates(&self, cell: &Cell, most: usize) -> Vec<Cell> {
        let near = |to: &Cell| self.most.is_infinite() || self.space.distance(cell, to) <= self.most;
        match &self.space {
            Space::Fixed => Vec::new(),
            Space::Numbers { values, .. } if self.way == Way::Any && self.most.is_infinite() => {
                spread(values, most).into_iter().map(Cell::Number).filter(|v| v != cell).collect()
            }
            Space::Numbers { values, .. } => {
                let allowed = |v: &f64| self.goes(cell, *v) && near(&Cell::Number(*v));
                let allowed = values.iter().copied().filter(allowed).collect::<Vec<_>>();
                spread(&allowed, most).into_iter().map(Cell::Number).filter(|v| v != cell).collect()
            }
            Space::Categories(all) => {
                all.iter().map(|c| Cell::Text(c.clone())).filter(|c| c != cell && near(c)).take(most).collect()
            }
        }
    }

    /// Whether a number lies on the way from a cell; an empty cell neither rises nor falls.
    fn goes(&self, cell: &Cell, to: f64) -> bool {
        match (self.way, cell) {
            (Way::Any, _) => true,
            (Way::Up, Cell::Number(from)) => to > *from,
            (Way::Down, Cell::Number(from)) => to < *from,
            _ => false,
        }
    }
}

/// One a raw feature.
fn spaces(subject: &Subject, params: &Params) -> Result<Vec<Space>, StageError> {
    let mut fixed = vec![false; subject.feature_columns.len()];
    for name in &params.immutable {
        fixed[named(subject, name)?] = true;
    }
    let spaces = subject.feature_columns.par_iter().zip(fixed).map(|(c, fixed)| {
        let column = &subject.table.columns()[*c];
        let protected = subject.roles.protected.contains(&column.name) && !params.open.contains(&column.name);
        if fixed || protected { Space::Fixed } else { Space::observed(column) }
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
    /// What a column holds.
    pub(crate) fn observed(column: &Column) -> Self {
        match &column.values {
            Values::Number { values, .. } => numbers(values),
            Values::Text { codes, dictionary } => categories(codes, dictionary),
        }
    }

    /// Observed values.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Fixed => 0,
            Self::Numbers { values, .. } => values.len(),
            Self::Categories(all) => all.len(),
        }
    }

    /// The share of audited rows below a number, half of those with this very number included; `None` without an order.
    pub(crate) fn rank(&self, cell: &Cell) -> Option<f64> {
        match (self, cell) {
            (Self::Numbers { values, ranks }, Cell::Number(v)) => Some(rank(values, ranks, *v)),
            _ => None,
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
    pub(crate) fn distance(&self, from: &Cell, to: &Cell) -> f64 {
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
