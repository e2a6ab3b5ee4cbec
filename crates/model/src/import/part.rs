//! Which part of a file is the model.

use serde::{Deserialize, Serialize};

use super::ImportError;
use crate::Remark;

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

/// The target to read of a model called `what` that has these, each described: the chosen one, the only one.
///
/// # Errors
/// [`ImportError::SeveralOutputs`] where there are several and none is chosen; a chosen one that is not there.
pub(crate) fn target(chosen: Option<usize>, what: &str, outputs: Vec<String>) -> Result<usize, ImportError> {
    match chosen {
        Some(output) if output < outputs.len() => Ok(output),
        Some(output) => {
            let why = format!("there are {} from 0 on", outputs.len());
            Err(ImportError::Unsupported { what: format!("target {output} of {what}"), why })
        }
        None if outputs.len() < 2 => Ok(0),
        None => Err(ImportError::SeveralOutputs { what: what.to_owned(), outputs }),
    }
}

/// The remark that one of several targets was chosen.
pub(crate) fn chosen(output: usize, outputs: usize) -> Remark {
    let args = [("output", output), ("outputs", outputs)].map(|(key, value)| (key.to_owned(), value.to_string()));
    Remark { id: "chosen-output".into(), args: args.into() }
}
