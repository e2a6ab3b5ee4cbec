//! How predictions depend on any feature: individual conditional expectation, partial dependence, accumulated local effects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::report::Effect;
use super::{Params, RowError, changed, curve_of, input, place, predicted_class, score_of};
use crate::rerun::Progress;
use crate::stage::Context;
use crate::stages::explain::{ale, dependence};
use crate::subject::Subject;

/// How predictions depend on one feature, for a row and for the data, by the code and the parameters of the `explain` stage.
///
/// # Errors
/// [`RowError::NoModel`], [`RowError::NoRow`], [`RowError::NoInput`], what the model says, or cancelled.
pub fn effect(
    subject: &Subject,
    row: u64,
    feature: &str,
    params: &Params,
    ctx: &Context<'_>,
) -> Result<Effect, RowError> {
    let at = place(subject, row)?;
    let column = input(subject, feature, || "/feature".to_owned())?;
    let (own, _) = changed(subject, at, &BTreeMap::<String, Value>::new())?;
    let class = score_of(subject, predicted_class(subject, at));
    let params = Params { ice_features: 1, ..params.clone() };
    let curve = curve_of(&own, column, params.dependence_points as usize, class)?;
    let place = subject.feature_columns.iter().position(|c| *c == column).unwrap_or_default();
    let asked = [(place, class)];
    let rows = curve.points.len() as u64 * params.dependence_rows + 2 * params.ale_rows;
    let progress = Progress::new(ctx, rows);
    let shape = dependence::shapes(subject, &params, &asked, &progress)?.pop().unwrap_or_default();
    let ale = ale::effects(subject, &params, &asked, &progress)?.pop().flatten();
    Ok(Effect {
        feature: curve.feature.clone(),
        class: subject.classes.get(class).cloned(),
        row: curve,
        others: shape.ice,
        mean: shape.dependence.into_iter().map(|(_, mean)| mean).collect(),
        rows: shape.rows,
        ale,
    })
}
