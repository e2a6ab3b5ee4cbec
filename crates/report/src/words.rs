//! Findings and statements as sentences.

use fine_audit::finding::{Finding, Outcome, Predicate, Scope};
use fine_audit::result::{AuditResult, StageStatus, Statement};
use serde_json::Value;

use crate::catalogue::Catalogue;
use crate::figures::{bound, grouped, in_unit, measured};

/// The title of a finding's check.
pub fn finding_title<'a>(finding: &'a Finding, words: &'a Catalogue) -> &'a str {
    words.get(&format!("checks.{}.title", finding.check)).unwrap_or(&finding.check)
}

/// A finding in one sentence.
pub fn finding_sentence(finding: &Finding, words: &Catalogue) -> String {
    let reason = finding.reason.as_deref().map(|r| words.word(&format!("reasons.{r}")).to_owned());
    let outcome = match finding.outcome {
        Outcome::Pass => "pass",
        Outcome::Watch => "watch",
        Outcome::Issue => "issue",
        Outcome::Inconclusive => "inconclusive",
        Outcome::NotApplicable | Outcome::Errored => {
            return reason.unwrap_or_else(|| words.word(outcome_key(finding.outcome)).to_owned());
        }
    };
    if finding.outcome == Outcome::Inconclusive && finding.measured.value.is_none() {
        let reason = reason.unwrap_or_else(|| words.word("reasons.not-estimable").to_owned());
        let args = [("reason", reason), ("n", grouped(finding.measured.n))];
        return words.fill(words.word("phrases.undecided"), &args);
    }
    let sentence = words.get(&format!("checks.{}.{outcome}", finding.check)).unwrap_or("{{measured}}");
    let sentence = words.fill(sentence, &arguments(finding, words));
    match finding.detectable.filter(|_| finding.outcome == Outcome::Inconclusive) {
        Some(effect) => format!("{sentence} {}", detectable(effect, finding, words)),
        None => sentence,
    }
}

/// What the rows behind an open question could have shown.
fn detectable(effect: f64, finding: &Finding, words: &Catalogue) -> String {
    let value = in_unit(effect, words.unit(&finding.check), words);
    words.fill(words.word("phrases.detectable"), &[("value", value)])
}

/// What to do about a finding, and of how many others that holds as well; `None` when there is nothing to do.
pub(crate) fn advice(statement: &Statement, finding: &Finding, words: &Catalogue) -> Option<String> {
    let sentence = recommendation(finding, words)?;
    Some(match statement.args.get("more").and_then(Value::as_u64) {
        Some(more) => {
            format!("{sentence} {}", words.fill(words.word("phrases.more-alike"), &[("more", grouped(more))]))
        }
        None => sentence,
    })
}

/// What to do about a finding, when there is something.
pub fn recommendation(finding: &Finding, words: &Catalogue) -> Option<String> {
    let id = finding.recommendation.as_deref()?;
    let sentence = words.get(&format!("recommendations.{id}"))?;
    Some(words.fill(sentence, &arguments(finding, words)))
}

/// A statement of the diagnosis in one sentence.
pub fn statement_sentence(statement: &Statement, words: &Catalogue) -> String {
    let mut args: Vec<(&str, String)> =
        statement.args.iter().map(|(name, value)| (name.as_str(), argument(name, value, words))).collect();
    if let Some(scope) = &statement.scope {
        args.extend(scope_arguments(scope, words));
    }
    words.fill(words.word(&statement.key), &args)
}

fn argument(name: &str, value: &Value, words: &Catalogue) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Number(n) if n.is_u64() => grouped(n.as_u64().unwrap_or(0)),
        Value::Number(n) => in_unit(n.as_f64().unwrap_or(0.0), words.unit(name), words),
        Value::Array(list) => list
            .iter()
            .map(|v| {
                v.as_str().map_or_else(|| v.to_string(), |id| words.word(&format!("stages.{id}.title")).to_owned())
            })
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

fn arguments(finding: &Finding, words: &Catalogue) -> Vec<(&'static str, String)> {
    let unit = words.unit(&finding.check);
    let limit = deciding_limit(finding);
    let shown = |v: Option<f64>| v.map_or_else(String::new, |v| in_unit(v, unit, words));
    let mut args = vec![
        ("measured", measured(&finding.measured, unit, words)),
        ("value", shown(finding.measured.value)),
        ("low", shown(finding.measured.low)),
        ("high", shown(finding.measured.high)),
        ("limit", shown(limit)),
        ("detectable", shown(finding.detectable)),
        ("n", grouped(finding.measured.n)),
    ];
    args.extend(scope_arguments(&finding.scope, words));
    args
}

