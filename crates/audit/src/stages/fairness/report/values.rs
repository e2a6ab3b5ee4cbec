//! Groups of a regression.

use serde::{Deserialize, Serialize};

use super::Gap;
use crate::estimate::Estimate;

/// How predicted numbers and their errors differ between the groups of one attribute or intersection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueFairness {
    /// Column, or the joined name of an intersection.
    pub attribute: String,
    /// The columns of an intersection; empty for one attribute.
    pub of: Vec<String>,
    /// Numeric attributes are cut at these edges (quartiles), else empty.
    pub edges: Vec<f64>,
    /// Rows with an unknown value, left out of the comparison.
    pub unknown: u64,
    /// Reference group: chosen or largest.
    pub reference: String,
    /// Mean absolute error of all rows with a known value, in the unit of the target.
    pub mae: f64,
    /// Standard deviation of the predictions of all rows with a known value (divisor n - 1).
    pub prediction_sd: f64,
    /// Groups, largest first.
    pub groups: Vec<ValueGroup>,
    /// Between the two groups that are farthest apart: `prediction_ks` (largest distance of the distribution functions of
    /// the predictions), `prediction_wasserstein` (Wasserstein-1 distance over `prediction_sd`), `prediction_smd`
    /// (difference of means over the pooled standard deviation of both groups); and, highest less lowest, `residual_diff`
    /// (mean of truth less prediction), `mae_diff`, `rmse_diff` (unit of the target). `bounded_group_loss` is the largest
    /// mean absolute error of a group, `group_loss_excess` the same over that of all rows, less 1.
    pub gaps: Vec<Gap>,
    /// Mean over rows of the largest change of the prediction, in `prediction_sd`, when only this attribute is set to
    /// another of its values.
    pub flip_shift: Option<Estimate>,
    /// The same when the declared proxies change with it.
    pub proxy_flip_shift: Option<Estimate>,
}

/// Predictions and errors of one group; not estimable below 10 rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueGroup {
    /// Group value.
    pub group: String,
    /// Rows.
    pub n: u64,
    /// Share of rows with a known value.
    pub share: f64,
    /// Below 2 % of rows.
    pub small: bool,
    /// Mean prediction.
    pub prediction: Estimate,
    /// Mean truth.
    pub truth: Estimate,
    /// Mean of truth less prediction.
    pub residual: Estimate,
    /// Mean absolute error.
    pub mae: Estimate,
    /// Root mean squared error; the interval is the root of that of the mean square.
    pub rmse: Estimate,
    /// Quantiles of the predictions at 0.05, 0.25, 0.5, 0.75, 0.95; empty below 10 rows.
    pub quantiles: Vec<f64>,
}
