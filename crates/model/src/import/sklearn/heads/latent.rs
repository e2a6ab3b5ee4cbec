//! Partial least squares: linear in centred, and mostly scaled, columns.

use fine_table::Task;

use super::super::estimator::Head;
use super::{Context, Fitted, ImportError, fitted};
use crate::CoreModel;
use crate::linear::Linear;
use crate::steps::{Scale, Step};
use crate::trees::Link;

/// `PLSRegression`, `PLSCanonical`, `CCA`: `(x - mean) / scale · coef + intercept`, without the scale from 1.5 on, whose
/// coefficients hold it.
pub(super) fn regressor(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Head, ImportError> {
    let named = |names: [&'static str; 2]| if fitted.get(names[0]).is_some() { names[0] } else { names[1] };
    let mean = fitted.numbers(named(["_x_mean", "x_mean_"]))?;
    let intercept = fitted.numbers(named(["intercept_", named(["_y_mean", "y_mean_"])]))?;
    // 1.1 and 1.2 have their own copy for what 1.3 turned over.
    let (attr, by_target) = match fitted.get("_coef_") {
        Some(_) => ("_coef_", true),
        None => ("coef_", fitted.version >= (1, 3)),
    };
    let (rows, columns, coef) = fitted.matrix(attr)?;
    let (features, targets) = if by_target { (columns, rows) } else { (rows, columns) };
    let scaled = fitted.version < (1, 5);
    let scale = if scaled { Some(fitted.numbers(named(["_x_std", "x_std_"]))?) } else { None };
    let fits = scale.as_ref().is_none_or(|scale| scale.len() == features && scale.iter().all(|s| *s != 0.0));
    if mean.len() != features || intercept.len() != targets || !fits {
        return Err(fitted.malformed(attr, format!("{rows} x {columns} does not fit its other parts")));
    }
    let numbers =
        [(attr, Some(&coef)), ("_x_mean", Some(&mean)), ("_y_mean", Some(&intercept)), ("_x_std", scale.as_ref())];
    for (attr, values) in numbers {
        fitted.finite(attr, values.map_or(&[], Vec::as_slice))?;
    }
    let target = context.pick(fitted, fitted::numbers(targets))?;
    let coef = match by_target {
        true => coef[target * features..][..features].to_vec(),
        false => coef.into_iter().skip(target).step_by(targets).collect(),
    };
    let intercept = vec![intercept[target]];
    let linear = Linear { features, outputs: 1, coef, intercept, link: Link::Identity };
    let mut head = Head::new(CoreModel::Linear(linear), Task::Regression, Vec::new(), features).refusing_missing();
    head.steps.push(Step::Scale(Scale::Standard { center: Some(mean), scale }));
    Ok(head)
}
