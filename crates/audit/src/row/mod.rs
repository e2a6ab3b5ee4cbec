//! Questions about single rows: why the model says what it says, and what it would say if some cells were others.

mod change;
#[cfg(test)]
mod change_tests;
mod edit;
mod effect;
mod error;
mod explainer;
pub mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use fine_model::Prediction;
use fine_table::{Column, Table, Task};
use serde_json::Value;

pub use change::{Ask, Wanted, counterfactuals};
pub use effect::effect;
pub use error::RowError;
pub use report::{Counterfactuals, RowReport, WhatIf};

pub use crate::stages::explain::Params;
use crate::stages::explain::Scale;
use crate::stages::explain::dependence::grid;
use crate::stages::explain::explainer::{Explainer, scale_is_refused};
use crate::subject::Subject;
use edit::{Edited, NewCell, described};
use report::{Answer, Change, Curve, CurvePoint, Outcome, Score};

/// Values of a curve.
const POINTS: usize = 20;

/// Explains one row of the audited table, counted from 0, as the `explain` stage does with these parameters.
///
/// # Errors
/// [`RowError::NoModel`], [`RowError::NoRow`], or what the model says.
pub fn explain(subject: &Subject, row: u64, params: &Params) -> Result<RowReport, RowError> {
    let at = place(subject, row)?;
    let edited = Edited::new(subject, at, Vec::new());
    let Outcome { answer, explanation } = Desk::new(subject, at, params)?.outcome(&edited, None)?;
    let at = at as usize;
    let truth = match subject.task {
        Task::Regression => format!("{}", subject.target[at]),
        _ => subject.classes.get(subject.target[at] as usize).cloned().unwrap_or_default(),
    };
    let columns = subject.table.columns().iter().enumerate();
    let cell =
        |(i, column): (usize, &std::sync::Arc<Column>)| described(column, at, subject.feature_columns.contains(&i));
    let cells = columns.map(cell).collect();
    Ok(RowReport { row, rows: subject.rows() as u64, truth, answer, explanation, cells, effect: None })
}

/// Predicts and explains one row with some cells changed, beside the row as it is. `changes` are typed by the columns:
/// truth values, numbers, text, and null for a missing cell. `curve` names a feature whose every value is tried as well.
///
/// # Errors
/// As [`explain`]; [`RowError::NoInput`] and [`RowError::WrongCell`] for a change that means nothing.
pub fn what_if(
    subject: &Subject,
    row: u64,
    changes: &BTreeMap<String, Value>,
    curve: Option<&str>,
    params: &Params,
) -> Result<WhatIf, RowError> {
    let at = place(subject, row)?;
    let (new, changes) = changed(subject, at, changes)?;
    let feature = curve.map(|name| input(subject, name, || "/feature".to_owned())).transpose()?;
    let desk = Desk::new(subject, at, params)?;
    let old = Edited::new(subject, at, Vec::new());
    let prediction = predict(&new)?;
    let curve = |feature| curve_of(&new, feature, POINTS, score_of(subject, desk.class));
    Ok(WhatIf {
        row,
        changes,
        old: desk.outcome(&old, None)?,
        new: desk.outcome(&new, Some(prediction))?,
        curve: feature.map(curve).transpose()?,
    })
}

/// The row with new cells, and what those are.
fn changed<'a>(
    subject: &'a Subject,
    at: u32,
    changes: &BTreeMap<String, Value>,
) -> Result<(Edited<'a>, Vec<Change>), RowError> {
    let mut cells = Vec::new();
    for (name, value) in changes {
        let column = input(subject, name, || error::pointer_of(name))?;
        cells.push((column, NewCell::read(&subject.table.columns()[column], value)?));
    }
    cells.sort_by_key(|(column, _)| *column);
    let named = cells.iter().map(|(column, _)| *column).collect::<Vec<_>>();
    let edited = Edited::new(subject, at, cells);
    let after = edited.alone();
    let change = |column: &usize| {
        let (old, new) = (&subject.table.columns()[*column], &after.columns()[*column]);
        Change { column: old.name.clone(), old: old.display_at(at as usize), new: new.display_at(0) }
    };
    Ok((edited, named.iter().map(change).collect()))
}

/// The row, if a model can be asked about it.
fn place(subject: &Subject, row: u64) -> Result<u32, RowError> {
    if !subject.has_model {
        return Err(RowError::NoModel);
    }
    let rows = subject.rows() as u64;
    if row < rows { Ok(row as u32) } else { Err(RowError::NoRow { row, rows }) }
}

