//! Two groups and two outcomes in several strata.

use super::normal::{Z, chi2_sf};
use crate::estimate::{Estimate, IntervalMethod};

/// Hits and misses of the group, then of the reference.
pub(crate) type Table = [u64; 4];

/// A table as numbers: cells, row and column sums, all.
struct Sums {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    n: f64,
}

impl Sums {
    fn of(table: &Table) -> Self {
        let [a, b, c, d] = table.map(|v| v as f64);
        Self { a, b, c, d, n: a + b + c + d }
    }

    /// Rows of the group, and hits of both.
    fn margins(&self) -> (f64, f64) {
        (self.a + self.b, self.a + self.c)
    }
}

/// Both groups and both outcomes occur.
pub(crate) fn is_informative([a, b, c, d]: &Table) -> bool {
    a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0
}

/// The odds ratio of one table with Woolf's (1955) log interval; not estimable with an empty cell.
pub(crate) fn odds_ratio(table: &Table) -> Estimate {
    let n = table.iter().sum();
    if table.contains(&0) {
        return Estimate::not_estimable(n);
    }
    let t = Sums::of(table);
    let log = (t.a * t.d / (t.b * t.c)).ln();
    on_log_scale(log, (1.0 / t.a + 1.0 / t.b + 1.0 / t.c + 1.0 / t.d).sqrt(), n)
}

fn on_log_scale(log: f64, se: f64, n: u64) -> Estimate {
    Estimate::with_interval(log.exp(), (log - Z * se).exp(), (log + Z * se).exp(), n, IntervalMethod::LogDelta)
}

/// Common odds ratio of Mantel and Haenszel (1959) with the log interval of Robins, Breslow and Greenland (1986); not
/// estimable when either of its sums is 0. `n` counts the rows of informative strata.
pub(crate) fn common_odds_ratio(tables: &[Table]) -> Estimate {
    let informative = || tables.iter().filter(|t| is_informative(t)).map(Sums::of);
    let n = tables.iter().filter(|t| is_informative(t)).flatten().sum();
    let sum = |of: &dyn Fn(&Sums) -> f64| informative().map(|t| of(&t)).sum::<f64>();
    let r = sum(&|t| t.a * t.d / t.n);
    let s = sum(&|t| t.b * t.c / t.n);
    if r <= 0.0 || s <= 0.0 {
        return Estimate::not_estimable(n);
    }
    let alike = |t: &Sums| (t.a + t.d) / t.n;
    let first = sum(&|t| alike(t) * t.a * t.d / t.n) / (2.0 * r * r);
    let both = sum(&|t| (alike(t) * t.b * t.c + (1.0 - alike(t)) * t.a * t.d) / t.n) / (2.0 * r * s);
    let last = sum(&|t| (1.0 - alike(t)) * t.b * t.c / t.n) / (2.0 * s * s);
    on_log_scale((r / s).ln(), (first + both + last).sqrt(), n)
}

/// Cochran-Mantel-Haenszel test that the common odds ratio is 1, without continuity correction; `None` without an
/// informative stratum.
pub(crate) fn same_odds_p(tables: &[Table]) -> Option<f64> {
    let (mut apart, mut variance) = (0.0, 0.0);
    for t in tables.iter().filter(|t| is_informative(t)).map(Sums::of) {
        let (row, column) = t.margins();
        apart += t.a - row * column / t.n;
        variance += row * column * (t.n - row) * (t.n - column) / (t.n * t.n * (t.n - 1.0));
    }
    (variance > 0.0).then(|| chi2_sf(apart * apart / variance, 1.0))
}

/// Test that the odds ratio is the same in all strata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Homogeneous {
    pub(crate) statistic: f64,
    pub(crate) degrees: f64,
    pub(crate) p: f64,
}

/// Breslow and Day's (1980) statistic at the common odds ratio `ratio`, with Tarone's (1985) correction, over the
/// informative strata; `None` for fewer than two.
pub(crate) fn same_ratio(tables: &[Table], ratio: f64) -> Option<Homogeneous> {
    let informative: Vec<Sums> = tables.iter().filter(|t| is_informative(t)).map(Sums::of).collect();
    if informative.len() < 2 || !ratio.is_finite() || ratio <= 0.0 {
        return None;
    }
    let (mut statistic, mut apart, mut all) = (0.0, 0.0, 0.0);
    for t in &informative {
        let (row, column) = t.margins();
        let expected = expected(row, column, t.n, ratio);
        let parts = [expected, row - expected, column - expected, t.n - row - column + expected];
        let variance = 1.0 / parts.iter().map(|p| 1.0 / p).sum::<f64>();
        statistic += (t.a - expected).powi(2) / variance;
        apart += t.a - expected;
        all += variance;
    }
    statistic -= apart * apart / all;
    let degrees = informative.len() as f64 - 1.0;
    Some(Homogeneous { statistic, degrees, p: chi2_sf(statistic.max(0.0), degrees) })
}

/// Hits of the group that give the odds ratio `ratio` with the margins as they are: the root of
/// `x (n - row - column + x) = ratio (row - x) (column - x)` that makes all four cells positive.
fn expected(row: f64, column: f64, n: f64, ratio: f64) -> f64 {
    let a = 1.0 - ratio;
    let b = ratio * (row + column) + n - row - column;
    let c = -ratio * row * column;
    // In this form nothing cancels when the ratio is near 1.
    -2.0 * c / (b + (b * b - 4.0 * a * c).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stratum_is_the_table_itself() {
        let table = [30, 10, 20, 40];
        let (one, many) = (odds_ratio(&table), common_odds_ratio(&[table]));
        assert!((one.value.expect("r") - 6.0).abs() < 1e-12 && (many.value.expect("r") - 6.0).abs() < 1e-12);
        assert!((one.low.expect("low") - many.low.expect("low")).abs() < 1e-9);
        assert!(same_ratio(&[table], 6.0).is_none());
    }

    #[test]
    fn equal_ratios_are_the_same_and_a_reversal_is_seen() {
        let scaled = |k: u64| [30 * k, 10 * k, 20 * k, 40 * k];
        let same = same_ratio(&[scaled(1), scaled(3)], 6.0).expect("two strata");
        assert!(same.statistic.abs() < 1e-9 && same.p > 0.999);
        let turned = [scaled(1), [10, 30, 40, 20]];
        let common = common_odds_ratio(&turned).value.expect("a ratio");
        assert!(same_ratio(&turned, common).is_some_and(|t| t.p < 1e-6));
    }

    /// Simpson's paradox: no effect in either stratum, a large one without them.
    #[test]
    fn strata_take_away_what_they_explain() {
        let tables = [[80, 20, 8, 2], [2, 8, 20, 80]];
        let all = [82, 28, 28, 82];
        assert!(odds_ratio(&all).value.is_some_and(|r| r > 8.0));
        let common = common_odds_ratio(&tables);
        assert!((common.value.expect("a ratio") - 1.0).abs() < 1e-12);
        assert!(same_odds_p(&tables).is_some_and(|p| p > 0.999));
    }

    #[test]
    fn strata_without_both_groups_or_outcomes_say_nothing() {
        let tables = [[5, 0, 9, 0], [0, 0, 3, 4]];
        assert_eq!((common_odds_ratio(&tables).value, same_odds_p(&tables)), (None, None));
        let told = [[30, 10, 20, 40], tables[0], tables[1]];
        assert_eq!(common_odds_ratio(&told), common_odds_ratio(&told[..1]));
    }
}
