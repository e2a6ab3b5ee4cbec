//! The evidence of each stage: its headline numbers as tables.

use fine_audit::estimate::Estimate;
use fine_audit::result::{StageRecord, StageStatus};
use fine_audit::stages::{calibration, data, explain, fairness, model_file, performance, robustness, sensitivity};
use serde::de::DeserializeOwned;

use super::layout::Page;
use crate::catalogue::Catalogue;
use crate::figures::{decimals, grouped, in_unit, measured, significant};

/// Writes one stage, when it has a report.
pub(super) fn stage(page: &mut Page, record: &StageRecord, words: &Catalogue) {
    if record.status != StageStatus::Done {
        return;
    }
    let key = format!("stages.{}", record.id);
    let title = words.word(&format!("{key}.title")).to_owned();
    let question = words.get(&format!("{key}.question")).unwrap_or_default();
    page.subsection(&format!("{title}. {question}"));
    match record.id.as_str() {
        "data" => with(record, |r| data(page, &r, words)),
        "performance" => with(record, |r| performance(page, &r, words)),
        "calibration" => with(record, |r| calibration(page, &r, words)),
        "explain" => with(record, |r| explain(page, &r, words)),
        "sensitivity" => with(record, |r| sensitivity(page, &r, words)),
        "robustness" => with(record, |r| robustness(page, &r, words)),
        "fairness" => with(record, |r| fairness(page, &r, words)),
        "model-file" => with(record, |r| model_file(page, &r, words)),
        _ => {}
    }
}

/// Reads a stage's report; a report of another version is left to the JSON document.
fn with<R: DeserializeOwned>(record: &StageRecord, write: impl FnOnce(R)) {
    if let Some(report) = record.report.as_ref().and_then(|r| R::deserialize(r).ok()) {
        write(report);
    }
}

fn header<const N: usize>(keys: [&str; N], words: &Catalogue) -> [String; N] {
    keys.map(|k| words.word(&format!("report.{k}")).to_owned())
}

fn value(e: &Estimate, unit: &str, words: &Catalogue) -> String {
    e.value.map_or_else(
        || words.fill(words.word("phrases.not-estimable"), &[("n", grouped(e.n))]),
        |v| in_unit(v, unit, words),
    )
}

fn interval(e: &Estimate, unit: &str, words: &Catalogue) -> String {
    match (e.low, e.high) {
        (Some(low), Some(high)) => format!("{} … {}", in_unit(low, unit, words), in_unit(high, unit, words)),
        _ => "–".to_owned(),
    }
}

fn data(page: &mut Page, report: &data::report::Report, words: &Catalogue) {
    let missing: Vec<_> = report.columns.iter().filter(|c| c.missing > 0).collect();
    let facts = vec![
        (words.word("report.rows").to_owned(), grouped(report.rows)),
        (words.word("report.columns").to_owned(), grouped(report.columns.len() as u64)),
        (
            words.word("report.duplicates").to_owned(),
            format!("{} ({})", grouped(report.duplicate_rows), in_unit(report.duplicate_share, "share", words)),
        ),
    ];
    page.facts(&facts);
    for class in &report.classes {
        page.facts(&[(
            format!("{} {}", words.word("report.class"), class.class),
            format!("{} ({})", grouped(class.count), in_unit(class.share, "share", words)),
        )]);
    }
    if !missing.is_empty() {
        let mut rows = vec![header(["feature", "share-missing", "rows"], words)];
        rows.extend(
            missing.iter().map(|c| [c.name.clone(), in_unit(c.missing_share, "share", words), grouped(c.missing)]),
        );
        page.blank();
        page.table(&rows, &[false, true, true]);
    }
}

fn performance(page: &mut Page, report: &performance::report::Report, words: &Catalogue) {
    let mut rows = vec![header(["metric", "value", "interval", "rows"], words)];
    for m in &report.metrics {
        let name = words.word(&format!("metrics.{}", m.id)).to_owned();
        rows.push([
            name,
            value(&m.estimate, "number", words),
            interval(&m.estimate, "number", words),
            grouped(m.estimate.n),
        ]);
    }
    page.table(&rows, &[false, true, true, true]);
    if report.confusion.len() == 2 {
        let names: Vec<String> = report.per_class.iter().map(|c| c.class.clone()).collect();
        let name = |i: usize| names.get(i).cloned().unwrap_or_else(|| i.to_string());
        let mut rows = vec![[words.word("report.truth-prediction").to_owned(), name(0), name(1)]];
        for (i, counts) in report.confusion.iter().enumerate() {
            let cell = |j: usize| counts.get(j).map_or_else(String::new, |c| in_unit(*c, "count", words));
            rows.push([name(i), cell(0), cell(1)]);
        }
        page.subsection(words.word("report.confusion"));
        page.table(&rows, &[false, true, true]);
    }
    if !report.baselines.is_empty() {
        let mut rows = vec![header(["baselines", "metric", "value", "advantage"], words)];
        for b in &report.baselines {
            rows.push([
                words.word(&format!("baselines.{}", b.id)).to_owned(),
                words.word(&format!("metrics.{}", b.metric)).to_owned(),
                in_unit(b.value, "number", words),
                measured(&b.advantage, "number", words),
            ]);
        }
        page.blank();
        page.table(&rows, &[false, false, true, true]);
    }
}

