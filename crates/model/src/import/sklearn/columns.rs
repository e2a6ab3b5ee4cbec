//! Pipelines, `ColumnTransformer` and `FeatureUnion` as steps.

use std::sync::Arc;

use fine_pickle::{Node, Scalar, Value};

use super::estimator::{pipeline_steps, transformer};
use super::fitted::pair;
use super::{Context, Fitted, ImportError, text, transform};
use crate::steps::{Branch, Step};

/// A transformer as a step, and whether its result is a sparse matrix.
pub(super) fn step(
    fitted: &Fitted<'_>,
    sparse: bool,
    context: &mut Context<'_>,
    depth: u32,
) -> Result<(Step, bool), ImportError> {
    context.visit(depth)?;
    match fitted.class {
        "Pipeline" => pipeline(fitted, sparse, context, depth),
        "ColumnTransformer" => column_transformer(fitted, context, depth),
        "FeatureUnion" => feature_union(fitted, sparse, context, depth),
        _ => transform::step(fitted, sparse, context),
    }
}

fn pipeline(
    fitted: &Fitted<'_>,
    mut sparse: bool,
    context: &mut Context<'_>,
    depth: u32,
) -> Result<(Step, bool), ImportError> {
    let mut steps = Vec::new();
    for (name, value) in pipeline_steps(fitted)? {
        if let Some(inner) = transformer(fitted, &name, value)? {
            sparse = push(&mut steps, &inner, sparse, context, depth + 1)?;
        }
    }
    Ok((Step::Chain(steps), sparse))
}

/// Adds a transformer to the steps before it; whether its result is sparse.
pub(super) fn push(
    steps: &mut Vec<Step>,
    fitted: &Fitted<'_>,
    sparse: bool,
    context: &mut Context<'_>,
    depth: u32,
) -> Result<bool, ImportError> {
    if (fitted.package, fitted.class) == ("sklearn", "TfidfTransformer") {
        context.visit(depth)?;
        let made = text::transformer(fitted, steps, context)?;
        steps.push(made);
        return Ok(true);
    }
    let (made, out) = step(fitted, sparse, context, depth)?;
    steps.push(made);
    Ok(out)
}

fn weight_of(fitted: &Fitted<'_>, name: &str) -> Result<f64, ImportError> {
    match fitted.get("transformer_weights").and_then(|weights| weights.get(name)) {
        None => Ok(1.0),
        Some(weight) => {
            weight.as_f64().ok_or_else(|| fitted.malformed("transformer_weights", "holds something that is no number"))
        }
    }
}

fn column_transformer(fitted: &Fitted<'_>, context: &mut Context<'_>, depth: u32) -> Result<(Step, bool), ImportError> {
    let entries = fitted.list("transformers_")?;
    let names = fitted.feature_names().transpose()?;
    let indices = fitted.get("_transformer_to_input_indices");
    let resolved = fitted.get("_columns").and_then(|columns| columns.items().ok());
    let mut branches = Vec::new();
    for (position, entry) in entries.into_iter().enumerate() {
        let parts = entry.items().ok().filter(|parts| parts.len() == 3);
        let parts = parts.ok_or_else(|| fitted.malformed("transformers_", "is no list of three parts"))?;
        let (name, value) = pair(entry).ok_or_else(|| fitted.malformed("transformers_", "has no names"))?;
        if value.text().is_some_and(|text| text == "drop") {
            continue;
        }
        let columns = match indices.and_then(|indices| indices.get(&name)) {
            Some(list) => whole(fitted, list)?,
            None => {
                // Callable selectors stay callables in `transformers_`; what they chose is in `_columns`.
                let chosen = resolved.as_ref().and_then(|columns| columns.get(position)).copied();
                let spec = if name == "remainder" { parts[2] } else { chosen.unwrap_or(parts[2]) };
                select(fitted, spec, names.as_deref())?
            }
        };
        if columns.is_empty() {
            continue;
        }
        let made = match transformer(fitted, &name, value)? {
            None => Step::Keep,
            Some(inner) => step(&inner, false, context, depth + 1)?.0,
        };
        branches.push(Branch { columns: Some(columns), step: made, weight: weight_of(fitted, &name)? });
    }
    Ok((Step::Columns(branches), fitted.flag("sparse_output_", false)?))
}

fn feature_union(
    fitted: &Fitted<'_>,
    sparse: bool,
    context: &mut Context<'_>,
    depth: u32,
) -> Result<(Step, bool), ImportError> {
    let (mut branches, mut any_sparse) = (Vec::new(), false);
    for entry in fitted.list("transformer_list")? {
        let (name, value) = pair(entry).ok_or_else(|| fitted.malformed("transformer_list", "has no names"))?;
        if value.is_none() || value.text().is_some_and(|text| text == "drop") {
            continue;
        }
        let (made, out) = match transformer(fitted, &name, value)? {
            None => (Step::Keep, sparse),
            Some(inner) => step(&inner, sparse, context, depth + 1)?,
        };
        any_sparse |= out;
        branches.push(Branch { columns: None, step: made, weight: weight_of(fitted, &name)? });
    }
    Ok((Step::Columns(branches), any_sparse))
}

