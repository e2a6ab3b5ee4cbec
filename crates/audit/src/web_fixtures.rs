//! The audits that the web client's tests read: every stage's report and findings, as the engine writes them.
//!
//! Each `web/src/stages/<id>/fixture.json` holds one case a task. `FINE_WRITE_FIXTURES=1 cargo nextest run -p
//! fine-audit web_fixtures` writes them anew; without it the test compares, numbers within rounding of the platform's
//! `exp` and `ln`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, EstimatorFacts, Feature, FeatureKind, ImportedName, Label, Model, ModelFacts};
use fine_table::{Column, NumberKind, Roles, Table, Task};
use serde_json::{Value, json};

use crate::fixture::spread;
use crate::run::{RunOptions, Silent, run_audit};
use crate::stages::REGISTRY;
use crate::subject::{DataFile, Inputs, Subject};

const ROWS: usize = 320;
const TOLERANCE: f64 = 1e-9;
const FEATURES: [&str; 4] = ["income", "rate", "age", "noise"];

/// Numbers about the middle of a bell, without a generator.
fn bell(start: f64) -> Vec<f64> {
    let parts = [spread(ROWS, start), spread(ROWS * 7, start + 0.1), spread(ROWS * 3, start + 0.3)];
    (0..ROWS).map(|i| parts[0][i] + parts[1][i * 7 % (ROWS * 7)] + parts[2][i * 3 % (ROWS * 3)] - 1.5).collect()
}

fn table() -> Table {
    let [income, rate, age, noise, error] = [0.11, 0.23, 0.37, 0.53, 0.71].map(bell);
    let amount: Vec<f64> = (0..ROWS).map(|i| 3.0 * income[i] - 2.0 * rate[i] + 1.5 * error[i]).collect();
    let label = |cuts: &'static [(f64, &'static str)]| {
        let name = move |v: &f64| cuts.iter().find(|(limit, _)| v < limit).map(|(_, name)| *name);
        amount.iter().map(name).collect::<Vec<_>>()
    };
    let hole = |i: usize, v: f64| if i % 13 == 5 { f64::NAN } else { v };
    let sex = (0..ROWS).map(|i| Some(if income[i] + 0.4 * noise[i] > 0.05 { "men" } else { "women" }));
    let region = (0..ROWS).map(|i| Some(["north", "south", "west", "isles"][if i % 40 == 0 { 3 } else { i % 3 }]));
    Table::new(vec![
        Column::number("income", NumberKind::Float, income.iter().map(|v| (40_000.0 + 15_000.0 * v).round()).collect()),
        Column::number("rate", NumberKind::Float, rate.iter().map(|v| 0.05 + 0.01 * v).collect()),
        Column::number("age", NumberKind::Int, age.iter().map(|v| (45.0 + 14.0 * v).round()).collect()),
        Column::number("noise", NumberKind::Float, noise.clone()),
        Column::text("sex", sex.collect::<Vec<_>>()),
        Column::text("region", region.collect::<Vec<_>>()),
        Column::number("tenure", NumberKind::Float, (0..ROWS).map(|i| hole(i, (i % 31) as f64)).collect()),
        Column::text("granted", label(&[(0.2, "no"), (f64::INFINITY, "yes")])),
        Column::text("band", label(&[(-1.0, "low"), (1.0, "middle"), (f64::INFINITY, "high")])),
        Column::number("amount", NumberKind::Float, amount.clone()),
    ])
    .expect("columns of equal length")
}

/// The true signal as a linear model, one margin a class for more than two.
fn model(task: Task) -> Model {
    let (income, rate) = (3.0 / 15_000.0, -200.0);
    let middle = -3.0 * 40_000.0 / 15_000.0 + 10.0;
    let (link, classes, coef, intercept) = match task {
        Task::Regression => (Link::Identity, vec![], vec![income, rate, 0.0, 0.0], vec![middle]),
        Task::Binary => (
            Link::Logistic { scale: 1.0 },
            vec!["no", "yes"],
            vec![1.6 * income, 1.6 * rate, 0.01, 0.0],
            vec![1.6 * (middle - 0.2) - 0.45],
        ),
        Task::Multiclass => {
            let up = [income, rate, 0.0, 0.0];
            let coef = [up, up.map(|c| -c), [0.0; 4]].concat();
            (Link::Softmax, vec!["high", "low", "middle"], coef, vec![middle - 1.0, -middle - 1.0, 0.3])
        }
    };
    let outputs = intercept.len();
    let core = CoreModel::Linear(Linear { features: FEATURES.len(), outputs, coef, intercept, link });
    let feature = |name: &str| Feature { name: name.into(), kind: FeatureKind::Number };
    let labels = classes.into_iter().map(|c| Label::Text(c.into())).collect();
    Model { facts: facts(), ..Model::native(FEATURES.map(feature).to_vec(), task, labels, core) }
}

