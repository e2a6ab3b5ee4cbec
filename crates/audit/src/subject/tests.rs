use std::sync::Arc;

use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, Feature, FeatureKind, Label, Model};
use fine_table::{Column, NumberKind, Roles, Table, Task};

use super::*;
use crate::fixture;

fn numbers(name: &str, values: Vec<f64>) -> Column {
    Column::number(name, NumberKind::Float, values)
}

fn x() -> Column {
    numbers("x", fixture::spread(40, 0.2).iter().map(|v| v - 0.5).collect())
}

fn zero_one() -> Column {
    Column::number("y", NumberKind::Int, (0..40).map(|i| f64::from(i % 2)).collect())
}

fn inputs(columns: Vec<Column>, task: Task) -> Inputs {
    Inputs {
        table: Table::new(columns).expect("equal lengths"),
        data_file: DataFile::default(),
        roles: Roles { target: "y".into(), ..Roles::default() },
        model: Some(fixture::logistic_model(task)),
        reference: None,
        seed: 1,
    }
}

fn refused(inputs: Inputs, code: &str, pointer: &str) -> SubjectError {
    let e = Subject::build(inputs).expect_err("a refusal");
    assert_eq!((e.code(), e.pointer()), (code, pointer), "{e}");
    assert!(!e.args().is_empty(), "{e}");
    e
}

#[test]
fn a_sound_table_becomes_a_subject() {
    let s = Subject::build(inputs(vec![x(), zero_one()], Task::Binary)).expect("a subject");
    assert_eq!((s.rows(), s.positive, s.classes.as_slice()), (40, 1, &["0".to_owned(), "1".to_owned()][..]));
    assert_eq!(s.feature_columns, [0]);
    let scores = s.positive_scores();
    let x = s.table.columns()[0].numbers().expect("numbers");
    assert!(scores.iter().zip(x).all(|(p, x)| (p - 1.0 / (1.0 + (-x).exp())).abs() < 1e-12));
}

#[test]
fn columns_that_are_not_there_are_named() {
    let mut i = inputs(vec![x(), zero_one()], Task::Binary);
    i.roles.target = "income".into();
    assert!(refused(i, "target-missing", "/roles/target").to_string().contains("income"));
    let mut i = inputs(vec![x(), zero_one()], Task::Binary);
    i.roles.protected = vec!["sex".into()];
    refused(i, "column-missing", "/roles/protected");
    refused(inputs(vec![numbers("z", vec![0.0; 40]), zero_one()], Task::Binary), "feature-missing", "/dataset_id");
}

#[test]
fn targets_that_the_model_cannot_answer_are_refused() {
    let one = numbers("y", vec![1.0; 40]);
    refused(inputs(vec![x(), one.clone()], Task::Binary), "one-class-target", "/roles/target");
    refused(inputs(vec![x(), one], Task::Regression), "one-class-target", "/roles/target");
    let price = numbers("y", (0..40).map(|i| f64::from(i) * 1.5).collect());
    let e = refused(inputs(vec![x(), price], Task::Binary), "task-mismatch", "/roles/target");
    assert!(matches!(e, SubjectError::TaskMismatch { target: "continuous", distinct: 40, .. }));
    let text = Column::text("y", (0..40).map(|i| Some(if i % 2 == 0 { "good" } else { "bad" })));
    let e = refused(inputs(vec![x(), text.clone()], Task::Binary), "unknown-classes", "/roles/target");
    assert!(matches!(e, SubjectError::UnknownClasses { values, .. } if values == ["good", "bad"]));
    let e = refused(inputs(vec![x(), text], Task::Regression), "task-mismatch", "/roles/target");
    assert!(matches!(e, SubjectError::TaskMismatch { target: "text", .. }));
}

#[test]
fn a_graph_whose_number_may_be_a_logit_is_not_audited_on_two_values() {
    let said = |task: Task, id: &str, classes: i64| {
        let mut i = inputs(vec![x(), zero_one()], task);
        let model = Arc::make_mut(i.model.as_mut().expect("a model"));
        model.classes = (0..classes).map(Label::Int).collect();
        model.facts.warnings.push(fine_model::Remark { id: id.to_owned(), args: Default::default() });
        i
    };
    for i in [said(Task::Regression, "graph-number", 0), said(Task::Multiclass, "graph-scores", 3)] {
        let e = refused(i, "task-mismatch", "/roles/target");
        assert!(matches!(e, SubjectError::TaskMismatch { target: "two-valued", distinct: 2, .. }), "{e}");
    }
    assert!(Subject::build(said(Task::Binary, "graph-scores", 2)).is_ok());
    assert!(Subject::build(said(Task::Regression, "another", 0)).is_ok());
}

#[test]
fn a_chosen_positive_label_names_the_classes_of_a_model_without_names() {
    let text = Column::text("y", (0..40).map(|i| Some(if i % 2 == 0 { "good" } else { "bad" })));
    let mut i = inputs(vec![x(), text], Task::Binary);
    i.roles.positive = Some("bad".into());
    let s = Subject::build(i).expect("a subject");
    assert_eq!((s.classes, s.positive), (vec!["good".into(), "bad".into()], 1));
    assert_eq!(&s.target[..3], [0.0, 1.0, 0.0]);
    let mut i = inputs(vec![x(), zero_one()], Task::Binary);
    i.roles.positive = Some("0".into());
    assert_eq!(Subject::build(i).expect("a subject").positive, 0);
    let mut i = inputs(vec![x(), zero_one()], Task::Binary);
    i.roles.positive = Some("7".into());
    refused(i, "positive-unknown", "/roles/positive");
}

