//! Checks of the `sensitivity` stage.

use super::Sensitivity;
use super::report::Report;
use crate::finding::{Finding, Outcome};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::stage::Stage;

pub(super) const FLIP_RATE: &str = "SENS-FLIP-RATE";

pub(super) fn judge(report: &Report, policy: &Policy) -> Vec<Finding> {
    let finding = match &report.label_flip_rate {
        Some(rate) => {
            Measured::new(FLIP_RATE, Sensitivity::ID, rate.clone()).evidence("/label_flip_rate").judge(policy)
        }
        None => Measured::new(FLIP_RATE, Sensitivity::ID, report.proba_shift_mean.clone())
            .evidence("/proba_shift_mean")
            .without_outcome(policy, Outcome::NotApplicable, "regression"),
    };
    vec![finding]
}
