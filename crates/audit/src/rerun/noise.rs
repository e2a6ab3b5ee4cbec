//! Noise on each feature's own scale.

use fine_model::PredictError;
use fine_table::{Column, MISSING, NumberKind, Values};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::{Chunk, Rerun};
use crate::rng::unit_rng;

/// A kind of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Numbers: `x + level * sd * N(0, 1)`.
    Gaussian,
    /// Numbers: uniform within `level` of the value's own rank, so that every result is a value that was observed.
    Quantile,
}

impl Kind {
    /// Id in reports.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Quantile => "quantile",
        }
    }
}

/// The scale of each feature, from all audited rows. Never in raw units: a level means the same for an income and for
/// a rate.
pub(crate) struct Scales {
    scales: Vec<Scale>,
}

enum Scale {
    /// Standard deviation, sorted values, and the middle rank of each row of the table; whole numbers stay whole.
    Number { sd: f64, sorted: Vec<f64>, ranks: Vec<f64>, whole: bool },
    /// Redrawn from the observed values with probability `level`.
    Category,
}

impl Scales {
    /// Numbers are perturbed as numbers, unless they are booleans or the model reads them as categories (it refuses an
    /// unseen one); those and text are redrawn.
    pub(crate) fn new(rerun: &Rerun<'_>) -> Self {
        let table = &rerun.subject.table;
        let scales = rerun.subject.feature_columns.par_iter().enumerate();
        Self { scales: scales.map(|(f, c)| Scale::of(&table.columns()[*c], rerun, f)).collect() }
    }

    /// True when the feature is perturbed as a number.
    pub(crate) fn is_number(&self, feature: usize) -> bool {
        matches!(self.scales[feature], Scale::Number { .. })
    }

    /// Distinct values at `points` evenly spaced ranks of a number, ascending; empty for categories.
    pub(crate) fn grid(&self, feature: usize, points: usize) -> Vec<f64> {
        let Scale::Number { sorted, .. } = &self.scales[feature] else { return Vec::new() };
        if sorted.is_empty() || points == 0 {
            return Vec::new();
        }
        let last = (sorted.len() - 1) as f64;
        let step = last / (points.max(2) - 1) as f64;
        let mut grid = (0..points).map(|i| sorted[(i as f64 * step).round() as usize]).collect::<Vec<_>>();
        grid.dedup();
        grid
    }

    /// The cells of one feature in one chunk with noise. The random numbers depend on the seed, the stage, the feature,
    /// the repeat and the chunk, but not on the level: a curve over levels is smooth.
    pub(crate) fn perturb(&self, rerun: &Rerun<'_>, chunk: &Chunk<'_>, draw: Draw<'_>) -> Column {
        let subject = rerun.subject;
        let key = format!("{}/{}/{}", draw.stage, draw.kind.id(), draw.feature);
        let mut rng = unit_rng(subject.seed, &key, u64::from(draw.repeat) << 32 | chunk.index as u64);
        let cells = chunk.column(draw.feature);
        match (&self.scales[draw.feature], &cells.values) {
            (Scale::Number { sd, sorted, ranks, whole }, Values::Number { kind, values }) => {
                let round = |v: f64| if *whole { v.round() } else { v };
                let rows = &rerun.rows[chunk.start..];
                let moved = values.iter().zip(rows).map(|(v, row)| match draw.kind {
                    Kind::Gaussian => round(v + draw.level * sd * rng.sample::<f64, _>(StandardNormal)),
                    Kind::Quantile => {
                        let step = draw.level * (2.0 * rng.random::<f64>() - 1.0);
                        if v.is_finite() { near_rank(sorted, ranks[*row as usize], step) } else { *v }
                    }
                });
                Column::number(String::new(), *kind, moved.collect())
            }
            _ => redraw(cells, &subject.table.columns()[subject.feature_columns[draw.feature]], draw.level, &mut rng),
        }
    }
}

