//! Voting and bagging.

use std::sync::Arc;

use fine_table::Task;

use super::super::estimator::{Core, Head, Seat, class_task, ensemble};
use super::{Fitted, ImportError, Reader, map_of_codes};
use crate::estimators::{Bag, Mean, Vote};
use crate::trees::{Cast, Forest, Link, Sum};
use crate::{CoreModel, Label};

/// Weights of the members that were not dropped.
fn kept_weights(fitted: &Fitted<'_>, members: usize) -> Result<Option<Vec<f64>>, ImportError> {
    if fitted.get("weights").is_none() {
        return Ok(None);
    }
    let given = fitted.list("estimators")?;
    let all = super::weights(fitted, "weights", given.len())?;
    if all.len() != given.len() {
        return Err(fitted.malformed("weights", format!("{} for {} members", all.len(), given.len())));
    }
    let is_kept = |entry: &fine_pickle::Value<'_>| {
        let value = entry.items().ok().and_then(|parts| parts.get(1).copied());
        value.is_some_and(|value| !value.is_none() && value.text().is_none_or(|text| text != "drop"))
    };
    let kept: Vec<f64> = all.into_iter().zip(&given).filter(|(_, entry)| is_kept(entry)).map(|(w, _)| w).collect();
    if kept.len() == members {
        Ok(Some(kept))
    } else {
        Err(fitted.malformed("weights", format!("{} for {members} members", kept.len())))
    }
}

pub(super) fn voting_classifier(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let soft = fitted.choice("voting", &["hard", "soft"])? == "soft";
    let seats = reader.seats(fitted, "estimators_")?;
    let weights = kept_weights(fitted, seats.len())?;
    let maps = seats.iter().map(|seat| map_of_codes(fitted, &seat.head.classes, classes.len()));
    let vote = Vote { classes: classes.len(), maps: maps.collect::<Result<_, _>>()?, weights, soft };
    let task = class_task(&classes);
    ensemble(fitted, seats, None, Arc::new(vote), task, classes)
}

pub(super) fn voting_regressor(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let seats = reader.seats(fitted, "estimators_")?;
    let weights = kept_weights(fitted, seats.len())?;
    ensemble(fitted, seats, None, Arc::new(Mean { weights }), Task::Regression, Vec::new())
}

pub(super) fn bagging(fitted: &Fitted<'_>, classifier: bool, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    let classes = if classifier { fitted.classes()? } else { Vec::new() };
    let seats = reader.seats(fitted, "estimators_")?;
    let columns = columns(fitted, seats.len())?;
    let maps = seats.iter().map(|seat| map_of_codes(fitted, &seat.head.classes, classes.len()));
    let maps: Vec<Vec<u32>> = maps.collect::<Result<_, _>>()?;
    let task = if classifier { class_task(&classes) } else { Task::Regression };
    if let Some(width) = fitted.input_width()
        && let Some(forest) = forest(&seats, &columns, width, classes.len())
    {
        let refuses = seats.iter().any(Seat::refuses_missing);
        let head = Head::new(CoreModel::Trees(forest), task, classes, width);
        return Ok(if refuses { head.refusing_missing() } else { head });
    }
    let rule: Arc<dyn crate::estimators::Rule> = match classifier {
        true => Arc::new(Bag { classes: classes.len(), maps }),
        false => Arc::new(Mean { weights: None }),
    };
    ensemble(fitted, seats, Some(columns), rule, task, classes)
}

/// The columns of each member.
fn columns(fitted: &Fitted<'_>, members: usize) -> Result<Vec<Vec<u32>>, ImportError> {
    let attr = "estimators_features_";
    let index = |column: i64| u32::try_from(column).map_err(|_| fitted.malformed(attr, "a negative column"));
    let of = |value| fitted.whole(attr, value)?.into_iter().map(index).collect::<Result<Vec<u32>, ImportError>>();
    let columns: Vec<Vec<u32>> = fitted.list(attr)?.into_iter().map(of).collect::<Result<_, _>>()?;
    match columns.len() == members {
        true => Ok(columns),
        false => Err(fitted.malformed(attr, format!("{} lists for {members} members", columns.len()))),
    }
}

/// Bagged single trees are a forest: the mean of the same leaves in the same order.
fn forest(seats: &[Seat], columns: &[Vec<u32>], features: usize, classes: usize) -> Option<Forest> {
    let outputs = classes.max(1);
    let link = if classes > 0 { Link::Probability } else { Link::Identity };
    let mut trees = Vec::with_capacity(seats.len());
    let codes: Vec<Label> = super::codes_of(classes);
    for (seat, columns) in seats.iter().zip(columns) {
        let Core::One(CoreModel::Trees(forest)) = &seat.head.core else { return None };
        let [tree] = forest.trees.as_slice() else { return None };
        let alike = forest.link == link && forest.sum == Sum::Mean && forest.cast == Cast::F32;
        if !alike || forest.outputs != outputs || seat.head.classes != codes || forest.features != columns.len() {
            return None;
        }
        let mut tree = tree.clone();
        for node in tree.nodes.iter_mut().filter(|node| !node.is_leaf()) {
            node.feature = *columns.get(node.feature as usize).filter(|column| (**column as usize) < features)?;
        }
        trees.push(tree);
    }
    Some(Forest { features, outputs, trees, base: vec![0.0; outputs], cast: Cast::F32, sum: Sum::Mean, link })
}
