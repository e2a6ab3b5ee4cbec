//! Bins of a column: quantiles of the reference numbers, or categories, with missing cells in a bin of their own.

use fine_table::MISSING;

use super::report::{Bin, BinKind};
use crate::joint::{Cells, Side};
use crate::stats::describe::{bin_of, quantile_finite, sorted};

/// Expected rows below which a bin is too small for a chi-squared test (Cochran 1954).
const EXPECTED: f64 = 5.0;

/// A bin with the effective rows of both tables.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counted {
    pub(super) kind: BinKind,
    ends: [Option<f64>; 2],
    label: Option<String>,
    pub(super) rows: [f64; 2],
}

impl Counted {
    fn all(&self) -> f64 {
        self.rows[0] + self.rows[1]
    }
}

/// Inner edges between the quantile bins of the reference's finite numbers (type 7); a bin is `(low, high]`. A value that is
/// several quantiles at once is a bin of its own.
pub(super) fn edges(reference: &[f64], bins: usize) -> Vec<f64> {
    let finite: Vec<f64> = reference.iter().copied().filter(|v| v.is_finite()).collect();
    if finite.is_empty() {
        return Vec::new();
    }
    let finite = sorted(&finite);
    let quantiles: Vec<f64> = (1..bins).map(|b| quantile_finite(&finite, b as f64 / bins as f64)).collect();
    let mut edges: Vec<f64> = Vec::new();
    for run in quantiles.chunk_by(|a, b| a == b) {
        if run.len() > 1 {
            edges.push(run[0].next_down());
        }
        edges.push(run[0]);
    }
    edges.dedup();
    edges
}

/// The bins that hold a row of either table, the missing one last. Categories that expect fewer than five rows in the
/// smaller table are put together, and others come by frequency.
pub(super) fn bins(cells: &Cells, sides: &[Side; 2], quantiles: usize) -> Vec<Counted> {
    let mut bins = match cells {
        Cells::Numbers(values) => {
            let edges = edges(&values[0], quantiles);
            let count = edges.len() + 1;
            let place = |side: usize, row: usize| {
                let value = values[side][row];
                if value.is_nan() { count } else { bin_of(&edges, value) }
            };
            let rows = tally(sides, count + 1, place);
            let end = |at: usize| edges.get(at).copied();
            (0..=count)
                .map(|b| Counted {
                    kind: if b == count { BinKind::Missing } else { BinKind::Range },
                    ends: if b == count { [None; 2] } else { [b.checked_sub(1).and_then(end), end(b)] },
                    label: None,
                    rows: rows[b],
                })
                .collect()
        }
        Cells::Categories { codes, names } => {
            let place = |side: usize, row: usize| match codes[side][row] {
                MISSING => names.len(),
                code => code as usize,
            };
            let rows = tally(sides, names.len() + 1, place);
            let bin = |(at, rows): (usize, [f64; 2])| Counted {
                kind: if at == names.len() { BinKind::Missing } else { BinKind::Category },
                ends: [None; 2],
                label: names.get(at).cloned(),
                rows,
            };
            pooled(rows.into_iter().enumerate().map(bin).collect())
        }
    };
    bins.retain(|bin| bin.all() > 0.0);
    bins
}

/// Effective rows of both tables at each place.
fn tally(sides: &[Side; 2], places: usize, place: impl Fn(usize, usize) -> usize) -> Vec<[f64; 2]> {
    let mut rows = vec![[0.0; 2]; places];
    for (s, side) in sides.iter().enumerate() {
        let mut total = 0.0;
        for row in 0..side.rows {
            let weight = side.weight(row);
            rows[place(s, row)][s] += weight;
            total += weight;
        }
        let scale = if total > 0.0 { side.size(|_| true) / total } else { 0.0 };
        rows.iter_mut().for_each(|r| r[s] *= scale);
    }
    rows
}

/// Rows that a bin would have in the smaller table if both were alike.
fn expected(bin: &Counted, totals: [f64; 2]) -> f64 {
    bin.all() * totals[0].min(totals[1]) / (totals[0] + totals[1])
}

