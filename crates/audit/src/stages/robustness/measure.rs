//! Runs the parts one after the other.

use fine_table::Task;

use super::adversarial::{self, headline};
use super::report::{Adversarial, Report};
use super::stress::{Stress, undefined};
use super::{Params, Robustness, cost, nonsense, resilience};
use crate::estimate::Estimate;
use crate::rerun::metric::{self, Metric};
use crate::rerun::noise::Scales;
use crate::rerun::{Progress, Rerun, RerunError};
use crate::stage::{Context, Stage, StageError};
use crate::subject::Subject;

/// Noise level of the headline number.
const HEADLINE: f64 = 0.5;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    if let Some(problem) = params.problem() {
        return Err(StageError::Failed { id: "params", detail: problem.into() });
    }
    let rerun = Rerun::new(subject, params.max_rows, Robustness::ID)?;
    let metric = Metric::for_task(subject.task, params.metric);
    let baseline = metric::measure(metric, &rerun, &rerun.baseline).ok_or_else(undefined)?;
    let progress = Progress::new(ctx, Robustness::cost(subject, params).predicted_rows);
    let stress = Stress { rerun: &rerun, metric, baseline, params, progress };
    let scales = Scales::new(&rerun);
    let noise = stress.noise(&scales)?;
    let (missing, refused) = stress.missing()?;
    let masked = stress.masked(&scales)?;
    let nonsense = nonsense::measure(&stress, &scales)?;
    let resilience = resilience::measure(&stress)?;
    let (adversarial, adversarial_reason) = attack(&stress, &scales)?;
    let nearest = noise.iter().min_by(|a, b| (a.level - HEADLINE).abs().total_cmp(&(b.level - HEADLINE).abs()));
    let impact = masked.iter().max_by(|a, b| order(&a.drop).total_cmp(&order(&b.drop)));
    let none = || Estimate::not_estimable(rerun.rows.len() as u64);
    let (adversarial_robustness, certified_share) = headline(adversarial.as_ref());
    Ok(Report {
        rows: rerun.rows.len() as u64,
        sampled: rerun.sampled,
        metric: metric.id().into(),
        baseline: stress.baseline.value,
        metric_drop: nearest.map_or_else(none, |l| l.drop.clone()),
        missing_feature_impact: impact.map_or_else(none, |m| m.drop.clone()),
        noise,
        missing,
        missing_refused: refused.is_some(),
        missing_refused_by: refused.flatten(),
        masked,
        nonsense: nonsense.cases,
        swaps_left_out: nonsense.swaps_left_out,
        silent_acceptance: nonsense.silent,
        outer_drop: resilience::outer_drop(&resilience),
        resilience,
        adversarial,
        adversarial_reason,
        adversarial_robustness,
        certified_share,
        costs: cost::parts(subject, params),
    })
}

fn order(drop: &Estimate) -> f64 {
    drop.value.unwrap_or(f64::NEG_INFINITY)
}

/// The attack, or the reason why there is none.
fn attack(stress: &Stress<'_>, scales: &Scales) -> Result<(Option<Adversarial>, Option<String>), StageError> {
    let (subject, params) = (stress.rerun.subject, stress.params);
    if subject.task == Task::Regression {
        return Ok((None, Some("regression".into())));
    }
    if params.attack_rows == 0 {
        return Ok((None, Some("not-selected".into())));
    }
    match adversarial::measure(stress.rerun, params, scales, &stress.progress) {
        Ok(found) => Ok((Some(found), None)),
        Err(RerunError::Refused(_)) => Ok((None, Some("changes-refused".into()))),
        Err(RerunError::Stopped(e)) => Err(e),
    }
}
