//! Numbers far from the rest, in columns and in rows.

use fine_table::{Column, NumberKind, Values};
use rayon::prelude::*;

use crate::stats::describe::{quantile_finite, quantile_sorted};

/// Standard deviations of a normal distribution in its median absolute deviation, as Iglewicz and Hoaglin (1993) round it.
const OF_MEDIAN: f64 = 0.6745;
/// Mean absolute deviations in a standard deviation of a normal distribution (`sqrt(pi / 2)`), as IBM SPSS rounds it.
const OF_MEAN: f64 = 1.253_314;
/// Rows of a block.
const BLOCK: usize = 1 << 14;

/// Centre and scale of a column; infinitely wide where nothing can be far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    median: f64,
    /// Median absolute deviation; 0 where more than half of the cells are equal.
    mad: f64,
    /// Mean absolute deviation from the median.
    mean: f64,
}

impl Scale {
    /// Of finite numbers in ascending order. Two values are a code for yes and no, and neither is far from the other.
    pub(super) fn of(sorted: &[f64]) -> Option<Self> {
        let (first, last) = (*sorted.first()?, *sorted.last()?);
        if sorted.iter().all(|v| *v == first || *v == last) {
            return Some(Self { median: first, mad: f64::INFINITY, mean: f64::INFINITY });
        }
        let median = quantile_finite(sorted, 0.5);
        let mut distances: Vec<f64> = sorted.iter().map(|v| (v - median).abs()).collect();
        distances.sort_unstable_by(f64::total_cmp);
        let mean = distances.iter().map(|d| d / distances.len() as f64).sum();
        Some(Self { median, mad: quantile_sorted(&distances, 0.5), mean })
    }

    /// `|modified z| > limit`: `0.6745 d / MAD`, and `d / (1.253314 MeanAD)` where the MAD is 0, with the distance `d` from the
    /// median. A column of one or two values has no outliers.
    pub(super) fn is_outlier(&self, v: f64, limit: f64) -> bool {
        let distance = (v - self.median).abs();
        let z = if self.mad > 0.0 { OF_MEDIAN * distance / self.mad } else { distance / (OF_MEAN * self.mean) };
        z > limit
    }
}

/// Rows with an outlier in at least one of the columns.
pub(super) fn rows(columns: &[(&Column, Scale)], rows: usize, limit: f64) -> u64 {
    let numbers: Vec<(&[f64], Scale)> = columns
        .iter()
        .filter(|(column, _)| has_shape(column))
        .filter_map(|(column, scale)| Some((column.numbers()?, *scale)))
        .collect();
    let is_far = |row: usize| numbers.iter().any(|(v, scale)| v[row].is_finite() && scale.is_outlier(v[row], limit));
    let block = |from: usize| (from..rows.min(from + BLOCK)).filter(|row| is_far(*row)).count() as u64;
    (0..rows.div_ceil(BLOCK)).into_par_iter().map(|b| block(b * BLOCK)).sum()
}

/// Truth values and times have no scale.
fn has_shape(column: &Column) -> bool {
    matches!(column.values, Values::Number { kind: NumberKind::Int | NumberKind::Float, .. })
}
