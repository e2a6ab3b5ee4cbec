//! Bias-corrected and accelerated bootstrap intervals (Efron 1987; Efron and Tibshirani 1993, chapter 14).
//!
//! [`cells`] resamples the counts of a table, which is the exact bootstrap distribution of any count metric at a cost
//! that does not depend on the rows. [`Rows`] weights rows (or whole clusters) for everything else, [`Strata`] the rows of
//! samples that are drawn by themselves.

mod cells;
mod rows;
mod strata;

pub(crate) use cells::cells;
pub(crate) use rows::Rows;
pub(crate) use strata::Strata;

use super::describe::quantile_sorted;
use super::normal::{cdf, quantile};
use crate::estimate::{Estimate, IntervalMethod};

/// Replicates of every bootstrap.
pub(crate) const REPLICATES: usize = 2000;

/// Share of replicates that may be undefined (no positive row drawn, …) before there is no interval.
const UNDEFINED: f64 = 0.05;

/// The 95 % BCa interval of one statistic. `acceleration` is the skewness term from the jackknife. Falls back to the
/// percentile interval when all replicates lie on one side of the value or the correction has no solution.
fn bca(value: f64, mut replicates: Vec<f64>, acceleration: f64, n: u64) -> Estimate {
    let drawn = replicates.len();
    replicates.retain(|r| r.is_finite());
    if !value.is_finite() {
        return Estimate::not_estimable(n);
    }
    if replicates.len() < 2 || (replicates.len() as f64) < (1.0 - UNDEFINED) * drawn as f64 {
        return Estimate::with_interval(value, f64::NAN, f64::NAN, n, IntervalMethod::Bca);
    }
    replicates.sort_by(f64::total_cmp);
    let b = replicates.len() as f64;
    // Sums of the same numbers in another order differ in the last bits; they are ties.
    let slack = 1e-12 * value.abs().max(1e-300);
    let less = replicates.partition_point(|r| *r < value - slack) as f64;
    let at_most = replicates.partition_point(|r| *r <= value + slack) as f64;
    let z0 = quantile((less + at_most) / (2.0 * b));
    let end = |p: f64| {
        let z = z0 + quantile(p);
        cdf(z0 + z / (1.0 - acceleration * z))
    };
    let (low, high) = (end(0.025), end(0.975));
    let usable = z0.is_finite() && acceleration.is_finite() && low < high && low > 0.0 && high < 1.0;
    let (low, high, method) = match usable {
        true => (low, high, IntervalMethod::Bca),
        false => (0.025, 0.975, IntervalMethod::Percentile),
    };
    Estimate::with_interval(value, quantile_sorted(&replicates, low), quantile_sorted(&replicates, high), n, method)
}

/// P-value of a statistic that is 0 when nothing differs, from replicates of it that are centred at the data: the share of
/// them at least as large, the data counted in (Davison and Hinkley 1997, section 4.4). `None` when too many replicates are
/// undefined.
pub(crate) fn share_beyond(replicates: &[f64], value: f64) -> Option<f64> {
    let drawn: Vec<f64> = replicates.iter().copied().filter(|r| r.is_finite()).collect();
    let beyond = drawn.iter().filter(|r| **r >= value - 1e-12).count();
    let enough = drawn.len() >= 2 && drawn.len() as f64 >= (1.0 - UNDEFINED) * replicates.len() as f64;
    enough.then(|| (beyond + 1) as f64 / (drawn.len() + 1) as f64)
}

/// `Σ d³ / (6 (Σ d²)^1.5)` of jackknife differences; 0 when they vanish.
fn acceleration(cubes: f64, squares: f64) -> f64 {
    if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
}
