//! Pickled XGBoost, LightGBM and CatBoost: the booster inside is read by the readers of their own files.

use fine_pickle::Value;
use fine_table::Task;

use super::estimator::{Head, class_task};
use super::{Context, Fitted, ImportError, Limits, describe};
use crate::steps::{Impute, Marker, Statistic, Step};
use crate::{CoreModel, Input, Label, Model, ModelFacts};

/// What a wrapper class adds to its booster.
enum Wrapper {
    Booster,
    Classifier,
    Regressor,
}

fn kind(fitted: &Fitted<'_>) -> Result<Wrapper, ImportError> {
    match fitted.class {
        "Booster" => Ok(Wrapper::Booster),
        "CatBoost" => Ok(Wrapper::Booster),
        "XGBClassifier" | "XGBRFClassifier" | "LGBMClassifier" | "CatBoostClassifier" => Ok(Wrapper::Classifier),
        "XGBRegressor" | "XGBRFRegressor" | "XGBRanker" | "LGBMRegressor" | "LGBMRanker" | "CatBoostRegressor"
        | "CatBoostRanker" => Ok(Wrapper::Regressor),
        _ => Err(fitted.unsupported("this class is not supported yet")),
    }
}

/// The booster object: the estimator itself or its `_Booster`.
fn booster<'p>(fitted: &Fitted<'p>, kind: &Wrapper) -> Result<Fitted<'p>, ImportError> {
    match kind {
        Wrapper::Booster => Ok(fitted.clone()),
        _ => Fitted::new(fitted.need("_Booster")?, &fitted.path, "_Booster"),
    }
}

pub(super) fn xgboost(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let kind = kind(fitted)?;
    let booster = booster(fitted, &kind)?;
    let bytes = booster.need("handle")?.to_bytes().map_err(|error| booster.wrong("handle", &error))?;
    let limits = context.limits;
    let mut pick = |outputs| context.pick(fitted, outputs);
    let model =
        inner(facts, |own| super::super::xgboost::read_with(&bytes, &mut pick, limits, own).map(|read| read.model))?;
    let mut head = head(fitted, &kind, model, (0..).map(Label::Int))?;
    head.zeros_missing = true;
    if let Some(missing) = fitted.get("missing").filter(|_| !matches!(kind, Wrapper::Booster)) {
        let missing = missing.as_f64().ok_or_else(|| fitted.malformed("missing", "is no number"))?;
        if !missing.is_nan() {
            head.steps.insert(0, Step::Missing(missing));
            head.usable_alone = false;
        }
    }
    Ok(head)
}

pub(super) fn lightgbm(fitted: &Fitted<'_>, limits: &Limits, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    let kind = kind(fitted)?;
    let booster = booster(fitted, &kind)?;
    let Some(text) = booster.any(&["_handle", "handle", "model_str"]) else {
        return Err(ImportError::NotFitted { what: format!("{} ({}) has no model", fitted.class, fitted.path) });
    };
    let bytes = text_bytes(&booster, text)?;
    let iterations = [fitted.get("_best_iteration"), booster.get("best_iteration")];
    let iterations = iterations.into_iter().flatten().filter_map(Value::as_usize).find(|count| *count > 0);
    let model = inner(facts, |own| super::super::lightgbm::read_with(&bytes, iterations, limits, own))?;
    head(fitted, &kind, model, (0..).map(Label::Int))
}

pub(super) fn catboost(fitted: &Fitted<'_>, limits: &Limits, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    let kind = kind(fitted)?;
    let bytes = fitted.need("__model")?.to_bytes().map_err(|error| fitted.wrong("__model", &error))?;
    let model = inner(facts, |own| super::super::catboost::read_with(&bytes, limits, own))?;
    if matches!(kind, Wrapper::Regressor) && model.task != Task::Regression {
        return Err(fitted.unsupported("its loss predicts classes"));
    }
    // The file itself holds the class labels.
    let labels = model.classes.clone();
    head(fitted, &kind, model, labels.into_iter())
}

fn text_bytes(booster: &Fitted<'_>, text: Value<'_>) -> Result<Vec<u8>, ImportError> {
    match text.text() {
        Some(text) => Ok(text.into_owned().into_bytes()),
        None => text.to_bytes().map(|bytes| bytes.into_owned()).map_err(|error| booster.wrong("handle", &error)),
    }
}

/// Reads the booster with facts of its own, of which the counts and remarks are kept.
fn inner(
    facts: &mut ModelFacts,
    read: impl FnOnce(&mut ModelFacts) -> Result<Model, ImportError>,
) -> Result<Model, ImportError> {
    let mut own = ModelFacts::default();
    let model = read(&mut own);
    facts.trees += own.trees;
    facts.nodes += own.nodes;
    facts.warnings.append(&mut own.warnings);
    if let Some(version) = own.library_version {
        // The version that wrote the booster; a pipeline's own version comes from scikit-learn.
        if facts.library_version.is_none() {
            facts.library_version = Some(version);
        } else {
            facts.warnings.push(describe::remark("inner-version", [("library", own.library), ("version", version)]));
        }
    }
    let depth = facts.estimators.last().map_or(0, |last| last.depth + 1);
    facts.estimators.extend(own.estimators.into_iter().map(|inner| crate::EstimatorFacts { depth, ..inner }));
    model
}

/// A head from the booster's own model, with the classes of its wrapper.
fn head(
    fitted: &Fitted<'_>,
    kind: &Wrapper,
    model: Model,
    numbered: impl Iterator<Item = Label>,
) -> Result<Head, ImportError> {
    let (task, classes) = match kind {
        Wrapper::Booster => (model.task, model.classes.clone()),
        Wrapper::Regressor => (Task::Regression, Vec::new()),
        Wrapper::Classifier => {
            if model.task == Task::Regression {
                return Err(fitted.unsupported("its booster predicts no classes"));
            }
            let known = ["classes_", "_classes", "_le"].iter().any(|attr| fitted.get(attr).is_some());
            let classes = if known { fitted.classes()? } else { numbered.take(model.classes.len()).collect() };
            if classes.len() != model.classes.len() {
                let detail = format!("{} classes, its booster has {}", classes.len(), model.classes.len());
                return Err(fitted.malformed("classes_", detail));
            }
            (class_task(&classes), classes)
        }
    };
    let features = model.features.len();
    let steps = if model.inputs.iter().all(|input| *input == Input::Number) {
        Vec::new()
    } else if model.inputs.iter().all(|input| *input == Input::NumberOrZero) {
        vec![Step::Impute(Impute {
            marker: Marker::Empty,
            statistics: vec![Statistic::Number(0.0); features],
            indicators: Vec::new(),
        })]
    } else {
        // Native categories: only the raw columns can meet them.
        Vec::new()
    };
    let core: CoreModel = model.core.clone();
    let mut head = Head::new(core, task, classes, features);
    head.steps = steps;
    head.usable_alone = true;
    head.names = model.is_named().then(|| model.features.iter().map(|feature| feature.name.clone()).collect());
    head.native = Some(model);
    Ok(head)
}
