//! Checks of the `explain` stage.

use super::Explain;
use super::report::{FeatureImportance, Report};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope, Severity};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::stage::Stage;
use crate::subject::Subject;

pub(super) const ADDITIVITY: &str = "EXPL-ADDITIVITY";
pub(super) const PROTECTED_TOP: &str = "EXPL-PROTECTED-TOP";
pub(super) const UNUSED: &str = "EXPL-UNUSED";

pub(super) fn judge(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let rows = report.method.rows;
    let error = Measured::new(ADDITIVITY, Explain::ID, Estimate::plain(report.trust.additivity_error, rows));
    let mut findings = vec![error.evidence("/trust/additivity_error").judge(policy)];
    findings.extend(protected_top(report, subject, policy));
    findings.extend(unused(report, policy));
    findings
}

/// The place of each protected attribute among the features; those far enough down make one `pass` together.
fn protected_top(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let none = || Measured::new(PROTECTED_TOP, Explain::ID, Estimate::not_estimable(report.method.rows));
    if subject.roles.protected.is_empty() {
        return vec![none().evidence("/features").without_outcome(
            policy,
            Outcome::NotApplicable,
            "no-protected-attribute",
        )];
    }
    let ranked = report.features.iter().enumerate().filter(|(_, f)| f.protected && matters(f));
    let all = ranked.map(|(i, f)| placed(i, f, report, policy)).collect::<Vec<_>>();
    let raised = all.iter().filter(|f| f.outcome != Outcome::Pass).cloned().collect::<Vec<_>>();
    if !raised.is_empty() {
        return raised;
    }
    let best = report.features.iter().position(|f| f.protected && matters(f)).unwrap_or(report.features.len());
    let place = Estimate::plain(best as f64 + 1.0, report.method.rows);
    let mut pass = Measured::new(PROTECTED_TOP, Explain::ID, place).evidence("/features").judge(policy);
    // No protected attribute is used at all: whatever the number of features, there is nothing to decide.
    if all.is_empty() {
        pass.outcome = Outcome::Pass;
        (pass.severity, pass.severity_basis, pass.recommendation) = (Severity::Info, None, None);
    }
    vec![pass]
}

fn matters(f: &FeatureImportance) -> bool {
    f.mean_abs_shap.value.is_some_and(|v| v > 0.0)
}

fn placed(index: usize, feature: &FeatureImportance, report: &Report, policy: &Policy) -> Finding {
    Measured::new(PROTECTED_TOP, Explain::ID, Estimate::plain(index as f64 + 1.0, report.method.rows))
        .scope(Scope::Feature { feature: feature.feature.clone() })
        .evidence(format!("/features/{index}"))
        .judge(policy)
}

/// Features whose permutation interval does not exclude 0 from below: for information, or one `pass` without any.
fn unused(report: &Report, policy: &Policy) -> Vec<Finding> {
    let idle = |f: &FeatureImportance| f.permutation.low.is_some_and(|low| low <= 0.0);
    let found = report.features.iter().enumerate().filter(|(_, f)| idle(f)).map(|(i, f)| {
        let measured = Measured::new(UNUSED, Explain::ID, f.permutation.clone())
            .scope(Scope::Feature { feature: f.feature.clone() })
            .evidence(format!("/features/{i}/permutation"));
        let mut finding = measured.without_outcome(policy, Outcome::Watch, "unused");
        (finding.reason, finding.recommendation) = (None, Some(UNUSED.to_owned()));
        finding
    });
    let found = found.collect::<Vec<_>>();
    if !found.is_empty() {
        return found;
    }
    let count = Estimate::plain(0.0, report.method.permutation_rows);
    vec![Measured::new(UNUSED, Explain::ID, count).evidence("/features").judge(policy)]
}
