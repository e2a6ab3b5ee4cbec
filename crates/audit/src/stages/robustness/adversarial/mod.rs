//! Small changes that turn a decision: found by search, and ruled out by proof.

mod few;
mod space;
mod walk;

pub(super) use few::{CATEGORIES, RANKS};
pub(super) use walk::QUERIES;

use rayon::prelude::*;

use fine_table::Table;

use super::report::{Adversarial, AxisFacts, CertificateFacts, Held, Numbers, RadiusPoint};
use super::{Params, Robustness};
use crate::estimate::Estimate;
use crate::rerun::noise::Scales;
use crate::rerun::{Progress, Rerun, RerunError, sample};
use crate::stage::{Stage, StageError};
use crate::stats::describe::sorted;
use crate::stats::proportion::share;
use crate::trees_box::{Axis, Certificate, Ensemble, certify, distance, nearest_flip};
use space::{Oracle, Space};

/// Radius of the headline numbers.
const HEADLINE: f64 = 0.1;
/// Rows attacked together.
const BLOCK: usize = 64;

/// Attacks a sample of rows.
///
/// # Errors
/// [`RerunError::Refused`] when the model takes some plausible change for an error.
pub(super) fn measure(
    rerun: &Rerun<'_>,
    params: &Params,
    scales: &Scales,
    progress: &Progress<'_>,
) -> Result<Adversarial, RerunError> {
    let subject = rerun.subject;
    let most = params.attack_rows.min(params.max_rows);
    let rows = sample::stratified(subject, most, &format!("{}/attack", Robustness::ID));
    let mut space = Space::new(rerun, params, scales).map_err(RerunError::Stopped)?;
    let oracle = Oracle::new(subject, &rows);
    let (numbers, numbers_reason) = match space.axes.is_empty() {
        true => (None, Some("no-number".to_owned())),
        false => (Some(numbers(rerun, params, &oracle, &mut space, progress)?), None),
    };
    Ok(Adversarial {
        rows: rows.len() as u64,
        sampled: rows.len() < subject.rows(),
        numbers,
        numbers_reason,
        few: few::few(rerun, &oracle, &space, scales, params.most_changes, progress)?,
        held: space.held,
    })
}

/// The shares at the radius nearest to 0.1: decisions that stand, and decisions proven to stand.
pub(super) fn headline(adversarial: Option<&Adversarial>) -> (Option<Estimate>, Option<Estimate>) {
    let near = |p: &RadiusPoint| (p.radius - HEADLINE).abs();
    let numbers = adversarial.and_then(|a| a.numbers.as_ref());
    let point = numbers.and_then(|n| n.curve.iter().min_by(|a, b| near(a).total_cmp(&near(b))));
    let stands = |e: &Estimate| {
        let less = |v: Option<f64>| v.map(|v| 1.0 - v);
        Estimate { value: less(e.value), low: less(e.high), high: less(e.low), ..e.clone() }
    };
    (point.map(|p| stands(&p.changed)), point.and_then(|p| p.certified.clone()))
}

/// The nearest point found that turns the decision, and what is proven.
type Found = (Option<Vec<f64>>, Certificate);

/// What is known of the attacked rows: the smallest change found, and the certificate.
struct Known {
    changes: Vec<Option<f64>>,
    certificates: Option<Vec<Certificate>>,
    method: &'static str,
    queries: u64,
    reason: Option<String>,
}

fn numbers(
    rerun: &Rerun<'_>,
    params: &Params,
    oracle: &Oracle<'_>,
    space: &mut Space,
    progress: &Progress<'_>,
) -> Result<Numbers, RerunError> {
    let subject = rerun.subject;
    let raw = subject.feature_columns.iter().map(|c| subject.table.columns()[*c].take(&rerun.rows)).collect();
    let ensemble = Table::new(raw)
        .ok_or("probe-refused")
        .and_then(|raw| Ensemble::new(&subject.model, &raw, &space.axes, params.reach()));
    let known = match ensemble {
        Ok(ensemble) => {
            let known = boxes(oracle, &ensemble, params.reach(), progress)?;
            let left = space.axes.iter().filter(|a| !ensemble.axes.contains(a));
            let names = left.map(|a| rerun.name(a.feature).to_owned());
            space.held.extend(names.map(|feature| Held { feature, reason: "not-followed".to_owned() }));
            space.axes.clone_from(&ensemble.axes);
            known
        }
        Err(reason) => {
            let points = oracle.points(&space.axes);
            let found = walk::walk(oracle, &space.axes, &points, progress)?;
            let far = |(found, x): (&Option<Vec<f64>>, &Vec<f64>)| found.as_ref().map(|f| distance(&space.axes, x, f));
            Known {
                changes: found.iter().zip(&points).map(far).collect(),
                certificates: None,
                method: "boundary-walk",
                queries: QUERIES as u64,
                reason: Some(reason.to_owned()),
            }
        }
    };
    Ok(summary(rerun, params, &space.axes, known))
}

