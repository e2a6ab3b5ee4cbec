//! The metric of a task, with what each row contributes to it.

use serde::{Deserialize, Serialize};

use fine_table::Task;

use super::{Rerun, Scores};
use crate::estimate::{Estimate, IntervalMethod};
use crate::stats::normal::t_quantile;
use crate::stats::rank;

/// The metric that is watched while inputs change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Share of rows with the right label (classification).
    Accuracy,
    /// Area under the ROC curve of the positive class (binary).
    RocAuc,
    /// Coefficient of determination (regression).
    R2,
}

impl Metric {
    /// The metric asked for where it has a meaning, else accuracy for classification and R2 for regression.
    pub(crate) fn for_task(task: Task, asked: Option<Self>) -> Self {
        match (task, asked) {
            (Task::Regression, _) => Self::R2,
            (Task::Binary, Some(Self::RocAuc)) => Self::RocAuc,
            _ => Self::Accuracy,
        }
    }

    /// Id in the catalogues.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::RocAuc => "roc_auc",
            Self::R2 => "r2",
        }
    }
}

/// A metric with the influence of each row: `value = mean` of something to first order, and the variance of the value
/// is `sum(influence^2) / (n (n - 1))` (infinitesimal jackknife; for the AUC these are DeLong's structural components).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measured {
    pub(crate) value: f64,
    pub(crate) influence: Vec<f64>,
}

/// The metric of a run; `None` where it is not defined (one class only, constant truth).
pub(crate) fn measure(metric: Metric, rerun: &Rerun<'_>, scores: &Scores) -> Option<Measured> {
    let all = Rows::new(rerun, scores, (0..rerun.rows.len()).collect())?;
    match metric {
        Metric::Accuracy => Some(accuracy(&all.truth, &all.labels, &all.weights, all.total)),
        Metric::RocAuc => all.roc_auc(rerun),
        Metric::R2 => r2(&all.truth, &all.values, &all.weights, all.total),
    }
}

/// The metric of the rows at some places of a run, without a change, with the influences that stand for all rows of the run: that
/// of a row among the others is 0. R2 keeps the spread of all rows as its unit, so that rows which are alike are not blamed for
/// it. `None` where it is not defined.
pub(crate) fn measure_some(metric: Metric, rerun: &Rerun<'_>, places: &[usize]) -> Option<Measured> {
    let n = rerun.rows.len();
    let some = Rows::new(rerun, &rerun.baseline, places.to_vec())?;
    let part = match metric {
        Metric::Accuracy => accuracy(&some.truth, &some.labels, &some.weights, some.total),
        Metric::RocAuc => some.roc_auc(rerun)?,
        Metric::R2 => return r2_of_all(&Rows::new(rerun, &rerun.baseline, (0..n).collect())?, places),
    };
    let mut influence = vec![0.0; n];
    for (place, own) in places.iter().zip(part.influence) {
        influence[*place] = own * n as f64 / places.len() as f64;
    }
    Some(Measured { value: part.value, influence })
}

/// Truths, predictions and weights of some rows of a run.
struct Rows {
    truth: Vec<f64>,
    /// Scores of the positive class, or values.
    values: Vec<f64>,
    labels: Vec<u32>,
    weights: Vec<f64>,
    /// Sum of the weights.
    total: f64,
}

impl Rows {
    /// `None` when no row has a weight.
    fn new(rerun: &Rerun<'_>, scores: &Scores, places: Vec<usize>) -> Option<Self> {
        let subject = rerun.subject;
        let row = |place: &usize| rerun.rows[*place] as usize;
        let column = if subject.task == Task::Binary { subject.positive } else { 0 };
        let weights: Vec<f64> = match &subject.weights {
            Some(w) => places.iter().map(|p| w[row(p)]).collect(),
            None => vec![1.0; places.len()],
        };
        let total: f64 = weights.iter().sum();
        (total > 0.0).then(|| Self {
            truth: places.iter().map(|p| subject.target[row(p)]).collect(),
            values: places.iter().map(|p| scores.values[p * scores.width + column]).collect(),
            labels: places.iter().filter_map(|p| scores.labels.get(*p).copied()).collect(),
            weights,
            total,
        })
    }

    fn roc_auc(&self, rerun: &Rerun<'_>) -> Option<Measured> {
        let positive: Vec<bool> = self.truth.iter().map(|t| *t as usize == rerun.subject.positive).collect();
        roc_auc(&positive, &self.values, rerun.subject.weights.as_ref().map(|_| self.weights.as_slice()))
    }
}

