//! How far scores move, and how often labels flip.

use fine_table::Task;
use serde::{Deserialize, Serialize};

use super::{Rerun, Scores};
use crate::estimate::{Estimate, IntervalMethod};
use crate::stats::describe::mean_t;
use crate::stats::proportion::wilson;

/// Change of the scores of all rows over some repeats.
#[derive(Serialize, Deserialize)]
pub(crate) struct Shift {
    /// Share of (row, repeat) pairs whose label changes; `None` for regression. Wilson interval with one trial a row,
    /// which is at least as wide as that of the rows' means.
    pub(crate) flip_rate: Option<Estimate>,
    /// Mean shift, with a t interval over the rows' means.
    pub(crate) mean: Estimate,
    /// 99th percentile over rows and repeats.
    pub(crate) p99: f64,
}

/// Total variation distance between two rows of scores: half the sum of absolute differences. For two classes that is
/// the absolute change of either probability. For regression: absolute change in units of `scale`.
pub(crate) fn distance(task: Task, a: &[f64], b: &[f64], scale: f64) -> f64 {
    let sum = a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>();
    match task {
        Task::Regression => sum / scale,
        Task::Binary | Task::Multiclass => 0.5 * sum,
    }
}

/// Unit of shifts: 1, or the standard deviation of the predictions for regression (1 when that is 0).
pub(crate) fn unit(rerun: &Rerun<'_>) -> f64 {
    if rerun.subject.task != Task::Regression {
        return 1.0;
    }
    let values = &rerun.baseline.values;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    if variance > 0.0 { variance.sqrt() } else { 1.0 }
}

/// Compares repeats with the baseline.
pub(crate) fn compare(rerun: &Rerun<'_>, repeats: &[Scores]) -> Shift {
    let (task, scale) = (rerun.subject.task, unit(rerun));
    let rows = rerun.rows.len();
    let base = &rerun.baseline;
    let mut flips = 0usize;
    let mut sums = vec![0.0; rows];
    let mut all = Vec::with_capacity(rows * repeats.len());
    for scores in repeats {
        flips += base.labels.iter().zip(&scores.labels).filter(|(a, b)| a != b).count();
        for (row, sum) in sums.iter_mut().enumerate() {
            let d = distance(task, base.row(row), scores.row(row), scale);
            *sum += d;
            all.push(d);
        }
    }
    let count = repeats.len().max(1) as f64;
    sums.iter_mut().for_each(|s| *s /= count);
    let flip_rate = (task != Task::Regression).then(|| share(flips as f64 / (count * rows as f64), rows));
    Shift { flip_rate, mean: mean_t(&sums), p99: quantile(&mut all, 0.99) }
}

/// A share of `n` rows with Wilson's interval.
fn share(share: f64, n: usize) -> Estimate {
    if n == 0 {
        return Estimate::not_estimable(0);
    }
    let (low, high) = wilson(share * n as f64, n as f64);
    Estimate::with_interval(share, low, high, n as u64, IntervalMethod::Wilson)
}

/// Quantile with linear interpolation (Hyndman and Fan type 7, the default of NumPy). Reorders `values`; 0 when empty.
pub(crate) fn quantile(values: &mut [f64], p: f64) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let at = p * (values.len() - 1) as f64;
    let (_, &mut low, above) = values.select_nth_unstable_by(at as usize, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    low + (high - low) * at.fract()
}
