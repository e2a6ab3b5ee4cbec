//! Naive Bayes.

use super::super::estimator::{Head, class_task};
use super::{Fitted, ImportError, head};
use crate::Label;
use crate::estimators::{Bayes, Likelihood};

fn done(features: usize, classes: Vec<Label>, prior: Vec<f64>, likelihood: Likelihood) -> Head {
    let task = class_task(&classes);
    head(Bayes::new(features, prior, likelihood), task, classes, features)
}

/// A matrix with one row a class.
fn per_class(fitted: &Fitted<'_>, attr: &str, classes: usize) -> Result<(usize, Vec<f64>), ImportError> {
    let (rows, features, values) = fitted.matrix(attr)?;
    if rows != classes {
        return Err(fitted.malformed(attr, format!("{rows} rows for {classes} classes")));
    }
    fitted.finite(attr, &values)?;
    Ok((features, values))
}

fn prior(fitted: &Fitted<'_>, attr: &str, classes: usize) -> Result<Vec<f64>, ImportError> {
    let prior = fitted.numbers(attr)?;
    if prior.len() != classes || prior.iter().any(|p| p.is_nan()) {
        return Err(fitted.malformed(attr, format!("{} numbers for {classes} classes", prior.len())));
    }
    Ok(prior)
}

pub(super) fn gaussian(fitted: &Fitted<'_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    // `sigma_` until 0.24.
    let attr = if fitted.get("var_").is_some() { "var_" } else { "sigma_" };
    let (features, variance) = per_class(fitted, attr, classes.len())?;
    let (width, mean) = per_class(fitted, "theta_", classes.len())?;
    if width != features || variance.iter().any(|variance| *variance <= 0.0) {
        return Err(fitted.malformed(attr, "holds no variances of its features"));
    }
    let prior = prior(fitted, "class_prior_", classes.len())?.into_iter().map(f64::ln).collect();
    Ok(done(features, classes, prior, Likelihood::Normal { mean, variance }))
}

pub(super) fn weighted(fitted: &Fitted<'_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let (features, weights) = per_class(fitted, "feature_log_prob_", classes.len())?;
    let prior = match fitted.class {
        // The complement rule adds the prior for a single class only.
        "ComplementNB" => vec![0.0; classes.len()],
        _ => prior(fitted, "class_log_prior_", classes.len())?,
    };
    Ok(done(features, classes, prior, Likelihood::Weighted { weights }))
}

pub(super) fn bernoulli(fitted: &Fitted<'_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let (features, present) = per_class(fitted, "feature_log_prob_", classes.len())?;
    let threshold = match fitted.get("binarize") {
        None => None,
        Some(_) => Some(fitted.number("binarize")?),
    };
    let prior = prior(fitted, "class_log_prior_", classes.len())?;
    Ok(done(features, classes, prior, Likelihood::Binary { present, threshold }))
}

pub(super) fn categorical(fitted: &Fitted<'_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let attr = "feature_log_prob_";
    let table = |value| -> Result<Vec<f64>, ImportError> {
        let (rows, _, table) = fitted.matrix_of(attr, value)?;
        fitted.finite(attr, &table)?;
        if rows == classes.len() { Ok(table) } else { Err(fitted.malformed(attr, "has other rows than classes")) }
    };
    let tables: Vec<Vec<f64>> = fitted.list(attr)?.into_iter().map(table).collect::<Result<_, _>>()?;
    if tables.is_empty() {
        return Err(fitted.malformed(attr, "is empty"));
    }
    let prior = prior(fitted, "class_log_prior_", classes.len())?;
    Ok(done(tables.len(), classes, prior, Likelihood::Categories { tables }))
}
