//! What a language model is sent, and its answer with names and numbers put in.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::fact::{Fact, Facts, Role};
use super::lexicon::Lexicon;
use crate::catalogue::{Catalogue, Language};

/// The facts as JSON lines, with aliases in place of names: not one byte of it comes from the data's words, so that nothing
/// that stands in a column name or a category can speak to the model.
pub fn digest(facts: &Facts) -> String {
    let mut out = String::new();
    for fact in &facts.facts {
        let _ = writeln!(out, "{}", line(fact));
    }
    out
}

/// How the measures of the facts are said in a language: `measure: sentence`, where the keys of a fact's line stand in braces for
/// what is put there. The verifier accepts each of these sentences.
pub fn glossary(facts: &Facts, language: Language) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut add = |measure: &str, say: Option<&str>| {
        let line = say.map(|say| format!("{measure}: {say}\n"));
        out.extend(line.filter(|line| !out.contains(line)));
    };
    for fact in &facts.facts {
        add(&fact.measure, saying(fact, language));
        if let Some(watched) = &fact.watched {
            add(watched, Lexicon::of(language).say(watched).first().map(String::as_str));
        }
    }
    out.concat()
}

/// Sentences of all forms (comparisons, limits, outcomes, places, intervals) that the verifier accepts, one a line; `2` marks what
/// is of a second fact.
pub fn forms(language: Language) -> String {
    Lexicon::of(language).forms().values().map(|form| format!("- {form}\n")).collect()
}

/// The fullest sentence about the measure of a fact for which the fact has all parts.
pub(super) fn saying(fact: &Fact, language: Language) -> Option<&'static str> {
    let line = line(fact);
    let has = |say: &&String| {
        let parts = say.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(key, _)| key);
        parts.into_iter().all(|key| line.get(key).is_some())
    };
    Lexicon::of(language).say(&fact.measure).iter().find(has).map(String::as_str)
}

fn line(fact: &Fact) -> Value {
    let mut map = Map::new();
    map.insert("id".to_owned(), fact.id.as_str().into());
    map.insert("area".to_owned(), json!(fact.area));
    map.insert("measure".to_owned(), fact.measure.as_str().into());
    let optional = [
        ("outcome", fact.outcome.map(|o| json!(o))),
        ("severity", fact.severity.map(|s| json!(s))),
        ("better", fact.better.map(|s| json!(s))),
        ("place", fact.place.map(|p| json!([p.high, p.of]))),
        ("watched", fact.watched.as_ref().map(|w| json!(w))),
    ];
    for (key, value) in optional {
        map.extend(value.map(|v| (key.to_owned(), v)));
    }
    for scoped in &fact.scope {
        let key = json!(scoped.part).as_str().unwrap_or_default().to_owned();
        let key = if map.contains_key(&key) { format!("{key}2") } else { key };
        map.insert(key, scoped.alias.as_str().into());
    }
    map.insert("unit".to_owned(), json!(fact.unit));
    for (role, value) in &fact.values {
        map.insert(role.word().to_owned(), short(*value));
    }
    Value::Object(map)
}

/// Six significant digits are enough to write about a number; the sentence gets the number itself.
fn short(value: f64) -> Value {
    format!("{value:.5e}").parse::<f64>().map_or(Value::Null, |v| json!(v))
}

/// Why an answer could not be filled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// A placeholder that stands for nothing.
    #[error("the placeholder {0:?} stands for no fact, value or name")]
    Placeholder(String),
}

/// Puts names and values into a sentence: `{f12}` and `{f12.low}` become the value as Fine writes it, `{f12.outcome}` the word for
/// it, `{A1.G2}` and a bare `A1.G2` the quoted name, and a class is called one. It is done in one pass, so that a name that looks
/// like a placeholder stays a name.
///
/// # Errors
///
/// A placeholder that stands for nothing.
pub fn fill(answer: &str, language: Language, facts: &Facts) -> Result<String, FillError> {
    let mut out = String::new();
    let mut rest = answer;
    while let Some(c) = rest.chars().next() {
        if c == '{' {
            let end = rest.find('}').ok_or_else(|| FillError::Placeholder(clip(rest)))?;
            let inside = &rest[1..end];
            let text = placed(inside, language, facts).ok_or_else(|| FillError::Placeholder(clip(inside)))?;
            out.push_str(class_before(&out, inside, language));
            // `p = < 0.001` is written `p < 0.001`.
            if text.starts_with("< ") && out.ends_with("= ") {
                out.truncate(out.len() - 2);
            }
            out.push_str(&text);
            rest = &rest[end + 1..];
        } else if c.is_alphanumeric() {
            let word = rest.split(|c: char| !c.is_alphanumeric() && c != '.').next().unwrap_or(rest);
            let word = word.trim_end_matches('.');
            let word = if facts.name(word).is_some() || !word.contains('.') {
                word
            } else {
                word.split('.').next().unwrap_or(word)
            };
            match facts.name(word) {
                Some(name) => {
                    out.push_str(class_before(&out, word, language));
                    out.push_str(&name.quoted(language));
                }
                None => out.push_str(word),
            }
            rest = &rest[word.len()..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Ok(out)
}

/// The noun before a class where none stands: classes are often called `0` and `1`.
fn class_before(before: &str, alias: &str, language: Language) -> &'static str {
    let class = alias.strip_prefix('K').is_some_and(|n| n.parse::<u32>().is_ok());
    let mut words = before.split_whitespace().rev();
    let last = words.next().map(str::to_lowercase).unwrap_or_default();
    let said = ["class", "classes", "clase", "clases"].iter().any(|w| last == *w);
    if !class || said || (!before.is_empty() && !before.ends_with([' ', '('])) {
        return "";
    }
    match (language, before.trim().is_empty(), last.as_str()) {
        (Language::En, true, _) => "Class ",
        (Language::En, false, _) => "class ",
        (Language::Es, true, _) => "La clase ",
        (Language::Es, false, "la") => "clase ",
        (Language::Es, false, "del" | "el" | "al") => "",
        (Language::Es, false, _) => "la clase ",
    }
}

fn placed(inside: &str, language: Language, facts: &Facts) -> Option<String> {
    if let Some(name) = facts.name(inside) {
        return Some(name.quoted(language));
    }
    let (id, role) = inside.split_once('.').unwrap_or((inside, "value"));
    let (fact, words) = (facts.fact(id)?, Catalogue::of(language));
    let word = |kind: &str, id: Value| Some(words.get(&format!("{kind}.{}", id.as_str()?))?.to_owned());
    match role {
        "outcome" => word("outcomes", json!(fact.outcome?)),
        "severity" => word("severities", json!(fact.severity?)),
        role => fact.shown(Role::from_word(role)?, words),
    }
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}
