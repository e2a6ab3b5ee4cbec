//! What the `performance` stage measures.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;
use crate::stages::Histogram;

/// How good the predictions are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows.
    pub n: u64,
    /// Row weights were used.
    pub weighted: bool,
    /// Headline metrics with intervals: classification `accuracy balanced_accuracy precision recall f1 specificity mcc
    /// kappa roc_auc average_precision log_loss brier`; regression `mae mse rmse r2 adjusted_r2 mape smape median_ae
    /// max_error explained_variance mean_residual pinball_10 pinball_50 pinball_90`. Binary precision, recall and F1 are those of
    /// the positive class; multiclass ones are macro means.
    pub metrics: Vec<Metric>,
    /// One entry a class.
    pub per_class: Vec<ClassMetrics>,
    /// `macro`, `micro`, `weighted` means (classification).
    pub averages: Vec<Average>,
    /// Share of rows whose true class is among the k most probable: (k, share), k = 1, 2, 3, 5 below the class count.
    pub top_k: Vec<(u32, f64)>,
    /// Confusion matrix: rows truth, columns prediction, in class order.
    pub confusion: Vec<Vec<f64>>,
    /// Curves of the positive class (binary) or of each class against the rest.
    pub curves: Vec<Curves>,
    /// Threshold table of the positive class (binary), thresholds 0.05 to 0.95.
    pub thresholds: Vec<ThresholdRow>,
    /// Residual diagnostics (regression).
    pub residuals: Option<Residuals>,
    /// Simple predictors on the same rows.
    pub baselines: Vec<Baseline>,
    /// Reference data against audited data, on the main metric.
    pub degradation: Option<Degradation>,
}

/// A metric with its interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Metric id.
    pub id: String,
    /// Value and interval.
    pub estimate: Estimate,
    /// True when larger is better.
    pub higher_is_better: bool,
}

/// Metrics of one class against the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassMetrics {
    /// Class label.
    pub class: String,
    /// True rows of the class.
    pub support: u64,
    /// Precision (Wilson).
    pub precision: Estimate,
    /// Recall (Wilson).
    pub recall: Estimate,
    /// F1.
    pub f1: Estimate,
    /// Specificity (Wilson).
    pub specificity: Estimate,
    /// ROC AUC, class against rest (DeLong).
    pub roc_auc: Estimate,
    /// Average precision.
    pub average_precision: Estimate,
}

/// One way to average over classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Average {
    /// `macro`, `micro`, `weighted`.
    pub id: String,
    /// Precision.
    pub precision: f64,
    /// Recall.
    pub recall: f64,
    /// F1.
    pub f1: f64,
}

/// Curves of one class, thinned to at most 200 points each without losing corners.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// Class label.
    pub class: String,
    /// (false positive rate, true positive rate).
    pub roc: Vec<[f64; 2]>,
    /// (recall, precision).
    pub precision_recall: Vec<[f64; 2]>,
    /// (share contacted, share of positives found).
    pub gain: Vec<[f64; 2]>,
    /// (share contacted, share of positives found over share contacted).
    pub lift: Vec<[f64; 2]>,
    /// (share contacted, distance of the two class score distributions: true minus false positive rate).
    pub ks_curve: Vec<[f64; 2]>,
    /// Largest distance of the two class score distributions and the score where it occurs.
    pub ks: Option<[f64; 2]>,
}

/// What one threshold would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdRow {
    /// Positive when the score is at least this.
    pub threshold: f64,
    /// Share called positive.
    pub volume: f64,
    /// Precision, `None` when nothing is called positive.
    pub precision: Option<f64>,
    /// Recall.
    pub recall: Option<f64>,
    /// F1.
    pub f1: Option<f64>,
    /// Specificity.
    pub specificity: Option<f64>,
    /// `cost_fp·FP + cost_fn·FN` per row with the parameters' costs.
    pub cost: f64,
}

/// Residuals (truth minus prediction).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Residuals {
    /// Distribution.
    pub histogram: Histogram,
    /// Per decile of the prediction: mean prediction, mean residual, residual sd, n.
    pub by_prediction: Vec<[f64; 4]>,
    /// Skewness.
    pub skewness: f64,
    /// Excess kurtosis.
    pub kurtosis: f64,
    /// Jarque-Bera p-value.
    pub normality_p: f64,
    /// Breusch-Pagan (Koenker) p-value of heteroscedasticity on the prediction.
    pub heteroscedasticity_p: f64,
}

/// A simple predictor to beat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// `majority`, `stratified`, `mean`, `median`, `tree-depth-3`, `boosting`.
    pub id: String,
    /// The metric compared: `accuracy` and `log_loss`, or `rmse`.
    pub metric: String,
    /// Most rows that one fold of a cross-fitted predictor saw (a seeded random part of the other folds when fewer).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fitted_rows: Option<u64>,
    /// The baseline's value.
    pub value: f64,
    /// Model minus baseline in the good direction, with interval.
    pub advantage: Estimate,
    /// `(score - baseline) / (perfect - baseline)`.
    pub gain: Option<f64>,
    /// The gain with its interval.
    pub gain_interval: Estimate,
}

/// Metric on reference data against audited data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Degradation {
    /// Metric id.
    pub metric: String,
    /// On the reference data.
    pub reference: f64,
    /// On the audited data.
    pub audited: f64,
    /// Relative loss, with interval.
    pub relative_loss: Estimate,
}