fn calibration(page: &mut Page, report: &calibration::report::Report, words: &Catalogue) {
    let mut rows = vec![header(["class", "ece", "slope"], words)];
    for c in &report.classes {
        rows.push([c.class.clone(), measured(&c.ece_mass, "points", words), measured(&c.slope, "ratio", words)]);
    }
    if rows.len() > 1 {
        page.table(&rows, &[false, true, true]);
    }
    for d in report.deciles.iter().take(1) {
        let _ = d;
        let mut rows =
            vec![["rows", "value", "measured", "gap"].map(|k| words.word(&format!("report.{k}")).to_owned())];
        for d in &report.deciles {
            let figure = |v: f64| significant(v, words.language);
            rows.push([grouped(d.n), figure(d.predicted), figure(d.observed), measured(&d.residual, "number", words)]);
        }
        page.table(&rows, &[true, true, true, true]);
    }
}

fn explain(page: &mut Page, report: &explain::report::Report, words: &Catalogue) {
    let key = if report.method.id == "permutation-sampler" { "report.method-sampled" } else { "report.method" };
    let method = words.word(&format!("methods.{}", report.method.id)).to_owned();
    page.paragraph(&words.fill(words.word(key), &[("n", grouped(report.method.rows)), ("method", method)]));
    let mut rows = vec![header(["feature", "importance", "interval", "permutation"], words)];
    for f in report.features.iter().take(15) {
        let figure = |v: f64| significant(v, words.language);
        let range = match (f.mean_abs_shap.low, f.mean_abs_shap.high) {
            (Some(low), Some(high)) => format!("{} … {}", figure(low), figure(high)),
            _ => "–".to_owned(),
        };
        let size = f.mean_abs_shap.value.map_or_else(|| "–".to_owned(), figure);
        rows.push([
            f.feature.clone(),
            size,
            range,
            f.permutation.value.map_or_else(|| "–".to_owned(), |v| decimals(v, 4, words.language)),
        ]);
    }
    page.table(&rows, &[false, true, true, true]);
}

fn sensitivity(page: &mut Page, report: &sensitivity::report::Report, words: &Catalogue) {
    let mut rows = vec![header(["noise", "flips", "interval"], words)];
    for level in &report.joint {
        let name = format!("{} {}", level.noise, in_unit(level.level, "share", words));
        let (v, i) = level.flip_rate.as_ref().map_or_else(
            || (measured(&level.mean_shift, "number", words), String::new()),
            |f| (value(f, "share", words), interval(f, "share", words)),
        );
        rows.push([name, v, i]);
    }
    page.table(&rows, &[false, true, true]);
}

fn robustness(page: &mut Page, report: &robustness::report::Report, words: &Catalogue) {
    let metric = words.word(&format!("metrics.{}", report.metric)).to_owned();
    let mut rows = vec![["noise".to_owned(), metric, "drop".to_owned()]];
    rows[0][0] = words.word("report.noise").to_owned();
    rows[0][2] = words.word("report.drop").to_owned();
    for s in &report.noise {
        rows.push([
            decimals(s.level, 2, words.language),
            in_unit(s.value, "number", words),
            measured(&s.drop, "number", words),
        ]);
    }
    page.table(&rows, &[true, true, true]);
    let mut masked: Vec<_> = report.masked.iter().collect();
    masked.sort_by(|a, b| b.drop.value.unwrap_or(0.0).total_cmp(&a.drop.value.unwrap_or(0.0)));
    let mut rows = vec![header(["masked", "drop"], words)];
    rows.extend(masked.iter().take(5).map(|m| [m.feature.clone(), measured(&m.drop, "number", words)]));
    page.blank();
    page.table(&rows, &[false, true]);
}

fn fairness(page: &mut Page, report: &fairness::report::Report, words: &Catalogue) {
    for a in &report.attributes {
        let mut rows = vec![[
            a.attribute.clone(),
            words.word("report.rows").to_owned(),
            words.word("report.selected").to_owned(),
            words.word("report.tpr").to_owned(),
            words.word("report.fpr").to_owned(),
        ]];
        for g in &a.groups {
            let share = |e: &Estimate| value(e, "share", words);
            rows.push([g.group.clone(), grouped(g.n), share(&g.selection_rate), share(&g.tpr), share(&g.fpr)]);
        }
        page.table(&rows, &[false, true, true, true, true]);
        page.blank();
        let mut rows = vec![header(["gap", "value", "interval", "adjusted-p"], words)];
        for gap in &a.gaps {
            let unit = if gap.id == "disparate_impact" { "ratio" } else { "points" };
            let p = gap.p_adjusted.map_or_else(
                || "–".to_owned(),
                |p| if p < 0.001 { "< 0.001".to_owned() } else { decimals(p, 3, words.language) },
            );
            rows.push([
                words.word(&format!("metrics.{}", gap.id)).to_owned(),
                value(&gap.estimate, unit, words),
                interval(&gap.estimate, unit, words),
                p,
            ]);
        }
        page.table(&rows, &[false, true, true, true]);
        page.blank();
    }
    page.paragraph(words.word("report.prima-facie"));
}

fn model_file(page: &mut Page, report: &model_file::report::Report, words: &Catalogue) {
    let facts = &report.facts;
    for e in &facts.estimators {
        let indent = "  ".repeat(e.depth as usize);
        let name = if e.name.is_empty() { String::new() } else { format!("{}: ", e.name) };
        page.line(&format!("  {indent}{name}{}", e.class));
    }
    let dangers = if facts.dangers.is_empty() {
        words.word("report.none").to_owned()
    } else {
        facts.dangers.iter().map(|d| d.name.clone()).collect::<Vec<_>>().join(", ")
    };
    page.blank();
    page.facts(&[
        (words.word("report.imports").to_owned(), grouped(facts.imports.len() as u64)),
        (words.word("report.dangers").to_owned(), dangers),
    ]);
}
