//! Where the predictions can be relied on: uncertainty, slices.

use fine_audit::stages::{slices, uncertainty};

use super::{header, interval, p_value, sampling, value};
use crate::catalogue::Catalogue;
use crate::figures::{ends, grouped, in_unit, significant};
use crate::text::layout::Page;
use crate::words::slice_words;

/// Slices listed.
const SLICES: usize = 8;

pub(super) fn uncertainty(page: &mut Page, report: &uncertainty::report::Report, words: &Catalogue) {
    let share = |v: f64| in_unit(v, "share", words);
    let args = [
        ("target", share(report.target)),
        ("calibration", grouped(report.calibration_rows)),
        ("test", grouped(report.test_rows)),
    ];
    page.paragraph(&words.fill(words.word("report.promise"), &args));
    sampling(page, report.sampling.as_ref(), words);
    let mut rows = vec![header(["sets", "coverage", "interval", "by-law", "size"], words)];
    for m in &report.methods {
        rows.push([
            words.word(&format!("methods.{}", m.id)).to_owned(),
            value(&m.coverage, "share", words),
            interval(&m.coverage, "share", words),
            ends(m.law.low, m.law.high, "share", words),
            m.size.value.map_or_else(|| "–".to_owned(), |v| significant(v, words.language)),
        ]);
    }
    page.table(&rows, &[false, true, true, true, true]);
    let Some(first) = report.methods.first().filter(|m| !m.groups.is_empty()) else { return };
    let mut rows = vec![header(["group", "rows", "coverage", "interval", "adjusted-p", "size", "own-size"], words)];
    for g in &first.groups {
        let size = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| significant(v, words.language));
        let class = || format!("{} {}", words.word("report.class"), g.group);
        rows.push([
            g.attribute.as_ref().map_or_else(class, |a| format!("{a} = {}", g.group)),
            grouped(g.coverage.n),
            value(&g.coverage, "share", words),
            interval(&g.coverage, "share", words),
            p_value(g.p, words),
            size(g.size.value),
            size(g.own.as_ref().and_then(|o| o.size.value)),
        ]);
    }
    page.blank();
    page.table(&rows, &[false, true, true, true, true, true, true]);
}

pub(super) fn slices(page: &mut Page, report: &slices::report::Report, words: &Catalogue) {
    let errors = report.loss == "error";
    let (unit, difference) = if errors { ("share", "points") } else { ("number", "number") };
    let args = [
        ("found", grouped(report.discovery_rows)),
        ("tested", grouped(report.confirmation_rows)),
        ("confirmed", grouped(report.slices.iter().filter(|s| s.confirmed).count() as u64)),
        ("n", grouped(report.slices.len() as u64)),
        ("mean", value(&report.mean_loss, unit, words)),
        ("loss", words.word(&format!("report.losses-{}", report.loss)).to_owned()),
    ];
    page.paragraph(&words.fill(words.word("report.slices-note"), &args));
    sampling(page, report.sampling.as_ref(), words);
    let mut rows = vec![header(["slice", "rows", "excess", "interval", "adjusted-p"], words)];
    for s in report.slices.iter().take(SLICES) {
        rows.push([
            slice_words(&s.predicates, words),
            grouped(s.n),
            value(&s.excess, difference, words),
            interval(&s.excess, difference, words),
            p_value(s.q, words),
        ]);
    }
    if rows.len() > 1 {
        page.table(&rows, &[false, true, true, true, true]);
    }
}
