//! Leaks, and the audited table against the reference table.

use fine_audit::estimate::Estimate;
use fine_audit::stages::{drift, leakage};

use super::{fact, header, interval, p_value, value};
use crate::catalogue::Catalogue;
use crate::figures::{grouped, in_unit};
use crate::text::layout::Page;

/// Columns listed.
const COLUMNS: usize = 15;
/// Features of the classifier that are named.
const NAMED: usize = 3;

/// Features listed by what they say alone.
const POWERS: usize = 10;

pub(super) fn leakage(page: &mut Page, report: &leakage::report::Report, words: &Catalogue) {
    let mut facts = Vec::new();
    let mut share = |key: &str, e: &Estimate| facts.push(fact(key, value(e, "share", words), words));
    if let Some(s) = &report.shared {
        share("shared-rows", &s.rows);
        s.near.iter().for_each(|near| share("near-rows", near));
    }
    report.ids.iter().for_each(|ids| share("shared-ids", &ids.share));
    report.times.iter().for_each(|times| share("time-overlap", &times.overlap));
    if let Some(p) = &report.predictions {
        for (key, difference) in [("single-rows", p.single), ("repeated-rows", p.again)] {
            facts.push(fact(key, in_unit(difference, "scientific", words), words));
        }
    }
    page.facts(&facts);
    let mut powers: Vec<_> = report.features.iter().chain(&report.identifiers).collect();
    let size = |p: &leakage::report::Power| p.score.value.unwrap_or(-1.0);
    powers.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let mut rows = vec![header(["feature", "power", "interval", "tree", "naive"], words)];
    rows.extend(powers.iter().take(POWERS).map(|p| {
        let number = |v: f64| in_unit(v, "number", words);
        let score = (value(&p.score, "number", words), interval(&p.score, "number", words));
        [p.column.clone(), score.0, score.1, number(p.model), number(p.naive)]
    }));
    page.blank();
    page.table(&rows, &[false, true, true, true, true]);
}

pub(super) fn drift(page: &mut Page, report: &drift::report::Report, words: &Catalogue) {
    page.facts(&[
        fact("reference-file", grouped(report.rows[0]), words),
        fact("data-file", grouped(report.rows[1]), words),
    ]);
    let mut columns: Vec<_> = report.features.iter().collect();
    let size = |e: &Estimate| e.value.unwrap_or(-1.0);
    columns.sort_by(|a, b| size(&b.psi).total_cmp(&size(&a.psi)));
    let mut rows = vec![header(["feature", "psi", "jensen-shannon", "largest", "missing-change", "adjusted-p"], words)];
    rows.extend(columns.iter().take(COLUMNS).map(|c| {
        let main = c.ks.as_ref().or(c.cramer_v.as_ref());
        let test = c.ks_test.as_ref().or(c.chi_squared.as_ref());
        let number = |e: &Estimate| value(e, "number", words);
        [
            c.name.clone(),
            number(&c.psi),
            number(&c.jensen_shannon),
            main.map_or_else(|| "–".to_owned(), number),
            value(&c.missing.change, "share", words),
            p_value(test.map(|t| t.p_adjusted), words),
        ]
    }));
    page.blank();
    page.table(&rows, &[false, true, true, true, true, true]);
    let left = report.features.len().saturating_sub(COLUMNS);
    if left > 0 {
        page.paragraph(&words.fill(words.word("report.further"), &[("n", grouped(left as u64))]));
    }
    if let Some(d) = &report.domain {
        let features: Vec<&str> = d.features.iter().take(NAMED).map(|f| f.feature.as_str()).collect();
        let args = [
            ("auc", value(&d.auc, "number", words)),
            ("separation", value(&d.separation, "number", words)),
            ("features", features.join(", ")),
        ];
        page.paragraph(&words.fill(words.word("report.domain"), &args));
    }
    if !report.not_compared.is_empty() {
        let features: Vec<&str> = report.not_compared.iter().map(|n| n.feature.as_str()).collect();
        page.paragraph(&words.fill(words.word("report.not-compared"), &[("features", features.join(", "))]));
    }
}
