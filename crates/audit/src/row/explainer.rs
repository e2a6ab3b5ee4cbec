//! SHAP values of single rows, by the explainer of the `explain` stage and equal to its numbers.

use super::edit::Edited;
use super::report::{Contribution, Explanation};
use crate::stage::StageError;
use crate::stages::explain::explainer::{Explainer, Values};

/// Explains a row by an explainer of one class.
pub(super) fn explain(explainer: &Explainer<'_>, edited: &Edited<'_>) -> Result<Explanation, StageError> {
    let values = values(explainer, edited)?;
    let subject = explainer.subject;
    let alone = edited.alone();
    let base = values.shap.base[0];
    let mut contributions = Vec::with_capacity(values.shap.players);
    for (column, shap) in subject.feature_columns.iter().zip(values.shap.row(0, 0)) {
        let column = &alone.columns()[*column];
        contributions.push(Contribution { feature: column.name.clone(), value: column.display_at(0), shap: *shap });
    }
    let output = base + contributions.iter().map(|c| c.shap).sum::<f64>();
    // Stable: of equal ones the earlier feature comes first.
    contributions.sort_by(|a, b| b.shap.abs().total_cmp(&a.shap.abs()));
    let root_mean_square =
        |errors: &Vec<f64>| (errors.iter().map(|e| e * e).sum::<f64>() / errors.len().max(1) as f64).sqrt();
    Ok(Explanation {
        method: explainer.method().to_owned(),
        scale: explainer.scale().to_owned(),
        fallback: explainer.fallback.map(str::to_owned),
        class: explainer.outputs.classes.first().and_then(|class| subject.classes.get(*class)).cloned(),
        base,
        output,
        contributions,
        sampling_error: values.standard_error.as_ref().map(root_mean_square),
    })
}

/// The row beside what the method exchanges its cells with: the same feature orders for a row and its changed forms, so that
/// what differs between them is the change.
fn values(explainer: &Explainer<'_>, edited: &Edited<'_>) -> Result<Values, StageError> {
    let Some(background) = explainer.asked_background() else {
        return explainer.values(&edited.alone(), &[0], None, &|_| Ok(()));
    };
    // A background row stays as it is, also when it is the one that is changed.
    let (table, background) = if background.contains(&edited.row) && edited.is_changed() {
        let last = explainer.subject.rows() as u32;
        let moved = background.iter().map(|row| if *row == edited.row { last } else { *row });
        (edited.beside_itself(), moved.collect::<Vec<_>>())
    } else {
        (edited.among_all(), background.to_vec())
    };
    explainer.values(&table, &[edited.row], Some(&background), &|_| Ok(()))
}
