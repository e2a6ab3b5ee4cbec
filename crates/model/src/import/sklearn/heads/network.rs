//! Multi-layer perceptrons.

use fine_table::Task;

use super::super::estimator::{Head, class_task};
use super::{Context, Fitted, ImportError, describe, fitted, head};
use crate::estimators::{Activation, Layer, Network};
use crate::{Label, ModelFacts};

fn activation(fitted: &Fitted<'_>, attr: &str) -> Result<Activation, ImportError> {
    const KNOWN: [&str; 6] = ["identity", "relu", "tanh", "logistic", "softmax", "exp"];
    Ok(match fitted.choice(attr, &KNOWN)?.as_str() {
        "identity" => Activation::Identity,
        "relu" => Activation::Relu,
        "tanh" => Activation::Tanh,
        "logistic" => Activation::Logistic,
        "softmax" => Activation::Softmax,
        _ => Activation::Exp,
    })
}

/// The layers, and the numbers of features and outputs.
fn layers(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<(Vec<Layer>, usize, usize), ImportError> {
    let (weights, biases) = (fitted.list("coefs_")?, fitted.list("intercepts_")?);
    if weights.is_empty() || weights.len() != biases.len() {
        return Err(fitted.malformed("coefs_", "has other layers than intercepts_"));
    }
    if weights[0].array().is_ok_and(|array| array.dtype.size < 8) {
        facts.warnings.push(describe::remark("float32-coefficients", [("estimator", fitted.path.clone())]));
    }
    let (hidden, last) = (activation(fitted, "activation")?, activation(fitted, "out_activation_")?);
    let mut layers: Vec<Layer> = Vec::with_capacity(weights.len());
    let count = weights.len();
    for (at, (weights, bias)) in weights.into_iter().zip(biases).enumerate() {
        let (inputs, outputs, weights) = fitted.matrix_of("coefs_", weights)?;
        let bias = bias.array().and_then(|array| array.to_f64()).map_err(|e| fitted.wrong("intercepts_", &e))?;
        let before = layers.last().map(|layer| layer.bias.len());
        if bias.len() != outputs || before.is_some_and(|before| before != inputs) {
            return Err(fitted.malformed("coefs_", format!("layer {at} does not fit its neighbours")));
        }
        fitted.finite("coefs_", &weights)?;
        fitted.finite("intercepts_", &bias)?;
        layers.push(Layer { inputs, weights, bias, activation: if at + 1 == count { last } else { hidden } });
    }
    let (features, outputs) = (layers[0].inputs, layers[count - 1].bias.len());
    Ok((layers, features, outputs))
}

pub(super) fn classifier(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let (mut layers, features, outputs) = layers(fitted, facts)?;
    let last = layers[layers.len() - 1].activation;
    if last == Activation::Logistic && outputs > 1 {
        // Labels that each hold or not.
        let both = vec![Label::Int(0), Label::Int(1)];
        let target = context.pick(fitted, fitted::said(&vec![both.clone(); outputs]))?;
        if let Some(layer) = layers.last_mut() {
            layer.weights = layer.weights.iter().skip(target).step_by(outputs).copied().collect();
            layer.bias = vec![layer.bias[target]];
        }
        return Ok(head(Network { layers, classes: Some(2), output: 0 }, Task::Binary, both, features));
    }
    let classes = fitted.classes()?;
    let expected = if classes.len() == 2 { (Activation::Logistic, 1) } else { (Activation::Softmax, classes.len()) };
    if (last, outputs) != expected {
        return Err(fitted.malformed("out_activation_", format!("{outputs} outputs for {} classes", classes.len())));
    }
    let (task, count) = (class_task(&classes), classes.len());
    Ok(head(Network { layers, classes: Some(count), output: 0 }, task, classes, features))
}

pub(super) fn regressor(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let (layers, features, outputs) = layers(fitted, facts)?;
    let output = context.pick(fitted, fitted::numbers(outputs))?;
    Ok(head(Network { layers, classes: None, output }, Task::Regression, Vec::new(), features))
}
