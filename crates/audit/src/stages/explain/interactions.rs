//! Pairs of features that move predictions together.

use fine_model::Core;
use rand::RngExt;
use rayon::prelude::*;

use super::attribution::estimated_steps;
use super::explainer::{Explainer, encode, output_count};
use super::hstat;
use super::report::{Interactions, PairInteraction};
use super::{Explain, Params};
use crate::estimate::{Estimate, IntervalMethod};
use crate::rerun::shift::quantile;
use crate::rerun::{Progress, sample};
use crate::rng::unit_rng;
use crate::shap::{self, TreeInteractions};
use crate::stage::{Stage, StageError};
use crate::subject::Subject;

/// Forests with more steps of the plain method than this are not laid out leaf by leaf.
const LARGEST: u64 = 2_000_000;
/// Fewest rows that SHAP interaction values are worth it for.
const FEWEST: u64 = 50;
/// Features among which all pairs get an H-statistic where there are no SHAP interaction values to choose by.
const BLIND: usize = 5;

/// Mean |SHAP interaction values|.
struct Measured {
    rows: u64,
    /// Share of the sum over main effects and pairs that belongs to pairs.
    pair_share: Option<f64>,
    /// Positions in the order of importance, with mean and share.
    pairs: Vec<([usize; 2], Estimate, f64)>,
}

/// Rows that measuring the interactions predicts, and other steps.
pub(super) fn cost(subject: &Subject, params: &Params) -> (u64, u64) {
    let blind = (BLIND * (BLIND - 1) / 2) as u64;
    let predicted = hstat::predicted_rows(subject, params, u64::from(params.pairs).max(blind));
    let steps = match subject.model.core() {
        Core::Trees(forest) => {
            let rows = params.interaction_rows.min(subject.rows() as u64);
            (4 * estimated_steps(forest) * rows * output_count(subject)).min(params.interaction_steps)
        }
        _ => 0,
    };
    (predicted, steps)
}

/// `order` are the raw features, most important first, each with the class its numbers are about.
pub(super) fn interactions(
    explainer: &Explainer<'_>,
    params: &Params,
    order: &[(usize, usize)],
    progress: &Progress<'_>,
) -> Result<Option<Interactions>, StageError> {
    let subject = explainer.subject;
    let shap = of_trees(explainer, params, order, progress)?;
    let (found, shap_missing) = match shap {
        Ok(measured) => (Some(measured), None),
        Err(reason) => (None, Some(reason.to_owned())),
    };
    let candidates: Vec<[usize; 2]> = match &found {
        Some(measured) => measured.pairs.iter().map(|p| p.0).collect(),
        None => {
            let n = order.len().min(BLIND);
            (0..n).flat_map(|a| (a + 1..n).map(move |b| [a, b])).collect()
        }
    };
    if candidates.is_empty() {
        return Ok(None);
    }
    let asked = candidates.iter().map(|[a, b]| ([order[*a].0, order[*b].0], order[*a].1)).collect::<Vec<_>>();
    let (strengths, h_rows) = hstat::strengths(subject, params, &asked, progress)?;
    let name = |place: usize| subject.model.features[order[place].0].name.clone();
    let mut pairs = Vec::with_capacity(candidates.len());
    for (i, ([a, b], strength)) in candidates.iter().zip(&strengths).enumerate() {
        let own = found.as_ref().and_then(|m| m.pairs.get(i));
        pairs.push(PairInteraction {
            features: [name(*a), name(*b)],
            shap: own.map(|p| p.1.clone()),
            share: own.map(|p| p.2),
            class: subject.classes.get(order[*a].1).cloned(),
            h: strength.h,
            h_sd: strength.sd,
        });
    }
    if found.is_none() {
        pairs.sort_by(|a, b| b.h_sd.total_cmp(&a.h_sd));
        pairs.truncate(params.pairs as usize);
    }
    Ok(Some(Interactions {
        shap_rows: found.as_ref().map_or(0, |m| m.rows),
        shap_missing,
        pair_share: found.and_then(|m| m.pair_share),
        h_rows,
        pairs,
    }))
}

