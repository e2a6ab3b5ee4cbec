//! Tests of questions about single rows.

use std::sync::Arc;

use fine_model::linear::Linear;
use fine_model::trees::{Link, Missing};
use fine_model::{Core, CoreModel, Feature, FeatureKind, Graph, Label, Model, PredictError};
use fine_table::{NumberKind, Table, Values};
use serde_json::json;

use super::*;
use crate::rerun::fixture;
use crate::stages::explain::{Explain, Params};

/// A model that cannot be looked into.
#[derive(Debug)]
struct Opaque(Model);

impl Graph for Opaque {
    fn predict(&self, columns: &[&Column], _: usize) -> Result<Prediction, PredictError> {
        let table = Table::new(columns.iter().map(|c| (*c).clone()).collect()).expect("columns");
        self.0.predict(&table)
    }
}

fn opaque(rows: usize, task: Task) -> Subject {
    let subject = fixture::forest(rows, task);
    let inner = (*subject.model).clone();
    let graph = CoreModel::Graph(Arc::new(Opaque(inner.clone())));
    fixture::subject(subject.table, Model::native(inner.features, task, inner.classes, graph))
}

/// A forest whose file stores no weights of the nodes.
fn bare(rows: usize) -> Subject {
    let table = fixture::table(rows);
    let model = fixture::forest_model(&table, Task::Binary, Missing::Left);
    let Core::Trees(forest) = model.core() else { panic!("a forest") };
    let mut forest = forest.clone();
    forest.trees.iter_mut().flat_map(|t| &mut t.nodes).for_each(|n| n.cover = f64::NAN);
    fixture::subject(table, fixture::model_of(forest, Task::Binary))
}

/// Three classes from two numbers, by a softmax.
pub(super) fn three(rows: usize) -> Subject {
    let spread = |start| crate::fixture::spread(rows, start);
    let (a, b) = (spread(0.1), spread(0.7));
    let class = |i: usize| ["blue", "green", "red"][(2.9 * a[i]) as usize % 3];
    let y = Column::text("y", (0..rows).map(|i| Some(class(i))));
    let extra = ["sex", "region"].map(|name| Column::text(name, (0..rows).map(|i| Some(["u", "v"][i % 2]))));
    let mut columns =
        vec![Column::number("a", NumberKind::Float, a.clone()), Column::number("b", NumberKind::Float, b), y];
    columns.extend(extra);
    let linear = Linear {
        features: 2,
        outputs: 3,
        coef: vec![-4.0, 1.0, 0.5, 0.0, 5.0, -1.0],
        intercept: vec![1.5, 0.0, -2.0],
        link: Link::Softmax,
    };
    let features = ["a", "b"].map(|n| Feature { name: n.into(), kind: FeatureKind::Number }).to_vec();
    let classes = ["blue", "green", "red"].map(|c| Label::Text(c.into())).to_vec();
    let model = Model::native(features, Task::Multiclass, classes, CoreModel::Linear(linear));
    fixture::subject(Table::new(columns).expect("columns"), model)
}

