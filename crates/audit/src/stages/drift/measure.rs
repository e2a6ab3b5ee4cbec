//! Compares the two tables.

use std::sync::atomic::{AtomicU64, Ordering};

use fine_model::{Prediction, ScoreKind};
use fine_table::{Column, Task};
use rayon::prelude::*;

use super::column;
use super::domain::{FOLDS, domain};
use super::params::Params;
use super::report::{ColumnDrift, NotCompared, Report};
use crate::joint::{Cells, Side, sides};
use crate::stage::{Context, StageError};
use crate::stats::multiple::{adjust_some, benjamini_hochberg};
use crate::subject::{Reference, Subject};

/// Progress units of one fold of the classifier.
const FOLD_UNITS: u64 = 10;

/// A feature with its cells, or the reason why it has none.
struct Feature {
    name: String,
    measured: Result<(ColumnDrift, Column), &'static str>,
}

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let missing = || StageError::Failed { id: "not-estimable", detail: "no reference data".to_owned() };
    let reference = subject.reference.as_ref().ok_or_else(missing)?;
    let sides = sides(subject, reference)?;
    let count = subject.feature_columns.len() as u64;
    let total = count + FOLDS as u64 * FOLD_UNITS;
    let done = AtomicU64::new(0);
    let one = |at: &usize| {
        let feature = feature(subject, reference, *at, &sides, params);
        ctx.tick(done.fetch_add(1, Ordering::Relaxed) + 1, total).map(|()| feature)
    };
    let all: Vec<Feature> = subject.feature_columns.par_iter().map(one).collect::<Result<_, _>>()?;
    let (mut features, mut columns, mut not_compared) = (Vec::new(), Vec::new(), Vec::new());
    for Feature { name, measured } in all {
        match measured {
            Ok((drift, column)) => {
                features.push(drift);
                columns.push(column);
            }
            Err(reason) => not_compared.push(NotCompared { feature: name, reason: reason.to_owned() }),
        }
    }
    adjust(&mut features);
    let mut predictions = predictions(subject, reference, &sides, params);
    adjust(&mut predictions);
    let told = |fold: usize| ctx.tick(count + fold as u64 * FOLD_UNITS, total);
    let domain = match params.domain {
        true => domain(columns, &sides, subject.seed, params.domain_features, told)?,
        false => None,
    };
    Ok(Report {
        rows: sides.each_ref().map(|side| side.rows as u64),
        effective_rows: sides.each_ref().map(|side| side.size(|_| true)),
        weighted: sides.each_ref().map(|side| side.weights.is_some()),
        features,
        not_compared,
        label: label(subject, reference, &sides, params),
        predictions,
        domain,
    })
}

fn feature(subject: &Subject, reference: &Reference, at: usize, sides: &[Side; 2], params: &Params) -> Feature {
    let audited = &subject.table.columns()[at];
    let name = audited.name.clone();
    let measured = match reference.table.column(&name) {
        None => Err("column-missing"),
        Some(own) => {
            let (cells, type_changed) = Cells::of(own, audited);
            let drift = column::measure(&name, &cells, type_changed, sides, params);
            drift.map(|drift| (drift, cells.joined(&name))).ok_or("too-many-categories")
        }
    };
    Feature { name, measured }
}

/// Adjusts each kind of test over the columns.
fn adjust(columns: &mut [ColumnDrift]) {
    let of = |test: fn(&ColumnDrift) -> Option<f64>, columns: &[ColumnDrift]| {
        adjust_some(&columns.iter().map(test).collect::<Vec<_>>())
    };
    let chi = of(|c| c.chi_squared.as_ref().map(|t| t.p), columns);
    let ks = of(|c| c.ks_test.as_ref().map(|t| t.p), columns);
    let missing = benjamini_hochberg(&columns.iter().map(|c| c.missing.p).collect::<Vec<_>>());
    for (i, column) in columns.iter_mut().enumerate() {
        if let (Some(test), Some(p)) = (&mut column.chi_squared, chi[i]) {
            test.p_adjusted = p;
        }
        if let (Some(test), Some(p)) = (&mut column.ks_test, ks[i]) {
            test.p_adjusted = p;
        }
        column.missing.p_adjusted = missing[i];
    }
}

/// Truths of both tables.
fn label(subject: &Subject, reference: &Reference, sides: &[Side; 2], params: &Params) -> Option<ColumnDrift> {
    let truths = [reference.target.as_ref()?, &subject.target];
    let cells = match subject.task {
        Task::Regression => Cells::Numbers(truths.map(Clone::clone)),
        Task::Binary | Task::Multiclass => {
            Cells::classes(truths.map(|t| t.iter().map(|v| *v as u32).collect()), &subject.classes)
        }
    };
    column::measure(&subject.roles.target, &cells, false, sides, params)
}

/// Predicted classes or values, and for two classes the score of the positive one.
fn predictions(subject: &Subject, reference: &Reference, sides: &[Side; 2], params: &Params) -> Vec<ColumnDrift> {
    let Some(own) = &reference.prediction else { return Vec::new() };
    let both = [own, &subject.prediction];
    let cells = match subject.task {
        Task::Regression => Cells::Numbers(both.map(|p| p.scores.clone())),
        Task::Binary | Task::Multiclass => Cells::classes(both.map(|p| p.labels.clone()), &subject.classes),
    };
    let scored = |p: &Prediction| matches!(p.kind, ScoreKind::Probability | ScoreKind::Decision);
    let mut out: Vec<ColumnDrift> = column::measure("label", &cells, false, sides, params).into_iter().collect();
    if subject.task == Task::Binary && both.iter().all(|p| scored(p)) {
        let scores = Cells::Numbers(both.map(|p| p.column(subject.positive)));
        out.extend(column::measure("score", &scores, false, sides, params));
    }
    out
}
