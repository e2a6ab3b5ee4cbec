//! Gaussian processes.

use fine_table::Task;

use super::super::estimator::{self, Core, Head, class_task};
use super::{Context, Fitted, ImportError, fitted, head, narrow, remark_rows, training_rows};
use crate::estimators::{Covariance, Laplace, Points, Process, Quiet, Smoothness};
use crate::{CoreModel, ModelFacts};

/// The fitted kernel on rows of `width` columns.
fn covariance(
    kernel: &Fitted<'_>,
    width: usize,
    context: &mut Context<'_>,
    depth: u32,
) -> Result<Covariance, ImportError> {
    context.visit(depth)?;
    let positive = |attr: &str| match kernel.number(attr)? {
        value if value.is_finite() && value > 0.0 => Ok(value),
        value => Err(kernel.malformed(attr, format!("is {value}"))),
    };
    let finite = |attr: &str| match kernel.number(attr)? {
        value if value.is_finite() => Ok(value),
        value => Err(kernel.malformed(attr, format!("is {value}"))),
    };
    let mut inner = |attr: &str| -> Result<Box<Covariance>, ImportError> {
        let inner = Fitted::new(kernel.need(attr)?, &kernel.path, attr)?;
        covariance(&inner, width, context, depth + 1).map(Box::new)
    };
    Ok(match kernel.class {
        "ConstantKernel" => Covariance::Constant(finite("constant_value")?),
        "WhiteKernel" => Covariance::White(finite("noise_level")?),
        "RBF" => Covariance::Radial(lengths(kernel, width)?),
        "Matern" => {
            let smoothness = match kernel.number("nu")? {
                0.5 => Smoothness::Half,
                1.5 => Smoothness::ThreeHalves,
                2.5 => Smoothness::FiveHalves,
                f64::INFINITY => Smoothness::Infinite,
                nu => return Err(kernel.unsupported(format!("nu={nu}: only 0.5, 1.5, 2.5 and inf are supported"))),
            };
            Covariance::Matern(lengths(kernel, width)?, smoothness)
        }
        "RationalQuadratic" => Covariance::Rational { alpha: positive("alpha")?, length: positive("length_scale")? },
        "ExpSineSquared" => {
            Covariance::Periodic { length: positive("length_scale")?, period: positive("periodicity")? }
        }
        "DotProduct" => {
            let sigma = finite("sigma_0")?;
            Covariance::Dot { square: sigma * sigma }
        }
        "Sum" => Covariance::Sum(inner("k1")?, inner("k2")?),
        "Product" => Covariance::Product(inner("k1")?, inner("k2")?),
        "Exponentiation" => Covariance::Power(inner("kernel")?, finite("exponent")?),
        _ => return Err(kernel.unsupported("this kernel is not supported yet")),
    })
}

/// One length scale a column.
fn lengths(kernel: &Fitted<'_>, width: usize) -> Result<Vec<f64>, ImportError> {
    let lengths = kernel.numbers("length_scale")?;
    if lengths.iter().any(|length| !(length.is_finite() && *length > 0.0)) {
        return Err(kernel.malformed("length_scale", "is no length"));
    }
    match lengths.len() {
        1 => Ok(vec![lengths[0]; width]),
        count if count == width => Ok(lengths),
        count => Err(kernel.malformed("length_scale", format!("has {count} numbers for {width} columns"))),
    }
}

