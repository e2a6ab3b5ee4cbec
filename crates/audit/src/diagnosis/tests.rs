use serde_json::json;

use super::*;
use crate::estimate::Estimate;
use crate::finding::{Severity, SeverityBasis};
use crate::result::StageStatus;
use crate::stage::Cost;

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
    let report = json!({ "attributes": [{ "attribute": "race", "groups": [
        { "group": "a", "small": false, "selection_rate": { "value": 0.5 } },
        { "group": "b", "small": true, "selection_rate": { "value": 0.0 } },
        { "group": "c", "small": false, "selection_rate": { "value": 0.2 } },
        { "group": "d", "small": false, "selection_rate": { "value": null } },
    ]}, { "attribute": "race and sex", "of": ["race", "sex"], "groups": [] }]});
    let stage = StageRecord {
        id: "fairness".to_owned(),
        version: 1,
        status: StageStatus::Done,
        cost: Cost::default(),
        params: json!({}),
        report: Some(report),
    };
    let rule = RULES.summary.iter().find(|rule| rule.says == "diagnosis.fairness").unwrap();
    let said = summary::of_report(rule, &[stage]);
    assert_eq!(said.len(), 1, "not of the intersection");
    let s = &said[0];
    assert_eq!(s.key, "diagnosis.fairness-large");
    assert_eq!((s.args["low_group"].as_str(), s.args["high_group"].as_str()), (Some("c"), Some("a")));
    assert_eq!((s.args["lowest"].as_f64(), s.args["attribute"].as_str()), (Some(0.2), Some("race")));
    let at = "/stages/0/report/attributes/0/groups";
    assert_eq!(s.evidence, [format!("{at}/2/selection_rate"), format!("{at}/0/selection_rate")]);
}

#[test]
fn within_a_severity_the_share_of_rows_decides_and_then_the_effect() {
    let with = |check: &str, effect_ratio: f64, share_affected: f64| Finding {
        severity_basis: Some(SeverityBasis { effect_ratio, share_affected, product: effect_ratio * share_affected }),
        ..finding(check, Outcome::Issue, Severity::High, 0.0)
    };
    let findings = vec![with("A", 9.0, 0.1), with("B", 2.0, 0.5), with("C", 3.0, 0.5)];
    let order: Vec<&str> = ranked(&findings).iter().map(|(_, f)| f.check.as_str()).collect();
    assert_eq!(order, ["C", "B", "A"]);
}

#[test]
fn features_that_drifted_by_several_measures_get_one_advice() {
    let of = |check: &str| Finding {
        scope: Scope::Feature { feature: "age".to_owned() },
        ..finding(check, Outcome::Issue, Severity::High, 1.0)
    };
    let findings = vec![of("DRIFT-PSI"), of("DRIFT-KS")];
    let advice = recommendations(&ranked(&findings));
    assert_eq!(advice.len(), 1);
    assert_eq!((advice[0].key.as_str(), advice[0].evidence.len()), ("recommendations.DRIFT-PSI", 4));
}

#[test]
fn advice_about_many_is_given_once_and_says_of_how_many() {
    let of = |feature: &str, product: f64| Finding {
        scope: Scope::Feature { feature: feature.to_owned() },
        ..finding("DRIFT-PSI", Outcome::Issue, Severity::High, product)
    };
    let findings = vec![of("age", 1.0), of("income", 3.0), of("debt", 2.0), of("income", 1.0)];
    let advice = recommendations(&ranked(&findings));
    assert_eq!(advice.len(), 1);
    assert_eq!(advice[0].scope, Some(Scope::Feature { feature: "income".to_owned() }));
    assert_eq!((&advice[0].args["more"], advice[0].evidence.len()), (&json!(2), 8));
}

#[test]
fn every_check_of_the_policy_has_a_rule_and_every_rule_a_source() {
    let policy = crate::policy::Policy::default();
    let ruled: Vec<&String> = RULES.checks.keys().collect();
    let limited: Vec<&String> = policy.limits.keys().collect();
    let missing: Vec<&&String> = limited.iter().filter(|check| !ruled.contains(check)).collect();
    assert!(missing.is_empty(), "no rule for {missing:?}");
    for (check, rule) in &RULES.checks {
        assert!(rule.source.len() > 10 && rule.says == format!("checks.{check}"), "{check}");
    }
    assert!(RULES.summary.iter().all(|rule| rule.source.len() > 10));
}
