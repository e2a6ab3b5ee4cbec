//! Answers from the results.

use std::cmp::Reverse;

use fine_audit::diagnosis::is_risk;
use fine_audit::finding::{Finding, Outcome};
use fine_audit::result::{AuditResult, StageStatus, Statement};

use super::Said;
use crate::catalogue::{Catalogue, Language};
use crate::figures::{grouped, in_unit};
use crate::words::{finding_sentence, stage_report, statement_sentence, why_not};

/// Most findings of one answer.
const FINDINGS: usize = 4;
/// Most risks and recommendations of one answer.
const FIRST: usize = 3;
/// Most receipts of one sentence.
const EVIDENCE: usize = 8;
/// Most features of one answer.
const FEATURES: usize = 5;

/// What a topic is answered from.
struct Source {
    stages: &'static [&'static str],
    /// Key below which the sentences of the summary are.
    summary: &'static str,
}

fn source(topic: &str) -> Source {
    let of = |stages, summary| Source { stages, summary };
    match topic {
        "worst-slice" => of(&["slices"], "-"),
        "important-features" => of(&["explain"], "diagnosis.drivers"),
        "calibrated" => of(&["calibration"], "diagnosis.calibration"),
        "groups-differ" => of(&["fairness"], "diagnosis.fairness"),
        "robust" => of(&["robustness", "sensitivity"], "diagnosis.stability"),
        "drift" => of(&["drift"], "-"),
        "leakage" => of(&["leakage"], "-"),
        "model-file" => of(&["model-file"], "-"),
        "uncertainty" => of(&["uncertainty"], "-"),
        "data" => of(&["data"], "-"),
        _ => of(&["performance"], "diagnosis.quality"),
    }
}

/// The answer to a topic of [`super::topics`]; empty for another.
pub fn answer(topic: &str, result: &AuditResult, language: Language) -> Vec<Said> {
    let words = Catalogue::of(language);
    match topic {
        "verdict" => verdict(result, words),
        "fix-first" => fix_first(result, words),
        "thresholds" => thresholds(result, words),
        _ if super::topics().any(|known| known == topic) => of_stages(topic, result, words),
        _ => Vec::new(),
    }
}

fn said(statement: &Statement, words: &Catalogue) -> Said {
    Said::new(statement_sentence(statement, words), statement.evidence.clone())
}

fn verdict(result: &AuditResult, words: &Catalogue) -> Vec<Said> {
    let summary = &result.diagnosis.summary;
    let verdict = summary.iter().filter(|s| s.key.starts_with("diagnosis.verdict."));
    let mut out: Vec<Said> = verdict.map(|s| said(s, words)).collect();
    out.extend(risks(result).into_iter().take(FIRST).map(|(i, f)| of_finding(i, f, words)));
    out
}

/// The risks in the order of the diagnosis.
fn risks(result: &AuditResult) -> Vec<(usize, &Finding)> {
    result.diagnosis.risks.iter().filter_map(|statement| finding_of(statement, result)).collect()
}

/// The finding that a statement is about.
pub(crate) fn finding_of<'a>(statement: &Statement, result: &'a AuditResult) -> Option<(usize, &'a Finding)> {
    let index: usize = statement.evidence.first()?.strip_prefix("/findings/")?.parse().ok()?;
    Some((index, result.findings.get(index)?))
}

fn of_finding(index: usize, finding: &Finding, words: &Catalogue) -> Said {
    Said::new(finding_sentence(finding, words), vec![format!("/findings/{index}"), finding.evidence.clone()])
}

fn fix_first(result: &AuditResult, words: &Catalogue) -> Vec<Said> {
    let advice = &result.diagnosis.recommendations;
    if advice.is_empty() {
        return vec![Said::new(words.word("answers.nothing-to-fix").to_owned(), vec!["/diagnosis".to_owned()])];
    }
    let sentences = advice.iter().take(FIRST).filter_map(|statement| {
        let (_, finding) = finding_of(statement, result)?;
        let advised = crate::words::advice(statement, finding, words)?;
        let evidence: Vec<String> = statement.evidence.iter().take(EVIDENCE).cloned().collect();
        let why = finding_sentence(finding, words);
        Some([Said::new(advised, evidence.clone()), Said::new(why, evidence.into_iter().take(2).collect())])
    });
    sentences.flatten().collect()
}

fn of_stages(topic: &str, result: &AuditResult, words: &Catalogue) -> Vec<Said> {
    let Source { stages, summary } = source(topic);
    let records = || result.stages.iter().enumerate().filter(|(_, s)| stages.contains(&s.id.as_str()));
    if !records().any(|(_, s)| s.status == StageStatus::Done) {
        return records().map(|(i, s)| not_measured(i, &s.id, &s.status, words)).collect();
    }
    let mut judged: Vec<(usize, &Finding)> = result
        .findings
        .iter()
        .enumerate()
        .filter(|(_, f)| stages.contains(&f.stage.as_str()) && f.outcome != Outcome::NotApplicable)
        .collect();
    let order: Vec<usize> = risks(result).into_iter().map(|(i, _)| i).collect();
    // In the order of the diagnosis, then what is not settled, then what passed.
    judged.sort_by_key(|(i, f)| (order.iter().position(|at| at == i).unwrap_or(usize::MAX), Reverse(f.outcome)));
    let mut out = vec![lead(topic, &judged, words)];
    let statements = result.diagnosis.summary.iter().filter(|s| s.key.starts_with(summary));
    out.extend(statements.map(|s| said(s, words)));
    if topic == "important-features" {
        out.extend(features(result, words));
    }
    let is_open = |f: &Finding| is_risk(f) || matches!(f.outcome, Outcome::Inconclusive | Outcome::Errored);
    let open = judged.iter().filter(|(_, f)| is_open(f)).count();
    let shown = if open == 0 { 2 } else { open.min(FINDINGS) };
    out.extend(judged.iter().take(shown).map(|(i, f)| of_finding(*i, f, words)));
    out
}

