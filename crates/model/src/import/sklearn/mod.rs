//! Models in pickle and joblib files: scikit-learn estimators and the wrappers of XGBoost, LightGBM and CatBoost.
//!
//! The file is an inert graph ([`fine_pickle`]); this module reads the fitted attributes that a prediction needs and
//! nothing else. Classes are recognised by package and class name, so the modules they lived in do not matter.

mod boosting;
mod columns;
mod decompose;
mod describe;
mod encoders;
mod estimator;
mod fitted;
mod forest;
mod frame;
mod heads;
mod hist;
mod importance;
mod imputers;
mod kernels;
mod linear;
mod meta;
mod numeric;
mod root;
mod select;
mod tables;
mod text;
mod transform;
mod wrapper;

use std::sync::Arc;

use fine_pickle::{Node, Pickle, Value};

use super::doc::malformed;
use super::part::{chosen, target};
use super::{ImportError, Limits, Part};
use crate::estimators::Committee;
use crate::steps::{Step, Steps};
use crate::{Choices, CoreModel, Feature, FeatureKind, Model, ModelFacts, Remark};
pub(super) use columns::keep_only;
use estimator::{Core, Head, Seat, Unwrapped};
use fitted::Fitted;

/// Estimators in one file, with multiplicity.
const ESTIMATORS: usize = 5_000;
/// Estimators inside of each other.
const DEPTH: u32 = 32;
/// Encoded columns of all members of a composite estimator.
const COLUMNS: usize = 10_000_000;
/// Members up to which columns that none of them uses may be missing: each gets its own copy of the first steps.
const NARROWED: usize = 256;

/// What a walk over estimators may still spend. Shared estimators count each time they are met.
pub(super) struct Context<'l> {
    limits: &'l Limits,
    visited: usize,
    /// Composite estimators around the present one.
    inside: u32,
    /// The target that was chosen of several.
    output: Option<usize>,
    /// What each of several targets is; empty with one.
    outputs: Vec<String>,
    /// Columns whose number is an attribute of the file.
    made: usize,
    /// What transformers have to say about the file.
    remarks: Vec<Remark>,
}

impl<'l> Context<'l> {
    fn new(limits: &'l Limits, output: Option<usize>) -> Self {
        Self { limits, visited: 0, inside: 0, output, outputs: Vec::new(), made: 0, remarks: Vec::new() }
    }
}

impl Context<'_> {
    /// Goes into a member of a composite estimator.
    fn enter(&mut self) -> Result<(), ImportError> {
        self.inside += 1;
        self.visit(self.inside)
    }

    fn leave(&mut self) {
        self.inside -= 1;
    }

    /// The target to read of an estimator, whose targets are described.
    fn pick(&mut self, fitted: &Fitted<'_>, outputs: Vec<String>) -> Result<usize, ImportError> {
        if outputs.len() < 2 {
            return Ok(0);
        }
        if self.inside > 0 {
            return Err(fitted.unsupported("it predicts several targets inside of another estimator"));
        }
        self.outputs.clone_from(&outputs);
        target(self.output, &format!("{} ({})", fitted.class, fitted.path), outputs)
    }

    /// Counts columns that a transformer makes of a number in the file alone.
    fn make(&mut self, columns: usize) -> Result<(), ImportError> {
        const MOST: usize = 1 << 21;
        self.made = self.made.saturating_add(columns);
        if self.made > MOST {
            return Err(ImportError::Limit { what: "columns", value: self.made as u64, limit: MOST as u64 });
        }
        Ok(())
    }

    /// Notes that a transformer holds so many rows of the data that it was fitted with.
    fn training_rows(&mut self, fitted: &Fitted<'_>, rows: usize) {
        self.remarks.push(describe::training_rows(fitted, rows));
    }

    fn visit(&mut self, depth: u32) -> Result<(), ImportError> {
        self.visited += 1;
        if self.visited > ESTIMATORS {
            let (value, limit) = (self.visited as u64, ESTIMATORS as u64);
            return Err(ImportError::Limit { what: "estimators", value, limit });
        }
        if depth > DEPTH {
            return Err(ImportError::Limit { what: "estimator depth", value: depth.into(), limit: DEPTH.into() });
        }
        Ok(())
    }
}

