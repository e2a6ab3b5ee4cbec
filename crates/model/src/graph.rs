//! The hook for models that an outside runtime executes (ONNX): this crate knows only what it needs of it.

use std::sync::Arc;

use fine_table::{Column, Task};

use crate::import::ImportError;
use crate::{Feature, Label, PredictError, Prediction, Remark};

/// Opens graph files. The one implementation is ONNX Runtime in `fine-onnx`; tests and builds without it pass `None`.
pub trait GraphRuntime: Send + Sync {
    /// Loads a graph.
    ///
    /// # Errors
    /// When the runtime is missing or refuses the graph, or its inputs and outputs are of no known form.
    fn open(&self, bytes: &[u8]) -> Result<GraphModel, ImportError>;
}

/// A loaded graph with what it takes and gives.
#[derive(Clone, Debug)]
pub struct GraphModel {
    /// Inputs in graph order, one a column; names as stored, `x0`, `x1`, … for a matrix input.
    pub features: Vec<Feature>,
    /// False when the graph stores no column names.
    pub named: bool,
    /// What it predicts.
    pub task: Task,
    /// Class labels in the order of the scores; empty for regression.
    pub classes: Vec<Label>,
    /// What the graph leaves open and how it is read.
    pub remarks: Vec<Remark>,
    /// The executable.
    pub graph: Arc<dyn Graph>,
}

/// A loaded graph.
pub trait Graph: Send + Sync + std::fmt::Debug {
    /// Predicts rows given as one column a feature, in model order, all of `rows` cells.
    ///
    /// # Errors
    /// A cell of the wrong type, or a failure of the runtime.
    fn predict(&self, columns: &[&Column], rows: usize) -> Result<Prediction, PredictError>;
}
