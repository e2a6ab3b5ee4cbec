//! Fairness: groups, what tells them, and remedies.

use fine_audit::estimate::Estimate;
use fine_audit::stages::fairness::report::{
    AttributeFairness, Conditional, Consistency, Gap, LabelFairness, Mitigation, Proxies, Report, ValueFairness,
};

use super::{header, interval, p_value, sampling, value};
use crate::catalogue::Catalogue;
use crate::figures::{decimals, grouped, in_unit};
use crate::text::layout::Page;

/// Gaps listed of an intersection.
const OF_INTERSECTIONS: [&str; 4] =
    ["demographic_parity_diff", "disparate_impact", "equal_opportunity_diff", "predictive_equality_diff"];
/// Classes whose shares are listed.
const CLASSES: usize = 4;
/// Features named that tell an attribute.
const FEATURES: usize = 3;

pub(super) fn fairness(page: &mut Page, report: &Report, words: &Catalogue) {
    sampling(page, report.sampling.as_ref(), words);
    for a in &report.attributes {
        decisions(page, a, words);
        page.blank();
        let listed: Vec<&Gap> =
            a.gaps.iter().filter(|g| a.of.is_empty() || OF_INTERSECTIONS.contains(&g.id.as_str())).collect();
        gaps(page, &listed, words);
        notes(page, a, words);
        page.blank();
    }
    report.labels.iter().for_each(|a| labels(page, a, words));
    report.values.iter().for_each(|a| values(page, a, words));
    for left in &report.left_out {
        let (groups, most) = (grouped(left.groups), grouped(left.most));
        let args = [("attribute", left.attribute.clone()), ("groups", groups), ("most", most)];
        page.paragraph(&words.fill(words.word("report.left-out-groups"), &args));
    }
    conditional(page, &report.conditional, words);
    proxies(page, &report.proxies, words);
    if let Some(consistency) = &report.consistency {
        alike(page, consistency, report.values.is_empty(), words);
    }
    report.mitigation.iter().filter(|m| m.reason.is_none()).for_each(|m| remedies(page, m, words));
    page.paragraph(words.word("report.prima-facie"));
}

fn decisions(page: &mut Page, a: &AttributeFairness, words: &Catalogue) {
    let [rows, selected, base, tpr, fpr] = header(["rows", "selected", "base", "tpr", "fpr"], words);
    let mut table = vec![[a.attribute.clone(), rows, selected, base, tpr, fpr]];
    for g in &a.groups {
        let share = |e: &Estimate| value(e, "share", words);
        let rates = (share(&g.selection_rate), share(&g.base_rate), share(&g.tpr), share(&g.fpr));
        table.push([named(&g.group, g.small), grouped(g.n), rates.0, rates.1, rates.2, rates.3]);
    }
    page.table(&table, &[false, true, true, true, true, true]);
}

fn named(group: &str, small: bool) -> String {
    if small { format!("{group} *") } else { group.to_owned() }
}

fn gaps(page: &mut Page, gaps: &[&Gap], words: &Catalogue) {
    let mut rows = vec![header(["gap", "value", "interval", "adjusted-p"], words)];
    rows.extend(gaps.iter().map(|gap| gap_line(words.word(&format!("metrics.{}", gap.id)).to_owned(), gap, words)));
    page.table(&rows, &[false, true, true, true]);
}

fn gap_line(name: String, gap: &Gap, words: &Catalogue) -> [String; 4] {
    let unit = match gap.id.as_str() {
        "disparate_impact" | "treatment_equality_diff" => "ratio",
        "auc_diff"
        | "prediction_wasserstein"
        | "prediction_smd"
        | "residual_diff"
        | "mae_diff"
        | "rmse_diff"
        | "bounded_group_loss" => "number",
        "label_distance" | "group_loss_excess" => "share",
        _ => "points",
    };
    let (shown, ends) = (value(&gap.estimate, unit, words), interval(&gap.estimate, unit, words));
    [name, shown, ends, p_value(gap.p_adjusted, words)]
}

