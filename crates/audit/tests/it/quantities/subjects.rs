//! Golden cases as subjects.

use fine_audit::result::StageStatus;
use fine_audit::run::{RunOptions, Silent, run_audit};
use fine_audit::subject::{DataFile, Inputs, Subject};
use fine_table::{Column, Limits, NumberKind, Roles, StoredPrediction, Table};
use serde_json::{Value, json};

use crate::root;

/// The report of the stage of a subject (`performance/binary`), made of the golden case of the stage.
pub(super) fn report(subject: &str, golden: &Value) -> Value {
    let (stage, which) = subject.split_once('/').unwrap_or_else(|| panic!("{subject}: no subject"));
    let (inputs, params) = match stage {
        "data" => (data(), json!({"pairs": 1000})),
        "drift" => (drift(which == "weighted"), json!({"domain": false})),
        "performance" => (predictions(stage, which, golden), json!({"tree": false, "boosting": false})),
        "fairness" => (predictions(stage, which, golden), json!({"flips": false})),
        _ => (predictions(stage, which, golden), json!({})),
    };
    let subject = Subject::build(inputs).unwrap_or_else(|e| panic!("{subject}: {e}"));
    let options = RunOptions {
        stages: Some(vec![stage.to_owned()]),
        params: [(stage.to_owned(), params)].into(),
        ..RunOptions::default()
    };
    let result = run_audit(&subject, &options, &Silent);
    let record = result.stages.into_iter().find(|s| s.id == stage).expect("a stage");
    assert_eq!(record.status, StageStatus::Done, "{stage}/{which}");
    record.report.expect("a report")
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn number(name: &str, values: Vec<f64>) -> Column {
    Column::number(name, NumberKind::Float, values)
}

/// The class of each row as the letter of its number.
fn letters(classes: &[f64]) -> impl Iterator<Item = Option<String>> {
    classes.iter().map(|c| Some(char::from(b'a' + *c as u8).to_string()))
}

fn inputs(columns: Vec<Column>, roles: Roles) -> Inputs {
    let table = Table::new(columns).expect("columns of equal length");
    Inputs { table, data_file: DataFile::default(), roles, model: None, reference: None, seed: 7 }
}

fn stored(probabilities: &[(&str, &str)]) -> Option<StoredPrediction> {
    let named = probabilities.iter().map(|(class, column)| ((*class).to_owned(), (*column).to_owned()));
    Some(StoredPrediction { label: None, probabilities: named.collect() })
}

/// Truths and predictions of a case, with its weights and groups.
fn predictions(stage: &str, which: &str, golden: &Value) -> Inputs {
    let case = match (stage, which) {
        ("fairness", _) => golden,
        ("calibration", "weighted") => &golden["binary"],
        _ => &golden[which],
    };
    let y = numbers(&case["y"]);
    let mut roles = Roles { target: "y".into(), ..Roles::default() };
    let mut columns = Vec::new();
    match which {
        "multiclass" => {
            let rows: Vec<Vec<f64>> = case["p"].as_array().expect("rows").iter().map(numbers).collect();
            let names = ["a", "b", "c", "d"].map(|c| (c, format!("p{c}")));
            let classes = &names[..rows[0].len()];
            columns.push(Column::text("y", letters(&y)));
            for (k, (_, name)) in classes.iter().enumerate() {
                columns.push(number(name, rows.iter().map(|row| row[k]).collect()));
            }
            roles.prediction = stored(&classes.iter().map(|(c, name)| (*c, name.as_str())).collect::<Vec<_>>());
        }
        "regression" => {
            // One feature, which the adjusted R2 counts.
            let feature = number("x", numbers(&case["p"]));
            columns.extend([feature, number("y", y), number("p", numbers(&case["p"]))]);
            roles.prediction = Some(StoredPrediction { label: Some("p".into()), ..StoredPrediction::default() });
        }
        _ => {
            columns.extend([Column::number("y", NumberKind::Int, y), number("p", numbers(&case["p"]))]);
            roles.prediction = stored(&[("1", "p")]);
        }
    }
    if which == "weighted" {
        columns.push(number("w", numbers(&case["w"])));
        roles.weight = Some("w".into());
    }
    if let Some(groups) = case["g"].as_str().filter(|_| which == "groups") {
        columns.push(Column::text("g", groups.chars().map(|c| Some(c.to_string()))));
        roles.protected.push("g".into());
    }
    inputs(columns, roles)
}

fn read(file: &str) -> Table {
    let bytes = std::fs::read(root().join("golden").join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    fine_table::read(&bytes, file, &Limits::default()).expect("a table").table
}

/// A table with a prediction that is the same for all rows, so that it says nothing about them.
fn with_prediction(table: &Table, others: Vec<Column>) -> Vec<Column> {
    let own = table.columns().iter().map(|c| (**c).clone());
    own.chain(others).chain([number("p", vec![0.5; table.rows()])]).collect()
}

fn data() -> Inputs {
    let columns = with_prediction(&read("stage-data/data.csv"), Vec::new());
    inputs(columns, Roles { target: "y".into(), prediction: stored(&[("yes", "p")]), ..Roles::default() })
}

fn drift(weighted: bool) -> Inputs {
    let table = |file: &str| {
        let table = read(file);
        let y = (0..table.rows()).map(|row| (row % 2) as f64).collect();
        with_prediction(&table, vec![Column::number("y", NumberKind::Int, y)])
    };
    let mut roles = Roles { target: "y".into(), prediction: stored(&[("1", "p")]), ..Roles::default() };
    match weighted {
        true => roles.weight = Some("w".into()),
        false => roles.ignore.push("w".into()),
    }
    let reference = Table::new(table("stage-drift/reference.csv")).expect("columns of equal length");
    let audited = inputs(table("stage-drift/audited.csv"), roles);
    Inputs { reference: Some((reference, DataFile::default())), ..audited }
}
