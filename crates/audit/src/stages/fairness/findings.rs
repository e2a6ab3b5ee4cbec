//! Judges the `fairness` report.

use fine_table::Task;

use super::report::{Gap, LabelFairness, Proxies, Report, ValueFairness};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::judge::Measured;
use crate::policy::Policy;

/// Check of an attribute and the gap that it judges.
const CHECKS: [(&str, &str); 5] = [
    ("FAIR-PARITY-DIFFERENCE", "demographic_parity_diff"),
    ("FAIR-SELECTION-RATIO", "disparate_impact"),
    ("FAIR-OPPORTUNITY-DIFFERENCE", "equal_opportunity_diff"),
    ("FAIR-FPR-DIFFERENCE", "predictive_equality_diff"),
    ("FAIR-EQUALIZED-ODDS", "equalized_odds_diff"),
];
/// The same of an intersection.
const OF_INTERSECTIONS: [(&str, &str); 2] =
    [("FAIR-INTERSECTION-PARITY", "demographic_parity_diff"), ("FAIR-INTERSECTION-ODDS", "equalized_odds_diff")];

pub(super) fn findings(report: &Report, task: Task, policy: &Policy) -> Vec<Finding> {
    let mut out = Vec::new();
    for (a, attribute) in report.attributes.iter().enumerate() {
        let shares: Vec<(&str, f64)> = attribute.groups.iter().map(|g| (g.group.as_str(), g.share)).collect();
        let checks = if attribute.of.is_empty() { &CHECKS[..] } else { &OF_INTERSECTIONS[..] };
        for (check, id) in checks {
            if let Some((g, gap)) = attribute.gaps.iter().enumerate().find(|g| g.1.id == *id) {
                let evidence = format!("/attributes/{a}/gaps/{g}/estimate");
                out.push(judged(check, &attribute.attribute, &shares, gap, evidence, policy));
            }
        }
    }
    report.labels.iter().enumerate().for_each(|(a, attribute)| out.extend(labels(a, attribute, policy)));
    report.values.iter().enumerate().for_each(|(a, attribute)| out.extend(values(a, attribute, policy)));
    out.extend(report.proxies.iter().enumerate().map(|(a, attribute)| proxy(a, attribute, policy)));
    if task != Task::Binary {
        let none = |check: &'static str| {
            Measured::new(check, "fairness", Estimate::not_estimable(0)).without_outcome(
                policy,
                Outcome::NotApplicable,
                "not-binary",
            )
        };
        out.extend(CHECKS.iter().map(|c| none(c.0)));
    }
    out
}

/// The share affected is that of the first group of the extremes: the one with the lowest rate, or the worse one.
fn judged(
    check: &'static str,
    attribute: &str,
    shares: &[(&str, f64)],
    gap: &Gap,
    evidence: String,
    policy: &Policy,
) -> Finding {
    let first = gap.extremes.as_ref().map(|e| e[0].clone());
    let share = shares.iter().find(|s| Some(s.0) == first.as_deref()).map_or(1.0, |s| s.1);
    Measured::new(check, "fairness", gap.estimate.clone())
        .scope(Scope::Group {
            attribute: attribute.to_owned(),
            group: first,
            reference: gap.extremes.as_ref().map(|e| e[1].clone()),
        })
        .p_value(gap.p_adjusted)
        .share(share)
        .detectable(gap.detectable)
        .evidence(evidence)
        .judge(policy)
}

/// The distance of predicted classes, and the worst of the distances among rows of one true class.
fn labels(a: usize, attribute: &LabelFairness, policy: &Policy) -> Vec<Finding> {
    let shares: Vec<(&str, f64)> = attribute.groups.iter().map(|g| (g.group.as_str(), g.share)).collect();
    let judge = |check: &'static str, gap: &Gap, at: String| {
        judged(check, &attribute.attribute, &shares, gap, format!("/labels/{a}/{at}/estimate"), policy)
    };
    let distance = attribute.gaps.iter().enumerate().find(|g| g.1.id == "label_distance");
    let mut out: Vec<Finding> =
        distance.map(|(g, gap)| judge("FAIR-LABEL-DISTANCE", gap, format!("gaps/{g}"))).into_iter().collect();
    let given = attribute.given.iter().enumerate();
    let given = given.map(|(c, class)| judge("FAIR-LABEL-ERRORS", &class.gap, format!("given/{c}/gap")));
    let rank = |f: &Finding| (f.outcome, f.measured.value.unwrap_or(-1.0));
    out.extend(given.reduce(|best, next| if rank(&next) > rank(&best) { next } else { best }));
    out
}

fn values(a: usize, attribute: &ValueFairness, policy: &Policy) -> Vec<Finding> {
    let shares: Vec<(&str, f64)> = attribute.groups.iter().map(|g| (g.group.as_str(), g.share)).collect();
    let checks = [("FAIR-PREDICTION-DISTANCE", "prediction_ks"), ("FAIR-GROUP-LOSS", "group_loss_excess")];
    let found = checks.iter().filter_map(|(check, id)| {
        let (g, gap) = attribute.gaps.iter().enumerate().find(|g| g.1.id == *id)?;
        let evidence = format!("/values/{a}/gaps/{g}/estimate");
        Some(judged(check, &attribute.attribute, &shares, gap, evidence, policy))
    });
    found.collect()
}

/// How well an attribute is told from the other features concerns everybody.
fn proxy(a: usize, attribute: &Proxies, policy: &Policy) -> Finding {
    let measured = Measured::new("FAIR-PROXY", "fairness", attribute.separation.clone())
        .scope(Scope::Group { attribute: attribute.attribute.clone(), group: attribute.group.clone(), reference: None })
        .evidence(format!("/proxies/{a}/separation"));
    match attribute.reason.as_deref() {
        // Without another feature there is nothing that could stand for the attribute.
        Some("no-other-feature") => measured.without_outcome(policy, Outcome::NotApplicable, "no-other-feature"),
        Some(reason) => measured.without_outcome(policy, Outcome::Inconclusive, reason),
        None => measured.judge(policy),
    }
}
