//! Neighbours among the training rows.

use fine_pickle::Scalar;
use fine_table::Task;

use super::super::estimator::{Head, class_task};
use super::{Context, Fitted, ImportError, fitted, head, narrow, novelty, training_rows};
use crate::estimators::{LocalOutliers, Metric, Neighbours, Outlier, Points, Reach, Targets};
use crate::{Label, ModelFacts};

fn metric(fitted: &Fitted<'_>, features: usize) -> Result<Metric, ImportError> {
    let Some(name) = fitted.text("effective_metric_") else {
        return Err(fitted.unsupported("its metric is a function"));
    };
    let params = fitted.get("effective_metric_params_").map(|params| params.entries()).unwrap_or_default();
    let (mut power, mut weights) = (None, None);
    for (key, value) in params {
        match key.text().as_deref() {
            _ if value.is_none() => {}
            Some("p") => power = value.as_f64(),
            Some("w") => weights = Some(value),
            _ => return Err(fitted.unsupported(format!("metric parameter {}", key.preview(40)))),
        }
    }
    if weights.is_some() && name != "minkowski" {
        return Err(fitted.unsupported(format!("metric={name} with weights")));
    }
    Ok(match name.as_str() {
        "euclidean" | "l2" => Metric::Euclidean,
        "sqeuclidean" => Metric::SquaredEuclidean,
        "manhattan" | "l1" | "cityblock" => Metric::Manhattan,
        "chebyshev" | "infinity" => Metric::Chebyshev,
        "cosine" => Metric::Cosine,
        "hamming" => Metric::Hamming,
        "canberra" => Metric::Canberra,
        "minkowski" => {
            let power = match power {
                Some(power) => power,
                None => fitted.number("p")?,
            };
            let weights = match weights {
                None => Vec::new(),
                Some(value) => {
                    value.array().and_then(|array| array.to_f64()).map_err(|error| fitted.wrong("w", &error))?
                }
            };
            let fits = weights.is_empty() || weights.len() == features;
            if !(power > 0.0 && power.is_finite() && fits && weights.iter().all(|weight| *weight >= 0.0)) {
                return Err(fitted.unsupported(format!("metric=minkowski with p={power}")));
            }
            Metric::Minkowski { power, weights }
        }
        other => return Err(fitted.unsupported(format!("metric={other} is not supported"))),
    })
}

fn by_distance(fitted: &Fitted<'_>) -> Result<bool, ImportError> {
    let Some(value) = fitted.get("weights") else { return Ok(false) };
    match value.text().as_deref() {
        Some("uniform") => Ok(false),
        Some("distance") => Ok(true),
        Some(other) => Err(fitted.unsupported(format!("weights={other} is not known"))),
        None => Err(ImportError::CustomCode { what: format!("{}: weights", fitted.path) }),
    }
}

