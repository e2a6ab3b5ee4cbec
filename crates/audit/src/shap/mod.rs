//! Shapley values of predictions: exact for trees and linear models, sampled for everything else.

mod enumerate;
mod interactions;
mod interventional;
mod linear;
mod paths;
mod quadrature;
mod sampler;
mod trees;
mod walk;

#[cfg(test)]
mod background_tests;
#[cfg(test)]
pub(crate) mod golden_tests;
#[cfg(test)]
mod interaction_tests;
#[cfg(test)]
mod sampler_tests;
#[cfg(test)]
pub(crate) mod tests;

use serde::{Deserialize, Serialize};

pub use enumerate::Enumerator;
pub use interactions::{Interactions, TreeInteractions};
pub use interventional::TreeBackground;
pub use linear::LinearExplainer;
pub use sampler::{Sampled, Sampler};
pub use trees::TreeExplainer;

/// SHAP values of some rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// Number of rows.
    pub rows: usize,
    /// Number of explained outputs.
    pub outputs: usize,
    /// Number of players (raw features).
    pub players: usize,
    /// Row-major `[rows x outputs x players]`.
    pub values: Vec<f64>,
    /// Value without any player, one an output.
    pub base: Vec<f64>,
}

impl Attribution {
    /// The values of one row and output, one a player.
    pub fn row(&self, row: usize, output: usize) -> &[f64] {
        &self.values[(row * self.outputs + output) * self.players..][..self.players]
    }
}

/// Why there is no exact explanation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapError {
    /// The file holds no training weights of the nodes.
    #[error("explain the trees: the file stores no node covers")]
    NoCover,
    /// A tree deeper than the walk allows.
    #[error("explain the trees: a tree is deeper than {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A column of the encoded matrix is made of several raw features.
    #[error("explain the model: a step mixes several features into one column")]
    Mixed,
    /// The encoded matrix does not belong to the model.
    #[error("explain the model: {columns} encoded columns, {expected} expected")]
    Width {
        /// Columns given.
        columns: usize,
        /// Columns expected.
        expected: usize,
    },
}

impl ShapError {
    /// Id of the reason, for the catalogues.
    pub fn id(&self) -> &'static str {
        match self {
            Self::NoCover => "no-node-covers",
            Self::TooDeep { .. } => "tree-too-deep",
            Self::Mixed => "mixed-columns",
            Self::Width { .. } => "encoded-width",
        }
    }
}
