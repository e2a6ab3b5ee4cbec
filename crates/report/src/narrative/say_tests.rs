//! What a language model is told of how things are said is what the verifier accepts.

use std::collections::BTreeSet;

use super::corpus_tests::facts_of;
use super::digest::saying;
use super::lexicon::{Guard, Lexicon};
use super::{Fact, Facts, Role, fill, forms, glossary, verify};
use crate::{Catalogue, Language};

const BOTH: [Language; 2] = [Language::En, Language::Es];
const AUDITS: [&str; 3] = ["adult", "german", "diamonds"];

/// A sentence with the parts of a fact put in; `2` marks those of a second fact.
fn placed(say: &str, fact: &Fact, mark: &str, language: Language) -> String {
    let mut text = say.to_owned();
    let mut put = |key: &str, with: &str| text = text.replace(&format!("{{{key}{mark}}}"), with);
    for role in fact.values.keys() {
        let place = if *role == Role::Value { fact.id.clone() } else { format!("{}.{}", fact.id, role.word()) };
        put(role.word(), &format!("{{{place}}}"));
    }
    let mut seen = BTreeSet::new();
    for scoped in &fact.scope {
        let part = serde_json::to_value(scoped.part).unwrap().as_str().unwrap().to_owned();
        let key = if seen.insert(part.clone()) { part } else { format!("{part}2") };
        put(&key, &format!("{{{}}}", scoped.alias));
    }
    if let Some(outcome) = fact.outcome {
        let outcome = serde_json::to_value(outcome).unwrap().as_str().unwrap().to_owned();
        put("outcome", Catalogue::of(language).word(&format!("outcomes.{outcome}")));
    }
    let watched = match (fact.watched.as_deref(), language) {
        (Some("metric.accuracy"), Language::En) => "accuracy",
        (Some("metric.accuracy"), Language::Es) => "la exactitud",
        (Some("metric.r2"), Language::En) => "R²",
        (Some("metric.r2"), Language::Es) => "el R²",
        (None, _) => return text,
        (other, _) => panic!("{other:?}"),
    };
    put("watched", watched);
    text
}

fn accepted(draft: &str, language: Language, cited: &[&str], facts: &Facts) {
    let text = fill(draft, language, facts).unwrap();
    let checked = verify(&text, language, cited, facts);
    assert!(checked.is_ok(), "{text} {:?}", checked.err());
}

#[test]
fn what_is_said_of_a_measure_is_accepted_of_every_fact() {
    for language in BOTH {
        for facts in AUDITS.map(facts_of) {
            for fact in &facts.facts {
                let say = saying(fact, language).unwrap_or_else(|| panic!("{}", fact.measure));
                accepted(&placed(say, fact, "", language), language, &[&fact.id], facts);
            }
        }
    }
}

#[test]
fn every_measure_of_the_lexicon_is_said() {
    for lexicon in BOTH.map(Lexicon::of) {
        let silent: Vec<&str> = lexicon.measures().into_iter().filter(|m| lexicon.say(m).is_empty()).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }
}

#[test]
fn both_lexicons_have_all_lists_of_words() {
    let [en, es] = BOTH.map(|language| Lexicon::of(language).guards());
    assert!(en.keys().eq(es.keys()));
    assert_eq!(en.len(), Guard::ALL);
    assert!(en.values().chain(es.values()).all(|words| !words.is_empty()));
}

#[test]
fn every_form_is_accepted() {
    let facts = facts_of("adult");
    let of = |name: &str| match name {
        "a rate and a lower one" => ("f118", Some("f117")),
        "the highest" => ("f117", None),
        "an issue" => ("f5", None),
        "a warning" => ("f22", None),
        "inconclusive" => ("f37", None),
        "passed" => ("f41", None),
        "places" => ("f91", Some("f92")),
        "falls" => ("f104", Some("f105")),
        "p-value" => ("f26", None),
        "rows" => ("f20", None),
        "slices" => ("f6", Some("f7")),
        "two measures" => ("f82", Some("f81")),
        other => panic!("no facts for the form {other:?}"),
    };
    for language in BOTH {
        for (name, form) in Lexicon::of(language).forms() {
            let (first, second) = of(name);
            let mut draft = placed(form, facts.fact(first).unwrap(), "", language);
            if let Some(second) = second {
                draft = placed(&draft, facts.fact(second).unwrap(), "2", language);
            }
            let cited: Vec<&str> = [Some(first), second].into_iter().flatten().collect();
            accepted(&draft, language, &cited, facts);
        }
        assert_eq!(forms(language).lines().count(), Lexicon::of(language).forms().len());
    }
}

#[test]
fn the_glossary_has_each_measure_once_and_what_falls() {
    let facts = facts_of("diamonds");
    let noise = facts.facts.iter().filter(|f| f.watched.is_some()).take(1).cloned().collect();
    let told = glossary(&Facts { facts: noise, ..Facts::default() }, Language::Es);
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("metric.r2: El R²"), "{told}");
    let all = glossary(facts, Language::En);
    let distinct: BTreeSet<&str> = all.lines().collect();
    assert_eq!(all.lines().count(), distinct.len());
}