/// Reads the model of a pickle (content as [`fine_pickle::decompress`] returns it), filling in the facts as far as it
/// gets.
///
/// # Errors
/// A dangerous call anywhere, an estimator or a value of a parameter that is not run, an unfitted estimator, or
/// attributes that do not fit each other.
pub(crate) fn read_with(
    content: &[u8],
    part: &Part,
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<Model, ImportError> {
    let pickle = graph(content, limits, facts)?;
    let (root, picked) = match &part.pick {
        None => root::pick(pickle.root()),
        Some(key) => {
            let missing = |available| Part { pick: Some(key.clone()), ..Part::default() }.without(available);
            match root::picked(pickle.root(), key) {
                Ok(picked) => (picked, Some(key.clone())),
                Err(available) => return Err(describe::danger(facts).unwrap_or_else(|| missing(available))),
            }
        }
    };
    let listed = describe::estimators(root, facts);
    facts.choices = Choices { keys: root::keys(pickle.root()), steps: describe::steps(facts), outputs: Vec::new() };
    refuse_danger(facts)?;
    listed?;
    if let Some(key) = picked {
        facts.warnings.push(describe::remark("picked-from-bundle", [("key", key)]));
    }
    model(root, part, limits, facts)
}

/// The file as a graph, with what it says by itself.
fn graph<'a>(content: &'a [u8], limits: &Limits, facts: &mut ModelFacts) -> Result<Pickle<'a>, ImportError> {
    // Arrays that are shared many times must not be copied as often.
    let materialised_bytes = (content.len() as u64).saturating_mul(8).saturating_add(64 << 20);
    let bounds = fine_pickle::Limits { materialised_bytes, ..fine_pickle::Limits::default() };
    let (pickle, broken) = Pickle::scan(content.into(), None, &bounds);
    describe::file(&pickle, limits, facts);
    match broken {
        None => Ok(pickle),
        // Python has by then made the calls of a stream that breaks later.
        Some(error) => Err(describe::danger(facts).unwrap_or_else(|| error.into())),
    }
}

/// True for content that is no pickle by its beginning or end, and that Python would run code from nevertheless.
pub(crate) fn runs_code(content: &[u8]) -> bool {
    let (pickle, _) = Pickle::scan(content.into(), None, &fine_pickle::Limits::default());
    !pickle.dangerous_calls().is_empty()
}

fn refuse_danger(facts: &ModelFacts) -> Result<(), ImportError> {
    describe::danger(facts).map_or(Ok(()), Err)
}

/// A fitted transformer of another file than the model's.
pub(crate) struct Transformer {
    /// Names of its columns, where it stores them.
    pub(crate) names: Option<Vec<String>>,
    /// Number of its columns, where it stores that.
    pub(crate) inputs: Option<usize>,
    pub(crate) step: Step,
    /// Its result is a sparse matrix.
    pub(crate) sparse: bool,
}

/// What a file of transformers holds.
pub(crate) enum Fittings {
    /// One for all of its columns.
    Whole(Transformer),
    /// One a column, by name.
    Columns(Vec<(String, Transformer)>),
}

