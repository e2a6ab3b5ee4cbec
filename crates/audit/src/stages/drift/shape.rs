//! Bars of equal width for the eye.

use super::report::Shape;
use crate::stats::describe::{quantile_finite, sorted};
use crate::stats::distance::Numbers;

/// Part of the numbers beyond each end of the drawing.
const BEYOND: f64 = 0.005;

/// Shares of both tables in bars between the 0.5 % and the 99.5 % quantile of all finite numbers; what lies beyond is in the
/// outer bars. Whole numbers get bars of whole width. `None` without numbers.
pub(super) fn shape(numbers: &[Numbers; 2], bars: usize) -> Option<Shape> {
    let finite: Vec<f64> = numbers.iter().flat_map(Numbers::values).filter(|v| v.is_finite()).collect();
    if finite.is_empty() {
        return None;
    }
    let finite = sorted(&finite);
    let (low, high) = (quantile_finite(&finite, BEYOND), quantile_finite(&finite, 1.0 - BEYOND));
    let edges = edges(low, high, bars.max(1), finite.iter().all(|v| v.fract() == 0.0));
    if edges.iter().any(|e| !e.is_finite()) {
        return None;
    }
    let [reference, audited] = numbers.each_ref().map(|n| n.shares(&edges));
    Some(Shape { edges, reference, audited })
}

fn edges(low: f64, high: f64, bars: usize, whole: bool) -> Vec<f64> {
    if whole && high - low < 1e9 {
        let (low, high) = (low.floor(), high.ceil());
        let width = ((high - low + 1.0) / bars as f64).ceil().max(1.0);
        let count = ((high - low + 1.0) / width).ceil() as usize;
        return (0..=count).map(|i| low - 0.5 + width * i as f64).collect();
    }
    let (low, high) = if low < high { (low, high) } else { (low - 0.5, high + 0.5) };
    (0..=bars).map(|i| low + (high - low) * (i as f64 / bars as f64)).collect()
}
