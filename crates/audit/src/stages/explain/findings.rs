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
pub(super) const PROXY_TOP: &str = "EXPL-PROXY-TOP";
pub(super) const UNUSED: &str = "EXPL-UNUSED";

pub(super) fn judge(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let rows = report.method.rows;
    let error = Measured::new(ADDITIVITY, Explain::ID, Estimate::plain(report.trust.additivity_error, rows));
    let mut findings = vec![error.evidence("/trust/additivity_error").judge(policy)];
    findings.extend(protected_top(report, subject, policy));
    findings.extend(proxy_top(report, subject, policy));
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

/// How strongly the features of the first places go with protected attributes. One finding a pair that is not past doubt; when
/// none is, one `pass` with the strongest.
fn proxy_top(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let none = |outcome: Outcome, reason: &str| {
        let nothing = Measured::new(PROXY_TOP, Explain::ID, Estimate::not_estimable(report.method.rows));
        vec![nothing.evidence("/proxies").without_outcome(policy, outcome, reason)]
    };
    if subject.roles.protected.is_empty() {
        return none(Outcome::NotApplicable, "no-protected-attribute");
    }
    // The first places are those that the check of the attributes themselves watches.
    let places = policy.limits.get(PROTECTED_TOP).and_then(|l| l.watch).unwrap_or(6.0) - 1.0;
    let matter = |name: &str| report.features.iter().any(|f| f.feature == name && matters(f));
    let first = report.proxies.iter().enumerate().filter(|(_, p)| p.place as f64 <= places && matter(&p.feature));
    let judge = |(i, p): (usize, &super::report::Proxy)| {
        Measured::new(PROXY_TOP, Explain::ID, p.association.clone())
            .scope(Scope::Pair { features: [p.feature.clone(), p.attribute.clone()] })
            .evidence(format!("/proxies/{i}/association"))
            .judge(policy)
    };
    let all = first.map(judge).collect::<Vec<_>>();
    let raised = all.iter().filter(|f| f.outcome != Outcome::Pass).cloned().collect::<Vec<_>>();
    match (raised.is_empty(), all.into_iter().next()) {
        (false, _) => raised,
        (true, Some(strongest)) => vec![strongest],
        (true, None) => none(Outcome::NotApplicable, "no-other-driver"),
    }
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

/// A feature is unused when shuffling it makes no measurable difference (its permutation interval does not exclude 0
/// from below) and it carries a negligible share of the attributions, which is 0 when the model never reads it. One
/// finding a feature, for the record; when none is unused, one `pass` with the smallest share.
fn unused(report: &Report, policy: &Policy) -> Vec<Finding> {
    // Effect 0: a feature too many harms nobody.
    let measured = |i: usize, f: &FeatureImportance| {
        Measured::new(UNUSED, Explain::ID, f.shap_share.clone())
            .effect(0.0)
            .evidence(format!("/features/{i}/shap_share"))
    };
    let idle = |f: &FeatureImportance| f.in_model == Some(false) || f.permutation.low.is_some_and(|low| low <= 0.0);
    let found = report
        .features
        .iter()
        .enumerate()
        .filter(|(_, f)| idle(f))
        .map(|(i, f)| measured(i, f).scope(Scope::Feature { feature: f.feature.clone() }).judge(policy));
    let found = found.filter(|f| f.outcome != Outcome::Pass).collect::<Vec<_>>();
    if !found.is_empty() {
        return found;
    }
    let mut pass: Vec<Finding> =
        report.features.iter().enumerate().next_back().map(|(i, f)| measured(i, f).judge(policy)).into_iter().collect();
    // The smallest share may be below the limit when shuffling shows that it matters all the same.
    for finding in &mut pass {
        finding.outcome = Outcome::Pass;
        (finding.severity, finding.severity_basis) = (Severity::Info, None);
        (finding.reason, finding.recommendation, finding.detectable) = (None, None, None);
    }
    pass
}