#[test]
fn booleans_meet_zero_and_one() {
    let y = Column::number("y", NumberKind::Bool, (0..40).map(|i| f64::from(i % 2)).collect());
    let s = Subject::build(inputs(vec![x(), y], Task::Binary)).expect("a subject");
    assert_eq!(s.target[1], 1.0);
}

#[test]
fn rows_without_a_target_are_dropped_and_counted() {
    let y: Vec<f64> = (0..40).map(|i| if i < 5 { f64::NAN } else { f64::from(i % 2) }).collect();
    let s = Subject::build(inputs(vec![x(), numbers("y", y)], Task::Binary)).expect("a subject");
    assert_eq!((s.rows(), s.dropped_rows), (35, 5));
    let y: Vec<f64> = (0..40).map(|i| if i < 35 { f64::NAN } else { f64::from(i % 2) }).collect();
    refused(inputs(vec![x(), numbers("y", y)], Task::Binary), "too-few-rows", "/dataset_id");
}

#[test]
fn weights_and_numbers_must_be_usable() {
    for bad in [-1.0, f64::INFINITY, f64::NAN] {
        let mut weights = vec![1.0; 40];
        weights[7] = bad;
        let mut i = inputs(vec![x(), zero_one(), numbers("w", weights)], Task::Binary);
        i.roles.weight = Some("w".into());
        let e = refused(i, "bad-weight", "/roles/weight");
        assert!(matches!(e, SubjectError::BadWeight { row: 7, .. }));
    }
    let y: Vec<f64> = (0..40).map(|i| if i == 3 { f64::INFINITY } else { f64::from(i) }).collect();
    refused(inputs(vec![x(), numbers("y", y)], Task::Regression), "bad-target", "/roles/target");
    let text = Column::text("x", (0..40).map(|_| Some("tall")));
    refused(inputs(vec![text, zero_one()], Task::Binary), "not-numeric", "/dataset_id");
}

#[test]
fn a_row_is_named_as_the_file_counts_it_although_rows_before_it_were_dropped() {
    let y: Vec<f64> = (0..40).map(|i| if i < 5 { f64::NAN } else { f64::from(i % 2) }).collect();
    let mut weights = vec![1.0; 40];
    weights[12] = -3.0;
    let mut i = inputs(vec![x(), numbers("y", y), numbers("w", weights)], Task::Binary);
    i.roles.weight = Some("w".into());
    let e = refused(i, "bad-weight", "/roles/weight");
    assert_eq!((e.args()["row"].as_u64(), e.args()["name"].as_str()), (Some(13), Some("w")));
    assert!(e.to_string().contains("column \"w\", row 13:"), "{e}");
}

#[test]
fn reference_data_are_checked_the_same_way() {
    let reference = Table::new(vec![numbers("z", vec![0.0; 40]), zero_one()]).expect("equal lengths");
    let mut i = inputs(vec![x(), zero_one()], Task::Binary);
    i.reference = Some((reference, DataFile::default()));
    refused(i, "feature-missing", "/reference_id");
    let mut i = inputs(vec![x(), zero_one()], Task::Binary);
    i.reference = Some((Table::new(vec![x()]).expect("a table"), DataFile::default()));
    let s = Subject::build(i).expect("a subject");
    assert!(s.reference.is_some_and(|r| r.target.is_none() && r.prediction.is_some_and(|p| p.rows == 40)));
}

#[test]
fn clusters_number_entities_and_missing_ones_stand_alone() {
    let id =
        Column::text("id", (0..40).map(|i| if i == 2 || i == 3 { None } else { Some(if i < 20 { "a" } else { "b" }) }));
    let mut i = inputs(vec![x(), zero_one(), id], Task::Binary);
    i.roles.entity = Some("id".into());
    let clusters = Subject::build(i).expect("a subject").clusters().expect("an entity column");
    assert_eq!((&clusters[..5], clusters[39]), (&[0, 0, 1, 2, 0][..], 3));
}

#[test]
fn three_classes_meet_their_text() {
    let linear =
        Linear { features: 1, outputs: 3, coef: vec![1.0, 0.0, -1.0], intercept: vec![0.0; 3], link: Link::Softmax };
    let labels = ["low", "mid", "high"].map(|l| Label::Text(l.into())).to_vec();
    let features = vec![Feature { name: "x".into(), kind: FeatureKind::Number }];
    let mut i =
        inputs(vec![x(), Column::text("y", (0..40).map(|i| Some(["high", "low", "mid "][i % 3])))], Task::Binary);
    i.model = Some(Arc::new(Model::native(features, Task::Multiclass, labels, CoreModel::Linear(linear))));
    let s = Subject::build(i).expect("a subject");
    assert_eq!((&s.target[..3], s.task), (&[2.0, 0.0, 1.0][..], Task::Multiclass));
}
