//! Where the predictions can be relied on: uncertainty.

use fine_audit::stages::uncertainty;

use super::{header, interval, p_value, value};
use crate::catalogue::Catalogue;
use crate::figures::{ends, grouped, in_unit, significant};
use crate::text::layout::Page;

pub(super) fn uncertainty(page: &mut Page, report: &uncertainty::report::Report, words: &Catalogue) {
    let share = |v: f64| in_unit(v, "share", words);
    let args = [
        ("target", share(report.target)),
        ("calibration", grouped(report.calibration_rows)),
        ("test", grouped(report.test_rows)),
    ];
    page.paragraph(&words.fill(words.word("report.promise"), &args));
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
