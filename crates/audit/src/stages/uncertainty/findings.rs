//! Judges the `uncertainty` report.

use fine_table::Task;

use super::report::{GroupCoverage, Report};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::subject::Subject;

pub(super) fn findings(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let Some(first) = report.methods.first() else { return Vec::new() };
    let whole = Measured::new("UNC-COVERAGE", "uncertainty", first.shortfall.clone());
    let mut out = vec![whole.p_value(first.law.p).evidence("/methods/0/shortfall").judge(policy)];
    let groups = |class: bool| -> Vec<(usize, &GroupCoverage)> {
        first.groups.iter().enumerate().filter(|g| g.1.attribute.is_none() == class).collect()
    };
    out.extend(over("UNC-GROUP-COVERAGE", groups(false), "no-protected-attribute", report, policy));
    let why = if subject.task == Task::Regression { "regression" } else { "not-estimable" };
    out.extend(over("UNC-CLASS-COVERAGE", groups(true), why, report, policy));
    out
}

/// Every group that is past the watch limit with evidence; else the one that falls short most.
fn over(
    check: &'static str,
    groups: Vec<(usize, &GroupCoverage)>,
    without: &'static str,
    report: &Report,
    policy: &Policy,
) -> Vec<Finding> {
    let judged: Vec<Finding> = groups.iter().map(|(i, g)| judge(check, *i, g, policy)).collect();
    let bad = |f: &Finding| matches!(f.outcome, Outcome::Issue | Outcome::Watch);
    if judged.iter().any(bad) {
        return judged.into_iter().filter(bad).collect();
    }
    let value = |f: &Finding| f.measured.value.unwrap_or(f64::NEG_INFINITY);
    match judged.into_iter().reduce(|a, b| if value(&b) > value(&a) { b } else { a }) {
        Some(worst) => vec![worst],
        None => {
            let none = Measured::new(check, "uncertainty", Estimate::not_estimable(report.test_rows));
            vec![none.evidence("/methods/0/groups").without_outcome(policy, Outcome::NotApplicable, without)]
        }
    }
}

fn judge(check: &'static str, index: usize, group: &GroupCoverage, policy: &Policy) -> Finding {
    let scope = match &group.attribute {
        Some(attribute) => {
            Scope::Group { attribute: attribute.clone(), group: Some(group.group.clone()), reference: None }
        }
        None => Scope::Class { class: group.group.clone() },
    };
    Measured::new(check, "uncertainty", group.shortfall.clone())
        .scope(scope)
        .p_value(group.p)
        .share(group.share)
        .evidence(format!("/methods/0/groups/{index}/shortfall"))
        .judge(policy)
}
