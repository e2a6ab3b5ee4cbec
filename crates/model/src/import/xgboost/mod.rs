//! XGBoost models: JSON and UBJSON files of versions 1.0 to 3.x, and the same inside pickled wrappers.
//!
//! Where the file stores `best_iteration` (early stopping), the trees after it are left out, as the scikit-learn wrapper
//! does; `Booster.predict` would use them. The facts then carry the remark `best-iteration`.

mod inputs;
mod objective;
mod trees;

use fine_table::Task;

use super::builder::ForestBuilder;
use super::doc::{Doc, malformed};
use super::{ImportError, Limits, json, sniff, ubjson};
use crate::linear::Linear;
use crate::trees::{Cast, Sum};
use crate::{CoreModel, EstimatorFacts, Label, Model, ModelFacts, Remark};
use objective::Objective;

/// Newest major version whose files were compared with the library.
const TESTED_MAJOR: f64 = 3.0;

/// A booster read from bytes.
#[derive(Clone, Debug)]
pub struct Booster {
    /// The model with the file's own feature names, numbered classes and links.
    pub model: Model,
    /// `binary:logistic`, `reg:squarederror`, …
    pub objective: String,
}

/// Reads a booster from JSON or UBJSON; pickled wrappers call it on their `handle` bytes.
///
/// # Errors
/// Bytes that break the format, or an objective or booster that is not run.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Booster, ImportError> {
    let mut facts = ModelFacts::default();
    let mut pick = |outputs| super::part::target(None, "the booster", outputs);
    let mut booster = read_with(bytes, &mut pick, limits, &mut facts)?;
    booster.model.facts = facts;
    Ok(booster)
}

/// Chooses one of several targets, which are described.
pub(crate) type Pick<'p> = dyn FnMut(Vec<String>) -> Result<usize, ImportError> + 'p;

