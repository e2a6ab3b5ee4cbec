//! Support vector machines.

use fine_table::Task;

use super::super::estimator::{Head, class_task};
use super::super::kernels::pairwise;
use super::{Context, Fitted, ImportError, fitted, head, narrow, training_rows};
use crate::estimators::{Kernel, Machine, Margin, Platt, Points};
use crate::linear::Linear;
use crate::trees::Link;
use crate::{CoreModel, Label, ModelFacts};

/// Classes of an estimator that tells outliers from inliers.
pub(in super::super) fn novelty() -> Vec<Label> {
    vec![Label::Int(-1), Label::Int(1)]
}

fn kernel(fitted: &Fitted<'_>) -> Result<Kernel, ImportError> {
    let gamma = || fitted.number("_gamma");
    let Some(name) = fitted.text("kernel") else {
        return Err(fitted.unsupported("its kernel is a function"));
    };
    let offset = || fitted.number("coef0");
    Ok(match name.as_str() {
        "linear" => Kernel::Linear,
        "rbf" => Kernel::Radial { gamma: gamma()? },
        "sigmoid" => Kernel::Sigmoid { gamma: gamma()?, offset: offset()? },
        "poly" => {
            let degree = fitted.number("degree")?;
            if !(0.0..=1000.0).contains(&degree) {
                return Err(fitted.unsupported(format!("degree={degree}")));
            }
            // LIBSVM takes a whole number.
            Kernel::Polynomial { gamma: gamma()?, offset: offset()?, degree: degree as i32 }
        }
        other => return Err(fitted.unsupported(format!("kernel={other}"))),
    })
}

/// A machine whose coefficients have `rows` rows and `intercepts` intercepts, and its number of features.
fn machine(
    fitted: &Fitted<'_>,
    rows: usize,
    intercepts: usize,
    margin: Margin,
    facts: &mut ModelFacts,
) -> Result<(Machine, usize), ImportError> {
    let kernel = kernel(fitted)?;
    let (count, features, vectors) = fitted.matrix("support_vectors_")?;
    let (dual_rows, dual_columns, dual) = fitted.matrix("_dual_coef_")?;
    if (dual_rows, dual_columns) != (rows, count) {
        let detail = format!("{dual_rows} x {dual_columns} for {rows} x {count}");
        return Err(fitted.malformed("_dual_coef_", detail));
    }
    let intercept = fitted.numbers("_intercept_")?;
    if intercept.len() != intercepts {
        let detail = format!("{} numbers for {intercepts} decisions", intercept.len());
        return Err(fitted.malformed("_intercept_", detail));
    }
    for (attr, values) in [("support_vectors_", &vectors), ("_dual_coef_", &dual), ("_intercept_", &intercept)] {
        fitted.finite(attr, values)?;
    }
    narrow(fitted, "support_vectors_", facts);
    training_rows(fitted, count, facts);
    let vectors = Points::new(features, &vectors);
    Ok((Machine { kernel, vectors, dual, intercept, margin }, features))
}

pub(super) fn classifier(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let count = classes.len();
    let pairs = count * (count - 1) / 2;
    let Some(support) = fitted.any(&["_n_support", "n_support_"]) else {
        return Err(fitted.malformed("_n_support", "is not there"));
    };
    let support = fitted.whole("_n_support", support)?;
    let support: Vec<usize> = support.into_iter().filter_map(|count| usize::try_from(count).ok()).collect();
    let vectors = fitted.matrix("support_vectors_")?.0;
    if support.len() != count || support.iter().try_fold(0usize, |sum, n| sum.checked_add(*n)) != Some(vectors) {
        return Err(fitted.malformed("_n_support", "does not count the support vectors of each class"));
    }
    let shape = fitted.choice("decision_function_shape", &["ovr", "ovo"])?;
    let per_class = match shape.as_str() {
        "ovo" => Some(false),
        // Before 0.22 the values depended on the other rows.
        _ => (fitted.version >= (0, 22)).then_some(true),
    };
    let platt = platt(fitted, pairs)?;
    let break_ties = fitted.flag("break_ties", false)? && shape == "ovr" && count > 2;
    let margin = Margin::Classes { support, platt, per_class, break_ties };
    let (machine, features) = machine(fitted, count - 1, pairs, margin, facts)?;
    let task = class_task(&classes);
    Ok(head(machine, task, classes, features))
}

/// Platt scaling, which is there with `probability=True`.
fn platt(fitted: &Fitted<'_>, pairs: usize) -> Result<Option<Platt>, ImportError> {
    let read = |names: [&'static str; 2]| match names.into_iter().find(|name| fitted.get(name).is_some()) {
        Some(name) => fitted.numbers(name),
        None => Ok(Vec::new()),
    };
    let (a, b) = (read(["_probA", "probA_"])?, read(["_probB", "probB_"])?);
    if a.is_empty() && b.is_empty() {
        return Ok(None);
    }
    if a.len() != pairs || b.len() != pairs {
        return Err(fitted.malformed("_probA", format!("{} numbers for {pairs} pairs", a.len())));
    }
    fitted.finite("_probA", &a)?;
    fitted.finite("_probB", &b)?;
    Ok(Some(Platt { a, b }))
}

pub(super) fn regressor(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    let (machine, features) = machine(fitted, 1, 1, Margin::Value, facts)?;
    Ok(head(machine, Task::Regression, Vec::new(), features))
}

pub(super) fn one_class(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    let (machine, features) = machine(fitted, 1, 1, Margin::Novelty, facts)?;
    Ok(head(machine, Task::Binary, novelty(), features))
}

/// `SGDOneClassSVM`: inliers are at or above its offset.
pub(super) fn linear_novelty(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    let (coef, offset) = (fitted.numbers("coef_")?, fitted.number("offset_")?);
    fitted.finite("coef_", &coef)?;
    fitted.finite("offset_", &[offset])?;
    if coef.is_empty() {
        return Err(fitted.malformed("coef_", "is empty"));
    }
    narrow(fitted, "coef_", facts);
    let features = coef.len();
    let linear = Linear { features, outputs: 1, coef, intercept: vec![-offset], link: Link::Identity };
    let mut head = Head::new(CoreModel::Linear(linear), Task::Binary, novelty(), features).refusing_missing();
    head.decides = true;
    Ok(head)
}

/// `KernelRidge`: a weighted sum of kernels with every training row.
pub(super) fn ridge(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let (rows, features, vectors) = fitted.matrix("X_fit_")?;
    let (shape, dual) = fitted.shaped("dual_coef_")?;
    let targets = shape.get(1).copied().unwrap_or(1);
    if targets == 0 || dual.len() != rows.saturating_mul(targets) {
        return Err(fitted.malformed("dual_coef_", format!("{} numbers for {rows} training rows", dual.len())));
    }
    fitted.finite("X_fit_", &vectors)?;
    fitted.finite("dual_coef_", &dual)?;
    let (kernel, vectors) = pairwise(fitted, features, &vectors)?;
    let target = context.pick(fitted, fitted::numbers(targets))?;
    narrow(fitted, "X_fit_", facts);
    training_rows(fitted, rows, facts);
    let dual = dual.into_iter().skip(target).step_by(targets).collect();
    let machine = Machine { kernel, vectors, dual, intercept: vec![0.0], margin: Margin::Value };
    Ok(head(machine, Task::Regression, Vec::new(), features))
}
