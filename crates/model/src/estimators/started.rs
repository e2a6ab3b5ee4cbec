//! Gradient boosting that starts from the answers of another estimator (`init`).

use std::sync::Arc;

use fine_table::Task;

use super::{Answer, Estimator};
use crate::PredictError;
use crate::trees::{Forest, Walker};

/// How probabilities become raw start values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Probabilities are cut at it and at one minus it.
    pub epsilon: f64,
    /// The multiclass link is centred, and the logit precise near one half (since 1.4).
    pub centred: bool,
    /// Half of the logit (exponential loss).
    pub half: bool,
}

impl Start {
    /// Raw start values of the probabilities of all classes: one for two classes, else one a class.
    pub fn raw(self, probabilities: &[f64]) -> Vec<f64> {
        let cut: Vec<f64> = probabilities.iter().map(|p| p.max(self.epsilon).min(1.0 - self.epsilon)).collect();
        if let [_, p] = cut.as_slice() {
            let logit = if self.centred { precise_logit(*p) } else { (p / (1.0 - p)).ln() };
            return vec![if self.half { 0.5 * logit } else { logit }];
        }
        if !self.centred {
            return cut.iter().map(|p| p.ln()).collect();
        }
        let mean = cut.iter().map(|p| p.ln()).sum::<f64>() / cut.len() as f64;
        let geometric = mean.exp();
        cut.iter().map(|p| (p / geometric).ln()).collect()
    }
}

/// `scipy.special.logit` (xsf `log_exp.h`), which is precise near one half.
fn precise_logit(p: f64) -> f64 {
    if !(0.3..=0.65).contains(&p) {
        return (p / (1.0 - p)).ln();
    }
    let s = 2.0 * (p - 0.5);
    s.ln_1p() - (-s).ln_1p()
}

/// A boosted forest on top of another estimator, which sees values of 32 bits.
#[derive(Clone, Debug)]
pub struct Started {
    first: Arc<dyn Estimator>,
    forest: Forest,
    walker: Walker,
    task: Task,
    /// For a classifier.
    start: Option<Start>,
}

impl Started {
    /// From the estimator, the trees with start values of 0, and the rule of a classifier.
    pub fn new(first: Arc<dyn Estimator>, forest: Forest, task: Task, start: Option<Start>) -> Self {
        let walker = Walker::new(&forest);
        Self { first, forest, walker, task, start }
    }
}

impl Estimator for Started {
    fn features(&self) -> Option<usize> {
        Some(self.forest.features)
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let single: Vec<f64> = values.iter().map(|x| f64::from(*x as f32)).collect();
        let first = self.first.answer(rows, &single)?;
        let lacking = || PredictError::Runtime("the first estimator gives no start values".to_owned());
        let start: Vec<f64> = match self.start {
            None => first.values,
            Some(start) => {
                let grid = first.probability.ok_or_else(lacking)?;
                grid.values.chunks_exact(grid.width.max(1)).flat_map(|row| start.raw(row)).collect()
            }
        };
        if start.len() != rows * self.forest.outputs {
            return Err(lacking());
        }
        let mut margins = self.walker.margins(&self.forest, rows, values);
        margins.iter_mut().zip(start).for_each(|(margin, start)| *margin += start);
        Ok(Answer::of_trees(self.task, &self.forest, self.start.is_some(), rows, margins))
    }
}

#[cfg(test)]
mod tests {
    use super::Start;

    #[test]
    fn n3_start_values_by_version() {
        let third = 1.0 / 3.0;
        let of = |centred, epsilon, half| Start { epsilon, centred, half };
        let single = f64::from(f32::EPSILON);
        let old = of(false, single, false).raw(&[0.5, 0.25, 0.25]);
        assert_eq!(old, [0.5f64.ln(), 0.25f64.ln(), 0.25f64.ln()]);
        let new = of(true, single, false).raw(&[0.5, 0.25, 0.25]);
        assert!((new.iter().sum::<f64>()).abs() < 1e-15 && (new[0] - new[1] - 2f64.ln()).abs() < 1e-15);
        let two = [third, 2.0 * third];
        assert_eq!(of(false, single, true).raw(&two)[0], 0.5 * of(false, single, false).raw(&two)[0]);
        // A prior of one is cut at another epsilon since 1.8.
        let (cut32, cut64) = (of(true, single, false).raw(&[0.0, 1.0]), of(true, f64::EPSILON, false).raw(&[0.0, 1.0]));
        assert!(cut32[0] < 17.0 && cut64[0] > 36.0);
    }
}
