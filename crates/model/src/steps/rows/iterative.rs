//! `IterativeImputer`.

use fine_table::Task;

use crate::linear::Linear;
use crate::predict::decide;
use crate::trees::{Forest, Sum};

/// A fitted regressor of one column by others.
#[derive(Clone, Debug, PartialEq)]
pub enum Regressor {
    /// Linear.
    Linear(Linear),
    /// Trees.
    Trees(Forest),
}

/// One step of the sequence: a column is predicted from its neighbours.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// Index among the kept columns.
    pub target: u32,
    /// Indices among the kept columns.
    pub neighbours: Vec<u32>,
    /// Fitted on the neighbours.
    pub regressor: Regressor,
}

/// Missing cells are filled with a start value, then predicted column by column in the order of the fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Iterative {
    /// Columns that it takes.
    pub inputs: usize,
    /// Columns that stay.
    pub kept: Vec<u32>,
    /// Start value of each kept column.
    pub start: Vec<f64>,
    /// Kept columns that had no value at the fit: they keep their start value.
    pub empty: Vec<bool>,
    /// Lowest and highest prediction of each kept column.
    pub range: Vec<(f64, f64)>,
    /// The sequence.
    pub rounds: Vec<Round>,
    /// A number that is missing, where empty cells are refused.
    pub marker: Option<f64>,
    /// Columns whose indicator (1 where missing) is added at the end.
    pub indicators: Vec<u32>,
}

impl Regressor {
    /// Columns that it takes.
    fn features(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.features,
            Self::Trees(forest) => forest.features,
        }
    }

    fn outputs(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.outputs,
            Self::Trees(forest) => forest.outputs,
        }
    }

    fn of(&self, row: &[f64]) -> f64 {
        let scores = match self {
            Self::Linear(linear) => {
                decide(Task::Regression, linear.link, false, linear.outputs, 1, &linear.margins(row)).scores
            }
            Self::Trees(forest) => {
                let single = forest.sum == Sum::F32;
                decide(Task::Regression, forest.link, single, forest.outputs, 1, &forest.margins(1, row)).scores
            }
        };
        scores.first().copied().unwrap_or(f64::NAN)
    }
}

impl Iterative {
    /// True when all parts fit each other.
    pub fn is_even(&self) -> bool {
        let kept = self.kept.len();
        let inside = |column: &u32| (*column as usize) < kept;
        let round = |round: &Round| {
            inside(&round.target)
                && round.neighbours.iter().all(inside)
                && round.regressor.features() == round.neighbours.len()
                && round.regressor.outputs() == 1
        };
        self.kept.iter().chain(&self.indicators).all(|column| (*column as usize) < self.inputs)
            && [self.start.len(), self.empty.len(), self.range.len()] == [kept; 3]
            && self.range.iter().all(|(low, high)| low <= high)
            && self.rounds.iter().all(round)
    }

    pub(super) fn is_missing(&self, x: f64) -> bool {
        x.is_nan() || self.marker == Some(x)
    }

    pub(super) fn of(&self, row: &[f64], out: &mut [f64]) {
        let kept = self.kept.len();
        let mut missing = vec![false; kept];
        for (at, column) in self.kept.iter().enumerate() {
            let x = row[*column as usize];
            let is_missing = self.is_missing(x);
            missing[at] = is_missing && !self.empty[at];
            out[at] = if is_missing { self.start[at] } else { x };
        }
        let mut values = Vec::new();
        for round in self.rounds.iter().filter(|round| missing[round.target as usize]) {
            values.clear();
            values.extend(round.neighbours.iter().map(|column| out[*column as usize]));
            let target = round.target as usize;
            let (low, high) = self.range[target];
            // `numpy.clip` keeps NaN.
            out[target] = match round.regressor.of(&values) {
                x if x < low => low,
                x if x > high => high,
                x => x,
            };
        }
        let flags = self.indicators.iter().map(|column| self.is_missing(row[*column as usize]));
        out.iter_mut().skip(kept).zip(flags).for_each(|(out, flag)| *out = f64::from(u8::from(flag)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees::Link;

    #[test]
    fn columns_are_predicted_in_turn_within_their_range() {
        let linear = |coef: f64, intercept: f64| {
            Regressor::Linear(Linear {
                features: 1,
                outputs: 1,
                coef: vec![coef],
                intercept: vec![intercept],
                link: Link::Identity,
            })
        };
        let imputer = Iterative {
            inputs: 2,
            kept: vec![0, 1],
            start: vec![10.0, 20.0],
            empty: vec![false; 2],
            range: vec![(f64::NEG_INFINITY, f64::INFINITY), (0.0, 50.0)],
            rounds: vec![
                Round { target: 0, neighbours: vec![1], regressor: linear(2.0, 0.0) },
                Round { target: 1, neighbours: vec![0], regressor: linear(1.0, 5.0) },
            ],
            marker: None,
            indicators: vec![0],
        };
        assert!(imputer.is_even());
        let of = |row: &[f64]| {
            let mut out = vec![0.0; 3];
            imputer.of(row, &mut out);
            out
        };
        assert_eq!(of(&[1.0, 2.0]), [1.0, 2.0, 0.0]);
        assert_eq!(of(&[f64::NAN, 2.0]), [4.0, 2.0, 1.0]);
        assert_eq!(of(&[f64::NAN, f64::NAN]), [40.0, 45.0, 1.0]);
        assert_eq!(of(&[100.0, f64::NAN]), [100.0, 50.0, 0.0]);
        assert!(!Iterative { range: Vec::new(), ..imputer.clone() }.is_even());
    }
}