/// The column of the table with this name, if the model reads it; `at` is where in the request the name stands.
fn input(subject: &Subject, name: &str, at: impl FnOnce() -> String) -> Result<usize, RowError> {
    let column = |place: &usize| &subject.table.columns()[*place].name;
    let found = subject.feature_columns.iter().find(|place| column(place) == name);
    found.copied().ok_or_else(|| RowError::NoInput {
        column: name.to_owned(),
        at: at(),
        available: subject.feature_columns.iter().map(|place| column(place).clone()).collect(),
    })
}

/// A model with everything that an answer about one row needs.
struct Desk<'a> {
    subject: &'a Subject,
    explainer: Explainer<'a>,
    row: u32,
    /// Class that is explained where there are several: the one predicted for the row as it is.
    class: usize,
}

impl<'a> Desk<'a> {
    fn new(subject: &'a Subject, row: u32, params: &Params) -> Result<Self, RowError> {
        let class = predicted_class(subject, row);
        // A scale without an exact method has no audit either: what the model adds up is explained then.
        let scale = if scale_is_refused(subject, params) { Scale::Native } else { params.scale };
        let explainer = Explainer::new(subject, &Params { scale, ..params.clone() })?.of_class(class);
        Ok(Self { subject, explainer, row, class })
    }

    /// Prediction and explanation; without a prediction, that of the audit.
    fn outcome(&self, edited: &Edited<'_>, prediction: Option<Prediction>) -> Result<Outcome, RowError> {
        let (own, place) = match &prediction {
            Some(prediction) => (prediction, 0),
            None => (&self.subject.prediction, self.row as usize),
        };
        let explanation = explainer::explain(&self.explainer, edited)?;
        Ok(Outcome { answer: answer(self.subject, own, place), explanation })
    }
}

/// The class predicted for a row as it is.
fn predicted_class(subject: &Subject, row: u32) -> usize {
    subject.prediction.labels.get(row as usize).map_or(0, |label| *label as usize)
}

/// Which score stands for a row of several classes that is predicted as `class`.
fn score_of(subject: &Subject, class: usize) -> usize {
    match subject.task {
        Task::Regression => 0,
        Task::Binary => subject.positive,
        Task::Multiclass => class,
    }
}

fn predict(edited: &Edited<'_>) -> Result<Prediction, RowError> {
    checked(edited, &edited.alone())
}

/// What the model says of a table of forms of a row.
fn checked(edited: &Edited<'_>, table: &Table) -> Result<Prediction, RowError> {
    let answer = edited.subject.model.predict(table);
    let prediction = answer.map_err(|e| RowError::refused(e, u64::from(edited.row)))?;
    if prediction.scores.iter().all(|score| score.is_finite()) { Ok(prediction) } else { Err(RowError::NotFinite) }
}

/// The answer about one row of a prediction.
fn answer(subject: &Subject, prediction: &Prediction, row: usize) -> Answer {
    let scores = &prediction.scores[row * prediction.width..][..prediction.width];
    let class = |k: usize| subject.classes.get(k).cloned();
    Answer {
        label: prediction.labels.get(row).and_then(|label| class(*label as usize)),
        kind: prediction.kind,
        scores: scores.iter().enumerate().map(|(k, value)| Score { class: class(k), value: *value }).collect(),
    }
}

/// The score in `column` of a row whose feature takes each of at most `points` observed values.
fn curve_of(edited: &Edited<'_>, feature: usize, points: usize, column: usize) -> Result<Curve, RowError> {
    let source = &edited.subject.table.columns()[feature];
    let grid = grid(source, points);
    let table = edited.copies(grid.len()).with_column(source.take(&grid));
    let scores = match table {
        Some(table) if !grid.is_empty() => checked(edited, &table)?.column(column),
        _ => Vec::new(),
    };
    let point = |(row, score): (&u32, f64)| CurvePoint {
        value: source.display_at(*row as usize).unwrap_or_default(),
        x: source.numbers().map(|numbers| numbers[*row as usize]),
        score,
    };
    Ok(Curve {
        feature: source.name.clone(),
        at: edited.alone().columns()[feature].display_at(0),
        points: grid.iter().zip(scores).map(point).collect(),
    })
}
