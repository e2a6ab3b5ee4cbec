//! Puts the parts of the report together.

use fine_model::Core;
use fine_model::trees::LEAF;

use super::attribution::{self, Explained};
use super::report::{FeatureImportance, Method, Report, Trust};
use super::{Explain, Params, association, dependence, global, local, permutation};
use crate::estimate::Estimate;
use crate::rerun::metric::Metric;
use crate::rerun::{Progress, Rerun};
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// Features whose pairwise association is looked at, most important first.
const ASSOCIATED: usize = 100;

pub(super) fn cost(subject: &Subject, params: &Params) -> Cost {
    let features = subject.feature_columns.len() as u64;
    let rows = subject.rows() as u64;
    let permuted = permutation::rows(subject, params) * u64::from(params.repeats) * features;
    let dependence = params.dependence_rows.min(rows)
        * u64::from(params.dependence_points)
        * features.min(u64::from(params.dependence_features));
    let sampled = params.sampler_rows.min(rows) * params.background_rows.min(rows) * 2 * features;
    let (explained, steps) = match subject.model.core() {
        Core::Trees(_) | Core::Linear(_) if !attribution::separates(subject) => (sampled, 0),
        Core::Trees(forest) => {
            let steps = attribution::estimated_steps(forest);
            let explained = attribution::exact_rows(subject, params, steps);
            (explained, explained * steps * attribution::output_count(subject))
        }
        Core::Linear(linear) => (rows, rows * linear.features as u64),
        _ => (sampled, 0),
    };
    let bootstrap = u64::from(params.bootstrap) * rows.min(1000) * features;
    Cost { predicted_rows: permuted + dependence + explained, row_operations: steps + bootstrap }
}

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let progress = Progress::new(ctx, Explain::cost(subject, params).predicted_rows);
    let explained = attribution::explain(subject, params, &progress)?;
    let (importance, rank_stability) = global::importance(subject, &explained, params);
    let rerun = Rerun::new(subject, permutation::rows(subject, params), &format!("{}/permutation", Explain::ID))?;
    let metric = Metric::for_task(subject.task, params.metric);
    let permutation = permutation::importance(&rerun, metric, params, &progress)?;
    let mut order = (0..importance.len()).collect::<Vec<_>>();
    let weight = |f: &usize| importance[*f].mean_abs.value.unwrap_or(0.0);
    order.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.cmp(b)));
    let class = |f: usize| explained.classes.get(importance[f].slot).copied();
    let shaped = order.iter().take(params.dependence_features as usize);
    let shaped = shaped.map(|f| (*f, class(*f).unwrap_or(0))).collect::<Vec<_>>();
    let mut shapes = dependence::dependence(subject, params, &shaped, &progress)?.into_iter();
    let read = read_features(subject);
    let whole = importance.iter().filter_map(|i| i.mean_abs.value).sum::<f64>();
    let features = order
        .iter()
        .map(|&f| {
            let i = &importance[f];
            let name = subject.model.features[f].name.clone();
            let column = &subject.table.columns()[subject.feature_columns[f]].name;
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
                dependence: shapes.next().unwrap_or_default(),
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
    };
    Ok(Report {
        method: method(subject, &explained, &rerun, metric, params),
        features,
        rank_stability,
        rows: local::explanations(subject, &explained, params.local_rows),
        trust,
    })
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

fn method(subject: &Subject, explained: &Explained, rerun: &Rerun<'_>, metric: Metric, params: &Params) -> Method {
    let single = if explained.classes.len() == 1 { subject.classes.get(explained.classes[0]).cloned() } else { None };
    Method {
        id: explained.method.into(),
        scale: explained.scale.into(),
        class: single,
        rows: explained.rows.len() as u64,
        sampled: explained.rows.len() < subject.rows(),
        background_rows: explained.background_rows,
        base: explained.shap.base.clone(),
        fallback: explained.fallback.map(str::to_owned),
        permutation_metric: metric.id().into(),
        permutation_rows: rerun.rows.len() as u64,
        permutation_repeats: params.repeats,
        dependence_rows: params.dependence_rows.min(subject.rows() as u64),
    }
}