fn facts() -> ModelFacts {
    let estimator = |depth, name: &str, class: &str, params: &[(&str, &str)]| EstimatorFacts {
        depth,
        name: name.into(),
        class: class.into(),
        params: params.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
    };
    let import = |name: &str, kind: &str, offset| ImportedName { name: name.into(), kind: kind.into(), offset, calls: 1 };
    ModelFacts {
        format: "joblib".into(),
        protocol: Some(4),
        library: "scikit-learn".into(),
        library_version: Some("1.9.1".into()),
        bytes: 1834,
        sha256: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8".into(),
        estimators: vec![
            estimator(0, "", "Pipeline", &[("memory", "None")]),
            estimator(1, "clf", "LogisticRegression", &[("C", "1.0"), ("penalty", "l2")]),
        ],
        imports: vec![
            import("sklearn.pipeline.Pipeline", "estimator", 2),
            import("sklearn.linear_model._logistic.LogisticRegression", "estimator", 91),
            import("numpy.dtype", "numpy", 240),
        ],
        ..ModelFacts::default()
    }
}

fn subject(task: Task) -> Subject {
    let target = match task {
        Task::Binary => "granted",
        Task::Multiclass => "band",
        Task::Regression => "amount",
    };
    let others = ["granted", "band", "amount"].into_iter().filter(|c| *c != target).map(str::to_owned).collect();
    let roles = Roles {
        target: target.into(),
        protected: vec!["sex".into(), "region".into()],
        ignore: others,
        ..Roles::default()
    };
    let data_file = DataFile { name: "credit.csv".into(), format: "csv".into(), ..DataFile::default() };
    let inputs = Inputs { table: table(), data_file, roles, model: Arc::new(model(task)), reference: None, seed: 7 };
    Subject::build(inputs).expect("a subject that fits")
}

/// The cases of every stage, in registry order.
fn cases() -> Vec<(&'static str, Vec<Value>)> {
    let mut cases: Vec<(&str, Vec<Value>)> = REGISTRY.iter().map(|e| (e.id, Vec::new())).collect();
    for (name, task) in [("binary", Task::Binary), ("multiclass", Task::Multiclass), ("regression", Task::Regression)] {
        let subject = subject(task);
        let result = run_audit(&subject, &RunOptions::default(), &Silent);
        let context = json!({
            "task": result.manifest.task,
            "classes": result.manifest.classes,
            "positive": result.manifest.positive,
        });
        for (record, (id, list)) in result.stages.iter().zip(&mut cases) {
            let own: Vec<_> = result.findings.iter().filter(|f| f.stage == *id).collect();
            if let Some(report) = &record.report {
                list.push(json!({ "name": name, "context": context, "findings": own, "report": report }));
            }
        }
    }
    cases
}

fn path(stage: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/stages").join(stage).join("fixture.json")
}

/// Where two documents differ.
fn difference(a: &Value, b: &Value, at: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if x.keys().eq(y.keys()) => {
            x.iter().zip(y.values()).find_map(|((k, v), w)| difference(v, w, &format!("{at}/{k}")))
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            x.iter().zip(y).enumerate().find_map(|(i, (v, w))| difference(v, w, &format!("{at}/{i}")))
        }
        (Value::Number(x), Value::Number(y)) => {
            let (x, y) = (x.as_f64().unwrap_or(f64::NAN), y.as_f64().unwrap_or(f64::NAN));
            let close = (x - y).abs() <= TOLERANCE * x.abs().max(y.abs()).max(1.0);
            (!close).then(|| format!("{at}: {x} and {y}"))
        }
        _ => (a != b).then(|| format!("{at}: {a} and {b}")),
    }
}

#[test]
fn the_web_client_tests_what_the_engine_writes() {
    let write = std::env::var_os("FINE_WRITE_FIXTURES").is_some();
    for (stage, list) in cases() {
        let path = path(stage);
        let now = json!({ "cases": list });
        if write {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, serde_json::to_string(&now).unwrap() + "\n").unwrap();
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let stored: Value = serde_json::from_str(&text).unwrap();
        let differs = difference(&stored, &now, "");
        assert!(differs.is_none(), "{stage}: {differs:?}; write the fixtures anew with FINE_WRITE_FIXTURES=1");
    }
}
