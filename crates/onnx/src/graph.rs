//! One loaded graph: sessions in a pool, fixed blocks of rows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use fine_model::import::ImportError;
use fine_model::{Graph, GraphModel, PredictError, Prediction, Remark};
use fine_table::{Column, Task};
use ort::environment::Environment;
use ort::session::Session;
use rayon::prelude::*;

use crate::inputs::Inputs;
use crate::outputs::{Answers, Outputs};

/// Rows of one run. Fixed, so that results never depend on the number of threads.
const BLOCK_ROWS: usize = 2048;

struct OnnxGraph {
    environment: Environment,
    bytes: Arc<[u8]>,
    inputs: Inputs,
    outputs: Outputs,
    /// Sessions that no run is using.
    idle: Mutex<Vec<Session>>,
}

impl std::fmt::Debug for OnnxGraph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnnxGraph")
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs)
            .finish_non_exhaustive()
    }
}

/// A session of one thread.
fn session(environment: &Environment, bytes: &[u8]) -> Result<Session, String> {
    let build = || -> Result<Session, String> {
        let text = |e: &dyn std::fmt::Display| e.to_string();
        Session::builder(environment)
            .map_err(|e| text(&e))?
            .with_intra_threads(1)
            .map_err(|e| text(&e))?
            .with_inter_threads(1)
            .map_err(|e| text(&e))?
            .with_intra_op_spinning(false)
            .map_err(|e| text(&e))?
            .commit_from_memory(bytes)
            .map_err(|e| text(&e))
    };
    // The binding asserts on graphs it does not expect; such a graph is refused like any other.
    catch_unwind(AssertUnwindSafe(build)).unwrap_or_else(|_| Err("the binding of ONNX Runtime gave up".to_owned()))
}

pub(crate) fn open(environment: &Environment, bytes: &[u8]) -> Result<GraphModel, ImportError> {
    let first = session(environment, bytes).map_err(ImportError::Graph)?;
    let read = || Ok::<_, ImportError>((Inputs::read(&first, bytes)?, Outputs::read(&first, bytes)?));
    let (inputs, outputs) = catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ImportError::Graph("the binding of ONNX Runtime gave up".to_owned())))?;
    let (features, named) = (inputs.features.clone(), inputs.named);
    let (task, classes) = (outputs.task, outputs.classes.clone());
    let mut remarks = outputs.remarks.clone();
    if let Some(rows) = inputs.rows {
        remarks.push(Remark { id: "graph-fixed-rows".to_owned(), args: [("n".to_owned(), rows.to_string())].into() });
    }
    let graph = OnnxGraph {
        environment: environment.clone(),
        bytes: bytes.into(),
        inputs,
        outputs,
        idle: Mutex::new(vec![first]),
    };
    Ok(GraphModel { features, named, task, classes, remarks, graph: Arc::new(graph) })
}

impl OnnxGraph {
    /// The answers for a block of rows. A graph that fixes the number of rows of a run gets the last row again and again
    /// until that number is reached; what it answers to these is left out.
    fn block(&self, columns: &[&Column], rows: std::ops::Range<usize>) -> Result<Answers, PredictError> {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut session = match taken {
            Some(session) => session,
            None => session(&self.environment, &self.bytes).map_err(PredictError::Runtime)?,
        };
        let run = |session: &mut Session| -> Result<Answers, PredictError> {
            let count = rows.len();
            let filled = self.inputs.rows.unwrap_or(count);
            let rows: Vec<usize> = (0..filled).map(|i| (rows.start + i).min(rows.end - 1)).collect();
            let inputs = self
                .inputs
                .inputs
                .iter()
                .map(|input| Ok((input.name().to_owned(), input.tensor(columns, &rows)?)))
                .collect::<Result<Vec<_>, PredictError>>()?;
            let outputs = session.run(inputs).map_err(|e| PredictError::Runtime(e.to_string()))?;
            let mut answers = self.outputs.answers(&outputs, filled)?;
            let width = answers.scores.len() / filled;
            answers.scores.truncate(count * width);
            answers.labels.truncate(count);
            Ok(answers)
        };
        let answers = catch_unwind(AssertUnwindSafe(|| run(&mut session)))
            .map_err(|_| PredictError::Runtime("the binding of ONNX Runtime gave up".to_owned()))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        answers
    }
}

impl Graph for OnnxGraph {
    fn predict(&self, columns: &[&Column], rows: usize) -> Result<Prediction, PredictError> {
        let step = self.inputs.rows.unwrap_or(BLOCK_ROWS);
        let blocks: Vec<Answers> = (0..rows.div_ceil(step))
            .into_par_iter()
            .map(|block| self.block(columns, block * step..((block + 1) * step).min(rows)))
            .collect::<Result<_, _>>()?;
        let mut all = Answers::default();
        for block in blocks {
            all.scores.extend(block.scores);
            all.labels.extend(block.labels);
        }
        let width = if self.outputs.task == Task::Regression { 1 } else { self.outputs.classes.len() };
        let kind = self.outputs.kind(&all.scores);
        Ok(Prediction { rows, width, kind, scores: all.scores, labels: all.labels })
    }
}
