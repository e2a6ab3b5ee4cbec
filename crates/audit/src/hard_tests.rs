//! Whole audits of what is hard: missing targets, NaN and infinity, constant columns, groups of one row, perfect answers, always the
//! same answer, twelve classes; each plain and with weights and entities.

use std::sync::Arc;

use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, Feature, FeatureKind, Label, Model};
use fine_table::{Column, NumberKind, Roles, Table, Task};

use crate::finding::Outcome;
use crate::fixture::spread;
use crate::result::{AuditResult, StageStatus};
use crate::run::{RunOptions, Silent, run_audit};
use crate::subject::{DataFile, Inputs, Subject};

const ROWS: usize = 360;
/// Rows without a target.
const MISSING: usize = 5;

/// A model of the feature `x`: one output a class, or one for two classes or a number.
fn model(task: Task, coef: Vec<f64>, intercept: Vec<f64>) -> Arc<Model> {
    let (link, classes) = match task {
        Task::Regression => (Link::Identity, 0),
        Task::Binary => (Link::Logistic { scale: 1.0 }, 2),
        Task::Multiclass => (Link::Softmax, coef.len()),
    };
    let linear = Linear { features: 1, outputs: coef.len(), coef, intercept, link };
    let features = vec![Feature { name: "x".into(), kind: FeatureKind::Number }];
    let classes = (0..classes as i64).map(Label::Int).collect();
    Arc::new(Model::native(features, task, classes, CoreModel::Linear(linear)))
}

/// Everything that is hard about a table, beside the feature `x` and the target.
fn table(x: Vec<f64>, y: Vec<f64>) -> Table {
    let noise = spread(ROWS, 0.4);
    let number =
        |name: &str, of: &dyn Fn(usize) -> f64| Column::number(name, NumberKind::Float, (0..ROWS).map(of).collect());
    let target = (0..ROWS).map(|row| if row < MISSING { f64::NAN } else { y[row] }).collect();
    let group = |row: usize| Some(if row == 100 { "alone" } else { ["f", "m"][row % 2] });
    Table::new(vec![
        Column::number("x", NumberKind::Float, x),
        Column::number("y", NumberKind::Float, target),
        Column::text("group", (0..ROWS).map(group)),
        number("constant", &|_| 3.0),
        number("empty", &|_| f64::NAN),
        number("holes", &|row| if row % 3 == 0 { f64::NAN } else { noise[row] }),
        number("endless", &|row| match row % 50 {
            0 => f64::INFINITY,
            1 => f64::NEG_INFINITY,
            _ => noise[row],
        }),
        number("weight", &|row| 0.5 + (row % 4) as f64),
        Column::text("who", (0..ROWS).map(|row| Some(format!("person {}", row / 3)))),
    ])
    .expect("columns of equal length")
}

/// The audit, plain and with weights and entities; every stage ends in order, and the result reads back whole.
fn audits(model: &Arc<Model>, x: &[f64], y: &[f64]) -> [AuditResult; 2] {
    [false, true].map(|weighted| {
        let named = |name: &str| weighted.then(|| name.to_owned());
        let roles = Roles {
            target: "y".into(),
            protected: vec!["group".into()],
            weight: named("weight"),
            entity: named("who"),
            ..Roles::default()
        };
        let subject = Subject::build(Inputs {
            table: table(x.to_vec(), y.to_vec()),
            data_file: DataFile::default(),
            roles,
            model: Some(model.clone()),
            reference: Some((table(x.to_vec(), y.to_vec()), DataFile::default())),
            seed: 3,
        })
        .expect("a subject");
        let result = run_audit(&subject, &RunOptions::default(), &Silent);
        assert_eq!((result.manifest.rows, result.manifest.dropped_rows), ((ROWS - MISSING) as u64, MISSING as u64));
        for stage in &result.stages {
            let in_order = matches!(stage.status, StageStatus::Done | StageStatus::NotRun { .. });
            assert!(in_order, "{} {:?}", stage.id, stage.status);
        }
        let text = serde_json::to_string(&result).expect("a result is JSON");
        let read: AuditResult = serde_json::from_str(&text).expect("a result reads back");
        assert!(read == result, "numbers were lost on the way");
        result
    })
}

fn outcome(result: &AuditResult, check: &str) -> Outcome {
    result.findings.iter().find(|f| f.check == check).unwrap_or_else(|| panic!("no {check}")).outcome
}

fn line() -> Vec<f64> {
    spread(ROWS, 0.1).iter().map(|u| 8.0 * (u - 0.5)).collect()
}

#[test]
fn twelve_classes() {
    let (x, noise) = (line(), spread(ROWS, 0.7));
    let coef: Vec<f64> = (0..12).map(|k| f64::from(k) - 5.5).collect();
    let intercept: Vec<f64> = coef.iter().map(|c| -c * c / 3.0).collect();
    let y: Vec<f64> = (0..ROWS).map(|row| ((x[row] + 4.0 + 2.0 * noise[row]) * 1.2).floor().clamp(0.0, 11.0)).collect();
    for result in audits(&model(Task::Multiclass, coef, intercept), &x, &y) {
        assert_eq!((result.manifest.task, result.manifest.classes.len()), (Task::Multiclass, 12));
    }
}

#[test]
fn perfect_answers() {
    let x = line();
    let y: Vec<f64> = x.iter().map(|x| f64::from(u8::from(*x > 0.0))).collect();
    for result in audits(&model(Task::Binary, vec![400.0], vec![0.0]), &x, &y) {
        assert_eq!(outcome(&result, "PERF-BEATS-DUMMY"), Outcome::Pass);
    }
    audits(&model(Task::Regression, vec![1.0], vec![0.0]), &x, &x);
}

#[test]
fn always_the_same_answer() {
    let (x, noise) = (line(), spread(ROWS, 0.7));
    let y: Vec<f64> = noise.iter().map(|u| f64::from(u8::from(*u < 0.4))).collect();
    for result in audits(&model(Task::Binary, vec![0.0], vec![-1.0]), &x, &y) {
        assert_ne!(outcome(&result, "PERF-BEATS-DUMMY"), Outcome::Pass);
    }
    audits(&model(Task::Regression, vec![0.0], vec![2.0]), &x, &noise);
    audits(
        &model(Task::Multiclass, vec![0.0; 12], vec![0.0; 12]),
        &x,
        &(0..ROWS).map(|r| (r % 12) as f64).collect::<Vec<_>>(),
    );
}
