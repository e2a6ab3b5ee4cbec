//! Metrics of regression models.

use super::challengers::{self, Challenger, UNITS};
use super::params::Params;
use super::report::{Baseline, Metric, Report, Residuals};
use crate::estimate::Estimate;
use crate::stage::{Context, StageError};
use crate::stages::Histogram;
use crate::stats::bootstrap::{REPLICATES, Rows};
use crate::stats::describe::{bin_of, mean_t, quantile_sorted, sorted};
use crate::stats::residual::{breusch_pagan, normality};
use crate::subject::Subject;

/// Bins of the residual histogram.
const BINS: usize = 30;

/// Names of the bootstrapped statistics, in order; then advantage and gain over each simple predictor.
const NAMES: [&str; 13] = [
    "mae",
    "mse",
    "rmse",
    "r2",
    "adjusted_r2",
    "mape",
    "smape",
    "median_ae",
    "explained_variance",
    "mean_residual",
    "pinball_10",
    "pinball_50",
    "pinball_90",
];

/// Rows in ascending order of |residual|, then of truth, so that the order of the file does not matter.
struct Sample {
    truth: Vec<f64>,
    predicted: Vec<f64>,
    /// Truth minus prediction.
    residual: Vec<f64>,
    weights: Option<Vec<f64>>,
    clusters: Option<Vec<u32>>,
    challengers: Vec<Challenger>,
    features: usize,
    /// Median of the truth, the best constant for absolute errors.
    median: f64,
}

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let total = REPLICATES as u64 + UNITS;
    let challengers = challengers::cross_fit(subject, 0, params, |done| ctx.tick(done, total))?;
    let s = Sample::new(subject, challengers);
    let rows = Rows {
        rows: s.truth.len(),
        weights: s.weights.as_deref(),
        clusters: s.clusters.as_deref(),
        seed: subject.seed,
        topic: "performance/rows",
    };
    let tick = |done: usize| ctx.tick(UNITS + done as u64, total);
    let estimates = rows.estimates(|w| s.statistics(w), tick)?;
    Ok(Report {
        n: subject.rows() as u64,
        weighted: s.weights.is_some(),
        metrics: s.metrics(&estimates),
        per_class: Vec::new(),
        averages: Vec::new(),
        top_k: Vec::new(),
        confusion: Vec::new(),
        curves: Vec::new(),
        thresholds: Vec::new(),
        residuals: Some(s.residuals()),
        baselines: s.baselines(&estimates),
        degradation: super::degradation::of_rmse(subject),
    })
}

impl Sample {
    /// Challengers come in the subject's row order.
    fn new(subject: &Subject, challengers: Vec<Challenger>) -> Self {
        let predicted = &subject.prediction.scores;
        let residual = |r: u32| subject.target[r as usize] - predicted[r as usize];
        let mut order: Vec<u32> = (0..subject.rows() as u32).collect();
        order.sort_by(|a, b| {
            let truth = |r: &u32| subject.target[*r as usize];
            residual(*a).abs().total_cmp(&residual(*b).abs()).then_with(|| truth(a).total_cmp(&truth(b)))
        });
        let pick = |v: &[f64]| -> Vec<f64> { order.iter().map(|r| v[*r as usize]).collect() };
        let clusters = subject.clusters();
        Self {
            truth: pick(&subject.target),
            predicted: pick(predicted),
            residual: order.iter().map(|r| residual(*r)).collect(),
            weights: subject.weights.as_deref().map(pick),
            clusters: clusters.map(|c| order.iter().map(|r| c[*r as usize]).collect()),
            challengers: challengers.into_iter().map(|c| Challenger { scores: pick(&c.scores), ..c }).collect(),
            features: subject.feature_columns.len(),
            median: quantile_sorted(&sorted(&subject.target), 0.5),
        }
    }

    /// In the order of [`NAMES`].
    fn statistics(&self, w: &[f64]) -> Vec<f64> {
        let total: f64 = w.iter().sum();
        let mean = |of: &dyn Fn(usize) -> f64| w.iter().enumerate().map(|(i, w)| w * of(i)).sum::<f64>() / total;
        let (y, r) = (&self.truth, &self.residual);
        let mse = mean(&|i| r[i] * r[i]);
        let bias = mean(&|i| r[i]);
        let centre = mean(&|i| y[i]);
        let spread = mean(&|i| (y[i] - centre) * (y[i] - centre));
        let r2 = if spread > 0.0 { 1.0 - mse / spread } else { f64::NAN };
        let units = match &self.weights {
            Some(_) => y.len() as f64,
            None => total,
        };
        let free = units - self.features as f64 - 1.0;
        let pinball = |tau: f64| mean(&|i| (tau * r[i]).max((tau - 1.0) * r[i]));
        let rmse = mse.sqrt();
        let mut out = vec![
            mean(&|i| r[i].abs()),
            mse,
            rmse,
            r2,
            if free > 0.0 { 1.0 - (1.0 - r2) * (units - 1.0) / free } else { f64::NAN },
            mean(&|i| if y[i].abs() > f64::EPSILON { (r[i] / y[i]).abs() } else { f64::NAN }),
            mean(&|i| {
                let scale = y[i].abs() + self.predicted[i].abs();
                if scale > 0.0 { 2.0 * r[i].abs() / scale } else { 0.0 }
            }),
            self.median_error(w, total),
            if spread > 0.0 { 1.0 - (mse - bias * bias) / spread } else { f64::NAN },
            bias,
            pinball(0.1),
            pinball(0.5),
            pinball(0.9),
        ];
        let mut simple = vec![spread.sqrt(), mean(&|i| (y[i] - self.median) * (y[i] - self.median)).sqrt()];
        let of = |t: &[f64]| mean(&|i| (y[i] - t[i]) * (y[i] - t[i])).sqrt();
        simple.extend(self.challengers.iter().map(|c| of(&c.scores)));
        out.extend(simple.iter().flat_map(|d| [d - rmse, (d - rmse) / d]));
        out
    }

