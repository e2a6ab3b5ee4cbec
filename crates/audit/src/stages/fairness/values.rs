//! Numbers: how predictions and their errors are distributed.

mod sums;

use sums::{Distances, Group, Totals};

use super::axes::Axis;
use super::counts::FEWEST;
use super::gaps::{self, Raw, extremes, not_negative, plain, tested};
use super::outcomes::resampled;
use super::report::{ValueFairness, ValueGroup};
use crate::estimate::{Estimate, IntervalMethod};
use crate::stage::StageError;
use crate::stats::bootstrap::Strata;
use crate::stats::clustered;
use crate::stats::contrast::{Contrast, Valued};
use crate::stats::describe::{quantile_sorted, sorted, weighted_quantile};
use crate::stats::design::Design;
use crate::stats::distance::{Numbers, kolmogorov_smirnov};
use crate::stats::welch::{Moments, difference};
use crate::subject::Subject;

/// Quantiles of the predictions of a group.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// One attribute or intersection before the adjustment of p-values.
pub(super) struct Measured {
    report: ValueFairness,
    gaps: Vec<Raw>,
}

/// Pairs of groups (lower, higher) that a gap is about, and how many it was chosen from.
type Pair = Option<(usize, usize, u64)>;

/// Everything about one attribute or intersection but what is predicted anew. `tick` is called while replicates are drawn.
///
/// # Errors
/// What `tick` returns.
pub(super) fn attribute(
    subject: &Subject,
    axis: &Axis,
    design: &Design,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Measured, StageError> {
    let centre = quantile_sorted(&sorted(&subject.prediction.scores), 0.5);
    let groups: Vec<Group> = axis.rows().iter().map(|rows| Group::of(subject, design, rows, centre)).collect();
    let of = |g: &Group, value: &dyn Fn(&Group) -> f64| g.is_enough().then(|| value(g));
    let extreme = |value: &dyn Fn(&Group) -> f64| extremes(&groups.iter().map(|g| of(g, value)).collect::<Vec<_>>());
    let pairs = Pairs {
        ks: farthest(&groups, &|a, b| Distances::of(a, b).of_shares().0),
        wasserstein: farthest(&groups, &|a, b| Distances::of(a, b).of_shares().1),
        smd: farthest(&groups, &|a, b| standardised(a, b).abs()),
        residual: extreme(&|g| g.mean(|r| r.residual)),
        mae: extreme(&|g| g.mean(|r| r.residual.abs())),
        rmse: extreme(&|g| g.mean(|r| r.residual * r.residual)),
    };
    let sizes: Vec<usize> = groups.iter().map(|g| g.rows.len()).collect();
    let statistics = Statistics::new(&groups, &sizes, &pairs);
    let topic = format!("fairness/{}/values", axis.name());
    let strata = Strata { sizes: &sizes, seed: subject.seed, topic: &topic };
    let all = design.take(groups.iter().flat_map(|g| &g.rows).map(|r| r.at));
    let estimates = match groups.is_empty() {
        true => vec![Estimate::not_estimable(0); COUNT],
        false if design.is_plain() => strata.estimates(|w| statistics.values(w), tick)?,
        false => resampled(&all, subject.seed, &topic).estimates(|w| statistics.values(w), tick)?,
    };
    let tests = Tests { groups: &groups, design, seed: subject.seed, topic: &topic };
    let totals = Totals::of(&groups, None);
    let all = totals.iter().fold(Totals::default(), |sum, t| sum.plus(t));
    let report = ValueFairness {
        attribute: axis.name().to_owned(),
        of: axis.of.clone(),
        edges: axis.grouping.edges.clone(),
        unknown: axis.grouping.unknown(),
        reference: axis.reference_label(),
        mae: if all.weight > 0.0 { all.absolute / all.weight } else { 0.0 },
        prediction_sd: if all.weight > 1.0 { all.spread() } else { 0.0 },
        groups: axis.labels().iter().zip(&groups).map(|(label, g)| group(axis, label, g, design)).collect(),
        gaps: Vec::new(),
        flip_shift: None,
        proxy_flip_shift: None,
    };
    Ok(Measured { report, gaps: raw(axis.labels(), &tests, &pairs, estimates) })
}

/// One family over all attributes and intersections.
pub(super) fn adjusted(measured: Vec<Measured>) -> Vec<ValueFairness> {
    let (reports, raw): (Vec<_>, Vec<_>) = measured.into_iter().map(|m| (m.report, m.gaps)).unzip();
    reports.into_iter().zip(gaps::family(raw)).map(|(report, gaps)| ValueFairness { gaps, ..report }).collect()
}

struct Pairs {
    ks: Pair,
    wasserstein: Pair,
    smd: Pair,
    residual: Pair,
    mae: Pair,
    rmse: Pair,
}

/// The pair of groups (of at least [`FEWEST`] rows) with the largest distance, the lower mean prediction first.
fn farthest(groups: &[Group], distance: &dyn Fn(&Group, &Group) -> f64) -> Pair {
    let known: Vec<usize> = (0..groups.len()).filter(|g| groups[*g].is_enough()).collect();
    let pairs = known.iter().enumerate().flat_map(|(i, a)| known[i + 1..].iter().map(move |b| (*a, *b)));
    let measured = pairs.map(|(a, b)| (a, b, distance(&groups[a], &groups[b]))).filter(|p| p.2.is_finite());
    let (a, b, _) = measured.reduce(|best, next| if next.2 > best.2 { next } else { best })?;
    let mean = |g: usize| groups[g].mean(|r| r.prediction);
    let (low, high) = if mean(b) < mean(a) { (b, a) } else { (a, b) };
    Some((low, high, (known.len() * (known.len() - 1) / 2) as u64))
}

/// Difference of the mean predictions over the pooled standard deviation; not finite without a spread.
fn standardised(a: &Group, b: &Group) -> f64 {
    let totals = [a, b].map(|g| Totals::of(std::slice::from_ref(g), None).swap_remove(0));
    Totals::standardised(&totals[0], &totals[1])
}

/// Statistics of a replicate, in the order of the gaps.
const COUNT: usize = 8;

struct Statistics<'a> {
    groups: &'a [Group],
    starts: Vec<usize>,
    pairs: &'a Pairs,
    /// Rows of the pairs in ascending order of prediction.
    ks: Option<Distances>,
    wasserstein: Option<Distances>,
}

