//! Measures slices on rows that did not find them.

use std::collections::HashMap;

use crate::estimate::{Estimate, IntervalMethod};
use crate::stats::clustered;
use crate::stats::normal::{Z, two_sided};
use crate::stats::proportion::{equal_p, log_ratio, newcombe};
use crate::stats::welch::{Moments, difference, on_log_scale, relative};

/// Below this many rows nothing about a slice is estimable.
pub(super) const FEWEST: usize = 10;

/// Rows with their losses.
pub(super) struct Half<'a> {
    /// Rows of the table.
    pub(super) rows: &'a [u32],
    /// Loss of each.
    pub(super) losses: Vec<f64>,
    /// Entity of each.
    pub(super) clusters: Option<Vec<u32>>,
    /// The losses are 0 or 1.
    pub(super) binary: bool,
}

/// A slice against the rest.
pub(super) struct Compared {
    pub(super) rows: u64,
    pub(super) loss: Estimate,
    pub(super) rest: Option<f64>,
    pub(super) excess: Estimate,
    pub(super) relative: Estimate,
    pub(super) p: Option<f64>,
}

impl Half<'_> {
    /// Mean loss of the rows chosen; not estimable below [`FEWEST`].
    pub(super) fn mean(&self, inside: impl Fn(usize) -> bool) -> Estimate {
        let members: Vec<usize> = (0..self.rows.len()).filter(|i| inside(*i)).collect();
        if members.len() < FEWEST {
            return Estimate::not_estimable(members.len() as u64);
        }
        let losses: Vec<f64> = members.iter().map(|i| self.losses[*i]).collect();
        let clusters: Option<Vec<u32>> = self.clusters.as_ref().map(|c| members.iter().map(|i| c[*i]).collect());
        match self.binary {
            true => clustered::share_of(&losses.iter().map(|l| *l > 0.0).collect::<Vec<_>>(), clusters.as_deref()),
            false => clustered::mean(&losses, clusters.as_deref()),
        }
    }

    /// The rows chosen against all others.
    pub(super) fn compare(&self, inside: &[bool]) -> Compared {
        let pick = |wanted: bool| -> Vec<f64> {
            self.losses.iter().zip(inside).filter(|(_, i)| **i == wanted).map(|(l, _)| *l).collect()
        };
        let (own, others) = (pick(true), pick(false));
        let n = self.losses.len() as u64;
        let loss = self.mean(|i| inside[i]);
        if own.len() < FEWEST || others.len() < FEWEST {
            let none = || Estimate::not_estimable(n);
            return Compared { rows: own.len() as u64, loss, rest: None, excess: none(), relative: none(), p: None };
        }
        let (a, b) = (Moments::of(&own), Moments::of(&others));
        let (excess, relative, p) = if let Some(clusters) = &self.clusters {
            by_entity(&a, &b, &self.losses, inside, clusters)
        } else if self.binary {
            let hits = |v: &[f64]| v.iter().filter(|l| **l > 0.0).count() as u64;
            let (k1, n1, k2, n2) = (hits(&own), a.n, hits(&others), b.n);
            (newcombe(k1, n1, k2, n2), minus_one(log_ratio(k1, n1, k2, n2)), equal_p(k1, n1, k2, n2))
        } else {
            let (excess, p) = difference(&a, &b);
            (excess, relative(&a, &b), p)
        };
        Compared { rows: a.n, loss, rest: Some(b.mean), excess, relative, p }
    }
}

fn minus_one(ratio: Estimate) -> Estimate {
    let less = |v: Option<f64>| v.map(|v| v - 1.0);
    Estimate { value: less(ratio.value), low: less(ratio.low), high: less(ratio.high), ..ratio }
}

/// Difference, ratio and normal test with the variance of the linearised statistics by entity (`G / (G - 1)`).
fn by_entity(
    a: &Moments,
    b: &Moments,
    losses: &[f64],
    inside: &[bool],
    clusters: &[u32],
) -> (Estimate, Estimate, Option<f64>) {
    let mut of_entity: HashMap<u32, [f64; 2]> = HashMap::new();
    for ((loss, inside), cluster) in losses.iter().zip(inside).zip(clusters) {
        let (own, sign) = if *inside { (a, 1.0) } else { (b, -1.0) };
        let part = sign * (loss - own.mean) / own.n as f64;
        let sums = of_entity.entry(*cluster).or_default();
        sums[0] += part;
        sums[1] += part / own.mean;
    }
    let g = of_entity.len() as f64;
    let mut sums: Vec<(u32, [f64; 2])> = of_entity.into_iter().collect();
    sums.sort_by_key(|s| s.0);
    let se = |k: usize| (sums.iter().map(|s| s.1[k] * s.1[k]).sum::<f64>() * g / (g - 1.0)).sqrt();
    let (d, n) = (a.mean - b.mean, a.n + b.n);
    let excess = Estimate::with_interval(d, d - Z * se(0), d + Z * se(0), n, IntervalMethod::Normal);
    let p = (se(0) > 0.0).then(|| two_sided(d / se(0)));
    (excess, on_log_scale(a.mean, b.mean, se(1), n), p)
}
