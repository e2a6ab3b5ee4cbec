//! Fairness of German credit in the forms that its plain audit does not have: crossings of attributes, proxies and strata;
//! more than two classes; numbers.

use fine_audit::result::AuditResult;
use fine_audit::run::RunOptions;
use fine_audit::stages::REGISTRY;
use fine_audit::subject::{DataFile, Inputs, Subject};
use fine_table::{Column, NumberKind, Roles, StoredPrediction, Table};
use serde_json::{Value, json};

use super::{audit, evidence, german, german_table, keep};

fn options(params: Value) -> RunOptions {
    RunOptions {
        stages: Some(vec!["fairness".to_owned()]),
        params: [("fairness".to_owned(), params)].into_iter().collect(),
        ..RunOptions::default()
    }
}

/// The report of the stage, the same for one and two threads, kept as a file of the web client.
fn fairness(subject: &Subject, params: Value, file: &str) -> Value {
    let options = options(params);
    let one = audit(subject, &options, 1);
    assert!(one == audit(subject, &options, 2), "results differ between one and two threads");
    let value: Value = serde_json::from_str(&one).expect("json");
    evidence(&serde_json::from_str::<AuditResult>(&one).expect("a result reads back"), &value);
    let index = REGISTRY.iter().position(|e| e.id == "fairness").expect("the stage");
    keep(&value, index, "fairness", file);
    value["stages"][index]["report"].clone()
}

#[test]
fn attributes_cross_and_have_proxies_and_strata() {
    let mut subject = german(None);
    subject.roles.protected = vec!["sex".into(), "age_in_years".into(), "foreign_worker".into()];
    let params = json!({
        "conditional_on": ["housing"], "proxies": {"sex": ["personal_status_and_sex"]}, "most_groups": 9,
        "consistency_rows": 200,
    });
    let report = fairness(&subject, params, "fixture-crossed.json");
    let names: Vec<&str> =
        report["attributes"].as_array().expect("a list").iter().filter_map(|a| a["attribute"].as_str()).collect();
    assert!(names.contains(&"sex × age_in_years") && names.contains(&"age_in_years × foreign_worker"), "{names:?}");
    assert!(report["left_out"][0]["groups"].as_u64() > Some(9), "three attributes have more than nine groups");
    assert!(report["attributes"][0]["proxy_flip_rate"]["value"].is_number());
    assert_eq!(report["proxies"][0]["features"][0]["feature"], "personal_status_and_sex");
    assert_eq!(report["consistency"]["looked_up"], 200);
}

/// Stored predictions of a rule instead of a model.
fn stored(target: &str, rule: impl Fn(&Table, usize) -> Column, protected: &[&str]) -> Subject {
    let table = german_table("german_test.csv");
    let predicted = rule(&table, table.rows());
    let name = predicted.name.clone();
    let columns = table.columns().iter().map(|c| c.as_ref().clone()).chain([predicted]).collect();
    let roles = Roles {
        target: target.to_owned(),
        protected: protected.iter().map(|p| (*p).to_owned()).collect(),
        prediction: Some(StoredPrediction { label: Some(name), ..StoredPrediction::default() }),
        ..Roles::default()
    };
    Subject::build(Inputs {
        table: Table::new(columns).expect("equal columns"),
        data_file: DataFile { name: "german_test.csv".into(), ..DataFile::default() },
        roles,
        model: None,
        reference: None,
        seed: 7,
    })
    .expect("a subject")
}

fn numbers(table: &Table, name: &str) -> Vec<f64> {
    table.column(name).and_then(|c| c.numbers()).expect("numbers").to_vec()
}

#[test]
fn classes_are_compared_by_their_distribution() {
    let rule = |table: &Table, rows: usize| {
        let (age, months) = (numbers(table, "age_in_years"), numbers(table, "duration_in_month"));
        let class = |row: usize| match (age[row], months[row]) {
            (a, _) if a < 27.0 => "A151",
            (a, m) if a > 50.0 && m > 18.0 => "A153",
            _ => "A152",
        };
        Column::text("predicted", (0..rows).map(|row| Some(class(row))))
    };
    let report = fairness(&stored("housing", rule, &["sex", "telephone"]), json!({}), "fixture-classes.json");
    assert_eq!(report["labels"].as_array().map(Vec::len), Some(3));
    assert_eq!(report["labels"][0]["labels"], json!(["A151", "A152", "A153"]));
}

#[test]
fn numbers_are_compared_by_their_distribution_and_errors() {
    let rule = |table: &Table, rows: usize| {
        let (months, rate) = (
            numbers(table, "duration_in_month"),
            numbers(table, "installment_rate_in_percentage_of_disposable_income"),
        );
        let amount = (0..rows).map(|row| 1500.0 + 150.0 * months[row] - 450.0 * rate[row]).collect();
        Column::number("predicted", NumberKind::Float, amount)
    };
    let report = fairness(&stored("credit_amount", rule, &["sex", "housing"]), json!({}), "fixture-numbers.json");
    assert_eq!(report["values"].as_array().map(Vec::len), Some(3));
    assert!(report["values"][0]["gaps"][0]["estimate"]["value"].is_number());
}
