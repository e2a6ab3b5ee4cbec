//! Stacking.

use std::sync::Arc;

use super::super::ensemble::Rule;
use super::super::{Answer, Estimator};
use super::{lacking, probability};
use crate::PredictError;

/// What a member gives to the final estimator.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Its probabilities of so many classes; of two only the second.
    Probability(usize),
    /// Its decision values; also the row itself.
    Decision,
    /// Its number.
    Value,
    /// The number of its label: one a class.
    Label(Vec<f64>),
}

/// `StackingClassifier` and `StackingRegressor`: an estimator on the members' answers.
#[derive(Clone, Debug)]
pub struct Stack {
    /// One a member.
    pub parts: Vec<Part>,
    /// The estimator at the end.
    pub last: Arc<dyn Estimator>,
}

/// Width and row-major values of what a member gives on.
pub(in super::super) fn column(member: &Answer, part: &Part, rows: usize) -> Result<(usize, Vec<f64>), PredictError> {
    Ok(match part {
        Part::Probability(classes) => {
            let grid = probability(member, *classes)?;
            match classes {
                2 => (1, grid.values.iter().skip(1).step_by(2).copied().collect()),
                _ => (*classes, grid.values.clone()),
            }
        }
        Part::Decision => {
            let grid = member.decision.as_ref().ok_or_else(|| lacking("decision_function"))?;
            (grid.width, grid.values.clone())
        }
        Part::Value => (1, super::values(member, rows)?.to_vec()),
        Part::Label(numbers) => {
            let labels = super::labels(member, rows)?;
            (1, labels.iter().map(|label| numbers[*label as usize]).collect())
        }
    })
}

impl Rule for Stack {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let mut columns: Vec<(usize, Vec<f64>)> = Vec::with_capacity(members.len());
        for (member, part) in members.iter().zip(&self.parts) {
            columns.push(column(member, part, rows)?);
        }
        let width: usize = columns.iter().map(|(width, _)| width).sum();
        if self.last.features().is_some_and(|features| features != width) {
            return Err(PredictError::Runtime(format!("the members give {width} columns to the final estimator")));
        }
        let mut rows_of = Vec::with_capacity(rows * width);
        for row in 0..rows {
            columns.iter().for_each(|(width, values)| rows_of.extend_from_slice(&values[row * width..][..*width]));
        }
        self.last.answer(rows, &rows_of)
    }
}
