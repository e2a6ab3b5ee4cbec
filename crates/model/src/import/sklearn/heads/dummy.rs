//! Estimators that say the same for every row.

use fine_pickle::Scalar;
use fine_table::Task;

use super::super::estimator::{Head, class_task};
use super::{Context, Fitted, ImportError, fitted};
use crate::Label;
use crate::estimators::Constant;
use crate::predict::first_max;

fn done(fitted: &Fitted<'_>, constant: Constant, task: Task, classes: Vec<Label>) -> Head {
    let mut head = Head::of(constant, task, classes, fitted.input_width().unwrap_or(0));
    head.any_width = true;
    head
}

pub(super) fn classifier(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Head, ImportError> {
    let (classes, target) = match fitted.classes_of_outputs()? {
        Some(mut all) if all.len() > 1 => {
            let target = context.pick(fitted, fitted::said(&all))?;
            (fitted.several(all.swap_remove(target))?, Some(target))
        }
        _ => (fitted.classes()?, None),
    };
    let attr = if fitted.get("_strategy").is_some() { "_strategy" } else { "strategy" };
    let strategy = fitted.choice(attr, &["prior", "most_frequent", "constant", "stratified", "uniform", "warn"])?;
    let prior = match target {
        None => fitted.numbers("class_prior_")?,
        Some(target) => {
            let own = fitted.list("class_prior_")?.get(target).copied();
            let own = own.ok_or_else(|| fitted.malformed("class_prior_", "has no list for each target"))?;
            own.array().and_then(|array| array.to_f64()).map_err(|error| fitted.wrong("class_prior_", &error))?
        }
    };
    if prior.len() != classes.len() || prior.iter().any(|p| !p.is_finite()) {
        return Err(fitted.malformed("class_prior_", format!("{} numbers for {} classes", prior.len(), classes.len())));
    }
    let only = |label: usize| {
        let probability = (0..classes.len()).map(|class| f64::from(u8::from(class == label))).collect();
        Constant::Class { label: label as u32, probability }
    };
    let constant = match strategy.as_str() {
        "prior" => Constant::Class { label: first_max(&prior) as u32, probability: prior },
        "most_frequent" => only(first_max(&prior)),
        "constant" => only(constant_class(fitted, &classes, target.unwrap_or(0))?),
        _ => return Err(fitted.unsupported(format!("strategy={strategy}: its predictions are random"))),
    };
    let task = class_task(&classes);
    Ok(done(fitted, constant, task, classes))
}

fn constant_class(fitted: &Fitted<'_>, classes: &[Label], target: usize) -> Result<usize, ImportError> {
    let value = fitted.need("constant")?;
    let constant = match value.scalar() {
        Ok(scalar) => Some(scalar),
        Err(_) => fitted.scalars("constant", value)?.into_iter().nth(target),
    };
    let text = constant.as_ref().map(|constant| match constant {
        Scalar::Text(text) => text.clone(),
        other => other.to_string(),
    });
    let found = text.and_then(|text| crate::label::position(classes, &text));
    found.ok_or_else(|| fitted.malformed("constant", "is none of its classes"))
}

pub(super) fn regressor(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Head, ImportError> {
    let constant = fitted.numbers("constant_")?;
    let target = context.pick(fitted, fitted::numbers(constant.len()))?;
    match constant.get(target) {
        Some(value) if value.is_finite() => Ok(done(fitted, Constant::Value(*value), Task::Regression, Vec::new())),
        _ => Err(fitted.malformed("constant_", "is not finite")),
    }
}
