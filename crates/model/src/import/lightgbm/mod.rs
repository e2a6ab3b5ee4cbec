//! LightGBM text models (`version=v2` to `v4`), and the same inside pickled wrappers.
//!
//! All trees of a file predict: the library saves only those up to the best iteration. A pickled booster keeps them
//! all, so its wrapper passes the number of iterations.

mod objective;
mod text;
mod trees;

use super::builder::ForestBuilder;
use super::doc::{Doc, malformed};
use super::{ImportError, Limits, json};
use crate::linear_leaves::LinearLeaves;
use crate::trees::{Cast, Sum};
use crate::{CoreModel, EstimatorFacts, Feature, FeatureKind, Input, Label, Model, ModelFacts, Remark};
use objective::Objective;
use text::{Block, Lines};

/// Reads a text model; pickled wrappers call it on their `_handle` text, with `iterations` from `best_iteration`.
///
/// # Errors
/// Text that breaks the format, or an objective or option that is not run.
pub fn read(bytes: &[u8], iterations: Option<usize>, limits: &Limits) -> Result<Model, ImportError> {
    let mut facts = ModelFacts::default();
    let mut model = read_with(bytes, iterations, limits, &mut facts)?;
    model.facts = facts;
    Ok(model)
}

/// [`read`], filling in the facts as far as it gets.
pub(crate) fn read_with(
    bytes: &[u8],
    iterations: Option<usize>,
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<Model, ImportError> {
    "lightgbm".clone_into(&mut facts.library);
    let mut lines = Lines::new(bytes)?;
    let header = lines.block(limits)?;
    describe(&header, facts);
    let version = header.get("version")?;
    if !matches!(version, "v2" | "v3" | "v4") {
        return Err(unsupported(&format!("LightGBM text version {version}"), "versions v2, v3 and v4 are read"));
    }
    let features = header.count("max_feature_idx")? + 1;
    let outputs = header.count("num_tree_per_iteration")?;
    let mut builder = ForestBuilder::new(features, outputs, limits)?;
    let objective = Objective::read(header.find("objective"), outputs, facts)?;
    let used = iterations.filter(|n| *n > 0).map_or(usize::MAX, |n| n.saturating_mul(outputs));
    let mut linear = Vec::new();
    while let Some(number) = lines.next_tree()? {
        let block = lines.block(limits)?;
        if number != builder.len() && number < used {
            return Err(malformed(&format!("line {}", lines.line()), format!("Tree={number} is out of order")));
        }
        if number < used {
            builder.add(&format!("Tree={number}"), trees::read(&block, number % outputs)?)?;
            linear.push(trees::linear(&block, features)?);
        }
    }
    if !builder.len().is_multiple_of(outputs) {
        return Err(malformed("trees", format!("{} trees for {outputs} outputs", builder.len())));
    }
    if !lines.has_parameters()? {
        facts.warnings.push(Remark { id: "no-parameters".into(), args: Default::default() });
    }
    facts.trees += builder.len() as u64;
    let sum = if header.find("average_output").is_some() { Sum::Mean } else { Sum::F64 };
    let forest = builder.finish(vec![0.0; outputs], Cast::F64, sum, objective.link)?;
    facts.nodes += forest.trees.iter().map(|t| t.nodes.len() as u64).sum::<u64>();
    let names: Vec<&str> = header.get("feature_names")?.split(' ').collect();
    if names.len() != features {
        return Err(malformed("feature_names", format!("{} names for {features} features", names.len())));
    }
    let (kinds, inputs) = inputs(&header, lines.pandas_categories(), features, limits)?;
    let generated = names.iter().enumerate().all(|(i, n)| *n == format!("Column_{i}"));
    let columns = names.into_iter().zip(kinds).map(|(name, kind)| Feature { name: name.to_owned(), kind }).collect();
    let classes = (0..objective.classes(outputs)).map(|k| Label::Int(k as i64)).collect();
    let model = Model::native(columns, objective.task, classes, CoreModel::Trees(forest)).with_inputs(inputs);
    let model = if linear.iter().any(Option::is_some) { LinearLeaves::of(model, linear) } else { model };
    let model = model.with_underscored_names();
    Ok(if generated { model.unnamed() } else { model })
}

/// Facts that need no valid trees.
fn describe(header: &Block<'_>, facts: &mut ModelFacts) {
    let mut params = Vec::new();
    for name in ["objective", "version", "num_class", "max_feature_idx", "average_output"] {
        if let Some(value) = header.find(name) {
            params.push((name.to_owned(), value.chars().take(120).collect()));
        }
    }
    facts.estimators.push(EstimatorFacts { depth: 0, name: String::new(), class: "Booster".into(), params });
}

/// How raw columns are read: by the pandas categories at the end of the file, in order of the categorical columns, which
/// the file marks by `feature_infos` such as `3:1:0` instead of `[0:7]`.
fn inputs(
    header: &Block<'_>,
    pandas: &str,
    features: usize,
    limits: &Limits,
) -> Result<(Vec<FeatureKind>, Vec<Input>), ImportError> {
    let plain = (vec![FeatureKind::Number; features], vec![Input::Number; features]);
    if pandas.is_empty() {
        return Ok(plain);
    }
    let doc = json::read(pandas.as_bytes(), limits)?;
    let lists: Vec<Vec<Label>> = match &doc {
        Doc::List(lists) => lists.iter().map(labels).collect::<Result<_, _>>()?,
        _ => Vec::new(),
    };
    if lists.is_empty() {
        return Ok(plain);
    }
    let infos: Vec<&str> = header.get("feature_infos")?.split(' ').collect();
    let categorical: Vec<usize> = (0..infos.len().min(features))
        .filter(|i| infos[*i].as_bytes().first().is_some_and(|b| b.is_ascii_digit() || *b == b'-'))
        .collect();
    if categorical.len() != lists.len() {
        let why = format!("{} category lists for {} categorical columns", lists.len(), categorical.len());
        return Err(unsupported("pandas categories", &why));
    }
    let (mut kinds, mut inputs) = plain;
    for (i, labels) in categorical.into_iter().zip(lists) {
        let text = !labels.is_empty() && labels.iter().all(|l| matches!(l, Label::Text(_)));
        kinds[i] = if text { FeatureKind::Text } else { FeatureKind::Any };
        inputs[i] = Input::Category { categories: labels.into(), strict: false };
    }
    Ok((kinds, inputs))
}

fn labels(doc: &Doc) -> Result<Vec<Label>, ImportError> {
    let number = |n: f64| if n.fract() == 0.0 && n.abs() < 9e15 { Label::Int(n as i64) } else { Label::Float(n) };
    match doc {
        Doc::Numbers(v) => Ok(v.iter().map(|n| number(*n)).collect()),
        Doc::List(v) => v
            .iter()
            .map(|d| match d {
                Doc::Text(s) => Ok(Label::Text(s.clone())),
                Doc::Number(n) => Ok(number(*n)),
                Doc::Bool(b) => Ok(Label::Bool(*b)),
                _ => Err(malformed("pandas_categorical", "a category is neither text nor number")),
            })
            .collect(),
        _ => Err(malformed("pandas_categorical", "is no list of lists")),
    }
}

fn unsupported(what: &str, why: &str) -> ImportError {
    ImportError::Unsupported { what: what.to_owned(), why: why.to_owned() }
}
