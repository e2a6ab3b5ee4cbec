//! What is answered about single rows.

use fine_model::ScoreKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Wanted;
use crate::stages::explain::report::Ale;

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
    /// How predictions depend on the feature that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
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

/// How predictions depend on one feature: for this row, for single other rows, and on average.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Column of the feature.
    pub feature: String,
    /// Class whose score it is (binary: the positive one; multiclass: the one predicted for the row); `None` for regression.
    pub class: Option<String>,
    /// The row itself at each value (individual conditional expectation).
    pub row: Curve,
    /// Single other rows, a seeded sample, at the values of `row`.
    pub others: Vec<Vec<f64>>,
    /// Partial dependence (Friedman 2001): the mean over `rows` rows at the values of `row`.
    pub mean: Vec<f64>,
    /// Rows behind the mean: all, or a seeded stratified sample.
    pub rows: u64,
    /// Accumulated local effects (Apley and Zhu 2020); `None` for texts and for numbers that do not vary.
    pub ale: Option<Ale>,
}

/// The nearest changes of a row that change what the model says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counterfactuals {
    /// Row of the audited table, from 0.
    pub row: u64,
    /// Cells that were changed before the search, in the order of the table.
    pub changes: Vec<Change>,
    /// What the model says of the row before the search.
    pub start: Answer,
    /// What the answer shall become; all empty for any other class.
    pub wanted: Wanted,
    /// Fewest changed columns first, then nearest; no two change the same column.
    pub found: Vec<Counterfactual>,
    /// Nothing was found: what came nearest to it, if anything came nearer than the row as it is.
    pub closest: Option<Counterfactual>,
    /// Why nothing was found: `already-there`, `nothing-found`, `budget-used`, `model-refused`, `nothing-may-change`.
    pub reason: Option<String>,
    /// Columns that could change, in the model's order.
    pub free: Vec<Free>,
    /// Columns that could not, in the model's order.
    pub stayed: Vec<Stayed>,
    /// How far was searched.
    pub tried: Tried,
}

/// A row that is predicted as wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counterfactual {
    /// In the model's order; their number is the sparsity.
    pub changes: Vec<Move>,
    /// What the model says of the changed row, which was predicted again on its own.
    pub answer: Answer,
    /// Sum over the changes of the share of audited rows between the two values (categories and filled cells: 1).
    pub distance: f64,
    /// How near the changed row is to the data; `None` for a table without other rows.
    pub nearest: Option<Nearest>,
}

/// One changed cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// Column.
    pub column: String,
    /// Cell before, as a person would write it; `None` when missing.
    pub old: Option<String>,
    /// Cell after: a value that audited rows have.
    pub new: String,
    /// Audited rows with the new value.
    pub rows: u64,
    /// The share of audited rows between the two values.
    pub distance: f64,
    /// Share of audited rows below the old number (half of the equal ones included); `None` for texts and missing cells.
    pub old_rank: Option<f64>,
    /// The same of the new number.
    pub new_rank: Option<f64>,
}

/// The audited row that is nearest to a changed one, itself left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// Row of the audited table, from 0.
    pub row: u64,
    /// Sum over all inputs of the share of audited rows between the two cells (texts: 1 when they differ).
    pub distance: f64,
    /// Share of audited rows that are at least as far from the row nearest to them.
    pub lonelier: f64,
    /// Rows that were compared with: all, or a seeded stratified sample.
    pub rows: u64,
}

/// A column that could change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Free {
    /// Column.
    pub column: String,
    /// `rise` or `fall` where it may only do that.
    pub only: Option<String>,
}

/// A column that stayed as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stayed {
    /// Column.
    pub column: String,
    /// `asked`, `not-chosen`, `protected`, `target`, `entity`, `weight`, `time`, `prediction`, `ignored`, `declared` (by the
    /// audit's parameters), `identifier` (by its name and values), `constant`.
    pub reason: String,
}

/// How far a search went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// Rows that the model predicted.
    pub queries: u64,
    /// Single changes that were tried.
    pub singles: u64,
    /// Whether those were all observed values of all columns that could change. Then no other single change to an observed value
    /// is nearer than the first counterfactual, or none suffices when that changes more columns. Otherwise, and of several columns
    /// in any case, nearer ones may exist.
    pub exhaustive: bool,
    /// Columns that were changed at once, at most.
    pub changes: u32,
    /// Largest distance allowed.
    pub max_distance: Option<f64>,
    /// False when the budget of predictions ended before the search did.
    pub complete: bool,
}
