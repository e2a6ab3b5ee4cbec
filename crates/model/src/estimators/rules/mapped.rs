//! One member whose answer is changed.

use super::super::ensemble::Rule;
use super::super::{Answer, Grid};
use super::{lacking, values};
use crate::PredictError;
use crate::steps::{Function, Quantile};

/// A formula on a predicted number.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// A function.
    Function(Function),
    /// `x · factor + offset`.
    TimesPlus(f64, f64),
    /// `(x - offset) / factor`.
    MinusOver(f64, f64),
    /// From a position in a distribution of one column back to the quantile.
    Quantile(Quantile),
}

/// `TransformedTargetRegressor`: formulas on the predicted number, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped(pub Vec<Formula>);

impl Rule for Mapped {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let [member] = members else { return Err(lacking("number")) };
        let apply = |x: f64, formula: &Formula| match formula {
            Formula::Function(function) => function.of(x),
            Formula::TimesPlus(factor, offset) => x * factor + offset,
            Formula::MinusOver(offset, factor) => (x - offset) / factor,
            Formula::Quantile(quantile) => quantile.back(x),
        };
        let mapped = values(member, rows)?.iter().map(|x| self.0.iter().fold(*x, apply));
        Ok(Answer::of_values(mapped.collect()))
    }
}

/// A threshold of one's own (`FixedThresholdClassifier`, `TunedThresholdClassifierCV`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The score is a decision value instead of a probability; `None` for a probability where there is one.
    pub by_decision: Option<bool>,
    /// Scores from it on are the positive class; `None` for 0.5, or 0 for decision values.
    pub threshold: Option<f64>,
    /// Index of the positive class.
    pub positive: usize,
}

impl Rule for Threshold {
    fn combine(&self, _rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let [member] = members else { return Err(lacking("answer")) };
        let by_decision = self.by_decision.unwrap_or(member.probability.is_none());
        let scores: Vec<f64> = match (by_decision, &member.probability, &member.decision) {
            (false, Some(Grid { width: 2, values }), _) => {
                values.iter().skip(self.positive).step_by(2).copied().collect()
            }
            (true, _, Some(Grid { width: 1, values })) if self.positive == 1 => values.clone(),
            (true, _, Some(Grid { width: 1, values })) => values.iter().map(|d| -d).collect(),
            _ => return Err(lacking("score for its threshold")),
        };
        let threshold = self.threshold.unwrap_or(if by_decision { 0.0 } else { 0.5 });
        let positive = self.positive as u32;
        let labels = scores.iter().map(|score| if *score >= threshold { positive } else { 1 - positive }).collect();
        Ok(Answer { labels, ..member.clone() })
    }
}
