//! A whole audit of a real model on real data: the German credit example.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fine_audit::finding::Outcome;
use fine_audit::result::{AuditResult, StageStatus};
use fine_audit::run::{RunOptions, Silent, run_audit};
use fine_audit::stages::REGISTRY;
use fine_audit::subject::{DataFile, Inputs, Subject};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn german() -> Subject {
    let dir = root().join("examples/german");
    let bytes = |name: &str| std::fs::read(dir.join(name)).expect("an example file");
    let table = fine_table::read(&bytes("german_test.csv"), "german_test.csv", &fine_table::Limits::default())
        .expect("a table")
        .table;
    let opened = fine_model::import::open(&bytes("credit_forest.pkl"), &fine_model::import::Limits::default(), None);
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
        reference: None,
        seed: 7,
    })
    .expect("a subject")
}

fn audit(subject: &Subject, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let result = pool.install(|| run_audit(subject, &RunOptions::default(), &Silent));
    serde_json::to_string(&result).expect("a result is JSON")
}

#[test]
fn german_credit_is_audited_the_same_by_one_and_two_threads() {
    let subject = german();
    let one = audit(&subject, 1);
    assert!(one == audit(&subject, 2), "results differ between one and two threads");
    let result: AuditResult = serde_json::from_str(&one).expect("a result reads back");
    for (stage, entry) in result.stages.iter().zip(REGISTRY) {
        assert_eq!((stage.id.as_str(), &stage.status), (entry.id, &StageStatus::Done));
    }
    let value: Value = serde_json::from_str(&one).expect("json");
    for f in result.findings.iter().filter(|f| !f.stage.is_empty()) {
        let at = value.pointer(&f.evidence).unwrap_or_else(|| panic!("{} {}", f.check, f.evidence));
        let measured = at.get("value").unwrap_or(at).as_f64();
        assert!(measured.is_none() || f.outcome == Outcome::NotApplicable || f.measured.value.is_some());
    }
    fixtures(&value);
}

/// The web client's tests read the reports of this audit from `web/src/stages/<id>/fixture.json`. They must have the
/// form that the engine writes; set FINE_WRITE_FIXTURES to write them anew.
fn fixtures(result: &Value) {
    for (index, entry) in REGISTRY.iter().enumerate() {
        let path = root().join(format!("web/src/stages/{}/fixture.json", entry.id));
        let fixture = serde_json::json!({
            "record": result["stages"][index],
            "findings": result["findings"].as_array().map(|all| {
                all.iter().filter(|f| f["stage"] == entry.id).cloned().collect::<Vec<_>>()
            }),
        });
        if std::env::var_os("FINE_WRITE_FIXTURES").is_some() {
            let text = serde_json::to_string(&fixture).expect("json") + "\n";
            std::fs::write(&path, text).expect("a writable work tree");
        }
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let kept: Value = serde_json::from_str(&text).expect("a fixture is JSON");
        let (own, kept) = (&fixture["record"]["report"], &kept["record"]["report"]);
        assert_eq!(form(own), form(kept), "{}: set FINE_WRITE_FIXTURES and run again", entry.id);
    }
}

/// Keys of objects, and the form of the first element of arrays.
fn form(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), form(v))).collect(),
        Value::Array(list) => list.first().map_or(Value::Null, |v| Value::Array(vec![form(v)])),
        _ => Value::Null,
    }
}
