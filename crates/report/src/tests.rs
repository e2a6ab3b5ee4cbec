use std::collections::BTreeSet;

use fine_audit::policy::Policy;
use serde_json::Value;

use crate::{Catalogue, Language};

fn keys(value: &Value, prefix: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| keys(v, &format!("{prefix}.{k}"), into)),
        Value::String(text) => {
            let mut names: Vec<&str> = text.split("{{").skip(1).filter_map(|s| s.split("}}").next()).collect();
            names.sort_unstable();
            into.insert(format!("{prefix} {names:?}"));
        }
        other => panic!("{prefix} holds {other}"),
    }
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    let mut sets = Vec::new();
    for text in [include_str!("../catalogue/en.json"), include_str!("../catalogue/es.json")] {
        let mut set = BTreeSet::new();
        keys(&serde_json::from_str(text).unwrap(), "", &mut set);
        sets.push(set);
    }
    let different: Vec<_> = sets[0].symmetric_difference(&sets[1]).collect();
    assert!(different.is_empty(), "{different:#?}");
}

#[test]
fn every_check_of_the_policy_has_words_and_a_unit() {
    for language in [Language::En, Language::Es] {
        let words = Catalogue::of(language);
        for check in Policy::default().limits.keys() {
            for part in ["title", "issue", "watch", "pass", "inconclusive"] {
                assert!(words.get(&format!("checks.{check}.{part}")).is_some(), "checks.{check}.{part}");
            }
            assert!(words.get(&format!("recommendations.{check}")).is_some(), "recommendations.{check}");
        }
    }
    let units: Value = serde_json::from_str(include_str!("../catalogue/units.json")).unwrap();
    for check in Policy::default().limits.keys() {
        assert!(units.get(check).is_some(), "unit of {check}");
    }
}
