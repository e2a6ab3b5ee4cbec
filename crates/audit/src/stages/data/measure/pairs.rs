//! Associations of every pair of features.

use std::borrow::Cow;

use fine_table::{Column, Values};
use rayon::prelude::*;

use super::super::params::Params;
use super::super::report::{Association, AssociationMatrix, ColumnProfile};
use crate::stage::StageError;
use crate::stats::association::{categories, correlation_ratio, cramer_v, pearson};
use crate::subject::Subject;

/// Most pairs listed however many are strong.
const MAX_LISTED: usize = 1000;
/// Below this difference Pearson and Spearman tie (they are equal where both sides have two values).
const ROUNDING: f64 = 1e-12;
/// Pairs between two ticks of progress.
const BATCH: usize = 64;

pub(super) struct Pairs {
    pub associations: Vec<Association>,
    pub matrix: AssociationMatrix,
}

/// A feature made ready for comparison.
struct Feature<'s> {
    column: &'s Column,
    /// Row indices of finite numbers in ascending order of value.
    order: Vec<u32>,
    /// Twice the mean rank of each row, when every row has a finite number.
    ranks: Option<Vec<f64>>,
    codes: Option<Cow<'s, [u32]>>,
    numeric: bool,
    /// Identifiers and constants are not compared.
    usable: bool,
}

impl<'s> Feature<'s> {
    fn of(column: &'s Column, profile: &ColumnProfile) -> Self {
        let numeric = matches!(column.values, Values::Number { .. });
        let usable = !profile.constant && (numeric || !profile.identifier);
        let mut order = Vec::new();
        if let (Some(values), true) = (column.numbers(), usable) {
            order = (0..values.len() as u32).filter(|r| values[*r as usize].is_finite()).collect();
            order.sort_unstable_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]).then(a.cmp(b)));
        }
        let ranks = (numeric && usable && order.len() == column.len())
            .then(|| ranks(column.numbers().unwrap_or_default(), &order, |_| true));
        Self { column, order, ranks, codes: categories(column), numeric, usable }
    }
}

/// Twice the mean rank (ties share it) of the rows of `order` that are kept; 0 elsewhere.
fn ranks(values: &[f64], order: &[u32], keep: impl Fn(usize) -> bool) -> Vec<f64> {
    let kept: Vec<u32> = order.iter().copied().filter(|r| keep(*r as usize)).collect();
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tie in kept.chunk_by(|a, b| values[*a as usize] == values[*b as usize]) {
        let rank = (2 * before + tie.len() + 1) as f64;
        tie.iter().for_each(|r| ranks[*r as usize] = rank);
        before += tie.len();
    }
    ranks
}

pub(super) fn measure(
    subject: &Subject,
    profiles: &[ColumnProfile],
    params: &Params,
    tick: &dyn Fn(u64) -> Result<(), StageError>,
) -> Result<Pairs, StageError> {
    let columns = subject.table.columns();
    let features: Vec<Feature<'_>> =
        subject.feature_columns.par_iter().map(|i| Feature::of(&columns[*i], &profiles[*i])).collect();
    let pairs: Vec<(usize, usize)> =
        (0..features.len()).flat_map(|i| (i + 1..features.len()).map(move |j| (i, j))).collect();
    let mut measured: Vec<Option<Association>> = Vec::with_capacity(pairs.len());
    for batch in pairs.chunks(BATCH) {
        measured.par_extend(batch.par_iter().map(|(i, j)| associate(&features[*i], &features[*j])));
        tick(measured.len() as u64)?;
    }
    let matrix = matrix(&features, &pairs, &measured, params.matrix_features);
    let mut associations: Vec<Association> = measured.into_iter().flatten().collect();
    associations.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    let strong = associations.iter().filter(|a| a.value.abs() > params.pair_strength).count();
    associations.truncate(strong.max(params.pairs).min(MAX_LISTED));
    Ok(Pairs { associations, matrix })
}

fn associate(a: &Feature<'_>, b: &Feature<'_>) -> Option<Association> {
    if !a.usable || !b.usable {
        return None;
    }
    let named = |method: &str, value: f64, n: u64| Association {
        features: [a.column.name.clone(), b.column.name.clone()],
        method: method.to_owned(),
        value,
        n,
    };
    if a.numeric && b.numeric {
        return numbers(a, b).map(|(method, value, n)| named(method, value, n));
    }
    if let (Some(x), Some(y)) = (&a.codes, &b.codes) {
        return cramer_v(x, y).map(|(v, n)| named("cramer-v", v, n));
    }
    let (text, number) = if a.numeric { (b, a) } else { (a, b) };
    let ratio = correlation_ratio(text.codes.as_ref()?, number.column.numbers()?)?;
    Some(named("correlation-ratio", ratio.eta, ratio.n))
}

/// The stronger of Pearson and Spearman over the rows where both are finite (Spearman where they tie).
fn numbers(a: &Feature<'_>, b: &Feature<'_>) -> Option<(&'static str, f64, u64)> {
    let (x, y) = (a.column.numbers()?, b.column.numbers()?);
    let (linear, monotone, n);
    if let (Some(rx), Some(ry)) = (&a.ranks, &b.ranks) {
        (linear, monotone, n) = (pearson(x, y), pearson(rx, ry), x.len());
    } else {
        let both = |r: usize| x[r].is_finite() && y[r].is_finite();
        let rows: Vec<usize> = (0..x.len()).filter(|r| both(*r)).collect();
        let pick = |v: &[f64]| rows.iter().map(|r| v[*r]).collect::<Vec<f64>>();
        let (rx, ry) = (ranks(x, &a.order, both), ranks(y, &b.order, both));
        (linear, monotone, n) = (pearson(&pick(x), &pick(y)), pearson(&pick(&rx), &pick(&ry)), rows.len());
    }
    match (linear, monotone) {
        (Some(p), Some(s)) if p.abs() > s.abs() + ROUNDING => Some(("pearson", p, n as u64)),
        (_, Some(s)) => Some(("spearman", s, n as u64)),
        (Some(p), None) => Some(("pearson", p, n as u64)),
        (None, None) => None,
    }
}

/// The features with the strongest associations, in model order.
fn matrix(
    features: &[Feature<'_>],
    pairs: &[(usize, usize)],
    measured: &[Option<Association>],
    most: usize,
) -> AssociationMatrix {
    let mut strongest = vec![0.0f64; features.len()];
    for ((i, j), association) in pairs.iter().zip(measured) {
        let value = association.as_ref().map_or(0.0, |a| a.value.abs());
        strongest[*i] = strongest[*i].max(value);
        strongest[*j] = strongest[*j].max(value);
    }
    let mut chosen: Vec<usize> = (0..features.len()).collect();
    chosen.sort_by(|a, b| strongest[*b].total_cmp(&strongest[*a]));
    chosen.truncate(most);
    chosen.sort_unstable();
    let mut place = vec![None; features.len()];
    chosen.iter().enumerate().for_each(|(at, i)| place[*i] = Some(at));
    let mut values = vec![vec![None; chosen.len()]; chosen.len()];
    (0..chosen.len()).for_each(|i| values[i][i] = Some(1.0));
    for ((i, j), association) in pairs.iter().zip(measured) {
        if let (Some(i), Some(j)) = (place[*i], place[*j]) {
            values[i][j] = association.as_ref().map(|a| a.value);
            values[j][i] = values[i][j];
        }
    }
    AssociationMatrix { features: chosen.iter().map(|i| features[*i].column.name.clone()).collect(), values }
}