impl<'a> Statistics<'a> {
    fn new(groups: &'a [Group], sizes: &[usize], pairs: &'a Pairs) -> Self {
        let starts = sizes.iter().scan(0, |at, size| Some(std::mem::replace(at, *at + size))).collect();
        let of = |pair: Pair| pair.map(|(a, b, _)| Distances::of(&groups[a], &groups[b]));
        Self { groups, starts, pairs, ks: of(pairs.ks), wasserstein: of(pairs.wasserstein) }
    }

    /// The gaps of weighted rows, of the groups that are extreme in the data.
    fn values(&self, weights: &[f64]) -> Vec<f64> {
        let totals = Totals::of(self.groups, Some(weights));
        let all = totals.iter().fold(Totals::default(), |sum, t| sum.plus(t));
        let part = |g: usize| &weights[self.starts[g]..][..self.groups[g].rows.len()];
        let distance = |found: &Option<Distances>, pair: Pair| match (found, pair) {
            (Some(d), Some((a, b, _))) => d.weighted(part(a), part(b)),
            _ => (f64::NAN, f64::NAN),
        };
        let between = |pair: Pair, of: &dyn Fn(&Totals) -> f64| {
            pair.map_or(f64::NAN, |(low, high, _)| of(&totals[high]) - of(&totals[low]))
        };
        let mae = |t: &Totals| t.absolute / t.weight;
        let worst = self.pairs.mae.map_or(f64::NAN, |(_, high, _)| mae(&totals[high]));
        let smd = |(a, b, _): (usize, usize, u64)| Totals::standardised(&totals[a], &totals[b]);
        vec![
            distance(&self.ks, self.pairs.ks).0,
            distance(&self.wasserstein, self.pairs.wasserstein).1 / all.spread(),
            self.pairs.smd.map_or(f64::NAN, smd),
            between(self.pairs.residual, &|t| t.residual / t.weight),
            between(self.pairs.mae, &mae),
            between(self.pairs.rmse, &|t| (t.square / t.weight).sqrt()),
            worst,
            worst / mae(&all) - 1.0,
        ]
    }
}

