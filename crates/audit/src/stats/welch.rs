//! Two means of unequal variances.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::normal::{Z, t_quantile, two_sided};
use crate::estimate::{Estimate, IntervalMethod};

/// Size, mean and variance (divisor n - 1) of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moments {
    pub(crate) n: u64,
    pub(crate) mean: f64,
    pub(crate) variance: f64,
}

impl Moments {
    pub(crate) fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
        Self { n: values.len() as u64, mean, variance }
    }

    /// Squared standard error of the mean.
    fn se2(&self) -> f64 {
        self.variance / self.n as f64
    }
}

/// Two-sided p-value of Student's t.
pub(crate) fn t_two_sided(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or_else(|_| two_sided(t), |d| (2.0 * d.sf(t.abs())).min(1.0))
}

/// `a - b` with Welch's (1947) interval and two-sided p-value, degrees of freedom by Satterthwaite; neither when a sample
/// has fewer than 2 values or both are constant.
pub(crate) fn difference(a: &Moments, b: &Moments) -> (Estimate, Option<f64>) {
    let (d, n) = (a.mean - b.mean, a.n + b.n);
    let se2 = a.se2() + b.se2();
    if a.n < 2 || b.n < 2 || se2 <= 0.0 {
        return (Estimate::with_interval(d, f64::NAN, f64::NAN, n, IntervalMethod::T), None);
    }
    let df = se2 * se2 / (a.se2().powi(2) / (a.n - 1) as f64 + b.se2().powi(2) / (b.n - 1) as f64);
    let half = t_quantile(df) * se2.sqrt();
    let p = t_two_sided(d / se2.sqrt(), df);
    (Estimate::with_interval(d, d - half, d + half, n, IntervalMethod::T), Some(p))
}

/// `a / b - 1` of positive means, normal on the log scale by the delta method.
pub(crate) fn relative(a: &Moments, b: &Moments) -> Estimate {
    let se = (a.se2() / (a.mean * a.mean) + b.se2() / (b.mean * b.mean)).sqrt();
    on_log_scale(a.mean, b.mean, se, a.n + b.n)
}

/// `a / b - 1` with the standard error of its logarithm.
pub(crate) fn on_log_scale(a: f64, b: f64, se: f64, n: u64) -> Estimate {
    if a <= 0.0 || b <= 0.0 {
        return Estimate::not_estimable(n);
    }
    let log = (a / b).ln();
    let ends = [log - Z * se, log + Z * se].map(|e| e.exp() - 1.0);
    Estimate::with_interval(a / b - 1.0, ends[0], ends[1], n, IntervalMethod::LogDelta)
}
