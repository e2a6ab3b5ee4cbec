//! Two groups and two outcomes in several strata, of rows that may be weighted and may belong together: what
//! [`super::stratified`] has for tables of independent rows. All variances are those of linearised statistics by entity.

use std::collections::HashSet;

use super::design::Design;
use super::normal::{Z, two_sided};
use crate::estimate::{Estimate, IntervalMethod};

/// A row of the design in a stratum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StratumRow {
    pub(crate) row: usize,
    pub(crate) stratum: usize,
    /// Of the group; else of the reference.
    pub(crate) group: bool,
    pub(crate) hit: bool,
}

impl StratumRow {
    /// Place in a [`super::stratified::Table`].
    pub(crate) fn cell(&self) -> usize {
        2 * usize::from(!self.group) + usize::from(!self.hit)
    }
}

/// Weighted cells of each stratum.
fn tables(design: &Design, rows: &[StratumRow], strata: usize) -> Vec<[f64; 4]> {
    let mut out = vec![[0.0; 4]; strata];
    rows.iter().for_each(|r| out[r.stratum][r.cell()] += design.weight(r.row));
    out
}

fn informative([a, b, c, d]: &[f64; 4]) -> bool {
    a + b > 0.0 && c + d > 0.0 && a + c > 0.0 && b + d > 0.0
}

/// The odds ratio without strata; not estimable with an empty cell.
pub(crate) fn odds_ratio(design: &Design, rows: &[StratumRow]) -> Estimate {
    let whole: Vec<StratumRow> = rows.iter().map(|r| StratumRow { stratum: 0, ..*r }).collect();
    let n = rows.len() as u64;
    let cells = tables(design, &whole, 1)[0];
    if cells.contains(&0.0) {
        return Estimate::not_estimable(n);
    }
    let sign = [1.0, -1.0, -1.0, 1.0];
    let influence = whole.iter().map(|r| (r.row, sign[r.cell()] * design.weight(r.row) / cells[r.cell()]));
    let [a, b, c, d] = cells;
    on_log_scale((a * d / (b * c)).ln(), design.variance(influence).0, n)
}

fn on_log_scale(log: f64, variance: f64, n: u64) -> Estimate {
    let half = Z * variance.sqrt();
    Estimate::with_interval(log.exp(), (log - half).exp(), (log + half).exp(), n, IntervalMethod::LogDelta)
}

/// Common odds ratio of Mantel and Haenszel (1959) of weighted cells, with the log interval of its linearised variance by
/// entity (the derivatives of both sums by the cells). Needs strata of several entities.
pub(crate) fn common_odds_ratio(design: &Design, rows: &[StratumRow], strata: usize) -> Estimate {
    let tables = tables(design, rows, strata);
    let n = rows.iter().filter(|r| informative(&tables[r.stratum])).count() as u64;
    let met = || tables.iter().filter(|t| informative(t));
    let total = |t: &[f64; 4]| t.iter().sum::<f64>();
    let r: f64 = met().map(|t| t[0] * t[3] / total(t)).sum();
    let s: f64 = met().map(|t| t[1] * t[2] / total(t)).sum();
    if r <= 0.0 || s <= 0.0 {
        return Estimate::not_estimable(n);
    }
    let influence = rows.iter().filter(|row| informative(&tables[row.stratum])).map(|row| {
        let t = &tables[row.stratum];
        let all = total(t);
        // The product over the total, by a cell: the other factor over the total less what the total takes away.
        let slope = |i: usize, j: usize| {
            let other = match row.cell() {
                c if c == i => t[j] / all,
                c if c == j => t[i] / all,
                _ => 0.0,
            };
            other - t[i] * t[j] / (all * all)
        };
        (row.row, design.weight(row.row) * (slope(0, 3) / r - slope(1, 2) / s))
    });
    on_log_scale((r / s).ln(), design.variance(influence).0, n)
}

/// Score test that the common odds ratio is 1 (see [`score`]), with `m / (m - 1)` of the `m` entities of every stratum, as the
/// Cochran-Mantel-Haenszel test has `n / (n - 1)`. `None` without an informative stratum.
pub(crate) fn same_odds_p(design: &Design, rows: &[StratumRow], strata: usize) -> Option<f64> {
    let mut entities: Vec<HashSet<usize>> = vec![HashSet::new(); strata];
    for r in rows {
        entities[r.stratum].insert(design.clusters().map_or(r.row, |c| c[r.row] as usize));
    }
    let correction = |stratum: usize| match entities[stratum].len() {
        // One entity says nothing about its own variance: its rows are left out.
        0 | 1 => 0.0,
        m => m as f64 / (m as f64 - 1.0),
    };
    let (sum, variance) = score(design, rows, strata, correction);
    (variance > 0.0).then(|| two_sided(sum / variance.sqrt()))
}

