//! Models made in memory: the crate's own forms, an XGBoost file, and the beginnings of pickles.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fine_model::import::{Limits, open};
use fine_model::linear::Linear;
use fine_model::trees::{Cast, Forest, LEAF, Link, Missing, NUMERIC, Node, Sum, Tree};
use fine_model::{
    CoreModel, Feature, FeatureKind, Graph, Label, Model, ModelFacts, PredictError, Prediction, ScoreKind,
};
use fine_table::{Column, Roles, Table, Task};
use serde_json::json;

use super::people::sigmoid;
use crate::subject::{DataFile, Inputs};

const LOGISTIC: Link = Link::Logistic { scale: 1.0 };

/// An audit of a model whose target is `y`.
pub(super) fn audited(table: Table, model: Model, protected: &[&str]) -> Inputs {
    let protected = protected.iter().map(|name| (*name).to_owned()).collect();
    let roles = Roles { target: "y".into(), protected, ..Roles::default() };
    Inputs { table, data_file: DataFile::default(), roles, model: Some(Arc::new(model)), reference: None, seed: 0 }
}

fn model(names: &[&str], core: CoreModel) -> Model {
    let features = names.iter().map(|name| Feature { name: (*name).to_owned(), kind: FeatureKind::Number }).collect();
    Model::native(features, Task::Binary, vec![Label::Int(0), Label::Int(1)], core)
}

/// A logistic model of columns: name and coefficient of each.
pub(super) fn logistic(coefficients: &[(&str, f64)], intercept: f64) -> Model {
    let names: Vec<&str> = coefficients.iter().map(|c| c.0).collect();
    let coef = coefficients.iter().map(|c| c.1).collect();
    let linear = Linear { features: names.len(), outputs: 1, coef, intercept: vec![intercept], link: LOGISTIC };
    model(&names, CoreModel::Linear(linear))
}

/// Trees whose leaves add up to log-odds.
pub(super) fn forest(names: &[&str], trees: Vec<Tree>) -> Model {
    let features = names.len();
    let forest =
        Forest { features, outputs: 1, trees, base: vec![0.0], cast: Cast::F64, sum: Sum::F64, link: LOGISTIC };
    model(names, CoreModel::Trees(forest))
}

fn split(feature: u32, threshold: f64, left: u32, right: u32, missing: Missing) -> Node {
    Node { feature, left, right, set: NUMERIC, threshold, missing, cover: 1.0 }
}

fn leaf(value: u32) -> Node {
    Node { feature: 0, left: LEAF, right: value, set: NUMERIC, threshold: 0.0, missing: Missing::Left, cover: 1.0 }
}

fn tree(nodes: Vec<Node>, values: &[f64]) -> Tree {
    Tree { nodes, sets: Vec::new(), values: values.to_vec(), output: Some(0), weight: 1.0 }
}

/// One tree on one column that says no up to a threshold and yes above; a missing value says no.
pub(super) fn stump(feature: u32, threshold: f64) -> Tree {
    tree(vec![split(feature, threshold, 1, 2, Missing::Left), leaf(0), leaf(1)], &[-1.0, 1.0])
}

/// One tree whose answer changes at every threshold of the column 0, from no at the lowest values on.
pub(super) fn sawtooth(thresholds: &[f64]) -> Tree {
    let mut nodes = Vec::new();
    for (at, threshold) in (0u32..).zip(thresholds) {
        nodes.push(split(0, *threshold, 2 * at + 1, 2 * at + 2, Missing::Left));
        nodes.push(leaf(at % 2));
    }
    nodes.push(leaf(thresholds.len() as u32 % 2));
    tree(nodes, &[-2.0, 2.0])
}

/// One tree that says no to any row with a missing value, and else asks column 0.
pub(super) fn strict_with_missing(features: u32, threshold: f64) -> Tree {
    let mut nodes = Vec::new();
    for feature in 0..features {
        nodes.push(split(feature, f64::MAX, 2 * feature + 2, 2 * feature + 1, Missing::Right));
        nodes.push(leaf(0));
    }
    let last = 2 * features;
    nodes.push(split(0, threshold, last + 1, last + 2, Missing::Left));
    nodes.extend([leaf(0), leaf(1)]);
    tree(nodes, &[-2.0, 2.0])
}

