//! CatBoost models: `.cbm` files, JSON exports, and the bytes inside pickled wrappers.
//!
//! Numbers and one-hot categories become trees on raw columns and category codes. Statistics of the target by category
//! (`ctr`) become columns of their own ([`crate::steps::Hashed`]); where one of them combines several raw columns, the
//! model is explained as a whole, since no part of it belongs to one column.

mod cbm;
mod ctr;
mod flat;
mod loss;
mod raw;
mod text;
mod trees;

use super::builder::ForestBuilder;
use super::doc::{Doc, malformed};
use super::{ImportError, Limits};
use crate::steps::{Step, Steps};
use crate::trees::{Cast, Sum};
use crate::{CoreModel, EstimatorFacts, Feature, FeatureKind, Model, ModelFacts, Remark};
use loss::Loss;
use raw::RawModel;

/// Newest major version whose files were compared with the library.
const TESTED_MAJOR: u32 = 1;
/// Why models with text or embedding features are refused.
const TEXTS: &str = "its calculators of text and embedding features are not run; train it without them";

/// Reads a binary model or a JSON export, filling in the facts as far as it gets; pickled wrappers call it on their
/// `__model` bytes.
///
/// # Errors
/// Bytes that break the format, or a loss or kind of feature that is not run.
pub(crate) fn read_with(bytes: &[u8], limits: &Limits, facts: &mut ModelFacts) -> Result<Model, ImportError> {
    "catboost".clone_into(&mut facts.library);
    let raw = if bytes.starts_with(b"CBM1") { cbm::read(bytes, limits)? } else { text::read(bytes, limits)? };
    describe(&raw, facts);
    if raw.bias.len() != raw.outputs || !raw.scale.is_finite() {
        return Err(malformed(
            "scale_and_bias",
            format!("{} start values for {} outputs", raw.bias.len(), raw.outputs),
        ));
    }
    let loss = Loss::read(&raw, facts)?;
    let columns = ctr::Raw::new(&raw)?;
    let layout = ctr::layout(&raw, &columns, limits)?;
    let mut builder = ForestBuilder::new(layout.width, raw.outputs, limits)?;
    trees::add_all(&raw, &layout.conditions, &mut builder)?;
    let forest = builder.finish(vec![0.0; raw.outputs], Cast::F32, Sum::F64, loss.link)?;
    facts.trees += raw.trees.len() as u64;
    let nodes = forest.trees.iter().take(raw.trees.len()).map(|tree| tree.nodes.len() as u64);
    facts.nodes += nodes.sum::<u64>();
    if !layout.empty.is_empty() {
        let names: String = layout.empty.join(", ").chars().take(300).collect();
        facts.warnings.push(Remark { id: "empty-is-category".into(), args: [("columns".into(), names)].into() });
    }
    let kind = |categorical: &bool| if *categorical { FeatureKind::Any } else { FeatureKind::Number };
    let features: Vec<Feature> = columns
        .names
        .iter()
        .zip(&columns.categorical)
        .map(|(name, categorical)| Feature { name: name.clone(), kind: kind(categorical) })
        .collect();
    let mut model = Model::native(features, loss.task, loss.classes, CoreModel::Trees(forest));
    if let Some(hashed) = layout.hashed {
        let steps = Steps::new(&columns.names, Step::Hashed(hashed));
        model = model.with_steps(steps.map_err(|error| malformed("features_info", error.to_string()))?);
    }
    Ok(if columns.named { model } else { model.unnamed() })
}

/// Facts that need no valid trees.
fn describe(raw: &RawModel, facts: &mut ModelFacts) {
    if let Some(Doc::Text(text)) = raw.info.get("catboost_version_info") {
        let version = text.split_whitespace().find_map(|word| word.strip_prefix("tags/v"));
        let version = version.or_else(|| text.split("CatBoost release ").nth(1)?.split_whitespace().next());
        if let Some(version) = version {
            let version = version.trim_end_matches('.');
            facts.library_version = Some(version.chars().take(40).collect());
            let major = version.split('.').next().and_then(|major| major.parse().ok());
            if major.is_some_and(|major: u32| major > TESTED_MAJOR) {
                facts.warnings.push(Remark { id: "version-newer-than-tested".into(), args: Default::default() });
            }
        }
    }
    let mut params = Vec::new();
    if let Some(all) = raw.info.get("params") {
        for (name, path) in [
            ("loss_function", "loss_function.type"),
            ("iterations", "boosting_options.iterations"),
            ("learning_rate", "boosting_options.learning_rate"),
            ("depth", "tree_learner_options.depth"),
            ("grow_policy", "tree_learner_options.grow_policy"),
            ("max_ctr_complexity", "cat_feature_params.max_ctr_complexity"),
        ] {
            match all.find(path) {
                Some(Doc::Text(text)) => params.push((name.to_owned(), text.chars().take(120).collect())),
                Some(Doc::Number(number)) => params.push((name.to_owned(), number.to_string())),
                _ => {}
            }
        }
    }
    facts.estimators.push(EstimatorFacts { depth: 0, name: String::new(), class: "CatBoost".into(), params });
}

fn unsupported(what: &str, why: &str) -> ImportError {
    ImportError::Unsupported { what: what.to_owned(), why: why.to_owned() }
}
