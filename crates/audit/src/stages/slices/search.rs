//! SliceLine (Sagadeeva and Boehm 2021): the conjunctions of bins with the highest scores, exactly.
//!
//! The score of a slice S of n rows with losses e is `w ((e_S / |S|) / (e / n) - 1) - (1 - w) (n / |S| - 1)`. No slice
//! within S has more rows, more loss, or a larger single loss than S, which bounds its score from above; what the bounds
//! rule out is never counted. With weights, sizes and losses are sums of weights, and Kish's effective number of a slice's rows
//! must reach the support; the bounds are those of all subsets with as many rows, which is never more. Rows are bits of words, so that a conjunction is an `and`.

use pulp::Arch;
use rayon::prelude::*;

use crate::bins::Feature;
use crate::rerun::Progress;
use crate::stage::StageError;
use crate::stats::describe::weighted_mean;
use crate::stats::design::whole;

/// What is searched.
pub(super) struct Search<'a> {
    pub(super) features: &'a [Feature],
    /// Rows of the table that are searched.
    pub(super) rows: &'a [u32],
    /// Loss of each of `rows`, at least 0.
    pub(super) losses: &'a [f64],
    /// Weight of each of `rows`; their sum is the effective number of rows.
    pub(super) weights: Option<&'a [f64]>,
    /// Fewest rows of a slice, with weights fewest effective ones.
    pub(super) support: u64,
    /// Weight `w` of the loss.
    pub(super) weight: f64,
    /// Most conditions, 1 to 3.
    pub(super) predicates: usize,
    /// Slices wanted.
    pub(super) top: usize,
}

/// Rows, their weight, sum and largest of the losses of a slice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Stats {
    pub(super) rows: u64,
    /// Sum of the weights; the rows without weights.
    pub(super) size: f64,
    /// Sum of the squared weights.
    squares: f64,
    pub(super) loss: f64,
    pub(super) largest: f64,
}

/// A bin as a slice.
pub(super) struct Basic {
    pub(super) feature: usize,
    pub(super) bin: usize,
    pub(super) bits: Vec<u64>,
    stats: Stats,
}

/// A slice found: indices into [`Found::basics`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hit {
    pub(super) members: Vec<usize>,
    pub(super) stats: Stats,
    pub(super) score: f64,
}

/// The best slices, best first: by score, then by more rows, then by bins.
pub(super) struct Found {
    pub(super) basics: Vec<Basic>,
    pub(super) hits: Vec<Hit>,
    /// Conjunctions whose rows were counted.
    pub(super) counted: u64,
}

/// The losses as they are summed: of 0 and 1 as bits.
struct Losses<'a> {
    arch: Arch,
    values: &'a [f64],
    weights: Option<&'a [f64]>,
    bits: Option<Vec<u64>>,
}

/// The bits of the bins with at least `support` of the rows, by feature and bin.
pub(super) fn basics(features: &[Feature], rows: &[u32], support: u64) -> Vec<Basic> {
    let words = rows.len().div_ceil(64);
    let of = |(feature, f): (usize, &Feature)| -> Vec<Basic> {
        let mut bits = vec![vec![0u64; words]; f.bins.len()];
        for (at, row) in rows.iter().enumerate() {
            bits[f.codes[*row as usize] as usize][at / 64] |= 1 << (at % 64);
        }
        let basic = |(bin, bits)| Basic { feature, bin, bits, stats: Stats::default() };
        bits.into_iter().enumerate().map(basic).filter(|b| count(&b.bits) >= support.max(1)).collect()
    };
    features.par_iter().enumerate().map(of).collect::<Vec<_>>().into_iter().flatten().collect()
}

fn count(bits: &[u64]) -> u64 {
    Arch::new().dispatch(|| bits.iter().map(|w| u64::from(w.count_ones())).sum())
}

impl<'a> Losses<'a> {
    fn new(values: &'a [f64], weights: Option<&'a [f64]>) -> Self {
        let countable = weights.is_none() && values.iter().all(|v| *v == 0.0 || *v == 1.0);
        let bits = countable.then(|| {
            let word = |chunk: &[f64]| chunk.iter().enumerate().fold(0, |w, (i, v)| w | u64::from(*v == 1.0) << i);
            values.chunks(64).map(word).collect()
        });
        Self { arch: Arch::new(), values, weights, bits }
    }

    /// Of the rows in both sets; `None` below `support` rows and without loss.
    fn of(&self, a: &[u64], b: &[u64], support: u64) -> Option<Stats> {
        self.arch.dispatch(|| self.sums(a, b, support))
    }

