//! A whole audit of a real model on real data: the German credit example.

mod asked;
mod groups;
mod quantities;
mod team;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fine_audit::finding::{Outcome, Scope};
use fine_audit::result::{AuditResult, StageStatus};
use fine_audit::run::{RunOptions, Silent, run_audit};
use fine_audit::stages::REGISTRY;
use fine_audit::subject::{DataFile, Inputs, Subject};
use fine_table::Table;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A table of the German credit example.
fn german_table(name: &str) -> Table {
    let bytes = std::fs::read(root().join("examples/german").join(name)).expect("an example file");
    fine_table::read(&bytes, name, &fine_table::Limits::default()).expect("a table").table
}

/// The rows of the example that the model was trained on, without people below 25, as if the bank had known only older ones, and
/// with 40 of the audited rows of that age: so it is known what drifts and what is shared.
fn training() -> Table {
    let (all, test) = (german_table("german_credit.csv"), german_table("german_test.csv"));
    let row = |t: &Table, row: usize| -> Vec<String> {
        t.columns().iter().map(|c| c.display_at(row).unwrap_or_default()).collect()
    };
    let held: std::collections::HashSet<Vec<String>> = (0..test.rows()).map(|r| row(&test, r)).collect();
    let age = all.column("age_in_years").and_then(|c| c.numbers()).expect("ages").to_vec();
    let (shared, known): (Vec<u32>, Vec<u32>) = (0..all.rows() as u32)
        .filter(|r| age[*r as usize] >= 25.0)
        .partition(|r| held.contains(&row(&all, *r as usize)));
    all.take(&[&known[..], &shared[..40]].concat())
}

fn german(reference: Option<Table>) -> Subject {
    let dir = root().join("examples/german");
    let table = german_table("german_test.csv");
    let bytes = std::fs::read(dir.join("credit_forest.pkl")).expect("an example file");
    let opened = fine_model::import::open(&bytes, &fine_model::import::Limits::default(), None);
    let roles = fine_table::Roles {
        target: "credit_risk".into(),
        positive: Some("1".into()),
        protected: vec!["sex".into()],
        ..fine_table::Roles::default()
    };
    Subject::build(Inputs {
        table,
        data_file: DataFile { name: "german_test.csv".into(), ..DataFile::default() },
        roles,
        model: Some(Arc::new(opened.expect("a model file").model.expect("a model that runs"))),
        reference: reference.map(|t| (t, DataFile { name: "german_train.csv".into(), ..DataFile::default() })),
        seed: 7,
    })
    .expect("a subject")
}

fn audit(subject: &Subject, options: &RunOptions, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let result = pool.install(|| run_audit(subject, options, &Silent));
    serde_json::to_string(&result).expect("a result is JSON")
}

/// Stages that say more with reference data; the example itself has none.
const AGAINST_REFERENCE: [&str; 2] = ["leakage", "drift"];

#[test]
fn german_credit_is_audited_the_same_by_one_and_two_threads() {
    let (subject, options) = (german(None), RunOptions::default());
    let one = audit(&subject, &options, 1);
    assert!(one == audit(&subject, &options, 2), "results differ between one and two threads");
    let result: AuditResult = serde_json::from_str(&one).expect("a result reads back");
    for (stage, entry) in result.stages.iter().zip(REGISTRY) {
        let expected = match entry.id {
            "drift" => StageStatus::NotRun { reason: "no-reference".into() },
            _ => StageStatus::Done,
        };
        assert_eq!((stage.id.as_str(), &stage.status), (entry.id, &expected));
    }
    let value: Value = serde_json::from_str(&one).expect("json");
    evidence(&result, &value);
    fixtures(&value, |id| !AGAINST_REFERENCE.contains(&id));
}

#[test]
fn german_credit_against_its_training_rows() {
    let subject = german(Some(training()));
    let stages = Some(AGAINST_REFERENCE.map(str::to_owned).to_vec());
    let options = RunOptions { stages, ..RunOptions::default() };
    let one = audit(&subject, &options, 1);
    assert!(one == audit(&subject, &options, 2), "results differ between one and two threads");
    let result: AuditResult = serde_json::from_str(&one).expect("a result reads back");
    let value: Value = serde_json::from_str(&one).expect("json");
    evidence(&result, &value);
    let age = Scope::Feature { feature: "age_in_years".into() };
    let is_issue = |check: &str, scope: &Scope| {
        result.findings.iter().any(|f| f.check == check && f.scope == *scope && f.outcome == Outcome::Issue)
    };
    assert!(is_issue("DRIFT-WASSERSTEIN", &age) || is_issue("DRIFT-PSI", &age), "nobody below 25 was known");
    let mut ranges = result.findings.iter().filter(|f| f.check == "DRIFT-RANGE" && f.outcome == Outcome::Watch);
    assert!(ranges.any(|f| f.scope == age));
    assert!(is_issue("LEAK-SHARED-ROWS", &Scope::Global), "40 of 400 rows are 10 %");
    let passed = |check: &str| result.findings.iter().any(|f| f.check == check && f.outcome == Outcome::Pass);
    assert!(passed("LEAK-BATCH") && passed("LEAK-DETERMINISM") && passed("LEAK-FEATURE"));
    fixtures(&value, |id| AGAINST_REFERENCE.contains(&id));
}

/// Every finding points at its evidence.
fn evidence(result: &AuditResult, value: &Value) {
    for f in result.findings.iter().filter(|f| !f.stage.is_empty()) {
        let at = value.pointer(&f.evidence).unwrap_or_else(|| panic!("{} {}", f.check, f.evidence));
        let measured = at.get("value").unwrap_or(at).as_f64();
        assert!(measured.is_none() || f.outcome == Outcome::NotApplicable || f.measured.value.is_some());
    }
}

/// The web client's tests read the reports of this audit from `web/src/stages/<id>/fixture.json`. They must have the
/// form that the engine writes; set FINE_WRITE_FIXTURES to write them anew.
fn fixtures(result: &Value, of: impl Fn(&str) -> bool) {
    for (index, entry) in REGISTRY.iter().enumerate().filter(|(_, e)| of(e.id)) {
        keep(result, index, entry.id, "fixture.json");
    }
}

/// One stage of a result as a file of the web client.
fn keep(result: &Value, index: usize, id: &str, file: &str) {
    let path = root().join(format!("web/src/stages/{id}/{file}"));
    let fixture = serde_json::json!({
        "record": result["stages"][index],
        "findings": result["findings"].as_array().map(|all| {
            all.iter().filter(|f| f["stage"] == id).cloned().collect::<Vec<_>>()
        }),
    });
    if std::env::var_os("FINE_WRITE_FIXTURES").is_some() {
        let text = serde_json::to_string(&fixture).expect("json") + "\n";
        std::fs::write(&path, text).expect("a writable work tree");
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let kept: Value = serde_json::from_str(&text).expect("a fixture is JSON");
    let (own, kept) = (&fixture["record"]["report"], &kept["record"]["report"]);
    assert_eq!(form(own), form(kept), "{id}: set FINE_WRITE_FIXTURES and run again");
}

/// Keys of objects, and the form of the first element of arrays.
fn form(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), form(v))).collect(),
        Value::Array(list) => list.first().map_or(Value::Null, |v| Value::Array(vec![form(v)])),
        _ => Value::Null,
    }
}
