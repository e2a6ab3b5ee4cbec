//! How far two samples are apart: measures over bins and over sorted numbers, with linearised standard errors.
//!
//! The first sample is the reference. Counts and sizes may be effective ones (of weighted or clustered rows).

use super::normal::chi2_sf;

/// Added to every count of the population stability index.
const SMOOTHING: f64 = 0.5;

/// A measure with its standard error by the delta method for two independent samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Linearised {
    pub(crate) value: f64,
    pub(crate) error: f64,
}

/// Population stability index `Σ (p - q) ln(p / q)` of counts in bins, each count plus 0.5 (Siddiqi 2006; Yurdakul and
/// Naranjo 2020); 0 for fewer than two bins. Bins that are empty in both samples should be left out.
pub(crate) fn psi(reference: &[f64], audited: &[f64]) -> Linearised {
    let smooth = |counts: &[f64]| -> Vec<f64> {
        let total = counts.iter().sum::<f64>() + SMOOTHING * counts.len() as f64;
        counts.iter().map(|c| (c + SMOOTHING) / total).collect()
    };
    let (q, p) = (smooth(reference), smooth(audited));
    let value = q.iter().zip(&p).map(|(q, p)| (p - q) * (p / q).ln()).sum();
    let slope = |own: &[f64], other: &[f64]| -> Vec<f64> {
        own.iter().zip(other).map(|(o, t)| (o / t).ln() + 1.0 - t / o).collect()
    };
    let variance =
        multinomial(&q, &slope(&q, &p), reference.iter().sum()) + multinomial(&p, &slope(&p, &q), audited.iter().sum());
    Linearised { value, error: variance.sqrt() }
}

/// Jensen-Shannon divergence in bits of counts in bins (Lin 1991); its root is the distance, and what
/// `scipy.spatial.distance.jensenshannon(base=2)` gives. The error is that of the divergence.
pub(crate) fn jensen_shannon(reference: &[f64], audited: &[f64]) -> Linearised {
    let (q, p) = (shares(reference), shares(audited));
    let part = |own: &f64, other: &f64| if *own > 0.0 { (2.0 * own / (own + other)).ln() } else { 0.0 };
    let half = std::f64::consts::LN_2 * 2.0;
    let slope =
        |own: &[f64], other: &[f64]| -> Vec<f64> { own.iter().zip(other).map(|(o, t)| part(o, t) / half).collect() };
    let (of_q, of_p) = (slope(&q, &p), slope(&p, &q));
    let sum = |shares: &[f64], slopes: &[f64]| shares.iter().zip(slopes).map(|(s, g)| s * g).sum::<f64>();
    let value = (sum(&q, &of_q) + sum(&p, &of_p)).max(0.0);
    let variance = multinomial(&q, &of_q, reference.iter().sum()) + multinomial(&p, &of_p, audited.iter().sum());
    Linearised { value, error: variance.sqrt() }
}

/// `½ Σ |p - q|`: the least share of rows that would have to change their bin.
pub(crate) fn total_variation(reference: &[f64], audited: &[f64]) -> f64 {
    shares(reference).iter().zip(shares(audited)).map(|(q, p)| (p - q).abs()).sum::<f64>() / 2.0
}

fn shares(counts: &[f64]) -> Vec<f64> {
    let total = counts.iter().sum::<f64>();
    counts.iter().map(|c| c / total).collect()
}

/// Variance of `Σ slope · share` of a multinomial sample of size `n`.
fn multinomial(shares: &[f64], slopes: &[f64], n: f64) -> f64 {
    let mean: f64 = shares.iter().zip(slopes).map(|(s, g)| s * g).sum();
    let square: f64 = shares.iter().zip(slopes).map(|(s, g)| s * g * g).sum();
    (square - mean * mean).max(0.0) / n
}

/// Pearson's chi-squared test that two samples have the same distribution over bins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ChiSquared {
    pub(crate) statistic: f64,
    pub(crate) degrees: f64,
    pub(crate) p: f64,
}

/// Without continuity correction; `None` when a sample is empty or fewer than two bins hold rows.
pub(crate) fn chi_squared(reference: &[f64], audited: &[f64]) -> Option<ChiSquared> {
    let totals = [reference.iter().sum::<f64>(), audited.iter().sum::<f64>()];
    let all = totals[0] + totals[1];
    let held = || reference.iter().zip(audited).filter(|(r, a)| **r + **a > 0.0);
    let degrees = held().count() as f64 - 1.0;
    if degrees < 1.0 || totals[0] <= 0.0 || totals[1] <= 0.0 {
        return None;
    }
    let part = |observed: f64, bin: f64, total: f64| {
        let expected = bin * total / all;
        (observed - expected).powi(2) / expected
    };
    let statistic = held().map(|(r, a)| part(*r, r + a, totals[0]) + part(*a, r + a, totals[1])).sum();
    Some(ChiSquared { statistic, degrees, p: chi2_sf(statistic, degrees) })
}

