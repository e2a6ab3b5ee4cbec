//! What the `calibration` stage measures.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// Do the probabilities mean what they say?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows.
    pub n: u64,
    /// Binary: the positive class. Multiclass: each class against the rest, then `top-label`.
    pub classes: Vec<ClassCalibration>,
    /// Per protected attribute and group (binary), same measures of the positive class.
    pub groups: Vec<GroupCalibration>,
    /// Regression: per decile of the prediction.
    pub deciles: Vec<Decile>,
    /// Headline: `calibration_error` (ECE, 15 equal-mass bins; multiclass: top-label).
    pub calibration_error: Option<Estimate>,
    /// Mean over the classes of their errors in equal-mass bins (multiclass).
    pub classwise_error: Option<f64>,
    /// Adaptive calibration error (Nixon et al. 2019): mean over the classes of the plain mean gap of the equal-mass bins
    /// (multiclass).
    pub adaptive_error: Option<f64>,
    /// Headline: `brier_score`.
    pub brier_score: Option<Estimate>,
}

/// Calibration of one score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassCalibration {
    /// Class label or `top-label`.
    pub class: String,
    /// ECE in 15 equal-mass bins.
    pub ece_mass: Estimate,
    /// ECE in 15 equal-width bins.
    pub ece_width: f64,
    /// Debiased squared ECE (Kumar et al. 2019), equal-mass bins; may be slightly negative.
    pub ece2_debiased: f64,
    /// Maximum calibration error over the equal-mass bins.
    pub mce: f64,
    /// Adaptive calibration error (Nixon et al. 2019): plain mean of the gaps of the equal-mass bins.
    pub ace: f64,
    /// Brier score of the class.
    pub brier: f64,
    /// Log loss of the class, probabilities clipped at 1e-15.
    pub log_loss: f64,
    /// CORP (Dimitriadis, Gneiting, Jordan 2021): Brier = mcb - dsc + unc exactly.
    pub corp: Corp,
    /// Spiegelhalter's Z and its two-sided p-value.
    pub spiegelhalter_z: f64,
    /// p-value of Z.
    pub spiegelhalter_p: f64,
    /// Logistic recalibration `logit(y) = intercept + slope·logit(p)`: slope with interval.
    pub slope: Estimate,
    /// Its intercept with interval.
    pub intercept: Estimate,
    /// Equal-mass bins for the diagram.
    pub bins: Vec<Bin>,
    /// Number of distinct predicted probabilities.
    pub distinct_scores: u64,
}

/// Score decomposition and curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Corp {
    /// Miscalibration.
    pub mcb: f64,
    /// Discrimination.
    pub dsc: f64,
    /// Uncertainty.
    pub unc: f64,
    /// p-value of `mcb` under perfect calibration, by simulation.
    pub mcb_p: f64,
    /// Isotonic reliability curve (probability, recalibrated, lower and upper consistency band), at most 100 points.
    pub curve: Vec<[f64; 4]>,
}

/// One bin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Rows.
    pub n: u64,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Observed share with Wilson interval.
    pub observed: Estimate,
}

/// Calibration within one protected group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupCalibration {
    /// Attribute.
    pub attribute: String,
    /// Group.
    pub group: String,
    /// Rows.
    pub n: u64,
    /// mean(y - p) with interval.
    pub mean_gap: Estimate,
    /// ECE in 15 equal-mass bins; no value below 50 rows, as for all that follows.
    pub ece_mass: Estimate,
    /// Slope of the logistic recalibration.
    pub slope: Estimate,
    /// Its intercept.
    pub intercept: Estimate,
    /// Miscalibration part of the group's Brier score.
    pub mcb: Option<f64>,
    /// Brier score.
    pub brier: Option<f64>,
    /// Spiegelhalter's two-sided p-value, Benjamini-Hochberg-adjusted over the groups.
    pub spiegelhalter_p: Option<f64>,
}

/// Mean residual by decile of the prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decile {
    /// Rows.
    pub n: u64,
    /// Mean prediction.
    pub predicted: f64,
    /// Mean truth.
    pub observed: f64,
    /// Mean residual with t interval.
    pub residual: Estimate,
}
