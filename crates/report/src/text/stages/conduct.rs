//! Explanation, sensitivity, robustness, fairness, the model file.

use fine_audit::estimate::Estimate;
use fine_audit::stages::{explain, fairness, model_file, robustness, sensitivity};

use super::{fact, header, interval, p_value, value};
use crate::catalogue::Catalogue;
use crate::figures::{decimals, grouped, in_unit, significant};
use crate::text::layout::Page;

/// Features listed.
const FEATURES: usize = 15;
/// Masked features listed.
const MASKED: usize = 5;

pub(super) fn explain(page: &mut Page, report: &explain::report::Report, words: &Catalogue) {
    let method = &report.method;
    let key = if method.id == "permutation-sampler" { "report.method-sampled" } else { "report.method" };
    let name = words.word(&format!("methods.{}", method.id)).to_owned();
    let scale = words.word(&format!("scales.{}", method.scale)).to_owned();
    page.paragraph(&words.fill(words.word(key), &[("n", grouped(method.rows)), ("method", name), ("scale", scale)]));
    let metric = words.word(&format!("metrics.{}", method.permutation_metric)).to_owned();
    let shuffled = words.fill(words.word("report.shuffled"), &[("metric", metric)]);
    let [feature, importance, range, share] = header(["feature", "importance", "interval", "share"], words);
    let mut rows = vec![[feature, importance, range, share, shuffled]];
    for f in report.features.iter().take(FEATURES) {
        let figure = |v: f64| significant(v, words.language);
        let range = match (f.mean_abs_shap.low, f.mean_abs_shap.high) {
            (Some(low), Some(high)) => format!("{} … {}", figure(low), figure(high)),
            _ => "–".to_owned(),
        };
        let or_none = |v: Option<f64>, write: &dyn Fn(f64) -> String| v.map_or_else(|| "–".to_owned(), write);
        rows.push([
            f.feature.clone(),
            or_none(f.mean_abs_shap.value, &figure),
            range,
            value(&f.shap_share, "share", words),
            or_none(f.permutation.value, &|v| decimals(v, 4, words.language)),
        ]);
    }
    page.table(&rows, &[false, true, true, true, true]);
    let left = report.features.len().saturating_sub(FEATURES);
    if left > 0 {
        page.paragraph(&words.fill(words.word("report.more"), &[("n", grouped(left as u64))]));
    }
}

pub(super) fn sensitivity(page: &mut Page, report: &sensitivity::report::Report, words: &Catalogue) {
    let labels = report.label_flip_rate.is_some();
    let (title, unit) = if labels { ("flips", "share") } else { ("shift", "number") };
    let mut rows = vec![header(["noise", title, "interval"], words)];
    for level in &report.joint {
        let name = words.word(&format!("noises.{}", level.noise)).to_owned();
        let e = level.flip_rate.as_ref().unwrap_or(&level.mean_shift);
        let size = in_unit(level.level, "share", words);
        rows.push([format!("{size} {name}"), value(e, unit, words), interval(e, unit, words)]);
    }
    page.table(&rows, &[false, true, true]);
}

pub(super) fn robustness(page: &mut Page, report: &robustness::report::Report, words: &Catalogue) {
    let metric = words.word(&format!("metrics.{}", report.metric)).to_owned();
    let baseline = [("metric", metric.clone()), ("value", in_unit(report.baseline, "number", words))];
    page.paragraph(&words.fill(words.word("report.unstressed"), &baseline));
    let level = |name: String, s: &robustness::report::StressLevel| {
        let drop = (value(&s.drop, "number", words), interval(&s.drop, "number", words));
        [name, in_unit(s.value, "number", words), drop.0, drop.1]
    };
    let title = |key: &str| words.word(&format!("report.{key}")).to_owned();
    let mut rows = vec![[title("stress"), metric, title("drop"), title("interval")]];
    for s in &report.noise {
        let size = decimals(s.level, 1, words.language);
        rows.push(level(words.fill(words.word("report.noise-level"), &[("level", size)]), s));
    }
    for s in &report.missing {
        let size = in_unit(s.level, "share", words);
        rows.push(level(words.fill(words.word("report.missing-level"), &[("level", size)]), s));
    }
    page.table(&rows, &[false, true, true, true]);
    if report.missing_refused {
        page.paragraph(words.word("report.missing-refused"));
    }
    let mut masked: Vec<_> = report.masked.iter().collect();
    masked.sort_by(|a, b| b.drop.value.unwrap_or(0.0).total_cmp(&a.drop.value.unwrap_or(0.0)));
    let mut rows = vec![header(["masked", "fill", "drop", "interval"], words)];
    rows.extend(masked.iter().take(MASKED).map(|m| {
        let drop = (value(&m.drop, "number", words), interval(&m.drop, "number", words));
        [m.feature.clone(), m.fill.clone(), drop.0, drop.1]
    }));
    page.blank();
    page.table(&rows, &[false, false, true, true]);
}

