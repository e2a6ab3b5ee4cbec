//! `GradientBoostingClassifier` and `GradientBoostingRegressor`: `init + learning rate · Σ leaf`, stage by stage.

use fine_pickle::Value;
use fine_table::Task;

use super::super::builder::ForestBuilder;
use super::estimator::{Head, class_task};
use super::forest::{Leaves, count, raw_tree};
use super::{Fitted, ImportError, Limits};
use crate::trees::{Cast, Forest, Link, Sum};
use crate::{CoreModel, ModelFacts};

const CLASSIFIER_LOSSES: [&str; 3] = ["deviance", "log_loss", "exponential"];
const REGRESSOR_LOSSES: [&str; 6] = ["ls", "squared_error", "lad", "absolute_error", "huber", "quantile"];

pub(super) fn classifier(fitted: &Fitted<'_>, limits: &Limits, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    let loss = fitted.choice("loss", &CLASSIFIER_LOSSES)?;
    let classes = fitted.classes()?;
    let outputs = if classes.len() == 2 { 1 } else { classes.len() };
    let base = match init(fitted, "DummyClassifier")? {
        None => vec![0.0; outputs],
        Some(dummy) => {
            let prior = dummy.numbers("class_prior_")?;
            if prior.len() != classes.len() || dummy.choice("strategy", &["prior"]).is_err() {
                return Err(fitted.unsupported("its init_ is no prior of its classes"));
            }
            start(fitted.version, &loss, &prior)
        }
    };
    let link = match (outputs, loss.as_str()) {
        (1, "exponential") => Link::Logistic { scale: 2.0 },
        (1, _) => Link::Logistic { scale: 1.0 },
        _ => Link::Softmax,
    };
    let (forest, features) = stages(fitted, outputs, base, link, limits, facts)?;
    let task = class_task(&classes);
    let mut head = Head::new(CoreModel::Trees(forest), task, classes, features).refusing_missing();
    head.decides = true;
    Ok(head)
}

pub(super) fn regressor(fitted: &Fitted<'_>, limits: &Limits, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    fitted.choice("loss", &REGRESSOR_LOSSES)?;
    let base = match init(fitted, "DummyRegressor")? {
        None => 0.0,
        Some(dummy) => dummy.number("constant_")?,
    };
    let (forest, features) = stages(fitted, 1, vec![base], Link::Identity, limits, facts)?;
    Ok(Head::new(CoreModel::Trees(forest), Task::Regression, Vec::new(), features).refusing_missing())
}

/// The dummy estimator that gives the start value; `None` for `init='zero'`.
fn init<'p>(fitted: &Fitted<'p>, expected: &str) -> Result<Option<Fitted<'p>>, ImportError> {
    let value = fitted.need("init_")?;
    if value.text().is_some_and(|text| text == "zero") {
        return Ok(None);
    }
    let dummy = Fitted::new(value, &fitted.path, "init_")?;
    if dummy.class != expected {
        return Err(fitted.unsupported(format!("its start values come from {}", dummy.class)));
    }
    Ok(Some(dummy))
}

/// Raw start values of the class prior. Up to 1.3 the multiclass link is `ln p`, later it is centred; the prior is cut
/// at the epsilon of `f32` up to 1.7, of `f64` later.
fn start(version: (u32, u32), loss: &str, prior: &[f64]) -> Vec<f64> {
    let epsilon = if version >= (1, 8) { f64::EPSILON } else { f64::from(f32::EPSILON) };
    let cut: Vec<f64> = prior.iter().map(|p| p.max(epsilon).min(1.0 - epsilon)).collect();
    if let [_, p] = cut.as_slice() {
        let logit = if version >= (1, 4) { scipy_logit(*p) } else { (p / (1.0 - p)).ln() };
        return vec![if loss == "exponential" { 0.5 * logit } else { logit }];
    }
    if version < (1, 4) {
        return cut.iter().map(|p| p.ln()).collect();
    }
    let mean = cut.iter().map(|p| p.ln()).sum::<f64>() / cut.len() as f64;
    let geometric = mean.exp();
    cut.iter().map(|p| (p / geometric).ln()).collect()
}

/// `scipy.special.logit` (xsf `log_exp.h`), which is precise near one half.
fn scipy_logit(p: f64) -> f64 {
    if !(0.3..=0.65).contains(&p) {
        return (p / (1.0 - p)).ln();
    }
    let s = 2.0 * (p - 0.5);
    s.ln_1p() - (-s).ln_1p()
}

fn stages(
    fitted: &Fitted<'_>,
    outputs: usize,
    base: Vec<f64>,
    link: Link,
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<(Forest, usize), ImportError> {
    let rate = fitted.number("learning_rate")?;
    let shape = fitted.need("estimators_")?.array().map_err(|error| fitted.wrong("estimators_", &error))?.shape;
    if shape.len() != 2 || shape[1] != outputs {
        return Err(fitted.malformed("estimators_", format!("has shape {shape:?} for {outputs} outputs")));
    }
    let features = match fitted.input_width() {
        Some(features) => features,
        None => fitted.count("n_features_in_")?,
    };
    let mut builder = ForestBuilder::new(features, outputs, limits)?;
    for (index, tree) in fitted.list("estimators_")?.into_iter().enumerate() {
        let name = format!("estimators_[{}, {}]", index / outputs, index % outputs);
        let tree: Fitted<'_> = Fitted::new(tree, &fitted.path, &name)?;
        builder.add(&tree.path, raw_tree(&tree, features, Leaves::Value(index % outputs), rate)?)?;
    }
    let forest = builder.finish(base, Cast::F32, Sum::F64, link)?;
    count(&forest, facts);
    Ok((forest, features))
}

/// Start value of a pickled loss or baseline: a number, or an array with one number an output.
pub(super) fn baseline(fitted: &Fitted<'_>, value: Value<'_>, outputs: usize) -> Result<Vec<f64>, ImportError> {
    let attr = "_baseline_prediction";
    let numbers = match value.as_f64() {
        Some(number) => vec![number],
        None => value.array().and_then(|array| array.to_f64()).map_err(|error| fitted.wrong(attr, &error))?,
    };
    match numbers.len() {
        1 => Ok(vec![numbers[0]; outputs]),
        count if count == outputs => Ok(numbers),
        count => Err(fitted.malformed(attr, format!("holds {count} numbers for {outputs} outputs"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n3_start_values_by_version() {
        let third = 1.0 / 3.0;
        let old = start((1, 3), "log_loss", &[0.5, 0.25, 0.25]);
        assert_eq!(old, [0.5f64.ln(), 0.25f64.ln(), 0.25f64.ln()]);
        let new = start((1, 4), "log_loss", &[0.5, 0.25, 0.25]);
        assert!((new.iter().sum::<f64>()).abs() < 1e-15 && (new[0] - new[1] - 2f64.ln()).abs() < 1e-15);
        assert_eq!(
            start((1, 3), "exponential", &[third, 2.0 * third])[0],
            0.5 * start((1, 3), "log_loss", &[third, 2.0 * third])[0]
        );
        // A prior of one is cut at another epsilon since 1.8.
        let (cut32, cut64) = (start((1, 7), "log_loss", &[0.0, 1.0])[0], start((1, 8), "log_loss", &[0.0, 1.0])[0]);
        assert!(cut32 < 17.0 && cut64 > 36.0);
    }
}
