//! `KNNImputer`, `IterativeImputer`, `MissingIndicator`.

use fine_pickle::Value;

use super::estimator::{self, Core};
use super::transform::marker;
use super::{Context, Fitted, ImportError};
use crate::steps::{Indicate, Iterative, Marker, Neighbours, Regressor, Round, Rows, Step};
use crate::{CoreModel, ModelFacts};

/// The number that means missing, where it is not an empty cell.
fn number_marker(fitted: &Fitted<'_>) -> Result<Option<f64>, ImportError> {
    match marker(fitted)? {
        Marker::Empty => Ok(None),
        Marker::Number(value) => Ok(Some(value)),
        Marker::Text(_) => Err(fitted.malformed("missing_values", "is text")),
    }
}

/// Columns of an imputer's `indicator_`.
pub(super) fn indicators(fitted: &Fitted<'_>, width: usize) -> Result<Vec<u32>, ImportError> {
    match fitted.get("indicator_") {
        Some(value) if fitted.flag("add_indicator", false)? => {
            features(&Fitted::new(value, &fitted.path, "indicator_")?, width)
        }
        _ => Ok(Vec::new()),
    }
}

fn features(indicator: &Fitted<'_>, width: usize) -> Result<Vec<u32>, ImportError> {
    let columns = indicator.whole("features_", indicator.need("features_")?)?;
    let inside = |column: i64| u32::try_from(column).ok().filter(|column| (*column as usize) < width);
    let columns: Option<Vec<u32>> = columns.into_iter().map(inside).collect();
    columns.ok_or_else(|| indicator.malformed("features_", "is beyond the columns"))
}

fn width(fitted: &Fitted<'_>) -> Result<usize, ImportError> {
    fitted.input_width().ok_or_else(|| fitted.malformed("n_features_in_", "is not there"))
}

/// The indicators, and whether they are a sparse matrix.
pub(super) fn indicator(fitted: &Fitted<'_>, sparse: bool) -> Result<(Step, bool), ImportError> {
    let inputs = match fitted.get("_n_features").and_then(Value::as_usize) {
        Some(inputs) => inputs,
        None => width(fitted)?,
    };
    let every = fitted.choice("features", &["missing-only", "all"])? == "all";
    let columns = features(fitted, inputs)?;
    if every && columns.len() != inputs {
        return Err(fitted.malformed("features_", "has not all columns"));
    }
    let sparse = match fitted.get("sparse") {
        Some(value) if value.text().is_some_and(|text| text == "auto") => sparse,
        _ => fitted.flag("sparse", sparse)?,
    };
    let strict = !every && fitted.flag("error_on_new", true)?;
    Ok((Step::Indicate(Indicate { marker: marker(fitted)?, inputs, columns, strict }), sparse))
}

