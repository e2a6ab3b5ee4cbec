//! How well the other features tell an attribute, and which ones.

use std::cell::RefCell;

use fine_table::{Column, Table, Values};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::axes::Axis;
use super::counts::FEWEST;
use super::report::{Proxies, ProxyFeature, ProxyGroup};
use crate::estimate::Estimate;
use crate::groups::UNKNOWN;
use crate::learn::{Boosting, Input, Lesson, POWER_FOLDS, Question, folds};
use crate::rerun::Progress;
use crate::stage::StageError;
use crate::stats::association::{correlation_ratio, cramer_v};
use crate::stats::describe::mean_t;
use crate::stats::design::{Design, whole};
use crate::stats::rank::auc_estimate;
use crate::subject::Subject;

/// Folds of the cross-fit.
pub(super) const FOLDS: usize = 5;
/// Depth of the tree that is asked what one feature says about the attribute.
const DEPTH: u32 = 5;

/// The rows with a known group and what is asked of them.
struct Known<'a> {
    table: Table,
    /// Group of each row.
    target: Vec<f64>,
    codes: Vec<u32>,
    design: Design,
    /// Places of the features in the table.
    columns: Vec<usize>,
    axis: &'a Axis,
}

/// Cross-fitted models of one attribute by the features of the model without it.
///
/// # Errors
/// When asked to stop.
pub(super) fn proxies(
    subject: &Subject,
    axis: &Axis,
    design: &Design,
    declared: &[String],
    most_groups: u32,
    progress: &Progress<'_>,
) -> Result<Proxies, StageError> {
    let known = Known::of(subject, axis, design);
    let is_feature = subject.model.features.iter().any(|f| f.name == axis.name());
    let mut out = Proxies {
        attribute: axis.name().to_owned(),
        is_feature,
        rows: known.target.len() as u64,
        fitted_rows: 0,
        folds: FOLDS as u64,
        reason: None,
        separation: Estimate::not_estimable(known.target.len() as u64),
        group: None,
        groups: Vec::new(),
        features: Vec::new(),
    };
    if let Err(reason) = known.answerable(most_groups) {
        out.reason = Some(reason.to_owned());
        progress.add(FOLDS as u64 + 1)?;
        return Ok(out);
    }
    let told = known.tell(subject.seed, progress)?;
    out.fitted_rows = told.fitted;
    out.groups = known.groups(&told.scores);
    let value = |g: &ProxyGroup| g.separation.value.unwrap_or(f64::NEG_INFINITY);
    let best = out.groups.iter().reduce(|a, b| if value(b) > value(a) { b } else { a });
    if let Some(best) = best {
        (out.separation, out.group) = (best.separation.clone(), Some(best.group.clone()));
    }
    out.features = known.features(subject.seed, &told.shares, declared);
    progress.add(1)?;
    Ok(out)
}

/// What the model of one fold says.
#[derive(Serialize, Deserialize)]
struct Fit {
    fitted: u64,
    /// Of the gain, by feature that can be used.
    shares: Vec<f64>,
    /// Row-major probabilities of the groups for the rows of the fold.
    scores: Vec<f64>,
}

/// What the models of all folds say.
struct Told {
    /// Row-major probabilities of the groups.
    scores: Vec<f64>,
    fitted: u64,
    /// By feature the share of the gain in each fold; empty where the feature cannot be used.
    shares: Vec<Vec<f64>>,
}

impl<'a> Known<'a> {
    fn of(subject: &Subject, axis: &'a Axis, design: &Design) -> Self {
        let codes = &axis.grouping.codes;
        let rows: Vec<u32> = (0..codes.len() as u32).filter(|r| codes[*r as usize] != UNKNOWN).collect();
        let codes: Vec<u32> = rows.iter().map(|r| codes[*r as usize]).collect();
        let own = subject.table.position(axis.name());
        Self {
            table: subject.table.take(&rows),
            target: codes.iter().map(|c| f64::from(*c)).collect(),
            codes,
            design: design.take(rows.iter().map(|r| *r as usize)),
            columns: subject.feature_columns.iter().copied().filter(|c| Some(*c) != own).collect(),
            axis,
        }
    }

    fn column(&self, feature: usize) -> &Column {
        &self.table.columns()[self.columns[feature]]
    }

