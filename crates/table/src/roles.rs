//! What each column is for.

use serde::{Deserialize, Serialize};

/// The kind of question a model answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Two classes.
    Binary,
    /// Three or more classes.
    Multiclass,
    /// A number.
    Regression,
}

/// What one column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The truth that the model should predict.
    Target,
    /// An input of the model.
    Feature,
    /// A row's weight.
    Weight,
    /// Rows with the same value belong to one person or thing (cluster bootstrap).
    Entity,
    /// When the row happened.
    Time,
    /// A stored prediction of the model (load-time proof).
    Prediction,
    /// Not used.
    Ignore,
}

/// The roles of a table's columns, by column name. A protected attribute may also be a feature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Roles {
    /// The truth.
    pub target: String,
    /// The positive class, as written in the data; `None` takes the model's second class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positive: Option<String>,
    /// Attributes whose groups are compared.
    pub protected: Vec<String>,
    /// Row weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// Entity id for the cluster bootstrap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// Time of the row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Columns to leave alone.
    pub ignore: Vec<String>,
}