/// Which random numbers, and how strong.
#[derive(Clone, Copy)]
pub(crate) struct Draw<'a> {
    /// Stage id.
    pub(crate) stage: &'a str,
    /// Kind of noise.
    pub(crate) kind: Kind,
    /// Raw feature.
    pub(crate) feature: usize,
    /// Strength: sd multiples, rank share, or probability of a redraw.
    pub(crate) level: f64,
    /// Repeat.
    pub(crate) repeat: u32,
}

impl Scale {
    fn of(column: &Column, rerun: &Rerun<'_>, feature: usize) -> Self {
        let Values::Number { kind, values } = &column.values else { return Self::Category };
        let mut sorted = values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<_>>();
        sorted.sort_by(f64::total_cmp);
        if *kind == NumberKind::Bool || sorted.is_empty() {
            return Self::Category;
        }
        let n = sorted.len() as f64;
        let mean = sorted.iter().sum::<f64>() / n;
        let squares = sorted.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        let sd = if n > 1.0 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
        let unseen = (sorted[sorted.len() - 1] + sd + 0.5).ceil();
        let probe = Column::number(String::new(), *kind, vec![unseen]);
        if matches!(rerun.try_column(feature, &probe), Err(PredictError::UnknownCategory { .. })) {
            return Self::Category;
        }
        let ranks = values.iter().map(|v| middle_rank(&sorted, *v)).collect();
        Self::Number { sd, sorted, ranks, whole: matches!(kind, NumberKind::Int | NumberKind::Time) }
    }
}

/// The middle of the ranks that a value shares, from 0.
fn middle_rank(sorted: &[f64], v: f64) -> f64 {
    let (low, high) = (sorted.partition_point(|s| *s < v), sorted.partition_point(|s| *s <= v));
    0.5 * (low + high) as f64
}

/// The observed value whose rank is `step` (share of all values) away from a rank.
fn near_rank(sorted: &[f64], rank: f64, step: f64) -> f64 {
    let n = sorted.len();
    sorted[((rank + step * n as f64).max(0.0) as usize).min(n - 1)]
}

/// Each cell replaced with probability `p` by the cell of a random row of the whole column, missing ones aside.
fn redraw(cells: &Column, source: &Column, p: f64, rng: &mut impl Rng) -> Column {
    let rows = source.len();
    let mut pick = |keep: bool| {
        let (change, row) = (rng.random::<f64>() < p, rng.random_range(0..rows.max(1)));
        (change && keep && rows > 0 && !source.is_missing(row)).then_some(row)
    };
    let values = match (&cells.values, &source.values) {
        (Values::Number { kind, values }, Values::Number { values: all, .. }) => Values::Number {
            kind: *kind,
            values: values.iter().map(|v| pick(!v.is_nan()).map_or(*v, |row| all[row])).collect(),
        },
        (Values::Text { codes, dictionary }, Values::Text { codes: all, .. }) => Values::Text {
            codes: codes.iter().map(|c| pick(*c != MISSING).map_or(*c, |row| all[row])).collect(),
            dictionary: dictionary.clone(),
        },
        (other, _) => other.clone(),
    };
    Column { name: String::new(), values, null_spellings: Vec::new() }
}

/// The column with the cells that `missing` names emptied.
pub(crate) fn with_missing(cells: &Column, mut missing: impl FnMut(usize) -> bool) -> Column {
    let values = match &cells.values {
        Values::Number { kind, values } => Values::Number {
            kind: *kind,
            values: values.iter().enumerate().map(|(i, v)| if missing(i) { f64::NAN } else { *v }).collect(),
        },
        Values::Text { codes, dictionary } => Values::Text {
            codes: codes.iter().enumerate().map(|(i, c)| if missing(i) { MISSING } else { *c }).collect(),
            dictionary: dictionary.clone(),
        },
    };
    Column { name: String::new(), values, null_spellings: Vec::new() }
}
