//! How the answers of members become one, by the formulas of scikit-learn's meta-estimators.

mod averages;
mod boosting;
mod calibration;
mod codes;
mod mapped;
mod stacking;

pub use averages::{Bag, Mean, Vote};
pub use boosting::{Boost, Boosting, Median};
pub use calibration::{Calibrated, Calibration, Calibrator, Isotonic};
pub use codes::{Codes, Pairs, Rest};
pub use mapped::{Formula, Mapped, Threshold};
pub(super) use stacking::column;
pub use stacking::{Part, Stack};

use super::{Answer, Grid};
use crate::PredictError;

fn lacking(what: &str) -> PredictError {
    PredictError::Runtime(format!("a member of the ensemble has no {what}"))
}

/// Probabilities of so many classes.
fn probability(answer: &Answer, classes: usize) -> Result<&Grid, PredictError> {
    answer.probability.as_ref().filter(|grid| grid.width == classes).ok_or_else(|| lacking("predict_proba"))
}

/// Labels of a classifier, one a row.
fn labels(answer: &Answer, rows: usize) -> Result<&[u32], PredictError> {
    if answer.labels.len() == rows { Ok(&answer.labels) } else { Err(lacking("labels")) }
}

/// Numbers of a regressor, one a row.
fn values(answer: &Answer, rows: usize) -> Result<&[f64], PredictError> {
    if answer.values.len() == rows { Ok(&answer.values) } else { Err(lacking("numbers")) }
}

/// `_predict_binary`: the number of a regressor, else the decision value, else the probability of the second class.
fn binary(answer: &Answer, rows: usize) -> Result<Vec<f64>, PredictError> {
    if answer.labels.is_empty() && answer.values.len() == rows && answer.decision.is_none() && rows > 0 {
        return Ok(answer.values.clone());
    }
    match (&answer.decision, &answer.probability) {
        (Some(grid), _) if grid.width == 1 => Ok(grid.values.clone()),
        (None, Some(grid)) if grid.width == 2 => Ok(grid.values.iter().skip(1).step_by(2).copied().collect()),
        (None, None) if answer.labels.is_empty() => Ok(answer.values.clone()),
        _ => Err(lacking("decision for two classes")),
    }
}