/// Searches and proves in the boxes of the trees. The model itself must confirm each change.
fn boxes(
    oracle: &Oracle<'_>,
    ensemble: &Ensemble<'_>,
    reach: f64,
    progress: &Progress<'_>,
) -> Result<Known, RerunError> {
    let axes = &ensemble.axes;
    let points = oracle.points(axes);
    let uneven = || StageError::Failed { id: "predict", detail: "columns of different lengths".into() };
    let table = oracle.table().ok_or_else(|| RerunError::Stopped(uneven()))?;
    let encoded = oracle.subject.model.encode(&table).map_err(RerunError::Refused)?;
    let others = |label: u32| -> Vec<Vec<f64>> {
        points.iter().zip(&oracle.labels).filter(|(_, l)| **l != label).map(|(p, _)| p.clone()).collect()
    };
    let others = [others(0), others(1)];
    let one = |row: usize| {
        let (x, label) = (&points[row], oracle.labels[row]);
        let local = ensemble.local(&encoded.values[row * encoded.width..][..encoded.width], x, label);
        let found = nearest_flip(&local, axes, x, &others[label.min(1) as usize]);
        let most = found.as_ref().map_or(reach, |f| distance(axes, x, f).min(reach));
        progress.add(0)?;
        Ok((found, certify(&local, axes, x, most)))
    };
    let blocks = progress.ctx.blocks("boxes", points.len().div_ceil(BLOCK), |block| {
        let rows = block * BLOCK..points.len().min((block + 1) * BLOCK);
        rows.into_par_iter().map(one).collect::<Result<Vec<Found>, RerunError>>()
    })?;
    let known: Vec<Found> = blocks.into_iter().flatten().collect();
    let asked: Vec<(u32, Vec<f64>)> =
        known.iter().enumerate().filter_map(|(row, k)| Some((row as u32, k.0.clone()?))).collect();
    let labels = oracle.labels_at(axes, &asked).map_err(RerunError::Refused)?;
    progress.add(asked.len() as u64).map_err(RerunError::Stopped)?;
    let mut changes = vec![None; points.len()];
    for ((row, point), label) in asked.iter().zip(labels) {
        let row = *row as usize;
        changes[row] = (label != oracle.labels[row]).then(|| distance(axes, &points[row], point));
    }
    let certificates = Some(known.into_iter().map(|k| k.1).collect());
    Ok(Known { changes, certificates, method: "leaf-boxes", queries: 0, reason: None })
}

fn summary(rerun: &Rerun<'_>, params: &Params, axes: &[Axis], known: Known) -> Numbers {
    let rows = known.changes.len() as u64;
    let count = |of: &mut dyn Iterator<Item = bool>| share(of.filter(|hit| *hit).count() as u64, rows);
    let changes = sorted(&known.changes.iter().map(|c| c.unwrap_or(f64::INFINITY)).collect::<Vec<_>>());
    let quantile = |q: f64| reached(&changes, q).filter(|v| v.is_finite());
    let point = |radius: f64| RadiusPoint {
        radius,
        changed: count(&mut changes.iter().map(|c| *c <= radius)),
        certified: known.certificates.as_ref().map(|all| count(&mut all.iter().map(|c| c.radius >= radius))),
    };
    let mut radii = params.radii.clone();
    radii.sort_by(f64::total_cmp);
    radii.dedup();
    let facts = |all: &Vec<Certificate>| {
        let most = params.reach();
        let parts: Vec<f64> = all
            .iter()
            .zip(&known.changes)
            .filter_map(|(c, change)| change.filter(|v| *v <= most && *v > 0.0).map(|v| c.radius / v))
            .collect();
        CertificateFacts {
            most,
            exact: all.iter().filter(|c| c.exact).count() as u64,
            median: reached(&sorted(&all.iter().map(|c| c.radius).collect::<Vec<_>>()), 0.5).unwrap_or(0.0),
            tightness: (!parts.is_empty()).then(|| parts.iter().sum::<f64>() / parts.len() as f64),
        }
    };
    Numbers {
        method: known.method.to_owned(),
        queries: known.queries,
        axes: axes
            .iter()
            .map(|a| AxisFacts {
                feature: rerun.name(a.feature).to_owned(),
                sd: a.scale,
                low: a.low,
                high: a.high,
                whole: a.whole,
            })
            .collect(),
        found: known.changes.iter().flatten().count() as u64,
        tenth: quantile(0.1),
        median: quantile(0.5),
        curve: radii.into_iter().map(point).collect(),
        certificate: known.certificates.as_ref().map(facts),
        certificate_reason: known.reason,
    }
}

/// The least of some ascending values that a share of them does not exceed.
fn reached(sorted: &[f64], share: f64) -> Option<f64> {
    sorted.get(((share * sorted.len() as f64).ceil() as usize).saturating_sub(1)).copied()
}
