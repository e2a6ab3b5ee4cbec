//! What is answered about single rows.

use fine_model::ScoreKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One audited row: what the model says about it, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowReport {
    /// Row of the audited table, from 0 (rows without a target are not counted).
    pub row: u64,
    /// Rows of the audited table.
    pub rows: u64,
    /// Truth as text.
    pub truth: String,
    /// The prediction.
    pub answer: Answer,
    /// Its explanation.
    pub explanation: Explanation,
    /// All cells of the row, in the order of the table.
    pub cells: Vec<Cell>,
}

/// What the model answers for one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The predicted class; `None` for regression.
    pub label: Option<String>,
    /// What the scores are.
    pub kind: ScoreKind,
    /// One a class in model order; regression: the predicted value alone.
    pub scores: Vec<Score>,
}

/// The score of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Class label; `None` for regression.
    pub class: Option<String>,
    /// Probability, decision value, 0 or 1, or the predicted value.
    pub value: f64,
}

/// SHAP values of one row by the method of the `explain` stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// `tree-path-dependent`, `linear`, `permutation-sampler`.
    pub method: String,
    /// `margin`, `probability`, `value`.
    pub scale: String,
    /// Why an exact method of this kind of model could not be used.
    pub fallback: Option<String>,
    /// Class explained (binary: the positive one; multiclass: the one predicted for the row as it is).
    pub class: Option<String>,
    /// Value without any feature, on the scale.
    pub base: f64,
    /// Base value plus all contributions: the output of the row, on the scale.
    pub output: f64,
    /// All raw features, largest contribution first.
    pub contributions: Vec<Contribution>,
    /// Standard error of a contribution (root mean square over the features); `None` for exact methods.
    pub sampling_error: Option<f64>,
}

/// What one feature adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Column of the feature.
    pub feature: String,
    /// Value as a person would write it; `None` when missing.
    pub value: Option<String>,
    /// SHAP value.
    pub shap: f64,
}

/// One cell of a row, with what may stand there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Column.
    pub column: String,
    /// What the column holds.
    pub kind: CellKind,
    /// The cell: a truth value, a number or text; null when missing. A number that is not finite is text.
    pub value: Value,
    /// Whether the model reads the column.
    pub input: bool,
    /// Smallest number of the column.
    pub low: Option<f64>,
    /// Largest number of the column.
    pub high: Option<f64>,
    /// The most frequent texts of the column, at most 100.
    pub choices: Vec<String>,
    /// Distinct texts of the column.
    pub distinct: u64,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    /// `true` or `false`.
    Bool,
    /// Whole numbers.
    Int,
    /// Numbers.
    Float,
    /// Microseconds since 1970-01-01 UTC.
    Time,
    /// Text.
    Text,
}

impl CellKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Time => "time",
            Self::Text => "text",
        }
    }
}

/// A row as it is and with some cells changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// Row of the audited table, from 0.
    pub row: u64,
    /// The cells that were asked for, in the order of the table.
    pub changes: Vec<Change>,
    /// The row as it is.
    pub old: Outcome,
    /// The row with the changes, explained for the same class.
    pub new: Outcome,
    /// The changed row with one feature set to each of its values.
    pub curve: Option<Curve>,
}

/// A changed cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Column.
    pub column: String,
    /// Cell as it is, as a person would write it; `None` when missing.
    pub old: Option<String>,
    /// Cell asked for.
    pub new: Option<String>,
}

/// Prediction and explanation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The prediction.
    pub answer: Answer,
    /// Its explanation.
    pub explanation: Explanation,
}

/// Individual conditional expectation of one row (Goldstein et al. 2015, "Peeking inside the black box", Journal of
/// Computational and Graphical Statistics 24): its score as a function of one feature, all others as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Column of the feature.
    pub feature: String,
    /// The row's own value; `None` when missing.
    pub at: Option<String>,
    /// Numbers ascending on a grid of evenly spaced ranks, texts by falling frequency; all of them observed values.
    pub points: Vec<CurvePoint>,
}

/// One point of a curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Value as a person would write it.
    pub value: String,
    /// The value, where it is a number.
    pub x: Option<f64>,
    /// Score of the class explained (regression: the predicted value).
    pub score: f64,
}
