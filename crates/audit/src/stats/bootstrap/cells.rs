//! Multinomial bootstrap of counts.

use rand::Rng;
use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;

use super::{REPLICATES, acceleration, bca};
use crate::estimate::Estimate;
use crate::rng::unit_rng;

/// BCa intervals of statistics of a table of counts. `strata` are the sizes of consecutive runs of cells whose totals
/// are fixed (one stratum: a sample of rows; one a group: a stratified bootstrap). `statistics` maps counts to as many
/// numbers each time, NaN where undefined. The randomness is that of (`seed`, `topic`, replicate).
pub(crate) fn cells(
    counts: &[u64],
    strata: &[usize],
    seed: u64,
    topic: &str,
    statistics: impl Fn(&[f64]) -> Vec<f64> + Sync,
) -> Vec<Estimate> {
    let observed: Vec<f64> = counts.iter().map(|c| *c as f64).collect();
    let values = statistics(&observed);
    let replicates: Vec<Vec<f64>> = (0..REPLICATES as u64)
        .into_par_iter()
        .map(|replicate| {
            let mut rng = unit_rng(seed, topic, replicate);
            statistics(&draw(counts, strata, &mut rng))
        })
        .collect();
    let accelerations = jackknife(&observed, strata, values.len(), &statistics);
    let n = counts.iter().sum();
    (0..values.len()).map(|k| bca(values[k], replicates.iter().map(|r| r[k]).collect(), accelerations[k], n)).collect()
}

/// One multinomial draw a stratum, as a chain of binomial draws.
fn draw(counts: &[u64], strata: &[usize], rng: &mut impl Rng) -> Vec<f64> {
    let mut out = Vec::with_capacity(counts.len());
    let mut start = 0;
    for &size in strata {
        let stratum = &counts[start..start + size];
        let mut left: u64 = stratum.iter().sum();
        let mut mass = left;
        for &count in stratum {
            let drawn = match count {
                0 => 0,
                c if c == mass => left,
                c => Binomial::new(left, c as f64 / mass as f64).map_or(0, |b| b.sample(rng)),
            };
            out.push(drawn as f64);
            left -= drawn;
            mass -= count;
        }
        start += size;
    }
    out
}

/// Acceleration of each statistic by deleting one row of each cell, in the form for several samples: with
/// `u = (n_g - 1)(mean - deleted)`, `a = Σ u³/n_g³ / (6 (Σ u²/n_g²)^1.5)`.
fn jackknife(
    observed: &[f64],
    strata: &[usize],
    width: usize,
    statistics: &(impl Fn(&[f64]) -> Vec<f64> + Sync),
) -> Vec<f64> {
    let (mut cubes, mut squares) = (vec![0.0; width], vec![0.0; width]);
    let mut start = 0;
    let mut counts = observed.to_vec();
    for &size in strata {
        let stratum = start..start + size;
        start += size;
        let n: f64 = observed[stratum.clone()].iter().sum();
        let deleted: Vec<(f64, Vec<f64>)> = stratum
            .filter(|cell| observed[*cell] > 0.0)
            .map(|cell| {
                counts[cell] -= 1.0;
                let without = statistics(&counts);
                counts[cell] += 1.0;
                (observed[cell], without)
            })
            .filter(|(_, without)| without.iter().any(|v| v.is_finite()))
            .collect();
        for k in 0..width {
            let finite = || deleted.iter().filter(|d| d.1[k].is_finite());
            let total: f64 = finite().map(|d| d.0).sum();
            let mean = finite().map(|d| d.0 * d.1[k]).sum::<f64>() / total;
            for (rows, without) in finite() {
                let u = (n - 1.0) / n * (mean - without[k]);
                cubes[k] += rows * u * u * u;
                squares[k] += rows * u * u;
            }
        }
    }
    (0..width).map(|k| acceleration(cubes[k], squares[k])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accuracy(c: &[f64]) -> Vec<f64> {
        vec![c[0] / (c[0] + c[1])]
    }

    #[test]
    fn same_seed_same_interval_for_any_number_of_threads() {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| cells(&[70, 30], &[2], 3, "t", accuracy))
        };
        assert_eq!(run(1), run(2));
        assert_ne!(run(1), cells(&[70, 30], &[2], 4, "t", accuracy));
    }

    #[test]
    fn a_draw_keeps_the_total_of_each_stratum() {
        let mut rng = unit_rng(1, "t", 0);
        for _ in 0..50 {
            let d = draw(&[5, 0, 7, 100, 1], &[3, 2], &mut rng);
            assert_eq!((d[0] + d[1] + d[2], d[3] + d[4], d[1]), (12.0, 101.0, 0.0));
        }
    }

    /// Intervals of a balanced accuracy cover its true value in about 95 % of samples.
    #[test]
    fn coverage_of_count_intervals() {
        let truth = [0.35, 0.15, 0.1, 0.4];
        let score = |c: &[f64]| vec![0.5 * (c[0] / (c[0] + c[1]) + c[3] / (c[2] + c[3]))];
        let target = 0.5 * (0.7 + 0.8);
        let population: Vec<u64> = truth.iter().map(|p| (p * 1e9) as u64).collect();
        let covered = (0..150u64)
            .filter(|trial| {
                let mut rng = unit_rng(99, "sample", *trial);
                let sample = sample_of(&population, 150, &mut rng);
                let e = &cells(&sample, &[4], *trial, "t", score)[0];
                e.low.is_some_and(|l| l <= target) && e.high.is_some_and(|h| h >= target)
            })
            .count();
        assert!((134..=149).contains(&covered), "{covered} of 150");
    }

    fn sample_of(population: &[u64], n: u64, rng: &mut impl Rng) -> Vec<u64> {
        let (mut left, mut mass) = (n, population.iter().sum::<u64>());
        population
            .iter()
            .map(|&c| {
                let d = if c == mass {
                    left
                } else {
                    Binomial::new(left, c as f64 / mass as f64).expect("a share").sample(rng)
                };
                left -= d;
                mass -= c;
                d
            })
            .collect()
    }
}