    /// Weighted median of |residual|: rows are in its order. Halfway, the mean of the two neighbours.
    fn median_error(&self, w: &[f64], total: f64) -> f64 {
        let mut sum = 0.0;
        let mut at_half: Option<f64> = None;
        for (r, w) in self.residual.iter().zip(w).filter(|p| *p.1 > 0.0) {
            if let Some(lower) = at_half {
                return 0.5 * (lower + r.abs());
            }
            sum += w;
            if sum > 0.5 * total {
                return r.abs();
            }
            if sum == 0.5 * total {
                at_half = Some(r.abs());
            }
        }
        f64::NAN
    }

    fn metrics(&self, estimates: &[Estimate]) -> Vec<Metric> {
        let plain = self.weights.is_none() && self.clusters.is_none();
        let largest = self.residual.last().map_or(f64::NAN, |r| r.abs());
        let ids = [
            "mae",
            "mse",
            "rmse",
            "r2",
            "adjusted_r2",
            "mape",
            "smape",
            "median_ae",
            "max_error",
            "explained_variance",
            "mean_residual",
            "pinball_10",
            "pinball_50",
            "pinball_90",
        ];
        ids.map(|id| Metric {
            id: id.to_owned(),
            estimate: match id {
                "max_error" => Estimate::plain(largest, self.truth.len() as u64),
                "mean_residual" if plain => mean_t(&self.residual),
                _ => named(estimates, id),
            },
            higher_is_better: ["r2", "adjusted_r2", "explained_variance"].contains(&id),
        })
        .into()
    }

    fn baselines(&self, estimates: &[Estimate]) -> Vec<Baseline> {
        let model = named(estimates, "rmse").value;
        let challengers = self.challengers.iter().map(|c| (c.id, Some(c.fitted_rows)));
        [("mean", None), ("median", None)]
            .into_iter()
            .chain(challengers)
            .zip(estimates[NAMES.len()..].chunks_exact(2))
            .filter_map(|((id, fitted_rows), pair)| {
                let (advantage, gain_interval) = (pair[0].clone(), pair[1].clone());
                let value = advantage.value? + model?;
                let (id, metric, gain) = (id.to_owned(), "rmse".to_owned(), gain_interval.value);
                Some(Baseline { id, metric, fitted_rows, value, advantage, gain, gain_interval })
            })
            .collect()
    }

    fn residuals(&self) -> Residuals {
        let (skewness, kurtosis, normality_p) = normality(&self.residual);
        Residuals {
            histogram: histogram(&self.residual),
            by_prediction: self.deciles(),
            skewness,
            kurtosis,
            normality_p,
            heteroscedasticity_p: breusch_pagan(&self.residual, &self.predicted),
        }
    }

    /// Per decile of the prediction: mean prediction, mean residual, residual sd (n - 1), n.
    fn deciles(&self) -> Vec<[f64; 4]> {
        let predicted = sorted(&self.predicted);
        let mut edges: Vec<f64> = (1..10).map(|d| quantile_sorted(&predicted, f64::from(d) / 10.0)).collect();
        edges.dedup();
        let mut bins: Vec<Vec<usize>> = vec![Vec::new(); edges.len() + 1];
        (0..self.truth.len()).for_each(|i| bins[bin_of(&edges, self.predicted[i])].push(i));
        let row = |rows: &Vec<usize>| {
            let n = rows.len() as f64;
            let mean = |v: &[f64]| rows.iter().map(|i| v[*i]).sum::<f64>() / n;
            let bias = mean(&self.residual);
            let squares: f64 = rows.iter().map(|i| (self.residual[*i] - bias).powi(2)).sum();
            [mean(&self.predicted), bias, (squares / (n - 1.0).max(1.0)).sqrt(), n]
        };
        bins.iter().filter(|b| !b.is_empty()).map(row).collect()
    }
}

fn named(estimates: &[Estimate], name: &str) -> Estimate {
    let at = NAMES.iter().position(|n| *n == name);
    at.map_or_else(|| Estimate::not_estimable(0), |at| estimates[at].clone())
}

fn histogram(values: &[f64]) -> Histogram {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    if low >= high {
        return Histogram { edges: vec![low, high], counts: vec![values.len() as u64] };
    }
    let width = (high - low) / BINS as f64;
    let mut counts = vec![0; BINS];
    for v in values {
        counts[(((v - low) / width) as usize).min(BINS - 1)] += 1;
    }
    let mut edges: Vec<f64> = (0..BINS).map(|b| low + width * b as f64).collect();
    edges.push(high);
    Histogram { edges, counts }
}
