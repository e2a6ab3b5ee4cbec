//! Several files as one model: transformers in order, then the estimator (`scaler.pkl`, `pca.pkl`, `model.pkl`).

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::doc::malformed;
use super::sklearn::{self, Fittings, Transformer};
use super::sniff::{self, Kind};
use super::{ImportError, Limits, Opened, Part};
use crate::estimators::Committee;
use crate::model::Naming;
use crate::steps::{Branch, Impute, Marker, Statistic, Step, Steps};
use crate::{CoreModel, Feature, FeatureKind, GraphRuntime, Input, Model, ModelFacts};

/// Opens files that belong together, given as (name, content): the last is the model, or has it as a part, those before
/// it are transformers in the order in which they are applied. A transformer is a fitted estimator, or a dictionary with one for each of
/// some named columns.
///
/// A transformer that knows the names of its columns, and leaves their number as it is, may be about some of the
/// columns of what follows; the others pass.
///
/// # Errors
/// As [`super::open`] for every file; a transformer that is none, or that does not fit what follows it. What is known of
/// the model but not run is `Ok` with the error inside.
pub fn open_chain(
    files: &[(&str, &[u8])],
    part: &Part,
    limits: &Limits,
    runtime: Option<&dyn GraphRuntime>,
) -> Result<Opened, ImportError> {
    let Some(((_, last), before)) = files.split_last() else { return Err(ImportError::Empty) };
    let mut opened = super::open_part(last, part, limits, runtime)?;
    if before.is_empty() {
        return Ok(opened);
    }
    let mut links = Vec::new();
    let mut estimators = Vec::new();
    for (name, bytes) in before {
        let mut facts = ModelFacts::default();
        let link = link(bytes, limits, &mut facts)
            .map_err(|error| ImportError::Before { file: (*name).to_owned(), error: Box::new(error) });
        facts.estimators.iter_mut().filter(|own| own.depth == 0).for_each(|own| (*name).clone_into(&mut own.name));
        estimators.append(&mut facts.estimators);
        opened.facts.warnings.append(&mut facts.warnings);
        opened.facts.dangers.append(&mut facts.dangers);
        opened.facts.imports.append(&mut facts.imports);
        opened.facts.calls.append(&mut facts.calls);
        opened.facts.call_count += facts.call_count;
        links.push((*name, link));
    }
    estimators.append(&mut opened.facts.estimators);
    opened.facts.estimators = estimators;
    // The files are one model: any other byte in any of them is another one.
    let mut hash = Sha256::new();
    files.iter().for_each(|(_, bytes)| hash.update(Sha256::digest(bytes)));
    opened.facts.sha256 = hex::encode(hash.finalize());
    opened.facts.bytes = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    opened.model = opened.model.and_then(|model| joined(links, model, &opened.facts));
    match opened.model {
        Err(error) if !error.is_listed() => Err(error),
        model => Ok(Opened { facts: opened.facts, model }),
    }
}

fn link(bytes: &[u8], limits: &Limits, facts: &mut ModelFacts) -> Result<Fittings, ImportError> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(ImportError::TooLarge { limit: limits.file_bytes });
    }
    let (content, _) = fine_pickle::decompress(bytes, &fine_pickle::Limits::default())?;
    match sniff::sniff(&content)? {
        Kind::Pickle => sklearn::read_transformer(&content, limits, facts),
        other => Err(ImportError::Unsupported {
            what: other.format().to_owned(),
            why: "a file before the last one must hold a transformer".to_owned(),
        }),
    }
}

/// What the later part of the chain takes.
struct Later {
    /// Names of its columns, where it knows them.
    names: Option<Vec<String>>,
    width: usize,
    steps: Vec<Step>,
}

