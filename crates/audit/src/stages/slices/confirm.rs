//! Measures slices on rows that did not find them.

use crate::estimate::Estimate;
use crate::stats::clustered;
use crate::stats::contrast::{Contrast, Valued};
use crate::stats::design::{Design, whole};
use crate::stats::proportion::{equal_p, log_ratio, newcombe};
use crate::stats::welch::{Moments, difference, relative};

/// Below this many rows nothing about a slice is estimable.
pub(super) const FEWEST: u64 = 10;

/// Rows with their losses.
pub(super) struct Half<'a> {
    /// Rows of the table.
    pub(super) rows: &'a [u32],
    /// Loss of each.
    pub(super) losses: Vec<f64>,
    /// Weight and entity of each.
    pub(super) design: Design,
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
        if self.too_few(members.iter().copied()) {
            return Estimate::not_estimable(members.len() as u64);
        }
        let losses: Vec<f64> = members.iter().map(|i| self.losses[*i]).collect();
        let own = self.design.take(members);
        match self.binary {
            true => clustered::share_of(&losses.iter().map(|l| *l > 0.0).collect::<Vec<_>>(), &own),
            false => clustered::mean(&losses, &own),
        }
    }

    /// The rows chosen against all others.
    pub(super) fn compare(&self, inside: &[bool]) -> Compared {
        let pick = |wanted: bool| -> Vec<Valued> {
            let all = self.losses.iter().zip(inside).enumerate();
            all.filter(|(_, (_, i))| **i == wanted).map(|(row, (l, _))| (row, *l)).collect()
        };
        let (own, others) = (pick(true), pick(false));
        let n = self.losses.len() as u64;
        let loss = self.mean(|i| inside[i]);
        let rows = |side: &[Valued]| side.iter().map(|r| r.0).collect::<Vec<_>>();
        if self.too_few(rows(&own).into_iter()) || self.too_few(rows(&others).into_iter()) {
            let none = || Estimate::not_estimable(n);
            return Compared { rows: own.len() as u64, loss, rest: None, excess: none(), relative: none(), p: None };
        }
        let values = |side: &[Valued]| side.iter().map(|r| r.1).collect::<Vec<_>>();
        let (a, b) = (Moments::of(&values(&own)), Moments::of(&values(&others)));
        let mut rest = b.mean;
        let (excess, relative, p) = if !self.design.is_plain() {
            rest = self.design.take(rows(&others)).mean(&values(&others)).0;
            Contrast::of(&self.design, &own, &others).normal()
        } else if self.binary {
            let hits = |v: &[Valued]| v.iter().filter(|l| l.1 > 0.0).count() as u64;
            let (k1, n1, k2, n2) = (hits(&own), a.n, hits(&others), b.n);
            (newcombe(k1, n1, k2, n2), minus_one(log_ratio(k1, n1, k2, n2)), equal_p(k1, n1, k2, n2))
        } else {
            let (excess, p) = difference(&a, &b);
            (excess, relative(&a, &b), p)
        };
        Compared { rows: a.n, loss, rest: Some(rest), excess, relative, p }
    }

    fn too_few(&self, rows: impl Iterator<Item = usize>) -> bool {
        whole(self.design.kish(rows)) < FEWEST
    }

    /// Weighted share of the rows chosen.
    pub(super) fn share(&self, inside: impl Fn(usize) -> bool) -> f64 {
        let all = 0..self.rows.len();
        self.design.total(all.clone().filter(|i| inside(*i))) / self.design.total(all)
    }
}

fn minus_one(ratio: Estimate) -> Estimate {
    let less = |v: Option<f64>| v.map(|v| v - 1.0);
    Estimate { value: less(ratio.value), low: less(ratio.low), high: less(ratio.high), ..ratio }
}
