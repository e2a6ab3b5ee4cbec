//! Measures the fairness of a subject's predictions.

use fine_table::Task;

use super::axes::{Axis, axes};
use super::conditional::{conditional, strata};
use super::consistency::{self, consistency};
use super::individual::{Flips, Wanted, check_proxies, flips};
use super::mitigation::mitigation;
use super::params::{Params, Scalar};
use super::proxies::{self, proxies};
use super::report::Report;
use super::{binary, labels, values};
use crate::groups::Grouping;
use crate::rerun::Progress;
use crate::stage::{Context, StageError};
use crate::stats::design::Design;
use crate::subject::Subject;

/// Progress units of one attribute or intersection.
const AXIS: u64 = 10;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let favourable = match subject.task {
        Task::Binary => Some(favourable(subject, params)?),
        Task::Multiclass | Task::Regression => None,
    };
    check_proxies(subject, params)?;
    let strata = strata(subject, params)?;
    let (axes, left_out) = axes(subject, params)?;
    let singles = axes.iter().filter(|a| a.is_single()).count() as u64;
    let told = if params.tell_attributes { singles * (proxies::FOLDS as u64 + 1) } else { 0 };
    let looked_up = consistency::units(subject, params.consistency_rows);
    let remedies = if favourable.is_some() { singles } else { 0 };
    let progress = Progress::new(ctx, AXIS * axes.len() as u64 + told + looked_up + remedies);
    let design = Design::of(subject);
    let sampling = design.sampling(subject, &without(subject, params));
    let mut report = Report { left_out, sampling: Some(sampling), ..Report::default() };
    match favourable {
        Some(class) => two_classes(subject, params, class, &axes, strata.as_ref(), &mut report, &progress)?,
        None if subject.task == Task::Multiclass => {
            many_classes(subject, params, &axes, &design, &mut report, &progress)?
        }
        None => numbers(subject, params, &axes, &design, &mut report, &progress)?,
    }
    if params.tell_attributes {
        for axis in axes.iter().filter(|a| a.is_single()) {
            let declared = params.proxies.of(axis.name());
            report.proxies.push(proxies(subject, axis, &design, &declared, params.most_groups, &progress)?);
        }
    }
    report.consistency = consistency(subject, &axes, &design, params.consistency_rows, &progress)?;
    Ok(report)
}

/// What has no form for weights or entities, of what is measured.
fn without(subject: &Subject, params: &Params) -> Vec<&'static str> {
    let parts = [
        (subject.task == Task::Binary, "one-more-weights"),
        (!params.conditional_on.is_empty() && subject.task == Task::Binary, "homogeneity"),
        (params.consistency_rows > 0, "neighbours-weights"),
        (params.tell_attributes, "association-weights"),
    ];
    parts.into_iter().filter(|p| p.0).map(|p| p.1).collect()
}

/// Index of the favourable class.
fn favourable(subject: &Subject, params: &Params) -> Result<usize, StageError> {
    let Some(label) = params.positive_label.as_ref().map(Scalar::text) else {
        return Ok(subject.positive);
    };
    let same = |class: &String| {
        class.trim() == label.trim()
            || matches!((class.trim().parse::<f64>(), label.trim().parse::<f64>()), (Ok(a), Ok(b)) if a == b)
    };
    let unknown =
        || StageError::Failed { id: "positive-unknown", detail: format!("{label:?} is none of {:?}", subject.classes) };
    subject.classes.iter().position(same).ok_or_else(unknown)
}

fn two_classes(
    subject: &Subject,
    params: &Params,
    favourable: usize,
    axes: &[Axis],
    strata: Option<&Grouping>,
    report: &mut Report,
    progress: &Progress<'_>,
) -> Result<(), StageError> {
    let decisions = binary::Decisions::new(subject, favourable);
    let mut measured = Vec::with_capacity(axes.len());
    for axis in axes {
        measured.push(binary::attribute(&decisions, axis, subject.seed, |_| progress.add(0))?);
        progress.add(AXIS)?;
    }
    report.positive.clone_from(&subject.classes[favourable]);
    report.attributes = binary::adjusted(measured);
    for (axis, attribute) in axes.iter().zip(&mut report.attributes) {
        let Flips { alone, with_proxies } =
            flips(subject, axis, &Wanted::of(subject, params, axis), &decisions.design)?;
        (attribute.flip_rate, attribute.proxy_flip_rate) = (alone, with_proxies);
    }
    if let Some(strata) = strata {
        report.conditional = conditional(&decisions, axes, strata, params);
    }
    for axis in axes.iter().filter(|a| a.is_single()) {
        if params.mitigation {
            report.mitigation.push(mitigation(subject, &decisions, axis));
        }
        progress.add(1)?;
    }
    Ok(())
}

fn many_classes(
    subject: &Subject,
    params: &Params,
    axes: &[Axis],
    design: &Design,
    report: &mut Report,
    progress: &Progress<'_>,
) -> Result<(), StageError> {
    let mut measured = Vec::with_capacity(axes.len());
    for axis in axes {
        measured.push(labels::attribute(subject, axis, design, |_| progress.add(0))?);
        progress.add(AXIS)?;
    }
    report.labels = labels::adjusted(measured);
    for (axis, attribute) in axes.iter().zip(&mut report.labels) {
        let Flips { alone, with_proxies } = flips(subject, axis, &Wanted::of(subject, params, axis), design)?;
        (attribute.flip_rate, attribute.proxy_flip_rate) = (alone, with_proxies);
    }
    Ok(())
}

fn numbers(
    subject: &Subject,
    params: &Params,
    axes: &[Axis],
    design: &Design,
    report: &mut Report,
    progress: &Progress<'_>,
) -> Result<(), StageError> {
    let mut measured = Vec::with_capacity(axes.len());
    for axis in axes {
        // Asked between chunks of replicates whether to go on.
        measured.push(values::attribute(subject, axis, design, |_| progress.add(0))?);
        progress.add(AXIS)?;
    }
    report.values = values::adjusted(measured);
    for (axis, attribute) in axes.iter().zip(&mut report.values) {
        let Flips { alone, with_proxies } = flips(subject, axis, &Wanted::of(subject, params, axis), design)?;
        (attribute.flip_shift, attribute.proxy_flip_shift) = (alone, with_proxies);
    }
    Ok(())
}
