//! The explanation of any row, also of one that is edited or that nobody audited.

use fine_table::{Table, Task};
use serde::{Deserialize, Serialize};

use super::Params;
use super::explainer::Explainer;
use crate::counterfactual::{Case, table};
use crate::stage::StageError;
use crate::subject::Subject;

/// Why the model says what it says of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowAnswer {
    /// Predicted class; `None` for regression.
    pub label: Option<String>,
    /// The model's scores, one a class, or the predicted number.
    pub scores: Vec<f64>,
    /// `tree-path-dependent`, `tree-interventional`, `linear`, `coalitions`, `permutation-sampler`.
    pub method: String,
    /// `margin`, `probability`, `value`.
    pub scale: String,
    /// Class that is explained: the positive one (binary), the predicted one (multiclass).
    pub class: Option<String>,
    /// Value without any feature.
    pub base: f64,
    /// What the contributions add up to: the output on the explained scale.
    pub output: f64,
    /// Every raw feature, largest |SHAP| first: (feature, value as text, SHAP).
    pub contributions: Vec<(String, String, f64)>,
    /// `|base + sum - f(x)| / max(1, |f(x)|)`.
    pub additivity_error: f64,
    /// Standard error of the sampler (mean over features); `None` for exact methods.
    pub sampling_error: Option<f64>,
}

/// A row before and after some cells were changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// As it was.
    pub before: RowAnswer,
    /// As it would be.
    pub after: RowAnswer,
}

/// Explains one row by the method that the stage would take for the subject.
///
/// # Errors
/// A row that the model refuses, with the id `predict`.
pub fn row(subject: &Subject, case: &Case, params: &Params) -> Result<RowAnswer, StageError> {
    of_case(&Explainer::new(subject, params)?, case)
}

/// Explains a row and the same row with changed cells: `after` is usually `case.clone().with(…)`.
///
/// # Errors
/// As [`row`].
pub fn what_if(subject: &Subject, case: &Case, after: &Case, params: &Params) -> Result<WhatIf, StageError> {
    let explainer = Explainer::new(subject, params)?;
    Ok(WhatIf { before: of_case(&explainer, case)?, after: of_case(&explainer, after)? })
}

fn of_case(explainer: &Explainer<'_>, case: &Case) -> Result<RowAnswer, StageError> {
    let subject = explainer.subject;
    let alone = table(subject, std::iter::once(case)).ok_or_else(uneven)?;
    let p = subject.model.predict(&alone)?;
    // Methods that only ask exchange cells with audited rows, so these stand in the same table.
    let (table, background) = match explainer.asked_background() {
        None => (alone, None),
        Some(rows) => {
            let (joined, background) = joined(subject, case, rows)?;
            (joined, Some(background))
        }
    };
    let values = explainer.values(&table, &[0], background.as_deref(), &|_| Ok(()))?;
    let label = p.labels.first().map(|l| *l as usize);
    let slot = match subject.task {
        Task::Multiclass => label.unwrap_or(0).min(values.shap.outputs.saturating_sub(1)),
        _ => 0,
    };
    let shap = values.shap.row(0, slot);
    let mut order = (0..shap.len()).collect::<Vec<_>>();
    order.sort_by(|a, b| shap[*b].abs().total_cmp(&shap[*a].abs()).then(a.cmp(b)));
    let name = |f: usize| subject.model.features[f].name.clone();
    let contribution = |f: usize| (name(f), case.display(subject, f).unwrap_or_default(), shap[f]);
    let base = values.shap.base[slot];
    let class = |c: usize| subject.classes.get(c).cloned();
    Ok(RowAnswer {
        label: label.and_then(class),
        scores: p.scores,
        method: explainer.method().into(),
        scale: explainer.scale().into(),
        class: explainer.outputs.classes.get(slot).and_then(|c| class(*c)),
        base,
        output: base + shap.iter().sum::<f64>(),
        contributions: order.into_iter().map(contribution).collect(),
        additivity_error: values.additivity_error,
        sampling_error: values.sampling_error(),
    })
}

/// The row, then some audited rows, as one table of the model's raw columns; and the places of the latter.
fn joined(subject: &Subject, case: &Case, rows: &[u32]) -> Result<(Table, Vec<u32>), StageError> {
    let others = rows.iter().map(|r| Case::of_row(subject, *r as usize)).collect::<Result<Vec<_>, _>>();
    let others = others.map_err(|e| StageError::Failed { id: "predict", detail: e.to_string() })?;
    let all = table(subject, std::iter::once(case).chain(&others)).ok_or_else(uneven)?;
    Ok((all, (1..=rows.len() as u32).collect()))
}

fn uneven() -> StageError {
    StageError::Failed { id: "predict", detail: "columns of different lengths".into() }
}
