//! Explanation, sensitivity, the model file.

use fine_audit::stages::{explain, model_file, sensitivity};

use super::{fact, header, interval, value};
use crate::catalogue::Catalogue;
use crate::figures::{decimals, grouped, in_unit, significant};
use crate::text::layout::Page;

/// Features listed.
const FEATURES: usize = 15;

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
    super::explanation::details(page, report, words);
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