/// Reads a transformer, or a dictionary of them by column.
///
/// # Errors
/// As [`read_with`].
pub(crate) fn read_transformer(
    content: &[u8],
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<Fittings, ImportError> {
    let pickle = graph(content, limits, facts)?;
    let root = pickle.root();
    let mut context = Context::new(limits, None);
    let Node::Dict(_) = root.node() else {
        describe::estimators(root, facts)?;
        refuse_danger(facts)?;
        let whole = transformer(&Fitted::new(root, "", "")?, &mut context)?;
        facts.warnings.append(&mut context.remarks);
        return Ok(Fittings::Whole(whole));
    };
    refuse_danger(facts)?;
    let mut columns = Vec::new();
    for (key, value) in root.entries() {
        let name = key.text().ok_or_else(|| malformed("dictionary", format!("has the key {}", key.preview(40))))?;
        describe::estimators(value, facts)?;
        columns.push((name.clone().into_owned(), transformer(&Fitted::new(value, "", &name)?, &mut context)?));
    }
    facts.warnings.append(&mut context.remarks);
    Ok(Fittings::Columns(columns))
}

fn transformer(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Transformer, ImportError> {
    let (step, sparse) = columns::step(fitted, false, context, 1)?;
    let leaf = fitted.first_leaf();
    let inputs = leaf.input_width().or_else(|| leaf.old_input_width());
    Ok(Transformer { names: leaf.feature_names().transpose()?, inputs, step, sparse })
}

fn model(root: Value<'_>, part: &Part, limits: &Limits, facts: &mut ModelFacts) -> Result<Model, ImportError> {
    let mut context = Context::new(limits, part.output);
    let model = model_of(root, part, &mut context, facts);
    facts.warnings.append(&mut context.remarks);
    model
}

fn model_of(
    root: Value<'_>,
    part: &Part,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Model, ImportError> {
    let output = part.output;
    let unwrapped = Unwrapped::new(root, part.from_step.as_deref(), context)?;
    let (mut chain, sparse) = unwrapped.transforms(context)?;
    let head = estimator::head(&unwrapped.last, context, facts);
    let outputs = context.outputs.len().max(1);
    facts.choices.outputs = std::mem::take(&mut context.outputs);
    let mut head = head?;
    if let Some(output) = output.filter(|output| *output >= outputs) {
        let why = format!("there are {outputs} from 0 on");
        return Err(ImportError::Unsupported { what: format!("target {output} of the model"), why });
    }
    if let (Some(output), true) = (output, outputs > 1) {
        facts.warnings.push(chosen(output, outputs));
    }
    match head.native.take() {
        Some(native) if chain.is_empty() && head.usable_alone && !(sparse && head.zeros_missing) => {
            return Ok(Model { task: head.task, classes: head.classes, ..native });
        }
        Some(native) if estimator::reads_raw(&native) => {
            return Err(unwrapped.last.unsupported("it reads its raw columns itself, and other steps stand before it"));
        }
        _ => {}
    }
    let inputs = Inputs::new(&unwrapped, &head)?;
    if sparse && head.zeros_missing {
        chain.push(Step::MissingZeros);
    }
    chain.append(&mut head.steps);
    assemble(inputs.names, inputs.named, Seat { chain, head })
}

/// The raw columns.
struct Inputs {
    names: Vec<String>,
    named: bool,
}

impl Inputs {
    /// Names or number of the columns that the first estimator was fitted on.
    fn new(unwrapped: &Unwrapped<'_>, head: &Head) -> Result<Self, ImportError> {
        let first = unwrapped.first();
        if let Some(names) = first.first_leaf().feature_names() {
            return Ok(Self { names: names?, named: true });
        }
        let count = match (unwrapped.is_bare(), &head.names, unwrapped.input_width(head.features)) {
            (true, Some(names), _) => return Ok(Self { names: names.clone(), named: true }),
            (_, _, Some(count)) => count,
            // A step that keeps the columns; another number is refused when the steps are put together.
            (bare, _, None) if bare || head.features > 0 => head.features,
            _ => {
                return Err(malformed(&first.path, "stores neither names nor the number of its inputs"));
            }
        };
        // Bounded before the names are made: the number is an attribute of the file.
        if count > head.features.max(100_000) {
            let (value, limit) = (count as u64, head.features.max(100_000) as u64);
            return Err(ImportError::Limit { what: "features", value, limit });
        }
        Ok(Self { names: (0..count).map(|k| format!("x{k}")).collect(), named: false })
    }
}

/// The model of an estimator and its members on raw columns of these names.
fn assemble(mut names: Vec<String>, named: bool, mut root: Seat) -> Result<Model, ImportError> {
    let fits = |error: crate::steps::WidthError| malformed("steps", error.to_string());
    spread(&mut root);
    let kinds = |names: &[String], root: &mut Seat| -> Result<Vec<Option<FeatureKind>>, ImportError> {
        let (mut all, mut width) = (vec![None; names.len()], 0);
        for chain in chains(root) {
            let steps = Steps::new(names, Step::Chain(chain.clone())).map_err(fits)?;
            width += steps.width();
            if width > COLUMNS {
                return Err(ImportError::Limit {
                    what: "columns of all members",
                    value: width as u64,
                    limit: COLUMNS as u64,
                });
            }
            all.iter_mut().zip(steps.kinds()).for_each(|(all, own)| *all = both(*all, own));
        }
        Ok(all)
    };
    let mut all = kinds(&names, &mut root)?;
    if named {
        // Columns that no step uses need not be in the table.
        let used: Vec<u32> = (0..).zip(&all).filter(|(_, kind)| kind.is_some()).map(|(i, _)| i).collect();
        let mut narrow: Vec<Vec<Step>> = chains(&mut root).into_iter().map(|chain| chain.clone()).collect();
        if used.len() < names.len()
            && narrow.len() <= NARROWED
            && narrow.iter_mut().all(|chain| columns::keep_only(chain, &used))
        {
            chains(&mut root).into_iter().zip(narrow).for_each(|(chain, narrow)| *chain = narrow);
            names = used.iter().map(|column| names[*column as usize].clone()).collect();
            all = kinds(&names, &mut root)?;
        }
    }
    let features = names.iter().zip(all);
    let features: Vec<Feature> =
        features.map(|(name, kind)| Feature { name: name.clone(), kind: kind.unwrap_or(FeatureKind::Any) }).collect();
    let model = build(&names, &features, root)?;
    Ok(if named { model } else { model.unnamed() })
}

/// Puts the steps of a composite estimator before those of its members.
fn spread(seat: &mut Seat) {
    if let Core::Many(members, _) = &mut seat.head.core {
        let shared = Arc::new(Step::Chain(std::mem::take(&mut seat.chain)));
        for member in members {
            if *shared != Step::Chain(Vec::new()) {
                member.chain.insert(0, Step::Shared(shared.clone()));
            }
            spread(member);
        }
    }
}

/// The steps of all cores.
fn chains(seat: &mut Seat) -> Vec<&mut Vec<Step>> {
    match &mut seat.head.core {
        Core::One(_) => vec![&mut seat.chain],
        Core::Many(members, _) => members.iter_mut().flat_map(chains).collect(),
    }
}

/// A feature that two steps need.
pub(super) fn both(a: Option<FeatureKind>, b: Option<FeatureKind>) -> Option<FeatureKind> {
    match (a, b) {
        (Some(a), Some(b)) if a != b => Some(FeatureKind::Any),
        _ => a.or(b),
    }
}

fn build(names: &[String], features: &[Feature], seat: Seat) -> Result<Model, ImportError> {
    let Seat { chain, head } = seat;
    let core = match head.core {
        Core::One(core) => core,
        Core::Many(members, rule) => {
            let members = members.into_iter().map(|member| build(names, features, member));
            let members = members.collect::<Result<Vec<Model>, ImportError>>()?;
            let core = CoreModel::Members(Arc::new(Committee { members, rule }));
            return Ok(Model::native(features.to_vec(), head.task, head.classes, core));
        }
    };
    let steps = Steps::new(names, Step::Chain(chain.clone())).map_err(|e| malformed("steps", e.to_string()))?;
    if steps.width() != head.features && !head.any_width {
        let detail = format!("the steps make {} columns, the estimator was fitted on {}", steps.width(), head.features);
        return Err(malformed("steps", detail));
    }
    let model = Model::native(features.to_vec(), head.task, head.classes, core).deciding(head.decides);
    Ok(if chain.iter().all(|step| *step == Step::Keep) { model } else { model.with_steps(steps) })
}
