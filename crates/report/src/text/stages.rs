//! The evidence of each stage: its headline numbers as tables.

mod conduct;
mod explanation;
mod groups;
mod quality;
mod reliance;
mod robustness;
mod tables;

use fine_audit::estimate::Estimate;
use fine_audit::result::{StageRecord, StageStatus};
use fine_audit::stages::fairness::report::Sampling;
use serde::de::DeserializeOwned;

use super::layout::Page;
use crate::catalogue::Catalogue;
use crate::figures::{ends, grouped, in_unit};

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
        "data" => with(record, |r| quality::data(page, &r, words)),
        "leakage" => with(record, |r| tables::leakage(page, &r, words)),
        "drift" => with(record, |r| tables::drift(page, &r, words)),
        "performance" => with(record, |r| quality::performance(page, &r, words)),
        "calibration" => with(record, |r| quality::calibration(page, &r, words)),
        "uncertainty" => with(record, |r| reliance::uncertainty(page, &r, words)),
        "slices" => with(record, |r| reliance::slices(page, &r, words)),
        "explain" => with(record, |r| conduct::explain(page, &r, words)),
        "sensitivity" => with(record, |r| conduct::sensitivity(page, &r, words)),
        "robustness" => with(record, |r| robustness::robustness(page, &r, words)),
        "fairness" => with(record, |r| groups::fairness(page, &r, words)),
        "model-file" => with(record, |r| conduct::model_file(page, &r, words)),
        _ => {}
    }
}

/// Reads a stage's report; a report of another version is left to the JSON document.
fn with<R: DeserializeOwned>(record: &StageRecord, write: impl FnOnce(R)) {
    if let Some(report) = record.report.as_ref().and_then(|r| R::deserialize(r).ok()) {
        write(report);
    }
}

/// How the rows were taken, where not as independent rows that count alike.
pub(super) fn sampling(page: &mut Page, sampling: Option<&Sampling>, words: &Catalogue) {
    let Some(sampling) = sampling else { return };
    let mut say = |key: &str, args: &[(&str, String)]| {
        page.paragraph(&words.fill(words.word(&format!("sampling.{key}")), args));
    };
    if let Some(n) = sampling.entities {
        say(if sampling.unit == "entity" { "entities" } else { "single" }, &[("n", grouped(n))]);
    }
    if sampling.weighted {
        say("weights", &[("n", grouped(sampling.effective_rows))]);
    }
    if !sampling.without.is_empty() {
        let word = |id: &String| words.word(&format!("sampling.left-out.{id}")).to_owned();
        let left: Vec<String> = sampling.without.iter().map(word).collect();
        say("without", &[("what", left.join("; "))]);
    }
}

/// Words of column titles.
pub(super) fn header<const N: usize>(keys: [&str; N], words: &Catalogue) -> [String; N] {
    keys.map(|k| words.word(&format!("report.{k}")).to_owned())
}

pub(super) fn value(e: &Estimate, unit: &str, words: &Catalogue) -> String {
    e.value.map_or_else(
        || words.fill(words.word("phrases.not-estimable"), &[("n", grouped(e.n))]),
        |v| in_unit(v, unit, words),
    )
}

pub(super) fn interval(e: &Estimate, unit: &str, words: &Catalogue) -> String {
    match (e.low, e.high) {
        (Some(low), Some(high)) => ends(low, high, unit, words),
        _ => "–".to_owned(),
    }
}

/// A p-value, never as 0.
pub(super) fn p_value(p: Option<f64>, words: &Catalogue) -> String {
    p.map_or_else(
        || "–".to_owned(),
        |p| if p < 0.001 { format!("< {}", in_unit(0.001, "number", words)) } else { in_unit(p, "number", words) },
    )
}

fn fact(key: &str, value: String, words: &Catalogue) -> (String, String) {
    (words.word(&format!("report.{key}")).to_owned(), value)
}
