//! Judges the `slices` report.

use super::report::{Report, Slice};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::judge::Measured;
use crate::policy::Policy;

const CHECK: &str = "SLICE-LOSS";

/// Every confirmed slice that is past a limit. Without one, the tested slice that could be worst by its interval: a pass
/// when even that is on the good side, else not settled.
pub(super) fn findings(report: &Report, policy: &Policy) -> Vec<Finding> {
    let confirmed = report.slices.iter().enumerate().filter(|s| s.1.confirmed);
    let judged = confirmed.map(|(i, s)| measured(i, s).p_value(s.q).judge(policy));
    let bad: Vec<Finding> = judged.filter(|f| matches!(f.outcome, Outcome::Issue | Outcome::Watch)).collect();
    if !bad.is_empty() {
        return bad;
    }
    let none = || Measured::new(CHECK, "slices", Estimate::not_estimable(report.confirmation_rows)).evidence("/slices");
    if report.mean_loss.value == Some(0.0) {
        return vec![none().without_outcome(policy, Outcome::NotApplicable, "no-loss")];
    }
    let high = |s: &Slice| s.relative.high.unwrap_or(f64::NEG_INFINITY);
    let worst = report.slices.iter().enumerate().reduce(|a, b| if high(b.1) > high(a.1) { b } else { a });
    let Some((i, slice)) = worst else {
        return vec![none().without_outcome(policy, Outcome::Inconclusive, "no-candidate")];
    };
    let finding = measured(i, slice).judge(policy);
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable => vec![finding],
        _ => vec![measured(i, slice).without_outcome(policy, Outcome::Inconclusive, "not-confirmed")],
    }
}

fn measured(index: usize, slice: &Slice) -> Measured {
    Measured::new(CHECK, "slices", slice.relative.clone())
        .scope(Scope::Slice { predicates: slice.predicates.clone() })
        .share(slice.share)
        .evidence(format!("/slices/{index}/relative"))
}
