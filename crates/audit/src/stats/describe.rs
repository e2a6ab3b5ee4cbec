//! Means, spreads and quantiles.

use super::normal::t_quantile;
use crate::estimate::{Estimate, IntervalMethod};

/// Sum of `w v` over sum of `w`.
pub(crate) fn weighted_mean(values: &[f64], weights: Option<&[f64]>) -> f64 {
    match weights {
        None => values.iter().sum::<f64>() / values.len() as f64,
        Some(w) => values.iter().zip(w).map(|(v, w)| v * w).sum::<f64>() / w.iter().sum::<f64>(),
    }
}

/// The mean with its t interval (`n - 1` degrees of freedom); no interval below 2 rows.
pub(crate) fn mean_t(values: &[f64]) -> Estimate {
    let n = values.len();
    if n == 0 {
        return Estimate::not_estimable(0);
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    if n < 2 {
        return Estimate::with_interval(mean, f64::NAN, f64::NAN, n as u64, IntervalMethod::T);
    }
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1) as f64;
    let half = t_quantile((n - 1) as f64) * (variance / n as f64).sqrt();
    Estimate::with_interval(mean, mean - half, mean + half, n as u64, IntervalMethod::T)
}

/// The `q` quantile of ascending values by linear interpolation (type 7, NumPy's default).
pub(crate) fn quantile_sorted(sorted: &[f64], q: f64) -> f64 {
    let last = sorted.len() - 1;
    let at = q * last as f64;
    let low = (at.floor() as usize).min(last);
    let high = (low + 1).min(last);
    sorted[low] + (at - low as f64) * (sorted[high] - sorted[low])
}

/// The least of ascending values up to which a share `q` of the weight lies (NumPy's `inverted_cdf` with weights).
pub(crate) fn weighted_quantile(sorted: &[f64], weights: &[f64], q: f64) -> f64 {
    let wanted = q * weights.iter().sum::<f64>();
    let mut below = 0.0;
    let found = weights.iter().position(|w| {
        below += w;
        *w > 0.0 && below >= wanted - 1e-12 * wanted
    });
    sorted[found.unwrap_or(sorted.len() - 1)]
}

/// The same for finite values of any size: where the distance of two neighbours is beyond `f64`, between them without taking it.
pub(crate) fn quantile_finite(sorted: &[f64], q: f64) -> f64 {
    let value = quantile_sorted(sorted, q);
    if value.is_finite() {
        return value;
    }
    let at = q * (sorted.len() - 1) as f64;
    let (low, part) = (at.floor() as usize, at.fract());
    sorted[low] * (1.0 - part) + sorted[(low + 1).min(sorted.len() - 1)] * part
}

/// Ascending copy.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// Bin of each value among inner edges, `edges[b-1] < v <= edges[b]` (`numpy.searchsorted`, side left).
pub(crate) fn bin_of(inner_edges: &[f64], value: f64) -> usize {
    inner_edges.partition_point(|e| *e < value)
}
