//! Judges the `fairness` report.

use super::report::{AttributeFairness, Gap, Report};
use crate::finding::{Finding, Scope};
use crate::judge::Measured;
use crate::policy::Policy;

/// Check and the gap that it judges.
const CHECKS: [(&str, &str); 5] = [
    ("FAIR-PARITY-DIFFERENCE", "demographic_parity_diff"),
    ("FAIR-SELECTION-RATIO", "disparate_impact"),
    ("FAIR-OPPORTUNITY-DIFFERENCE", "equal_opportunity_diff"),
    ("FAIR-FPR-DIFFERENCE", "predictive_equality_diff"),
    ("FAIR-EQUALIZED-ODDS", "equalized_odds_diff"),
];

pub(super) fn findings(report: &Report, policy: &Policy) -> Vec<Finding> {
    let mut out = Vec::new();
    for (a, attribute) in report.attributes.iter().enumerate() {
        for (check, id) in CHECKS {
            if let Some((g, gap)) = attribute.gaps.iter().enumerate().find(|g| g.1.id == id) {
                let evidence = format!("/attributes/{a}/gaps/{g}/estimate");
                out.push(judged(check, attribute, gap, evidence, policy));
            }
        }
    }
    out
}

/// The share affected is that of the group with the lowest rate.
fn judged(check: &'static str, attribute: &AttributeFairness, gap: &Gap, evidence: String, policy: &Policy) -> Finding {
    let lowest = gap.extremes.as_ref().map(|e| e[0].clone());
    let share = attribute.groups.iter().find(|g| Some(&g.group) == lowest.as_ref()).map_or(1.0, |g| g.share);
    Measured::new(check, "fairness", gap.estimate.clone())
        .scope(Scope::Group {
            attribute: attribute.attribute.clone(),
            group: lowest,
            reference: gap.extremes.as_ref().map(|e| e[1].clone()),
        })
        .p_value(gap.p_adjusted)
        .share(share)
        .detectable(gap.detectable)
        .evidence(evidence)
        .judge(policy)
}