/// `1 - L / V` of the rows at `places`, where `L` is their mean squared error and `V` the variance of the truth of all rows.
fn r2_of_all(all: &Rows, places: &[usize]) -> Option<Measured> {
    let n = all.truth.len() as f64;
    let square = |a: f64, b: f64| (a - b) * (a - b);
    let mean = all.truth.iter().zip(&all.weights).map(|(t, w)| t * w).sum::<f64>() / all.total;
    let spread = all.truth.iter().zip(&all.weights).map(|(t, w)| w * square(*t, mean)).sum::<f64>() / all.total;
    let total = places.iter().map(|p| all.weights[*p]).sum::<f64>();
    if spread <= 0.0 || total <= 0.0 {
        return None;
    }
    let of = |p: usize| square(all.truth[p], all.values[p]);
    let loss = places.iter().map(|p| all.weights[*p] * of(*p)).sum::<f64>() / total;
    let own = |p: usize| square(all.truth[p], mean) - spread;
    let mut influence: Vec<f64> =
        (0..all.truth.len()).map(|p| n * all.weights[p] / all.total * loss * own(p) / (spread * spread)).collect();
    for p in places {
        influence[*p] -= n * all.weights[*p] / total * (of(*p) - loss) / spread;
    }
    Some(Measured { value: 1.0 - loss / spread, influence })
}

fn accuracy(truth: &[f64], labels: &[u32], weights: &[f64], total: f64) -> Measured {
    let n = truth.len() as f64;
    let hits = truth.iter().zip(labels).map(|(t, l)| f64::from(u8::from(*t as u32 == *l)));
    let value = hits.clone().zip(weights).map(|(h, w)| h * w).sum::<f64>() / total;
    let influence = hits.zip(weights).map(|(h, w)| n * w / total * (h - value)).collect();
    Measured { value, influence }
}

/// `1 - SS_res / SS_tot`.
fn r2(truth: &[f64], predicted: &[f64], weights: &[f64], total: f64) -> Option<Measured> {
    let n = truth.len() as f64;
    let mean = truth.iter().zip(weights).map(|(t, w)| t * w).sum::<f64>() / total;
    let residual = |t: f64, p: f64| (t - p) * (t - p);
    let spread = truth.iter().zip(weights).map(|(t, w)| w * residual(*t, mean)).sum::<f64>() / total;
    if spread <= 0.0 {
        return None;
    }
    let loss = truth.iter().zip(predicted).zip(weights).map(|((t, p), w)| w * residual(*t, *p)).sum::<f64>() / total;
    let value = 1.0 - loss / spread;
    let influence = truth
        .iter()
        .zip(predicted)
        .zip(weights)
        .map(|((t, p), w)| n * w / total * ((1.0 - value) * residual(*t, mean) - residual(*t, *p)) / spread)
        .collect();
    Some(Measured { value, influence })
}

fn roc_auc(positive: &[bool], score: &[f64], weights: Option<&[f64]>) -> Option<Measured> {
    let auc = rank::auc(score, positive, weights)?;
    let n = score.len() as f64;
    Some(Measured { value: auc.value, influence: auc.influence.into_iter().map(|i| n * i).collect() })
}

/// Baseline minus the mean of the repeats, with a Student t interval over rows. Each row is compared with itself, so
/// that the interval is that of a paired difference; what the repeats add shows in the rows' means.
pub(crate) fn drop(baseline: &Measured, repeats: &[Measured]) -> Estimate {
    let n = baseline.influence.len();
    let count = repeats.len() as f64;
    let value = baseline.value - repeats.iter().map(|r| r.value).sum::<f64>() / count;
    let squares = (0..n)
        .map(|i| baseline.influence[i] - repeats.iter().map(|r| r.influence[i]).sum::<f64>() / count)
        .map(|d| d * d)
        .sum::<f64>();
    with_error(value, (squares / (n as f64 * (n as f64 - 1.0))).sqrt(), n)
}

fn with_error(value: f64, error: f64, n: usize) -> Estimate {
    if n < 2 || !value.is_finite() || !error.is_finite() {
        return if value.is_finite() { Estimate::plain(value, n as u64) } else { Estimate::not_estimable(n as u64) };
    }
    let half = t_quantile(n as f64 - 1.0) * error;
    Estimate::with_interval(value, value - half, value + half, n as u64, IntervalMethod::T)
}