/// Numbers of one sample in ascending order, without missing ones, and the effective size behind them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    /// Value and weight, sorted.
    rows: Vec<(f64, f64)>,
    /// Effective number of rows.
    pub(crate) size: f64,
}

impl Numbers {
    /// `size` is the effective number of the rows given.
    pub(crate) fn new(mut rows: Vec<(f64, f64)>, size: f64) -> Self {
        rows.iter_mut().for_each(|row| row.0 += 0.0);
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        Self { rows, size }
    }

    /// Smallest and largest.
    pub(crate) fn range(&self) -> Option<[f64; 2]> {
        Some([self.rows.first()?.0, self.rows.last()?.0])
    }

    /// Values in ascending order.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        self.rows.iter().map(|row| row.0)
    }

    /// Share of the finite numbers in each bar between edges; what lies beyond counts in the outer bars.
    pub(crate) fn shares(&self, edges: &[f64]) -> Vec<f64> {
        let bars = edges.len().saturating_sub(1);
        let (mut sums, mut total) = (vec![0.0; bars], 0.0);
        for (value, weight) in self.rows.iter().filter(|row| row.0.is_finite()) {
            let bar = edges.partition_point(|e| e <= value).clamp(1, bars) - 1;
            sums[bar] += weight;
            total += weight;
        }
        sums.iter().map(|s| if total > 0.0 { s / total } else { 0.0 }).collect()
    }

    fn total(&self) -> f64 {
        self.rows.iter().map(|row| row.1).sum()
    }

    /// The same numbers divided, and only the finite ones.
    fn finite(&self, by: f64) -> Self {
        let rows: Vec<(f64, f64)> =
            self.rows.iter().filter(|row| row.0.is_finite()).map(|row| (row.0 / by, row.1)).collect();
        let kept: f64 = rows.iter().map(|row| row.1).sum();
        let size = if rows.len() == self.rows.len() { self.size } else { self.size * kept / self.total() };
        Self { rows, size }
    }

    /// Mean and standard deviation (`n - 1`); exactly 0 where all are equal.
    fn spread(&self) -> (f64, f64) {
        let total = self.total();
        let mean = self.rows.iter().map(|(v, w)| v * w).sum::<f64>() / total;
        match self.range() {
            Some([low, high]) if low < high => {
                let square = self.rows.iter().map(|(v, w)| w * (v - mean).powi(2)).sum::<f64>() / total;
                (mean, (square * self.size / (self.size - 1.0)).sqrt())
            }
            _ => (mean, 0.0),
        }
    }
}

/// One step of the merged order: a distinct value with the shares of both samples at or below it.
struct Step {
    value: f64,
    below: [f64; 2],
}

fn steps(reference: &Numbers, audited: &Numbers) -> Vec<Step> {
    let sides = [reference, audited];
    let totals = sides.map(Numbers::total);
    let (mut at, mut sums) = ([0usize; 2], [0.0f64; 2]);
    let mut out = Vec::new();
    loop {
        let next = (0..2).filter_map(|s| sides[s].rows.get(at[s])).map(|row| row.0).min_by(f64::total_cmp);
        let Some(value) = next else { return out };
        for s in 0..2 {
            while let Some(row) = sides[s].rows.get(at[s]).filter(|row| row.0 == value) {
                sums[s] += row.1;
                at[s] += 1;
            }
        }
        out.push(Step { value, below: [sums[0] / totals[0], sums[1] / totals[1]] });
    }
}

/// Two-sample Kolmogorov-Smirnov statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct KolmogorovSmirnov {
    /// `max |F - G|`.
    pub(crate) distance: f64,
    /// Its error where the samples differ: that of `F - G` at the place of the maximum (Raghavachari 1973).
    pub(crate) error: f64,
    /// P-value of equality by Kolmogorov's limit (Smirnov 1939), which is careful in small and in tied samples.
    pub(crate) p: f64,
}