pub(super) fn fairness(page: &mut Page, report: &fairness::report::Report, words: &Catalogue) {
    for a in &report.attributes {
        groups(page, a, words);
        page.blank();
        gaps(page, a, words);
        notes(page, a, words);
        page.blank();
    }
    page.paragraph(words.word("report.prima-facie"));
}

fn groups(page: &mut Page, a: &fairness::report::AttributeFairness, words: &Catalogue) {
    let [rows, selected, base, tpr, fpr] = header(["rows", "selected", "base", "tpr", "fpr"], words);
    let mut table = vec![[a.attribute.clone(), rows, selected, base, tpr, fpr]];
    for g in &a.groups {
        let share = |e: &Estimate| value(e, "share", words);
        let rates = (share(&g.selection_rate), share(&g.base_rate), share(&g.tpr), share(&g.fpr));
        let mark = if g.small { " *" } else { "" };
        table.push([format!("{}{mark}", g.group), grouped(g.n), rates.0, rates.1, rates.2, rates.3]);
    }
    page.table(&table, &[false, true, true, true, true, true]);
}

fn gaps(page: &mut Page, a: &fairness::report::AttributeFairness, words: &Catalogue) {
    let mut rows = vec![header(["gap", "value", "interval", "adjusted-p"], words)];
    for gap in &a.gaps {
        let unit = match gap.id.as_str() {
            "disparate_impact" | "treatment_equality_diff" => "ratio",
            "auc_diff" => "number",
            _ => "points",
        };
        rows.push([
            words.word(&format!("metrics.{}", gap.id)).to_owned(),
            value(&gap.estimate, unit, words),
            interval(&gap.estimate, unit, words),
            p_value(gap.p_adjusted, words),
        ]);
    }
    page.table(&rows, &[false, true, true, true]);
}

/// What a reader needs beside the numbers.
fn notes(page: &mut Page, a: &fairness::report::AttributeFairness, words: &Catalogue) {
    let mut say =
        |key: &str, args: &[(&str, String)]| page.paragraph(&words.fill(words.word(&format!("report.{key}")), args));
    if let (Some(more), Some(ratio)) = (a.ratio_one_more, a.gaps.iter().find(|g| g.id == "disparate_impact")) {
        let shown = |v: f64| in_unit(v, "ratio", words);
        if let Some(now) = ratio.estimate.value.map(shown).filter(|now| *now != shown(more)) {
            say("one-more", &[("now", now), ("more", shown(more))]);
        }
    }
    if let Some(flips) = a.flip_rate.as_ref().filter(|f| f.value.is_some()) {
        say("flip-rate", &[("attribute", a.attribute.clone()), ("share", value(flips, "share", words))]);
    }
    if a.groups.iter().any(|g| g.small) {
        say("small", &[]);
    }
    if a.unknown > 0 {
        say("unknown", &[("attribute", a.attribute.clone()), ("n", grouped(a.unknown))]);
    }
}

pub(super) fn model_file(page: &mut Page, report: &model_file::report::Report, words: &Catalogue) {
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
    page.facts(&[fact("imports", grouped(facts.imports.len() as u64), words), fact("dangers", dangers, words)]);
}
