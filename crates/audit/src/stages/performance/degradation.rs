//! Reference data against audited data.

use super::report::Degradation;
use crate::estimate::{Estimate, IntervalMethod};
use crate::stats::bootstrap::{REPLICATES, Rows};
use crate::stats::describe::{quantile_sorted, sorted};
use crate::stats::proportion::log_ratio;
use crate::subject::Subject;

/// Relative loss of accuracy, rows unweighted: `1 - audited / reference` with the log interval of the ratio.
pub(super) fn of_accuracy(subject: &Subject) -> Option<Degradation> {
    let reference = subject.reference.as_ref()?;
    let hits =
        |truth: &[f64], labels: &[u32]| truth.iter().zip(labels).filter(|(t, l)| **t as u32 == **l).count() as u64;
    let truth = reference.target.as_ref()?;
    let (k1, n1) = (hits(&subject.target, &subject.prediction.labels), subject.rows() as u64);
    let (k2, n2) = (hits(truth, &reference.prediction.as_ref()?.labels), truth.len() as u64);
    let ratio = log_ratio(k1, n1, k2, n2);
    let value = ratio.value?;
    let ends = (1.0 - ratio.high?, 1.0 - ratio.low?);
    Some(Degradation {
        metric: "accuracy".to_owned(),
        reference: k2 as f64 / n2 as f64,
        audited: k1 as f64 / n1 as f64,
        relative_loss: Estimate::with_interval(1.0 - value, ends.0, ends.1, n1, IntervalMethod::LogDelta),
    })
}

/// Relative growth of the RMSE, rows unweighted: `audited / reference - 1` with a percentile interval of two
/// independent bootstraps.
pub(super) fn of_rmse(subject: &Subject) -> Option<Degradation> {
    let reference = subject.reference.as_ref()?;
    let squares = |truth: &[f64], predicted: &[f64]| -> Vec<f64> {
        truth.iter().zip(predicted).map(|(t, p)| (t - p) * (t - p)).collect()
    };
    let audited = squares(&subject.target, &subject.prediction.scores);
    let trained = squares(reference.target.as_ref()?, &reference.prediction.as_ref()?.scores);
    let rmse = |v: &[f64]| (v.iter().sum::<f64>() / v.len() as f64).sqrt();
    let (a, r) = (rmse(&audited), rmse(&trained));
    if r == 0.0 {
        return None;
    }
    let of = |v, topic| replicates(v, subject.seed, topic);
    let (draws_a, draws_r) = (of(&audited, "performance/audited"), of(&trained, "performance/reference"));
    let ratios: Vec<f64> = draws_a.iter().zip(&draws_r).map(|(a, r)| a / r - 1.0).filter(|v| v.is_finite()).collect();
    let ratios = sorted(&ratios);
    if ratios.len() < REPLICATES / 2 {
        return None;
    }
    let (low, high) = (quantile_sorted(&ratios, 0.025), quantile_sorted(&ratios, 0.975));
    let n = audited.len() as u64;
    Some(Degradation {
        metric: "rmse".to_owned(),
        reference: r,
        audited: a,
        relative_loss: Estimate::with_interval(a / r - 1.0, low, high, n, IntervalMethod::Percentile),
    })
}

fn replicates(squares: &[f64], seed: u64, topic: &str) -> Vec<f64> {
    let rows = Rows { rows: squares.len(), weights: None, clusters: None, seed, topic };
    rows.replicates(|w| {
        let (mut top, mut all) = (0.0, 0.0);
        for (s, w) in squares.iter().zip(w) {
            top += s * w;
            all += w;
        }
        (top / all).sqrt()
    })
}