/// The answer in one sentence: by the worst that the findings say.
fn lead(topic: &str, judged: &[(usize, &Finding)], words: &Catalogue) -> Said {
    let count = |is: &dyn Fn(&Finding) -> bool| judged.iter().filter(|(_, f)| is(f)).count() as u64;
    let issues = count(&|f| f.outcome == Outcome::Issue);
    let watches = count(&|f| f.outcome == Outcome::Watch && is_risk(f));
    let open = count(&|f| matches!(f.outcome, Outcome::Inconclusive | Outcome::Errored));
    let word = match (issues, watches, open) {
        (0, 0, 0) => "pass",
        (0, 0, _) => "open",
        (0, _, _) => "watch",
        _ => "issue",
    };
    let args = [
        ("issues", grouped(issues)),
        ("watches", grouped(watches)),
        ("open", grouped(open)),
        ("checks", grouped(judged.len() as u64)),
    ];
    let text = words.fill(words.word(&format!("answers.{topic}.{word}")), &args);
    let about = judged.iter().filter(|(_, f)| f.outcome != Outcome::Pass).take(FINDINGS);
    let mut evidence: Vec<String> = about.map(|(i, _)| format!("/findings/{i}")).collect();
    if evidence.is_empty() {
        evidence = judged.iter().take(FINDINGS).map(|(i, _)| format!("/findings/{i}")).collect();
    }
    Said::new(text, evidence)
}

fn not_measured(index: usize, stage: &str, status: &StageStatus, words: &Catalogue) -> Said {
    let why = why_not(status, words).unwrap_or_default();
    let stage = words.word(&format!("stages.{stage}.title")).to_owned();
    let text = words.fill(words.word("answers.not-measured"), &[("stage", stage), ("reason", why)]);
    Said::new(text, vec![format!("/stages/{index}/status")])
}

/// The most important features with their shares.
fn features(result: &AuditResult, words: &Catalogue) -> Option<Said> {
    let (report, at) = stage_report(result, "explain")?;
    let list = report["features"].as_array()?.iter().take(FEATURES).enumerate();
    let shown: Vec<(String, String)> = list
        .filter_map(|(i, f)| {
            let share = in_unit(f["shap_share"]["value"].as_f64()?, "share", words);
            Some((format!("{} ({share})", f["feature"].as_str()?), format!("{at}/features/{i}/shap_share")))
        })
        .collect();
    if shown.is_empty() {
        return None;
    }
    let (names, evidence): (Vec<String>, Vec<String>) = shown.into_iter().unzip();
    Some(Said::new(words.fill(words.word("answers.feature-shares"), &[("features", names.join(", "))]), evidence))
}

/// What thresholds would do: the usual one, and the one of the least errors.
fn thresholds(result: &AuditResult, words: &Catalogue) -> Vec<Said> {
    let Some((report, at)) = stage_report(result, "performance") else {
        return of_stages("performance", result, words);
    };
    let rows: Vec<(usize, &serde_json::Value)> =
        report["thresholds"].as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate().collect();
    let usual = rows.iter().find(|(_, r)| r["threshold"].as_f64().is_some_and(|t| (t - 0.5).abs() < 1e-9));
    let cheapest = rows.iter().min_by(|a, b| {
        let cost = |row: &serde_json::Value| row["cost"].as_f64().unwrap_or(f64::INFINITY);
        cost(a.1).total_cmp(&cost(b.1))
    });
    let sentence = |key: &str, (i, row): &(usize, &serde_json::Value)| {
        let share = |name: &str| row[name].as_f64().map(|v| in_unit(v, "share", words));
        let args = [
            ("threshold", in_unit(row["threshold"].as_f64()?, "ratio", words)),
            ("volume", share("volume")?),
            ("precision", share("precision")?),
            ("recall", share("recall")?),
        ];
        Some(Said::new(words.fill(words.word(key), &args), vec![format!("{at}/thresholds/{i}")]))
    };
    let mut out: Vec<Said> = usual.and_then(|row| sentence("answers.threshold", row)).into_iter().collect();
    if cheapest.map(|(i, _)| i) != usual.map(|(i, _)| i) {
        out.extend(cheapest.and_then(|row| sentence("answers.threshold-cheapest", row)));
    }
    if out.is_empty() {
        return vec![Said::new(words.word("answers.no-thresholds").to_owned(), vec![at])];
    }
    out.push(Said::new(words.word("answers.threshold-choice").to_owned(), vec![format!("{at}/thresholds")]));
    out
}
