//! Why a table and a model cannot be audited together.

use fine_model::PredictError;
use fine_table::{Task, listed};
use serde_json::{Map, Value, json};

/// Why there is nothing to audit. [`SubjectError::code`], [`SubjectError::pointer`] and [`SubjectError::args`] are for
/// problem documents; the message is for logs and the command line. Rows count from 0 in the fields and from 1 (without the
/// header) in messages and arguments, as people count them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SubjectError {
    /// The target column is not in the table.
    #[error("find the target column {name:?}; name one of the table's columns: {}", listed(.available))]
    TargetMissing {
        /// The name given.
        name: String,
        /// Column names of the table.
        available: Vec<String>,
    },
    /// A column with a role is not in the table.
    #[error("find the {role} column {name:?}; name one of the table's columns: {}", listed(.available))]
    ColumnMissing {
        /// `protected`, `weight`, `entity`, `time`, `prediction`.
        role: &'static str,
        /// The name given.
        name: String,
        /// Column names of the table.
        available: Vec<String>,
    },
    /// Columns that the model needs are not in the table.
    #[error(
        "find what the model needs: the table has no column {}; add what is missing, or choose a table that has it (this one \
         has {})",
        listed(.names),
        listed(.available)
    )]
    FeatureMissing {
        /// The features.
        names: Vec<String>,
        /// Column names of the table.
        available: Vec<String>,
    },
    /// The model stores no feature names, and the table has another number of feature columns.
    #[error(
        "match columns by position: the model has {needed} features without names, the table {found} columns; leave out or \
         add columns, in the order of the training data"
    )]
    FeatureCount {
        /// Features of the model.
        needed: usize,
        /// Columns without another role.
        found: usize,
    },
    /// Too few rows with a target.
    #[error("audit {rows} rows with a target: at least {needed} are needed; add rows")]
    TooFewRows {
        /// Rows with a target.
        rows: usize,
        /// Rows needed.
        needed: usize,
    },
    /// The target holds one value only.
    #[error(
        "audit the target {column:?}: it holds the single value {value:?}, so there is nothing to tell apart; add rows with \
         other values"
    )]
    OneClass {
        /// The target column.
        column: String,
        /// The value.
        value: String,
    },
    /// The model answers another question than the target asks.
    #[error(
        "audit a {} model on the {target} target {column:?} with {distinct} distinct values; choose the column that the model \
         was trained to predict, or a model for this one",
        question(*.model)
    )]
    TaskMismatch {
        /// The target column.
        column: String,
        /// Task of the model.
        model: Task,
        /// `continuous`, `text`, or `two-valued` where the model's file does not say what its numbers are.
        target: &'static str,
        /// Distinct values of the target.
        distinct: usize,
    },
    /// Values of the target that the model does not know.
    #[error(
        "match values of the target {column:?} to the model's classes {}: {} is none of them; choose the column that the model \
         was trained to predict, or write the values as the model knows them",
        listed(.classes),
        listed(.values)
    )]
    UnknownClasses {
        /// The target column.
        column: String,
        /// The first of them, at most 20.
        values: Vec<String>,
        /// How many distinct ones.
        count: usize,
        /// The model's classes.
        classes: Vec<String>,
    },
    /// The positive label is not a class.
    #[error("find the positive label {value:?} among the classes; name one of {}", listed(.classes))]
    PositiveUnknown {
        /// The label given.
        value: String,
        /// The model's classes.
        classes: Vec<String>,
    },
    /// A weight that is missing, negative or infinite, or no positive weight at all.
    #[error(
        "use the weight {value:?} in column {column:?}, row {}: weights are finite, not negative, and not all 0; correct it, \
         or choose another column",
        .row + 1
    )]
    BadWeight {
        /// The weight column.
        column: String,
        /// First offending row, from 0.
        row: usize,
        /// The cell.
        value: String,
    },
    /// An infinite target.
    #[error("use the target {column:?} of row {}: it is not finite; correct it, or leave the row out", .row + 1)]
    BadTarget {
        /// The target column.
        column: String,
        /// First offending row, from 0.
        row: usize,
    },
    /// The model answered with something that is not a number.
    #[error("use the prediction of row {}: it is not finite; check the inputs of that row", .row + 1)]
    BadPrediction {
        /// First offending row, from 0.
        row: usize,
    },
    /// Neither a model nor stored predictions.
    #[error("audit without a model: choose a model file, or name the columns that hold its predictions")]
    NothingToAudit,
    /// Stored predictions do not fit the classes.
    #[error(
        "match the stored probabilities ({}) to the classes {}: name a probability column for each class (of two, one is \
         enough) or the column with the predicted class",
        listed(.named),
        listed(.classes)
    )]
    StoredClasses {
        /// The classes.
        classes: Vec<String>,
        /// Classes that have a probability column.
        named: Vec<String>,
    },
    /// A cell that is no prediction.
    #[error("use the stored prediction {value:?} in column {column:?}, row {}: {why}; correct it, or leave the row out", .row + 1)]
    BadStored {
        /// The column.
        column: String,
        /// First offending row, from 0.
        row: usize,
        /// The cell; empty when missing.
        value: String,
        /// What is wrong with it.
        why: Wrong,
    },
    /// The model answers something else than the table says it did.
    #[error(
        "prove that the model was read rightly: its predictions differ from the stored ones in {rows} rows, first in row {}, by \
         up to {difference:.1e} where {tolerance:.0e} is allowed; choose the model that made them, or leave the stored \
         predictions out",
        .row + 1
    )]
    PredictionsDiffer {
        /// Rows that differ.
        rows: u64,
        /// The first of them, from 0.
        row: usize,
        /// Largest difference of a score.
        difference: f64,
        /// Largest difference allowed.
        tolerance: f64,
    },
    /// The audited rows cannot be predicted.
    #[error("predict the rows: {0}")]
    Predict(PredictError),
    /// The reference data cannot be used.
    #[error("use the reference data: {0}")]
    Reference(Box<SubjectError>),
}

