//! How a language model answers a question: with sentences about facts, which are verified, or by naming a function of the audit,
//! which is called and answers by itself. It never sees a row, and of the names of the data only their aliases.

use std::sync::LazyLock;

use fine_audit::finding::Predicate;
use fine_report::Language;
use fine_report::answers::topics;
use fine_report::narrative::Facts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::desk::{Desk, Draft, Sentence, sentences_schema};
use super::{Model, Question, Trouble, prompt};

/// Most sentences of an answer.
const MOST: usize = 6;
/// Most tokens of one reply.
const TOKENS: u64 = 600;
/// A name that is shorter is not looked for in a question: it would be found in other words.
const SHORTEST_NAME: usize = 3;

/// What is done about a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Verified sentences, and how many were dropped.
    Sentences(Vec<Sentence>, u64),
    /// A topic that the rules answer.
    Topic(String),
    /// The model on the rows that fulfil a condition.
    Cohort(String),
    /// Why the model says what it says of a row, from 1.
    Row(u64),
    /// The same with other cells.
    WhatIf(u64, Vec<(String, String)>),
    /// The audit beside another one: its name.
    Compare(String),
    /// It is not about the audit.
    OffTopic,
}

#[derive(Debug, Deserialize)]
struct Reply {
    kind: String,
    #[serde(default)]
    topic: Option<String>,
    #[serde(default)]
    row: Option<u64>,
    #[serde(default)]
    conditions: Vec<Condition>,
    #[serde(default)]
    sentences: Vec<Draft>,
}

/// A condition or a change: a name, how it is compared, and with what.
#[derive(Debug, Deserialize)]
struct Condition {
    name: String,
    #[serde(default)]
    operator: String,
    value: String,
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let text = || json!({ "type": "string" });
    let condition = json!({
        "type": "object",
        "properties": {
            "name": text(), "value": text(),
            "operator": { "type": "string", "enum": ["=", "!=", "<", "<=", ">", ">="] },
        },
        "required": ["name", "operator", "value"],
        "additionalProperties": false,
    });
    let topics: Vec<&str> = topics().collect();
    json!({
        "type": "object",
        "properties": {
            "kind": { "type": "string", "enum": ["sentences", "topic", "cohort", "row", "what-if", "comparison", "off-topic"] },
            "topic": { "type": ["string", "null"], "enum": topics.into_iter().map(Value::from).chain([Value::Null]).collect::<Vec<_>>() },
            "row": { "type": ["integer", "null"] },
            "conditions": { "type": "array", "items": condition },
            "sentences": sentences_schema(),
        },
        "required": ["kind", "topic", "row", "conditions", "sentences"],
        "additionalProperties": false,
    })
});

/// Asks the model what to do about a question.
///
/// # Errors
/// Why it gave no answer that can be used.
pub(crate) async fn plan(desk: Desk<'_>, question: &str) -> Result<Plan, Trouble> {
    let hidden = hide(question, desk.facts, desk.language);
    let about = Facts { facts: desk.facts.facts.clone(), ..Facts::default() };
    let (instructions, material) = (prompt::answering(desk.language), prompt::asked(&about, desk.language, &hidden));
    let question =
        Question { instructions: &instructions, material: &material, form: "answer", schema: &SCHEMA, tokens: TOKENS };
    let value = desk.model.ask(question, desk.purse).await?;
    let reply: Reply = serde_json::from_value(value).map_err(|_| Trouble::Malformed)?;
    match reply.kind.as_str() {
        "off-topic" => Ok(Plan::OffTopic),
        "topic" => {
            let topic = reply.topic.filter(|topic| topics().any(|known| known == topic));
            topic.map(Plan::Topic).ok_or(Trouble::Malformed)
        }
        "cohort" => Ok(Plan::Cohort(filter(&reply.conditions, desk).ok_or(Trouble::Malformed)?)),
        "row" => reply.row.filter(|row| *row > 0).map(Plan::Row).ok_or(Trouble::Malformed),
        "what-if" => {
            let row = reply.row.filter(|row| *row > 0).ok_or(Trouble::Malformed)?;
            let changes: Option<Vec<(String, String)>> = reply.conditions.iter().map(|c| cell(c, desk)).collect();
            let changes = changes.filter(|changes| !changes.is_empty()).ok_or(Trouble::Malformed)?;
            Ok(Plan::WhatIf(row, changes))
        }
        "comparison" => {
            let other = reply.conditions.into_iter().next().map(|c| c.value.trim().to_owned());
            other.filter(|other| !other.is_empty()).map(Plan::Compare).ok_or(Trouble::Malformed)
        }
        "sentences" => {
            let proved = desk.prove(reply.sentences.into_iter().take(MOST), question).await;
            Model::count(proved.sentences.len() as u64, proved.rejected);
            if proved.sentences.is_empty() {
                return Err(Trouble::NothingKept);
            }
            Ok(Plan::Sentences(proved.sentences, proved.rejected))
        }
        _ => Err(Trouble::Malformed),
    }
}

