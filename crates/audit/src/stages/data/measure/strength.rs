//! Intervals of association strengths.

use fine_table::{Column, Values};

use super::super::report::Association;
use crate::estimate::{Estimate, IntervalMethod};
use crate::stats::association::{Contingency, categories, correlation_ratio};
use crate::stats::normal::Z;

/// The strength (without sign) with its 95 % interval: Fisher's z for correlations (Bonett and Wright 2000 for Spearman);
/// for the correlation ratio the standard error of R² with `levels - 1` predictors (Olkin and Finn 1995), its lower end
/// taken from the adjusted R²; for Cramér's V the delta method for `phi²`.
pub(in super::super) fn interval(association: &Association, a: &Column, b: &Column) -> Estimate {
    let (value, n) = (association.value.abs(), association.n);
    let bounds = match association.method.as_str() {
        "pearson" => fisher_z(value, n as f64, 1.0),
        "spearman" => fisher_z(value, n as f64, 1.0 + value * value / 2.0),
        "cramer-v" => cramer_bounds(a, b),
        _ => ratio_bounds(a, b),
    };
    let method = match association.method.as_str() {
        "pearson" | "spearman" => IntervalMethod::FisherZ,
        _ => IntervalMethod::Delta,
    };
    match bounds {
        Some((low, high)) => {
            Estimate::with_interval(value, low.max(0.0).min(value), high.min(1.0).max(value), n, method)
        }
        None => Estimate { value: Some(value), low: None, high: None, n, method },
    }
}

fn fisher_z(r: f64, n: f64, factor: f64) -> Option<(f64, f64)> {
    if n < 4.0 {
        return None;
    }
    let half = Z * (factor / (n - 3.0)).sqrt();
    Some(((r.atanh() - half).tanh(), (r.atanh() + half).tanh()))
}

fn cramer_bounds(a: &Column, b: &Column) -> Option<(f64, f64)> {
    let table = Contingency::of(&categories(a)?, &categories(b)?);
    let (phi2, error) = table.phi2();
    Some((table.v((phi2 - Z * error).max(0.0))?, table.v(phi2 + Z * error)?))
}

fn ratio_bounds(a: &Column, b: &Column) -> Option<(f64, f64)> {
    let (text, other) = if matches!(a.values, Values::Text { .. }) { (a, b) } else { (b, a) };
    let ratio = correlation_ratio(&categories(text)?, other.numbers()?)?;
    let (r2, n, k) = (ratio.eta * ratio.eta, ratio.n as f64, ratio.levels as f64 - 1.0);
    let free = n - k - 1.0;
    if free < 1.0 {
        return None;
    }
    let error = (4.0 * r2 * ((1.0 - r2) * free).powi(2) / ((n * n - 1.0) * (n + 3.0))).sqrt();
    let adjusted = 1.0 - (1.0 - r2) * (n - 1.0) / free;
    Some(((adjusted - Z * error).max(0.0).sqrt(), (r2 + Z * error).sqrt()))
}