/// Why a cell is no prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Nothing there.
    #[error("it is missing")]
    Missing,
    /// Not a finite number.
    #[error("it is not a finite number")]
    Number,
    /// Not between 0 and 1.
    #[error("a probability lies between 0 and 1")]
    Probability,
    /// The probabilities of the row do not sum to 1.
    #[error("the probabilities of the row do not sum to 1")]
    Sum,
    /// No class of the target or of the probability columns.
    #[error("it is none of the classes")]
    Class,
}

impl Wrong {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Number => "number",
            Self::Probability => "probability",
            Self::Sum => "sum",
            Self::Class => "class",
        }
    }
}

impl SubjectError {
    /// Stable id of the kind of problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TargetMissing { .. } => "target-missing",
            Self::ColumnMissing { .. } => "column-missing",
            Self::FeatureMissing { .. } => "feature-missing",
            Self::FeatureCount { .. } => "feature-count",
            Self::TooFewRows { .. } => "too-few-rows",
            Self::OneClass { .. } => "one-class-target",
            Self::TaskMismatch { .. } => "task-mismatch",
            Self::UnknownClasses { .. } => "unknown-classes",
            Self::PositiveUnknown { .. } => "positive-unknown",
            Self::BadWeight { .. } => "bad-weight",
            Self::BadTarget { .. } => "bad-target",
            Self::BadPrediction { .. } => "bad-prediction",
            Self::NothingToAudit => "nothing-to-audit",
            Self::StoredClasses { .. } => "stored-classes",
            Self::BadStored { .. } => "bad-stored-prediction",
            Self::PredictionsDiffer { .. } => "predictions-differ",
            Self::Predict(PredictError::MissingFeature { .. }) => "feature-missing",
            Self::Predict(PredictError::NotNumeric { .. }) => "not-numeric",
            Self::Predict(PredictError::UnknownCategory { .. }) => "unknown-category",
            Self::Predict(PredictError::MissingValue { .. }) => "missing-value",
            Self::Predict(PredictError::InfiniteValue { .. }) => "infinite-value",
            Self::Predict(PredictError::OutOfRange { .. }) => "out-of-range",
            Self::Predict(_) => "predict",
            Self::Reference(inner) => inner.code(),
        }
    }

    /// The short code that people quote, for what a model says about the rows; `docs/model-errors.md` explains each.
    pub fn stable_code(&self) -> Option<&'static str> {
        match self {
            Self::FeatureMissing { .. } | Self::FeatureCount { .. } => Some("E-FEATURES"),
            Self::Predict(error) => Some(error.stable_code()),
            Self::Reference(inner) => inner.stable_code(),
            _ => None,
        }
    }

    /// JSON pointer into the request (`dataset_id`, `roles`, …) that asked for it.
    pub fn pointer(&self) -> &'static str {
        match self {
            Self::TargetMissing { .. } | Self::OneClass { .. } | Self::BadTarget { .. } => "/roles/target",
            Self::UnknownClasses { .. } | Self::TaskMismatch { .. } => "/roles/target",
            Self::ColumnMissing { role: "protected", .. } => "/roles/protected",
            Self::ColumnMissing { role: "entity", .. } => "/roles/entity",
            Self::ColumnMissing { role: "time", .. } => "/roles/time",
            Self::ColumnMissing { role: "prediction", .. } => "/roles/prediction",
            Self::ColumnMissing { .. } | Self::BadWeight { .. } => "/roles/weight",
            Self::PositiveUnknown { .. } => "/roles/positive",
            Self::BadPrediction { .. } | Self::NothingToAudit => "/model_id",
            Self::StoredClasses { .. } | Self::BadStored { .. } | Self::PredictionsDiffer { .. } => "/roles/prediction",
            Self::FeatureMissing { .. } | Self::FeatureCount { .. } | Self::TooFewRows { .. } => "/dataset_id",
            Self::Predict(_) => "/dataset_id",
            Self::Reference(_) => "/reference_id",
        }
    }

    /// The same error with its row as the file has it, `kept` being the rows of the file that were looked at.
    pub(crate) fn in_file(mut self, kept: Option<&[u32]>) -> Self {
        let row = match &mut self {
            Self::BadWeight { row, .. } | Self::BadTarget { row, .. } | Self::BadPrediction { row } => Some(row),
            Self::BadStored { row, .. } | Self::PredictionsDiffer { row, .. } => Some(row),
            Self::Predict(
                PredictError::NotNumeric { row, .. }
                | PredictError::UnknownCategory { row, .. }
                | PredictError::MissingValue { row, .. }
                | PredictError::InfiniteValue { row, .. }
                | PredictError::OutOfRange { row, .. }
                | PredictError::NoNeighbours { row },
            ) => Some(row),
            _ => None,
        };
        if let (Some(row), Some(kept)) = (row, kept)
            && let Some(original) = kept.get(*row)
        {
            *row = *original as usize;
        }
        self
    }

    /// The values of the message, by name.
    pub fn args(&self) -> Map<String, Value> {
        let args = match self {
            Self::TargetMissing { name, available } => json!({"name": name, "available": available}),
            Self::ColumnMissing { role, name, available } => {
                json!({"role": role, "name": name, "available": available})
            }
            Self::FeatureMissing { names, available } => json!({"names": names, "available": available}),
            Self::FeatureCount { needed, found } => json!({"needed": needed, "found": found}),
            Self::TooFewRows { rows, needed } => json!({"rows": rows, "needed": needed}),
            Self::OneClass { column, value } => json!({"name": column, "value": value}),
            Self::TaskMismatch { column, model, target, distinct } => {
                json!({"name": column, "model": model, "target": target, "distinct": distinct})
            }
            Self::UnknownClasses { column, values, count, classes } => {
                json!({"name": column, "values": values, "count": count, "classes": classes})
            }
            Self::PositiveUnknown { value, classes } => json!({"value": value, "classes": classes}),
            Self::BadWeight { column, row, value } => json!({"name": column, "row": row + 1, "value": value}),
            Self::BadTarget { column, row } => json!({"name": column, "row": row + 1}),
            Self::BadPrediction { row } => json!({"row": row + 1}),
            Self::NothingToAudit => json!({}),
            Self::StoredClasses { classes, named } => json!({"classes": classes, "values": named}),
            Self::BadStored { column, row, value, why } => {
                json!({"name": column, "row": row + 1, "value": value, "why": why.id()})
            }
            Self::PredictionsDiffer { rows, row, difference, tolerance } => {
                json!({"count": rows, "row": row + 1, "difference": difference, "tolerance": tolerance})
            }
            Self::Predict(e) => predict_args(e),
            Self::Reference(inner) => Value::Object(inner.args()),
        };
        match args {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

/// What a model answers, in words.
pub(crate) fn question(task: Task) -> &'static str {
    match task {
        Task::Binary => "two-class",
        Task::Multiclass => "multiclass",
        Task::Regression => "regression",
    }
}

fn predict_args(e: &PredictError) -> Value {
    match e {
        PredictError::MissingFeature { name, available } => json!({"names": [name], "available": available}),
        PredictError::NotNumeric { name, row, value }
        | PredictError::UnknownCategory { name, row, value }
        | PredictError::OutOfRange { name, row, value } => {
            json!({"name": name, "row": row + 1, "value": value})
        }
        PredictError::MissingValue { name, row } | PredictError::InfiniteValue { name, row } => {
            json!({"name": name, "row": row + 1})
        }
        other => json!({"detail": other.to_string()}),
    }
}