/// A filter in the engine's own language. A slice stands for its conditions.
fn filter(conditions: &[Condition], desk: Desk<'_>) -> Option<String> {
    let one = |c: &Condition| {
        if let Some(predicates) = desk.facts.slice(bare(&c.name)) {
            return of_slice(predicates);
        }
        let operator = ["=", "!=", "<", "<=", ">", ">="].into_iter().find(|known| *known == c.operator)?;
        let (column, value) = cell(c, desk)?;
        Some(format!("{} {operator} {}", quoted(&column), literal(&value)))
    };
    let all: Option<Vec<String>> = conditions.iter().map(one).collect();
    all.filter(|all| !all.is_empty()).map(|all| all.join(" and "))
}

/// The rows of a slice as a filter; `None` where it holds values that are too rare to be named.
fn of_slice(predicates: &[Predicate]) -> Option<String> {
    let one = |p: &Predicate| {
        let column = quoted(&p.feature);
        let ends = [p.low.map(|low| format!("{column} >= {low}")), p.high.map(|high| format!("{column} <= {high}"))];
        let range = ends.into_iter().flatten().collect::<Vec<_>>().join(" and ");
        let values = p.values.iter().map(|value| format!("{column} = {}", literal(value)));
        let missing = p.missing.then(|| format!("{column} is missing"));
        let any: Vec<String> = [range].into_iter().filter(|r| !r.is_empty()).chain(values).chain(missing).collect();
        (!p.rare && !any.is_empty()).then(|| format!("({})", any.join(" or ")))
    };
    let all: Option<Vec<String>> = predicates.iter().map(one).collect();
    all.filter(|all| !all.is_empty()).map(|all| all.join(" and "))
}

fn quoted(column: &str) -> String {
    format!("\"{}\"", column.replace('"', "\"\""))
}

fn literal(value: &str) -> String {
    let number = value.parse::<f64>().is_ok_and(f64::is_finite);
    if number { value.to_owned() } else { format!("'{}'", value.replace('\'', "''")) }
}

/// An alias without the braces of a placeholder.
fn bare(alias: &str) -> &str {
    alias.trim().trim_matches(['{', '}'])
}

/// Column and value behind aliases. A group or class stands for its value.
fn cell(condition: &Condition, desk: Desk<'_>) -> Option<(String, String)> {
    let shown = |alias: &str| desk.facts.name(bare(alias)).map(|name| name.shown(desk.language).to_owned());
    let name = bare(&condition.name);
    if !name.starts_with(['C', 'A']) || name.contains('.') {
        return None;
    }
    Some((shown(name)?, shown(&condition.value).unwrap_or_else(|| condition.value.trim().to_owned())))
}

/// The question with aliases in the place of names that are known: the rest of it is the person's own words.
fn hide(question: &str, facts: &Facts, language: Language) -> String {
    let mut names: Vec<(&str, &str)> =
        facts.names.iter().map(|name| (name.shown(language), name.alias.as_str())).collect();
    names.retain(|(shown, _)| shown.chars().count() >= SHORTEST_NAME);
    names.sort_by_key(|(shown, _)| std::cmp::Reverse(shown.len()));
    let mut out = question.to_owned();
    for (shown, alias) in names {
        out = replaced(&out, shown, &format!("{{{alias}}}"));
    }
    out
}

/// Whole words only, in any case of ASCII letters.
fn replaced(text: &str, word: &str, by: &str) -> String {
    let (low, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let (mut out, mut from) = (String::new(), 0);
    while let Some(at) = low[from..].find(&word).map(|at| from + at) {
        let end = at + word.len();
        let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '{' | '}'));
        out.push_str(&text[from..at]);
        if free(low[..at].chars().next_back()) && free(low[end..].chars().next()) {
            out.push_str(by);
        } else {
            out.push_str(&text[at..end]);
        }
        from = end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_a_filter() {
        let of = |feature: &str| Predicate { feature: feature.to_owned(), ..Predicate::default() };
        let hours = Predicate { low: Some(29.0), high: Some(40.5), ..of("hours") };
        let work =
            Predicate { values: vec!["Private".to_owned(), "it's".to_owned()], missing: true, ..of("work \"class\"") };
        let gain = Predicate { values: vec!["0".to_owned()], ..of("gain") };
        let filter = of_slice(&[hours, work, gain]).unwrap();
        let expected = "(\"hours\" >= 29 and \"hours\" <= 40.5) and (\"work \"\"class\"\"\" = 'Private' or \"work \"\"class\"\"\" = 'it''s' \
                        or \"work \"\"class\"\"\" is missing) and (\"gain\" = 0)";
        assert_eq!(filter, expected);
        fine_audit::cohort::Filter::parse(&filter).unwrap();
        assert_eq!(of_slice(&[Predicate { rare: true, values: vec!["a".to_owned()], ..of("x") }]), None);
    }

    #[test]
    fn names_are_hidden_as_whole_words() {
        assert_eq!(replaced("Is Sex important? sexes no, SEX.", "sex", "{C1}"), "Is {C1} important? sexes no, {C1}.");
        assert_eq!(replaced("edad y educación", "educación", "{C2}"), "edad y {C2}");
        assert_eq!(replaced("{C1}", "C1", "{K1}"), "{C1}");
    }
}