fn joined(
    links: Vec<(&str, Result<Fittings, ImportError>)>,
    model: Model,
    facts: &ModelFacts,
) -> Result<Model, ImportError> {
    let width = model.features.len();
    let names = model.is_named().then(|| model.features.iter().map(|feature| feature.name.clone()).collect());
    let mut later = Later { names, width, steps: Vec::new() };
    if links.last().is_some_and(|(_, link)| matches!(link, Ok(Fittings::Whole(own)) if own.sparse)) {
        if model.steps.is_some() || matches!(model.core, CoreModel::Members(_)) {
            let why = "a transformer of another file gives it a sparse matrix".to_owned();
            return Err(ImportError::Unsupported { what: "a composite model".to_owned(), why });
        }
        if facts.library == "xgboost" {
            later.steps.push(Step::MissingZeros);
        }
    }
    for (name, link) in links.into_iter().rev() {
        later = match link? {
            Fittings::Whole(own) => whole(name, own, later)?,
            Fittings::Columns(own) => by_column(name, own, later)?,
        };
    }
    let named = later.names.is_some();
    let mut names = later.names.unwrap_or_else(|| (0..later.width).map(|k| format!("x{k}")).collect());
    let mut front = later.steps;
    let mut all = kinds(&model, &shared(&front), &names)?;
    let used: Vec<u32> = (0..).zip(&all).filter(|(_, kind)| kind.is_some()).map(|(at, _)| at).collect();
    // Columns that no step uses need not be in the table.
    if named && used.len() < names.len() && sklearn::keep_only(&mut front, &used) {
        names = used.iter().map(|at| names[*at as usize].clone()).collect();
        all = kinds(&model, &shared(&front), &names)?;
    }
    let kinds = all.into_iter().map(|kind| kind.unwrap_or(FeatureKind::Any));
    let features: Vec<Feature> =
        names.iter().zip(kinds).map(|(name, kind)| Feature { name: name.clone(), kind }).collect();
    let joined = attach(model, &shared(&front), &names, &features)?;
    let joined = Model { facts: facts.for_audit(), naming: Naming::Exact, ..joined };
    Ok(if named { joined } else { joined.unnamed() })
}

fn shared(front: &[Step]) -> Arc<Step> {
    Arc::new(Step::Chain(front.to_vec()))
}

/// What all steps need of the raw columns.
fn kinds(model: &Model, front: &Arc<Step>, names: &[String]) -> Result<Vec<Option<FeatureKind>>, ImportError> {
    let CoreModel::Members(committee) = &model.core else { return Ok(laid_out(model, front, names)?.kinds()) };
    let mut all = vec![None; names.len()];
    for member in &committee.members {
        let own = kinds(member, front, names)?;
        all.iter_mut().zip(own).for_each(|(all, own)| *all = sklearn::both(*all, own));
    }
    Ok(all)
}

/// The transformers of the other files, then the model's own steps.
fn laid_out(model: &Model, front: &Arc<Step>, names: &[String]) -> Result<Steps, ImportError> {
    let chain = std::iter::once(Step::Shared(front.clone())).chain(own_steps(model)?).collect();
    Steps::new(names, Step::Chain(chain)).map_err(|error| malformed("files", error.to_string()))
}

/// The model, and each of its members, behind the transformers.
fn attach(model: Model, front: &Arc<Step>, names: &[String], features: &[Feature]) -> Result<Model, ImportError> {
    let inputs = vec![Input::Number; features.len()];
    if let CoreModel::Members(committee) = &model.core {
        let members = committee.members.iter().map(|member| attach(member.clone(), front, names, features));
        let committee = Committee { members: members.collect::<Result<_, _>>()?, rule: committee.rule.clone() };
        let core = CoreModel::Members(Arc::new(committee));
        return Ok(Model { core, features: features.to_vec(), inputs, ..model });
    }
    let steps = Some(Arc::new(laid_out(&model, front, names)?));
    Ok(Model { steps, features: features.to_vec(), inputs, ..model })
}

/// What the model does with its columns, as steps.
fn own_steps(model: &Model) -> Result<Vec<Step>, ImportError> {
    if matches!(model.core, CoreModel::Graph(_)) {
        let why = "transformers of other files cannot stand before it".to_owned();
        return Err(ImportError::Unsupported { what: "an ONNX graph".to_owned(), why });
    }
    if let Some(steps) = &model.steps {
        return Ok(vec![steps.root().clone()]);
    }
    if model.inputs.iter().any(|input| matches!(input, Input::Category { .. })) {
        let why = "its own categories stand behind other steps".to_owned();
        return Err(ImportError::Unsupported { what: "the model".to_owned(), why });
    }
    if model.inputs.contains(&Input::NumberOrZero) {
        let statistics = vec![Statistic::Number(0.0); model.inputs.len()];
        return Ok(vec![Step::Impute(Impute { marker: Marker::Empty, statistics, indicators: Vec::new() })]);
    }
    Ok(Vec::new())
}

