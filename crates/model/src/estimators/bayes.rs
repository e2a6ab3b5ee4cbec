//! Naive Bayes classifiers: the logarithm of the joint likelihood of each class, and its softmax.

use super::{Answer, Estimator, softmax};
use crate::PredictError;

/// How likely a value is in a class.
#[derive(Clone, Debug, PartialEq)]
pub enum Likelihood {
    /// `GaussianNB`.
    Normal {
        /// Means, row-major `[classes x features]`.
        mean: Vec<f64>,
        /// Variances with their smoothing.
        variance: Vec<f64>,
    },
    /// `MultinomialNB` and `ComplementNB`: `x · weights`.
    Weighted {
        /// Row-major `[classes x features]`.
        weights: Vec<f64>,
    },
    /// `BernoulliNB`.
    Binary {
        /// `ln P(x = 1)`, row-major `[classes x features]`.
        present: Vec<f64>,
        /// Values above it are 1, others 0; `None` when values are used as they are.
        threshold: Option<f64>,
    },
    /// `CategoricalNB`.
    Categories {
        /// For each feature, `ln P(category)`, row-major `[classes x categories]`.
        tables: Vec<Vec<f64>>,
    },
}

/// A naive Bayes classifier.
#[derive(Clone, Debug, PartialEq)]
pub struct Bayes {
    /// Number of encoded features.
    pub features: usize,
    /// `ln P(class)`; zeros where the library adds none.
    pub log_prior: Vec<f64>,
    /// The likelihood.
    pub likelihood: Likelihood,
    /// What does not depend on the row, one a class: filled by [`Bayes::new`].
    constant: Vec<f64>,
}

impl Bayes {
    /// Precomputes what does not depend on the row.
    pub fn new(features: usize, log_prior: Vec<f64>, likelihood: Likelihood) -> Self {
        let sum = |values: &[f64], of: &dyn Fn(f64) -> f64| -> Vec<f64> {
            values.chunks_exact(features.max(1)).map(|row| row.iter().fold(0.0, |sum, v| sum + of(*v))).collect()
        };
        let constant = match &likelihood {
            Likelihood::Normal { variance, .. } => sum(variance, &|v| (2.0 * std::f64::consts::PI * v).ln()),
            Likelihood::Binary { present, .. } => sum(present, &absent),
            Likelihood::Weighted { .. } | Likelihood::Categories { .. } => vec![0.0; log_prior.len()],
        };
        Self { features, log_prior, likelihood, constant }
    }

    fn joint(&self, row: usize, x: &[f64], class: usize) -> Result<f64, PredictError> {
        let own = |values: &[f64]| -> std::ops::Range<usize> {
            debug_assert_eq!(values.len(), self.features * self.log_prior.len());
            class * self.features..(class + 1) * self.features
        };
        let (prior, constant) = (self.log_prior[class], self.constant[class]);
        Ok(match &self.likelihood {
            Likelihood::Normal { mean, variance } => {
                let terms = x.iter().zip(&mean[own(mean)]).zip(&variance[own(variance)]);
                let sum = terms.fold(0.0, |sum, ((x, mean), variance)| sum + (x - mean) * (x - mean) / variance);
                prior + (-0.5 * constant - 0.5 * sum)
            }
            Likelihood::Weighted { weights } => {
                x.iter().zip(&weights[own(weights)]).fold(0.0, |sum, (x, w)| sum + x * w) + prior
            }
            Likelihood::Binary { present, threshold } => {
                let value = |x: f64| threshold.map_or(x, |threshold| f64::from(u8::from(x > threshold)));
                let terms = x.iter().zip(&present[own(present)]);
                terms.fold(0.0, |sum, (x, p)| sum + value(*x) * (p - absent(*p))) + (prior + constant)
            }
            Likelihood::Categories { tables } => {
                let mut sum = 0.0;
                for (column, (x, table)) in x.iter().zip(tables).enumerate() {
                    let count = table.len() / self.log_prior.len();
                    // The library cuts decimals off.
                    let code = x.trunc();
                    if !(code >= 0.0 && code < count as f64) {
                        let (name, value) = (format!("x{column}"), x.to_string());
                        return Err(PredictError::UnknownCategory { name, row, value });
                    }
                    sum += table[class * count + code as usize];
                }
                sum + prior
            }
        })
    }
}

/// `ln(1 - exp(p))`.
fn absent(p: f64) -> f64 {
    (1.0 - p.exp()).ln()
}

impl Estimator for Bayes {
    fn features(&self) -> Option<usize> {
        Some(self.features)
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let classes = self.log_prior.len();
        let mut joint = Vec::with_capacity(rows * classes);
        for (row, x) in values.chunks_exact(self.features).enumerate() {
            for class in 0..classes {
                joint.push(self.joint(row, x, class)?);
            }
        }
        Ok(Answer::of_labels(classes, &joint).with_probability(classes, softmax(classes, joint)))
    }
}