/// The limit that the outcome is about.
pub(crate) fn deciding_limit(finding: &Finding) -> Option<f64> {
    finding.limit.as_ref().and_then(|l| match finding.outcome {
        Outcome::Watch => l.watch.or(l.issue),
        _ => l.issue.or(l.watch),
    })
}

fn scope_arguments(scope: &Scope, words: &Catalogue) -> Vec<(&'static str, String)> {
    match scope {
        Scope::Global => Vec::new(),
        Scope::Feature { feature } => vec![("feature", feature.clone())],
        Scope::Pair { features: [a, b] } => vec![("feature_a", a.clone()), ("feature_b", b.clone())],
        Scope::Group { attribute, group, reference } => vec![
            ("attribute", attribute.clone()),
            ("group", group.clone().unwrap_or_default()),
            ("reference", reference.clone().unwrap_or_default()),
        ],
        Scope::Class { class } => vec![("class", class.clone())],
        Scope::Slice { predicates } => vec![("slice", slice_words(predicates, words))],
    }
}

/// Conditions that all hold: `age 18 to 25 and job = none`.
pub(crate) fn slice_words(predicates: &[Predicate], words: &Catalogue) -> String {
    let each = predicates.iter().map(|p| predicate_words(p, words));
    each.reduce(|a, b| words.fill(words.word("predicates.and"), &[("first", a), ("second", b)])).unwrap_or_default()
}

/// One condition: `age 18 to 25 or missing`.
pub(crate) fn predicate_words(p: &Predicate, words: &Catalogue) -> String {
    let number = |v: f64| bound(v, words.language);
    let feature = || ("feature", p.feature.clone());
    let mut all: Vec<String> = Vec::new();
    match (p.low, p.high) {
        (Some(low), Some(high)) => all.push(
            words.fill(words.word("predicates.range"), &[feature(), ("low", number(low)), ("high", number(high))]),
        ),
        (None, Some(high)) => {
            all.push(words.fill(words.word("predicates.at-most"), &[feature(), ("high", number(high))]))
        }
        (Some(low), None) => {
            all.push(words.fill(words.word("predicates.at-least"), &[feature(), ("low", number(low))]))
        }
        (None, None) => {}
    }
    let named = p.values.iter().cloned();
    let rest = [("rare", p.rare), ("missing", p.missing)].into_iter().filter(|r| r.1);
    for value in named.chain(rest.map(|r| words.word(&format!("predicates.{}", r.0)).to_owned())) {
        let first = all.is_empty();
        all.push(if first { words.fill(words.word("predicates.is"), &[feature(), ("value", value)]) } else { value });
    }
    let either = |a, b| words.fill(words.word("predicates.or"), &[("first", a), ("second", b)]);
    all.into_iter().reduce(either).unwrap_or_else(|| p.feature.clone())
}

/// Why a stage has no report; `None` when it has one.
pub(crate) fn why_not(status: &StageStatus, words: &Catalogue) -> Option<String> {
    Some(match status {
        StageStatus::Done => return None,
        StageStatus::NotRun { reason } => words.word(&format!("reasons.{reason}")).to_owned(),
        StageStatus::Failed { error, .. } => words.word(&format!("errors.{error}")).to_owned(),
        StageStatus::Cancelled => words.word("reasons.stage-cancelled").to_owned(),
    })
}

/// The report of a finished stage and its JSON pointer.
pub(crate) fn stage_report<'a>(result: &'a AuditResult, id: &str) -> Option<(&'a Value, String)> {
    let i = result.stages.iter().position(|s| s.id == id && s.status == StageStatus::Done)?;
    Some((result.stages[i].report.as_ref()?, format!("/stages/{i}/report")))
}

pub(crate) fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "outcomes.pass",
        Outcome::Watch => "outcomes.watch",
        Outcome::Issue => "outcomes.issue",
        Outcome::Inconclusive => "outcomes.inconclusive",
        Outcome::NotApplicable => "outcomes.not-applicable",
        Outcome::Errored => "outcomes.errored",
    }
}