    fn answerable(&self, most_groups: u32) -> Result<(), &'static str> {
        let sizes = self.axis.grouping.sizes();
        let enough = sizes.iter().filter(|n| **n >= FEWEST.max(2 * FOLDS as u64)).count();
        match self.axis.labels().len() {
            n if n > most_groups as usize => Err("too-many-groups"),
            _ if enough < 2 => Err("too-few-rows"),
            _ if !(0..self.columns.len()).any(|f| Input::is_usable(self.column(f))) => Err("no-other-feature"),
            _ => Ok(()),
        }
    }

    fn tell(&self, seed: u64, progress: &Progress<'_>) -> Result<Told, StageError> {
        let classes = self.axis.labels().len();
        let (table, columns, target) = (&self.table, self.columns.as_slice(), self.target.as_slice());
        let lesson = Lesson { table, columns, target, weights: self.design.weights(), classes };
        let usable = lesson.usable();
        let topic = format!("fairness/{}/proxies", self.axis.name());
        let folds = folds(self.target.len(), self.design.clusters(), FOLDS, seed, &topic);
        let boosting = RefCell::new(Boosting::new(&lesson));
        let of = |fold: usize| folds.iter().filter(move |(_, f)| *f == fold).map(|(row, _)| *row as usize);
        let fits = progress.ctx.blocks(&format!("proxies/{}", self.axis.name()), FOLDS, |fold| {
            let boosting = &mut *boosting.borrow_mut();
            let mut train: Vec<u32> = folds.iter().filter(|(_, f)| *f != fold).map(|(row, _)| *row).collect();
            train.truncate(boosting.most_rows());
            let start = boosting.fit(&train);
            let gains = boosting.gains();
            let sum: f64 = gains.iter().sum();
            let shares = gains.iter().map(|gain| if sum > 0.0 { gain / sum } else { 0.0 }).collect();
            let mut scores = vec![0.0; of(fold).count() * classes];
            for (row, to) in of(fold).zip(scores.chunks_exact_mut(classes)) {
                boosting.scores(&start, row, to);
            }
            progress.add(1)?;
            Ok::<Fit, StageError>(Fit { fitted: train.len() as u64, shares, scores })
        })?;
        let mut told = Told {
            scores: vec![0.0; self.target.len() * classes],
            fitted: 0,
            shares: vec![Vec::new(); self.columns.len()],
        };
        for (fold, fit) in fits.into_iter().enumerate() {
            told.fitted = told.fitted.max(fit.fitted);
            for (at, share) in usable.iter().zip(fit.shares) {
                told.shares[*at].push(share);
            }
            for (row, scores) in of(fold).zip(fit.scores.chunks_exact(classes)) {
                told.scores[row * classes..][..classes].copy_from_slice(scores);
            }
        }
        Ok(told)
    }

    /// Of two groups the smaller against the larger; of several each against all others.
    fn groups(&self, scores: &[f64]) -> Vec<ProxyGroup> {
        let labels = self.axis.labels();
        let first = usize::from(labels.len() == 2);
        let one = |group: usize| {
            let positive: Vec<bool> = self.codes.iter().map(|c| *c as usize == group).collect();
            let n = positive.iter().filter(|p| **p).count() as u64;
            let own: Vec<f64> = scores.iter().skip(group).step_by(labels.len()).copied().collect();
            let support =
                |side: bool| whole(self.design.support((0..positive.len()).filter(|row| positive[*row] == side)));
            let auc = match support(true).min(support(false)) < FEWEST {
                true => Estimate::not_estimable(n),
                false => auc_estimate(&own, &positive, self.design.weights(), self.design.clusters()),
            };
            let twice = |v: Option<f64>| v.map(|v| 2.0 * v - 1.0);
            let separation = Estimate {
                value: twice(auc.value),
                low: twice(auc.low),
                high: twice(auc.high),
                n: auc.n,
                method: auc.method,
            };
            ProxyGroup { group: labels[group].clone(), auc, separation }
        };
        (first..labels.len()).map(one).collect()
    }

    /// What each feature alone says about the attribute, the strongest first.
    fn features(&self, seed: u64, shares: &[Vec<f64>], declared: &[String]) -> Vec<ProxyFeature> {
        let topic = format!("fairness/{}/power", self.axis.name());
        let mut question = Question {
            target: &self.target,
            classes: self.axis.labels().len(),
            weights: self.design.weights(),
            clusters: self.design.clusters(),
            folds: vec![0; self.target.len()],
            depth: DEPTH,
        };
        for (row, fold) in folds(self.target.len(), self.design.clusters(), POWER_FOLDS, seed, &topic) {
            question.folds[row as usize] = fold;
        }
        let mut out: Vec<ProxyFeature> = (0..self.columns.len())
            .into_par_iter()
            .map(|f| {
                let column = self.column(f);
                let usable = Input::is_usable(column);
                let power = if usable { question.power(&self.table, self.columns[f]) } else { None };
                let (measure, association) = association(&self.codes, column);
                ProxyFeature {
                    feature: column.name.clone(),
                    power: power.map(|p| p.score),
                    association,
                    measure: measure.to_owned(),
                    share: (!shares[f].is_empty()).then(|| within(mean_t(&shares[f]))),
                    declared: declared.contains(&column.name),
                }
            })
            .collect();
        let power = |f: &ProxyFeature| f.power.as_ref().and_then(|p| p.value).unwrap_or(-1.0);
        out.sort_by(|a, b| power(b).total_cmp(&power(a)).then_with(|| a.feature.cmp(&b.feature)));
        out
    }
}

/// A share with an interval that stays one.
fn within(e: Estimate) -> Estimate {
    Estimate { low: e.low.map(|v| v.max(0.0)), high: e.high.map(|v| v.min(1.0)), ..e }
}

/// Kind and strength of the association of groups with a column.
fn association(groups: &[u32], column: &Column) -> (&'static str, Option<f64>) {
    match &column.values {
        Values::Number { values, .. } => ("correlation-ratio", correlation_ratio(groups, values).map(|r| r.eta)),
        Values::Text { codes, .. } => ("cramer-v", cramer_v(groups, codes).map(|v| v.0)),
    }
}

/// Elementary operations of one attribute, for the declared cost.
pub(super) fn operations(subject: &Subject, groups: usize) -> u64 {
    let (rows, features) = (subject.rows() as u64, subject.feature_columns.len() as u64);
    let outputs = if groups <= 2 { 1 } else { groups as u64 };
    let fitted = (100_000_000 / (50 * outputs * features).max(1)).clamp(1000, 20_000).min(rows);
    let told = 15 * 50 * outputs * (fitted * features + rows / FOLDS as u64);
    told + features * rows * (u64::from(rows.max(2).ilog2()) + 4 * u64::from(DEPTH + 1))
}
