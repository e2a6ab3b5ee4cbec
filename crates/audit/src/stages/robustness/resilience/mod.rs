//! The metric on the rows that a shift could leave (scenarios of PiML and MoDeVa, Sudjianto et al. 2023), each defined by an
//! order of the rows whose first ones are taken:
//! - `worst-sample`: by the model's own error, largest first. Rows are chosen by their outcome: no shift of that size does worse
//!   on these rows, and there is no interval.
//! - `hard-sample`: by the error that a gradient boosting, fitted on other rows, predicts from the features.
//! - `outer-sample`: by the distance from the centre, farthest first ([`mixed`]).
//! - `worst-cluster`: clusters of the features, the one with the largest mean loss (wrong labels, or the absolute error) first; whole
//!   clusters. Each half of the rows is ordered by the losses of the other half.

mod hard;
mod mixed;
#[cfg(test)]
mod tests;

pub(super) use mixed::{ITERATIONS, RESTARTS};

use fine_table::{Table, Task};
use rand::seq::SliceRandom;

use super::report::{Scenario, TailFeature, TailPoint};
use super::stress::Stress;
use crate::bins::Feature;
use crate::estimate::{Estimate, IntervalMethod};
use crate::halves::halves;
use crate::rerun::{Rerun, metric};
use crate::rng::unit_rng;
use crate::stage::StageError;
use crate::stats::distance::psi;
use crate::stats::normal::Z;
use mixed::Mixed;

const OUTER: &str = "outer-sample";
/// Share of the headline number.
const HEADLINE: f64 = 0.1;
/// Quantile bins of a number.
const BINS: usize = 10;
/// Features listed.
const LISTED: usize = 20;
/// Fewest rows on which the metric is taken.
const LEAST: usize = 10;

/// Places of the rows in their order; rows of one group are taken together.
struct Order {
    rows: Vec<usize>,
    /// Ends of the groups in `rows`; empty when each row stands alone.
    ends: Vec<usize>,
}

pub(super) fn measure(stress: &Stress<'_>) -> Result<Vec<Scenario>, StageError> {
    let rerun = stress.rerun;
    let errors = errors(rerun);
    let subject = rerun.subject;
    let columns = subject.feature_columns.iter().map(|c| subject.table.columns()[*c].take(&rerun.rows));
    let features = Table::new(columns.collect()).unwrap_or_default();
    let mixed = Mixed::of(&features);
    let binned: Vec<Feature> = features.columns().iter().filter_map(|c| Feature::of(c, BINS, 1)).collect();
    stress.progress.add(0)?;
    let losses = losses(rerun, &errors);
    let hard = hard::predicted(rerun, &features, &losses, &stress.progress)?;
    let by = |id: &str, scores: &[f64]| Order { rows: ordered(rerun, id, scores), ends: Vec::new() };
    let orders = [
        ("worst-sample", Ok(by("worst-sample", &errors))),
        ("hard-sample", hard.map(|scores| by("hard-sample", &scores))),
        (OUTER, mixed.distances().map(|scores| by(OUTER, &scores)).ok_or("no-spread")),
        ("worst-cluster", clusters(stress, &mixed, &losses).ok_or("no-spread")),
    ];
    Ok(orders.into_iter().map(|(id, order)| scenario(stress, &binned, id, order)).collect())
}

/// The drop on the tenth of the rows that lies farthest out, or the share nearest to that.
pub(super) fn outer_drop(scenarios: &[Scenario]) -> Option<Estimate> {
    let near = |p: &&TailPoint| (p.share - HEADLINE).abs();
    let outer = scenarios.iter().find(|s| s.id == OUTER)?;
    outer.points.iter().min_by(|a, b| near(a).total_cmp(&near(b))).map(|p| p.drop.clone())
}

/// How wrong each row is: the best score of a wrong class less that of the true one, or the absolute error.
fn errors(rerun: &Rerun<'_>) -> Vec<f64> {
    let subject = rerun.subject;
    let of = |(at, row): (usize, &u32)| {
        let (scores, truth) = (rerun.baseline.row(at), subject.target[*row as usize]);
        if subject.task == Task::Regression {
            return (scores[0] - truth).abs();
        }
        let wrong = scores.iter().enumerate().filter(|(k, _)| *k != truth as usize).map(|(_, s)| *s);
        wrong.fold(f64::NEG_INFINITY, f64::max) - scores[truth as usize]
    };
    rerun.rows.iter().enumerate().map(of).collect()
}

/// What the metric counts: a wrong label, or the absolute error.
fn losses(rerun: &Rerun<'_>, errors: &[f64]) -> Vec<f64> {
    if rerun.subject.task == Task::Regression {
        return errors.to_vec();
    }
    let is_wrong = |(label, row): (&u32, &u32)| f64::from(*label) != rerun.subject.target[*row as usize];
    rerun.baseline.labels.iter().zip(&rerun.rows).map(|pair| f64::from(u8::from(is_wrong(pair)))).collect()
}

