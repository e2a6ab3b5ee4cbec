//! The report as plain text, 92 columns: the verdict first, then what to do, then the evidence.

mod comparison;
mod layout;
mod stages;

use fine_audit::diagnosis::is_risk;
use fine_audit::finding::{Finding, Outcome, Severity};
use fine_audit::result::AuditResult;
use fine_audit::subject::LoadProof;
use serde::Deserialize;

use crate::answers::finding_of;
use crate::catalogue::{Catalogue, Language};
use crate::figures::{grouped, in_unit, measured};
use crate::words::{advice, finding_sentence, finding_title, outcome_key, statement_sentence, why_not};
pub use comparison::comparison_report;
use layout::Page;

/// Risks of one check that are told one by one; the others are counted, and stand among all checks.
const ALIKE: usize = 4;

/// What a language model has written about an audit, sentence by sentence verified against its results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InWords {
    /// Name of the model.
    pub model: String,
    /// Parts with their sentences, by the id of the part in the catalogues.
    pub parts: Vec<(String, Vec<String>)>,
    /// Sentences that stood.
    pub kept: u64,
    /// Sentences that were dropped.
    pub rejected: u64,
}

/// The whole report; nothing is missing from it without the words of a language model.
pub fn text_report(result: &AuditResult, name: &str, language: Language, in_words: Option<&InWords>) -> String {
    let words = Catalogue::of(language);
    let mut page = Page::default();
    head(&mut page, result, name, words);
    to_do(&mut page, result, words);
    risks(&mut page, result, words);
    open_questions(&mut page, result, words);
    if let Some(in_words) = in_words {
        said(&mut page, in_words, words);
    }
    page.section(words.word("report.evidence"));
    for record in &result.stages {
        stages::stage(&mut page, record, words);
    }
    not_measured(&mut page, result, words);
    all_checks(&mut page, result, words);
    made(&mut page, result, words);
    page.finish()
}

fn head(page: &mut Page, result: &AuditResult, name: &str, words: &Catalogue) {
    page.title(words.word("report.title"), name);
    let mut verdict = words.word(outcome_key(result.verdict)).to_owned();
    if result.diagnosis.summary.iter().any(|s| s.key == "diagnosis.verdict.elsewhere") {
        verdict += &format!(", {}", words.word("report.elsewhere"));
    }
    page.line(&format!("{}: {verdict}", words.word("report.verdict")).to_uppercase());
    page.blank();
    for statement in &result.diagnosis.summary {
        page.paragraph(&statement_sentence(statement, words));
    }
}

fn to_do(page: &mut Page, result: &AuditResult, words: &Catalogue) {
    page.section(words.word("report.to-do"));
    let mut seen: Vec<String> = Vec::new();
    for statement in &result.diagnosis.recommendations {
        let said = finding_of(statement, result).and_then(|(_, finding)| advice(statement, finding, words));
        seen.extend(said.filter(|said| !seen.contains(said)));
    }
    if seen.is_empty() {
        page.paragraph(words.word("report.nothing-to-do"));
    }
    for (i, advice) in seen.iter().enumerate() {
        page.item(&format!("{}.", i + 1), advice);
    }
}

fn risks(page: &mut Page, result: &AuditResult, words: &Catalogue) {
    page.section(words.word("report.risks"));
    let ranked = ranked(result);
    if ranked.is_empty() {
        page.paragraph(words.word("report.no-risks"));
    }
    let mut alike: Vec<(&str, usize)> = Vec::new();
    for finding in ranked {
        let title = finding_title(finding, words);
        match alike.iter_mut().find(|(check, _)| *check == finding.check) {
            Some((_, seen)) => *seen += 1,
            None => alike.push((&finding.check, 1)),
        }
        if alike.iter().any(|(check, seen)| *check == finding.check && *seen > ALIKE) {
            continue;
        }
        let kind =
            if finding.outcome == Outcome::Issue { "report.risk-kinds.issue" } else { "report.risk-kinds.watch" };
        let args = [
            ("kind", words.word(kind).to_owned()),
            ("severity", words.word(severity_key(finding.severity)).to_owned()),
        ];
        let rank = words.fill(words.word("report.risk-rank"), &args);
        page.item("-", &format!("{title} ({rank}). {}", finding_sentence(finding, words)));
    }
    for (check, seen) in alike.into_iter().filter(|(_, seen)| *seen > ALIKE) {
        let title = words.get(&format!("checks.{check}.title")).unwrap_or(check).to_owned();
        let args = [("title", title), ("more", grouped((seen - ALIKE) as u64))];
        page.item("-", &words.fill(words.word("report.more-risks"), &args));
    }
    notes(page, result, words);
}

