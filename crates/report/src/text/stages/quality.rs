//! Data, performance, calibration.

use fine_audit::stages::{calibration, data, performance};

use super::{fact, header, interval, p_value, value};
use crate::catalogue::Catalogue;
use crate::figures::{grouped, in_unit, significant};
use crate::text::layout::Page;

/// Pairs of features listed.
const PAIRS: usize = 5;

pub(super) fn data(page: &mut Page, report: &data::report::Report, words: &Catalogue) {
    let part = |n: u64, share: f64| format!("{} ({})", grouped(n), in_unit(share, "share", words));
    let mut facts = vec![
        fact("rows", grouped(report.rows), words),
        fact("columns", grouped(report.columns.len() as u64), words),
        fact("duplicates", part(report.duplicate_rows, report.duplicate_share), words),
    ];
    if !report.classes.is_empty() {
        facts.push(fact("conflicting", part(report.conflicting_rows, report.conflicting_share), words));
    }
    if let Some(share) = report.outlier_share {
        facts.push(fact("outlier-rows", part(report.outlier_rows, share), words));
    }
    for class in &report.classes {
        let name = format!("{} {}", words.word("report.class"), class.class);
        facts.push((name, part(class.count, class.share)));
    }
    page.facts(&facts);
    let missing: Vec<_> = report.columns.iter().filter(|c| c.missing > 0).collect();
    if !missing.is_empty() {
        let mut rows = vec![header(["feature", "share-missing", "rows"], words)];
        rows.extend(
            missing.iter().map(|c| [c.name.clone(), in_unit(c.missing_share, "share", words), grouped(c.missing)]),
        );
        page.blank();
        page.table(&rows, &[false, true, true]);
    }
    let strongest: Vec<_> = report.associations.iter().take(PAIRS).collect();
    if !strongest.is_empty() {
        let mut rows = vec![header(["pair", "association", "kind"], words)];
        rows.extend(strongest.iter().map(|a| {
            let kind = words.word(&format!("associations.{}", a.method)).to_owned();
            [a.features.join(" + "), in_unit(a.value, "ratio", words), kind]
        }));
        page.blank();
        page.table(&rows, &[false, true, false]);
    }
}

pub(super) fn performance(page: &mut Page, report: &performance::report::Report, words: &Catalogue) {
    let mut rows = vec![header(["metric", "value", "interval", "rows"], words)];
    for m in &report.metrics {
        let name = words.word(&format!("metrics.{}", m.id)).to_owned();
        let e = &m.estimate;
        rows.push([name, value(e, "number", words), interval(e, "number", words), grouped(e.n)]);
    }
    page.table(&rows, &[false, true, true, true]);
    if report.confusion.len() == 2 {
        confusion(page, report, words);
    } else if !report.per_class.is_empty() {
        classes(page, report, words);
    }
    if !report.baselines.is_empty() {
        let mut rows = vec![header(["baselines", "metric", "value", "advantage", "interval", "gain"], words)];
        for b in &report.baselines {
            rows.push([
                words.word(&format!("baselines.{}", b.id)).to_owned(),
                words.word(&format!("metrics.{}", b.metric)).to_owned(),
                in_unit(b.value, "number", words),
                value(&b.advantage, "number", words),
                interval(&b.advantage, "number", words),
                value(&b.gain_interval, "share", words),
            ]);
        }
        page.blank();
        page.table(&rows, &[false, false, true, true, true, true]);
        page.paragraph(words.word("report.gain-note"));
    }
}

fn confusion(page: &mut Page, report: &performance::report::Report, words: &Catalogue) {
    let name = |i: usize| report.per_class.get(i).map_or_else(|| i.to_string(), |c| c.class.clone());
    let mut rows = vec![[words.word("report.truth-prediction").to_owned(), name(0), name(1)]];
    for (i, counts) in report.confusion.iter().enumerate() {
        let cell = |j: usize| counts.get(j).map_or_else(String::new, |c| in_unit(*c, "count", words));
        rows.push([name(i), cell(0), cell(1)]);
    }
    page.subsection(words.word("report.confusion"));
    page.table(&rows, &[false, true, true]);
}

fn classes(page: &mut Page, report: &performance::report::Report, words: &Catalogue) {
    let metric = |id: &str| words.word(&format!("metrics.{id}")).to_owned();
    let word = |id: &str| words.word(&format!("report.{id}")).to_owned();
    let mut rows =
        vec![[word("class"), word("rows"), metric("precision"), metric("recall"), metric("f1"), metric("roc_auc")]];
    for c in &report.per_class {
        let share = |e| value(e, "share", words);
        let (precision, recall) = (share(&c.precision), share(&c.recall));
        let (f1, auc) = (value(&c.f1, "number", words), value(&c.roc_auc, "number", words));
        rows.push([c.class.clone(), grouped(c.support), precision, recall, f1, auc]);
    }
    page.blank();
    page.table(&rows, &[false, true, true, true, true, true]);
}

pub(super) fn calibration(page: &mut Page, report: &calibration::report::Report, words: &Catalogue) {
    let mut rows = vec![header(["class", "ece", "interval", "slope", "interval", "p-calibrated"], words)];
    for c in &report.classes {
        let class = if c.class == "top-label" { words.word("report.top-label").to_owned() } else { c.class.clone() };
        rows.push([
            class,
            value(&c.ece_mass, "points", words),
            interval(&c.ece_mass, "points", words),
            value(&c.slope, "ratio", words),
            interval(&c.slope, "ratio", words),
            p_value(Some(c.spiegelhalter_p.min(c.corp.mcb_p)), words),
        ]);
    }
    if rows.len() > 1 {
        page.table(&rows, &[false, true, true, true, true, true]);
        page.paragraph(words.word("report.calibration-note"));
    }
    if !report.groups.is_empty() {
        let mut rows = vec![header(["group", "rows", "mean-gap", "interval", "ece"], words)];
        rows.extend(report.groups.iter().map(|g| {
            let name = format!("{} = {}", g.attribute, g.group);
            let gap = (value(&g.mean_gap, "points", words), interval(&g.mean_gap, "points", words));
            [name, grouped(g.n), gap.0, gap.1, value(&g.ece_mass, "points", words)]
        }));
        page.blank();
        page.table(&rows, &[false, true, true, true, true]);
    }
    if !report.deciles.is_empty() {
        let mut rows = vec![header(["rows", "predicted", "observed", "residual", "interval"], words)];
        for d in &report.deciles {
            let figure = |v: f64| significant(v, words.language);
            let residual = (value(&d.residual, "number", words), interval(&d.residual, "number", words));
            rows.push([grouped(d.n), figure(d.predicted), figure(d.observed), residual.0, residual.1]);
        }
        page.table(&rows, &[true; 5]);
    }
}