/// `None` when a sample is empty. Infinite numbers are ends of the order.
pub(crate) fn kolmogorov_smirnov(reference: &Numbers, audited: &Numbers) -> Option<KolmogorovSmirnov> {
    if reference.size <= 0.0 || audited.size <= 0.0 {
        return None;
    }
    let (mut distance, mut at) = (0.0, [0.0; 2]);
    for step in steps(reference, audited) {
        let apart = (step.below[0] - step.below[1]).abs();
        if apart > distance {
            (distance, at) = (apart, step.below);
        }
    }
    let variance = at[0] * (1.0 - at[0]) / reference.size + at[1] * (1.0 - at[1]) / audited.size;
    let size = reference.size * audited.size / (reference.size + audited.size);
    Some(KolmogorovSmirnov { distance, error: variance.max(0.0).sqrt(), p: kolmogorov(size.sqrt() * distance) })
}

/// Upper tail of Kolmogorov's distribution: `2 Σ (-1)^(k-1) exp(-2 k² x²)`, below 1 by the theta function's other series.
pub(crate) fn kolmogorov(x: f64) -> f64 {
    if x <= 0.05 {
        return 1.0;
    }
    if x < 1.0 {
        let a = -(std::f64::consts::PI / x).powi(2) / 8.0;
        let sum: f64 = (1..=20).map(|k| (a * f64::from(2 * k - 1).powi(2)).exp()).sum();
        return (1.0 - (2.0 * std::f64::consts::PI).sqrt() / x * sum).clamp(0.0, 1.0);
    }
    let term = |k: i32| (-2.0 * f64::from(k * k) * x * x).exp();
    let sum: f64 = (1..=20).map(|k| if k % 2 == 1 { term(k) } else { -term(k) }).sum();
    (2.0 * sum).clamp(0.0, 1.0)
}

/// Wasserstein-1 distance in standard deviations of the reference, finite numbers only. The error linearises
/// `∫ |F - G|` (del Barrio, Gordaliza and Loubes 2019) and the standard deviation. `None` when a sample is empty, or when the
/// reference does not vary and the audited numbers differ from it.
pub(crate) fn wasserstein(reference: &Numbers, audited: &Numbers) -> Option<Linearised> {
    let largest = |n: &Numbers| n.values().filter(|v| v.is_finite()).fold(0.0f64, |m, v| m.max(v.abs()));
    let top = largest(reference).max(largest(audited));
    let by = if top > 1e100 { top } else { 1.0 };
    let (reference, audited) = (reference.finite(by), audited.finite(by));
    if reference.rows.is_empty() || audited.rows.is_empty() || reference.size <= 1.0 {
        return None;
    }
    let (mean, sd) = reference.spread();
    let steps = steps(&reference, &audited);
    // The potential, whose slope is the sign of F - G between two neighbours.
    let (mut distance, mut height) = (0.0, 0.0);
    let mut potential = Vec::with_capacity(steps.len());
    for (i, step) in steps.iter().enumerate() {
        potential.push(height);
        let Some(next) = steps.get(i + 1) else { break };
        let (gap, apart) = (next.value - step.value, step.below[0] - step.below[1]);
        distance += gap * apart.abs();
        height += gap * if apart == 0.0 { 0.0 } else { apart.signum() };
    }
    if sd <= 0.0 {
        return (distance == 0.0).then_some(Linearised { value: 0.0, error: 0.0 });
    }
    let value = distance / sd;
    let heights = |n: &Numbers| -> Vec<f64> {
        let at = |v: f64| potential[steps.partition_point(|s| s.value < v)];
        n.values().map(at).collect()
    };
    let centred = |n: &Numbers, heights: &[f64]| -> Vec<f64> {
        let mean = n.rows.iter().zip(heights).map(|(row, h)| row.1 * h).sum::<f64>() / n.total();
        heights.iter().map(|h| (h - mean) / sd).collect()
    };
    let of_audited = centred(&audited, &heights(&audited));
    let mut of_reference = centred(&reference, &heights(&reference));
    // What the squared deviations are on average, so that the influences are 0 on average.
    let square = sd * sd * (reference.size - 1.0) / reference.size;
    for (influence, (v, _)) in of_reference.iter_mut().zip(&reference.rows) {
        *influence = -*influence - value * ((v - mean).powi(2) / square - 1.0) / 2.0;
    }
    let variance = |n: &Numbers, influence: &[f64]| {
        n.rows.iter().zip(influence).map(|(row, i)| row.1 * i * i).sum::<f64>() / n.total() / n.size
    };
    let error = (variance(&reference, &of_reference) + variance(&audited, &of_audited)).sqrt();
    Some(Linearised { value, error })
}

#[cfg(test)]
#[path = "distance_tests.rs"]
mod tests;
