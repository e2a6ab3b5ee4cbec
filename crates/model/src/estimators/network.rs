//! `MLPClassifier` and `MLPRegressor`.

use super::{Answer, Estimator, expit, softmax};
use crate::PredictError;

/// What a layer does with its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// `tanh(x)`.
    Tanh,
    /// `1 / (1 + exp(-x))`.
    Logistic,
    /// Softmax over the outputs.
    Softmax,
    /// `exp(x)`.
    Exp,
}

/// One layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Number of inputs.
    pub inputs: usize,
    /// Row-major `[inputs x outputs]`.
    pub weights: Vec<f64>,
    /// One an output.
    pub bias: Vec<f64>,
    /// What it does with its sums.
    pub activation: Activation,
}

/// A feed-forward network.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// The layers, from the inputs on.
    pub layers: Vec<Layer>,
    /// Number of classes; `None` for a regressor, whose prediction is the output numbered so.
    pub classes: Option<usize>,
    /// The output that a regressor predicts.
    pub output: usize,
}

impl Layer {
    fn apply(&self, values: &[f64]) -> Vec<f64> {
        let outputs = self.bias.len();
        let mut out = vec![0.0; values.len() / self.inputs * outputs];
        for (row, out) in values.chunks_exact(self.inputs).zip(out.chunks_exact_mut(outputs)) {
            // Each sum runs over the inputs from left to right.
            for (x, weights) in row.iter().zip(self.weights.chunks_exact(outputs)) {
                out.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += x * weight);
            }
            out.iter_mut().zip(&self.bias).for_each(|(sum, bias)| *sum += bias);
        }
        let each = |mut values: Vec<f64>, function: fn(f64) -> f64| {
            values.iter_mut().for_each(|value| *value = function(*value));
            values
        };
        match self.activation {
            Activation::Identity => out,
            Activation::Relu => each(out, |x| if x > 0.0 { x } else { 0.0 }),
            Activation::Tanh => each(out, f64::tanh),
            Activation::Logistic => each(out, expit),
            Activation::Exp => each(out, f64::exp),
            Activation::Softmax => softmax(outputs, out),
        }
    }
}

impl Estimator for Network {
    fn features(&self) -> Option<usize> {
        self.layers.first().map(|layer| layer.inputs)
    }

    fn answer(&self, _rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let mut values = values.to_vec();
        for layer in &self.layers {
            values = layer.apply(&values);
        }
        let outputs = self.layers.last().map_or(1, |layer| layer.bias.len());
        Ok(match self.classes {
            None => Answer::of_values(values.into_iter().skip(self.output).step_by(outputs).collect()),
            Some(2) if outputs == 1 => {
                let labels = values.iter().map(|p| u32::from(*p > 0.5)).collect();
                let both = values.iter().flat_map(|p| [1.0 - p, *p]).collect();
                Answer { labels, ..Answer::default() }.with_probability(2, both)
            }
            Some(_) => Answer::of_labels(outputs, &values).with_probability(outputs, values),
        })
    }
}