pub(super) fn changes(list: &[(&str, Value)]) -> BTreeMap<String, Value> {
    list.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// Every row that the stage explains is explained in the same way here.
#[test]
fn explanations_are_those_of_the_stage() {
    let params = Params { bootstrap: 2, repeats: 1, permutation_rows: 20, dependence_features: 0, ..Params::default() };
    for subject in [
        fixture::forest(120, Task::Binary),
        fixture::forest(120, Task::Regression),
        fixture::linear(120, Task::Binary),
        bare(120),
        opaque(120, Task::Binary),
        opaque(120, Task::Regression),
        three(120),
    ] {
        let report = fixture::run::<Explain>(&subject, &params);
        assert!(report.rows.len() >= 3);
        for row in &report.rows {
            let own = explain(&subject, row.row, &params).expect("an answer");
            let e = &own.explanation;
            assert_eq!((&e.method, &e.scale, &e.class), (&report.method.id, &report.method.scale, &row.class));
            assert_eq!((&e.fallback, &own.truth), (&report.method.fallback, &row.truth));
            let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{a} {b} {}", e.method);
            close(e.base, row.base);
            close(e.output, row.prediction);
            for (own, (feature, value, shap)) in e.contributions.iter().zip(&row.contributions) {
                assert_eq!((&own.feature, own.value.as_ref()), (feature, Some(value)));
                close(own.shap, *shap);
            }
            assert_eq!(e.sampling_error.is_some(), e.method == "permutation-sampler");
        }
    }
}

#[test]
fn a_row_shows_its_cells_and_what_may_stand_there() {
    let subject = fixture::forest(80, Task::Binary);
    let report = explain(&subject, 3, &Params::default()).expect("an answer");
    assert_eq!((report.row, report.rows), (3, 80));
    let names: Vec<&str> = report.cells.iter().map(|cell| cell.column.as_str()).collect();
    assert_eq!(names, ["income", "rate", "age", "member", "noise", "region", "sex", "y", "amount"]);
    let cell = |name: &str| report.cells.iter().find(|cell| cell.column == name).expect("a cell");
    let column = |name: &str| subject.table.column(name).expect("a column");
    assert_eq!(cell("member").value, json!(column("member").numbers().expect("numbers")[3] != 0.0));
    assert_eq!(cell("age").value, json!(column("age").numbers().expect("numbers")[3] as i64));
    assert_eq!((cell("sex").input, cell("region").input, cell("y").input), (false, true, false));
    assert_eq!((cell("region").distinct, cell("region").choices.len()), (3, 3));
    let income = column("income").numbers().expect("numbers");
    assert_eq!(cell("income").low, income.iter().copied().reduce(f64::min));
    assert_eq!(report.answer.scores.len(), 2);
    assert_eq!(report.answer.scores[1].value, subject.prediction.scores[7]);
}

#[test]
fn a_changed_row_is_predicted_as_the_model_predicts_it() {
    for subject in [fixture::forest(100, Task::Binary), fixture::linear(100, Task::Binary), opaque(100, Task::Binary)] {
        let wanted = changes(&[("income", json!(90_000)), ("region", json!("west")), ("member", json!(true))]);
        let answer = what_if(&subject, 5, &wanted, Some("rate"), &Params::default()).expect("an answer");
        let mut table = subject.table.take(&[5]);
        for column in [
            Column::number("income", NumberKind::Float, vec![90_000.0]),
            Column::number("member", NumberKind::Bool, vec![1.0]),
            Column::text("region", [Some("west")]),
        ] {
            table = table.with_column(column).expect("a column of the table");
        }
        let expected = subject.model.predict(&table).expect("a prediction");
        let scores: Vec<f64> = answer.new.answer.scores.iter().map(|score| score.value).collect();
        assert_eq!(scores, expected.scores);
        assert_eq!(answer.old, {
            let own = explain(&subject, 5, &Params::default()).expect("an answer");
            Outcome { answer: own.answer, explanation: own.explanation }
        });
        let asked: Vec<&str> = answer.changes.iter().map(|change| change.column.as_str()).collect();
        assert_eq!(asked, ["income", "member", "region"]);
        assert_eq!(answer.changes[2].new.as_deref(), Some("west"));
        // What the model does not read has no part in it, before and after.
        let noise = |outcome: &Outcome| {
            let mut all = outcome.explanation.contributions.iter();
            all.find(|c| c.feature == "noise").map(|c| c.shap).expect("a feature")
        };
        assert_eq!((noise(&answer.old), noise(&answer.new)), (0.0, 0.0));
        // The curve goes through the changed row.
        let curve = answer.curve.expect("a curve");
        assert_eq!(curve.points.len(), 20);
        assert!(curve.points.windows(2).all(|pair| pair[0].x < pair[1].x));
        let at: f64 = curve.at.expect("a value").parse().expect("a number");
        let own = changes(&[
            ("income", json!(90_000)),
            ("region", json!("west")),
            ("member", json!(true)),
            ("rate", json!(at)),
        ]);
        assert_eq!(
            what_if(&subject, 5, &own, None, &Params::default()).expect("an answer").new.answer,
            answer.new.answer
        );
        for point in curve.points.iter().step_by(7) {
            let mut own = wanted.clone();
            own.insert("rate".to_owned(), json!(point.x));
            let there = what_if(&subject, 5, &own, None, &Params::default()).expect("an answer");
            assert!((there.new.answer.scores[1].value - point.score).abs() < 1e-12);
        }
    }
}

/// Also for a row that is one of the background's: the background is what it was.
#[test]
fn nothing_changes_when_nothing_is_changed() {
    let subject = opaque(30, Task::Regression);
    let income = subject.table.column("income").and_then(|c| c.numbers().map(<[f64]>::to_vec)).expect("numbers");
    for row in 0..30u64 {
        let same = changes(&[("income", json!(income[row as usize]))]);
        let answer = what_if(&subject, row, &same, None, &Params::default()).expect("an answer");
        assert_eq!(answer.old, answer.new);
        let other =
            what_if(&subject, row, &changes(&[("income", json!(0))]), None, &Params::default()).expect("an answer");
        assert_eq!(other.new.explanation.base, answer.old.explanation.base);
        let moved = other.new.explanation.output - other.new.answer.scores[0].value;
        assert!(moved.abs() < 1e-9, "{moved}");
    }
}

#[test]
fn a_changed_class_is_explained_as_the_old_one() {
    let subject = three(60);
    let blue = (0..60).find(|row| subject.prediction.labels[*row] == 0).expect("a blue row") as u64;
    let answer =
        what_if(&subject, blue, &changes(&[("a", json!(1))]), Some("a"), &Params::default()).expect("an answer");
    assert_eq!((answer.old.answer.label.as_deref(), answer.new.answer.label.as_deref()), (Some("blue"), Some("red")));
    for outcome in [&answer.old, &answer.new] {
        assert_eq!(outcome.explanation.class.as_deref(), Some("blue"));
    }
    assert!(answer.new.explanation.output < answer.old.explanation.output);
    let points = answer.curve.expect("a curve").points;
    assert!(points.windows(2).all(|pair| pair[0].score > pair[1].score));
}

#[test]
fn changes_that_mean_nothing_are_refused() {
    let subject = fixture::forest(50, Task::Binary);
    let refused = |list: &[(&str, Value)]| {
        let error = what_if(&subject, 0, &changes(list), None, &Params::default()).expect_err("refused");
        (error.code(), error.pointer())
    };
    let wrong = |name: &str| ("wrong-cell", format!("/changes/{name}"));
    assert_eq!(refused(&[("income", json!("much"))]), wrong("income"));
    assert_eq!(refused(&[("income", json!(true))]), wrong("income"));
    assert_eq!(refused(&[("age", json!(40.5))]), wrong("age"));
    assert_eq!(refused(&[("age", json!(1e17))]), wrong("age"));
    assert_eq!(refused(&[("member", json!(1))]), wrong("member"));
    assert_eq!(refused(&[("region", json!(3))]), wrong("region"));
    assert_eq!(refused(&[("sex", json!("f"))]).0, "no-such-input");
    assert_eq!(refused(&[("y", json!("no"))]).0, "no-such-input");
    // A category that the model refuses is its own answer, about the row that was asked for.
    let error =
        what_if(&subject, 7, &changes(&[("region", json!("mars"))]), None, &Params::default()).expect_err("refused");
    assert_eq!((error.code(), error.stable_code()), ("unknown-category", Some("E-UNKNOWNCAT")));
    assert_eq!(error.args()["row"], 8);
    assert_eq!(explain(&subject, 50, &Params::default()).expect_err("refused").code(), "no-such-row");
    let mut stored = subject.clone();
    stored.has_model = false;
    assert_eq!(explain(&stored, 0, &Params::default()).expect_err("refused").code(), "no-model");
}

/// A missing cell can be asked for where the model takes one.
#[test]
fn cells_can_be_emptied() {
    let subject = fixture::forest(50, Task::Binary);
    let answer =
        what_if(&subject, 2, &changes(&[("income", Value::Null)]), None, &Params::default()).expect("an answer");
    assert_eq!(answer.changes[0].new, None);
    let mut income = subject.table.column("income").expect("a column").take(&[2]);
    income.values = Values::Number { kind: NumberKind::Float, values: vec![f64::NAN] };
    let table = subject.table.take(&[2]).with_column(income).expect("a column of the table");
    let expected = subject.model.predict(&table).expect("a prediction").scores;
    assert_eq!(answer.new.answer.scores.iter().map(|s| s.value).collect::<Vec<_>>(), expected);
}
