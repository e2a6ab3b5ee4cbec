//! Perturbs, predicts again, compares.

use super::curves::{self, Curve};
use super::report::{FeatureSensitivity, NoiseLevel, Report};
use super::{Params, Sensitivity};
use crate::estimate::Estimate;
use crate::rerun::noise::{Draw, Kind, Scales};
use crate::rerun::shift::{self, Shift};
use crate::rerun::{Progress, Rerun, Scores};
use crate::stage::{Context, Stage, StageError};
use crate::subject::Subject;

/// Noise level of the headline numbers.
const HEADLINE: f64 = 0.01;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let rerun = Rerun::new(subject, params.max_rows, Sensitivity::ID)?;
    known_features(subject, params)?;
    let scales = Scales::new(&rerun);
    let progress = Progress::new(ctx, Sensitivity::cost(subject, params).predicted_rows);
    let all = (0..rerun.features()).collect::<Vec<_>>();
    let mut joint = Vec::new();
    let mut headline = None;
    let kinds = [Kind::Gaussian, Kind::Quantile];
    let noises: Vec<_> = kinds.into_iter().flat_map(|kind| params.levels.iter().map(move |l| (kind, *l))).collect();
    let together = |at: usize| perturb(&rerun, &scales, params, noises[at], &all, &progress);
    let shifts = progress.ctx.blocks("joint", noises.len(), together)?;
    for (&(kind, level), shift) in noises.iter().zip(shifts) {
        if is_headline(level, &params.levels) && headline.as_ref().is_none_or(|h| is_larger(&shift, h)) {
            headline = Some((shift.flip_rate.clone(), shift.mean.clone()));
        }
        let Shift { flip_rate, mean, p99 } = shift;
        joint.push(NoiseLevel { noise: kind.id().into(), level, flip_rate, mean_shift: mean, p99_shift: p99 });
    }
    let curves = curves::measure(subject, params, &scales, &progress)?;
    let noise = (Kind::Gaussian, params.feature_level);
    let alone = |feature: usize| perturb(&rerun, &scales, params, noise, &[feature], &progress);
    let shifts = progress.ctx.blocks("features", all.len(), alone)?;
    let entries = shifts.into_iter().zip(curves.features).enumerate();
    let features = entries.map(|(feature, (shift, curve))| entry(rerun.name(feature), shift, curve)).collect();
    let (label_flip_rate, proba_shift_mean) = headline.unwrap_or((None, Estimate::not_estimable(0)));
    Ok(Report {
        rows: rerun.rows.len() as u64,
        sampled: rerun.sampled,
        repeats: params.repeats,
        joint,
        features,
        label_flip_rate,
        proba_shift_mean,
        curve_rows: curves.rows,
    })
}

/// A declared direction of a feature that the model does not have would be lost silently.
fn known_features(subject: &Subject, params: &Params) -> Result<(), StageError> {
    let known = |name: &&String| subject.model.features.iter().any(|f| f.name == **name);
    match params.monotone.keys().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => {
            Err(StageError::Failed { id: "params", detail: format!("monotone: the model has no feature {name:?}") })
        }
    }
}

/// Compares the rows with `features` perturbed with those left alone.
fn perturb(
    rerun: &Rerun<'_>,
    scales: &Scales,
    params: &Params,
    (kind, level): (Kind, f64),
    features: &[usize],
    progress: &Progress<'_>,
) -> Result<Shift, StageError> {
    let runs: Vec<Scores> = rerun.repeat(
        params.repeats,
        &|chunk, repeat| {
            let draw = |feature| Draw { stage: Sensitivity::ID, kind, feature, level, repeat };
            features.iter().map(|&f| (f, scales.perturb(rerun, chunk, draw(f)))).collect()
        },
        progress,
    )?;
    Ok(shift::compare(rerun, &runs))
}

/// The level nearest to 1 %.
fn is_headline(level: f64, levels: &[f64]) -> bool {
    let distance = |l: f64| (l - HEADLINE).abs();
    levels.iter().all(|l| distance(level) <= distance(*l))
}

/// Of the two kinds of noise, the headline is the one that changes more.
fn is_larger(shift: &Shift, than: &(Option<Estimate>, Estimate)) -> bool {
    let key = |flips: &Option<Estimate>, mean: &Estimate| (flips.as_ref().and_then(|f| f.value), mean.value);
    key(&shift.flip_rate, &shift.mean) > key(&than.0, &than.1)
}

fn entry(name: &str, shift: Shift, curve: Option<Curve>) -> FeatureSensitivity {
    FeatureSensitivity {
        feature: name.to_owned(),
        flip_rate: shift.flip_rate,
        mean_shift: shift.mean,
        p99_shift: shift.p99,
        monotonicity_violations: curve.as_ref().map(|c| c.violations),
        declared: curve.as_ref().and_then(|c| c.declared),
        direction: curve.map(|c| c.direction.to_owned()),
    }
}