/// What is only for the record: one line a check, with everything it is about.
fn notes(page: &mut Page, result: &AuditResult, words: &Catalogue) {
    let mut lines: Vec<(&str, Vec<String>)> = Vec::new();
    for finding in result.findings.iter().filter(|f| f.outcome == Outcome::Watch && !is_risk(f)) {
        let title = finding_title(finding, words);
        let unit = words.unit(&finding.check);
        let value = finding.measured.value.map_or_else(String::new, |v| format!(" ({})", in_unit(v, unit, words)));
        let entry = format!("{}{value}", about(finding, words)).trim_start().to_owned();
        match lines.iter_mut().find(|(t, _)| *t == title) {
            Some((_, names)) => names.push(entry),
            None => lines.push((title, vec![entry])),
        }
    }
    if !lines.is_empty() {
        page.blank();
        page.line(words.word("report.for-the-record"));
    }
    for (title, names) in lines {
        page.item("-", &format!("{title}: {}", names.join(", ")));
    }
}

fn open_questions(page: &mut Page, result: &AuditResult, words: &Catalogue) {
    let open: Vec<&Finding> =
        result.findings.iter().filter(|f| matches!(f.outcome, Outcome::Inconclusive | Outcome::Errored)).collect();
    if open.is_empty() {
        return;
    }
    page.section(words.word("report.open"));
    for finding in open {
        let scope = about(finding, words);
        let scope = if scope.is_empty() { scope } else { format!(" ({scope})") };
        page.item("-", &format!("{}{scope}. {}", finding_title(finding, words), finding_sentence(finding, words)));
    }
}

/// The words of a language model, and how many of its sentences were dropped.
fn said(page: &mut Page, in_words: &InWords, words: &Catalogue) {
    page.section(words.word("report.in-words"));
    let args =
        [("model", in_words.model.clone()), ("kept", grouped(in_words.kept)), ("rejected", grouped(in_words.rejected))];
    page.paragraph(&words.fill(words.word("report.in-words-by"), &args));
    for (part, sentences) in in_words.parts.iter().filter(|(_, sentences)| !sentences.is_empty()) {
        page.blank();
        page.line(words.word(&format!("report.in-words-areas.{part}")));
        page.paragraph(&sentences.join(" "));
    }
}

fn not_measured(page: &mut Page, result: &AuditResult, words: &Catalogue) {
    let missing: Vec<(String, String)> = result
        .stages
        .iter()
        .filter_map(|s| {
            let why = why_not(&s.status, words)?;
            Some((words.word(&format!("stages.{}.title", s.id)).to_owned(), why))
        })
        .collect();
    if missing.is_empty() {
        return;
    }
    page.section(words.word("report.not-measured"));
    for (stage, why) in missing {
        page.item("-", &format!("{stage}: {why}"));
    }
}

fn all_checks(page: &mut Page, result: &AuditResult, words: &Catalogue) {
    page.section(words.word("report.checks"));
    let mut rows =
        vec![["check", "outcome", "about", "measured", "limit"].map(|k| words.word(&format!("report.{k}")).to_owned())];
    for f in &result.findings {
        let unit = words.unit(&f.check);
        let limit = crate::words::deciding_limit(f).map_or_else(String::new, |l| in_unit(l, unit, words));
        let value = if f.measured.value.is_some() { measured(&f.measured, unit, words) } else { String::new() };
        let value = value.split(" (").next().unwrap_or_default().to_owned();
        rows.push([f.check.clone(), words.word(outcome_key(f.outcome)).to_owned(), about(f, words), value, limit]);
    }
    page.table_keeping(1, &rows, &[false, false, false, true, true]);
}

