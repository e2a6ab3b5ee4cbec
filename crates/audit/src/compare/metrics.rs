//! Metrics of both models on the same resampled rows.

use fine_model::ScoreKind;
use fine_table::Task;

use super::report::{Change, Hits, MetricChange};
use crate::estimate::{Estimate, IntervalMethod};
use crate::stage::{Context, StageError};
use crate::stats::bootstrap::{REPLICATES, Rows};
use crate::stats::confusion::Confusion;
use crate::stats::paired::{auc_difference, mcnemar};
use crate::stats::rank::auc;
use crate::subject::Subject;

/// Metrics by id, and whether larger is better.
const CLASSIFIER: [(&str, bool); 6] = [
    ("accuracy", true),
    ("balanced_accuracy", true),
    ("precision", true),
    ("recall", true),
    ("f1", true),
    ("mcc", true),
];
const LOSSES: [(&str, bool); 2] = [("log_loss", false), ("brier", false)];
const REGRESSION: [(&str, bool); 5] =
    [("mae", false), ("mse", false), ("rmse", false), ("r2", true), ("mean_residual", false)];

/// Both models on the rows, in an order that does not depend on the file's.
pub(super) struct Pair {
    task: Task,
    classes: usize,
    positive: usize,
    seed: u64,
    truth: Vec<f64>,
    weights: Option<Vec<f64>>,
    clusters: Option<Vec<u32>>,
    old: Answers,
    new: Answers,
}

/// One model's answers; scores in the order of the old model's classes.
struct Answers {
    kind: ScoreKind,
    labels: Vec<u32>,
    /// Row-major, one column a class (regression: one).
    scores: Vec<f64>,
}

/// Log loss and Brier loss a row.
type Losses = [Vec<f64>; 2];

