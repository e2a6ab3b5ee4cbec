//! Quadratic discriminants and nearest centroids.

use super::super::estimator::{Head, class_task};
use super::{Fitted, ImportError, head};
use crate::estimators::{Centroids, Class, Discriminant, Metric, Points, Quadratic};

pub(super) fn quadratic(fitted: &Fitted<'_>) -> Result<Head, ImportError> {
    let labels = fitted.classes()?;
    let (rotations, scalings) = (fitted.list("rotations_")?, fitted.list("scalings_")?);
    let priors = fitted.numbers("priors_")?;
    let (rows, features, means) = fitted.matrix("means_")?;
    if [rotations.len(), scalings.len(), priors.len(), rows].iter().any(|count| *count != labels.len()) {
        return Err(fitted.malformed("means_", format!("parts for other than {} classes", labels.len())));
    }
    fitted.finite("means_", &means)?;
    let mut classes = Vec::with_capacity(labels.len());
    for (at, (rotation, scaling)) in rotations.into_iter().zip(scalings).enumerate() {
        let (height, rank, rotation) = fitted.matrix_of("rotations_", rotation)?;
        let scaling = scaling.array().and_then(|array| array.to_f64()).map_err(|e| fitted.wrong("scalings_", &e))?;
        if height != features || rank != scaling.len() || scaling.iter().any(|scale| *scale <= 0.0) {
            return Err(fitted.malformed("rotations_", format!("of class {at} does not fit its features")));
        }
        fitted.finite("rotations_", &rotation)?;
        fitted.finite("scalings_", &scaling)?;
        let mean = means[at * features..(at + 1) * features].to_vec();
        classes.push(Class { mean, rotation, scaling, prior: priors[at] });
    }
    let task = class_task(&labels);
    Ok(head(Quadratic::new(features, classes), task, labels, features))
}

pub(super) fn centroids(fitted: &Fitted<'_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let metric = match fitted.choice("metric", &["euclidean", "manhattan"])?.as_str() {
        "euclidean" => Metric::Euclidean,
        _ => Metric::Manhattan,
    };
    let (rows, features, centroids) = fitted.matrix("centroids_")?;
    if rows != classes.len() {
        return Err(fitted.malformed("centroids_", format!("{rows} rows for {} classes", classes.len())));
    }
    fitted.finite("centroids_", &centroids)?;
    let discriminant = match fitted.get("class_prior_") {
        None => None,
        Some(_) => {
            let (prior, deviation) = (fitted.numbers("class_prior_")?, fitted.numbers("within_class_std_dev_")?);
            if prior.len() != rows || deviation.len() != features {
                return Err(fitted.malformed("class_prior_", "does not fit the centroids"));
            }
            let deviation: Vec<f64> = deviation.into_iter().map(|d| if d == 0.0 { 1.0 } else { d }).collect();
            let scaled: Vec<f64> = centroids.iter().zip(deviation.iter().cycle()).map(|(x, d)| x / d).collect();
            fitted.finite("within_class_std_dev_", &scaled)?;
            Some(Discriminant { deviation, points: Points::new(features, &scaled), prior })
        }
    };
    let estimator = Centroids { points: Points::new(features, &centroids), metric, discriminant };
    let task = class_task(&classes);
    Ok(head(estimator, task, classes, features))
}