pub(super) fn neighbours(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Step, ImportError> {
    fitted.choice("metric", &["nan_euclidean"])?;
    let by_distance = fitted.choice("weights", &["uniform", "distance"])? == "distance";
    let (rows, inputs, mut values) = fitted.matrix("_fit_X")?;
    let mask = fitted.whole("_mask_fit_X", fitted.need("_mask_fit_X")?)?;
    if mask.len() != values.len() || rows == 0 || inputs == 0 {
        return Err(fitted.malformed("_mask_fit_X", "has another shape than _fit_X"));
    }
    values.iter_mut().zip(&mask).filter(|(_, missing)| **missing != 0).for_each(|(value, _)| *value = f64::NAN);
    if values.iter().zip(&mask).any(|(value, missing)| *missing == 0 && !value.is_finite()) {
        return Err(fitted.malformed("_fit_X", "holds a number that is not finite"));
    }
    let count = fitted.count("n_neighbors")?;
    if count == 0 {
        return Err(fitted.malformed("n_neighbors", "is 0"));
    }
    context.training_rows(fitted, rows);
    let neighbours = Neighbours {
        inputs,
        fitted: values,
        count,
        by_distance,
        known_only: fitted.version >= (1, 6),
        marker: number_marker(fitted)?,
        keep_empty: fitted.flag("keep_empty_features", false)?,
        indicators: indicators(fitted, inputs)?,
    };
    Ok(Step::Chain(vec![Step::RefuseInfinite, Step::Rows(Rows::Neighbours(neighbours))]))
}

pub(super) fn iterative(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Step, ImportError> {
    if fitted.flag("sample_posterior", false)? {
        return Err(fitted.unsupported("sample_posterior=True draws at random"));
    }
    let start = Fitted::new(fitted.need("initial_imputer_")?, &fitted.path, "initial_imputer_")?;
    let statistics = start.numbers("statistics_")?;
    let inputs = statistics.len();
    let keep_empty = fitted.flag("keep_empty_features", false)?;
    if keep_empty && fitted.version < (1, 7) {
        return Err(fitted.unsupported("keep_empty_features=True before scikit-learn 1.7"));
    }
    let is_empty: Vec<bool> = match fitted.get("_is_empty_feature") {
        Some(flags) => fitted.whole("_is_empty_feature", flags)?.into_iter().map(|flag| flag != 0).collect(),
        None => statistics.iter().map(|value| value.is_nan()).collect(),
    };
    if is_empty.len() != inputs {
        return Err(fitted.malformed("_is_empty_feature", "has another length than its statistics"));
    }
    let kept: Vec<u32> =
        (0..).zip(&is_empty).filter(|(_, empty)| keep_empty || !**empty).map(|(column, _)| column).collect();
    let of_kept = |values: &[f64]| -> Vec<f64> { kept.iter().map(|column| values[*column as usize]).collect() };
    let constant = keep_empty && start.text("strategy").as_deref() == Some("constant");
    let own_start = of_kept(&statistics).into_iter().map(|value| if value.is_nan() && !constant { 0.0 } else { value });
    let own_start: Vec<f64> = own_start.collect();
    if own_start.iter().any(|value| !value.is_finite()) {
        return Err(start.malformed("statistics_", "holds a number that is not finite"));
    }
    let rounds = if fitted.count("n_iter_")? == 0 { Vec::new() } else { rounds(fitted, context)? };
    let range = match rounds.is_empty() {
        true => vec![(f64::NEG_INFINITY, f64::INFINITY); kept.len()],
        false => limits(fitted, "_min_value", kept.len())?
            .into_iter()
            .zip(limits(fitted, "_max_value", kept.len())?)
            .collect(),
    };
    let iterative = Iterative {
        inputs,
        start: own_start,
        empty: kept.iter().map(|column| is_empty[*column as usize]).collect(),
        range,
        rounds,
        marker: number_marker(fitted)?,
        indicators: indicators(fitted, inputs)?,
        kept,
    };
    if !iterative.is_even() {
        return Err(fitted.malformed("imputation_sequence_", "does not fit its columns"));
    }
    Ok(Step::Chain(vec![Step::RefuseInfinite, Step::Rows(Rows::Iterative(iterative))]))
}

/// A limit a column; one for all of them before 0.23.
fn limits(fitted: &Fitted<'_>, attr: &str, columns: usize) -> Result<Vec<f64>, ImportError> {
    let own = fitted.numbers(attr)?;
    Ok(if own.len() == 1 && fitted.version < (0, 23) { vec![own[0]; columns] } else { own })
}

/// The triplets (column, neighbours, estimator).
fn rounds(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Vec<Round>, ImportError> {
    let attr = "imputation_sequence_";
    let mut rounds = Vec::new();
    for (at, triplet) in fitted.list(attr)?.into_iter().enumerate() {
        // A named tuple: its parts are the arguments that make it, or the one tuple among them; skops writes a plain tuple.
        let args = triplet.args();
        let parts = match (triplet.tuple(), args.as_slice()) {
            (Some(parts), _) => parts,
            (None, [_, _, _]) if args[0].as_i64().is_some() => args,
            _ => args.into_iter().find_map(Value::tuple).unwrap_or_default(),
        };
        let [target, neighbours, value] = parts.as_slice() else {
            return Err(fitted.malformed(attr, format!("entry {at} has not three parts")));
        };
        let index = |column: i64| {
            u32::try_from(column).map_err(|_| fitted.malformed(attr, format!("entry {at} has a negative column")))
        };
        // skops writes the number as an array without dimensions.
        let target = match target.as_i64() {
            Some(target) => index(target)?,
            None => match fitted.whole(attr, *target)?.as_slice() {
                [target] => index(*target)?,
                _ => return Err(fitted.malformed(attr, format!("entry {at} names no column"))),
            },
        };
        let neighbours = fitted.whole(attr, *neighbours)?.into_iter().map(index).collect::<Result<_, _>>()?;
        let inner = Fitted::new(*value, &fitted.path, &format!("{attr}[{at}]"))?;
        rounds.push(Round { target, neighbours, regressor: regressor(&inner, context)? });
    }
    Ok(rounds)
}

/// A regressor that a row can be put through: linear, or trees without steps of their own.
fn regressor(inner: &Fitted<'_>, context: &mut Context<'_>) -> Result<Regressor, ImportError> {
    let head = estimator::head(inner, context, &mut ModelFacts::default())?;
    let plain = head.steps.iter().all(|step| *step == Step::RefuseMissing);
    match head.core {
        Core::One(CoreModel::Linear(linear)) if plain && head.classes.is_empty() => Ok(Regressor::Linear(linear)),
        Core::One(CoreModel::Trees(forest)) if plain && head.classes.is_empty() => Ok(Regressor::Trees(forest)),
        _ => Err(inner.unsupported("an imputer predicts with linear models and trees only")),
    }
}
