//! Measures of one column.

use fine_table::MISSING;

use super::bins::{Counted, bins, listed, testable};
use super::params::Params;
use super::report::{BinKind, ColumnDrift, Kind, Missing, Test};
use super::shape::shape;
use crate::estimate::{Estimate, IntervalMethod};
use crate::joint::{Cells, Side};
use crate::stats::association::Contingency;
use crate::stats::distance::{
    Linearised, Numbers, chi_squared, jensen_shannon, kolmogorov_smirnov, psi, total_variation, wasserstein,
};
use crate::stats::normal::Z;
use crate::stats::proportion::{equal_p, newcombe_of, wilson};

/// New categories listed.
const NEW_NAMES: usize = 20;

/// Everything about one column; p-values are not adjusted yet. `None` when it has so many categories that all of them are
/// rare.
pub(super) fn measure(
    name: &str,
    cells: &Cells,
    type_changed: bool,
    sides: &[Side; 2],
    params: &Params,
) -> Option<ColumnDrift> {
    let bins = bins(cells, sides, params.bins);
    let of_kind = |kind: BinKind| bins.iter().any(|bin| bin.kind == kind);
    if of_kind(BinKind::Rare) && !of_kind(BinKind::Category) {
        return None;
    }
    let n = sides.iter().map(|side| side.rows as u64).sum();
    let rows = [0, 1].map(|s| bins.iter().map(|bin| bin.rows[s]).collect::<Vec<f64>>());
    let numbers = numbers(cells, sides);
    let ordered = numbers.as_ref().filter(|n| n.iter().any(|n| n.size > 0.0));
    let ks = ordered.map(|[r, a]| kolmogorov_smirnov(r, a));
    let test_rows = testable(&bins);
    let unseen = match &numbers {
        Some(numbers) => out_of_range(numbers, sides, cells),
        None => new_categories(cells, sides),
    };
    Some(ColumnDrift {
        name: name.to_owned(),
        kind: if numbers.is_some() { Kind::Number } else { Kind::Category },
        type_changed,
        psi: bounded(Some(psi(&rows[0], &rows[1])), f64::INFINITY, n),
        jensen_shannon: rooted(jensen_shannon(&rows[0], &rows[1]), n),
        ks: ks.map(|ks| bounded(ks.map(|ks| Linearised { value: ks.distance, error: ks.error }), 1.0, n)),
        wasserstein: ordered.map(|[r, a]| bounded(wasserstein(r, a), f64::INFINITY, n)),
        cramer_v: numbers.is_none().then(|| cramer(&bins, &test_rows, n)),
        moved: total_variation(&rows[0], &rows[1]),
        chi_squared: chi_squared(&test_rows[0], &test_rows[1]).map(|t| test(t.statistic, t.degrees as u64, t.p)),
        ks_test: ks.flatten().map(|ks| test(ks.distance, 0, ks.p)),
        missing: missing(cells, sides, n),
        new_categories: unseen.new_categories,
        new_names: unseen.new_names,
        out_of_range: unseen.out_of_range,
        range: unseen.range,
        bins: listed(&bins, params.categories),
        shape: numbers.as_ref().and_then(|numbers| shape(numbers, params.bars)),
    })
}

fn test(statistic: f64, degrees: u64, p: f64) -> Test {
    Test { statistic, degrees, p, p_adjusted: p }
}

/// A measure from 0 to `most` with its normal interval.
fn bounded(measure: Option<Linearised>, most: f64, n: u64) -> Estimate {
    let Some(Linearised { value, error }) = measure else { return Estimate::not_estimable(n) };
    let (low, high) = ((value - Z * error).max(0.0), (value + Z * error).min(most));
    Estimate::with_interval(value, low, high, n, IntervalMethod::Normal)
}

/// A distance whose square was measured.
fn rooted(square: Linearised, n: u64) -> Estimate {
    let (low, high) = (square.value - Z * square.error, square.value + Z * square.error);
    let ends = (low.max(0.0).sqrt(), high.min(1.0).sqrt());
    Estimate::with_interval(square.value.sqrt().min(1.0), ends.0, ends.1, n, IntervalMethod::Normal)
}

/// Cramér's V with the delta method for `phi²`; exactly 0 for the same single category in both tables.
fn cramer(bins: &[Counted], rows: &[Vec<f64>; 2], n: u64) -> Estimate {
    if bins.len() == 1 {
        return Estimate::with_interval(0.0, 0.0, 0.0, n, IntervalMethod::Delta);
    }
    let cells = |side: u32| (0u32..).zip(&rows[side as usize]).map(move |(bin, count)| (side, bin, *count));
    let table = Contingency::counted(cells(0).chain(cells(1)).collect());
    let (phi2, error) = table.phi2();
    let ends = (table.v((phi2 - Z * error).max(0.0)), table.v(phi2), table.v(phi2 + Z * error));
    match ends {
        (Some(low), Some(v), Some(high)) => {
            Estimate::with_interval(v, low.min(v), high.max(v), n, IntervalMethod::Delta)
        }
        _ => Estimate::not_estimable(n),
    }
}