fn totals(bins: &[Counted]) -> [f64; 2] {
    [0, 1].map(|s| bins.iter().map(|bin| bin.rows[s]).sum())
}

/// Categories by frequency, then by name; rare ones as one bin, then the missing one.
fn pooled(bins: Vec<Counted>) -> Vec<Counted> {
    let totals = totals(&bins);
    let is_rare = |bin: &Counted| bin.kind == BinKind::Category && expected(bin, totals) < EXPECTED;
    let (rare, mut kept): (Vec<_>, Vec<_>) = bins.into_iter().filter(|bin| bin.all() > 0.0).partition(is_rare);
    kept.sort_by(|a, b| {
        let missing = |bin: &Counted| bin.kind == BinKind::Missing;
        missing(a).cmp(&missing(b)).then(b.all().total_cmp(&a.all())).then_with(|| a.label.cmp(&b.label))
    });
    let pool = match rare.len() {
        0 => return kept,
        1 => rare.into_iter().next(),
        _ => together(rare, BinKind::Rare),
    };
    let end = kept.iter().position(|bin| bin.kind == BinKind::Missing).unwrap_or(kept.len());
    kept.splice(end..end, pool);
    kept
}

fn together(bins: Vec<Counted>, kind: BinKind) -> Option<Counted> {
    let rows = totals(&bins);
    (!bins.is_empty()).then_some(Counted { kind, ends: [None; 2], label: None, rows })
}

/// The bins put together until each expects five rows: numbers with their neighbours, categories with the next rarer. A
/// missing bin that is too small is left out. The counts of both tables.
pub(super) fn testable(bins: &[Counted]) -> [Vec<f64>; 2] {
    let totals = totals(bins);
    let is_small = |rows: f64| rows * totals[0].min(totals[1]) / (totals[0] + totals[1]) < EXPECTED;
    let mut kept: Vec<&Counted> =
        bins.iter().filter(|bin| bin.kind != BinKind::Missing || !is_small(bin.all())).collect();
    if kept.iter().any(|bin| bin.kind != BinKind::Range && bin.kind != BinKind::Missing) {
        kept.sort_by(|a, b| b.all().total_cmp(&a.all()).then_with(|| a.label.cmp(&b.label)));
    }
    let mut groups: Vec<[f64; 2]> = Vec::new();
    let mut open = [0.0; 2];
    for bin in kept {
        open = [open[0] + bin.rows[0], open[1] + bin.rows[1]];
        if !is_small(open[0] + open[1]) {
            groups.push(open);
            open = [0.0; 2];
        }
    }
    // What is left over joins the last one.
    match groups.last_mut() {
        Some(last) => *last = [last[0] + open[0], last[1] + open[1]],
        None => groups.push(open),
    }
    [0, 1].map(|s| groups.iter().map(|g| g[s]).collect())
}

/// The bins as the report lists them: at most `most` categories, the less frequent ones as one line.
pub(super) fn listed(bins: &[Counted], most: usize) -> Vec<Bin> {
    let totals = totals(bins);
    let mut order: Vec<usize> = (0..bins.len()).filter(|b| bins[*b].kind == BinKind::Category).collect();
    order.sort_by(|a, b| bins[*b].all().total_cmp(&bins[*a].all()).then(a.cmp(b)));
    let mut is_cut = vec![false; bins.len()];
    order.into_iter().skip(most).for_each(|b| is_cut[b] = true);
    let part = |cut: bool| bins.iter().zip(&is_cut).filter(move |(_, c)| **c == cut).map(|(bin, _)| bin.clone());
    let (kept, rest) = (part(false), part(true).collect());
    let share = |bin: &Counted, s: usize| if totals[s] > 0.0 { bin.rows[s] / totals[s] } else { 0.0 };
    kept.chain(together(rest, BinKind::Rest))
        .map(|bin| Bin {
            shares: [share(&bin, 0), share(&bin, 1)],
            kind: bin.kind,
            low: bin.ends[0],
            high: bin.ends[1],
            label: bin.label,
        })
        .collect()
}
