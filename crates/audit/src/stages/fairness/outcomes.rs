//! The outcomes of the groups of an axis: as counts where rows are independent and count alike, row by row where they have
//! weights or belong to entities.

use super::counts::{Counts, FEWEST, Rate, treatment};
use crate::estimate::{Estimate, IntervalMethod};
use crate::stage::StageError;
use crate::stats::bootstrap::{Rows, cells};
use crate::stats::clustered::share_of;
use crate::stats::contrast::{Contrast, Valued};
use crate::stats::design::{Design, whole};
use crate::stats::normal::Z;
use crate::stats::power::{detectable, direction, two_proportions};
use crate::stats::proportion::{equal_p, log_ratio, newcombe, share};

/// Outcomes of all groups of an axis.
pub(super) struct Outcomes<'a> {
    /// Rows of every group by outcome.
    pub(super) counts: Vec<Counts>,
    /// Row and outcome of every group; `None` for plain rows.
    rows: Option<Vec<Vec<(usize, usize)>>>,
    pub(super) design: &'a Design,
}

/// Two groups and a rate.
pub(super) enum Pair {
    /// Hits and rows of both.
    Counts(u64, u64, u64, u64),
    /// Linearised.
    Rows(Contrast),
}

impl<'a> Outcomes<'a> {
    /// `groups` are the rows of each group, `outcome` the place of a row in its [`Counts`].
    pub(super) fn new(design: &'a Design, groups: &[Vec<usize>], outcome: impl Fn(usize) -> usize) -> Self {
        let count = |rows: &Vec<usize>| {
            let mut counts = [0; 4];
            rows.iter().for_each(|row| counts[outcome(*row)] += 1);
            counts
        };
        let rows = |rows: &Vec<usize>| rows.iter().map(|row| (*row, outcome(*row))).collect();
        Self {
            counts: groups.iter().map(count).collect(),
            rows: (!design.is_plain()).then(|| groups.iter().map(rows).collect()),
            design,
        }
    }

    /// Counts of weights (effective ones).
    pub(super) fn weighed(&self) -> Vec<[f64; 4]> {
        match &self.rows {
            None => self.counts.iter().map(|c| c.map(|v| v as f64)).collect(),
            Some(groups) => {
                let sum = |rows: &Vec<(usize, usize)>| {
                    let mut out = [0.0; 4];
                    rows.iter().for_each(|(row, outcome)| out[*outcome] += self.design.weight(*row));
                    out
                };
                groups.iter().map(sum).collect()
            }
        }
    }

    /// Rows in the denominator of a rate, 1 where it is hit.
    fn valued(&self, rows: &[(usize, usize)], rate: Rate) -> Vec<Valued> {
        let (hit, inside) = rate.cells();
        let own = rows.iter().filter(|(_, outcome)| inside[*outcome]);
        own.map(|(row, outcome)| (*row, f64::from(u8::from(hit[*outcome])))).collect()
    }

    /// The rate of a group, when at least [`FEWEST`] rows (or effective ones) are in its denominator.
    pub(super) fn estimable(&self, group: usize, rate: Rate) -> Option<f64> {
        let Some(rows) = &self.rows else { return rate.estimable(&self.counts[group]) };
        let inside = self.valued(&rows[group], rate);
        let support = self.design.support(inside.iter().map(|r| r.0));
        let hits: f64 = inside.iter().map(|(row, hit)| self.design.weight(*row) * hit).sum();
        (whole(support) >= FEWEST).then(|| hits / self.design.total(inside.iter().map(|r| r.0)))
    }

    /// The rate with its interval.
    pub(super) fn rate(&self, group: usize, rate: Rate) -> Estimate {
        let (k, n) = rate.of(&self.counts[group]);
        match (&self.rows, self.estimable(group, rate)) {
            (_, None) => Estimate::not_estimable(n),
            (None, Some(_)) => share(k, n),
            (Some(rows), Some(_)) => {
                let inside = self.valued(&rows[group], rate);
                let hits: Vec<bool> = inside.iter().map(|r| r.1 > 0.0).collect();
                share_of(&hits, &self.design.take(inside.iter().map(|r| r.0)))
            }
        }
    }

