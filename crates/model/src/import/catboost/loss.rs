//! What a loss predicts, and the class labels.

use fine_table::Task;

use super::super::ImportError;
use super::super::doc::{Doc, malformed};
use super::raw::RawModel;
use super::unsupported;
use crate::trees::Link;
use crate::{Label, ModelFacts, Remark};

/// A loss that is run.
pub(super) struct Loss {
    pub(super) task: Task,
    pub(super) link: Link,
    pub(super) classes: Vec<Label>,
}

const LOGISTIC: Link = Link::Logistic { scale: 1.0 };

impl Loss {
    pub(super) fn read(model: &RawModel, facts: &mut ModelFacts) -> Result<Self, ImportError> {
        let name = loss_name(model);
        let several = "it predicts several values a row";
        let (task, link) = match name.as_str() {
            "Logloss" | "CrossEntropy" | "Focal" => (Task::Binary, LOGISTIC),
            "MultiClass" => (Task::Multiclass, Link::Softmax),
            "MultiClassOneVsAll" => (Task::Multiclass, Link::OneVsRest { scale: 1.0, normalise: false }),
            // `CatBoostRegressor.predict` gives exponents for these two.
            "Poisson" | "Tweedie" => (Task::Regression, Link::Exp),
            "RMSE" | "MAE" | "Quantile" | "GroupQuantile" | "LogLinQuantile" | "MAPE" | "Huber" | "Expectile"
            | "Lq" | "LogCosh" | "RMSPE" | "Cox" | "QueryRMSE" | "QuerySoftMax" | "QueryCrossEntropy" | "PairLogit"
            | "PairLogitPairwise" | "YetiRank" | "YetiRankPairwise" | "StochasticFilter" | "StochasticRank"
            | "LambdaMart" => (Task::Regression, Link::Identity),
            "MultiRMSE"
            | "MultiRMSEWithMissingValues"
            | "RMSEWithUncertainty"
            | "MultiQuantile"
            | "MultiLogloss"
            | "MultiCrossEntropy"
            | "SurvivalAft" => return Err(unsupported(&format!("loss {name}"), several)),
            "" | "PythonUserDefinedPerObject" | "UserPerObjMetric" => {
                facts.warnings.push(Remark { id: "custom-objective".into(), args: Default::default() });
                (Task::Regression, Link::Identity)
            }
            _ => return Err(unsupported(&format!("loss {name}"), "this loss is not supported")),
        };
        let fits = match task {
            Task::Multiclass => model.outputs > 1,
            Task::Binary | Task::Regression => model.outputs == 1,
        };
        if !fits {
            return Err(unsupported(&format!("loss {name}"), &format!("it has {} outputs", model.outputs)));
        }
        let classes = match task {
            Task::Regression => Vec::new(),
            Task::Binary => labels(model, 2)?,
            Task::Multiclass => labels(model, model.outputs)?,
        };
        let task = if task == Task::Multiclass && classes.len() == 2 { Task::Binary } else { task };
        if task != Task::Regression && !threshold_is_half(model) {
            return Err(unsupported("binclass_probability_threshold", "only a threshold of one half is run"));
        }
        Ok(Self { task, link, classes })
    }
}

fn loss_name(model: &RawModel) -> String {
    let paths = [("params", "loss_function.type"), ("loss_function", "type")];
    let found = paths.iter().find_map(|(key, path)| model.info.get(*key)?.text(path).ok());
    found.unwrap_or_default().chars().take(60).collect()
}

fn threshold_is_half(model: &RawModel) -> bool {
    match model.info.get("binclass_probability_threshold") {
        None => true,
        Some(Doc::Text(text)) => text.parse() == Ok(0.5),
        Some(Doc::Number(number)) => *number == 0.5,
        Some(_) => false,
    }
}

/// Class labels in the order of the scores: `class_params`, or `multiclass_params` of older versions.
fn labels(model: &RawModel, count: usize) -> Result<Vec<Label>, ImportError> {
    let whole = |number: f64| number.fract() == 0.0 && number.abs() < 9e15;
    let params = ["class_params", "multiclass_params"].iter().find_map(|key| model.info.get(*key));
    let Some(params) = params else { return Ok((0..count as i64).map(Label::Int).collect()) };
    let kind = params.text("class_label_type").unwrap_or("Integer");
    let number = |number: f64| match kind {
        "Boolean" => Label::Bool(number != 0.0),
        "Float" => Label::Float(number),
        _ if whole(number) => Label::Int(number as i64),
        _ => Label::Float(number),
    };
    let labels: Vec<Label> = match params.find("class_names") {
        Some(Doc::Numbers(names)) if !names.is_empty() => names.iter().map(|name| number(*name)).collect(),
        Some(Doc::List(names)) => names
            .iter()
            .map(|name| match name {
                Doc::Text(text) => Ok(Label::Text(text.clone())),
                Doc::Number(value) => Ok(number(*value)),
                Doc::Bool(value) => Ok(Label::Bool(*value)),
                _ => Err(malformed("class_names", "holds a label that is neither text nor number")),
            })
            .collect::<Result<_, _>>()?,
        _ => match params.find("class_to_label") {
            Some(Doc::Numbers(values)) if values.len() == count => values.iter().map(|value| number(*value)).collect(),
            _ => (0..count as i64).map(Label::Int).collect(),
        },
    };
    if labels.len() != count {
        return Err(malformed("class_names", format!("{} labels for {count} classes", labels.len())));
    }
    Ok(labels)
}
