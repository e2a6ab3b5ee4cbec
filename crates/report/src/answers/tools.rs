//! What the audit's own functions answered, in sentences.

use serde_json::Value;

use super::Said;
use crate::catalogue::{Catalogue, Language};
use crate::figures::{grouped, in_unit, significant};

/// Metrics of a cohort that are said, in this order, where they are there.
const METRICS: [&str; 6] = ["accuracy", "roc_auc", "precision", "recall", "mae", "r2"];
/// Most metrics of one answer.
const MOST: usize = 3;
/// Features of a row that are said.
const FEATURES: usize = 3;

/// A cohort beside all other rows; `at` is where its document is among the evidence.
pub fn said_of_cohort(cohort: &Value, at: &str, language: Language) -> Vec<Said> {
    let words = Catalogue::of(language);
    let count = |part: &str| cohort[part]["n"].as_u64().unwrap_or(0);
    let share = cohort["share"].as_f64().map_or_else(String::new, |share| in_unit(share, "share", words));
    let args = [("n", grouped(count("inside"))), ("share", share)];
    let mut out = vec![Said::new(words.fill(words.word("answers.cohort"), &args), vec![format!("{at}/inside")])];
    let list = |part: &str| cohort[part]["metrics"].as_array().cloned().unwrap_or_default();
    let (inside, outside) = (list("inside"), list("outside"));
    let find = |all: &[Value], id: &str| all.iter().position(|m| m["id"] == id && m["estimate"]["value"].is_number());
    let known = METRICS.iter().filter_map(|id| Some((*id, find(&inside, id)?, find(&outside, id)?))).take(MOST);
    for (id, here, there) in known {
        let value =
            |metric: &Value| in_unit(metric["estimate"]["value"].as_f64().unwrap_or(f64::NAN), words.unit(id), words);
        let ends = |end: &str| {
            let end = inside[here]["estimate"][end].as_f64();
            end.map_or_else(|| "–".to_owned(), |v| in_unit(v, words.unit(id), words))
        };
        let args = [
            ("metric", words.word(&format!("metrics.{id}")).to_owned()),
            ("inside", value(&inside[here])),
            ("low", ends("low")),
            ("high", ends("high")),
            ("outside", value(&outside[there])),
        ];
        let evidence = vec![format!("{at}/inside/metrics/{here}"), format!("{at}/outside/metrics/{there}")];
        out.push(Said::new(words.fill(words.word("answers.cohort-metric"), &args), evidence));
    }
    if out.len() == 1 {
        let reason = cohort["inside"]["reason"].as_str().map(|r| words.word(&format!("reasons.{r}")).to_owned());
        let reason = reason.unwrap_or_else(|| words.word("reasons.not-estimable").to_owned());
        let args = [("reason", reason), ("n", grouped(count("inside")))];
        out.push(Said::new(words.fill(words.word("phrases.undecided"), &args), vec![format!("{at}/inside")]));
    }
    out
}

/// A row, its prediction, and what moves it most; `number` as people count.
pub fn said_of_row(row: &Value, number: u64, at: &str, language: Language) -> Vec<Said> {
    let words = Catalogue::of(language);
    let args = [("row", grouped(number)), ("answer", answer(&row["answer"], words))];
    let mut out = vec![Said::new(words.fill(words.word("answers.row"), &args), vec![format!("{at}/answer")])];
    let Some(all) = row["explanation"]["contributions"].as_array() else { return out };
    let mut all: Vec<(usize, &Value, f64)> =
        all.iter().enumerate().filter_map(|(i, c)| Some((i, c, c["shap"].as_f64()?))).collect();
    all.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
    let top: Vec<&(usize, &Value, f64)> = all.iter().take(FEATURES).filter(|c| c.2 != 0.0).collect();
    if !top.is_empty() {
        let one = |c: &&(usize, &Value, f64)| {
            let sign = if c.2 > 0.0 { "+" } else { "" };
            format!("{} = {} ({sign}{})", text(&c.1["feature"]), text(&c.1["value"]), significant(c.2, language))
        };
        let list = top.iter().map(one).collect::<Vec<_>>().join(", ");
        let evidence = top.iter().map(|c| format!("{at}/explanation/contributions/{}", c.0)).collect();
        out.push(Said::new(words.fill(words.word("answers.row-moved"), &[("features", list)]), evidence));
    }
    out
}

/// A row before and after some of its cells were changed.
pub fn said_of_what_if(changed: &Value, number: u64, at: &str, language: Language) -> Vec<Said> {
    let words = Catalogue::of(language);
    let list = changed["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |c: &Value| format!("{}: {} → {}", text(&c["column"]), text(&c["old"]), text(&c["new"]));
    let args = [
        ("row", grouped(number)),
        ("changes", list.iter().map(one).collect::<Vec<_>>().join(", ")),
        ("old", answer(&changed["old"]["answer"], words)),
        ("new", answer(&changed["new"]["answer"], words)),
    ];
    let evidence = vec![format!("{at}/old/answer"), format!("{at}/new/answer")];
    vec![Said::new(words.fill(words.word("answers.what-if"), &args), evidence)]
}

/// The audit beside another one of the same rows, whose name is given.
pub fn said_of_comparison(comparison: &Value, other: &str, at: &str, language: Language) -> Vec<Said> {
    let words = Catalogue::of(language);
    let rows = comparison["rows"].as_u64().unwrap_or(0);
    let args = [("other", other.to_owned()), ("n", grouped(rows))];
    let mut out = vec![Said::new(words.fill(words.word("answers.comparison"), &args), vec![format!("{at}/rows")])];
    let list = comparison["metrics"].as_array().map(Vec::as_slice).unwrap_or_default();
    for id in METRICS {
        let Some(i) = list.iter().position(|m| m["id"] == id && m["difference"]["value"].is_number()) else { continue };
        let value = |v: &Value| v.as_f64().map_or_else(|| "–".to_owned(), |v| in_unit(v, words.unit(id), words));
        let unit = if words.unit(id) == "share" { "points" } else { words.unit(id) };
        let difference =
            |end: &str| list[i]["difference"][end].as_f64().map_or_else(|| "–".to_owned(), |v| in_unit(v, unit, words));
        let args = [
            ("metric", words.word(&format!("metrics.{id}")).to_owned()),
            ("new", value(&list[i]["new"])),
            ("old", value(&list[i]["old"])),
            ("difference", difference("value")),
            ("low", difference("low")),
            ("high", difference("high")),
        ];
        out.push(Said::new(
            words.fill(words.word("answers.comparison-metric"), &args),
            vec![format!("{at}/metrics/{i}")],
        ));
        if out.len() > MOST {
            break;
        }
    }
    out
}

/// A prediction: the class with its probability, or the number.
fn answer(answer: &Value, words: &Catalogue) -> String {
    let label = text(&answer["label"]);
    let scores = answer["scores"].as_array().map(Vec::as_slice).unwrap_or_default();
    let score = scores.iter().find(|s| text(&s["class"]) == label).and_then(|s| s["value"].as_f64());
    match score {
        Some(score) if answer["kind"] == "probability" => format!("{label} ({})", in_unit(score, "share", words)),
        _ => label,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}
