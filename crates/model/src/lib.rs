//! Tabular models as one intermediate representation, with the library's own predictions, executing nothing.
//!
//! The crate does no I/O: [`import`] takes bytes and limits.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod facts;
pub mod linear;
mod model;
pub mod trees;

pub use facts::{Danger, EstimatorFacts, ImportedName, ModelFacts, Remark};
pub use model::{Core, CoreModel, Encoded, Feature, FeatureKind, Label, Model, PredictError, Prediction, ScoreKind};
