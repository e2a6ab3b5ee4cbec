//! Runs ONNX graphs through the real ONNX Runtime, loaded as a shared library when the first graph is opened.
//!
//! Tree ensembles of ONNX Runtime are not bit-stable across its own threads, so every session has one thread and rows
//! are cut into fixed blocks that run on Fine's threads: results are the same for any number of them.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod graph;
mod inputs;
mod library;
mod outputs;

use fine_model::import::ImportError;
use fine_model::{GraphModel, GraphRuntime};
use ort::environment::Environment;

pub use library::{find_library, search_places};

/// A loaded ONNX Runtime.
#[derive(Clone)]
pub struct Runtime {
    environment: Environment,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runtime")
    }
}

impl Runtime {
    /// The runtime of this process; the library is looked for and loaded once.
    ///
    /// # Errors
    /// [`ImportError::OnnxRuntimeMissing`] when no library is found, or it does not load (wrong machine, too old).
    pub fn load() -> Result<Self, ImportError> {
        let environment = library::environment()?;
        Ok(Self { environment })
    }

    /// [`Runtime::load`] for callers that go on without it: such a process lists ONNX files but does not run them.
    pub fn find() -> Option<Self> {
        Self::load().ok()
    }
}

impl GraphRuntime for Runtime {
    fn open(&self, bytes: &[u8]) -> Result<GraphModel, ImportError> {
        graph::open(&self.environment, bytes)
    }
}
