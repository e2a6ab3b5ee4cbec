//! Strength of association of two columns over the rows where both have a value.

use std::collections::BTreeMap;

use fine_table::{Column, MISSING, NumberKind, Values};

/// Largest contingency table counted densely, in cells.
const DENSE_CELLS: usize = 1 << 16;

/// Pearson's correlation; `None` below 2 rows or when a side does not vary.
pub(crate) fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        let (a, b) = (a - mx, b - my);
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    let r = xy / (xx.sqrt() * yy.sqrt());
    (xx > 0.0 && yy > 0.0 && r.is_finite()).then(|| r.clamp(-1.0, 1.0))
}

/// Mean and sum of squares between groups against the whole: `eta² = SS_between / SS_total`.
pub(crate) struct Ratio {
    pub(crate) eta: f64,
    pub(crate) n: u64,
    pub(crate) levels: u64,
}

/// Correlation ratio of numbers by category (Pearson 1905); `None` when the numbers do not vary.
pub(crate) fn correlation_ratio(codes: &[u32], numbers: &[f64]) -> Option<Ratio> {
    let both = || codes.iter().zip(numbers).filter(|(c, v)| **c != MISSING && v.is_finite());
    let groups = codes.iter().filter(|c| **c != MISSING).max().map_or(0, |c| *c as usize + 1);
    let mut sums = vec![(0.0f64, 0u64); groups];
    for (code, v) in both() {
        let sum = &mut sums[*code as usize];
        *sum = (sum.0 + v, sum.1 + 1);
    }
    let n: u64 = sums.iter().map(|s| s.1).sum();
    let mean = sums.iter().map(|s| s.0).sum::<f64>() / n as f64;
    let total: f64 = both().map(|(_, v)| (v - mean).powi(2)).sum();
    let met = || sums.iter().filter(|s| s.1 > 0);
    let between: f64 = met().map(|(sum, count)| (sum / *count as f64 - mean).powi(2) * *count as f64).sum();
    let eta = (between / total).sqrt();
    (total > 0.0 && eta.is_finite()).then(|| Ratio { eta: eta.min(1.0), n, levels: met().count() as u64 })
}

/// A contingency table: cells that are not empty in a fixed order, and margins.
pub(crate) struct Contingency {
    cells: Vec<(u32, u32, f64)>,
    rows: BTreeMap<u32, f64>,
    columns: BTreeMap<u32, f64>,
    n: f64,
}

impl Contingency {
    pub(crate) fn of(a: &[u32], b: &[u32]) -> Self {
        Self::counted(cells(a, b))
    }

    /// From counts, which may be effective ones.
    pub(crate) fn counted(mut cells: Vec<(u32, u32, f64)>) -> Self {
        cells.retain(|c| c.2 > 0.0);
        let (mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new());
        let mut n = 0.0;
        for (i, j, count) in &cells {
            *rows.entry(*i).or_insert(0.0) += count;
            *columns.entry(*j).or_insert(0.0) += count;
            n += count;
        }
        Self { cells, rows, columns, n }
    }

    /// `phi² = sum p_ij² / (p_i p_j) - 1` and its standard error by the delta method for multinomial counts.
    pub(crate) fn phi2(&self) -> (f64, f64) {
        let parts: Vec<(u32, u32, f64, f64)> =
            self.cells.iter().map(|(i, j, count)| (*i, *j, *count, count / (self.rows[i] * self.columns[j]))).collect();
        let phi2 = parts.iter().map(|(_, _, count, q)| count * q).sum::<f64>() - 1.0;
        let (mut by_row, mut by_column) = (BTreeMap::new(), BTreeMap::new());
        for (i, j, count, q) in &parts {
            *by_row.entry(*i).or_insert(0.0) += count * q / self.rows[i];
            *by_column.entry(*j).or_insert(0.0) += count * q / self.columns[j];
        }
        let slope = |i: &u32, j: &u32, q: f64| self.n * (2.0 * q) - self.n * (by_row[i] + by_column[j]);
        let mean: f64 = parts.iter().map(|(i, j, count, q)| count / self.n * slope(i, j, *q)).sum();
        let square: f64 = parts.iter().map(|(i, j, count, q)| count / self.n * slope(i, j, *q).powi(2)).sum();
        (phi2.max(0.0), ((square - mean * mean).max(0.0) / self.n).sqrt())
    }

    /// Bias-corrected Cramér's V from `phi²` (Bergsma 2013).
    pub(crate) fn v(&self, phi2: f64) -> Option<f64> {
        let (r, c, n1) = (self.rows.len() as f64, self.columns.len() as f64, self.n - 1.0);
        let corrected = (phi2 - (r - 1.0) * (c - 1.0) / n1).max(0.0);
        let side = |k: f64| k - (k - 1.0).powi(2) / n1;
        let v = (corrected / (side(r).min(side(c)) - 1.0)).sqrt();
        (r > 1.0 && c > 1.0 && v.is_finite()).then(|| v.min(1.0))
    }
}

fn cells(a: &[u32], b: &[u32]) -> Vec<(u32, u32, f64)> {
    let both = || a.iter().zip(b).filter(|(x, y)| **x != MISSING && **y != MISSING);
    let width = |codes: &[u32]| codes.iter().filter(|c| **c != MISSING).max().map_or(0, |c| *c as usize + 1);
    let (rows, columns) = (width(a), width(b));
    if rows.saturating_mul(columns) <= DENSE_CELLS {
        let mut counts = vec![0u32; rows * columns];
        both().for_each(|(x, y)| counts[*x as usize * columns + *y as usize] += 1);
        let place = |i: usize| ((i / columns) as u32, (i % columns) as u32);
        return counts.iter().enumerate().map(|(i, n)| (place(i).0, place(i).1, f64::from(*n))).collect();
    }
    let mut pairs: Vec<(u32, u32)> = both().map(|(x, y)| (*x, *y)).collect();
    pairs.sort_unstable();
    pairs.chunk_by(|p, q| p == q).map(|run| (run[0].0, run[0].1, run.len() as f64)).collect()
}

/// Bias-corrected Cramér's V and the rows behind it; `None` when a side does not vary.
pub(crate) fn cramer_v(a: &[u32], b: &[u32]) -> Option<(f64, u64)> {
    let table = Contingency::of(a, b);
    table.v(table.phi2().0).map(|v| (v, table.n as u64))
}

/// A column as categories: text, or truth values.
pub(crate) fn categories(column: &Column) -> Option<std::borrow::Cow<'_, [u32]>> {
    match &column.values {
        Values::Text { codes, .. } => Some(codes.into()),
        Values::Number { kind: NumberKind::Bool, values } => {
            Some(values.iter().map(|v| if v.is_nan() { MISSING } else { u32::from(*v != 0.0) }).collect())
        }
        Values::Number { .. } => None,
    }
}
