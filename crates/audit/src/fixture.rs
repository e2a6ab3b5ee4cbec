//! Subjects made by hand for unit tests.

use std::sync::Arc;

use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, Feature, FeatureKind, Label, Model, Prediction, ScoreKind};
use fine_table::{Column, NumberKind, Roles, Table, Task};

use crate::subject::{DataFile, Subject};

/// `1/(1+exp(-x))` of the single feature `x`.
pub(crate) fn logistic_model(task: Task) -> Arc<Model> {
    let (link, classes) = match task {
        Task::Regression => (Link::Identity, Vec::new()),
        _ => (Link::Logistic { scale: 1.0 }, vec![Label::Int(0), Label::Int(1)]),
    };
    let linear = Linear { features: 1, outputs: 1, coef: vec![1.0], intercept: vec![0.0], link };
    let features = vec![Feature { name: "x".into(), kind: FeatureKind::Number }];
    Arc::new(Model::native(features, task, classes, CoreModel::Linear(linear)))
}

/// A binary subject from truths and probabilities of class 1; decisions at 0.5. `extra` are further columns.
pub(crate) fn binary(target: &[f64], scores: &[f64], extra: Vec<Column>) -> Subject {
    let prediction = Prediction {
        rows: scores.len(),
        width: 2,
        kind: ScoreKind::Probability,
        scores: scores.iter().flat_map(|p| [1.0 - p, *p]).collect(),
        labels: scores.iter().map(|p| u32::from(*p > 0.5)).collect(),
    };
    subject(Task::Binary, &["0", "1"], target, prediction, extra)
}

/// A multiclass subject; `scores` is row-major, one column a class.
pub(crate) fn multiclass(classes: &[&str], target: &[f64], scores: &[f64], extra: Vec<Column>) -> Subject {
    let width = classes.len();
    let prediction = Prediction {
        rows: target.len(),
        width,
        kind: ScoreKind::Probability,
        labels: scores
            .chunks(width)
            .map(|r| (0..width).fold(0, |b, i| if r[i] > r[b] { i } else { b }) as u32)
            .collect(),
        scores: scores.to_vec(),
    };
    subject(Task::Multiclass, classes, target, prediction, extra)
}

/// A regression subject.
pub(crate) fn regression(target: &[f64], predicted: &[f64], extra: Vec<Column>) -> Subject {
    let prediction = Prediction {
        rows: target.len(),
        width: 1,
        kind: ScoreKind::Value,
        scores: predicted.to_vec(),
        labels: Vec::new(),
    };
    subject(Task::Regression, &[], target, prediction, extra)
}

fn subject(task: Task, classes: &[&str], target: &[f64], prediction: Prediction, extra: Vec<Column>) -> Subject {
    let x = prediction.scores.iter().skip(prediction.width - 1).step_by(prediction.width).copied().collect();
    let mut columns =
        vec![Column::number("x", NumberKind::Float, x), Column::number("y", NumberKind::Float, target.to_vec())];
    let protected = extra.iter().map(|c| c.name.clone()).collect();
    columns.extend(extra);
    Subject {
        table: Table::new(columns).expect("columns of equal length"),
        dropped_rows: 0,
        reference: None,
        model: logistic_model(task),
        has_model: true,
        proof: None,
        data_file: DataFile::default(),
        roles: Roles { target: "y".into(), protected, ..Roles::default() },
        task,
        classes: classes.iter().map(|c| (*c).to_owned()).collect(),
        positive: 1.min(classes.len().saturating_sub(1)),
        target: target.to_vec(),
        prediction,
        weights: None,
        feature_columns: vec![0],
        seed: 7,
    }
}

/// Deterministic numbers in [0, 1) without a generator (golden-ratio sequence).
pub(crate) fn spread(n: usize, start: f64) -> Vec<f64> {
    (0..n).map(|i| (start + i as f64 * 0.618_033_988_749_894_9).fract()).collect()
}
