//! `DummyClassifier`, `DummyRegressor`, and what stands for a member of one class.

use super::{Answer, Estimator};
use crate::PredictError;

/// The same answer for every row.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// A number.
    Value(f64),
    /// A class, with the probabilities of all classes.
    Class {
        /// Index of the class.
        label: u32,
        /// One a class.
        probability: Vec<f64>,
    },
}

impl Estimator for Constant {
    fn features(&self) -> Option<usize> {
        None
    }

    fn refuses_missing(&self) -> bool {
        false
    }

    fn answer(&self, rows: usize, _values: &[f64]) -> Result<Answer, PredictError> {
        Ok(match self {
            Self::Value(value) => Answer::of_values(vec![*value; rows]),
            Self::Class { label, probability } => Answer { labels: vec![*label; rows], ..Answer::default() }
                .with_probability(probability.len(), probability.repeat(rows)),
        })
    }
}

/// The member of a one-vs-rest scheme whose training rows were all of one class: 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Always(pub f64);

impl Estimator for Always {
    fn features(&self) -> Option<usize> {
        None
    }

    fn refuses_missing(&self) -> bool {
        false
    }

    fn answer(&self, rows: usize, _values: &[f64]) -> Result<Answer, PredictError> {
        let labels = vec![u32::from(self.0 > 0.0); rows];
        let answer = Answer { labels, ..Answer::default() }.with_decision(1, vec![self.0; rows]);
        Ok(answer.with_probability(2, [1.0 - self.0, self.0].repeat(rows)))
    }
}