/// The search, whose targets are still to come, and its number of features.
fn search(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<(Neighbours, usize), ImportError> {
    let (rows, features, values) = fitted.matrix("_fit_X")?;
    fitted.finite("_fit_X", &values)?;
    let reach = if fitted.class.starts_with("Radius") {
        Reach::Within(fitted.number("radius")?)
    } else {
        let count = fitted.count("n_neighbors")?;
        if count == 0 || count > rows {
            return Err(fitted.malformed("n_neighbors", format!("{count} of {rows} training rows")));
        }
        Reach::Nearest(count)
    };
    let search = Neighbours {
        points: Points::new(features, &values),
        metric: metric(fitted, features)?,
        reach,
        by_distance: by_distance(fitted)?,
        targets: Targets::Values(Vec::new()),
    };
    narrow(fitted, "_fit_X", facts);
    training_rows(fitted, rows, facts);
    Ok((search, features))
}

pub(super) fn classifier(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let (classes, target, targets) = match fitted.classes_of_outputs()? {
        Some(mut all) if fitted.flag("outputs_2d_", false)? => {
            let (target, targets) = (context.pick(fitted, fitted::said(&all))?, all.len());
            (fitted.several(all.swap_remove(target))?, target, targets)
        }
        _ => (fitted.classes()?, 0, 1),
    };
    let (mut search, features) = search(fitted, facts)?;
    let labels = fitted.whole("_y", fitted.need("_y")?)?;
    let within = |label: i64| u32::try_from(label).ok().filter(|label| (*label as usize) < classes.len());
    let whole = labels.len() == targets.saturating_mul(search.points.count());
    let labels: Option<Vec<u32>> = labels.into_iter().skip(target).step_by(targets).map(within).collect();
    let labels = labels.filter(|_| whole).filter(|labels| labels.len() == search.points.count());
    let Some(labels) = labels else { return Err(fitted.malformed("_y", "does not fit the training rows")) };
    let outlier = outlier(fitted, &classes, target)?;
    search.targets = Targets::Classes { labels, count: classes.len(), outlier };
    let task = class_task(&classes);
    Ok(head(search, task, classes, features))
}

/// `outlier_label_` of `RadiusNeighborsClassifier`.
fn outlier(fitted: &Fitted<'_>, classes: &[Label], target: usize) -> Result<Outlier, ImportError> {
    let Some(value) = fitted.get("outlier_label_") else { return Ok(Outlier::Refused) };
    let label = match value.scalar() {
        Ok(scalar) => scalar,
        Err(_) => match fitted.scalars("outlier_label_", value)?.get(target) {
            Some(one) => one.clone(),
            None => return Err(fitted.malformed("outlier_label_", "has no label for its target")),
        },
    };
    if label == Scalar::None {
        return Ok(Outlier::Refused);
    }
    let found = classes.iter().position(|class| match (&label, class) {
        (Scalar::Text(text), Label::Text(own)) => text == own,
        (label, Label::Int(own)) => label.as_f64() == Some(*own as f64),
        (label, Label::Float(own)) => label.as_f64() == Some(*own),
        (label, Label::Bool(own)) => label.as_f64() == Some(f64::from(u8::from(*own))),
        _ => false,
    });
    match found {
        Some(class) => Ok(Outlier::Class(class as u32)),
        None => Err(fitted.unsupported(format!("outlier_label={label} is none of its classes"))),
    }
}

pub(super) fn regressor(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let (mut search, features) = search(fitted, facts)?;
    let (shape, values) = fitted.shaped("_y")?;
    fitted.finite("_y", &values)?;
    let targets = shape.get(1).copied().unwrap_or(1);
    if targets == 0 || values.len() != search.points.count().saturating_mul(targets) {
        return Err(fitted.malformed("_y", "does not fit the training rows"));
    }
    let target = context.pick(fitted, fitted::numbers(targets))?;
    search.targets = Targets::Values(values.into_iter().skip(target).step_by(targets).collect());
    Ok(head(search, Task::Regression, Vec::new(), features))
}

/// `LocalOutlierFactor` with `novelty=True`: without, it says something about its own training rows only.
pub(super) fn outliers(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    if !fitted.flag("novelty", false)? {
        return Err(fitted.unsupported("novelty=False says something about its own training rows only"));
    }
    let (rows, features, values) = fitted.matrix("_fit_X")?;
    let count = fitted.count("n_neighbors_")?;
    let densities = fitted.numbers("_lrd")?;
    let (height, width, distances) = fitted.matrix("_distances_fit_X_")?;
    if count == 0 || count > rows || count > width || height != rows || densities.len() != rows {
        return Err(fitted.malformed("_lrd", format!("does not fit {count} neighbours of {rows} training rows")));
    }
    let offset = fitted.number("offset_")?;
    let reaches: Vec<f64> = distances.into_iter().skip(count - 1).step_by(width).collect();
    for (attr, values) in
        [("_fit_X", &values), ("_lrd", &densities), ("_distances_fit_X_", &reaches), ("offset_", &vec![offset])]
    {
        fitted.finite(attr, values)?;
    }
    narrow(fitted, "_fit_X", facts);
    training_rows(fitted, rows, facts);
    let metric = metric(fitted, features)?;
    let estimator = LocalOutliers { points: Points::new(features, &values), metric, count, densities, reaches, offset };
    Ok(head(estimator, Task::Binary, novelty(), features))
}
