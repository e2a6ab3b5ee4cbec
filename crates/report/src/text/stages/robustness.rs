//! Robustness: stress, nonsense, shifts, attacks.

use fine_audit::stages::robustness::report;

use super::{header, interval, value};
use crate::catalogue::Catalogue;
use crate::figures::{decimals, grouped, in_unit, measured};
use crate::text::layout::Page;

/// Masked features listed.
const MASKED: usize = 5;
/// Shares of the rows that are shown.
const SHARES: [f64; 3] = [0.1, 0.3, 0.5];
/// Features named that turn decisions alone.
const NAMED: usize = 3;

pub(super) fn robustness(page: &mut Page, report: &report::Report, words: &Catalogue) {
    let metric = words.word(&format!("metrics.{}", report.metric)).to_owned();
    let baseline = [("metric", metric.clone()), ("value", in_unit(report.baseline, "number", words))];
    page.paragraph(&words.fill(words.word("report.unstressed"), &baseline));
    let level = |name: String, s: &report::StressLevel| {
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
    nonsense(page, report, words);
    resilience(page, report, words);
    attack(page, report, words);
}

/// One line a kind of nonsense.
fn nonsense(page: &mut Page, report: &report::Report, words: &Catalogue) {
    let Some(silent) = &report.silent_acceptance else { return };
    page.blank();
    page.paragraph(&words.fill(words.word("report.silent"), &[("share", measured(silent, "share", words))]));
    let mut kinds: Vec<&str> = Vec::new();
    for n in &report.nonsense {
        if !kinds.contains(&n.kind.as_str()) {
            kinds.push(&n.kind);
        }
    }
    let mut rows = vec![header(["nonsense", "cases", "refused", "largest-drop", "accepted"], words)];
    for kind in kinds {
        let cases: Vec<&report::Nonsense> = report.nonsense.iter().filter(|n| n.kind == kind).collect();
        let refused = cases.iter().filter(|n| n.refused).count();
        let drop = cases.iter().filter_map(|n| n.drop.value).reduce(f64::max);
        let asked: u64 = cases.iter().map(|n| n.rows).sum();
        let taken: f64 = cases.iter().map(|n| n.silent.value.unwrap_or(0.0) * n.rows as f64).sum();
        rows.push([
            words.word(&format!("nonsenses.{kind}")).to_owned(),
            grouped(cases.len() as u64),
            grouped(refused as u64),
            drop.map_or_else(|| "–".to_owned(), |d| in_unit(d, "number", words)),
            if asked > 0 { in_unit(taken / asked as f64, "share", words) } else { "–".to_owned() },
        ]);
    }
    page.table(&rows, &[false, true, true, true, true]);
}

/// The metric on the first rows of each order.
fn resilience(page: &mut Page, report: &report::Report, words: &Catalogue) {
    if report.resilience.iter().all(|s| s.points.is_empty()) {
        return;
    }
    let metric = words.word(&format!("metrics.{}", report.metric)).to_owned();
    let title = |share: f64| {
        words.fill(
            words.word("report.at-share"),
            &[("metric", metric.clone()), ("share", format!("{} %", decimals(100.0 * share, 0, words.language)))],
        )
    };
    let [first] = header(["scenario"], words);
    let [a, b, c] = SHARES.map(title);
    let mut rows = vec![[first, a, b, c]];
    for s in &report.resilience {
        let at = |share: f64| {
            let point = s.points.iter().find(|p| (p.share - share).abs() < 1e-9);
            point.and_then(|p| p.value).map_or_else(|| "–".to_owned(), |v| in_unit(v, "number", words))
        };
        let [a, b, c] = SHARES.map(at);
        rows.push([words.word(&format!("scenarios.{}", s.id)).to_owned(), a, b, c]);
    }
    page.blank();
    page.table(&rows, &[false, true, true, true]);
}

/// What small changes do, and what is proven.
fn attack(page: &mut Page, report: &report::Report, words: &Catalogue) {
    let because = |key: &str, reason: &str| {
        words.fill(words.word(key), &[("reason", words.word(&format!("reasons.{reason}")).to_owned())])
    };
    page.blank();
    let Some(a) = &report.adversarial else {
        if let Some(reason) = &report.adversarial_reason {
            page.paragraph(&because("report.no-attack", reason));
        }
        return;
    };
    match &a.numbers {
        None => page.paragraph(&because("report.no-attack", a.numbers_reason.as_deref().unwrap_or("no-number"))),
        Some(n) => {
            let key = format!("attacks.{}", n.method);
            let method = words.word(&key);
            let args = [
                ("n", grouped(a.rows)),
                ("method", words.fill(method, &[("queries", grouped(n.queries))])),
                ("median", median(n, words)),
            ];
            page.paragraph(&words.fill(words.word("report.attack"), &args));
            let mut rows = vec![header(["radius", "turned", "interval", "proven"], words)];
            rows.extend(n.curve.iter().map(|p| {
                let proven = p.certified.as_ref().map_or_else(|| "–".to_owned(), |e| value(e, "share", words));
                let turned = (value(&p.changed, "share", words), interval(&p.changed, "share", words));
                [in_unit(p.radius, "ratio", words), turned.0, turned.1, proven]
            }));
            page.table(&rows, &[true, true, true, true]);
            if let Some(reason) = &n.certificate_reason {
                page.paragraph(&because("report.no-proof", reason));
            }
        }
    }
    let Some(one) = a.few.turned.first() else { return };
    let named = a.few.alone.iter().take(NAMED).filter(|f| f.turned.value.is_some_and(|v| v > 0.0));
    let named: Vec<String> = named.map(|f| format!("{} ({})", f.feature, value(&f.turned, "share", words))).collect();
    if !named.is_empty() {
        let args = [("share", value(one, "share", words)), ("features", named.join(", "))];
        page.paragraph(&words.fill(words.word("report.alone"), &args));
    }
}

fn median(n: &report::Numbers, words: &Catalogue) -> String {
    n.median.map_or_else(
        || words.word("report.no-median").to_owned(),
        |m| format!("{} {}", in_unit(m, "ratio", words), words.word("report.sd")),
    )
}