/// The tests of two groups.
struct Tests<'a> {
    groups: &'a [Group],
    design: &'a Design,
    seed: u64,
    topic: &'a str,
}

impl Tests<'_> {
    /// Equal distributions of predictions: Kolmogorov and Smirnov, or the bootstrap of their difference.
    fn same(&self, a: usize, b: usize) -> Option<f64> {
        if !self.design.is_plain() {
            let own = self.design.take([a, b].iter().flat_map(|g| &self.groups[*g].rows).map(|r| r.at));
            let topic = format!("{}/same", self.topic);
            let rows = resampled(&own, self.seed, &topic);
            return Distances::of(&self.groups[a], &self.groups[b]).same_p(|moved| rows.replicates(moved));
        }
        let numbers = |g: usize| {
            let rows = &self.groups[g].rows;
            Numbers::new(rows.iter().map(|r| (r.prediction, 1.0)).collect(), rows.len() as f64)
        };
        kolmogorov_smirnov(&numbers(a), &numbers(b)).map(|t| t.p)
    }

    /// Equal means of the rows of one group and of others: Welch, or Wald by entity.
    fn means(&self, first: &[usize], second: &[usize], of: &dyn Fn(&sums::Row) -> f64) -> Option<f64> {
        let rows = |side: &[usize]| -> Vec<Valued> {
            side.iter().flat_map(|g| &self.groups[*g].rows).map(|r| (r.at, of(r))).collect()
        };
        let (first, second) = (rows(first), rows(second));
        if !self.design.is_plain() {
            return Contrast::of(self.design, &first, &second).of_means().1;
        }
        let moments = |side: &[Valued]| Moments::of(&side.iter().map(|r| r.1).collect::<Vec<_>>());
        difference(&moments(&first), &moments(&second)).1
    }
}

/// The gaps with their tests: equal distributions, equal means of predictions, residuals, absolute and squared errors.
fn raw(labels: &[String], tests: &Tests<'_>, pairs: &Pairs, estimates: Vec<Estimate>) -> Vec<Raw> {
    let groups = tests.groups;
    let names = |(a, b, _): (usize, usize, u64)| [labels[a].clone(), labels[b].clone()];
    let same = |a: usize, b: usize| tests.same(a, b);
    let means = |a: usize, b: usize, of: &dyn Fn(&sums::Row) -> f64| tests.means(&[b], &[a], of);
    let everyone: u64 = groups.iter().map(|g| g.rows.len() as u64).sum();
    let mut estimates = estimates.into_iter();
    let mut gap = |id: &str, pair: Pair, unit: bool, test: &dyn Fn(usize, usize) -> Option<f64>| {
        let estimate = estimates.next().unwrap_or_else(|| Estimate::not_estimable(everyone));
        match pair.filter(|_| estimate.value.is_some()) {
            None => plain(id, Estimate::not_estimable(everyone), None),
            Some((a, b, chosen_from)) => {
                let n = (groups[a].rows.len() + groups[b].rows.len()) as u64;
                let estimate = not_negative(&Estimate { n, ..within(estimate) });
                tested(id, estimate, names((a, b, 0)), test(a, b), chosen_from, unit)
            }
        }
    };
    let absolute = |r: &sums::Row| r.residual.abs();
    let mut out = vec![
        gap("prediction_ks", pairs.ks, true, &same),
        gap("prediction_wasserstein", pairs.wasserstein, true, &same),
        gap("prediction_smd", pairs.smd, true, &|a, b| means(a, b, &|r| r.prediction)),
        gap("residual_diff", pairs.residual, false, &|a, b| means(a, b, &|r| r.residual)),
        gap("mae_diff", pairs.mae, false, &|a, b| means(a, b, &absolute)),
        gap("rmse_diff", pairs.rmse, false, &|a, b| means(a, b, &|r| r.residual * r.residual)),
        gap("bounded_group_loss", pairs.mae, false, &|_, _| None),
    ];
    out.push(excess(tests, pairs.mae, estimates.next(), everyone, labels));
    out
}

