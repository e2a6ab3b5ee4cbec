//! The summary: verdict, subject, quality, drivers, calibration, stability, groups, and what was not measured.

use serde_json::{Map, Value, json};

use crate::finding::{Finding, Outcome, Severity};
use crate::result::{Manifest, StageRecord, StageStatus, Statement};

/// The sentences of the summary, in reading order.
pub(super) fn summary(manifest: &Manifest, stages: &[StageRecord], findings: &[Finding]) -> Vec<Statement> {
    let mut out = vec![verdict(manifest, findings), subject(manifest)];
    out.extend(quality(stages));
    out.extend(drivers(stages));
    out.extend(calibration(stages));
    out.extend(stability(stages));
    out.extend(groups(stages));
    out.extend(incomplete(stages));
    out
}

fn say(key: &str, severity: Severity, args: Value, evidence: Vec<String>) -> Statement {
    let args = match args {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Statement { key: format!("diagnosis.{key}"), severity, scope: None, args, evidence }
}

fn verdict(manifest: &Manifest, findings: &[Finding]) -> Statement {
    let count = |o: Outcome| findings.iter().filter(|f| f.outcome == o).count() as u64;
    let risks = findings.iter().filter(|f| super::is_risk(f)).count() as u64;
    let judged = findings.iter().filter(|f| !matches!(f.outcome, Outcome::NotApplicable)).count() as u64;
    let verdict = crate::run::verdict(findings, &manifest.policy);
    let elsewhere = count(Outcome::Issue) > 0;
    let key = match verdict {
        Outcome::Issue => "verdict.issue",
        // Issues of checks that the policy does not require are no verdict, but they are not passed over either.
        Outcome::Watch | Outcome::Pass if elsewhere => "verdict.elsewhere",
        Outcome::Watch => "verdict.watch",
        Outcome::Pass => "verdict.pass",
        Outcome::Errored => "verdict.errored",
        Outcome::Inconclusive | Outcome::NotApplicable => "verdict.inconclusive",
    };
    let severity = findings.iter().filter(|f| f.outcome == Outcome::Issue).map(|f| f.severity).max();
    let args = json!({
        "issues": count(Outcome::Issue), "watches": risks - count(Outcome::Issue),
        "inconclusive": count(Outcome::Inconclusive), "checks": judged,
    });
    say(key, severity.unwrap_or(Severity::Info), args, vec!["/verdict".to_owned(), "/findings".to_owned()])
}

fn subject(manifest: &Manifest) -> Statement {
    let model = core_class(manifest).unwrap_or_else(|| manifest.model.library.clone());
    let args =
        json!({ "model": model, "rows": manifest.rows, "data": manifest.data.name, "target": manifest.roles.target });
    let key = if manifest.model.format == crate::subject::STORED_FORMAT { "subject-stored" } else { "subject" };
    say(key, Severity::Info, args, vec!["/manifest".to_owned()])
}

/// Class of the estimator that predicts: the last step of a pipeline, else the outermost estimator.
fn core_class(manifest: &Manifest) -> Option<String> {
    let estimators = &manifest.model.estimators;
    let outer = estimators.iter().find(|e| e.depth == 0)?;
    let last_step = estimators.iter().rfind(|e| e.depth == 1).filter(|_| outer.class == "Pipeline");
    Some(last_step.unwrap_or(outer).class.clone()).filter(|c| !c.is_empty())
}

/// The report of a finished stage, with its pointer.
fn report<'a>(stages: &'a [StageRecord], id: &str) -> Option<(&'a Value, String)> {
    let i = stages.iter().position(|s| s.id == id && s.status == StageStatus::Done)?;
    Some((stages[i].report.as_ref()?, format!("/stages/{i}/report")))
}

/// Index and value of the list entry whose `id` matches.
fn entry<'a>(list: &'a Value, id: &str) -> Option<(usize, &'a Value)> {
    list.as_array()?.iter().enumerate().find(|(_, v)| v["id"] == id)
}

fn quality(stages: &[StageRecord]) -> Vec<Statement> {
    let Some((r, at)) = report(stages, "performance") else { return Vec::new() };
    let metric = |id: &str| {
        let (i, m) = entry(&r["metrics"], id)?;
        Some((m["estimate"]["value"].as_f64()?, format!("{at}/metrics/{i}")))
    };
    let mut out = Vec::new();
    if let (Some((mae, mae_at)), Some((r2, r2_at))) = (metric("mae"), metric("r2")) {
        out.push(say("quality.regression", Severity::Info, json!({ "mae": mae, "r2": r2 }), vec![mae_at, r2_at]));
    }
    let majority = r["baselines"]
        .as_array()
        .and_then(|b| b.iter().enumerate().find(|(_, v)| v["id"] == "majority" && v["metric"] == "accuracy"));
    if let (Some((accuracy, here)), Some((i, baseline))) = (metric("accuracy"), majority) {
        let args = json!({ "accuracy": accuracy, "baseline": baseline["value"] });
        out.push(say("quality.classification", Severity::Info, args, vec![here, format!("{at}/baselines/{i}")]));
    }
    if let Some((auc, here)) = metric("roc_auc") {
        out.push(say("quality.auc", Severity::Info, json!({ "auc": auc }), vec![here]));
    }
    out
}

