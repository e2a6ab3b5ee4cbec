//! Several classes by members that tell two apart.

use super::super::ensemble::Rule;
use super::super::{Answer, one_vs_rest_of_pairs};
use super::{binary, labels, probability};
use crate::PredictError;

/// `OneVsRestClassifier`: one member a class, or a single one for two classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Rest {
    /// Number of classes.
    pub classes: usize,
    /// Scores above it are the second of two classes: 0 for decision values, 0.5 for the rest.
    pub threshold: f64,
}

impl Rule for Rest {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let scores: Vec<Vec<f64>> = members.iter().map(|member| binary(member, rows)).collect::<Result<_, _>>()?;
        let label = |row: usize| {
            if let [only] = scores.as_slice() {
                return u32::from(only[row] > self.threshold);
            }
            // Of equal scores the last class wins.
            let mut best = 0;
            for (class, own) in scores.iter().enumerate() {
                if own[row] >= scores[best][row] {
                    best = class;
                }
            }
            best as u32
        };
        let mut answer = Answer { labels: (0..rows).map(label).collect(), ..Answer::default() };
        if members.iter().all(|member| member.decision.is_some()) {
            let values = (0..rows).flat_map(|row| scores.iter().map(move |own| own[row])).collect();
            answer = answer.with_decision(members.len(), values);
        }
        if members.iter().all(|member| member.probability.is_some()) {
            let grids = members.iter().map(|member| probability(member, 2)).collect::<Result<Vec<_>, _>>()?;
            let mut out = Vec::with_capacity(rows * self.classes);
            for row in 0..rows {
                let mut own: Vec<f64> = grids.iter().map(|grid| grid.values[2 * row + 1]).collect();
                if let [p] = own.as_slice() {
                    own = vec![1.0 - p, *p];
                }
                let sum = own.iter().fold(0.0, |sum, p| sum + p);
                out.extend(own.iter().map(|p| if sum == 0.0 { *p } else { p / sum }));
            }
            answer = answer.with_probability(self.classes, out);
        }
        Ok(answer)
    }
}

/// `OneVsOneClassifier`: one member a pair of classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs {
    /// Number of classes.
    pub classes: usize,
    /// As [`Rest::threshold`], for two classes.
    pub threshold: f64,
}

impl Rule for Pairs {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let scores: Vec<Vec<f64>> = members.iter().map(|member| binary(member, rows)).collect::<Result<_, _>>()?;
        let picks: Vec<&[u32]> = members.iter().map(|member| labels(member, rows)).collect::<Result<_, _>>()?;
        let mut out = Vec::with_capacity(rows * self.classes);
        for row in 0..rows {
            let second: Vec<bool> = picks.iter().map(|labels| labels[row] == 1).collect();
            let confidence: Vec<f64> = scores.iter().map(|own| own[row]).collect();
            one_vs_rest_of_pairs(self.classes, &second, &confidence, &mut out);
        }
        if self.classes > 2 {
            return Ok(Answer::of_labels(self.classes, &out).with_decision(self.classes, out));
        }
        let decision: Vec<f64> = out.into_iter().skip(1).step_by(2).collect();
        let labels = decision.iter().map(|d| u32::from(*d > self.threshold)).collect();
        Ok(Answer { labels, ..Answer::default() }.with_decision(1, decision))
    }
}

/// `OutputCodeClassifier`: the class whose code is nearest to the members' scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Codes {
    /// Row-major `[classes x members]`.
    pub book: Vec<f64>,
}

impl Rule for Codes {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let scores: Vec<Vec<f64>> = members.iter().map(|member| binary(member, rows)).collect::<Result<_, _>>()?;
        let classes = self.book.len() / members.len().max(1);
        let mut minus = Vec::with_capacity(rows * classes);
        for row in 0..rows {
            for code in self.book.chunks_exact(members.len()) {
                let far = code.iter().zip(&scores).fold(0.0, |sum, (c, own)| sum + (own[row] - c) * (own[row] - c));
                minus.push(-far);
            }
        }
        Ok(Answer::of_labels(classes, &minus))
    }
}
