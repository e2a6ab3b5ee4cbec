//! Stored predictions, alone and beside a model.

use fine_table::{Column, NumberKind, StoredPrediction, Table};

use super::super::{DataFile, Inputs, Subject, SubjectError};
use super::*;
use crate::fixture;
use crate::run::{RunOptions, Silent, run_audit};

const ROWS: usize = 60;

fn numbers(name: &str, values: impl Fn(usize) -> f64) -> Column {
    Column::number(name, NumberKind::Float, (0..ROWS).map(values).collect())
}

fn words(name: &str, values: impl Fn(usize) -> &'static str) -> Column {
    Column::text(name, (0..ROWS).map(|row| Some(values(row))))
}

fn truth(row: usize) -> &'static str {
    if row.is_multiple_of(3) { "yes" } else { "no" }
}

fn chance(row: usize) -> f64 {
    0.1 + 0.8 * ((row * 7) % ROWS) as f64 / ROWS as f64
}

fn stored(label: Option<&str>, probabilities: &[(&str, &str)]) -> StoredPrediction {
    StoredPrediction {
        label: label.map(str::to_owned),
        probabilities: probabilities.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
    }
}

fn inputs(columns: Vec<Column>, prediction: Option<StoredPrediction>) -> Inputs {
    Inputs {
        table: Table::new(columns).expect("equal lengths"),
        data_file: DataFile::default(),
        roles: Roles { target: "y".into(), protected: vec!["sex".into()], prediction, ..Roles::default() },
        model: None,
        reference: None,
        seed: 1,
    }
}

fn binary() -> Vec<Column> {
    vec![
        numbers("x", |row| row as f64),
        words("sex", |row| if row % 2 == 0 { "f" } else { "m" }),
        words("y", truth),
        numbers("p_yes", chance),
        numbers("p_no", |row| 1.0 - chance(row)),
    ]
}

#[test]
fn one_probability_of_two_classes_is_enough() {
    let one = Subject::build(inputs(binary(), Some(stored(None, &[("yes", "p_yes")])))).expect("a subject");
    let both = Subject::build(inputs(binary(), Some(stored(None, &[("no", "p_no"), ("yes", "p_yes")])))).expect("it");
    assert_eq!(one.prediction, both.prediction);
    assert_eq!((one.classes.as_slice(), one.has_model), (&["no".to_owned(), "yes".to_owned()][..], false));
    assert_eq!(one.prediction.scores[..2], [1.0 - chance(0), chance(0)]);
    // The other probability column stays a plain column when it is not named, and is none when it is.
    let names = |s: &Subject| s.model.features.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&both), ["x", "sex"]);
}

#[test]
fn columns_of_the_usual_names_are_found() {
    let s = Subject::build(inputs(binary(), None)).expect("a subject");
    assert_eq!(s.roles.prediction, Some(stored(None, &[("no", "p_no"), ("yes", "p_yes")])));
    let none = Subject::build(inputs(binary().drain(..3).collect(), None)).expect_err("nothing");
    assert_eq!(none, SubjectError::NothingToAudit);
}

#[test]
fn labels_alone_are_audited_too() {
    let mut columns = binary();
    columns.push(words("said", |row| if chance(row) > 0.5 { "yes" } else { "no" }));
    let s = Subject::build(inputs(columns, Some(stored(Some("said"), &[])))).expect("a subject");
    assert_eq!((s.prediction.kind, s.prediction.width), (ScoreKind::Label, 2));
    assert!((0..ROWS).all(|row| s.prediction.labels[row] == u32::from(chance(row) > 0.5)));
}

#[test]
fn a_stated_label_wins_over_the_largest_probability() {
    let mut columns = binary();
    columns.push(words("said", |row| if chance(row) > 0.3 { "yes" } else { "no" }));
    let s = Subject::build(inputs(columns, Some(stored(Some("said"), &[("yes", "p_yes")])))).expect("a subject");
    assert!((0..ROWS).all(|row| s.prediction.labels[row] == u32::from(chance(row) > 0.3)));
    assert_eq!(s.prediction.kind, ScoreKind::Probability);
}

#[test]
fn a_regression_has_one_column() {
    let columns = vec![
        numbers("x", |row| row as f64),
        words("sex", truth),
        numbers("y", |row| row as f64 * 0.37),
        numbers("guess", |row| row as f64 * 0.36),
    ];
    let s = Subject::build(inputs(columns, Some(stored(Some("guess"), &[])))).expect("a subject");
    assert_eq!((s.task, s.prediction.kind), (Task::Regression, ScoreKind::Value));
    assert_eq!(s.prediction.scores[10], 10.0 * 0.36);
}

