//! What the `model-file` stage shows.

use serde::{Deserialize, Serialize};

use fine_model::{Feature, ModelFacts};

use crate::subject::LoadProof;

/// What is inside the model file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Everything the reader saw.
    pub facts: ModelFacts,
    /// Raw input features.
    pub features: Vec<Feature>,
    /// Class labels.
    pub classes: Vec<String>,
    /// How far stored predictions are from the model's, where the table holds some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<LoadProof>,
}