/// One tree that asks column 0, and is not sure of rows with a value farther than `reach` from 0.
pub(super) fn unsure_outside(features: u32, reach: f64) -> Tree {
    let mut nodes = Vec::new();
    for feature in 0..features {
        let at = 4 * feature;
        nodes.extend([split(feature, -reach, at + 1, at + 2, Missing::Left), leaf(0)]);
        nodes.extend([split(feature, reach, at + 4, at + 3, Missing::Left), leaf(0)]);
    }
    let last = 4 * features;
    nodes.push(split(0, 0.0, last + 1, last + 2, Missing::Left));
    nodes.extend([leaf(1), leaf(2)]);
    tree(nodes, &[0.0, -2.0, 2.0])
}

/// A network that was exported as it was in training.
#[derive(Debug)]
pub(super) enum InTraining {
    /// Inputs are centred by the mean of the rows that are predicted together.
    BatchNormalisation,
    /// Every prediction leaves out some of the inputs; the counter stands for the state of the generator.
    Dropout(AtomicU64),
}

/// A graph of columns that should be near 0 with spread 1: the mean and the spread of each are given.
pub(super) fn graph(columns: &[(&str, f64, f64)], layer: InTraining) -> Model {
    let names: Vec<&str> = columns.iter().map(|c| c.0).collect();
    let scales = columns.iter().map(|c| (c.1, c.2)).collect();
    model(&names, CoreModel::Graph(Arc::new(Network { scales, layer })))
}

#[derive(Debug)]
struct Network {
    scales: Vec<(f64, f64)>,
    layer: InTraining,
}

impl Graph for Network {
    fn predict(&self, columns: &[&Column], rows: usize) -> Result<Prediction, PredictError> {
        let mut margins = vec![0.0; rows];
        for ((column, (mean, sd)), sign) in columns.iter().zip(&self.scales).zip([1.3, -1.0, 0.4, 0.4]) {
            let values = column.numbers().unwrap_or_default();
            let centre = match self.layer {
                InTraining::BatchNormalisation => values.iter().sum::<f64>() / rows.max(1) as f64,
                InTraining::Dropout(_) => *mean,
            };
            for (margin, value) in margins.iter_mut().zip(values) {
                let kept = match &self.layer {
                    InTraining::BatchNormalisation => 1.0,
                    InTraining::Dropout(state) => f64::from(u8::from(state.fetch_add(1, Ordering::Relaxed) % 7 != 0)),
                };
                *margin += kept * sign * (value - centre) / sd;
            }
        }
        let scores: Vec<f64> = margins.iter().flat_map(|m| [1.0 - sigmoid(*m), sigmoid(*m)]).collect();
        let labels = margins.iter().map(|m| u32::from(*m > 0.0)).collect();
        Ok(Prediction { rows, width: 2, kind: ScoreKind::Probability, scores, labels })
    }
}

/// A linear booster as an XGBoost file of a version.
pub(super) fn xgboost(names: &[&str], weights: &[f64], version: [u32; 3]) -> Model {
    let file = json!({
        "learner": {
            "attributes": {},
            "feature_names": names,
            "feature_types": vec!["float"; names.len()],
            "gradient_booster": {"name": "gblinear", "model": {"boosted_rounds": 1, "weights": weights}},
            "learner_model_param": {
                "base_score": "5E-1", "boost_from_average": "1", "num_class": "0",
                "num_feature": names.len().to_string(), "num_target": "1",
            },
            "objective": {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}},
        },
        "version": version,
    });
    let opened = open(file.to_string().as_bytes(), &Limits::default(), None).expect("an XGBoost file");
    opened.model.expect("a linear booster that runs")
}

/// What the reader says of a pickle that holds an unfitted ridge regression, after the call of a function and an object of
/// another class, each where one is named as `module`, `name`.
pub(super) fn pickle_facts(call: Option<(&str, &str, &str)>, custom: Option<(&str, &str)>) -> ModelFacts {
    let mut bytes = b"\x80\x04".to_vec();
    if let Some((module, name, argument)) = call {
        bytes.extend(format!("c{module}\n{name}\n(X").as_bytes());
        bytes.extend((argument.len() as u32).to_le_bytes());
        bytes.extend(argument.as_bytes());
        bytes.extend(b"tR0");
    }
    if let Some((module, name)) = custom {
        bytes.extend(format!("c{module}\n{name}\n)").as_bytes());
        bytes.extend(b"\x810");
    }
    bytes.extend(b"csklearn.linear_model._ridge\nRidge\n)\x81}b.");
    open(&bytes, &Limits::default(), None).expect("a pickle that is listed").facts
}
