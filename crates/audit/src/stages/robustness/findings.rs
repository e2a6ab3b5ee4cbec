//! Checks of the `robustness` stage.

use super::Robustness;
use super::report::{MaskedFeature, Report};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::stage::Stage;

pub(super) const NOISE_DROP: &str = "ROB-NOISE-DROP";
pub(super) const MISSING_DROP: &str = "ROB-MISSING-DROP";
pub(super) const SINGLE_FEATURE: &str = "ROB-SINGLE-FEATURE";

pub(super) fn judge(report: &Report, policy: &Policy) -> Vec<Finding> {
    let noise = Measured::new(NOISE_DROP, Robustness::ID, report.metric_drop.clone());
    let mut findings = vec![noise.evidence("/metric_drop").judge(policy), missing(report, policy)];
    findings.extend(single_features(report, policy));
    findings
}

/// The largest share of missing cells.
fn missing(report: &Report, policy: &Policy) -> Finding {
    let worst = report.missing.iter().enumerate().max_by(|a, b| a.1.level.total_cmp(&b.1.level));
    match worst {
        Some((i, level)) => Measured::new(MISSING_DROP, Robustness::ID, level.drop.clone())
            .evidence(format!("/missing/{i}/drop"))
            .judge(policy),
        None => {
            let reason = if report.missing_refused { "missing-refused" } else { "not-selected" };
            Measured::new(MISSING_DROP, Robustness::ID, Estimate::not_estimable(report.rows))
                .evidence("/missing_refused")
                .without_outcome(policy, Outcome::NotApplicable, reason)
        }
    }
}

/// One finding a feature that does not pass; when all pass, one for the feature with the largest drop.
fn single_features(report: &Report, policy: &Policy) -> Vec<Finding> {
    let mut all = report.masked.iter().enumerate().map(|(i, m)| single(i, m, policy)).collect::<Vec<_>>();
    let largest = (0..report.masked.len()).reduce(|a, b| {
        let drop = |i: usize| report.masked[i].drop.value.unwrap_or(f64::NEG_INFINITY);
        if drop(b) > drop(a) { b } else { a }
    });
    if all.iter().any(|f| f.outcome != Outcome::Pass) {
        all.retain(|f| f.outcome != Outcome::Pass);
        return all;
    }
    largest.map(|i| all.swap_remove(i)).into_iter().collect()
}

fn single(index: usize, masked: &MaskedFeature, policy: &Policy) -> Finding {
    Measured::new(SINGLE_FEATURE, Robustness::ID, masked.drop.clone())
        .scope(Scope::Feature { feature: masked.feature.clone() })
        .evidence(format!("/masked/{index}/drop"))
        .judge(policy)
}
