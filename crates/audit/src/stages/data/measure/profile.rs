//! The profile of one column.

use fine_table::{Column, MISSING, NumberKind, Values};
use rayon::prelude::*;

use super::super::params::Params;
use super::super::report::{ColumnProfile, NumberProfile};
use super::outliers::Scale;
use super::spelling::{is_number, is_symbols, says_missing, variants};
use crate::stages::Histogram;
use crate::stats::describe::quantile_finite;
use crate::subject::Subject;

/// Spellings of "missing" among the values listed.
const HIDDEN: usize = 20;

/// The profile of every column, with the scale of numbers.
pub(super) fn columns(subject: &Subject, params: &Params) -> Vec<(ColumnProfile, Option<Scale>)> {
    let profile = |(i, c): (usize, &std::sync::Arc<Column>)| column(c, role(subject, i), params);
    subject.table.columns().par_iter().enumerate().map(profile).collect()
}

fn role(subject: &Subject, index: usize) -> &'static str {
    let name = &subject.table.columns()[index].name;
    let roles = &subject.roles;
    let is = |role: &Option<String>| role.as_ref() == Some(name);
    if *name == roles.target {
        "target"
    } else if roles.protected.contains(name) {
        "protected"
    } else if subject.feature_columns.contains(&index) {
        "feature"
    } else if is(&roles.weight) {
        "weight"
    } else if is(&roles.entity) {
        "entity"
    } else if is(&roles.time) {
        "time"
    } else if roles.ignore.contains(name) {
        "ignore"
    } else {
        "other"
    }
}

fn column(column: &Column, role: &str, params: &Params) -> (ColumnProfile, Option<Scale>) {
    let rows = column.len() as u64;
    let missing = column.missing_rows() as u64;
    let mut profile = ColumnProfile {
        name: column.name.clone(),
        kind: column.kind_id().to_owned(),
        role: role.to_owned(),
        missing,
        missing_share: share(missing, rows),
        distinct: 0,
        top_share: 0.0,
        constant: false,
        near_constant: false,
        identifier: false,
        high_cardinality: false,
        numeric_like: 0,
        null_spellings: Vec::new(),
        hidden_missing: Vec::new(),
        case_variants: Vec::new(),
        variant_cells: 0,
        symbols_only: 0,
        numbers: None,
        categories: Vec::new(),
    };
    let (top, scale) = match &column.values {
        Values::Text { codes, dictionary } => (text(codes, dictionary, &mut profile, params), None),
        Values::Number { kind, values } => numbers(*kind, values, &mut profile, params),
    };
    // One spelling alone is no remark.
    if column.null_spellings.len() + profile.hidden_missing.len() > 1 {
        profile.null_spellings.clone_from(&column.null_spellings);
    }
    let present = rows - missing;
    profile.top_share = share(top, rows);
    profile.constant = profile.distinct + u64::from(missing > 0) <= 1;
    profile.near_constant = !profile.constant && profile.top_share > params.near_constant_share;
    let countable = matches!(profile.kind.as_str(), "text" | "int");
    profile.identifier = countable && present > 1 && share(profile.distinct, present) > params.identifier_share;
    (profile, scale)
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Fills what a text column has; the count of its most frequent value.
fn text(codes: &[u32], dictionary: &[String], profile: &mut ColumnProfile, params: &Params) -> u64 {
    let mut counts = vec![0u64; dictionary.len()];
    codes.iter().filter(|c| **c != MISSING).for_each(|c| counts[*c as usize] += 1);
    let mut met: Vec<(&str, u64)> =
        dictionary.iter().zip(counts).filter(|(_, n)| *n > 0).map(|(s, n)| (s.as_str(), n)).collect();
    let cells = |test: fn(&str) -> bool| met.iter().filter(|(s, _)| test(s)).map(|(_, n)| n).sum::<u64>();
    let all: u64 = met.iter().map(|(_, n)| n).sum();
    let numeric = cells(is_number);
    profile.numeric_like = if numeric < all { numeric } else { 0 };
    profile.symbols_only = cells(is_symbols);
    let said = met.iter().filter(|(s, _)| says_missing(s)).take(HIDDEN);
    profile.hidden_missing = said.map(|(s, n)| ((*s).to_owned(), *n)).collect();
    let variants = variants(&met);
    (profile.case_variants, profile.variant_cells) = (variants.groups, variants.cells);
    profile.distinct = met.len() as u64;
    profile.high_cardinality = profile.distinct > params.high_cardinality;
    met.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let top = met.first().map_or(0, |(_, n)| *n);
    met.truncate(params.categories);
    profile.categories = met.into_iter().map(|(s, n)| (s.to_owned(), n)).collect();
    top
}

/// Fills what a numeric column has; the count of its most frequent value.
fn numbers(kind: NumberKind, values: &[f64], profile: &mut ColumnProfile, params: &Params) -> (u64, Option<Scale>) {
    let mut sorted: Vec<f64> = values.iter().filter(|v| !v.is_nan()).map(|v| v + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let runs = || sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64));
    profile.distinct = runs().count() as u64;
    let top = runs().map(|(_, n)| n).max().unwrap_or(0);
    let scale = match kind {
        NumberKind::Bool => {
            let mut met: Vec<(String, u64)> = runs().map(|(v, n)| ((v != 0.0).to_string(), n)).collect();
            met.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
            profile.categories = met;
            None
        }
        NumberKind::Int | NumberKind::Float => {
            let (shape, scale) = shape(&sorted, params).unzip();
            profile.numbers = shape;
            scale
        }
        NumberKind::Time => None,
    };
    (top, scale)
}

