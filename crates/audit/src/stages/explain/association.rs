//! Pairs of features that say almost the same.

use fine_table::{Column, Values};
use rayon::prelude::*;

use super::Explain;
use crate::rerun::sample;
use crate::stage::Stage;
use crate::stats::association::{correlation_ratio, cramer_v, pearson};
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
    let value = match (a, b) {
        (Cells::Numbers(a), Cells::Numbers(b)) => {
            let both = a.iter().zip(b).filter(|(x, y)| x.is_finite() && y.is_finite());
            let (a, b): (Vec<f64>, Vec<f64>) = both.unzip();
            pearson(&a, &b).map(f64::abs)
        }
        (Cells::Codes(a), Cells::Codes(b)) => cramer_v(a, b).map(|v| v.0),
        (Cells::Numbers(x), Cells::Codes(c)) | (Cells::Codes(c), Cells::Numbers(x)) => {
            // With one category a row the ratio is 1 by construction.
            correlation_ratio(c, x).filter(|r| 2 * r.levels <= r.n).map(|r| r.eta)
        }
    };
    value.unwrap_or(0.0)
}
