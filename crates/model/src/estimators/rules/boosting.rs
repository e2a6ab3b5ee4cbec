//! AdaBoost.

use super::super::ensemble::Rule;
use super::super::{Answer, softmax};
use super::{labels, probability, values};
use crate::PredictError;

/// The algorithm of an `AdaBoostClassifier`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Boosting {
    /// SAMME: a member adds its weight to its class and this share of it to each other.
    Labels {
        /// `-1 / (classes - 1)`; 0 up to version 1.2.
        miss: f64,
        /// Up to 0.21 the probabilities are those of the weighted mean of the members' probabilities.
        mean_probability: bool,
    },
    /// SAMME.R: members add the logarithms of their probabilities.
    Probabilities,
}

/// `AdaBoostClassifier`.
#[derive(Clone, Debug, PartialEq)]
pub struct Boost {
    /// Number of classes.
    pub classes: usize,
    /// For each member, the own class of each of its classes.
    pub maps: Vec<Vec<u32>>,
    /// One a member.
    pub weights: Vec<f64>,
    /// Sum of all stored weights, also of members that were not kept.
    pub total: f64,
    /// The algorithm.
    pub boosting: Boosting,
}

impl Boost {
    fn add(&self, rows: usize, member: usize, answer: &Answer, out: &mut [f64]) -> Result<(), PredictError> {
        let (classes, map, weight) = (self.classes, &self.maps[member], self.weights[member]);
        match self.boosting {
            Boosting::Labels { miss, .. } => {
                for (label, row) in labels(answer, rows)?.iter().zip(out.chunks_exact_mut(classes)) {
                    let own = map[*label as usize] as usize;
                    row.iter_mut()
                        .enumerate()
                        .for_each(|(k, sum)| *sum += if k == own { weight } else { miss * weight });
                }
            }
            Boosting::Probabilities => {
                let grid = probability(answer, map.len())?;
                let most = classes as f64 - 1.0;
                for (row, out) in grid.values.chunks_exact(map.len()).zip(out.chunks_exact_mut(classes)) {
                    let logs: Vec<f64> = row.iter().map(|p| p.max(f64::EPSILON).ln()).collect();
                    let sum = logs.iter().fold(0.0, |sum, log| sum + log);
                    for (log, class) in logs.iter().zip(map) {
                        out[*class as usize] += most * (log - 1.0 / classes as f64 * sum);
                    }
                }
            }
        }
        Ok(())
    }
}

impl Rule for Boost {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let classes = self.classes;
        let mut sums = vec![0.0; rows * classes];
        for (at, answer) in members.iter().enumerate() {
            self.add(rows, at, answer, &mut sums)?;
        }
        sums.iter_mut().for_each(|sum| *sum /= self.total);
        let (answer, logs) = if classes == 2 {
            let decision: Vec<f64> = sums.chunks_exact(2).map(|pair| -pair[0] + pair[1]).collect();
            let labels = decision.iter().map(|d| u32::from(*d > 0.0)).collect();
            let logs = decision.iter().flat_map(|d| [-d / 2.0, d / 2.0]).collect();
            (Answer { labels, ..Answer::default() }.with_decision(1, decision), logs)
        } else {
            let logs = sums.iter().map(|sum| sum / (classes as f64 - 1.0)).collect();
            (Answer::of_labels(classes, &sums).with_decision(classes, sums), logs)
        };
        if self.boosting != (Boosting::Labels { miss: 0.0, mean_probability: true }) {
            return Ok(answer.with_probability(classes, softmax(classes, logs)));
        }
        let mut means = vec![0.0; rows * classes];
        for ((member, map), weight) in members.iter().zip(&self.maps).zip(&self.weights) {
            let grid = probability(member, map.len())?;
            for (row, out) in grid.values.chunks_exact(map.len()).zip(means.chunks_exact_mut(classes)) {
                row.iter().zip(map).for_each(|(p, class)| out[*class as usize] += p * weight);
            }
        }
        means.iter_mut().for_each(|mean| *mean = *mean / self.total / (classes as f64 - 1.0));
        Ok(answer.with_probability(classes, softmax(classes, means)))
    }
}

/// `AdaBoostRegressor`: the weighted median of the members' numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Median {
    /// One a member.
    pub weights: Vec<f64>,
}

impl Rule for Median {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let numbers: Vec<&[f64]> = members.iter().map(|member| values(member, rows)).collect::<Result<_, _>>()?;
        let median = |row: usize| {
            let mut order: Vec<usize> = (0..numbers.len()).collect();
            order.sort_by(|a, b| numbers[*a][row].total_cmp(&numbers[*b][row]));
            let total = order.iter().fold(0.0, |sum, member| sum + self.weights[*member]);
            let mut sum = 0.0;
            let reached = order.iter().find(|member| {
                sum += self.weights[**member];
                sum >= 0.5 * total
            });
            numbers[reached.copied().unwrap_or(order[0])][row]
        };
        Ok(Answer::of_values((0..rows).map(median).collect()))
    }
}