/// Puts a transformer of whole rows before the later part.
fn whole(file: &str, own: Transformer, later: Later) -> Result<Later, ImportError> {
    let Some(inputs) = own.names.as_ref().map(Vec::len).or(own.inputs) else {
        return Err(malformed(file, "stores neither names nor the number of its inputs"));
    };
    let names = own.names.clone().unwrap_or_else(|| (0..inputs).map(|k| format!("x{k}")).collect());
    let made = Steps::new(&names, own.step.clone()).map_err(|error| malformed(file, error.to_string()))?.width();
    if let (Some(names), Some(all)) = (&own.names, &later.names)
        && made == inputs
    {
        return some(file, names, own.step, all.clone(), later);
    }
    if made != later.width {
        return Err(malformed(file, format!("makes {made} columns, what follows takes {}", later.width)));
    }
    let steps = std::iter::once(own.step).chain(later.steps).collect();
    Ok(Later { names: own.names, width: inputs, steps })
}

/// A transformer of some of the columns that follow, by name.
fn some(file: &str, names: &[String], step: Step, all: Vec<String>, later: Later) -> Result<Later, ImportError> {
    let position = |name: &String| all.iter().position(|other| other == name);
    let places: Option<Vec<usize>> = names.iter().map(position).collect();
    let Some(places) = places else {
        let unknown = names.iter().find(|name| position(name).is_none()).cloned().unwrap_or_default();
        // A transformer that renames, or one of other columns: by number only.
        if names.len() != all.len() {
            return Err(malformed(file, format!("transforms {unknown:?}, which what follows does not take")));
        }
        let steps = std::iter::once(step).chain(later.steps).collect();
        return Ok(Later { names: Some(names.to_vec()), width: names.len(), steps });
    };
    if names.len() == all.len() && !places.is_sorted() {
        return Err(malformed(file, "has the columns of what follows in another order"));
    }
    let taken = Branch { columns: Some(places.iter().map(|place| *place as u32).collect()), step, weight: 1.0 };
    let rest: Vec<u32> = (0..all.len()).filter(|place| !places.contains(place)).map(|place| place as u32).collect();
    // Side by side first, then in the order of what follows.
    let order: Vec<usize> = places.iter().copied().chain(rest.iter().map(|place| *place as usize)).collect();
    let mut back = vec![0u32; order.len()];
    order.iter().enumerate().for_each(|(at, place)| back[*place] = at as u32);
    let rest = Branch { columns: Some(rest), step: Step::Keep, weight: 1.0 };
    let back = Branch { columns: Some(back), step: Step::Keep, weight: 1.0 };
    let steps = [Step::Columns(vec![taken, rest]), Step::Columns(vec![back])];
    Ok(Later { names: Some(all), steps: steps.into_iter().chain(later.steps).collect(), width: later.width })
}

/// A dictionary of transformers by column. Names that what follows does not take (the target's) are left out.
fn by_column(file: &str, own: Vec<(String, Transformer)>, later: Later) -> Result<Later, ImportError> {
    let Some(all) = later.names.clone() else {
        return Err(malformed(file, "is about named columns, and what follows stores no names"));
    };
    let branch = |(place, name): (u32, &String)| {
        let found = own.iter().find(|(own, _)| own == name);
        let step = found.map_or(Step::Keep, |(_, transformer)| transformer.step.clone());
        Branch { columns: Some(vec![place]), step, weight: 1.0 }
    };
    if !all.iter().any(|name| own.iter().any(|(own, _)| own == name)) {
        return Err(malformed(file, "is about none of the columns that what follows takes"));
    }
    let branches: Vec<Branch> = (0..).zip(&all).map(branch).collect();
    let step = Step::Columns(branches);
    let made = Steps::new(&all, step.clone()).map_err(|error| malformed(file, error.to_string()))?.width();
    if made != later.width {
        return Err(malformed(file, format!("makes {made} columns, what follows takes {}", later.width)));
    }
    Ok(Later { names: Some(all), steps: std::iter::once(step).chain(later.steps).collect(), width: made })
}
