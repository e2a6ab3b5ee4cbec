//! The comparison of two audits as plain text: what is better or worse first, then what lies behind it.

use fine_audit::compare::Comparison;
use fine_audit::compare::report::{Change, ChangeKind, FindingChange, Hits, MetricChange, Party};
use fine_audit::estimate::Estimate;
use fine_audit::finding::Finding;

use super::layout::Page;
use super::stages::{interval, p_value, value};
use super::{about, digest};
use crate::catalogue::{Catalogue, Language};
use crate::figures::{grouped, in_unit};
use crate::words::{finding_sentence, finding_title, outcome_key};

/// Groups and features listed.
const LISTED: usize = 12;

/// The whole comparison.
pub fn comparison_report(comparison: &Comparison, name: &str, language: Language) -> String {
    let words = Catalogue::of(language);
    let mut page = Page::default();
    page.title(words.word("comparison.title"), name);
    summary(&mut page, comparison, words);
    page.section(words.word("comparison.metrics"));
    metrics(&mut page, &comparison.metrics, words);
    if let Some(hits) = &comparison.hits {
        right(&mut page, hits, words);
    }
    page.section(words.word("comparison.churn"));
    churn(&mut page, comparison, words);
    importances(&mut page, comparison, words);
    page.section(words.word("comparison.findings"));
    findings(&mut page, comparison, words);
    made(&mut page, comparison, words);
    page.finish()
}

/// Which metrics are better, worse and not settled, by name.
fn summary(page: &mut Page, comparison: &Comparison, words: &Catalogue) {
    for (key, change) in [("worse", Change::Worse), ("better", Change::Better), ("unclear", Change::Unclear)] {
        let named: Vec<&str> =
            comparison.metrics.iter().filter(|m| m.change == change).map(|m| metric_name(m, words)).collect();
        let named = if named.is_empty() { words.word("report.none").to_owned() } else { named.join(", ") };
        page.paragraph(&words.fill(words.word(&format!("comparison.said-{key}")), &[("metrics", named)]));
    }
    let count = |kind: ChangeKind| grouped(comparison.findings.iter().filter(|f| f.kind == kind).count() as u64);
    let args = [
        ("opened", count(ChangeKind::Opened)),
        ("worse", count(ChangeKind::Worse)),
        ("better", count(ChangeKind::Better)),
        ("closed", count(ChangeKind::Closed)),
    ];
    page.paragraph(&words.fill(words.word("comparison.said-findings"), &args));
}

fn metric_name<'w>(metric: &MetricChange, words: &'w Catalogue) -> &'w str {
    words.get(&format!("metrics.{}", metric.id)).unwrap_or_default()
}

fn metrics(page: &mut Page, metrics: &[MetricChange], words: &Catalogue) {
    let mut rows = vec![titles(["metric", "old", "new", "difference", "interval", "p", "evidence"], words)];
    let number = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| in_unit(v, "number", words));
    for m in metrics {
        let change = match m.change {
            Change::Better => "better",
            Change::Worse => "worse",
            Change::Unclear => "unclear",
        };
        rows.push([
            metric_name(m, words).to_owned(),
            number(m.old),
            number(m.new),
            value(&m.difference, "number", words),
            interval(&m.difference, "number", words),
            p_value(m.p_value, words),
            words.word(&format!("comparison.{change}")).to_owned(),
        ]);
    }
    page.table(&rows, &[false, true, true, true, true, true, false]);
    page.blank();
    page.paragraph(words.word("comparison.metrics-note"));
}

fn right(page: &mut Page, hits: &Hits, words: &Catalogue) {
    page.subsection(words.word("comparison.hits"));
    let fact = |key: &str, n: u64| (words.word(&format!("comparison.{key}")).to_owned(), grouped(n));
    page.facts(&[
        fact("hits-both", hits.both),
        fact("hits-old", hits.only_old),
        fact("hits-new", hits.only_new),
        fact("hits-neither", hits.neither),
    ]);
    page.blank();
    let key = if hits.exact { "comparison.mcnemar-exact" } else { "comparison.mcnemar" };
    page.paragraph(&words.fill(words.word(key), &[("p", p_value(Some(hits.p_value), words))]));
}

fn churn(page: &mut Page, comparison: &Comparison, words: &Catalogue) {
    let churn = &comparison.churn;
    let is_regression = comparison.classes.is_empty();
    let unit = if is_regression { "number" } else { "share" };
    let measured = crate::figures::measured(&churn.overall, unit, words);
    let args = [
        ("churn", measured),
        ("mended", grouped(churn.mended)),
        ("broken", grouped(churn.broken)),
        ("other", grouped(churn.other)),
    ];
    let key = if is_regression { "comparison.moved" } else { "comparison.flipped" };
    page.paragraph(&words.fill(words.word(key), &args));
    if churn.groups.is_empty() {
        return;
    }
    let mut rows = vec![titles(["group", "rows", "churned", "interval", "adjusted-p"], words)];
    rows.extend(churn.groups.iter().take(LISTED).map(|group| {
        [
            format!("{} = {}", group.column, group.group),
            grouped(group.n),
            value(&group.churn, unit, words),
            interval(&group.churn, unit, words),
            p_value(group.p_value, words),
        ]
    }));
    page.blank();
    page.table(&rows, &[false, true, true, true, true]);
    further(page, churn.groups.len(), words);
}

