//! `CalibratedClassifierCV` and `IsotonicRegression`.

use super::super::ensemble::Rule;
use super::super::{Answer, Estimator, softmax};
use super::lacking;
use crate::PredictError;

/// Linear interpolation between thresholds, as `numpy.interp`.
#[derive(Clone, Debug, PartialEq)]
pub struct Isotonic {
    /// Ascending.
    pub x: Vec<f64>,
    /// One a threshold.
    pub y: Vec<f64>,
    /// A value outside of this range is moved to its nearer end; without a range it gives `NaN`.
    pub clip: Option<(f64, f64)>,
}

impl Isotonic {
    fn at(&self, x: f64) -> f64 {
        let last = self.x.len() - 1;
        let x = match self.clip {
            Some((low, high)) => x.max(low).min(high),
            None if last > 0 && !(self.x[0]..=self.x[last]).contains(&x) => return f64::NAN,
            None => x,
        };
        let above = self.x.partition_point(|threshold| *threshold <= x);
        match above {
            0 => self.y[0],
            _ if above > last => self.y[last],
            _ if self.x[above - 1] == x => self.y[above - 1],
            _ => {
                let (x0, y0) = (self.x[above - 1], self.y[above - 1]);
                (self.y[above] - y0) / (self.x[above] - x0) * (x - x0) + y0
            }
        }
    }
}

impl Estimator for Isotonic {
    fn features(&self) -> Option<usize> {
        Some(1)
    }

    fn answer(&self, _rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        Ok(Answer::of_values(values.iter().map(|x| self.at(*x)).collect()))
    }
}

/// From a score to a probability.
#[derive(Clone, Debug, PartialEq)]
pub enum Calibrator {
    /// `1 / (1 + exp(a x + b))`.
    Sigmoid {
        /// a.
        a: f64,
        /// b.
        b: f64,
    },
    /// Steps.
    Isotonic(Isotonic),
}

/// The calibration of one member.
#[derive(Clone, Debug, PartialEq)]
pub enum Calibration {
    /// A calibrator for each class of the member, with the own class that it gives; one for two classes.
    Classes(Vec<(u32, Calibrator)>),
    /// All logarithms of odds times this factor.
    Temperature(f64),
}

/// `CalibratedClassifierCV`: the mean of calibrated members.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrated {
    /// Number of classes.
    pub classes: usize,
    /// One a member.
    pub members: Vec<Calibration>,
}

impl Calibrator {
    fn of(&self, x: f64) -> f64 {
        match self {
            Self::Sigmoid { a, b } => 1.0 / (1.0 + (a * x + b).exp()),
            Self::Isotonic(isotonic) => isotonic.at(x),
        }
    }
}

impl Calibrated {
    /// Decision values before probabilities; of two probabilities the second.
    fn scores(&self, member: &Answer) -> Result<(usize, Vec<f64>), PredictError> {
        match (&member.decision, &member.probability) {
            (Some(grid), _) => Ok((grid.width, grid.values.clone())),
            (None, Some(grid)) if self.classes == 2 => {
                Ok((1, grid.values.iter().skip(1).step_by(2).copied().collect()))
            }
            (None, Some(grid)) => Ok((grid.width, grid.values.clone())),
            (None, None) => Err(lacking("decision_function and no predict_proba")),
        }
    }

    fn by_class(&self, member: &Answer, calibrators: &[(u32, Calibrator)]) -> Result<Vec<f64>, PredictError> {
        let (width, scores) = self.scores(member)?;
        if width != calibrators.len() {
            return Err(lacking("score for each calibrated class"));
        }
        let mut out = Vec::with_capacity(scores.len() / width.max(1) * self.classes);
        for row in scores.chunks_exact(width) {
            let mut own = vec![0.0; self.classes];
            for (score, (class, calibrator)) in row.iter().zip(calibrators) {
                own[*class as usize] = calibrator.of(*score);
            }
            if self.classes == 2 {
                own[0] = 1.0 - own[1];
            } else {
                let sum = own.iter().fold(0.0, |sum, p| sum + p);
                let even = 1.0 / self.classes as f64;
                own.iter_mut().for_each(|p| *p = if sum == 0.0 { even } else { *p / sum });
            }
            out.extend(own);
        }
        Ok(out)
    }

    /// The library takes rows that sum to one for probabilities, and their logarithms.
    fn by_temperature(&self, member: &Answer, beta: f64) -> Result<Vec<f64>, PredictError> {
        let logs = |values: &[f64]| values.iter().map(|p| beta * (p + 1e-12).ln()).collect();
        let logits: Vec<f64> = match (&member.decision, &member.probability) {
            (Some(grid), _) if grid.width == 1 => grid.values.iter().flat_map(|d| [beta * -d, beta * d]).collect(),
            (Some(grid), _) if grid.width == self.classes => grid.values.iter().map(|d| beta * d).collect(),
            (None, Some(grid)) if grid.width == self.classes => match self.classes {
                2 => logs(&grid.values.chunks_exact(2).flat_map(|p| [1.0 - p[1], p[1]]).collect::<Vec<_>>()),
                _ => logs(&grid.values),
            },
            _ => return Err(lacking("score for each class")),
        };
        Ok(softmax(self.classes, logits))
    }
}

impl Rule for Calibrated {
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError> {
        let mut mean = vec![0.0; rows * self.classes];
        for (member, calibration) in members.iter().zip(&self.members) {
            let own = match calibration {
                Calibration::Classes(calibrators) => self.by_class(member, calibrators)?,
                Calibration::Temperature(beta) => self.by_temperature(member, *beta)?,
            };
            let cut = |p: f64| if p > 1.0 && p <= 1.0 + 1e-5 { 1.0 } else { p };
            mean.iter_mut().zip(own).for_each(|(sum, p)| *sum += cut(p));
        }
        let count = members.len() as f64;
        mean.iter_mut().for_each(|sum| *sum /= count);
        Ok(Answer::of_labels(self.classes, &mean).with_probability(self.classes, mean))
    }
}
