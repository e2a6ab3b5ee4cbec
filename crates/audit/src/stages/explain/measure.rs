//! Puts the parts of the report together.

use fine_model::Core;
use fine_model::trees::LEAF;

use super::attribution::{self, Explained};
use super::explainer::{self, Explainer};
use super::params::TreeValue;
use super::report::{FeatureImportance, Method, Report, Trust};
use super::{Explain, Params, ale, association, dependence, global, interactions, local, permutation, reasons, trust};
use crate::estimate::Estimate;
use crate::rerun::metric::Metric;
use crate::rerun::{Progress, Rerun};
use crate::shap::Enumerator;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// Features whose pairwise association is looked at, most important first.
const ASSOCIATED: usize = 100;
/// Features whose association with protected attributes is measured.
const PROXIES: usize = 10;

pub(super) fn cost(subject: &Subject, params: &Params) -> Cost {
    let features = subject.feature_columns.len() as u64;
    let rows = subject.rows() as u64;
    let shaped = features.min(u64::from(params.dependence_features));
    let permuted = permutation::rows(subject, params) * u64::from(params.repeats) * features;
    let dependence = params.dependence_rows.min(rows) * u64::from(params.dependence_points) * shaped;
    let local_effects = 2 * params.ale_rows.min(rows) * shaped;
    let (explained, steps) = shap_cost(subject, params);
    let (pairs, pair_steps) = interactions::cost(subject, params);
    let searched = local::predicted_rows(subject, params);
    let bootstrap = u64::from(params.bootstrap) * (rows.min(1000) + params.ale_rows.min(rows)) * features;
    Cost {
        predicted_rows: permuted + dependence + local_effects + explained + pairs + searched,
        row_operations: steps + pair_steps + bootstrap,
    }
}

/// Rows predicted (or explained exactly) for SHAP values by both seeds, and other steps.
fn shap_cost(subject: &Subject, params: &Params) -> (u64, u64) {
    let features = subject.feature_columns.len() as u64;
    let rows = subject.rows() as u64;
    let asked = params.sampler_rows.min(rows);
    let twice = asked + trust::repeated_rows(asked);
    let background = params.background_rows.min(rows);
    let sampled = (twice * background * 2 * features + twice, 0);
    if explainer::enumerates(subject, params) {
        let coalitions = 1u64 << features.min(Enumerator::MOST as u64);
        return (twice * background * coalitions + twice, 0);
    }
    match subject.model.core() {
        Core::Trees(_) | Core::Linear(_) if !explainer::separates(subject) => sampled,
        Core::Trees(forest) => {
            let steps = attribution::estimated_steps(forest);
            let explained = explainer::exact_rows(subject, params, steps);
            let once = explained * steps * explainer::output_count(subject);
            match params.trees {
                TreeValue::PathDependent => (explained, once),
                TreeValue::Interventional => (explained + trust::repeated_rows(explained), params.max_steps),
            }
        }
        Core::Linear(linear) => (rows, rows * linear.features as u64),
        Core::Other => sampled,
    }
}

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let progress = Progress::new(ctx, Explain::cost(subject, params).predicted_rows);
    let explainer = Explainer::new(subject, params)?;
    let explained = attribution::explain(&explainer, params, &progress)?;
    let (importance, rank_stability) = global::importance(subject, &explained, params);
    let rerun = Rerun::new(subject, permutation::rows(subject, params), &format!("{}/permutation", Explain::ID))?;
    let metric = Metric::for_task(subject.task, params.metric);
    let permutation = permutation::importance(&rerun, metric, params, &progress)?;
    let mut order = (0..importance.len()).collect::<Vec<_>>();
    let weight = |f: &usize| importance[*f].mean_abs.value.unwrap_or(0.0);
    order.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.cmp(b)));
    let class = |f: usize| explained.classes.get(importance[f].slot).copied();
    let placed = order.iter().map(|f| (*f, class(*f).unwrap_or(0))).collect::<Vec<_>>();
    let shaped = &placed[..placed.len().min(params.dependence_features as usize)];
    let mut shapes = dependence::shapes(subject, params, shaped, &progress)?.into_iter();
    let mut effects = ale::effects(subject, params, shaped, &progress)?.into_iter();
    let read = read_features(subject);
    let whole = importance.iter().filter_map(|i| i.mean_abs.value).sum::<f64>();
    let features = order
        .iter()
        .map(|&f| {
            let i = &importance[f];
            let name = subject.model.features[f].name.clone();
            let column = &subject.table.columns()[subject.feature_columns[f]].name;
            let shape = shapes.next().unwrap_or_default();
            FeatureImportance {
                protected: subject.roles.protected.contains(column),
                feature: name,
                class: class(f).and_then(|c| subject.classes.get(c)).cloned(),
                mean_abs_shap: i.mean_abs.clone(),
                shap_share: share_of(&i.mean_abs, whole),
                in_model: read.as_ref().and_then(|r| r.get(f)).copied(),
                mean_shap: i.mean,
                direction: i.direction,
                permutation: permutation[f].clone(),
                points: i.points.clone(),
                ice: shape.centred(),
                dependence: shape.dependence,
                ale: effects.next().flatten(),
            }
        })
        .collect();
    let top = order.iter().take(ASSOCIATED).copied().collect::<Vec<_>>();
    let (correlated, correlated_rows) = association::strong_pairs(subject, &top);
    let trust = Trust {
        additivity_error: explained.additivity_error,
        sampling_error: explained.sampling_error,
        correlated,
        correlated_rows,
        seed_stability: trust::seed_stability(&explainer, &explained, params, &progress)?,
        agreement: trust::agreement(&explainer, &explained, &progress)?,
    };
    Ok(Report {
        method: method(subject, &explainer, &explained, &rerun, metric, params),
        features,
        rank_stability,
        rows: local::explanations(subject, &explained, params, &progress)?,
        trust,
        interactions: interactions::interactions(&explainer, params, &placed, &progress)?,
        proxies: association::proxies(subject, &top[..top.len().min(PROXIES)]),
        reasons: reasons::of_all(subject, &explained),
        immutable: immutable(subject, params),
    })
}