    /// Sums go in the order of the rows.
    #[inline(always)]
    fn sums(&self, a: &[u64], b: &[u64], support: u64) -> Option<Stats> {
        let rows: u64 = a.iter().zip(b).map(|(a, b)| u64::from((a & b).count_ones())).sum();
        if rows < support {
            return None;
        }
        let size = rows as f64;
        if let Some(bits) = &self.bits {
            let hits: u64 = a.iter().zip(b).zip(bits).map(|((a, b), e)| u64::from((a & b & e).count_ones())).sum();
            return (hits > 0).then_some(Stats { rows, size, squares: size, loss: hits as f64, largest: 1.0 });
        }
        let mut stats = Stats { rows, size, squares: size, loss: 0.0, largest: 0.0 };
        if self.weights.is_some() {
            (stats.size, stats.squares) = (0.0, 0.0);
        }
        for (word, (a, b)) in a.iter().zip(b).enumerate() {
            let mut both = a & b;
            while both != 0 {
                let row = word * 64 + both.trailing_zeros() as usize;
                let loss = self.values[row];
                match self.weights {
                    None => stats.loss += loss,
                    Some(weights) => {
                        let w = weights[row];
                        stats.loss += w * loss;
                        stats.size += w;
                        stats.squares += w * w;
                    }
                }
                stats.largest = stats.largest.max(loss);
                both &= both - 1;
            }
        }
        (stats.loss > 0.0).then_some(stats)
    }
}

impl Stats {
    fn least(self, other: Self) -> Self {
        Self {
            rows: self.rows.min(other.rows),
            size: self.size.min(other.size),
            squares: self.squares.min(other.squares),
            loss: self.loss.min(other.loss),
            largest: self.largest.min(other.largest),
        }
    }

    /// Kish's effective number of rows.
    fn effective(self) -> f64 {
        if self.squares > 0.0 { self.size * self.size / self.squares } else { 0.0 }
    }
}

impl Search<'_> {
    /// The best slices with a score above 0. `progress` is given one unit a basic slice and level.
    pub(super) fn run(&self, progress: &Progress<'_>) -> Result<Found, StageError> {
        let size = self.weights.map_or(self.losses.len() as f64, |w| w.iter().sum());
        let lightest = self.weights.map_or(1.0, |w| w.iter().copied().fold(f64::INFINITY, f64::min));
        Run { search: self, mean: weighted_mean(self.losses, self.weights), size, lightest }.run(progress)
    }
}

/// A search under way.
struct Run<'a> {
    search: &'a Search<'a>,
    /// Mean of all losses.
    mean: f64,
    /// Sum of the weights of all rows, and the least weight; without weights their number and 1.
    size: f64,
    lightest: f64,
}

