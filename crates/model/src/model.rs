//! The public face of an opened model.

use serde::{Deserialize, Serialize};

/// A class label as the library stores it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Label {
    /// `True` / `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal number.
    Float(f64),
    /// Text.
    Text(String),
}

/// What a model accepts in one input column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureKind {
    /// Numbers only.
    Number,
    /// Text categories only.
    Text,
    /// Either.
    Any,
}

/// One raw input column of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The name the model was fitted with; `x0`, `x1`, … when it stored none.
    pub name: String,
    /// What it accepts.
    pub kind: FeatureKind,
}

/// What the numbers of a [`Prediction`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScoreKind {
    /// Class probabilities, one column a class.
    Probability,
    /// Decision values, one column a class (binary: `[-d, d]`), no probability.
    Decision,
    /// Only labels: one-hot 0/1.
    Label,
    /// A predicted number, one column.
    Value,
}

/// Predictions for all rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns of `scores`: classes, or 1 for regression.
    pub width: usize,
    /// What `scores` holds.
    pub kind: ScoreKind,
    /// Row-major `[rows x width]`.
    pub scores: Vec<f64>,
    /// The library's own `predict`: class index a row; empty for regression.
    pub labels: Vec<u32>,
}

impl Prediction {
    /// Scores of one column (class).
    pub fn column(&self, class: usize) -> Vec<f64> {
        self.scores.iter().skip(class).step_by(self.width).copied().collect()
    }
}

/// The matrix that the core estimator sees, after every preprocessing step.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// Number of rows.
    pub rows: usize,
    /// Number of encoded columns.
    pub width: usize,
    /// Row-major `[rows x width]`; missing is `NaN` (also a sparse zero that the core reads as missing).
    pub values: Vec<f64>,
    /// For each encoded column, the index of the raw feature ([`Feature`]) it came from.
    pub origin: Vec<u32>,
    /// A name for each encoded column (`sex=Female`).
    pub names: Vec<String>,
}

/// The estimator at the heart of a pipeline, for stages with an exact method.
#[derive(Debug)]
pub enum Core<'a> {
    /// A tree ensemble.
    Trees(&'a crate::trees::Forest),
    /// A linear model.
    Linear(&'a crate::linear::Linear),
    /// Anything else: use `predict` only.
    Other,
}

/// The estimator that an opened model owns.
#[derive(Clone, Debug)]
pub enum CoreModel {
    /// A tree ensemble.
    Trees(crate::trees::Forest),
    /// A linear model.
    Linear(crate::linear::Linear),
}

/// Why a table could not be predicted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PredictError {
    /// A column the model needs is not in the table.
    #[error("find column {name:?} that the model needs; the table has {available:?}")]
    MissingFeature {
        /// The feature.
        name: String,
        /// Column names of the table.
        available: Vec<String>,
    },
    /// A text column where the model needs numbers.
    #[error("read column {name:?} as numbers: row {row} holds {value:?}")]
    NotNumeric {
        /// The feature.
        name: String,
        /// First offending row, from 0.
        row: usize,
        /// The cell.
        value: String,
    },
}

/// An opened, validated model.
#[derive(Clone, Debug)]
pub struct Model {
    /// What the file says.
    pub facts: crate::ModelFacts,
    /// Raw input columns in model order.
    pub features: Vec<Feature>,
    /// What it predicts.
    pub task: fine_table::Task,
    /// Class labels in column order; empty for regression.
    pub classes: Vec<Label>,
    core: CoreModel,
}

impl Model {
    /// A model of raw numeric features straight into a core, without preprocessing.
    pub fn native(features: Vec<Feature>, task: fine_table::Task, classes: Vec<Label>, core: CoreModel) -> Self {
        Self { facts: crate::ModelFacts::default(), features, task, classes, core }
    }

    /// The estimator at the heart of the model.
    pub fn core(&self) -> Core<'_> {
        match &self.core {
            CoreModel::Trees(f) => Core::Trees(f),
            CoreModel::Linear(l) => Core::Linear(l),
        }
    }
}
