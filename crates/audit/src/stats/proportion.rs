//! Proportions, their differences and ratios.

use statrs::function::factorial::ln_factorial;

use super::normal::{Z, quantile, two_sided};
use crate::estimate::{Estimate, IntervalMethod};

/// Wilson's score interval of `k` out of `n` (Wilson 1927), without continuity correction. Both may be effective
/// (weighted) counts.
pub(crate) fn wilson(k: f64, n: f64) -> (f64, f64) {
    wilson_at(k, n, Z)
}

fn wilson_at(k: f64, n: f64, z: f64) -> (f64, f64) {
    let p = k / n;
    let z2 = z * z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
    let low = if k <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if k >= n { 1.0 } else { (centre + half).min(1.0) };
    (low, high)
}

/// A share with Wilson's interval; not estimable from nothing.
pub(crate) fn share(k: u64, n: u64) -> Estimate {
    if n == 0 {
        return Estimate::not_estimable(0);
    }
    let (low, high) = wilson(k as f64, n as f64);
    Estimate::with_interval(k as f64 / n as f64, low, high, n, IntervalMethod::Wilson)
}

/// A weighted share: Wilson's interval at Kish's effective size `(Σw)² / Σw²`.
/// `hit` and `all` are sums of weights, `squares` the sum of squared weights, `n` the rows.
pub(crate) fn weighted_share(hit: f64, all: f64, squares: f64, n: u64) -> Estimate {
    if all <= 0.0 || squares <= 0.0 {
        return Estimate::not_estimable(n);
    }
    let p = (hit / all).clamp(0.0, 1.0);
    let size = all * all / squares;
    let (low, high) = wilson(p * size, size);
    Estimate::with_interval(p, low, high, n, IntervalMethod::Wilson)
}

/// Newcombe's interval of `k1/n1 - k2/n2` (method 10, square-and-add of Wilson intervals; Newcombe 1998).
pub(crate) fn newcombe(k1: u64, n1: u64, k2: u64, n2: u64) -> Estimate {
    if n1 == 0 || n2 == 0 {
        return Estimate::not_estimable(n1 + n2);
    }
    let (d, low, high) = newcombe_of(k1 as f64, n1 as f64, k2 as f64, n2 as f64);
    Estimate::with_interval(d, low, high, n1 + n2, IntervalMethod::Newcombe)
}

/// Difference and ends of [`newcombe`] for counts that may be effective ones.
pub(crate) fn newcombe_of(k1: f64, n1: f64, k2: f64, n2: f64) -> (f64, f64, f64) {
    let (p1, p2) = (k1 / n1, k2 / n2);
    let (l1, u1) = wilson(k1, n1);
    let (l2, u2) = wilson(k2, n2);
    let d = p1 - p2;
    let low = d - ((p1 - l1).powi(2) + (u2 - p2).powi(2)).sqrt();
    let high = d + ((u1 - p1).powi(2) + (p2 - l2).powi(2)).sqrt();
    (d, low, high)
}

/// The ratio `(k1/n1) / (k2/n2)` with the log interval of Katz et al. (1978). With `k1 = 0` the lower end is 0 and the
/// upper end that of `k1 = 1/2`; with `k2 = 0` there is no ratio.
pub(crate) fn log_ratio(k1: u64, n1: u64, k2: u64, n2: u64) -> Estimate {
    if n1 == 0 || n2 == 0 || k2 == 0 {
        return Estimate::not_estimable(n1 + n2);
    }
    let (n1f, n2f, k2f) = (n1 as f64, n2 as f64, k2 as f64);
    let k1f = if k1 == 0 { 0.5 } else { k1 as f64 };
    let log = (k1f / n1f).ln() - (k2f / n2f).ln();
    let half = Z * (1.0 / k1f - 1.0 / n1f + 1.0 / k2f - 1.0 / n2f).max(0.0).sqrt();
    let value = (k1 as f64 / n1f) / (k2f / n2f);
    let low = if k1 == 0 { 0.0 } else { (log - half).exp() };
    Estimate::with_interval(value, low, (log + half).exp(), n1 + n2, IntervalMethod::LogDelta)
}

