//! The summary, as the rules order it: verdict, subject, quality, drivers, calibration, stability, groups, and what was not measured.

use serde_json::{Map, Value, json};

use super::path::At;
use super::rules::{Extremes, From, RULES, Sentence};
use crate::finding::{Finding, Outcome, Severity};
use crate::result::{Manifest, StageRecord, StageStatus, Statement};

/// The sentences of the summary, in reading order.
pub(super) fn summary(manifest: &Manifest, stages: &[StageRecord], findings: &[Finding]) -> Vec<Statement> {
    let sentences = RULES.summary.iter().flat_map(|rule| match rule.from {
        From::Verdict => vec![verdict(rule, manifest, findings)],
        From::Subject => vec![subject(rule, manifest)],
        From::Report => of_report(rule, stages),
        From::Missing => missing(rule, stages).into_iter().collect(),
    });
    sentences.collect()
}

fn say(key: &str, severity: Severity, args: Value, evidence: Vec<String>) -> Statement {
    let args = match args {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Statement { key: key.to_owned(), severity, scope: None, args, evidence }
}

fn verdict(rule: &Sentence, manifest: &Manifest, findings: &[Finding]) -> Statement {
    let count = |o: Outcome| findings.iter().filter(|f| f.outcome == o).count() as u64;
    let risks = findings.iter().filter(|f| super::is_risk(f)).count() as u64;
    let judged = findings.iter().filter(|f| !matches!(f.outcome, Outcome::NotApplicable)).count() as u64;
    let verdict = crate::run::verdict(findings, &manifest.policy);
    let elsewhere = count(Outcome::Issue) > 0;
    let key = match verdict {
        Outcome::Issue => "issue",
        // Issues of checks that the policy does not require are no verdict, but they are not passed over either.
        Outcome::Watch | Outcome::Pass if elsewhere => "elsewhere",
        Outcome::Watch => "watch",
        Outcome::Pass => "pass",
        Outcome::Errored => "errored",
        Outcome::Inconclusive | Outcome::NotApplicable => "inconclusive",
    };
    let severity = findings.iter().filter(|f| f.outcome == Outcome::Issue).map(|f| f.severity).max();
    let args = json!({
        "issues": count(Outcome::Issue), "watches": risks - count(Outcome::Issue),
        "inconclusive": count(Outcome::Inconclusive), "checks": judged,
    });
    say(
        &format!("{}.{key}", rule.says),
        severity.unwrap_or(Severity::Info),
        args,
        vec!["/verdict".to_owned(), "/findings".to_owned()],
    )
}

fn subject(rule: &Sentence, manifest: &Manifest) -> Statement {
    let model = core_class(manifest).unwrap_or_else(|| manifest.model.library.clone());
    let args =
        json!({ "model": model, "rows": manifest.rows, "data": manifest.data.name, "target": manifest.roles.target });
    // Predictions that came without a model have words of their own.
    let stored = if manifest.model.format == crate::subject::STORED_FORMAT { "-stored" } else { "" };
    say(&format!("{}{stored}", rule.says), rule.severity, args, vec!["/manifest".to_owned()])
}

/// Class of the estimator that predicts: the last step of a pipeline, else the outermost estimator.
fn core_class(manifest: &Manifest) -> Option<String> {
    let estimators = &manifest.model.estimators;
    let outer = estimators.iter().find(|e| e.depth == 0)?;
    let last_step = estimators.iter().rfind(|e| e.depth == 1).filter(|_| outer.class == "Pipeline");
    Some(last_step.unwrap_or(outer).class.clone()).filter(|c| !c.is_empty())
}

/// Sentences about the report of a finished stage.
pub(super) fn of_report(rule: &Sentence, stages: &[StageRecord]) -> Vec<Statement> {
    let done = stages.iter().position(|s| s.id == rule.stage && s.status == StageStatus::Done);
    let Some((i, value)) = done.and_then(|i| Some((i, stages[i].report.as_ref()?))) else { return Vec::new() };
    let report = At { value, pointer: format!("/stages/{i}/report") };
    let Some(list) = &rule.each else { return sentence(rule, &report).into_iter().collect() };
    // An intersection names the attributes that it is of.
    let is_single = |entry: &At<'_>| entry.value["of"].as_array().is_none_or(Vec::is_empty);
    report.entries(list).iter().filter(|entry| is_single(entry)).filter_map(|entry| sentence(rule, entry)).collect()
}

/// A sentence with its values; `None` when one is not there.
fn sentence(rule: &Sentence, at: &At<'_>) -> Option<Statement> {
    let mut args = Map::new();
    for (name, place) in &rule.args {
        args.insert(name.clone(), at.get(place)?.value.clone());
    }
    let mut evidence = Vec::new();
    for place in &rule.evidence {
        evidence.push(at.get(place)?.pointer);
    }
    let mut key = &rule.says;
    if let Some(ends) = &rule.extremes {
        let [low, high] = extremes(ends, at)?;
        for (end, [value, name]) in [(&low, &ends.low), (&high, &ends.high)] {
            args.insert(value.clone(), json!(end.value));
            args.insert(name.clone(), json!(end.name));
            evidence.push(end.pointer.clone());
        }
        let left_out = at.entries(&ends.of).iter().any(|entry| entry.value["small"] == true);
        key = rule.says_without_small.as_ref().filter(|_| left_out).unwrap_or(key);
    }
    Some(say(key, rule.severity, Value::Object(args), evidence))
}

/// An entry at one end of a list.
struct End {
    value: f64,
    name: String,
    pointer: String,
}

/// The entries with the lowest and the highest value, small groups left out; `None` when they are the same.
fn extremes(ends: &Extremes, at: &At<'_>) -> Option<[End; 2]> {
    let large = at.entries(&ends.of).into_iter().filter(|entry| entry.value["small"] != true);
    let mut known: Vec<End> = large
        .filter_map(|entry| {
            let estimate = entry.get(&ends.by)?;
            let value = estimate.get("value")?.value.as_f64()?;
            Some(End { value, name: entry.value["group"].as_str()?.to_owned(), pointer: estimate.pointer })
        })
        .collect();
    known.sort_by(|a, b| a.value.total_cmp(&b.value));
    let high = known.pop()?;
    let low = known.into_iter().next()?;
    Some([low, high])
}

fn missing(rule: &Sentence, stages: &[StageRecord]) -> Option<Statement> {
    let missing: Vec<(usize, &str)> = stages
        .iter()
        .enumerate()
        .filter(|(_, s)| matches!(s.status, StageStatus::Failed { .. } | StageStatus::Cancelled))
        .map(|(i, s)| (i, s.id.as_str()))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let ids: Vec<&str> = missing.iter().map(|(_, id)| *id).collect();
    let evidence = missing.iter().map(|(i, _)| format!("/stages/{i}/status")).collect();
    Some(say(&rule.says, rule.severity, json!({ "stages": ids }), evidence))
}