fn drivers(stages: &[StageRecord]) -> Option<Statement> {
    let (r, at) = report(stages, "explain")?;
    let name = |i: usize| r["features"][i]["feature"].as_str().map(str::to_owned);
    let args = json!({ "first": name(0)?, "second": name(1)?, "third": name(2)? });
    Some(say("drivers", Severity::Info, args, (0..3).map(|i| format!("{at}/features/{i}")).collect()))
}

fn calibration(stages: &[StageRecord]) -> Option<Statement> {
    let (r, at) = report(stages, "calibration")?;
    let ece = r["calibration_error"]["value"].as_f64()?;
    Some(say("calibration", Severity::Info, json!({ "ece": ece }), vec![format!("{at}/calibration_error")]))
}

fn stability(stages: &[StageRecord]) -> Option<Statement> {
    let (r, at) = report(stages, "sensitivity")?;
    let flips = r["label_flip_rate"]["value"].as_f64()?;
    Some(say("stability", Severity::Info, json!({ "flips": flips }), vec![format!("{at}/label_flip_rate")]))
}

fn groups(stages: &[StageRecord]) -> Vec<Statement> {
    let Some((r, at)) = report(stages, "fairness") else { return Vec::new() };
    let singles = |list: &str, say: fn(&Value, &str) -> Option<Statement>| -> Vec<Statement> {
        let all = r[list].as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate();
        // An intersection names the attributes that it is of.
        let single = all.filter(|(_, a)| a["of"].as_array().is_none_or(Vec::is_empty));
        single.filter_map(|(i, a)| say(a, &format!("{at}/{list}/{i}"))).collect()
    };
    [singles("attributes", spread), singles("labels", classes), singles("values", means)].concat()
}

/// The two groups of an attribute whose predicted classes are farthest apart.
fn classes(attribute: &Value, at: &str) -> Option<Statement> {
    let (i, gap) = entry(&attribute["gaps"], "label_distance")?;
    let args = json!({
        "attribute": attribute["attribute"], "distance": gap["estimate"]["value"].as_f64()?,
        "low_group": gap["extremes"][0].as_str()?, "high_group": gap["extremes"][1].as_str()?,
    });
    Some(say("fairness-labels", Severity::Info, args, vec![format!("{at}/gaps/{i}/estimate")]))
}

/// The lowest and highest mean prediction of an attribute, small groups left out.
fn means(attribute: &Value, at: &str) -> Option<Statement> {
    let [low, high] = extremes(attribute, "prediction")?;
    let args = json!({
        "attribute": attribute["attribute"], "lowest_mean": low.0, "low_group": low.2,
        "highest_mean": high.0, "high_group": high.2,
    });
    let evidence = [low, high].map(|g| format!("{at}/groups/{}/prediction", g.1)).to_vec();
    Some(say("fairness-values", Severity::Info, args, evidence))
}

/// Value, index and name of the lowest and the highest group in an estimate, small groups left out.
fn extremes<'a>(attribute: &'a Value, estimate: &str) -> Option<[(f64, usize, &'a str); 2]> {
    let mut known: Vec<(f64, usize, &str)> = attribute["groups"]
        .as_array()?
        .iter()
        .enumerate()
        .filter(|(_, g)| g["small"] != true)
        .filter_map(|(i, g)| Some((g[estimate]["value"].as_f64()?, i, g["group"].as_str()?)))
        .collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (low, high) = (*known.first()?, *known.last()?);
    (low.1 != high.1).then_some([low, high])
}

/// The lowest and highest estimable selection rate of an attribute, small groups left out.
pub(super) fn spread(attribute: &Value, at: &str) -> Option<Statement> {
    let [low, high] = extremes(attribute, "selection_rate")?;
    let left_out = attribute["groups"].as_array().is_some_and(|g| g.iter().any(|g| g["small"] == true));
    let key = if left_out { "fairness-large" } else { "fairness" };
    let args = json!({
        "attribute": attribute["attribute"], "lowest": low.0, "low_group": low.2, "highest": high.0, "high_group": high.2,
    });
    Some(say(key, Severity::Info, args, [low, high].map(|g| format!("{at}/groups/{}/selection_rate", g.1)).to_vec()))
}

fn incomplete(stages: &[StageRecord]) -> Option<Statement> {
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
    Some(say("incomplete", Severity::Medium, json!({ "stages": ids }), evidence))
}