/// Features that counterfactuals leave alone, in model order.
fn immutable(subject: &Subject, params: &Params) -> Vec<String> {
    let fixed = |f: &usize| {
        let column = &subject.table.columns()[subject.feature_columns[*f]].name;
        let name = &subject.model.features[*f].name;
        let named = |n: &String| n == column || n == name;
        subject.roles.protected.contains(column) || params.counterfactuals.immutable.iter().any(named)
    };
    let all = (0..subject.feature_columns.len()).filter(fixed);
    all.map(|f| subject.model.features[f].name.clone()).collect()
}

/// Which raw features the model reads; `None` where it cannot be looked into.
fn read_features(subject: &Subject) -> Option<Vec<bool>> {
    let columns: Vec<usize> = match subject.model.core() {
        Core::Trees(forest) => {
            let nodes = forest.trees.iter().flat_map(|t| &t.nodes);
            nodes.filter(|n| n.left != LEAF).map(|n| n.feature as usize).collect()
        }
        Core::Linear(linear) => {
            let weighted = linear.coef.iter().enumerate().filter(|(_, w)| **w != 0.0);
            weighted.map(|(i, _)| i % linear.features.max(1)).collect()
        }
        _ => return None,
    };
    let origins = subject.model.origins();
    let mut read = vec![false; subject.feature_columns.len()];
    for feature in columns.iter().filter_map(|c| origins.get(*c)).flat_map(|origin| origin.features()) {
        if let Some(read) = read.get_mut(*feature as usize) {
            *read = true;
        }
    }
    Some(read)
}

/// A mean |SHAP| over the sum of all.
fn share_of(e: &Estimate, whole: f64) -> Estimate {
    let over = |v: Option<f64>| v.map(|v| if whole > 0.0 { (v / whole).min(1.0) } else { 0.0 });
    Estimate { value: over(e.value), low: over(e.low), high: over(e.high), ..e.clone() }
}

fn method(
    subject: &Subject,
    explainer: &Explainer<'_>,
    explained: &Explained,
    rerun: &Rerun<'_>,
    metric: Metric,
    params: &Params,
) -> Method {
    let single = if explained.classes.len() == 1 { subject.classes.get(explained.classes[0]).cloned() } else { None };
    Method {
        id: explainer.method().into(),
        scale: explainer.scale().into(),
        class: single,
        rows: explained.rows.len() as u64,
        sampled: explained.rows.len() < subject.rows(),
        background_rows: explainer.background_rows,
        base: explained.shap.base.clone(),
        fallback: explainer.fallback.map(str::to_owned),
        permutation_metric: metric.id().into(),
        permutation_rows: rerun.rows.len() as u64,
        permutation_repeats: params.repeats,
        dependence_rows: params.dependence_rows.min(subject.rows() as u64),
    }
}