/// Two-sided p-value that two proportions are equal: the pooled z-test when every expected count is at least 5, else
/// Fisher's exact test. `None` when a sample is empty.
pub(crate) fn equal_p(k1: u64, n1: u64, k2: u64, n2: u64) -> Option<f64> {
    if n1 == 0 || n2 == 0 {
        return None;
    }
    let p = (k1 + k2) as f64 / (n1 + n2) as f64;
    let least = (n1.min(n2) as f64) * p.min(1.0 - p);
    Some(if least >= 5.0 { pooled_z(k1, n1, k2, n2) } else { fisher(k1, n1 - k1, k2, n2 - k2) })
}

/// Two-sided p-value of the pooled two-proportion z-test; 1 when all or none are hits.
pub(crate) fn pooled_z(k1: u64, n1: u64, k2: u64, n2: u64) -> f64 {
    let (n1f, n2f) = (n1 as f64, n2 as f64);
    let p = (k1 + k2) as f64 / (n1f + n2f);
    let se = (p * (1.0 - p) * (1.0 / n1f + 1.0 / n2f)).sqrt();
    if se == 0.0 { 1.0 } else { two_sided((k1 as f64 / n1f - k2 as f64 / n2f) / se) }
}

/// Two-sided p-value of Fisher's exact test of the table `[[a, b], [c, d]]`: the sum of all tables of the same margins
/// that are not more probable (relative slack 1e-7, as R and SciPy).
pub(crate) fn fisher(a: u64, b: u64, c: u64, d: u64) -> f64 {
    let (row, column, n) = (a + b, a + c, a + b + c + d);
    let fixed =
        ln_factorial(row) + ln_factorial(n - row) + ln_factorial(column) + ln_factorial(n - column) - ln_factorial(n);
    let log_p = |x: u64| {
        fixed - ln_factorial(x) - ln_factorial(row - x) - ln_factorial(column - x) - ln_factorial(n + x - row - column)
    };
    let observed = log_p(a);
    let (least, most) = ((row + column).saturating_sub(n), row.min(column));
    let sum: f64 = (least..=most).map(log_p).filter(|p| *p <= observed + 1e-7).map(f64::exp).sum();
    sum.min(1.0)
}

/// One-sided lower Wilson-type bound of a rate of 1 seen `m` times, as both ends of a 95 % interval `[low, 1]`.
pub(crate) fn all_hits(m: f64) -> (f64, f64) {
    wilson_at(m, m, quantile(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_stays_inside_and_touches_the_ends_only_there() {
        assert_eq!(wilson(0.0, 10.0).0, 0.0);
        assert_eq!(wilson(10.0, 10.0).1, 1.0);
        let (low, high) = wilson(5.0, 10.0);
        assert!(low > 0.2 && high < 0.8 && (low + high - 1.0).abs() < 1e-12);
    }

    #[test]
    fn expected_counts_choose_the_test() {
        assert_eq!(equal_p(1, 5, 4, 5), Some(fisher(1, 4, 4, 1)));
        assert_eq!(equal_p(40, 100, 60, 100), Some(pooled_z(40, 100, 60, 100)));
        assert_eq!(equal_p(0, 0, 1, 2), None);
        assert_eq!(pooled_z(0, 9, 0, 9), 1.0);
    }

    #[test]
    fn a_ratio_is_group_over_reference_and_never_swapped() {
        let r = log_ratio(20, 100, 50, 100);
        assert_eq!(r.value, Some(0.4));
        assert_eq!(log_ratio(0, 100, 50, 100).low, Some(0.0));
        assert_eq!(log_ratio(1, 10, 0, 10).value, None);
    }
}
