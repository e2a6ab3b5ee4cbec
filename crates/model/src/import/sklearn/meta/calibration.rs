//! Calibration.

use std::sync::Arc;

use fine_pickle::Value;
use fine_table::Task;

use super::super::estimator::{Head, class_task, ensemble};
use super::{Fitted, ImportError, Reader, map, map_of_codes};
use crate::estimators::{Calibrated, Calibration, Calibrator, Isotonic};

pub(super) fn classifier(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let (mut seats, mut members) = (Vec::new(), Vec::new());
    for (at, value) in fitted.list("calibrated_classifiers_")?.into_iter().enumerate() {
        let inner: Fitted<'_> = Fitted::new(value, &fitted.path, &format!("calibrated_classifiers_[{at}]"))?;
        // `base_estimator` until 1.1; it holds the text "deprecated" until it was removed.
        let own = ["estimator", "base_estimator"].into_iter().filter_map(|attr| Some((attr, inner.get(attr)?)));
        let own = own.into_iter().find(|(_, value)| value.text().is_none());
        let Some((attr, value)) = own else { return Err(inner.malformed("estimator", "is not there")) };
        let seat = reader.seat(&inner, attr, value)?;
        // A temperature is fitted on the positions of the classes.
        let member = &seat.head.classes;
        let own = match map_of_codes(fitted, member, classes.len()) {
            Ok(own) if member.len() == classes.len() => own,
            _ => map(fitted, member, &classes)?,
        };
        if classes.len() == 2 && own != [0, 1] {
            return Err(inner.unsupported("its estimator knows other classes"));
        }
        members.push(calibration(&inner, &own)?);
        seats.push(seat);
    }
    if seats.is_empty() {
        return Err(fitted.malformed("calibrated_classifiers_", "is empty"));
    }
    let rule = Calibrated { classes: classes.len(), members };
    let task = class_task(&classes);
    ensemble(fitted, seats, None, Arc::new(rule), task, classes)
}

/// The calibrators of one member; with two classes there is one, for the second.
fn calibration<'p>(inner: &Fitted<'p>, classes: &[u32]) -> Result<Calibration, ImportError> {
    let attr = if inner.get("calibrators").is_some() { "calibrators" } else { "calibrators_" };
    let list = inner.list(attr)?;
    let own = if classes.len() == 2 { &classes[1..] } else { classes };
    let read = |(at, value): (usize, Value<'p>)| -> Result<Fitted<'p>, ImportError> {
        Fitted::new(value, &inner.path, &format!("{attr}[{at}]"))
    };
    let list: Vec<Fitted<'p>> = list.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    if let [only] = list.as_slice()
        && only.class == "_TemperatureScaling"
    {
        let beta = only.number("beta_")?;
        only.finite("beta_", &[beta])?;
        return Ok(Calibration::Temperature(beta));
    }
    if list.len() != own.len() {
        return Err(inner.malformed(attr, format!("{} for {} classes", list.len(), classes.len())));
    }
    let of = |(class, calibrator): (&u32, Fitted<'p>)| Ok((*class, calibrator_of(&calibrator)?));
    Ok(Calibration::Classes(own.iter().zip(list).map(of).collect::<Result<_, ImportError>>()?))
}

fn calibrator_of(fitted: &Fitted<'_>) -> Result<Calibrator, ImportError> {
    match fitted.class {
        "_SigmoidCalibration" => {
            let (a, b) = (fitted.number("a_")?, fitted.number("b_")?);
            fitted.finite("a_", &[a, b])?;
            Ok(Calibrator::Sigmoid { a, b })
        }
        "IsotonicRegression" => Ok(Calibrator::Isotonic(isotonic(fitted)?)),
        _ => Err(fitted.unsupported("this calibrator is not known")),
    }
}

fn isotonic(fitted: &Fitted<'_>) -> Result<Isotonic, ImportError> {
    let either = |attrs: [&'static str; 2]| attrs.into_iter().find(|attr| fitted.get(attr).is_some());
    // `_necessary_X_` until 0.23.
    let (Some(x), Some(y)) = (either(["X_thresholds_", "_necessary_X_"]), either(["y_thresholds_", "_necessary_y_"]))
    else {
        fitted.need("X_thresholds_")?;
        return Err(fitted.malformed("X_thresholds_", "is not there"));
    };
    let (x_values, y_values) = (fitted.numbers(x)?, fitted.numbers(y)?);
    fitted.finite(x, &x_values)?;
    fitted.finite(y, &y_values)?;
    if x_values.is_empty() || x_values.len() != y_values.len() || !x_values.is_sorted() {
        return Err(fitted.malformed(x, "is no ascending list with as many values"));
    }
    let clip = match fitted.choice("out_of_bounds", &["clip", "nan", "raise"])?.as_str() {
        "clip" => {
            let (low, high) = (fitted.number("X_min_")?, fitted.number("X_max_")?);
            fitted.finite("X_min_", &[low, high])?;
            Some((low, high))
        }
        "nan" => None,
        _ => return Err(fitted.unsupported("out_of_bounds=raise")),
    };
    Ok(Isotonic { x: x_values, y: y_values, clip })
}

pub(super) fn regression(fitted: &Fitted<'_>) -> Result<Head, ImportError> {
    Ok(Head::of(isotonic(fitted)?, Task::Regression, Vec::new(), 1).refusing_missing())
}