fn importances(page: &mut Page, comparison: &Comparison, words: &Catalogue) {
    if comparison.importances.is_empty() {
        return;
    }
    page.section(words.word("comparison.importances"));
    let share = |e: &Estimate| value(e, "share", words);
    let place = |rank: Option<u32>| rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
    let mut rows = vec![titles(["feature", "share-old", "share-new", "place-old", "place-new"], words)];
    rows.extend(
        comparison
            .importances
            .iter()
            .take(LISTED)
            .map(|i| [i.feature.clone(), share(&i.old), share(&i.new), place(i.old_rank), place(i.new_rank)]),
    );
    page.table(&rows, &[false, true, true, true, true]);
    further(page, comparison.importances.len(), words);
    if let Some(tau) = comparison.importance_agreement {
        page.blank();
        page.paragraph(&words.fill(words.word("comparison.agreement"), &[("tau", in_unit(tau, "ratio", words))]));
    }
}

fn findings(page: &mut Page, comparison: &Comparison, words: &Catalogue) {
    for (key, kind) in [
        ("opened", ChangeKind::Opened),
        ("got-worse", ChangeKind::Worse),
        ("got-better", ChangeKind::Better),
        ("closed", ChangeKind::Closed),
        ("other", ChangeKind::Other),
    ] {
        let changed: Vec<&FindingChange> = comparison.findings.iter().filter(|change| change.kind == kind).collect();
        if changed.is_empty() {
            continue;
        }
        page.subsection(&format!("{} ({})", words.word(&format!("comparison.{key}")), changed.len()));
        for change in changed {
            finding(page, change, words);
        }
    }
    page.blank();
    let args = [("n", grouped(comparison.same_findings))];
    page.paragraph(&words.fill(words.word("comparison.same"), &args));
}

/// The finding as it is now, or as it was where it is gone, and the two outcomes.
fn finding(page: &mut Page, change: &FindingChange, words: &Catalogue) {
    let Some(shown) = change.new.as_ref().or(change.old.as_ref()) else { return };
    let outcome = |side: Option<&Finding>| {
        side.map_or(words.word("comparison.absent"), |f| words.word(outcome_key(f.outcome))).to_owned()
    };
    let about = about(shown, words);
    let about = if about.is_empty() { about } else { format!(" ({about})") };
    let outcomes = format!("{} → {}", outcome(change.old.as_ref()), outcome(change.new.as_ref()));
    let said = match (change.kind, &change.new) {
        // What is not a matter of the model says enough by its outcomes.
        (ChangeKind::Other, _) | (_, None) => String::new(),
        (_, Some(new)) => format!(". {}", finding_sentence(new, words)),
    };
    page.item("-", &format!("{}{about}: {outcomes}{said}", finding_title(shown, words)));
}

fn made(page: &mut Page, comparison: &Comparison, words: &Catalogue) {
    page.section(words.word("report.made"));
    let data = &comparison.data;
    let rows = words.fill(words.word("phrases.rows"), &[("n", grouped(comparison.rows))]);
    let party = |key: &str, party: &Party| {
        let verdict = words.word(outcome_key(party.verdict));
        let name = if party.model.is_empty() { words.word("report.stored") } else { &party.model };
        let text = format!("{name} ({}: {verdict})", words.word("report.verdict").to_lowercase());
        (words.word(&format!("comparison.{key}")).to_owned(), text)
    };
    let mut facts = vec![
        (words.word("report.data-file").to_owned(), format!("{} ({}, {rows})", data.name, data.format)),
        digest(&data.sha256),
        party("old-model", &comparison.old),
    ];
    facts.extend((!comparison.old.sha256.is_empty()).then(|| digest(&comparison.old.sha256)));
    facts.push(party("new-model", &comparison.new));
    facts.extend((!comparison.new.sha256.is_empty()).then(|| digest(&comparison.new.sha256)));
    facts.push((words.word("report.engine").to_owned(), format!("Fine {}", comparison.engine_version)));
    page.facts(&facts);
    page.blank();
    page.paragraph(words.word("comparison.paired"));
}

fn further(page: &mut Page, all: usize, words: &Catalogue) {
    if all > LISTED {
        page.paragraph(&words.fill(words.word("comparison.further"), &[("n", grouped((all - LISTED) as u64))]));
    }
}

/// Words of column titles.
fn titles<const N: usize>(keys: [&str; N], words: &Catalogue) -> [String; N] {
    keys.map(|key| words.word(&format!("comparison.columns.{key}")).to_owned())
}