/// What a reader needs beside the numbers.
fn notes(page: &mut Page, a: &AttributeFairness, words: &Catalogue) {
    let mut say =
        |key: &str, args: &[(&str, String)]| page.paragraph(&words.fill(words.word(&format!("report.{key}")), args));
    if let (Some(more), Some(ratio)) = (a.ratio_one_more, a.gaps.iter().find(|g| g.id == "disparate_impact")) {
        let shown = |v: f64| in_unit(v, "ratio", words);
        if let Some(now) = ratio.estimate.value.map(shown).filter(|now| *now != shown(more)) {
            say("one-more", &[("now", now), ("more", shown(more))]);
        }
    }
    for (key, flips) in [("flip-rate", &a.flip_rate), ("proxy-flips", &a.proxy_flip_rate)] {
        if let Some(flips) = flips.as_ref().filter(|f| f.value.is_some()) {
            say(key, &[("attribute", a.attribute.clone()), ("share", value(flips, "share", words))]);
        }
    }
    if a.groups.iter().any(|g| g.small) {
        say("small", &[]);
    }
    if a.unknown > 0 {
        say("unknown", &[("attribute", a.attribute.clone()), ("n", grouped(a.unknown))]);
    }
}

fn labels(page: &mut Page, a: &LabelFairness, words: &Catalogue) {
    let accuracy = words.word("metrics.accuracy").to_owned();
    let [rows, shares] = header(["rows", "class-shares"], words);
    let mut table = vec![[a.attribute.clone(), rows, accuracy, shares]];
    for g in &a.groups {
        let counted = |i: usize| g.predicted[i] as f64 / g.n.max(1) as f64;
        let share =
            |i: usize| in_unit(g.predicted_shares.get(i).copied().unwrap_or_else(|| counted(i)), "share", words);
        let listed: Vec<String> =
            a.labels.iter().take(CLASSES).enumerate().map(|(i, name)| format!("{name} {}", share(i))).collect();
        let more = if a.labels.len() > CLASSES { ", …" } else { "" };
        let shares = format!("{}{more}", listed.join(", "));
        table.push([named(&g.group, g.small), grouped(g.n), value(&g.accuracy, "share", words), shares]);
    }
    page.table(&table, &[false, true, true, false]);
    page.blank();
    let mut lines = vec![header(["gap", "value", "interval", "adjusted-p"], words)];
    lines.extend(a.gaps.iter().map(|g| gap_line(words.word(&format!("metrics.{}", g.id)).to_owned(), g, words)));
    let given = words.word("report.given-truth");
    lines.extend(a.given.iter().map(|c| gap_line(format!("{given}: {}", c.class), &c.gap, words)));
    page.table(&lines, &[false, true, true, true]);
    let small = a.groups.iter().any(|g| g.small);
    let flips = [("flip-rate", "share", &a.flip_rate), ("proxy-flips", "share", &a.proxy_flip_rate)];
    remarks(page, &a.attribute, small, a.unknown, flips, words);
}

fn values(page: &mut Page, a: &ValueFairness, words: &Catalogue) {
    let titles = ["rows", "mean-prediction", "mean-truth", "residual", "absolute-error"];
    let [rows, prediction, truth, residual, error] = header(titles, words);
    let mut table = vec![[a.attribute.clone(), rows, prediction, truth, residual, error]];
    for g in &a.groups {
        let [p, t, r, e] = [&g.prediction, &g.truth, &g.residual, &g.mae].map(|e| value(e, "number", words));
        table.push([named(&g.group, g.small), grouped(g.n), p, t, r, e]);
    }
    page.table(&table, &[false, true, true, true, true, true]);
    page.blank();
    gaps(page, &a.gaps.iter().collect::<Vec<_>>(), words);
    let small = a.groups.iter().any(|g| g.small);
    let shifts = [("shift-alone", "shift", &a.flip_shift), ("shift-proxies", "shift", &a.proxy_flip_shift)];
    remarks(page, &a.attribute, small, a.unknown, shifts, words);
}

/// Notes on classes and numbers: what changes with the attribute, small groups, unknown values.
fn remarks(
    page: &mut Page,
    attribute: &str,
    small: bool,
    unknown: u64,
    changes: [(&str, &str, &Option<Estimate>); 2],
    words: &Catalogue,
) {
    for (key, name, change) in changes {
        let unit = if name == "share" { "share" } else { "number" };
        if let Some(change) = change.as_ref().filter(|c| c.value.is_some()) {
            let args = [("attribute", attribute.to_owned()), (name, value(change, unit, words))];
            page.paragraph(&words.fill(words.word(&format!("report.{key}")), &args));
        }
    }
    if small {
        page.paragraph(words.word("report.small"));
    }
    if unknown > 0 {
        let args = [("attribute", attribute.to_owned()), ("n", grouped(unknown))];
        page.paragraph(&words.fill(words.word("report.unknown"), &args));
    }
    page.blank();
}

