//! AdaBoost.

use std::sync::Arc;

use fine_table::Task;

use super::super::estimator::{Head, class_task, ensemble};
use super::{Fitted, ImportError, Reader, map, weights};
use crate::estimators::{Boost, Boosting, Median};

/// AdaBoost checks its input itself.
fn checked(head: Result<Head, ImportError>) -> Result<Head, ImportError> {
    head.map(Head::refusing_missing)
}

pub(super) fn classifier(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let seats = reader.seats(fitted, "estimators_")?;
    let mut weights = weights(fitted, "estimator_weights_", seats.len())?;
    let total = weights.iter().fold(0.0, |sum, weight| sum + weight);
    weights.truncate(seats.len());
    let algorithm = match fitted.get("algorithm") {
        None => "SAMME".to_owned(),
        Some(_) => fitted.choice("algorithm", &["SAMME", "SAMME.R", "deprecated"])?,
    };
    let boosting = match algorithm.as_str() {
        "SAMME.R" => Boosting::Probabilities,
        _ => Boosting::Labels {
            miss: if fitted.version >= (1, 3) { -1.0 / (classes.len() as f64 - 1.0) } else { 0.0 },
            mean_probability: fitted.version < (0, 22),
        },
    };
    let maps = seats.iter().map(|seat| map(fitted, &seat.head.classes, &classes)).collect::<Result<_, _>>()?;
    let boost = Boost { classes: classes.len(), maps, weights, total, boosting };
    let task = class_task(&classes);
    checked(ensemble(fitted, seats, None, Arc::new(boost), task, classes))
}

pub(super) fn regressor(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let seats = reader.seats(fitted, "estimators_")?;
    let mut weights = weights(fitted, "estimator_weights_", seats.len())?;
    weights.truncate(seats.len());
    checked(ensemble(fitted, seats, None, Arc::new(Median { weights }), Task::Regression, Vec::new()))
}