fn shape(sorted: &[f64], params: &Params) -> Option<(NumberProfile, Scale)> {
    let infinite = sorted.iter().filter(|v| v.is_infinite()).count() as u64;
    let from = sorted.partition_point(|v| *v == f64::NEG_INFINITY);
    let to = sorted.partition_point(|v| *v < f64::INFINITY);
    let finite = &sorted[from..to];
    let (min, max) = (*finite.first()?, *finite.last()?);
    let n = finite.len() as f64;
    let scale = finite.iter().fold(1.0f64, |m, v| m.max(v.abs() / 1e150));
    let mean = finite.iter().map(|v| v / scale).sum::<f64>() / n;
    let squares: f64 = finite.iter().map(|v| (v / scale - mean).powi(2)).sum();
    let sd = if n > 1.0 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
    let far = Scale::of(finite)?;
    let profile = NumberProfile {
        mean: bounded(mean * scale),
        sd: bounded(sd * scale),
        min,
        quartiles: [0.25, 0.5, 0.75].map(|q| quantile_finite(finite, q)),
        max,
        outliers: finite.iter().filter(|v| far.is_outlier(**v, params.outlier_z)).count() as u64,
        infinite,
        histogram: histogram(finite, params.bins),
    };
    Some((profile, far))
}

/// Sums of numbers near the largest `f64` may not overflow in a report.
fn bounded(v: f64) -> f64 {
    v.clamp(f64::MIN, f64::MAX)
}

/// Equal-width bins as `numpy.histogram` makes them: the last bin holds its right edge; a single value gets half a unit on
/// each side.
fn histogram(sorted: &[f64], bins: usize) -> Histogram {
    let (Some(min), Some(max)) = (sorted.first().copied(), sorted.last().copied()) else {
        return Histogram::default();
    };
    let bins = bins.max(1);
    let (low, high) = if min == max { (min - 0.5, max + 0.5) } else { (min, max) };
    let step = (high - low) / bins as f64;
    let edge = |i: usize| match i {
        _ if i == bins => high,
        _ if step.is_finite() => low + step * i as f64,
        _ => low * (1.0 - i as f64 / bins as f64) + high * (i as f64 / bins as f64),
    };
    let edges: Vec<f64> = (0..=bins).map(edge).collect();
    let mut counts = vec![0u64; bins];
    let mut before = 0;
    for (bin, count) in counts.iter_mut().enumerate() {
        let end = if bin + 1 == bins { sorted.len() } else { sorted.partition_point(|v| *v < edges[bin + 1]) };
        *count = (end - before.min(end)) as u64;
        before = end;
    }
    Histogram { edges, counts }
}

/// Histogram of a numeric target.
pub(super) fn target_histogram(target: &[f64], bins: usize) -> Histogram {
    let mut sorted: Vec<f64> = target.iter().filter(|v| v.is_finite()).copied().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    histogram(&sorted, bins)
}
