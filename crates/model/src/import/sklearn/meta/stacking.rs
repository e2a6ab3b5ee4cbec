//! Stacking.

use std::sync::Arc;

use fine_table::Task;

use super::super::estimator::{Head, Seat, class_task, ensemble};
use super::{Fitted, ImportError, Reader, codes_of, map_of_codes};
use crate::Label;
use crate::estimators::{Part, Row, Stack};

pub(super) fn read(fitted: &Fitted<'_>, classifier: bool, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let classes = if classifier { fitted.classes()? } else { Vec::new() };
    let mut seats = reader.seats(fitted, "estimators_")?;
    let methods = fitted.list("stack_method_")?;
    if methods.len() != seats.len() {
        return Err(fitted.malformed("stack_method_", format!("{} for {} members", methods.len(), seats.len())));
    }
    let mut parts = Vec::with_capacity(seats.len());
    for (seat, method) in seats.iter().zip(methods) {
        let method = method.text().unwrap_or_default();
        parts.push(part(fitted, seat, &method, &classes)?);
    }
    if fitted.flag("passthrough", false)? {
        let width = fitted.first_leaf().input_width().unwrap_or(seats[0].head.features);
        seats.push(Seat { chain: Vec::new(), head: Head::of(Row(width), Task::Regression, Vec::new(), width) });
        parts.push(Part::Decision);
    }
    let mut width = 0;
    for (seat, part) in seats.iter().zip(&parts) {
        width += match part {
            Part::Probability(2) | Part::Value | Part::Label(_) => 1,
            Part::Probability(classes) => *classes,
            Part::Decision => seat.sample(fitted)?.decision.map_or(1, |grid| grid.width),
        };
    }
    let last = reader.seat(fitted, "final_estimator_", fitted.need("final_estimator_")?)?;
    if last.head.classes != codes_of(classes.len()) && !same_codes(fitted, &last.head.classes, classes.len())? {
        return Err(fitted.unsupported("its final estimator does not tell its classes apart"));
    }
    let last = last.into_estimator(fitted, width)?;
    let task = if classifier { class_task(&classes) } else { Task::Regression };
    ensemble(fitted, seats, None, Arc::new(Stack { parts, last }), task, classes)
}

fn same_codes(fitted: &Fitted<'_>, labels: &[Label], classes: usize) -> Result<bool, ImportError> {
    let map = map_of_codes(fitted, labels, classes)?;
    Ok(map.len() == classes && map.iter().enumerate().all(|(at, own)| at as u32 == *own))
}

/// What a member gives to the final estimator.
fn part(fitted: &Fitted<'_>, seat: &Seat, method: &str, classes: &[Label]) -> Result<Part, ImportError> {
    let own = &seat.head.classes;
    match method {
        "predict_proba" if own.len() == classes.len() => Ok(Part::Probability(own.len())),
        "predict_proba" => Err(fitted.unsupported("a member knows other classes")),
        "decision_function" => Ok(Part::Decision),
        "predict" if own.is_empty() => Ok(Part::Value),
        "predict" => {
            let number = |label: &Label| match label {
                Label::Bool(value) => Some(f64::from(u8::from(*value))),
                Label::Int(value) => Some(*value as f64),
                Label::Float(value) => Some(*value),
                Label::Text(_) => None,
            };
            let numbers: Option<Vec<f64>> = own.iter().map(number).collect();
            numbers.map(Part::Label).ok_or_else(|| fitted.unsupported("a member gives text to the final estimator"))
        }
        other => Err(fitted.unsupported(format!("stack_method_={other} is not known"))),
    }
}