/// Places by falling score; equal scores in a seeded order.
fn ordered(rerun: &Rerun<'_>, id: &str, scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.shuffle(&mut unit_rng(rerun.subject.seed, &format!("robustness/{id}"), 0));
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order
}

/// Clusters by falling mean loss of the other half of the rows; those without a row there come last.
fn clusters(stress: &Stress<'_>, mixed: &Mixed, losses: &[f64]) -> Option<Order> {
    let rerun = stress.rerun;
    let count = stress.params.clusters.max(2) as usize;
    let labels = mixed.clusters(count, rerun.subject.seed)?;
    let halves = halves(rerun.subject, &rerun.rows, "robustness/clusters");
    let places: Vec<Vec<usize>> =
        halves.iter().map(|half| half.iter().filter_map(|row| rerun.rows.binary_search(row).ok()).collect()).collect();
    let mut groups: Vec<(f64, usize, Vec<usize>)> = Vec::new();
    for (own, other) in [(0, 1), (1, 0)] {
        let (mut sums, mut sizes) = (vec![0.0; count], vec![0u64; count]);
        for place in &places[other] {
            sums[labels[*place]] += losses[*place];
            sizes[labels[*place]] += 1;
        }
        for cluster in 0..count {
            let mean = if sizes[cluster] > 0 { sums[cluster] / sizes[cluster] as f64 } else { f64::NEG_INFINITY };
            let rows: Vec<usize> = places[own].iter().copied().filter(|p| labels[*p] == cluster).collect();
            if !rows.is_empty() {
                groups.push((mean, cluster, rows));
            }
        }
    }
    groups.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut order = Order { rows: Vec::new(), ends: Vec::new() };
    for (_, _, rows) in groups {
        order.rows.extend(rows);
        order.ends.push(order.rows.len());
    }
    Some(order)
}

fn scenario(stress: &Stress<'_>, binned: &[Feature], id: &'static str, order: Result<Order, &'static str>) -> Scenario {
    let compared_share = stress.params.compared_share;
    let mut scenario =
        Scenario { id: id.to_owned(), points: Vec::new(), reason: None, compared_share, features: Vec::new() };
    match order {
        Err(reason) => scenario.reason = Some(reason.to_owned()),
        Ok(order) => {
            let point = |share: &f64| point(stress, &order, *share, id != "worst-sample");
            scenario.points = stress.params.shares.iter().map(point).collect();
            scenario.features = features(binned, &order, taken(&order, compared_share));
        }
    }
    scenario
}

/// Rows that a share takes: at least one, and whole groups.
fn taken(order: &Order, share: f64) -> usize {
    let wanted = ((share * order.rows.len() as f64).round() as usize).clamp(1, order.rows.len());
    order.ends.iter().copied().find(|end| *end >= wanted).unwrap_or(wanted)
}

fn point(stress: &Stress<'_>, order: &Order, share: f64, has_interval: bool) -> TailPoint {
    let count = taken(order, share);
    let mut rows = order.rows[..count].to_vec();
    rows.sort_unstable();
    let measured = (count >= LEAST).then(|| metric::measure_some(stress.metric, stress.rerun, &rows)).flatten();
    let value = measured.as_ref().map(|m| m.value);
    let drop = match measured {
        None => Estimate::not_estimable(count as u64),
        Some(m) if has_interval => Estimate { n: count as u64, ..metric::drop(&stress.baseline, &[m]) },
        Some(m) => Estimate::plain(stress.baseline.value - m.value, count as u64),
    };
    TailPoint { share, rows: count as u64, value, drop }
}

/// Population stability index of the first rows against the rest, largest first.
fn features(binned: &[Feature], order: &Order, count: usize) -> Vec<TailFeature> {
    let rest = order.rows.len() - count;
    if rest == 0 {
        return Vec::new();
    }
    let of = |feature: &Feature| {
        let mut sides = [vec![0.0; feature.bins.len()], vec![0.0; feature.bins.len()]];
        for (at, row) in order.rows.iter().enumerate() {
            sides[usize::from(at < count)][feature.codes[*row] as usize] += 1.0;
        }
        let psi = psi(&sides[0], &sides[1]);
        let (low, high) = ((psi.value - Z * psi.error).max(0.0), psi.value + Z * psi.error);
        TailFeature {
            feature: feature.name.clone(),
            psi: Estimate::with_interval(psi.value, low, high, order.rows.len() as u64, IntervalMethod::Delta),
            by_chance: (feature.bins.len() as f64 - 1.0) * (1.0 / count as f64 + 1.0 / rest as f64),
        }
    };
    let mut all: Vec<TailFeature> = binned.iter().map(of).collect();
    all.sort_by(|a, b| b.psi.value.unwrap_or(0.0).total_cmp(&a.psi.value.unwrap_or(0.0)));
    all.truncate(LISTED);
    all
}
