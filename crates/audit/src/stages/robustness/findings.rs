//! Checks of the `robustness` stage.

use fine_table::Task;

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
pub(super) const SILENT: &str = "ROB-SILENT-NONSENSE";
pub(super) const OUTER_DROP: &str = "ROB-OUTER-DROP";
pub(super) const ADVERSARIAL: &str = "ROB-ADVERSARIAL";
pub(super) const CERTIFIED: &str = "ROB-CERTIFIED";

pub(super) fn judge(report: &Report, task: Task, policy: &Policy) -> Vec<Finding> {
    let noise = Measured::new(NOISE_DROP, Robustness::ID, report.metric_drop.clone());
    let mut findings = vec![noise.evidence("/metric_drop").judge(policy), missing(report, policy)];
    findings.extend(single_features(report, policy));
    let optional = |check, at: &str, estimate: Option<&Estimate>, reason: &str| {
        let estimate = estimate.cloned();
        let known = estimate.clone().unwrap_or_else(|| Estimate::not_estimable(report.rows));
        let measured = Measured::new(check, Robustness::ID, known).evidence(at);
        match estimate {
            Some(_) => measured.judge(policy),
            None => measured.without_outcome(policy, Outcome::NotApplicable, reason),
        }
    };
    findings.push(optional(SILENT, "/silent_acceptance", report.silent_acceptance.as_ref(), "no-nonsense"));
    findings.push(optional(OUTER_DROP, "/outer_drop", report.outer_drop.as_ref(), "not-estimable"));
    let numbers = report.adversarial.as_ref().and_then(|a| a.numbers.as_ref());
    let no_numbers = report.adversarial.as_ref().and_then(|a| a.numbers_reason.as_deref());
    let refused = if task == Task::Regression { "regression" } else { "not-selected" };
    let reason = report.adversarial_reason.as_deref().or(no_numbers).unwrap_or(refused);
    let stands = report.adversarial_robustness.as_ref();
    findings.push(optional(ADVERSARIAL, "/adversarial_robustness", stands, reason));
    let reason = numbers.and_then(|n| n.certificate_reason.as_deref()).unwrap_or(reason);
    findings.push(optional(CERTIFIED, "/certified_share", report.certified_share.as_ref(), reason));
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
