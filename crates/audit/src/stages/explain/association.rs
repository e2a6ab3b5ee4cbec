//! Pairs of features that say almost the same, and features that stand for protected attributes.

use fine_table::{Column, Values};
use rand::RngExt;
use rayon::prelude::*;

use super::Explain;
use super::report::Proxy;
use crate::estimate::{Estimate, IntervalMethod};
use crate::rerun::sample;
use crate::rerun::shift::quantile;
use crate::rng::unit_rng;
use crate::stage::Stage;
use crate::stats::association::{correlation_ratio, cramer_v, pearson};
use crate::subject::Subject;

/// Association above which credit is shared arbitrarily.
const STRONG: f64 = 0.9;
/// Rows looked at (seeded stratified sample).
const ROWS: u64 = 5000;
/// Bootstrap replicates of an association with a protected attribute.
const REPLICATES: u32 = 200;

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

    fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Codes(codes) => codes.len(),
        }
    }

    fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(rows.iter().map(|r| values[*r]).collect()),
            Self::Codes(codes) => Self::Codes(rows.iter().map(|r| codes[*r]).collect()),
        }
    }

    fn kind(&self, other: &Self) -> &'static str {
        match (self, other) {
            (Self::Numbers(_), Self::Numbers(_)) => "pearson",
            (Self::Codes(_), Self::Codes(_)) => "cramer-v",
            _ => "correlation-ratio",
        }
    }
}

/// How strongly each of `features` (raw features, most important first) that is no protected attribute goes with each protected
/// attribute; strongest first. Percentile bootstrap over the rows.
pub(super) fn proxies(subject: &Subject, features: &[usize]) -> Vec<Proxy> {
    let rows = sample::stratified(subject, ROWS, &format!("{}/association", Explain::ID));
    let attributes = subject.roles.protected.iter().filter_map(|name| subject.table.position(name));
    let attributes = attributes.collect::<Vec<_>>();
    let pairs = features.iter().enumerate().flat_map(|(place, f)| attributes.iter().map(move |a| (place, *f, *a)));
    let pairs = pairs.filter(|(_, f, _)| !attributes.contains(&subject.feature_columns[*f])).collect::<Vec<_>>();
    let mut all = pairs
        .into_par_iter()
        .map(|(place, f, attribute)| {
            let column = |c: usize| Cells::of(&subject.table.columns()[c], &rows);
            let (a, b) = (column(subject.feature_columns[f]), column(attribute));
            let key = format!("{}/proxy/{attribute}", Explain::ID);
            Proxy {
                feature: subject.model.features[f].name.clone(),
                place: place as u64 + 1,
                attribute: subject.table.columns()[attribute].name.clone(),
                kind: a.kind(&b).into(),
                association: bootstrapped(&a, &b, subject.seed, &key, f as u64),
            }
        })
        .collect::<Vec<_>>();
    let strength = |p: &Proxy| p.association.value.unwrap_or(0.0);
    all.sort_by(|a, b| strength(b).total_cmp(&strength(a)));
    all
}

fn bootstrapped(a: &Cells, b: &Cells, seed: u64, key: &str, unit: u64) -> Estimate {
    let n = a.len();
    let replicate = |r: u32| {
        let mut rng = unit_rng(seed, key, unit << 32 | u64::from(r));
        let drawn = (0..n).map(|_| rng.random_range(0..n)).collect::<Vec<_>>();
        association(&a.take(&drawn), &b.take(&drawn))
    };
    let value = association(a, b);
    let mut values = (0..REPLICATES).map(replicate).collect::<Vec<_>>();
    let (low, high) = (quantile(&mut values, 0.025), quantile(&mut values, 0.975));
    Estimate::with_interval(value, low.min(value), high.max(value), n as u64, IntervalMethod::Percentile)
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
