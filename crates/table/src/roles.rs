//! What each column is for.

use std::collections::BTreeMap;

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
    /// Predictions that the table holds: instead of a model, or to prove that the model was read rightly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prediction: Option<StoredPrediction>,
    /// Columns to leave alone.
    pub ignore: Vec<String>,
}

/// The columns that hold a model's predictions. At least one is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoredPrediction {
    /// The predicted class, or the predicted number of a regression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The column of each class's probability, by class as written in the data. Of two classes one is enough.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub probabilities: BTreeMap<String, String>,
}

impl StoredPrediction {
    /// All columns named, the label first.
    pub fn columns(&self) -> impl Iterator<Item = &String> {
        self.label.iter().chain(self.probabilities.values())
    }

    /// The columns that `fine predict` writes, when the table has them: `prediction`, and `p_<class>` for the classes of the
    /// target. `None` without any.
    pub fn by_name(names: &[String], classes: &[String]) -> Option<Self> {
        let has = |name: &str| names.iter().any(|n| n == name).then(|| name.to_owned());
        let probability = |class: &String| Some((class.clone(), has(&format!("p_{class}"))?));
        Self { label: has("prediction"), probabilities: classes.iter().filter_map(probability).collect() }.if_any()
    }

    /// `None` when no column is named.
    pub fn if_any(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }
}
