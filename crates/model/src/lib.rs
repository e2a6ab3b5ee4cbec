//! Tabular models as one intermediate representation, with the library's own predictions, executing nothing.
//!
//! The crate does no I/O: [`import`] takes bytes and limits.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod batch;
pub mod estimators;
mod facts;
mod graph;
pub mod import;
mod input;
mod label;
pub mod linear;
mod linear_leaves;
mod link;
mod model;
mod predict;
pub mod steps;
pub mod trees;

pub use batch::Batch;
pub use facts::{Choices, Danger, EstimatorFacts, ImportedName, LoggedCall, ModelFacts, Remark};
pub use graph::{Graph, GraphModel, GraphRuntime};
pub use input::Input;
pub use label::Label;
pub use model::{Core, CoreModel, Encoded, Feature, FeatureKind, MIXED, Model, PredictError, Prediction, ScoreKind};
pub use predict::first_max;