/// The loss of the worst group over that of all: tested against the rows of all other groups, and chosen from as many
/// groups as can be estimated.
fn excess(tests: &Tests<'_>, pair: Pair, estimate: Option<Estimate>, everyone: u64, labels: &[String]) -> Raw {
    let id = "group_loss_excess";
    let found = pair.zip(estimate.filter(|e| e.value.is_some()));
    let Some(((low, worst, _), estimate)) = found else {
        return plain(id, Estimate::not_estimable(everyone), None);
    };
    let groups = tests.groups;
    let rest: Vec<usize> = (0..groups.len()).filter(|g| *g != worst).collect();
    let p = tests.means(&[worst], &rest, &|r| r.residual.abs());
    let known = groups.iter().filter(|g| g.is_enough()).count() as u64;
    let names = [labels[worst].clone(), labels[low].clone()];
    tested(id, Estimate { n: groups[worst].rows.len() as u64, ..within(estimate) }, names, p, known, true)
}

/// Chance moves samples apart, so that the replicates of a small distance can all lie above it.
fn within(e: Estimate) -> Estimate {
    let ends = |end: Option<f64>, pick: fn(f64, f64) -> f64| end.zip(e.value).map(|(end, value)| pick(end, value));
    Estimate { low: ends(e.low, f64::min), high: ends(e.high, f64::max), ..e }
}

fn group(axis: &Axis, label: &str, group: &Group, design: &Design) -> ValueGroup {
    let n = group.rows.len() as u64;
    let at: Vec<usize> = group.rows.iter().map(|r| r.at).collect();
    let (share, small) = axis.share(&at, design);
    let enough = group.is_enough();
    let own = design.take(at);
    let mean = |of: &dyn Fn(&sums::Row) -> f64| match enough {
        true => clustered::mean(&group.rows.iter().map(of).collect::<Vec<_>>(), &own),
        false => Estimate::not_estimable(n),
    };
    let square = mean(&|r| r.residual * r.residual);
    let root = |v: Option<f64>| v.map(|v| v.max(0.0).sqrt());
    let sorted: Vec<f64> = group.rows.iter().map(|r| r.prediction).collect();
    let quantile = |q: f64| match own.weights() {
        None => quantile_sorted(&sorted, q),
        Some(weights) => weighted_quantile(&sorted, weights, q),
    };
    ValueGroup {
        group: label.to_owned(),
        n,
        share,
        small,
        prediction: mean(&|r| r.prediction),
        truth: mean(&|r| r.prediction + r.residual),
        residual: mean(&|r| r.residual),
        mae: mean(&|r| r.residual.abs()),
        rmse: match enough {
            true => Estimate {
                value: root(square.value),
                low: root(square.low),
                high: root(square.high),
                n,
                method: IntervalMethod::T,
            },
            false => Estimate::not_estimable(n),
        },
        quantiles: if enough { QUANTILES.map(quantile).to_vec() } else { Vec::new() },
    }
}