/// SHAP interaction values of the first features on a sample of rows; the inner error is the reason id why there are none.
fn of_trees(
    explainer: &Explainer<'_>,
    params: &Params,
    order: &[(usize, usize)],
    progress: &Progress<'_>,
) -> Result<Result<Measured, &'static str>, StageError> {
    let subject = explainer.subject;
    let Some(forest) = explainer.forest() else { return Ok(Err("not-trees")) };
    if estimated_steps(forest) > LARGEST {
        return Ok(Err("over-budget"));
    }
    // All features beyond the first ones are one player more: what they share with the first stays counted.
    let kept = order.len().min(params.interaction_features as usize);
    let place = |f: u32| order[..kept].iter().position(|o| o.0 == f as usize).unwrap_or(kept) as u32;
    let origin = encode(subject, &subject.table, &[0])?.origin.into_iter().map(place).collect::<Vec<_>>();
    let made = match TreeInteractions::new(forest, &origin, kept + 1) {
        Ok(made) => made,
        Err(e) => return Ok(Err(e.id())),
    };
    let outputs = explainer.columns();
    let affordable = params.interaction_steps / (made.steps_per_row() * outputs.len() as u64).max(1);
    if affordable < FEWEST.min(subject.rows() as u64) {
        return Ok(Err("over-budget"));
    }
    let wanted = params.interaction_rows.min(affordable);
    let rows = sample::stratified(subject, wanted, &format!("{}/interactions", Explain::ID));
    let x = encode(subject, &subject.table, &rows)?;
    let values = made.explain(&x, outputs, &|rows| progress.add(rows))?;
    Ok(Ok(strongest(&values, kept, params, subject.seed)))
}

/// Means over rows and outputs; the strongest pairs of named features first.
fn strongest(values: &shap::Interactions, kept: usize, params: &Params, seed: u64) -> Measured {
    let n = values.players;
    let rows = values.rows;
    // Whole pairs: both halves.
    let size = |row: usize, p: usize, q: usize| {
        let both = if p == q { 1.0 } else { 2.0 };
        let sum = (0..values.outputs).map(|k| values.row(row, k)[p * n + q].abs()).sum::<f64>();
        both * sum / values.outputs.max(1) as f64
    };
    let mean = |p: usize, q: usize| (0..rows).map(|row| size(row, p, q)).sum::<f64>() / rows.max(1) as f64;
    let main = (0..n).map(|p| mean(p, p)).sum::<f64>();
    let all = (0..n).flat_map(|p| (p + 1..n).map(move |q| [p, q])).map(|[p, q]| ([p, q], mean(p, q)));
    let all = all.collect::<Vec<_>>();
    let together = all.iter().map(|p| p.1).sum::<f64>();
    let whole = main + together;
    let mut named = all.into_iter().filter(|([_, q], v)| *q < kept && *v > 0.0).collect::<Vec<_>>();
    named.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    named.truncate(params.pairs as usize);
    let sizes = named.iter().map(|([p, q], _)| (0..rows).map(|row| size(row, *p, *q)).collect::<Vec<_>>());
    let sizes = sizes.collect::<Vec<_>>();
    let replicate = |unit: u32| {
        let mut rng = unit_rng(seed, &format!("{}/interaction-bootstrap", Explain::ID), u64::from(unit));
        let drawn = (0..rows).map(|_| rng.random_range(0..rows)).collect::<Vec<_>>();
        sizes.iter().map(|s| drawn.iter().map(|r| s[*r]).sum::<f64>() / rows as f64).collect::<Vec<_>>()
    };
    let replicates = (0..params.bootstrap).into_par_iter().map(replicate).collect::<Vec<_>>();
    let interval = |i: usize, value: f64| {
        if replicates.len() < 2 || rows < 2 {
            return Estimate::plain(value, rows as u64);
        }
        let mut at = replicates.iter().map(|r| r[i]).collect::<Vec<_>>();
        let (low, high) = (quantile(&mut at, 0.025), quantile(&mut at, 0.975));
        Estimate::with_interval(value, low, high, rows as u64, IntervalMethod::Percentile)
    };
    let pairs = named.iter().enumerate().map(|(i, (pair, v))| (*pair, interval(i, *v), v / whole)).collect();
    Measured { rows: rows as u64, pair_share: (whole > 0.0).then(|| together / whole), pairs }
}
