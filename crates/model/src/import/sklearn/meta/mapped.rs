//! One member whose answer is changed: a transformed target, or a threshold of one's own.

use std::sync::Arc;

use fine_pickle::{Node, Value};
use fine_table::Task;

use super::super::estimator::{Head, Seat, class_task, ensemble};
use super::super::numeric;
use super::{Fitted, ImportError, Reader};
use crate::Label;
use crate::estimators::{Formula, Mapped, Threshold};
use crate::steps::Function;

pub(super) fn target(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let seat = reader.seat(fitted, "regressor_", fitted.need("regressor_")?)?;
    if seat.head.task != Task::Regression {
        return Err(fitted.unsupported("its regressor predicts classes"));
    }
    let transformer = Fitted::new(fitted.need("transformer_")?, &fitted.path, "transformer_")?;
    let formulas = inverse(&transformer)?;
    ensemble(fitted, vec![seat], None, Arc::new(Mapped(formulas)), Task::Regression, Vec::new())
}

/// What `inverse_transform` does with one column.
fn inverse(fitted: &Fitted<'_>) -> Result<Vec<Formula>, ImportError> {
    let one = |flag: &str, attr: &str, default: f64| -> Result<f64, ImportError> {
        let number = if fitted.flag(flag, true)? { fitted.number(attr)? } else { default };
        fitted.finite(attr, &[number])?;
        Ok(number)
    };
    Ok(match fitted.class {
        "FunctionTransformer" => match fitted.get("inverse_func") {
            None => Vec::new(),
            Some(_) if fitted.get("inv_kw_args").is_some_and(|args| !args.entries().is_empty()) => {
                return Err(fitted.unsupported("its inverse takes arguments"));
            }
            Some(function) => vec![Formula::Function(numpy(fitted, function)?)],
        },
        "StandardScaler" => {
            vec![Formula::TimesPlus(one("with_std", "scale_", 1.0)?, one("with_mean", "mean_", 0.0)?)]
        }
        "RobustScaler" if !fitted.flag("unit_variance", false)? => {
            vec![Formula::TimesPlus(one("with_scaling", "scale_", 1.0)?, one("with_centering", "center_", 0.0)?)]
        }
        "MaxAbsScaler" => vec![Formula::TimesPlus(one("copy", "scale_", 1.0)?, 0.0)],
        "MinMaxScaler" => {
            let (min, scale) = (fitted.number("min_")?, fitted.number("scale_")?);
            fitted.finite("scale_", &[min, scale])?;
            vec![Formula::MinusOver(min, scale)]
        }
        "QuantileTransformer" => {
            let quantile = numeric::quantiles(fitted, false)?;
            if quantile.quantiles.len() != 1 {
                return Err(fitted.malformed("quantiles_", "is about several columns"));
            }
            vec![Formula::Quantile(quantile)]
        }
        _ => return Err(fitted.unsupported("the inverse of this transformer is not supported")),
    })
}

/// A numpy function of one argument.
fn numpy(fitted: &Fitted<'_>, function: Value<'_>) -> Result<Function, ImportError> {
    let name = match (function.node(), function.class()) {
        (Node::Global(_), _) => function.name().map(str::to_owned),
        (_, Some("numpy.core._ufunc_reconstruct")) => {
            function.args().get(1).and_then(|name| name.text()).map(|name| format!("numpy.{name}"))
        }
        _ => None,
    };
    match name.as_deref().map(|name| (name, Function::from_name(name))) {
        Some((_, Some(function))) => Ok(function),
        Some((name, None)) if name.starts_with("numpy.") => Err(fitted.unsupported(format!("inverse_func={name}"))),
        other => {
            let what = other.map_or(function.class().unwrap_or("a function"), |(name, _)| name);
            Err(ImportError::CustomCode { what: format!("{}: {what}", fitted.path) })
        }
    }
}

/// The classifier under a threshold and its two classes.
fn classifier(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<(Seat, Vec<Label>), ImportError> {
    let attr = if fitted.get("estimator_").is_some() { "estimator_" } else { "estimator" };
    let seat = reader.seat(fitted, attr, fitted.need(attr)?)?;
    let classes = seat.head.classes.clone();
    if classes.len() == 2 { Ok((seat, classes)) } else { Err(fitted.unsupported("it has other than two classes")) }
}

fn by_decision(fitted: &Fitted<'_>) -> Result<Option<bool>, ImportError> {
    let method = fitted.choice("response_method", &["auto", "predict_proba", "decision_function"])?;
    Ok(match method.as_str() {
        "auto" => None,
        other => Some(other == "decision_function"),
    })
}

/// Index of the positive class.
fn positive(fitted: &Fitted<'_>, value: Value<'_>, classes: &[Label]) -> Result<usize, ImportError> {
    let text = value.scalar().map_err(|error| fitted.wrong("pos_label", &error))?;
    let text = match &text {
        fine_pickle::Scalar::Text(text) => text.clone(),
        other => other.to_string(),
    };
    let found = crate::label::position(classes, &text);
    found.ok_or_else(|| fitted.malformed("pos_label", format!("{text} is none of its classes")))
}

fn done(fitted: &Fitted<'_>, seat: Seat, classes: Vec<Label>, rule: Threshold) -> Result<Head, ImportError> {
    let task = class_task(&classes);
    ensemble(fitted, vec![seat], None, Arc::new(rule), task, classes)
}

pub(super) fn fixed(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let (seat, classes) = classifier(fitted, reader)?;
    let threshold = match fitted.text("threshold").as_deref() {
        Some("auto") => None,
        _ => Some(fitted.number("threshold")?),
    };
    let positive = match fitted.get("pos_label") {
        None => 1,
        Some(value) => positive(fitted, value, &classes)?,
    };
    done(fitted, seat, classes, Threshold { by_decision: by_decision(fitted)?, threshold, positive })
}

/// The positive class of a tuned threshold is that of its scorer: an argument, or 1 by default where a score has one.
pub(super) fn tuned(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let (seat, classes) = classifier(fitted, reader)?;
    let scorer = Fitted::new(fitted.need("_curve_scorer")?, &fitted.path, "_curve_scorer")?;
    let chosen = scorer.get("_kwargs").and_then(|arguments| arguments.get("pos_label"));
    let positive = match chosen.filter(|value| !value.is_none()) {
        Some(value) => positive(fitted, value, &classes)?,
        None if crate::label::position(&classes[..1], "1").is_some() => {
            return Err(fitted.unsupported("its score does not say which of its classes is the positive one"));
        }
        None => 1,
    };
    let threshold = Some(fitted.number("best_threshold_")?);
    done(fitted, seat, classes, Threshold { by_decision: by_decision(fitted)?, threshold, positive })
}
