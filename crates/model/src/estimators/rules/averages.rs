//! Voting and bagging.

use super::super::ensemble::Rule;
use super::super::{Answer, Grid};
use super::{labels, probability, values};
use crate::PredictError;

/// `VotingClassifier`.
#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    /// Number of classes.
    pub classes: usize,
    /// For each member, the own class of each of its classes.
    pub maps: Vec<Vec<u32>>,
    /// One a member; `None` for equal ones.
    pub weights: Option<Vec<f64>>,
    /// Probabilities are averaged, instead of labels counted.
    pub soft: bool,
}

impl Rule for Vote {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let mut scores = vec![0.0; rows * self.classes];
        let weight = |member: usize| self.weights.as_ref().map_or(1.0, |weights| weights[member]);
        for (at, (member, map)) in members.iter().zip(&self.maps).enumerate() {
            if self.soft {
                let grid = probability(member, map.len())?;
                for (row, own) in grid.values.chunks_exact(map.len()).zip(scores.chunks_exact_mut(self.classes)) {
                    row.iter().zip(map).for_each(|(p, class)| own[*class as usize] += p * weight(at));
                }
            } else {
                for (label, own) in labels(member, rows)?.iter().zip(scores.chunks_exact_mut(self.classes)) {
                    own[map[*label as usize] as usize] += weight(at);
                }
            }
        }
        if !self.soft {
            return Ok(Answer::of_labels(self.classes, &scores));
        }
        let total = (0..members.len()).map(weight).fold(0.0, |sum, weight| sum + weight);
        scores.iter_mut().for_each(|score| *score /= total);
        Ok(Answer::of_labels(self.classes, &scores).with_probability(self.classes, scores))
    }
}

/// The weighted mean of numbers: `VotingRegressor`, `BaggingRegressor`.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    /// One a member; `None` for equal ones.
    pub weights: Option<Vec<f64>>,
}

impl Rule for Mean {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let mut sums = vec![0.0; rows];
        let weight = |member: usize| self.weights.as_ref().map_or(1.0, |weights| weights[member]);
        for (at, member) in members.iter().enumerate() {
            let weight = weight(at);
            sums.iter_mut().zip(values(member, rows)?).for_each(|(sum, value)| *sum += value * weight);
        }
        let total = (0..members.len()).map(weight).fold(0.0, |sum, weight| sum + weight);
        Ok(Answer::of_values(sums.into_iter().map(|sum| sum / total).collect()))
    }
}

/// `BaggingClassifier`: the mean of the probabilities; a member without any gives one vote.
#[derive(Clone, Debug, PartialEq)]
pub struct Bag {
    /// Number of classes.
    pub classes: usize,
    /// For each member, the own class of each of its classes.
    pub maps: Vec<Vec<u32>>,
}

impl Rule for Bag {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let mut scores = vec![0.0; rows * self.classes];
        for (member, map) in members.iter().zip(&self.maps) {
            let own = scores.chunks_exact_mut(self.classes);
            if member.probability.is_some() {
                let grid = probability(member, map.len())?;
                for (row, own) in grid.values.chunks_exact(map.len()).zip(own) {
                    row.iter().zip(map).for_each(|(p, class)| own[*class as usize] += p);
                }
            } else {
                labels(member, rows)?
                    .iter()
                    .zip(own)
                    .for_each(|(label, own)| own[map[*label as usize] as usize] += 1.0);
            }
        }
        let count = members.len() as f64;
        scores.iter_mut().for_each(|score| *score /= count);
        let mut answer = Answer::of_labels(self.classes, &scores).with_probability(self.classes, scores);
        answer.decision = self.decision(rows, members);
        Ok(answer)
    }
}

impl Bag {
    /// The mean of the decision values, when every member has them for all classes.
    fn decision(&self, rows: usize, members: &[Answer]) -> Option<Grid> {
        let width = members.first()?.decision.as_ref()?.width;
        let mut sums = vec![0.0; rows * width];
        for (member, map) in members.iter().zip(&self.maps) {
            let grid = member.decision.as_ref().filter(|grid| grid.width == width && map.len() == self.classes)?;
            sums.iter_mut().zip(&grid.values).for_each(|(sum, value)| *sum += value);
        }
        let count = members.len() as f64;
        sums.iter_mut().for_each(|sum| *sum /= count);
        Some(Grid { width, values: sums })
    }
}
