//! Models in pickle and joblib files: scikit-learn estimators and the wrappers of XGBoost and LightGBM.
//!
//! The file is an inert graph ([`fine_pickle`]); this module reads the fitted attributes that a prediction needs and
//! nothing else. Classes are recognised by package and class name, so the modules they lived in do not matter.

mod boosting;
mod columns;
mod describe;
mod estimator;
mod fitted;
mod forest;
mod heads;
mod hist;
mod linear;
mod meta;
mod root;
mod transform;
mod wrapper;

use std::sync::Arc;

use fine_pickle::{Pickle, Value};

use super::doc::malformed;
use super::{ImportError, Limits};
use crate::estimators::Committee;
use crate::steps::{Step, Steps};
use crate::{CoreModel, Feature, FeatureKind, Input, Model, ModelFacts};
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
    /// How many there are.
    outputs: usize,
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
        self.outputs = outputs.len();
        match self.output {
            Some(output) if output < outputs.len() => Ok(output),
            Some(output) => {
                let why = format!("there are {} from 0 on", outputs.len());
                Err(ImportError::Unsupported { what: format!("target {output} of {}", fitted.path), why })
            }
            None => Err(ImportError::SeveralOutputs { what: format!("{} ({})", fitted.class, fitted.path), outputs }),
        }
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
    limits: &Limits,
    output: Option<usize>,
    facts: &mut ModelFacts,
) -> Result<Model, ImportError> {
    // Arrays that are shared many times must not be copied as often.
    let materialised_bytes = (content.len() as u64).saturating_mul(8).saturating_add(64 << 20);
    let bounds = fine_pickle::Limits { materialised_bytes, ..fine_pickle::Limits::default() };
    let pickle = Pickle::read(content.into(), None, &bounds)?;
    describe::file(&pickle, facts);
    let (root, picked) = root::pick(pickle.root());
    describe::estimators(root, facts)?;
    if let Some(danger) = facts.dangers.first() {
        return Err(ImportError::Danger { name: danger.name.clone(), arguments: danger.arguments.clone() });
    }
    if let Some(key) = picked {
        facts.warnings.push(describe::remark("picked-from-bundle", [("key", key)]));
    }
    model(root, limits, output, facts)
}

fn model(
    root: Value<'_>,
    limits: &Limits,
    output: Option<usize>,
    facts: &mut ModelFacts,
) -> Result<Model, ImportError> {
    let mut context = Context { limits, visited: 0, inside: 0, output, outputs: 1 };
    let unwrapped = Unwrapped::new(root, &mut context)?;
    let (mut chain, sparse) = unwrapped.transforms(&mut context)?;
    let mut head = estimator::head(&unwrapped.last, &mut context, facts)?;
    if let Some(output) = output.filter(|output| *output >= context.outputs) {
        let why = format!("there are {} from 0 on", context.outputs);
        return Err(ImportError::Unsupported { what: format!("target {output} of the model"), why });
    }
    if let (Some(output), true) = (output, context.outputs > 1) {
        let args = [("output", output.to_string()), ("outputs", context.outputs.to_string())];
        facts.warnings.push(describe::remark("chosen-output", args));
    }
    match head.native.take() {
        Some(native) if chain.is_empty() && head.usable_alone => {
            return Ok(Model { task: head.task, classes: head.classes, ..native });
        }
        Some(native) if native.inputs.iter().any(|input| matches!(input, Input::Category { .. })) => {
            return Err(unwrapped.last.unsupported("its own categories stand behind other steps"));
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
        let leaf = first.first_leaf();
        let count = match (unwrapped.is_bare(), &head.names, leaf.input_width().or_else(|| leaf.old_input_width())) {
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

fn both(a: Option<FeatureKind>, b: Option<FeatureKind>) -> Option<FeatureKind> {
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