fn about(finding: &Finding, words: &Catalogue) -> String {
    use fine_audit::finding::Scope;
    match &finding.scope {
        Scope::Global => String::new(),
        Scope::Feature { feature } => feature.clone(),
        Scope::Pair { features } => features.join(" + "),
        Scope::Group { attribute, group: Some(group), .. } => format!("{attribute} = {group}"),
        Scope::Group { attribute, .. } => attribute.clone(),
        Scope::Class { class } => class.clone(),
        Scope::Slice { predicates } => crate::words::slice_words(predicates, words),
    }
}

fn made(page: &mut Page, result: &AuditResult, words: &Catalogue) {
    page.section(words.word("report.made"));
    let m = &result.manifest;
    let label = |key: &str| words.word(&format!("report.{key}")).to_owned();
    let rows = words.fill(words.word("phrases.rows"), &[("n", grouped(m.rows))]);
    let mut facts = vec![
        (
            label("data-file"),
            format!("{} ({}, {rows}, {} {})", m.data.name, m.data.format, m.columns, label("columns")),
        ),
        digest(&m.data.sha256),
    ];
    if let Some(reference) = &m.reference {
        facts.push((label("reference-file"), reference.name.clone()));
        facts.push(digest(&reference.sha256));
    }
    facts.extend(model_facts(result, words));
    facts.push((label("target"), m.roles.target.clone()));
    facts.extend(m.positive.clone().map(|p| (label("positive"), p)));
    if !m.roles.protected.is_empty() {
        facts.push((label("protected"), m.roles.protected.join(", ")));
    }
    facts.push((label("policy"), format!("{} {}", m.policy.name, m.policy.version)));
    facts.push((label("seed"), m.seed.to_string()));
    facts.push((label("engine"), format!("Fine {}", result.engine_version)));
    page.facts(&facts);
    page.blank();
    if m.dropped_rows > 0 {
        page.paragraph(&words.fill(words.word("report.dropped"), &[("n", grouped(m.dropped_rows))]));
    }
    page.paragraph(words.word("report.not-run"));
    page.paragraph(words.word("report.replay"));
}

/// The model file, or the columns that hold its predictions, and how both agree.
fn model_facts(result: &AuditResult, words: &Catalogue) -> Vec<(String, String)> {
    let m = &result.manifest;
    let label = |key: &str| words.word(&format!("report.{key}")).to_owned();
    let stored = m.roles.prediction.as_ref().map(|p| p.columns().cloned().collect::<Vec<_>>().join(", "));
    let stored = stored.map(|columns| (label("stored"), columns));
    if m.model.format == fine_audit::subject::STORED_FORMAT {
        return stored.into_iter().collect();
    }
    let version = m.model.library_version.as_deref().unwrap_or("");
    // Results of before the name was kept have none.
    let name = if m.model.name.is_empty() { String::new() } else { format!("{}, ", m.model.name) };
    let size = format!("{} {}", grouped(m.model.bytes), label("bytes"));
    let model = format!("{name}{} {version} ({}, {size})", m.model.library, m.model.format);
    let mut facts = vec![(label("model-file"), model), digest(&m.model.sha256)];
    facts.extend(stored);
    facts.extend(proof(result, words).map(|text| (label("proof"), text)));
    facts
}

fn proof(result: &AuditResult, words: &Catalogue) -> Option<String> {
    let stage = result.stages.iter().find(|s| s.id == "model-file")?;
    let proof = LoadProof::deserialize(stage.report.as_ref()?.get("proof")?).ok()?;
    let rows = ("rows", grouped(proof.rows));
    Some(match proof.max_difference {
        None => words.fill(words.word("report.proof-labels"), &[rows]),
        Some(difference) => {
            let args = [rows, ("difference", small(difference)), ("tolerance", small(proof.tolerance))];
            words.fill(words.word("report.proof-text"), &args)
        }
    })
}

/// A small number with two digits: `0`, `1.2e-7`.
fn small(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:.1e}") }
}

fn digest(sha256: &str) -> (String, String) {
    ("  SHA-256".to_owned(), sha256.to_owned())
}

/// Issues and watches in the order of the diagnosis.
fn ranked(result: &AuditResult) -> Vec<&Finding> {
    result.diagnosis.risks.iter().filter_map(|risk| finding_of(risk, result)).map(|(_, finding)| finding).collect()
}

fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "severities.info",
        Severity::Low => "severities.low",
        Severity::Medium => "severities.medium",
        Severity::High => "severities.high",
        Severity::Critical => "severities.critical",
    }
}
