//! Why there is no answer about a row.

use fine_model::PredictError;
use fine_table::{Task, listed};
use serde_json::{Map, Value, json};

use super::report::CellKind;
use crate::stage::StageError;
use crate::subject::SubjectError;

/// Why there is no answer about a row. [`RowError::code`], [`RowError::pointer`] and [`RowError::args`] are for problem
/// documents, the message completes "failed to …". Rows count from 0 in the fields and from 1 in messages and arguments.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RowError {
    /// The table ends before it.
    #[error("find row {}: the audited table has {rows} rows", .row + 1)]
    NoRow {
        /// The row asked for, from 0.
        row: u64,
        /// Rows of the table.
        rows: u64,
    },
    /// Stored predictions were audited.
    #[error("ask a model: stored predictions were audited, without a model file")]
    NoModel,
    /// A column that the model does not read.
    #[error("use the column {column:?}: the model does not read it; its inputs are {}", listed(.available))]
    NoInput {
        /// The name given.
        column: String,
        /// JSON pointer to it in the request.
        at: String,
        /// Columns that the model reads.
        available: Vec<String>,
    },
    /// A value that the column cannot hold.
    #[error("write {value} into {column:?}: the column holds {}", kind_words(*.kind))]
    WrongCell {
        /// The column.
        column: String,
        /// The value given, as JSON.
        value: String,
        /// What the column holds.
        kind: CellKind,
    },
    /// The model refuses the row.
    #[error("predict the row: {0}")]
    Predict(PredictError),
    /// The model answers with something that is not a number.
    #[error("use the prediction of the row: it is not finite; check its inputs")]
    NotFinite,
    /// A class that the model does not know.
    #[error("reach the class {class:?}: the model knows {}", listed(.available))]
    NoClass {
        /// The class wanted.
        class: String,
        /// Classes of the model.
        available: Vec<String>,
    },
    /// A wanted outcome of another kind than the model's.
    #[error("reach what is wanted: {}", wanted_words(*.task))]
    WrongGoal {
        /// What the model predicts.
        task: Task,
    },
    /// A wanted range that holds no number.
    #[error("reach a number that is at least {low} and at most {high}")]
    EmptyRange {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// A column of text that shall rise or fall.
    #[error("let {column:?} rise or fall only: the column holds text, which has no order")]
    NoOrder {
        /// The column.
        column: String,
        /// JSON pointer to it in the request.
        at: String,
    },
    /// A number of the request that is too small or too large.
    #[error("search with {field} = {value}: it must be from {low} to {high}")]
    Limit {
        /// Field of the request.
        field: &'static str,
        /// Its value.
        value: f64,
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
    },
    /// The explanation failed.
    #[error(transparent)]
    Stage(#[from] StageError),
}

impl RowError {
    /// Stable id.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRow { .. } => "no-such-row",
            Self::NoModel => "no-model",
            Self::NoInput { .. } => "no-such-input",
            Self::WrongCell { .. } => "wrong-cell",
            Self::Predict(e) => SubjectError::Predict(e.clone()).code(),
            Self::NotFinite => "row-not-finite",
            Self::NoClass { .. } => "no-such-class",
            Self::WrongGoal { .. } => "wrong-goal",
            Self::EmptyRange { .. } => "empty-range",
            Self::NoOrder { .. } => "no-order",
            Self::Limit { .. } => "beyond-limit",
            Self::Stage(_) => "row-failed",
        }
    }

    /// The short code of what a model says about a row.
    pub fn stable_code(&self) -> Option<&'static str> {
        match self {
            Self::Predict(e) => Some(e.stable_code()),
            _ => None,
        }
    }

    /// JSON pointer into the request.
    pub fn pointer(&self) -> String {
        match self {
            Self::NoRow { .. } | Self::NoModel | Self::Stage(_) => "/row".to_owned(),
            Self::NoInput { at, .. } | Self::NoOrder { at, .. } => at.clone(),
            Self::WrongCell { column, .. } => pointer_of(column),
            Self::NoClass { .. } => "/wanted/class".to_owned(),
            Self::WrongGoal { .. } | Self::EmptyRange { .. } => "/wanted".to_owned(),
            Self::Limit { field, .. } => format!("/{field}"),
            Self::Predict(_) | Self::NotFinite => "/changes".to_owned(),
        }
    }

    /// The values of the message, by name.
    pub fn args(&self) -> Map<String, Value> {
        let args = match self {
            Self::NoRow { row, rows } => json!({"row": row + 1, "rows": rows}),
            Self::NoInput { column, available, .. } => json!({"name": column, "available": available}),
            Self::WrongCell { column, value, kind } => json!({"name": column, "value": value, "kind": kind.id()}),
            Self::NoClass { class, available } => json!({"value": class, "available": available}),
            Self::WrongGoal { task } => json!({"task": task}),
            Self::EmptyRange { low, high } => json!({"low": low, "high": high}),
            Self::NoOrder { column, .. } => json!({"name": column}),
            Self::Limit { field, value, low, high } => json!({"name": field, "value": value, "low": low, "high": high}),
            Self::Predict(e) => return SubjectError::Predict(e.clone()).args(),
            Self::NoModel | Self::NotFinite | Self::Stage(_) => json!({}),
        };
        match args {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    /// A refusal of the model about a table that holds only this row.
    pub(super) fn refused(error: PredictError, row: u64) -> Self {
        match SubjectError::Predict(error.clone()).in_file(Some(&[row as u32])) {
            SubjectError::Predict(error) => Self::Predict(error),
            _ => Self::Predict(error),
        }
    }
}

/// JSON pointer to a change of a column.
pub(super) fn pointer_of(column: &str) -> String {
    format!("/changes/{}", column.replace('~', "~0").replace('/', "~1"))
}

fn wanted_words(task: Task) -> &'static str {
    match task {
        Task::Regression => "the model predicts numbers; write at_least, at_most or both",
        Task::Binary | Task::Multiclass => "the model predicts classes; write class, or nothing for any other class",
    }
}

fn kind_words(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Bool => "true and false; write true, false or null",
        CellKind::Int => "whole numbers; write one, or null",
        CellKind::Float => "numbers; write one, or null",
        CellKind::Time => "times; write whole microseconds since 1970, or null",
        CellKind::Text => "text; write it in quotes, or null",
    }
}