#[test]
fn three_classes_in_the_order_of_numbers() {
    let columns = vec![
        words("sex", truth),
        Column::number("y", NumberKind::Int, (0..ROWS).map(|row| [2.0, 10.0, 1.0][row % 3]).collect()),
        numbers("a", |_| 0.25),
        numbers("b", |row| if row % 3 == 0 { 0.5 } else { 0.25 }),
        numbers("c", |row| if row % 3 == 0 { 0.25 } else { 0.5 }),
    ];
    let named = stored(None, &[("10", "c"), ("2", "b"), ("1", "a")]);
    let s = Subject::build(inputs(columns, Some(named))).expect("a subject");
    assert_eq!((s.classes.join(" ").as_str(), s.task), ("1 2 10", Task::Multiclass));
    assert_eq!(s.prediction.scores[..3], [0.25, 0.5, 0.25]);
    assert_eq!((s.target[0], s.target[1], s.target[2]), (1.0, 2.0, 0.0));
}

fn refused(change: impl Fn(&mut Vec<Column>), prediction: StoredPrediction, code: &str) -> SubjectError {
    let mut columns = binary();
    change(&mut columns);
    let error = Subject::build(inputs(columns, Some(prediction))).expect_err("a refusal");
    assert_eq!((error.code(), error.pointer()), (code, "/roles/prediction"), "{error}");
    error
}

#[test]
fn what_is_no_prediction_is_named() {
    let one = || stored(None, &[("yes", "p_yes")]);
    let both = || stored(None, &[("yes", "p_yes"), ("no", "p_no")]);
    let bad = |value: f64| {
        move |columns: &mut Vec<Column>| {
            columns[3] = numbers("p_yes", |row| if row == 7 { value } else { 0.5 });
        }
    };
    let why = |error: SubjectError| match error {
        SubjectError::BadStored { row: 7, why, .. } => why,
        other => panic!("{other}"),
    };
    assert_eq!(why(refused(bad(f64::NAN), one(), "bad-stored-prediction")), Wrong::Missing);
    assert_eq!(why(refused(bad(1.5), one(), "bad-stored-prediction")), Wrong::Probability);
    let halves = |columns: &mut Vec<Column>| {
        columns[4] = numbers("p_no", |row| if row == 7 { 0.9 } else { 0.5 });
        columns[3] = numbers("p_yes", |_| 0.5);
    };
    assert_eq!(why(refused(halves, both(), "bad-stored-prediction")), Wrong::Sum);
    let unknown = |columns: &mut Vec<Column>| {
        columns[3] = words("said", |row| if row == 7 { "maybe" } else { truth(row) });
    };
    let label = StoredPrediction { label: Some("said".into()), ..stored(None, &[("yes", "p_no")]) };
    assert_eq!(why(refused(unknown, label, "bad-stored-prediction")), Wrong::Class);
    refused(|_| {}, stored(None, &[("perhaps", "p_yes")]), "stored-classes");
    refused(|_| {}, stored(None, &[("yes", "p")]), "column-missing");
}

#[test]
fn stages_that_need_a_model_do_not_run() {
    let s = Subject::build(inputs(binary(), None)).expect("a subject");
    let result = run_audit(&s, &RunOptions::default(), &Silent);
    for stage in &result.stages {
        let state = serde_json::to_value(&stage.status).expect("JSON");
        let expected = match stage.id.as_str() {
            "explain" | "sensitivity" | "robustness" | "model-file" => "predictions-only",
            "drift" => "no-reference",
            // The slices need more rows than these.
            "slices" => "too-few-rows",
            _ => "",
        };
        assert_eq!(state["reason"].as_str().unwrap_or_default(), expected, "{}: {state}", stage.id);
        assert_eq!(state["state"], if expected.is_empty() { "done" } else { "not-run" }, "{}", stage.id);
    }
    assert_eq!(result.manifest.model.format, FORMAT);
}

#[test]
fn a_model_is_proved_by_its_stored_predictions() {
    let x = numbers("x", |row| row as f64 / 30.0 - 1.0);
    let p = numbers("p_1", |row| 1.0 / (1.0 + (-(row as f64 / 30.0 - 1.0)).exp()));
    let y = Column::number("y", NumberKind::Int, (0..ROWS).map(|row| f64::from(row as u32 % 2)).collect());
    let with = |p: Column| Inputs {
        model: Some(fixture::logistic_model(Task::Binary)),
        ..inputs(vec![x.clone(), words("sex", truth), y.clone(), p], Some(stored(None, &[("1", "p_1")])))
    };
    let s = Subject::build(with(p)).expect("a subject");
    let proof = s.proof.expect("a proof");
    assert_eq!((proof.rows, proof.tolerance, proof.labels), (ROWS as u64, 1e-6, false));
    assert!(proof.max_difference.is_some_and(|d| d < 1e-12));
    let other = numbers("p_1", |row| 1.0 / (1.0 + (-(row as f64 / 30.0 - 1.0)).exp()) + f64::from(row == 3) * 1e-5);
    match Subject::build(with(other)).expect_err("a refusal") {
        SubjectError::PredictionsDiffer { rows: 1, row: 3, difference, .. } => {
            assert!((difference - 1e-5).abs() < 1e-12);
        }
        other => panic!("{other}"),
    }
}
