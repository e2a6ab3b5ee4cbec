//! What the explanation says beyond single features: trust, pairs, reasons, counterfactuals.

use fine_audit::counterfactual::Answer;
use fine_audit::stages::explain::report::{Report, RowExplanation};

use super::{header, value};
use crate::catalogue::Catalogue;
use crate::figures::{decimals, grouped, in_unit, significant};
use crate::text::layout::Page;

/// Pairs and reasons listed.
const LISTED: usize = 5;

pub(super) fn details(page: &mut Page, report: &Report, words: &Catalogue) {
    trust(page, report, words);
    pairs(page, report, words);
    reasons(page, report, words);
    counterfactuals(page, report, words);
}

fn trust(page: &mut Page, report: &Report, words: &Catalogue) {
    let tau = |v: f64| decimals(v, 2, words.language);
    if let Some(agreement) = &report.trust.agreement {
        let args = [("tau", tau(agreement.tau)), ("n", grouped(agreement.rows))];
        page.paragraph(&words.fill(words.word("report.agreement"), &args));
    }
    if let Some(stability) = report.trust.seed_stability {
        page.paragraph(&words.fill(words.word("report.seed-stability"), &[("tau", tau(stability))]));
    }
}

fn pairs(page: &mut Page, report: &Report, words: &Catalogue) {
    let Some(all) = &report.interactions else { return };
    page.blank();
    if let Some(share) = all.pair_share {
        let args = [("share", in_unit(share, "share", words)), ("n", grouped(all.shap_rows))];
        page.paragraph(&words.fill(words.word("report.pairs-share"), &args));
    }
    let none = || "–".to_owned();
    let [pair, interaction, share] = header(["features-pair", "interaction", "share"], words);
    let mut rows = vec![[pair, interaction, share, "H".to_owned()]];
    for p in all.pairs.iter().take(LISTED) {
        rows.push([
            p.features.join(" + "),
            p.shap.as_ref().and_then(|e| e.value).map_or_else(none, |v| significant(v, words.language)),
            p.share.map_or_else(none, |v| in_unit(v, "share", words)),
            p.h.map_or_else(none, |v| decimals(v, 2, words.language)),
        ]);
    }
    page.table(&rows, &[false, true, true, true]);
}

fn reasons(page: &mut Page, report: &Report, words: &Catalogue) {
    let Some(reasons) = &report.reasons else { return };
    page.blank();
    page.paragraph(&words.fill(words.word("report.reasons-against"), &[("n", grouped(reasons.rows))]));
    let mut rows = vec![header(["feature", "first-reason", "listed-reason"], words)];
    for r in reasons.features.iter().take(LISTED) {
        rows.push([r.feature.clone(), value(&r.first, "share", words), value(&r.listed, "share", words)]);
    }
    page.table(&rows, &[false, true, true]);
}

/// The nearest counterfactual of each row near the boundary.
fn counterfactuals(page: &mut Page, report: &Report, words: &Catalogue) {
    let near = report.rows.iter().filter(|r| r.kind == "boundary");
    let near: Vec<(&RowExplanation, &Answer)> =
        near.filter_map(|r| r.counterfactuals.as_ref().map(|a| (r, a))).collect();
    if near.is_empty() {
        return;
    }
    page.blank();
    page.paragraph(words.word("report.counterfactuals"));
    for (row, answer) in near {
        let number = ("row", grouped(row.row + 1));
        let Some(first) = answer.found.first() else {
            let args = [number, ("n", grouped(answer.queries))];
            page.item("-", &words.fill(words.word("report.counterfactual-none"), &args));
            continue;
        };
        let change = |c: &fine_audit::counterfactual::Change| {
            let from = c.from.clone().unwrap_or_else(|| words.word("report.missing-cell").to_owned());
            let args = [("feature", c.feature.clone()), ("from", from), ("to", c.to.clone())];
            words.fill(words.word("report.change"), &args)
        };
        let changes = first.changes.iter().map(change).collect::<Vec<_>>().join(", ");
        let label = first.outcome.label.clone().unwrap_or_else(|| significant(first.outcome.score, words.language));
        page.item(
            "-",
            &words.fill(words.word("report.counterfactual"), &[number, ("changes", changes), ("label", label)]),
        );
    }
}
