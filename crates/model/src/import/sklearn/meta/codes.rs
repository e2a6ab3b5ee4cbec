//! Several classes by members that tell two apart.

use std::sync::Arc;

use fine_table::Task;

use super::super::estimator::{Core, Head, Seat, class_task, ensemble};
use super::super::fitted;
use super::{Fitted, ImportError, Reader};
use crate::estimators::{Always, Codes, Pairs, Rest};
use crate::linear::Linear;
use crate::trees::Link;
use crate::{CoreModel, Label};

/// Scores above it are the second class: 0 for decision values, else 0.5.
fn threshold(fitted: &Fitted<'_>, seats: &[Seat]) -> Result<f64, ImportError> {
    Ok(if seats[0].sample(fitted)?.decision.is_some() { 0.0 } else { 0.5 })
}

pub(super) fn rest(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let binarizer = Fitted::new(fitted.need("label_binarizer_")?, &fitted.path, "label_binarizer_")?;
    let kind = binarizer.text("y_type_").unwrap_or_default();
    if kind.starts_with("multilabel") {
        return label(fitted, reader);
    }
    let classes = fitted.classes()?;
    let seats = reader.seats(fitted, "estimators_")?;
    let expected = if classes.len() == 2 { 1 } else { classes.len() };
    if seats.len() != expected {
        return Err(fitted.malformed("estimators_", format!("{} for {} classes", seats.len(), classes.len())));
    }
    let task = class_task(&classes);
    if let Some(linear) = linear(&seats) {
        let features = linear.features;
        let mut head = Head::new(CoreModel::Linear(linear), task, classes, features).refusing_missing();
        head.decides = true;
        return Ok(head);
    }
    let rule = Rest { classes: classes.len(), threshold: threshold(fitted, &seats)? };
    ensemble(fitted, seats, None, Arc::new(rule), task, classes)
}

/// One of several labels that each hold or not.
fn label(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let members = fitted.list("estimators_")?;
    let both = vec![Label::Int(0), Label::Int(1)];
    let target = reader.context.pick(fitted, fitted::said(&vec![both.clone(); members.len()]))?;
    let Some(member) = members.get(target) else { return Err(fitted.malformed("estimators_", "is empty")) };
    let seats = vec![reader.seat(fitted, &format!("estimators_[{target}]"), *member)?];
    let rule = Rest { classes: 2, threshold: threshold(fitted, &seats)? };
    ensemble(fitted, seats, None, Arc::new(rule), Task::Binary, both)
}

/// Linear members are one linear model.
fn linear(seats: &[Seat]) -> Option<Linear> {
    let mut members = Vec::with_capacity(seats.len());
    for seat in seats {
        let Core::One(CoreModel::Linear(linear)) = &seat.head.core else { return None };
        if !seat.is_plain() || linear.outputs != 1 || !seat.head.decides {
            return None;
        }
        members.push(linear);
    }
    let first = *members.first()?;
    let alike = members.iter().all(|linear| linear.link == first.link && linear.features == first.features);
    let link = match (first.link, members.len()) {
        (Link::Identity, _) => Link::Identity,
        (link @ Link::Logistic { .. }, 1) => link,
        (Link::Logistic { scale }, _) => Link::OneVsRest { scale, normalise: true },
        _ => return None,
    };
    alike.then(|| Linear {
        features: first.features,
        outputs: members.len(),
        coef: members.iter().flat_map(|linear| linear.coef.iter().copied()).collect(),
        intercept: members.iter().flat_map(|linear| linear.intercept.iter().copied()).collect(),
        link,
    })
}

pub(super) fn pairs(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    if fitted.get("pairwise_indices_").is_some() {
        return Err(fitted.unsupported("its members take kernel matrices"));
    }
    let seats = reader.seats(fitted, "estimators_")?;
    if seats.len() != classes.len() * (classes.len() - 1) / 2 {
        return Err(fitted.malformed("estimators_", format!("{} for {} classes", seats.len(), classes.len())));
    }
    let rule = Pairs { classes: classes.len(), threshold: threshold(fitted, &seats)? };
    let task = class_task(&classes);
    ensemble(fitted, seats, None, Arc::new(rule), task, classes)
}

pub(super) fn output(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let seats = reader.seats(fitted, "estimators_")?;
    let (rows, size, book) = fitted.matrix("code_book_")?;
    if rows != classes.len() || size != seats.len() {
        return Err(fitted.malformed("code_book_", format!("{rows} x {size} for {} members", seats.len())));
    }
    fitted.finite("code_book_", &book)?;
    let task = class_task(&classes);
    ensemble(fitted, seats, None, Arc::new(Codes { book }), task, classes)
}

/// What stands for a member whose training rows were all of one class.
pub(super) fn constant(fitted: &Fitted<'_>) -> Result<Head, ImportError> {
    let value = fitted.number("y_")?;
    if value != 0.0 && value != 1.0 {
        return Err(fitted.unsupported(format!("y_={value}")));
    }
    let classes = vec![Label::Int(0), Label::Int(1)];
    let mut head = Head::of(Always(value), Task::Binary, classes, fitted.input_width().unwrap_or(0));
    head.any_width = true;
    Ok(head)
}