fn whole(fitted: &Fitted<'_>, list: Value<'_>) -> Result<Vec<u32>, ImportError> {
    let columns = fitted.whole("transformers_", list)?;
    let index = |column: i64| u32::try_from(column).map_err(|_| fitted.malformed("transformers_", "a negative column"));
    columns.into_iter().map(index).collect()
}

/// Columns of a selection: names, positions, a mask, a slice, or one of them.
fn select(fitted: &Fitted<'_>, spec: Value<'_>, names: Option<&[String]>) -> Result<Vec<u32>, ImportError> {
    let unknown = || fitted.unsupported(format!("its columns are {}", spec.preview(60)));
    let width = names.map(<[String]>::len).or_else(|| fitted.input_width()).ok_or_else(unknown)?;
    let position = |scalar: &Scalar| -> Result<u32, ImportError> {
        let found = match scalar {
            Scalar::Text(name) => names.and_then(|names| names.iter().position(|own| own == name)),
            Scalar::Int(index) if *index < 0 => usize::try_from(index + width as i64).ok(),
            Scalar::Int(index) => usize::try_from(*index).ok(),
            _ => None,
        };
        found.and_then(|index| u32::try_from(index).ok()).ok_or_else(unknown)
    };
    if matches!(spec.class(), Some("builtins.slice")) {
        return slice(fitted, spec, width, position);
    }
    if spec.class().is_some_and(|class| class.ends_with("_RemainderColsList")) {
        // A list of columns behind a warning (1.5 and 1.6).
        return select(fitted, spec.attr("data").ok_or_else(unknown)?, names);
    }
    if let Ok(one) = spec.scalar() {
        return Ok(vec![position(&one)?]);
    }
    let list = match spec.node() {
        Node::Global(_) | Node::Object(_) if spec.array().is_err() => return Err(unknown()),
        _ => fitted.scalars("transformers_", spec)?,
    };
    if !list.is_empty() && list.iter().all(|item| matches!(item, Scalar::Bool(_))) {
        return Ok((0..).zip(&list).filter(|(_, flag)| **flag == Scalar::Bool(true)).map(|(i, _)| i).collect());
    }
    list.iter().map(position).collect()
}

fn slice(
    fitted: &Fitted<'_>,
    spec: Value<'_>,
    width: usize,
    position: impl Fn(&Scalar) -> Result<u32, ImportError>,
) -> Result<Vec<u32>, ImportError> {
    let args = spec.args();
    let [start, stop, step] = args.as_slice() else {
        return Err(fitted.malformed("transformers_", "a slice without three parts"));
    };
    let bound = |value: &Value<'_>, default: usize, after: u32| -> Result<usize, ImportError> {
        match value.scalar() {
            Ok(Scalar::None) => Ok(default),
            // Names include their end, positions do not.
            Ok(name @ Scalar::Text(_)) => Ok((position(&name)? + after) as usize),
            Ok(index) => Ok(position(&index)? as usize),
            Err(_) => Err(fitted.malformed("transformers_", "a slice of something else")),
        }
    };
    let by = if step.is_none() { Some(1) } else { step.as_usize() };
    let by = by.filter(|by| *by > 0).ok_or_else(|| fitted.unsupported("its columns are a slice backwards"))?;
    let (start, stop) = (bound(start, 0, 0)?, bound(stop, width, 1)?);
    Ok((start..stop.min(width)).step_by(by).map(|column| column as u32).collect())
}

/// Renumbers the columns of the first step when only some of the raw columns remain (`used`, ascending). False when the
/// first step takes all columns.
pub(in crate::import) fn keep_only(chain: &mut [Step], used: &[u32]) -> bool {
    match chain.first_mut() {
        Some(Step::Chain(inner)) => keep_only(inner, used),
        Some(Step::Shared(inner)) => keep_only(std::slice::from_mut(Arc::make_mut(inner)), used),
        Some(Step::Columns(branches)) => {
            let renumber = |columns: &Vec<u32>| -> Option<Vec<u32>> {
                columns.iter().map(|column| used.binary_search(column).ok().map(|index| index as u32)).collect()
            };
            let all: Option<Vec<_>> =
                branches.iter().map(|branch| branch.columns.as_ref().and_then(renumber)).collect();
            let Some(all) = all else { return false };
            for (branch, columns) in branches.iter_mut().zip(all) {
                branch.columns = Some(columns);
            }
            true
        }
        _ => false,
    }
}