    /// False negatives over false positives, with the log interval; linearised where rows are not plain, without an interval
    /// when none is missed.
    pub(super) fn treatment(&self, group: usize) -> Estimate {
        let counts = &self.counts[group];
        let Some(rows) = &self.rows else { return treatment(counts) };
        let n = counts[1] + counts[2];
        let of = |outcome: usize| rows[group].iter().filter(move |r| r.1 == outcome).map(|r| r.0);
        let (missed, wrong) = (self.design.total(of(2)), self.design.total(of(1)));
        if whole(self.design.support(of(1))) < FEWEST {
            return Estimate::not_estimable(n);
        }
        if missed <= 0.0 {
            return Estimate::plain(0.0, n);
        }
        let part = |row: usize, by: f64| (row, self.design.weight(row) / by);
        let influence = of(2).map(|row| part(row, missed)).chain(of(1).map(|row| part(row, -wrong)));
        let (log, half) = ((missed / wrong).ln(), Z * self.design.variance(influence).0.sqrt());
        let ends = [(log - half).exp(), (log + half).exp()];
        Estimate::with_interval(missed / wrong, ends[0], ends[1], n, IntervalMethod::LogDelta)
    }

    /// Two groups and a rate; `None` unless both can be estimated.
    pub(super) fn pair(&self, rate: Rate, a: usize, b: usize) -> Option<Pair> {
        self.estimable(a, rate)?;
        self.estimable(b, rate)?;
        Some(self.pair_of_any(rate, a, b))
    }

    /// The same however few rows there are.
    pub(super) fn pair_of_any(&self, rate: Rate, a: usize, b: usize) -> Pair {
        match &self.rows {
            None => {
                let ((k1, n1), (k2, n2)) = (rate.of(&self.counts[a]), rate.of(&self.counts[b]));
                Pair::Counts(k1, n1, k2, n2)
            }
            Some(rows) => {
                Pair::Rows(Contrast::of(self.design, &self.valued(&rows[a], rate), &self.valued(&rows[b], rate)))
            }
        }
    }

    /// BCa intervals of statistics of (weighted) counts, group after group: the bootstrap of independent rows within groups,
    /// or of whole entities, or of weighted rows.
    pub(super) fn bootstrap(
        &self,
        seed: u64,
        topic: &str,
        statistics: impl Fn(&[f64]) -> Vec<f64> + Sync,
        tick: impl Fn(usize) -> Result<(), StageError>,
    ) -> Result<Vec<Estimate>, StageError> {
        let Some(groups) = &self.rows else {
            let flat: Vec<u64> = self.counts.iter().flatten().copied().collect();
            return Ok(cells(&flat, &vec![4; self.counts.len()], seed, topic, statistics));
        };
        let places: Vec<(usize, usize)> = groups
            .iter()
            .enumerate()
            .flat_map(|(g, rows)| rows.iter().map(move |(row, outcome)| (*row, 4 * g + outcome)))
            .collect();
        let design = self.design.take(places.iter().map(|p| p.0));
        let count = |weights: &[f64]| {
            let mut counts = vec![0.0; 4 * groups.len()];
            places.iter().zip(weights).for_each(|((_, cell), w)| counts[*cell] += w);
            statistics(&counts)
        };
        resampled(&design, seed, topic).estimates(count, tick)
    }
}

/// The bootstrap of the rows of a design: whole entities, weighted rows.
pub(super) fn resampled<'a>(design: &'a Design, seed: u64, topic: &'a str) -> Rows<'a> {
    Rows { rows: design.rows(), weights: design.weights(), clusters: design.clusters(), seed, topic }
}

impl Pair {
    /// Rows of both.
    pub(super) fn n(&self) -> u64 {
        match self {
            Self::Counts(_, n1, _, n2) => n1 + n2,
            Self::Rows(c) => c.rows(),
        }
    }

    /// First rate less second.
    pub(super) fn difference(&self) -> Estimate {
        match self {
            Self::Counts(k1, n1, k2, n2) => newcombe(*k1, *n1, *k2, *n2),
            Self::Rows(c) => c.of_shares(),
        }
    }

    /// First rate over second.
    pub(super) fn ratio(&self) -> Estimate {
        match self {
            Self::Counts(k1, n1, k2, n2) => log_ratio(*k1, *n1, *k2, *n2),
            Self::Rows(c) => c.ratio_of_shares(),
        }
    }

    /// P-value that both rates are equal.
    pub(super) fn p(&self) -> Option<f64> {
        match self {
            Self::Counts(k1, n1, k2, n2) => equal_p(*k1, *n1, *k2, *n2),
            Self::Rows(c) => c.score_p(),
        }
    }

    /// Power to see a gap of 0.10 above the first rate, and the least gap that is seen with 80 % power.
    pub(super) fn power(&self) -> (Option<f64>, Option<f64>) {
        match self {
            Self::Counts(k1, n1, _, n2) => {
                let base = *k1 as f64 / *n1 as f64;
                (Some(two_proportions(base, direction(base, 0.1), *n1, *n2)), detectable(base, *n1, *n2))
            }
            Self::Rows(c) => c.power(0.1),
        }
    }
}
