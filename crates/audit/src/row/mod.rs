//! Questions about single rows: why the model says what it says, and what it would say if some cells were others.

mod edit;
mod error;
mod explainer;
pub mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use fine_model::Prediction;
use fine_table::{Column, Task, Values};
use serde_json::Value;

pub use error::RowError;
pub use report::{RowReport, WhatIf};

use crate::stages::explain::Params;
use crate::stages::explain::explainer::Explainer;
use crate::subject::Subject;
use edit::{Edited, NewCell, described, frequent};
use report::{Answer, Change, Curve, CurvePoint, Outcome, Score};

/// Values of a curve.
const POINTS: usize = 20;

/// Explains one row of the audited table, counted from 0.
///
/// # Errors
/// [`RowError::NoModel`], [`RowError::NoRow`], or what the model says.
pub fn explain(subject: &Subject, row: u64) -> Result<RowReport, RowError> {
    let at = place(subject, row)?;
    let edited = Edited::new(subject, at, Vec::new());
    let Outcome { answer, explanation } = Desk::new(subject, at)?.outcome(&edited, None)?;
    let at = at as usize;
    let truth = match subject.task {
        Task::Regression => format!("{}", subject.target[at]),
        _ => subject.classes.get(subject.target[at] as usize).cloned().unwrap_or_default(),
    };
    let columns = subject.table.columns().iter().enumerate();
    let cell =
        |(i, column): (usize, &std::sync::Arc<Column>)| described(column, at, subject.feature_columns.contains(&i));
    let cells = columns.map(cell).collect();
    Ok(RowReport { row, rows: subject.rows() as u64, truth, answer, explanation, cells })
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
) -> Result<WhatIf, RowError> {
    let at = place(subject, row)?;
    let mut cells = Vec::new();
    for (name, value) in changes {
        let column = input(subject, name)?;
        cells.push((column, NewCell::read(&subject.table.columns()[column], value)?));
    }
    cells.sort_by_key(|(column, _)| *column);
    let named: Vec<usize> = cells.iter().map(|(column, _)| *column).collect();
    let feature = curve.map(|name| input(subject, name)).transpose()?;
    let desk = Desk::new(subject, at)?;
    let (old, new) = (Edited::new(subject, at, Vec::new()), Edited::new(subject, at, cells));
    let prediction = desk.predict(&new)?;
    let after = new.alone();
    let change = |column: &usize| {
        let (old, new) = (&subject.table.columns()[*column], &after.columns()[*column]);
        Change { column: old.name.clone(), old: old.display_at(at as usize), new: new.display_at(0) }
    };
    Ok(WhatIf {
        row,
        changes: named.iter().map(change).collect(),
        old: desk.outcome(&old, None)?,
        new: desk.outcome(&new, Some(prediction))?,
        curve: feature.map(|feature| desk.curve(&new, feature)).transpose()?,
    })
}

/// The row, if a model can be asked about it.
fn place(subject: &Subject, row: u64) -> Result<u32, RowError> {
    if !subject.has_model {
        return Err(RowError::NoModel);
    }
    let rows = subject.rows() as u64;
    if row < rows { Ok(row as u32) } else { Err(RowError::NoRow { row, rows }) }
}

/// The column of the table with this name, if the model reads it.
fn input(subject: &Subject, name: &str) -> Result<usize, RowError> {
    let column = |place: &usize| &subject.table.columns()[*place].name;
    let found = subject.feature_columns.iter().find(|place| column(place) == name);
    found.copied().ok_or_else(|| RowError::NoInput {
        column: name.to_owned(),
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
    fn new(subject: &'a Subject, row: u32) -> Result<Self, RowError> {
        let class = subject.prediction.labels.get(row as usize).map_or(0, |label| *label as usize);
        Ok(Self { subject, explainer: Explainer::new(subject, &Params::default())?.of_class(class), row, class })
    }

    fn predict(&self, edited: &Edited<'_>) -> Result<Prediction, RowError> {
        self.checked(self.subject.model.predict(&edited.alone()))
    }

    fn checked(&self, answer: Result<Prediction, fine_model::PredictError>) -> Result<Prediction, RowError> {
        let prediction = answer.map_err(|e| RowError::refused(e, u64::from(self.row)))?;
        if prediction.scores.iter().all(|score| score.is_finite()) { Ok(prediction) } else { Err(RowError::NotFinite) }
    }

    /// Prediction and explanation; without a prediction, that of the audit.
    fn outcome(&self, edited: &Edited<'_>, prediction: Option<Prediction>) -> Result<Outcome, RowError> {
        let (own, place) = match &prediction {
            Some(prediction) => (prediction, 0),
            None => (&self.subject.prediction, self.row as usize),
        };
        let explanation = explainer::explain(&self.explainer, edited)?;
        Ok(Outcome { answer: self.answer(own, place), explanation })
    }

    fn answer(&self, prediction: &Prediction, row: usize) -> Answer {
        let scores = &prediction.scores[row * prediction.width..][..prediction.width];
        let class = |k: usize| self.subject.classes.get(k).cloned();
        Answer {
            label: prediction.labels.get(row).and_then(|label| class(*label as usize)),
            kind: prediction.kind,
            scores: scores.iter().enumerate().map(|(k, value)| Score { class: class(k), value: *value }).collect(),
        }
    }

    fn curve(&self, edited: &Edited<'_>, feature: usize) -> Result<Curve, RowError> {
        let source = &self.subject.table.columns()[feature];
        let grid = grid(source);
        let table = edited.copies(grid.len()).with_column(source.take(&grid));
        let scores = match table {
            Some(table) if !grid.is_empty() => {
                let prediction = self.checked(self.subject.model.predict(&table))?;
                let class = match self.subject.task {
                    Task::Regression => 0,
                    Task::Binary => self.subject.positive,
                    Task::Multiclass => self.class,
                };
                prediction.column(class)
            }
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
}

/// Rows of the column whose cells make a curve: observed values, which the model knows. Numbers on evenly spaced ranks,
/// all of them where they are few; the most frequent texts.
fn grid(column: &Column) -> Vec<u32> {
    let Values::Number { values, .. } = &column.values else {
        return frequent(column).into_iter().take(POINTS).collect();
    };
    let mut order = (0..values.len() as u32).filter(|row| values[*row as usize].is_finite()).collect::<Vec<_>>();
    order.sort_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]).then(a.cmp(b)));
    let same = |a: &u32, b: &u32| values[*a as usize] == values[*b as usize];
    let distinct = order.chunk_by(same).map(|rows| rows[0]).take(POINTS + 1).collect::<Vec<_>>();
    if distinct.len() <= POINTS {
        return distinct;
    }
    let step = (order.len() - 1) as f64 / (POINTS - 1) as f64;
    let mut grid = (0..POINTS).map(|i| order[(i as f64 * step).round() as usize]).collect::<Vec<_>>();
    grid.dedup_by(|a, b| same(a, b));
    grid
}
