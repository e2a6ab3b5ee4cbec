//! Looks for leaks.

use fine_table::{Column, Table, Task};
use rayon::prelude::*;

use super::identifiers::identifiers;
use super::others::{ids, times};
use super::params::Params;
use super::report::{Power, Report, Skipped};
use super::same::same;
use super::shared::shared;
use crate::learn::{Input, POWER_FOLDS as FOLDS, Question, folds};
use crate::stage::{Context, StageError};
use crate::subject::Subject;

/// Progress units of all single predictions.
pub(super) const PREDICTIONS: u64 = 20;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let features = subject.feature_columns.len() as u64;
    let total = 2 * features + PREDICTIONS;
    let clusters = subject.clusters();
    let folds_of = folds(subject.rows(), clusters.as_deref(), FOLDS, subject.seed, "leakage/folds");
    let mut question = Question {
        target: &subject.target,
        classes: if subject.task == Task::Regression { 0 } else { subject.classes.len() },
        weights: subject.weights.as_deref(),
        clusters: clusters.as_deref(),
        folds: vec![0; subject.rows()],
        depth: params.depth,
    };
    folds_of.iter().for_each(|(row, fold)| question.folds[*row as usize] = *fold);
    let (mut scores, mut skipped) = (Vec::new(), Vec::new());
    let done = std::sync::atomic::AtomicU64::new(0);
    let asked: Vec<Result<Power, Skipped>> = subject
        .feature_columns
        .par_iter()
        .map(|at| {
            let answer = power(&question, &subject.table, *at);
            ctx.tick(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1, total).map(|()| answer)
        })
        .collect::<Result<_, _>>()?;
    for answer in asked {
        match answer {
            Ok(power) => scores.push(power),
            Err(none) => skipped.push(none),
        }
    }
    let named: Vec<Column> = identifiers(subject, params.identifier_share);
    let identifiers = match Table::new(named) {
        Some(table) if subject.rows() == table.rows() => {
            (0..table.columns().len()).filter_map(|at| power(&question, &table, at).ok()).collect()
        }
        _ => Vec::new(),
    };
    let reference = subject.reference.as_ref();
    let shared = match reference {
        Some(r) => shared(subject, r, params.examples, |at| ctx.tick(features + at as u64, total))?,
        None => None,
    };
    let single = params.single_rows.max(1) as u64;
    let predictions = match subject.has_model {
        true => {
            let tick = |row: usize| ctx.tick(2 * features + PREDICTIONS * row as u64 / single, total);
            Some(same(subject, params.single_rows, tick)?)
        }
        false => None,
    };
    Ok(Report {
        rows: subject.rows() as u64,
        metric: if subject.task == Task::Regression { "mae" } else { "f1_weighted" }.to_owned(),
        depth: params.depth,
        folds: FOLDS as u64,
        features: scores,
        skipped,
        identifiers,
        shared,
        ids: reference.and_then(|r| ids(subject, r).ok()),
        times: reference.and_then(|r| times(subject, r).ok()),
        predictions,
    })
}

fn power(question: &Question<'_>, table: &Table, at: usize) -> Result<Power, Skipped> {
    let column = &table.columns()[at];
    let none = |reason: &str| Skipped { column: column.name.clone(), reason: reason.to_owned() };
    if table.rows() < 2 * FOLDS {
        return Err(none("too-few-rows"));
    }
    if !Input::is_usable(column) {
        return Err(none("too-many-categories"));
    }
    let power = question.power(table, at).ok_or_else(|| none("constant-target"))?;
    Ok(Power { column: column.name.clone(), score: power.score, model: power.model, naive: power.naive })
}
