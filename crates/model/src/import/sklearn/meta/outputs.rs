//! Several targets, one estimator each.

use std::sync::Arc;

use super::super::estimator::{Core, Head, Seat};
use super::super::fitted;
use super::{Fitted, ImportError, Reader};
use crate::estimators::{Chain, Part};
use crate::{CoreModel, Label};

/// What the targets are, as far as the file says it in one place.
fn described(fitted: &Fitted<'_>, classifier: bool, count: usize) -> Result<Vec<String>, ImportError> {
    match fitted.classes_of_outputs()? {
        Some(all) if classifier && all.len() == count => Ok(fitted::said(&all)),
        _ if classifier => Ok(vec!["classes".to_owned(); count]),
        _ => Ok(fitted::numbers(count)),
    }
}

/// `MultiOutputClassifier` and `MultiOutputRegressor`: the estimator of the chosen target.
pub(super) fn each(fitted: &Fitted<'_>, classifier: bool, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let members = fitted.list("estimators_")?;
    let target = reader.context.pick(fitted, described(fitted, classifier, members.len())?)?;
    let Some(member) = members.get(target) else { return Err(fitted.malformed("estimators_", "is empty")) };
    let Seat { chain, mut head } = reader.seat(fitted, &format!("estimators_[{target}]"), *member)?;
    head.steps = chain;
    Ok(head)
}

/// `ClassifierChain` and `RegressorChain`: each estimator also sees the answers of those before it.
pub(super) fn chain(fitted: &Fitted<'_>, classifier: bool, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let members = fitted.list("estimators_")?;
    let order = fitted.whole("order_", fitted.need("order_")?)?;
    if order.len() != members.len() {
        return Err(fitted.malformed("order_", format!("{} places for {} estimators", order.len(), members.len())));
    }
    // `classes_` follows the chain, targets follow the columns that were fitted on.
    let in_chain = described(fitted, classifier, members.len())?;
    let place = |target: usize| order.iter().position(|own| *own == target as i64);
    let places: Option<Vec<usize>> = (0..members.len()).map(place).collect();
    let places = places.ok_or_else(|| fitted.malformed("order_", "is no order of the targets"))?;
    let target = reader.context.pick(fitted, places.iter().map(|at| in_chain[*at].clone()).collect())?;
    let Some(last) = places.get(target).copied() else { return Err(fitted.malformed("estimators_", "is empty")) };
    let method = match ["chain_method_", "chain_method"].into_iter().find(|attr| fitted.get(attr).is_some()) {
        None => "predict".to_owned(),
        Some(attr) => fitted.choice(attr, &["predict", "predict_proba", "decision_function"])?,
    };
    let mut links = Vec::with_capacity(last + 1);
    let (mut features, mut refuses, mut end) = (0, false, None);
    for (at, member) in members.into_iter().take(last + 1).enumerate() {
        let seat = reader.seat(fitted, &format!("estimators_[{at}]"), member)?;
        if at == 0 {
            features = fitted.input_width().unwrap_or(seat.head.features);
        }
        if !matches!(seat.head.core, Core::One(_)) {
            return Err(fitted.unsupported("its estimators have steps of their own"));
        }
        refuses |= seat.refuses_missing();
        let part = part(fitted, &seat, &method)?;
        end = Some((seat.head.task, seat.head.classes.clone()));
        links.push((seat.into_estimator(fitted, features + at)?, part));
    }
    let Some((task, classes)) = end else { return Err(fitted.malformed("estimators_", "is empty")) };
    let chain = Chain { features, links };
    let head = Head::new(CoreModel::Other(Arc::new(chain)), task, classes, features);
    Ok(if refuses { head.refusing_missing() } else { head })
}

fn part(fitted: &Fitted<'_>, seat: &Seat, method: &str) -> Result<Part, ImportError> {
    let number = |label: &Label| match label {
        Label::Bool(value) => Some(f64::from(u8::from(*value))),
        Label::Int(value) => Some(*value as f64),
        Label::Float(value) => Some(*value),
        Label::Text(_) => None,
    };
    let classes = &seat.head.classes;
    match method {
        "predict_proba" if classes.len() == 2 => Ok(Part::Probability(2)),
        "decision_function" if classes.len() == 2 => Ok(Part::Decision),
        "predict" if classes.is_empty() => Ok(Part::Value),
        "predict" => {
            let numbers: Option<Vec<f64>> = classes.iter().map(number).collect();
            numbers.map(Part::Label).ok_or_else(|| fitted.unsupported("its classes are no numbers"))
        }
        _ => Err(fitted.unsupported(format!("{method} of more than two classes"))),
    }
}
