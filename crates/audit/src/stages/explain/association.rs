//! Pairs of features that say almost the same.

use fine_table::{Column, MISSING, Values};
use rayon::prelude::*;

use super::Explain;
use super::global::pearson;
use crate::rerun::sample;
use crate::stage::Stage;
use crate::subject::Subject;

/// Association above which credit is shared arbitrarily.
const STRONG: f64 = 0.9;
/// Rows looked at (seeded stratified sample).
const ROWS: u64 = 5000;

/// Pairs among `features` (raw features) whose association exceeds 0.9: |Pearson| of numbers, bias-corrected Cramer V
/// (Bergsma 2013) of categories, correlation ratio of a number by a category; and the rows looked at. Rows with a missing
/// cell are left out.
pub(super) fn strong_pairs(subject: &Subject, features: &[usize]) -> (Vec<[String; 2]>, u64) {
    let rows = sample::stratified(subject, ROWS, &format!("{}/association", Explain::ID));
    let cells = features
        .iter()
        .map(|f| Cells::of(&subject.table.columns()[subject.feature_columns[*f]], &rows))
        .collect::<Vec<_>>();
    let name = |i: usize| subject.model.features[features[i]].name.clone();
    let pairs = (0..features.len())
        .into_par_iter()
        .flat_map_iter(|a| {
            let cells = &cells;
            (a + 1..features.len()).filter(move |b| association(&cells[a], &cells[*b]) > STRONG).map(move |b| (a, b))
        })
        .collect::<Vec<_>>()
        .into_iter()
        .map(|(a, b)| [name(a), name(b)])
        .collect();
    (pairs, rows.len() as u64)
}

enum Cells {
    Numbers(Vec<f64>),
    Codes(Vec<u32>),
}

impl Cells {
    fn of(column: &Column, rows: &[u32]) -> Self {
        match &column.values {
            Values::Number { values, .. } => Self::Numbers(rows.iter().map(|r| values[*r as usize]).collect()),
            Values::Text { codes, .. } => Self::Codes(rows.iter().map(|r| codes[*r as usize]).collect()),
        }
    }
}

fn association(a: &Cells, b: &Cells) -> f64 {
    match (a, b) {
        (Cells::Numbers(a), Cells::Numbers(b)) => {
            let pairs = a.iter().zip(b).filter(|(x, y)| x.is_finite() && y.is_finite()).map(|(x, y)| (*x, *y));
            pearson(&pairs.collect::<Vec<_>>()).map_or(0.0, f64::abs)
        }
        (Cells::Codes(a), Cells::Codes(b)) => cramer(a, b),
        (Cells::Numbers(x), Cells::Codes(c)) | (Cells::Codes(c), Cells::Numbers(x)) => correlation_ratio(x, c),
    }
}

/// Codes renumbered without gaps, and how many there are.
fn dense(codes: impl Iterator<Item = u32>) -> (Vec<usize>, usize) {
    let mut seen = std::collections::BTreeMap::new();
    let dense = codes
        .map(|c| {
            let next = seen.len();
            *seen.entry(c).or_insert(next)
        })
        .collect();
    (dense, seen.len())
}

fn cramer(a: &[u32], b: &[u32]) -> f64 {
    let both = a.iter().zip(b).filter(|(x, y)| **x != MISSING && **y != MISSING);
    let (a, r) = dense(both.clone().map(|(x, _)| *x));
    let (b, k) = dense(both.map(|(_, y)| *y));
    let n = a.len() as f64;
    if r < 2 || k < 2 || n < 2.0 || r.saturating_mul(k) > 1_000_000 {
        return 0.0;
    }
    let mut table = vec![0.0; r * k];
    let (mut rows, mut columns) = (vec![0.0; r], vec![0.0; k]);
    for (x, y) in a.iter().zip(&b) {
        table[x * k + y] += 1.0;
        rows[*x] += 1.0;
        columns[*y] += 1.0;
    }
    let chi2 = (0..r * k)
        .map(|i| {
            let expected: f64 = rows[i / k] * columns[i % k] / n;
            (table[i] - expected).powi(2) / expected
        })
        .sum::<f64>();
    let (r, k) = (r as f64, k as f64);
    let phi2 = (chi2 / n - (k - 1.0) * (r - 1.0) / (n - 1.0)).max(0.0);
    let smaller = (k - (k - 1.0).powi(2) / (n - 1.0)).min(r - (r - 1.0).powi(2) / (n - 1.0)) - 1.0;
    if smaller > 0.0 { (phi2 / smaller).sqrt() } else { 0.0 }
}

/// Square root of the share of a number's variance between categories.
fn correlation_ratio(x: &[f64], codes: &[u32]) -> f64 {
    let both = x.iter().zip(codes).filter(|(x, c)| x.is_finite() && **c != MISSING);
    let values = both.clone().map(|(x, _)| *x).collect::<Vec<_>>();
    let (codes, k) = dense(both.map(|(_, c)| *c));
    let n = values.len() as f64;
    // With one category a row the ratio is 1 by construction.
    if k < 2 || k as f64 > 0.5 * n {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / n;
    let (mut sums, mut counts) = (vec![0.0; k], vec![0.0; k]);
    for (v, c) in values.iter().zip(&codes) {
        sums[*c] += v;
        counts[*c] += 1.0;
    }
    let between = sums.iter().zip(&counts).map(|(s, m)| m * (s / m - mean).powi(2)).sum::<f64>();
    let total = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    if total > 0.0 { (between / total).sqrt() } else { 0.0 }
}