/// [`read`], filling in the facts as far as it gets. `pick` is asked where the booster predicts several targets.
pub(crate) fn read_with(
    bytes: &[u8],
    pick: &mut Pick<'_>,
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<Booster, ImportError> {
    "xgboost".clone_into(&mut facts.library);
    if bytes.starts_with(b"binf") || (!bytes.starts_with(b"{") && sniff::is_xgboost_binary(bytes)) {
        return Err(ImportError::OldXgboost);
    }
    let is_json = bytes.get(1).is_some_and(|b| matches!(b, b'"' | b' ' | b'\n' | b'\r' | b'\t'));
    let doc = if is_json { json::read(bytes, limits)? } else { ubjson::read(bytes, limits)? };
    let root = doc.find("Model").unwrap_or(&doc);
    describe(root, facts);
    let learner = root.get("learner")?;
    let objective = Objective::read(learner)?;
    let features = learner.count("learner_model_param.num_feature")?;
    let targets = learner.count("learner_model_param.num_target").unwrap_or(1);
    let groups = learner.count("learner_model_param.num_class")?.max(1);
    let target = target(&objective, targets, groups, pick, limits)?;
    let base = objective.base_margins(learner, groups, targets)?;
    let outputs = Outputs { groups: groups.max(targets), target };
    let booster = learner.get("gradient_booster")?;
    let (core, zero_missing) = match booster.text("name")? {
        "gblinear" if target.is_some() => return Err(unsupported("booster gblinear", "it predicts several targets")),
        "gblinear" => (CoreModel::Linear(linear(booster, features, groups, &base, &objective)?), true),
        "gbtree" => {
            let model = booster.get("model")?;
            (forest(learner, model, None, (features, outputs), base, &objective, limits, facts)?, false)
        }
        "dart" => {
            let model = booster.get("gbtree.model")?;
            let drop = booster.numbers("weight_drop")?;
            (forest(learner, model, Some(drop), (features, outputs), base, &objective, limits, facts)?, false)
        }
        other => return Err(unsupported(&format!("booster {other}"), "only gbtree, dart and gblinear are read")),
    };
    let tree_model = booster.find("gbtree.model").or_else(|| booster.find("model"));
    let columns = inputs::read(learner, tree_model, features, zero_missing)?;
    if inputs::beyond_ascii(&columns) {
        facts.warnings.push(Remark { id: "categories-beyond-ascii".into(), args: Default::default() });
    }
    let classes = (0..objective.classes(groups)).map(|k| Label::Int(k as i64)).collect();
    let named = columns.named;
    let mut model = Model::native(columns.features, objective.task, classes, core).with_inputs(columns.inputs);
    if !named {
        model = model.unnamed();
    }
    Ok(Booster { model, objective: objective.name })
}

/// Outputs of the trees.
#[derive(Clone, Copy)]
struct Outputs {
    /// How many there are: classes, or targets.
    groups: usize,
    /// The one that is read, of several targets.
    target: Option<usize>,
}

/// The chosen one of several targets; `None` for a booster of one. Each is a number, or a label that holds or not.
fn target(
    objective: &Objective,
    targets: usize,
    groups: usize,
    pick: &mut Pick<'_>,
    limits: &Limits,
) -> Result<Option<usize>, ImportError> {
    if targets < 2 {
        return Ok(None);
    }
    if targets > limits.outputs {
        return Err(ImportError::Limit { what: "targets", value: targets as u64, limit: limits.outputs as u64 });
    }
    if groups > 1 {
        return Err(unsupported(&format!("objective {}", objective.name), "it predicts several targets of classes"));
    }
    let said = if objective.task == Task::Regression { "a number" } else { "0 / 1" };
    pick(vec![said.to_owned(); targets]).map(Some)
}

/// Facts that need no valid trees.
fn describe(root: &Doc, facts: &mut ModelFacts) {
    if let Ok(version) = root.numbers("version") {
        facts.library_version = Some(version.iter().map(f64::to_string).collect::<Vec<_>>().join("."));
        if version.first().is_some_and(|major| *major > TESTED_MAJOR) {
            facts.warnings.push(Remark { id: "version-newer-than-tested".into(), args: Default::default() });
        }
    }
    let mut params = Vec::new();
    for (name, path) in [
        ("objective", "learner.objective.name"),
        ("base_score", "learner.learner_model_param.base_score"),
        ("num_class", "learner.learner_model_param.num_class"),
        ("num_feature", "learner.learner_model_param.num_feature"),
        ("best_iteration", "learner.attributes.best_iteration"),
    ] {
        if let Ok(value) = root.text(path) {
            params.push((name.to_owned(), value.chars().take(120).collect()));
        }
    }
    let class = root.text("learner.gradient_booster.name").unwrap_or("booster").chars().take(60).collect();
    facts.estimators.push(EstimatorFacts { depth: 0, name: String::new(), class, params });
}

#[allow(clippy::too_many_arguments)]
fn forest(
    learner: &Doc,
    model: &Doc,
    weights: Option<&[f64]>,
    (features, Outputs { groups, target }): (usize, Outputs),
    base: Vec<f64>,
    objective: &Objective,
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<CoreModel, ImportError> {
    let mut builder = ForestBuilder::new(features, if target.is_some() { 1 } else { groups }, limits)?;
    let list = model.list("trees")?;
    let info = model.numbers("tree_info")?;
    if info.len() != list.len() || weights.is_some_and(|w| w.len() != list.len()) {
        return Err(malformed("tree_info", format!("{} entries for {} trees", info.len(), list.len())));
    }
    let used = trees::used(learner, model, list.len(), groups)?;
    if used < list.len() {
        let args = [("used", used), ("trees", list.len())].map(|(k, v)| (k.to_owned(), v.to_string()));
        facts.warnings.push(Remark { id: "best-iteration".into(), args: args.into() });
    }
    for (i, tree) in list.iter().enumerate().take(used) {
        let place = format!("trees[{i}]");
        let weight = weights.map_or(1.0, |w| f64::from(w[i] as f32));
        let tree = trees::read(tree, &place, info[i], weight, groups)?;
        let tree = match (target, tree.output) {
            (None, _) => Some(tree),
            (Some(_), Some(output)) if output >= groups => {
                return Err(malformed("tree_info", format!("{place} adds to output {output} of {groups}")));
            }
            (Some(target), _) => trees::of_target(tree, target, groups),
        };
        if let Some(tree) = tree {
            builder.add(&place, tree)?;
        }
    }
    let base = match target {
        None => base,
        Some(target) => vec![base[target]],
    };
    facts.trees += builder.len() as u64;
    let forest = builder.finish(base, Cast::F32, Sum::F32, objective.link)?;
    facts.nodes += forest.trees.iter().map(|t| t.nodes.len() as u64).sum::<u64>();
    Ok(CoreModel::Trees(forest))
}

/// `gblinear`: weights are feature-major, the last row is the bias. The library sums in `f32`, here it is `f64`, so
/// margins agree to `f32` precision only.
fn linear(
    booster: &Doc,
    features: usize,
    groups: usize,
    base: &[f64],
    objective: &Objective,
) -> Result<Linear, ImportError> {
    let weights = booster.numbers("model.weights")?;
    if features == 0 || Some(weights.len()) != (features + 1).checked_mul(groups) {
        return Err(malformed("model.weights", format!("{} weights for {features} features", weights.len())));
    }
    let at = |j: usize, k: usize| f64::from(weights[j * groups + k] as f32);
    Ok(Linear {
        features,
        outputs: groups,
        coef: (0..groups).flat_map(|k| (0..features).map(move |j| at(j, k))).collect(),
        // The library adds the first base score to every group.
        intercept: (0..groups).map(|k| at(features, k) + base[0]).collect(),
        link: objective.link,
    })
}

fn unsupported(what: &str, why: &str) -> ImportError {
    ImportError::Unsupported { what: what.to_owned(), why: why.to_owned() }
}
