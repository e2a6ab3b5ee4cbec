//! Which part of a file is the model.

use serde::{Deserialize, Serialize};

use super::ImportError;

/// A part of a file; the whole of it by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Key of a dictionary, or position in a list or tuple, under which the model is.
    pub pick: Option<String>,
    /// The step of a pipeline from which on it is run: the table holds what the steps before it make.
    pub from_step: Option<String>,
    /// One target, from 0, of a model that predicts several.
    pub output: Option<usize>,
}

impl Part {
    /// True for the whole file.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// The error of a file that has no such part but these.
    pub(crate) fn without(&self, available: Vec<String>) -> ImportError {
        let output = self.output.map(|output| format!("target {output}"));
        let name = self.pick.clone().or_else(|| self.from_step.clone()).or(output).unwrap_or_default();
        ImportError::NoPart { name, available }
    }
}
