//! Opening model files: bytes and limits in, a validated [`Model`] or a typed error out.

mod builder;
mod catboost;
mod chain;
mod doc;
mod error;
mod json;
pub mod lightgbm;
mod limits;
pub mod onnx;
mod part;
mod sklearn;
mod skops;
mod sniff;
mod ubjson;
pub mod xgboost;

use sha2::{Digest, Sha256};

pub use chain::open_chain;
pub use error::ImportError;
pub use limits::Limits;
pub use part::Part;

use crate::{Core, GraphRuntime, Model, ModelFacts, Remark};
use sniff::Kind;

/// A file that was read: what it says, and the model when it can be run.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What the file says; complete as far as the reader got.
    pub facts: ModelFacts,
    /// The model, or why it is not run.
    pub model: Result<Model, ImportError>,
}

impl Opened {
    /// The same with the name of the file in its facts.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.facts.name);
        if let Ok(model) = &mut self.model {
            name.clone_into(&mut model.facts.name);
        }
        self
    }
}

/// Opens a model file by its content. Nothing in it is ever executed.
///
/// `runtime` runs ONNX graphs; without one they are listed but not runnable.
///
/// # Errors
/// A file that is no model at all: an unknown format, a Git LFS pointer, damaged or cut bytes, more than the limits allow.
/// A model that is known but not run is `Ok` with the error inside.
pub fn open(bytes: &[u8], limits: &Limits, runtime: Option<&dyn GraphRuntime>) -> Result<Opened, ImportError> {
    open_part(bytes, &Part::default(), limits, runtime)
}

/// [`open`] for one target, from 0, of a scikit-learn or XGBoost model that predicts several. Without a choice such a model is not
/// run: the error says which targets there are.
///
/// # Errors
/// As [`open`]; a target that the model does not have is [`ImportError::Unsupported`].
pub fn open_output(
    bytes: &[u8],
    limits: &Limits,
    runtime: Option<&dyn GraphRuntime>,
    output: Option<usize>,
) -> Result<Opened, ImportError> {
    open_part(bytes, &Part { output, ..Part::default() }, limits, runtime)
}

/// As [`open`], for a part of the file: a value of a bundle, a pipeline from one of its steps on, one of several targets.
///
/// # Errors
/// As [`open`]. A part that the file does not have is `Ok` with [`ImportError::NoPart`] inside.
pub fn open_part(
    bytes: &[u8],
    part: &Part,
    limits: &Limits,
    runtime: Option<&dyn GraphRuntime>,
) -> Result<Opened, ImportError> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(ImportError::TooLarge { limit: limits.file_bytes });
    }
    let (content, compression) = fine_pickle::decompress(bytes, &fine_pickle::Limits::default())?;
    let kind = match sniff::sniff(&content) {
        Ok(Kind::Pickle) => Kind::Pickle,
        // Python does not look at the beginning of a file before it runs it.
        _ if sklearn::runs_code(&content) => Kind::Pickle,
        other => other?,
    };
    let mut facts = ModelFacts {
        format: kind.format().to_owned(),
        compression: compression.map(|c| c.as_str().to_owned()),
        bytes: bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(bytes)),
        ..ModelFacts::default()
    };
    let model = match kind {
        Kind::Pickle => sklearn::read_with(&content, part, limits, &mut facts),
        Kind::Skops => skops::read_with(&content, part, limits, &mut facts),
        Kind::XgboostJson | Kind::XgboostUbj if part.pick.is_none() && part.from_step.is_none() => {
            booster(&content, part.output, limits, &mut facts)
        }
        _ if !part.is_whole() => Err(part.without(Vec::new())),
        // The whole file is read above.
        Kind::XgboostJson | Kind::XgboostUbj => Err(part.without(Vec::new())),
        Kind::CatboostCbm | Kind::CatboostJson => catboost::read_with(&content, limits, &mut facts),
        Kind::Lightgbm => lightgbm::read_with(&content, None, limits, &mut facts),
        Kind::XgboostBinary => Err(ImportError::OldXgboost),
        Kind::Onnx => graph(&content, runtime, limits, &mut facts),
        Kind::Unsupported(format) => Err(ImportError::UnsupportedFormat { format }),
    };
    match model {
        Ok(mut model) => {
            if model.features.len() > 1 && !model.is_named() {
                facts.warnings.push(Remark { id: "no-feature-names".into(), args: Default::default() });
            }
            model.facts = facts.for_audit();
            Ok(Opened { facts, model: Ok(model) })
        }
        Err(error) if error.is_listed() => {
            if let ImportError::UnsupportedFormat { format } = error {
                facts.format = format.to_owned();
            }
            Ok(Opened { facts, model: Err(error) })
        }
        Err(error) => Err(error),
    }
}

/// A booster's own file, for the target that is chosen where it predicts several.
fn booster(bytes: &[u8], output: Option<usize>, limits: &Limits, facts: &mut ModelFacts) -> Result<Model, ImportError> {
    let mut all = Vec::new();
    let mut pick = |outputs: Vec<String>| {
        all.clone_from(&outputs);
        part::target(output, "the booster", outputs)
    };
    let read = xgboost::read_with(bytes, &mut pick, limits, facts);
    let several = all.len();
    facts.choices.outputs = if several > 1 { all } else { Vec::new() };
    let model = read?.model;
    if let Some(output) = output.filter(|_| several > 1) {
        facts.warnings.push(part::chosen(output, several));
    } else if let Some(output) = output.filter(|output| *output > 0) {
        part::target(Some(output), "the booster", vec![String::new()])?;
    }
    Ok(model)
}

fn graph(
    bytes: &[u8],
    runtime: Option<&dyn GraphRuntime>,
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<Model, ImportError> {
    onnx::describe(bytes, facts);
    if onnx::has_external_data(bytes) {
        let why = "its weights are in other files".to_owned();
        let advice =
            "save it as one file (onnx.save without save_as_external_data; torch.onnx.export with external_data=False)";
        return Err(ImportError::GraphForm { what: "the graph".to_owned(), why, advice });
    }
    let runtime =
        runtime.ok_or_else(|| ImportError::OnnxRuntimeMissing { detail: "this process has no ONNX runtime".into() })?;
    let opened = runtime.open(bytes)?;
    let named = opened.named;
    facts.warnings.extend(opened.remarks.iter().cloned());
    let finish = |model: Model| if named { model.with_underscored_names() } else { model.unnamed() };
    if let Some(native) = onnx::lift(bytes, &opened, limits) {
        if let Core::Trees(forest) = native.core() {
            facts.trees = forest.trees.len() as u64;
            facts.nodes = forest.trees.iter().map(|tree| tree.nodes.len() as u64).sum();
        }
        facts
            .warnings
            .push(Remark { id: "lifted-from-graph".into(), args: [("n".to_owned(), onnx::PROBES.to_string())].into() });
        return Ok(finish(native));
    }
    let model = Model::native(opened.features, opened.task, opened.classes, crate::CoreModel::Graph(opened.graph));
    Ok(finish(model))
}
