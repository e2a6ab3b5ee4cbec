//! What the `model-file` stage shows.

use serde::{Deserialize, Serialize};

use fine_model::{Feature, ModelFacts};

/// What is inside the model file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Everything the reader saw.
    pub facts: ModelFacts,
    /// Raw input features.
    pub features: Vec<Feature>,
    /// Class labels.
    pub classes: Vec<String>,
}