fn conditional(page: &mut Page, all: &[Conditional], words: &Catalogue) {
    let Some(first) = all.first() else { return };
    let title = words.fill(words.word("report.within-strata"), &[("columns", first.columns.join(", "))]);
    let [common, range, crude, p, equal] =
        header(["common-odds", "interval", "crude-odds", "adjusted-p", "equal-odds"], words);
    let mut rows = vec![[title, common, range, crude, p, equal]];
    rows.extend(all.iter().map(|c| {
        let homogeneity = p_value(c.homogeneity.as_ref().map(|h| h.p), words);
        let (odds, ends) = (value(&c.common, "ratio", words), interval(&c.common, "ratio", words));
        let name = format!("{}: {} / {}", c.attribute, c.group, c.reference);
        [name, odds, ends, value(&c.crude, "ratio", words), p_value(c.p_adjusted, words), homogeneity]
    }));
    page.table(&rows, &[false, true, true, true, true, true]);
    page.blank();
}

fn proxies(page: &mut Page, all: &[Proxies], words: &Catalogue) {
    let measured: Vec<&Proxies> = all.iter().filter(|p| p.reason.is_none()).collect();
    if measured.is_empty() {
        return;
    }
    let mut rows = vec![header(["proxies", "group", "separation", "interval", "told-by"], words)];
    rows.extend(measured.iter().map(|p| {
        let names: Vec<&str> = p.features.iter().take(FEATURES).map(|f| f.feature.as_str()).collect();
        let (told, ends) = (value(&p.separation, "number", words), interval(&p.separation, "number", words));
        [p.attribute.clone(), p.group.clone().unwrap_or_default(), told, ends, names.join(", ")]
    }));
    page.table_keeping(1, &rows, &[false, false, true, true, false]);
    page.blank();
}

/// The consistency of neighbours.
fn alike(page: &mut Page, c: &Consistency, classes: bool, words: &Catalogue) {
    let Some(known) = c.value.value else { return };
    let (key, shown) = match classes {
        true => ("report.consistency", in_unit(known, "share", words)),
        false => ("report.consistency-numbers", decimals(1.0 - known, 2, words.language)),
    };
    let args = [("value", shown), ("looked_up", grouped(c.looked_up)), ("rows", grouped(c.rows))];
    let mut text = words.fill(words.word(key), &args);
    if c.sampling_error > 0.0 {
        let error = match classes {
            true => in_unit(c.sampling_error, "points", words),
            false => decimals(c.sampling_error, 3, words.language),
        };
        text = format!("{text} {}", words.fill(words.word("report.sampling-error"), &[("error", error)]));
    }
    page.paragraph(&text);
    page.blank();
}

fn remedies(page: &mut Page, m: &Mitigation, words: &Catalogue) {
    let title = words.fill(words.word("report.remedy"), &[("attribute", m.attribute.clone())]);
    let [before, after, change, range] = header(["gap-before", "gap-after", "accuracy-change", "interval"], words);
    let mut rows = vec![[title, before, after, change, range]];
    rows.extend(m.methods.iter().map(|method| {
        let gap = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| in_unit(v, "points", words));
        let change = &method.accuracy_change;
        let name = words.word(&format!("methods.{}", method.id)).to_owned();
        let (shown, ends) = (value(change, "points", words), interval(change, "points", words));
        [name, gap(method.before), gap(method.after), shown, ends]
    }));
    page.table(&rows, &[false, true, true, true, true]);
    let args = [("fitted", grouped(m.fitted_rows)), ("test", grouped(m.test_rows))];
    page.paragraph(&words.fill(words.word("report.remedies-note"), &args));
    if m.methods.iter().any(|method| method.id == "reweighing") {
        page.paragraph(words.word("report.reweighing-note"));
    }
    page.blank();
}
