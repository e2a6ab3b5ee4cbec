//! The registry of stages, which is also the table of contents.
//!
//! Adding a stage touches one folder here, one line of [`REGISTRY`], and one folder of the web client.

use serde::{Deserialize, Serialize};

mod registry;

pub use registry::Entry;

/// All stages, in the order in which they run and are shown: data, leakage, drift, performance, calibration, uncertainty,
/// slices, explain, sensitivity, robustness, fairness, model-file.
pub static REGISTRY: &[Entry] = &[
    Entry::of::<data::Data>(),
    Entry::of::<leakage::Leakage>(),
    Entry::of::<drift::Drift>(),
    Entry::of::<performance::Performance>(),
    Entry::of::<calibration::Calibration>(),
    Entry::of::<uncertainty::Uncertainty>(),
    Entry::of::<slices::Slices>(),
    Entry::of::<explain::Explain>(),
    Entry::of::<sensitivity::Sensitivity>(),
    Entry::of::<robustness::Robustness>(),
    Entry::of::<fairness::Fairness>(),
    Entry::of::<model_file::ModelFile>(),
];

/// The registry's line of a stage.
pub fn find(id: &str) -> Option<&'static Entry> {
    REGISTRY.iter().find(|e| e.id == id)
}

/// Counts in bins; `edges.len() == counts.len() + 1`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Bin edges, ascending.
    pub edges: Vec<f64>,
    /// Rows a bin.
    pub counts: Vec<u64>,
}

pub mod calibration;
pub mod data;
pub mod drift;
pub mod explain;
pub mod fairness;
pub mod leakage;
pub mod model_file;
pub mod performance;
pub mod robustness;
pub mod sensitivity;
pub mod slices;
pub mod uncertainty;