/// `Σ w (x - mean x)(y - mean y)` within strata, with `x` the group and `y` the hit, and its variance by entity: the robust
/// score of the group in a model with a constant for every stratum (Boos 1992; Zhang and Boos 1997, for correlated tables).
/// `correction` of a stratum multiplies its part of the variance; strata where it is 0 are left out.
fn score(design: &Design, rows: &[StratumRow], strata: usize, correction: impl Fn(usize) -> f64) -> (f64, f64) {
    let tables = tables(design, rows, strata);
    let part = |r: &StratumRow| {
        let t = &tables[r.stratum];
        let all: f64 = t.iter().sum();
        let x = f64::from(u8::from(r.group)) - (t[0] + t[1]) / all;
        let y = f64::from(u8::from(r.hit)) - (t[0] + t[2]) / all;
        design.weight(r.row) * x * y
    };
    let used: Vec<&StratumRow> =
        rows.iter().filter(|r| informative(&tables[r.stratum]) && correction(r.stratum) > 0.0).collect();
    let sum: f64 = used.iter().map(|r| part(r)).sum();
    let (variance, units) = design.variance(used.iter().map(|r| (r.row, part(r) * correction(r.stratum).sqrt())));
    // Corrected by stratum, not as a whole.
    (sum, variance * (units - 1.0) / units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stratified::{self, Table};

    fn rows(tables: &[Table], copies: usize) -> Vec<StratumRow> {
        let mut out = Vec::new();
        for (stratum, table) in tables.iter().enumerate() {
            for (cell, count) in table.iter().enumerate() {
                for _ in 0..*count as usize * copies {
                    out.push(StratumRow { row: out.len(), stratum, group: cell < 2, hit: cell % 2 == 0 });
                }
            }
        }
        out
    }

    /// GEE's robust score test of the group in a model with a constant for every stratum.
    #[test]
    fn the_score_equals_statsmodels() {
        for (name, design, golden) in crate::stats::design_tests::cases() {
            let case = &golden[name];
            let p = crate::stats::design_tests::numbers(&golden["p"]);
            let places = |key: &str| golden[key].as_str().expect("letters").chars().collect::<Vec<_>>();
            let (g, z) = (places("g"), places("z"));
            let row = |row: usize| StratumRow {
                row,
                stratum: z[row] as usize - 'u' as usize,
                group: g[row] == 'a',
                hit: p[row] > 0.5,
            };
            let rows: Vec<StratumRow> = (0..p.len()).map(row).collect();
            let (sum, variance) = score(&design, &rows, 3, |_| 1.0);
            let want = case["strata"].as_f64().expect("a statistic");
            assert!((sum * sum / variance / want - 1.0).abs() < 1e-8, "{name}: {} {want}", sum * sum / variance);
        }
    }

    const TABLES: [Table; 3] = [[30, 10, 20, 40], [25, 30, 15, 60], [12, 8, 30, 30]];

    #[test]
    fn rows_of_their_own_give_about_the_tables_answers() {
        let rows = rows(&TABLES, 1);
        let plain = Design::new(rows.len(), None, None);
        let (own, usual) = (common_odds_ratio(&plain, &rows, 3), stratified::common_odds_ratio(&TABLES));
        assert!((own.value.expect("r") - usual.value.expect("r")).abs() < 1e-12);
        for (a, b) in [(own.low, usual.low), (own.high, usual.high)] {
            assert!((a.expect("end") / b.expect("end") - 1.0).abs() < 0.02, "{own:?} {usual:?}");
        }
        let (own, usual) = (same_odds_p(&plain, &rows, 3), stratified::same_odds_p(&TABLES));
        let ratio = own.expect("p").ln() / usual.expect("p").ln();
        assert!((0.9..1.1).contains(&ratio), "{own:?} {usual:?}");
        let all = TABLES.iter().fold([0; 4], |s: Table, t| std::array::from_fn(|i| s[i] + t[i]));
        let (own, usual) = (odds_ratio(&plain, &rows), stratified::odds_ratio(&all));
        assert!((own.low.expect("low") / usual.low.expect("low") - 1.0).abs() < 1e-3);
    }

    #[test]
    fn copies_under_one_entity_add_nothing_and_whole_weights_are_copies() {
        let once = rows(&TABLES, 1);
        let plain = Design::new(once.len(), None, None);
        let many = rows(&TABLES, 3);
        let of_three = Design::new(many.len(), None, Some((0..many.len() as u32).map(|i| i / 3).collect()));
        let (a, b) = (common_odds_ratio(&plain, &once, 3), common_odds_ratio(&of_three, &many, 3));
        assert!((a.low.expect("low") - b.low.expect("low")).abs() < 1e-9);
        let (p, q) = (same_odds_p(&plain, &once, 3), same_odds_p(&of_three, &many, 3));
        assert!((p.expect("p") - q.expect("p")).abs() < 1e-9);
        // Two copies of the rows of the first stratum, or weight 2.
        let weights: Vec<f64> = once.iter().map(|r| if r.stratum == 0 { 2.0 } else { 1.0 }).collect();
        let weighted = Design::new(once.len(), Some(&weights), None);
        let doubled = [TABLES[0].map(|c| 2 * c), TABLES[1], TABLES[2]];
        let value = common_odds_ratio(&weighted, &once, 3).value.expect("r");
        assert!((value - stratified::common_odds_ratio(&doubled).value.expect("r")).abs() < 1e-12);
    }
}