impl Pair {
    pub(super) fn new(old: &Subject, new: &Subject, places: &[usize]) -> Self {
        let width = old.prediction.width;
        let back = |label: u32| places.iter().position(|place| *place == label as usize).unwrap_or(0) as u32;
        let row_of = |row: usize| -> Vec<f64> {
            let own = &new.prediction.scores[row * new.prediction.width..][..new.prediction.width];
            if places.is_empty() { own.to_vec() } else { places.iter().map(|place| own[*place]).collect() }
        };
        let key = |row: usize| {
            let mut key = vec![old.target[row]];
            key.extend_from_slice(&old.prediction.scores[row * width..][..width]);
            key.extend(row_of(row));
            key.push(old.weights.as_ref().map_or(1.0, |weights| weights[row]));
            key
        };
        let keys: Vec<Vec<f64>> = (0..old.rows()).map(key).collect();
        let mut order: Vec<usize> = (0..old.rows()).collect();
        order.sort_by(|a, b| {
            let pairs = keys[*a].iter().zip(&keys[*b]).map(|(a, b)| a.total_cmp(b));
            pairs.into_iter().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let clusters = old.clusters();
        Self {
            task: old.task,
            classes: old.classes.len(),
            positive: old.positive,
            seed: old.seed,
            truth: order.iter().map(|row| old.target[*row]).collect(),
            weights: old.weights.as_ref().map(|weights| order.iter().map(|row| weights[*row]).collect()),
            clusters: clusters.map(|clusters| order.iter().map(|row| clusters[*row]).collect()),
            old: Answers {
                kind: old.prediction.kind,
                labels: order.iter().filter_map(|row| old.prediction.labels.get(*row).copied()).collect(),
                scores: order.iter().flat_map(|row| old.prediction.scores[row * width..][..width].to_vec()).collect(),
            },
            new: Answers {
                kind: new.prediction.kind,
                labels: order.iter().filter_map(|row| new.prediction.labels.get(*row).copied()).map(back).collect(),
                scores: order.iter().flat_map(|row| row_of(*row)).collect(),
            },
        }
    }

    /// Rows by which of the two gets them right, and McNemar's test; `None` for regression.
    pub(super) fn hits(&self) -> Option<Hits> {
        if self.task == Task::Regression {
            return None;
        }
        let mut counts = [0u64; 4];
        for row in 0..self.truth.len() {
            let right = |answers: &Answers| usize::from(answers.labels[row] == self.truth[row] as u32);
            counts[right(&self.old) * 2 + right(&self.new)] += 1;
        }
        let [neither, only_new, only_old, both] = counts;
        let test = mcnemar(only_old, only_new);
        Some(Hits { both, only_old, only_new, neither, p_value: test.p, exact: test.exact })
    }

    /// All metrics that both models have.
    pub(super) fn metrics(&self, hits: Option<&Hits>, ctx: &Context<'_>) -> Result<Vec<MetricChange>, StageError> {
        let losses = self.losses();
        let mut known: Vec<(&str, bool)> = match self.task {
            Task::Regression => REGRESSION.to_vec(),
            _ => CLASSIFIER.to_vec(),
        };
        if losses.is_some() {
            known.extend(LOSSES);
        }
        let of = |weights: &[f64]| {
            let (mut old, mut new) = (self.values(&self.old, weights), self.values(&self.new, weights));
            if let Some((before, after)) = &losses {
                old.extend(before.iter().map(|loss| mean(loss, weights)));
                new.extend(after.iter().map(|loss| mean(loss, weights)));
            }
            (old, new)
        };
        let rows = Rows {
            rows: self.truth.len(),
            weights: self.weights.as_deref(),
            clusters: self.clusters.as_deref(),
            seed: self.seed,
            topic: "compare/metrics",
        };
        let differences = |weights: &[f64]| {
            let (old, new) = of(weights);
            old.iter().zip(&new).map(|(old, new)| new - old).collect::<Vec<f64>>()
        };
        let estimates = rows.estimates(differences, |done| ctx.tick(done as u64, REPLICATES as u64))?;
        let ones = vec![1.0; self.truth.len()];
        let (old, new) = of(self.weights.as_deref().unwrap_or(&ones));
        // Counts of rows are what McNemar's test is about.
        let counted = self.weights.is_none() && self.clusters.is_none();
        let mut changes: Vec<MetricChange> = Vec::new();
        for (k, (id, higher_is_better)) in known.into_iter().enumerate() {
            let p_value = if id == "accuracy" && counted { hits.map(|hits| hits.p_value) } else { None };
            changes.push(metric(id, higher_is_better, (old[k], new[k]), estimates[k].clone(), p_value));
        }
        if self.task == Task::Binary {
            changes.extend(self.auc());
        }
        Ok(changes)
    }

    fn auc(&self) -> Option<MetricChange> {
        if [&self.old, &self.new].iter().any(|answers| answers.kind == ScoreKind::Label) {
            return None;
        }
        let positive: Vec<bool> = self.truth.iter().map(|truth| *truth as usize == self.positive).collect();
        let of = |answers: &Answers| {
            let scores: Vec<f64> = answers.scores.iter().skip(self.positive).step_by(self.classes).copied().collect();
            auc(&scores, &positive, self.weights.as_deref())
        };
        let (old, new) = (of(&self.old)?, of(&self.new)?);
        let (difference, p) = auc_difference(&old, &new, &positive, self.clusters.as_deref());
        Some(metric("roc_auc", true, (old.value, new.value), difference, p))
    }

    /// Log losses and Brier losses of the rows, of both models, where both have probabilities.
    fn losses(&self) -> Option<(Losses, Losses)> {
        let probable = |answers: &Answers| answers.kind == ScoreKind::Probability;
        if self.task == Task::Regression || !probable(&self.old) || !probable(&self.new) {
            return None;
        }
        let of = |answers: &Answers| {
            let rows = || answers.scores.chunks_exact(self.classes).zip(&self.truth);
            let log = |(p, truth): (&[f64], &f64)| -p[*truth as usize].clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln();
            let brier = |(p, truth): (&[f64], &f64)| {
                let squares =
                    p.iter().enumerate().map(|(k, p)| (p - f64::from(u8::from(k == *truth as usize))).powi(2));
                squares.sum::<f64>() / if self.task == Task::Binary { 2.0 } else { 1.0 }
            };
            [rows().map(log).collect(), rows().map(brier).collect()]
        };
        Some((of(&self.old), of(&self.new)))
    }

    /// [`CLASSIFIER`] or [`REGRESSION`] under weights of the rows.
    fn values(&self, answers: &Answers, weights: &[f64]) -> Vec<f64> {
        if self.task == Task::Regression {
            return self.regression(&answers.scores, weights);
        }
        let mut cells = vec![0.0; self.classes * self.classes];
        for (row, weight) in weights.iter().enumerate() {
            cells[self.truth[row] as usize * self.classes + answers.labels[row] as usize] += weight;
        }
        let counts = Confusion { cells: &cells, classes: self.classes };
        let own = match self.task {
            Task::Binary => counts.of_class(self.positive),
            _ => counts.macro_mean(),
        };
        vec![counts.accuracy(), counts.balanced_accuracy(), own.precision, own.recall, own.f1, counts.mcc()]
    }

    fn regression(&self, predicted: &[f64], weights: &[f64]) -> Vec<f64> {
        let (mut total, mut absolute, mut squares, mut residual, mut sum) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for ((truth, predicted), weight) in self.truth.iter().zip(predicted).zip(weights) {
            let error = truth - predicted;
            total += weight;
            absolute += weight * error.abs();
            squares += weight * error * error;
            residual += weight * error;
            sum += weight * truth;
        }
        let center = sum / total;
        let spread: f64 =
            self.truth.iter().zip(weights).map(|(truth, weight)| weight * (truth - center) * (truth - center)).sum();
        let mse = squares / total;
        vec![absolute / total, mse, mse.sqrt(), 1.0 - squares / spread, residual / total]
    }
}

fn mean(values: &[f64], weights: &[f64]) -> f64 {
    let (sum, total) = values.iter().zip(weights).fold((0.0, 0.0), |(s, t), (v, w)| (s + v * w, t + w));
    sum / total
}

fn metric(
    id: &str,
    higher_is_better: bool,
    (old, new): (f64, f64),
    difference: Estimate,
    p_value: Option<f64>,
) -> MetricChange {
    let finite = |value: f64| value.is_finite().then_some(value);
    let change = match (difference.low, difference.high) {
        (Some(low), Some(high)) if low > 0.0 || high < 0.0 => {
            // A mean residual is better nearer to 0, on whichever side.
            let gain = if id == "mean_residual" { old.abs() > new.abs() } else { (low > 0.0) == higher_is_better };
            if gain { Change::Better } else { Change::Worse }
        }
        _ => Change::Unclear,
    };
    // The same answers in every resample: there is no difference, exactly.
    let difference = match difference.value {
        Some(0.0) if difference.low.is_none() => {
            Estimate::with_interval(0.0, 0.0, 0.0, difference.n, IntervalMethod::Percentile)
        }
        _ => difference,
    };
    MetricChange {
        id: id.to_owned(),
        old: finite(old),
        new: finite(new),
        difference,
        p_value,
        higher_is_better,
        change,
    }
}
