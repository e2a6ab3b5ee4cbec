use serde_json::json;

use super::*;
use crate::estimate::Estimate;
use crate::finding::{Scope, Severity, SeverityBasis};

fn finding(check: &str, outcome: Outcome, severity: Severity, product: f64) -> Finding {
    Finding {
        check: check.to_owned(),
        stage: "data".to_owned(),
        outcome,
        severity,
        severity_basis: Some(SeverityBasis { effect_ratio: product, share_affected: 1.0, product }),
        scope: Scope::Global,
        measured: Estimate::plain(1.0, 10),
        limit: None,
        p_value: None,
        detectable: None,
        reason: None,
        evidence: "/stages/0/report/x".to_owned(),
        recommendation: Some(check.to_owned()),
    }
}

#[test]
fn risks_are_ranked_issues_first_then_severity_then_product() {
    let findings = vec![
        finding("A", Outcome::Watch, Severity::High, 9.0),
        finding("B", Outcome::Issue, Severity::Low, 0.1),
        finding("C", Outcome::Issue, Severity::Critical, 2.0),
        finding("D", Outcome::Pass, Severity::Info, 0.0),
        finding("E", Outcome::Issue, Severity::Critical, 5.0),
        finding("F", Outcome::Inconclusive, Severity::Info, 0.0),
        finding("G", Outcome::Watch, Severity::Info, 9.0),
    ];
    let order: Vec<&str> = ranked(&findings).iter().map(|(_, f)| f.check.as_str()).collect();
    assert_eq!(order, ["E", "C", "B", "A"]);
}

#[test]
fn the_same_advice_is_given_once_with_all_its_receipts() {
    let findings = vec![
        finding("A", Outcome::Issue, Severity::High, 1.0),
        finding("A", Outcome::Issue, Severity::High, 1.0),
        finding("B", Outcome::Watch, Severity::Low, 1.0),
    ];
    let advice = recommendations(&ranked(&findings));
    assert_eq!(advice.iter().map(|s| s.key.as_str()).collect::<Vec<_>>(), ["recommendations.A", "recommendations.B"]);
    assert_eq!(advice[0].evidence, ["/findings/0", "/stages/0/report/x", "/findings/1", "/stages/0/report/x"]);
}

#[test]
fn a_group_that_is_too_small_is_not_named_as_an_extreme() {
    let attribute = json!({ "attribute": "race", "groups": [
        { "group": "a", "small": false, "selection_rate": { "value": 0.5 } },
        { "group": "b", "small": true, "selection_rate": { "value": 0.0 } },
        { "group": "c", "small": false, "selection_rate": { "value": 0.2 } },
        { "group": "d", "small": false, "selection_rate": { "value": null } },
    ]});
    let s = summary::spread(&attribute, "/x").unwrap();
    assert_eq!(s.key, "diagnosis.fairness-large");
    assert_eq!((s.args["low_group"].as_str(), s.args["high_group"].as_str()), (Some("c"), Some("a")));
    assert_eq!(s.evidence, ["/x/groups/2/selection_rate", "/x/groups/0/selection_rate"]);
}
