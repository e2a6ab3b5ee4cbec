//! Judges the `calibration` report.

use fine_table::Task;

use super::report::Report;
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::stats::multiple::benjamini_hochberg;
use crate::subject::Subject;

/// The error of the positive class or the top label. The evidence is Spiegelhalter's test and the simulated test of
/// MCB, as one family of two.
pub(super) fn findings(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let measured = |e: Estimate| Measured::new("CAL-ERROR", "calibration", e).evidence("/calibration_error");
    if subject.task == Task::Regression {
        let none = measured(Estimate::not_estimable(report.n)).evidence("/deciles");
        return vec![none.without_outcome(policy, Outcome::NotApplicable, "regression")];
    }
    let p = report
        .classes
        .last()
        .map(|c| benjamini_hochberg(&[c.spiegelhalter_p, c.corp.mcb_p]).into_iter().fold(1.0, f64::min));
    let error = report.calibration_error.clone().unwrap_or_else(|| Estimate::not_estimable(report.n));
    vec![measured(error).p_value(p).judge(policy)]
}
