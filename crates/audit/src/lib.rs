//! The audit engine: typed inputs in, one serialisable result out.
//!
//! The crate does no I/O and knows no clock, no environment and no threads but rayon's. The same inputs, policy and
//! seed give the same bytes for any number of threads. It emits ids and numbers, never sentences.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub(crate) mod bins;
pub mod cohort;
pub mod compare;
pub mod counterfactual;
#[cfg(test)]
mod defects_tests;
pub mod diagnosis;
pub mod estimate;
pub mod finding;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod groups;
pub(crate) mod halves;
#[cfg(test)]
mod hard_tests;
pub(crate) mod joint;
pub mod judge;
pub(crate) mod learn;
pub mod policy;
pub(crate) mod rerun;
pub mod result;
pub mod rng;
pub mod row;
pub mod run;
pub mod selftest;
pub mod shap;
pub mod stage;
pub mod stages;
pub mod stats;
pub mod subject;
pub mod team;
pub(crate) mod trees_box;