/// Kernel, training rows, and how many rows and columns they have.
fn parts(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<(Covariance, Points, usize, usize), ImportError> {
    let (rows, features, points) = fitted.matrix("X_train_")?;
    fitted.finite("X_train_", &points)?;
    let kernel = Fitted::new(fitted.need("kernel_")?, &fitted.path, "kernel_")?;
    let covariance = covariance(&kernel, features, context, 0)?;
    narrow(fitted, "X_train_", facts);
    training_rows(fitted, rows, facts);
    Ok((covariance, Points::new(features, &points), rows, features))
}

pub(super) fn regressor(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let (shape, weights) = fitted.shaped("alpha_")?;
    let targets = shape.get(1).copied().unwrap_or(1);
    fitted.finite("alpha_", &weights)?;
    let (covariance, points, rows, features) = parts(fitted, context, facts)?;
    if targets == 0 || weights.len() != rows.saturating_mul(targets) {
        return Err(fitted.malformed("alpha_", format!("{} numbers for {rows} training rows", weights.len())));
    }
    let target = context.pick(fitted, fitted::numbers(targets))?;
    // One for all targets, or one a target; before 0.23 the targets were centred only.
    let of_target = |attr: &str, default: f64| -> Result<f64, ImportError> {
        if fitted.get(attr).is_none() {
            return Ok(default);
        }
        let values = fitted.numbers(attr)?;
        fitted.finite(attr, &values)?;
        match values.len() {
            1 => Ok(values[0]),
            count if count == targets => Ok(values[target]),
            count => Err(fitted.malformed(attr, format!("{count} numbers for {targets} targets"))),
        }
    };
    let (mean, deviation) = (of_target("_y_train_mean", 0.0)?, of_target("_y_train_std", 1.0)?);
    let weights = weights.into_iter().skip(target).step_by(targets).collect();
    Ok(head(Process { covariance, points, weights, mean, deviation }, Task::Regression, Vec::new(), features))
}

/// `GaussianProcessClassifier`: what it does is in its `base_estimator_`.
pub(super) fn classifier(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let inner = Fitted::new(fitted.need("base_estimator_")?, &fitted.path, "base_estimator_")?;
    if inner.class == "_BinaryGaussianProcessClassifierLaplace" {
        return laplace(&inner, context, facts);
    }
    if !matches!(inner.class, "OneVsRestClassifier" | "OneVsOneClassifier") {
        return Err(inner.unsupported("it stands in the place of the classifiers of two classes"));
    }
    let pairs = inner.class == "OneVsOneClassifier";
    let known = facts.warnings.len();
    context.enter()?;
    let mut head = estimator::head(&inner, context, facts)?;
    context.leave();
    // Each member holds the training rows again: all of them, or those of its two classes.
    let mut rows = Vec::new();
    facts.warnings.retain_mut({
        let mut at = 0;
        let rows = &mut rows;
        move |remark| {
            at += 1;
            let own = remark_rows(remark).filter(|_| at > known);
            rows.extend(own);
            own.is_none()
        }
    });
    let all = match pairs {
        true => Some(rows.iter().sum::<usize>() / (head.classes.len() - 1).max(1)),
        false => rows.first().copied(),
    };
    if let Some(all) = all {
        training_rows(fitted, all, facts);
    }
    if pairs {
        // It has neither probabilities nor decision values.
        let Core::One(CoreModel::Other(estimator)) = head.core else {
            return Err(inner.unsupported("its members have steps of their own"));
        };
        head.core = Core::One(CoreModel::Other(std::sync::Arc::new(Quiet(estimator))));
    }
    Ok(head)
}

/// Two classes.
pub(super) fn laplace(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let (labels, pi) = (fitted.numbers("y_train_")?, fitted.numbers("pi_")?);
    let (roots, (height, width, lower)) = (fitted.numbers("W_sr_")?, fitted.matrix("L_")?);
    let (covariance, points, rows, features) = parts(fitted, context, facts)?;
    if classes.len() != 2 || [labels.len(), pi.len(), roots.len(), height, width].iter().any(|count| *count != rows) {
        return Err(fitted.malformed("L_", format!("does not fit two classes and {rows} training rows")));
    }
    for (attr, values) in [("y_train_", &labels), ("pi_", &pi), ("W_sr_", &roots), ("L_", &lower)] {
        fitted.finite(attr, values)?;
    }
    if (0..rows).any(|at| lower[at * rows + at] == 0.0) {
        return Err(fitted.malformed("L_", "has a zero on its diagonal"));
    }
    let residuals = labels.iter().zip(&pi).map(|(label, p)| label - p).collect();
    let task = class_task(&classes);
    Ok(head(Laplace { covariance, points, residuals, roots, lower }, task, classes, features))
}