impl Run<'_> {
    fn run(&self, progress: &Progress<'_>) -> Result<Found, StageError> {
        let losses = Losses::new(self.search.losses, self.search.weights);
        let mut basics = basics(self.search.features, self.search.rows, self.search.support);
        let level = |basics: &[Basic]| progress.add(basics.len() as u64);
        for basic in &mut basics {
            basic.stats = losses.of(&basic.bits, &basic.bits, self.search.support).unwrap_or_default();
        }
        basics.retain(|b| b.stats.rows > 0);
        let mut counted = basics.len() as u64;
        let mut hits = Vec::new();
        self.keep(&mut hits, basics.iter().enumerate().map(|(i, b)| self.hit(vec![i], b.stats)).collect());
        level(&basics)?;
        if self.search.predicates > 1 && !basics.is_empty() {
            let pairs = self.pairs(&basics, &losses, self.bar(&hits));
            counted += pairs.iter().map(|p| p.1).sum::<u64>();
            let pairs: Vec<Vec<Stats>> = pairs.into_iter().map(|p| p.0).collect();
            let of_row = |i: usize| (i + 1..basics.len()).map(move |j| (i, j));
            let found = (0..basics.len()).flat_map(of_row).map(|(i, j)| (vec![i, j], pairs[i][j - i - 1]));
            self.keep(&mut hits, found.filter(|f| f.1.rows > 0).map(|(m, s)| self.hit(m, s)).collect());
            level(&basics)?;
            if self.search.predicates > 2 {
                counted += self.triples(&basics, &pairs, &losses, &mut hits, progress)?;
            }
        }
        Ok(Found { basics, hits, counted })
    }

    /// For every pair `i < j` (at `[i].0[j - i - 1]`) its stats, 0 rows when it is too small or ruled out; and how many were
    /// counted.
    fn pairs(&self, basics: &[Basic], losses: &Losses<'_>, bar: f64) -> Vec<(Vec<Stats>, u64)> {
        let row = |i: usize| {
            let mut counted = 0;
            let a = &basics[i];
            let mut pair = |b: &Basic| {
                if a.feature == b.feature || !self.may_reach(a.stats.least(b.stats), bar) {
                    return Stats::default();
                }
                counted += 1;
                losses.of(&a.bits, &b.bits, self.search.support).unwrap_or_default()
            };
            let stats: Vec<Stats> = basics[i + 1..].iter().map(&mut pair).collect();
            (stats, counted)
        };
        (0..basics.len()).into_par_iter().map(row).collect()
    }

    fn triples(
        &self,
        basics: &[Basic],
        pairs: &[Vec<Stats>],
        losses: &Losses<'_>,
        hits: &mut Vec<Hit>,
        progress: &Progress<'_>,
    ) -> Result<u64, StageError> {
        let bar = self.bar(hits);
        let pair = |i: usize, j: usize| pairs[i][j - i - 1];
        let first = |i: usize| {
            let (mut own, mut counted, mut both) = (Vec::new(), 0, Vec::new());
            for j in i + 1..basics.len() {
                if pair(i, j).rows == 0 || !self.may_reach(pair(i, j), bar) {
                    continue;
                }
                both.clear();
                for k in j + 1..basics.len() {
                    let (ik, jk) = (pair(i, k), pair(j, k));
                    let bound = pair(i, j).least(ik).least(jk);
                    if bound.rows == 0 || !self.may_reach(bound, bar) {
                        continue;
                    }
                    if both.is_empty() {
                        both.extend(basics[i].bits.iter().zip(&basics[j].bits).map(|(a, b)| a & b));
                    }
                    counted += 1;
                    if let Some(stats) = losses.of(&both, &basics[k].bits, self.search.support) {
                        own.push(self.hit(vec![i, j, k], stats));
                    }
                }
                if own.len() > 64 * self.search.top {
                    let mut best = Vec::new();
                    self.keep(&mut best, std::mem::take(&mut own));
                    own = best;
                }
            }
            let mut best = Vec::new();
            self.keep(&mut best, own);
            (best, counted)
        };
        let parts = (0..basics.len())
            .into_par_iter()
            .map(|i| {
                let part = first(i);
                progress.add(1).map(|()| part)
            })
            .collect::<Result<Vec<_>, StageError>>()?;
        let mut counted = 0;
        for (found, of_part) in parts {
            counted += of_part;
            self.keep(hits, found);
        }
        Ok(counted)
    }

    fn hit(&self, members: Vec<usize>, stats: Stats) -> Hit {
        Hit { members, stats, score: self.score(stats.size, stats.loss) }
    }

    fn score(&self, size: f64, loss: f64) -> f64 {
        self.search.weight * (loss / size / self.mean - 1.0) - (1.0 - self.search.weight) * (self.size / size - 1.0)
    }

    /// The score that a further slice must reach.
    fn bar(&self, hits: &[Hit]) -> f64 {
        if hits.len() < self.search.top { 0.0 } else { hits[self.search.top - 1].score }
    }

    /// Whether some slice with at most these stats could have a score of `bar`: the score rises with the rows while every
    /// one has the largest loss, and is monotone from there on.
    fn may_reach(&self, most: Stats, bar: f64) -> bool {
        if most.rows < self.search.support || most.loss <= 0.0 {
            return false;
        }
        // At the turn or above when the least weight is 0, where the score of nothing is not needed.
        let least = (self.search.support as f64 * self.lightest).min(most.size);
        let turn = (most.loss / most.largest).clamp(least, most.size);
        let at = |size: f64| self.score(size, most.loss.min(size * most.largest));
        let best = at(turn).max(at(most.size));
        let best = if least > 0.0 { best.max(at(least)) } else { best };
        best >= bar - 1e-9 * (1.0 + bar.abs())
    }

    /// Takes the new ones in, keeps the best.
    fn keep(&self, hits: &mut Vec<Hit>, new: Vec<Hit>) {
        let enough = |h: &Hit| whole(h.stats.effective()) >= self.search.support;
        hits.extend(new.into_iter().filter(|h| h.score > 0.0 && enough(h)));
        hits.sort_by(|a, b| {
            let by_score = b.score.total_cmp(&a.score);
            by_score.then(b.stats.rows.cmp(&a.stats.rows)).then_with(|| a.members.cmp(&b.members))
        });
        hits.truncate(self.search.top);
    }
}

impl Found {
    /// The rows of a slice, as bits over the searched rows.
    pub(super) fn bits(&self, members: &[usize]) -> Vec<u64> {
        all_of(&self.basics, members)
    }
}

/// The rows of all `members`.
pub(super) fn all_of(basics: &[Basic], members: &[usize]) -> Vec<u64> {
    let mut bits = basics[members[0]].bits.clone();
    for member in &members[1..] {
        bits.iter_mut().zip(&basics[*member].bits).for_each(|(a, b)| *a &= b);
    }
    bits
}

/// Which of the ranked sets are kept so that no two share half of their rows or more (Jaccard index below 0.5), at most
/// `most` of them.
pub(super) fn apart(sets: &[Vec<u64>], most: usize) -> Vec<usize> {
    let overlaps = |a: &[u64], b: &[u64]| {
        let both: u32 = a.iter().zip(b).map(|(a, b)| (a & b).count_ones()).sum();
        let any: u32 = a.iter().zip(b).map(|(a, b)| (a | b).count_ones()).sum();
        2 * u64::from(both) >= u64::from(any)
    };
    let mut kept: Vec<usize> = Vec::new();
    for (i, set) in sets.iter().enumerate() {
        if kept.len() < most && !kept.iter().any(|k| overlaps(&sets[*k], set)) {
            kept.push(i);
        }
    }
    kept
}