/// The present numbers of both tables; `None` for categories.
fn numbers(cells: &Cells, sides: &[Side; 2]) -> Option<[Numbers; 2]> {
    let Cells::Numbers(values) = cells else { return None };
    Some([0, 1].map(|s| {
        let present = |row: usize| !values[s][row].is_nan() && sides[s].weight(row) > 0.0;
        let rows = (0..sides[s].rows).filter(|row| present(*row));
        let rows = rows.map(|row| (values[s][row], sides[s].weight(row))).collect();
        Numbers::new(rows, sides[s].size(present))
    }))
}

/// Weighted share of some rows among others, with the effective size of the others.
fn part(side: &Side, of: impl Fn(usize) -> bool, is: impl Fn(usize) -> bool) -> (f64, f64) {
    let (mut all, mut hit) = (0.0, 0.0);
    for row in (0..side.rows).filter(|row| of(*row)) {
        let weight = side.weight(row);
        all += weight;
        hit += if is(row) { weight } else { 0.0 };
    }
    (if all > 0.0 { hit / all } else { 0.0 }, side.size(of))
}

fn missing(cells: &Cells, sides: &[Side; 2], n: u64) -> Missing {
    let [(r, r_size), (a, a_size)] = [0, 1].map(|s| part(&sides[s], |_| true, |row| cells.is_missing(s, row)));
    let change = match r_size > 0.0 && a_size > 0.0 {
        true => {
            let (value, low, high) = newcombe_of(a * a_size, a_size, r * r_size, r_size);
            Estimate::with_interval(value, low, high, n, IntervalMethod::Newcombe)
        }
        false => Estimate::not_estimable(n),
    };
    let whole = |v: f64| v.round() as u64;
    let hits = (whole(a * a_size), whole(r * r_size));
    let p = equal_p(hits.0, whole(a_size).max(hits.0), hits.1, whole(r_size).max(hits.1)).unwrap_or(1.0);
    Missing { shares: [r, a], change, p, p_adjusted: p }
}

/// What the audited rows have and the reference does not.
#[derive(Default)]
struct Unseen {
    new_categories: Option<Estimate>,
    new_names: Vec<(String, u64)>,
    out_of_range: Option<Estimate>,
    range: Option<[f64; 2]>,
}

fn new_categories(cells: &Cells, sides: &[Side; 2]) -> Unseen {
    let Cells::Categories { codes, names } = cells else { return Unseen::default() };
    let mut known = vec![false; names.len()];
    codes[0].iter().filter(|c| **c != MISSING).for_each(|c| known[*c as usize] = true);
    if !known.contains(&true) {
        return Unseen::default();
    }
    let is_new = |row: usize| !known[codes[1][row] as usize];
    let mut counts = vec![0u64; names.len()];
    codes[1].iter().filter(|c| **c != MISSING).for_each(|c| counts[*c as usize] += 1);
    let mut new: Vec<(String, u64)> =
        (0..names.len()).filter(|c| !known[*c] && counts[*c] > 0).map(|c| (names[c].clone(), counts[c])).collect();
    new.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    new.truncate(NEW_NAMES);
    let present = |row: usize| codes[1][row] != MISSING;
    Unseen { new_categories: Some(unseen_share(&sides[1], present, is_new)), new_names: new, ..Unseen::default() }
}

fn out_of_range(numbers: &[Numbers; 2], sides: &[Side; 2], cells: &Cells) -> Unseen {
    let (Some(range), Cells::Numbers(values)) = (numbers[0].range(), cells) else { return Unseen::default() };
    let value = |row: usize| values[1][row];
    let outside = |row: usize| value(row) < range[0] || value(row) > range[1];
    let share = unseen_share(&sides[1], |row| !value(row).is_nan(), outside);
    // The report holds numbers only: an infinite end is no end.
    let range = range.iter().all(|v| v.is_finite()).then_some(range);
    Unseen { out_of_range: Some(share), range, ..Unseen::default() }
}

/// A share of the audited values with Wilson's interval at the effective size.
fn unseen_share(side: &Side, of: impl Fn(usize) -> bool, is: impl Fn(usize) -> bool) -> Estimate {
    let n = (0..side.rows).filter(|row| of(*row)).count() as u64;
    let (share, size) = part(side, of, is);
    if size <= 0.0 {
        return Estimate::not_estimable(n);
    }
    let (low, high) = wilson(share * size, size);
    Estimate::with_interval(share, low, high, n, IntervalMethod::Wilson)
}
