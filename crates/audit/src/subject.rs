//! Everything that is parsed or predicted once and shared by the stages.

mod build;
mod error;
mod stored;
#[cfg(test)]
mod tests;
mod truth;

use std::sync::Arc;

use fine_model::{Model, Prediction};
use fine_table::{Roles, Table, Task};

pub use build::{Inputs, MIN_ROWS};
pub(crate) use error::question;
pub use error::{SubjectError, Wrong};
pub use stored::{FORMAT as STORED_FORMAT, LoadProof};

/// The audited table, model and predictions. Stages read it and never reach into each other.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The audited rows (rows without a target are dropped and counted).
    pub table: Table,
    /// Rows dropped because the target was missing.
    pub dropped_rows: u64,
    /// Reference (training) data, if given, with its own predictions.
    pub reference: Option<Reference>,
    /// The model; in name only when there are stored predictions and no model file.
    pub model: Arc<Model>,
    /// False with stored predictions only: nothing can be predicted anew.
    pub has_model: bool,
    /// How far stored predictions are from the model's, when both are there.
    pub proof: Option<LoadProof>,
    /// Name and digest of the data file.
    pub data_file: DataFile,
    /// Roles of the columns.
    pub roles: Roles,
    /// What is predicted.
    pub task: Task,
    /// Class labels as text, in model order; empty for regression.
    pub classes: Vec<String>,
    /// Index of the positive class (binary); 1 by default.
    pub positive: usize,
    /// Truth a row: class index (classification) or value (regression).
    pub target: Vec<f64>,
    /// The model's predictions.
    pub prediction: Prediction,
    /// Row weights.
    pub weights: Option<Vec<f64>>,
    /// Table column index of each raw model feature, in model order.
    pub feature_columns: Vec<usize>,
    /// Seed of everything random.
    pub seed: u64,
}

/// A reference table with its predictions.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Name and digest of its file.
    pub file: DataFile,
    /// Rows.
    pub table: Table,
    /// Truth, where the target is there.
    pub target: Option<Vec<f64>>,
    /// Predictions; `None` without a model where the table does not hold the stored ones.
    pub prediction: Option<Prediction>,
}

/// Identity of the audited data.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DataFile {
    /// File name as given.
    pub name: String,
    /// Format read.
    pub format: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

impl Subject {
    /// For stages that predict.
    ///
    /// # Errors
    /// The reason id when there is no model.
    pub fn needs_model(&self) -> Result<(), &'static str> {
        if self.has_model { Ok(()) } else { Err("predictions-only") }
    }

    /// Number of audited rows.
    pub fn rows(&self) -> usize {
        self.table.rows()
    }

    /// Probability (or decision value) of the positive class a row, for binary tasks.
    pub fn positive_scores(&self) -> Vec<f64> {
        self.prediction.column(self.positive)
    }

    /// Cluster number of each row from the entity column, from 0 in order of first appearance; rows without an entity
    /// are clusters of their own. `None` without an entity column.
    pub fn clusters(&self) -> Option<Vec<u32>> {
        let column = self.table.column(self.roles.entity.as_ref()?)?;
        let mut seen = std::collections::HashMap::new();
        let mut next = 0u32;
        let mut fresh = || {
            next += 1;
            next - 1
        };
        let key = |row: usize| match &column.values {
            fine_table::Values::Text { codes, .. } => u64::from(codes[row]),
            fine_table::Values::Number { values, .. } => (values[row] + 0.0).to_bits(),
        };
        let cluster = |row| {
            if column.is_missing(row) { fresh() } else { *seen.entry(key(row)).or_insert_with(&mut fresh) }
        };
        Some((0..self.rows()).map(cluster).collect())
    }
}
