//! Bootstrap of rows or clusters by random weights.

use std::borrow::Cow;
use std::sync::LazyLock;

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use rayon::prelude::*;

use super::{REPLICATES, acceleration, bca};
use crate::estimate::Estimate;
use crate::rng::unit_rng;
use crate::stage::StageError;

/// Up to this many units the replicates are multinomial (drawn with replacement) and the jackknife deletes one unit at
/// a time; above, weights are independent Poisson(1) (Chamandy et al. 2012) and the jackknife deletes blocks.
const SMALL: usize = 2000;
/// Blocks of the delete-block jackknife.
pub(super) const BLOCKS: usize = 500;
/// Replicates between two ticks.
pub(super) const CHUNK: usize = 100;

/// Rows to resample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    /// Number of rows.
    pub(crate) rows: usize,
    /// Sample weights, multiplied into every replicate.
    pub(crate) weights: Option<&'a [f64]>,
    /// Cluster of each row, numbered from 0: whole clusters are resampled.
    pub(crate) clusters: Option<&'a [u32]>,
    /// Seed of the audit.
    pub(crate) seed: u64,
    /// Stage and topic, the key of the randomness.
    pub(crate) topic: &'a str,
}

impl Rows<'_> {
    fn units(&self) -> usize {
        self.clusters.map_or(self.rows, |c| c.iter().max().map_or(0, |m| *m as usize + 1))
    }

    /// BCa intervals of statistics of weighted rows. `statistics` maps one weight a row to as many numbers each time,
    /// NaN where undefined. `tick(done)` is called between chunks with the number of evaluations done.
    ///
    /// # Errors
    /// What `tick` returns.
    pub(crate) fn estimates(
        &self,
        statistics: impl Fn(&[f64]) -> Vec<f64> + Sync,
        tick: impl Fn(usize) -> Result<(), StageError>,
    ) -> Result<Vec<Estimate>, StageError> {
        let units = self.units();
        let ones = vec![1.0; units];
        let values = statistics(&self.spread(&ones));
        let mut replicates: Vec<Vec<f64>> = Vec::with_capacity(REPLICATES);
        while replicates.len() < REPLICATES {
            tick(replicates.len())?;
            let end = (replicates.len() + CHUNK).min(REPLICATES);
            let chunk: Vec<Vec<f64>> = (replicates.len()..end)
                .into_par_iter()
                .map_init(
                    || vec![0.0; units],
                    |unit_weights, replicate| {
                        resample(unit_weights, &mut unit_rng(self.seed, self.topic, replicate as u64));
                        statistics(&self.spread(unit_weights))
                    },
                )
                .collect();
            replicates.extend(chunk);
        }
        tick(REPLICATES)?;
        let accelerations = self.jackknife(units, values.len(), &statistics);
        Ok((0..values.len())
            .map(|k| bca(values[k], replicates.iter().map(|r| r[k]).collect(), accelerations[k], self.rows as u64))
            .collect())
    }

    /// One statistic in every replicate.
    pub(crate) fn replicates(&self, statistic: impl Fn(&[f64]) -> f64 + Sync) -> Vec<f64> {
        let units = self.units();
        (0..REPLICATES as u64)
            .into_par_iter()
            .map_init(
                || vec![0.0; units],
                |unit_weights, replicate| {
                    resample(unit_weights, &mut unit_rng(self.seed, self.topic, replicate));
                    statistic(&self.spread(unit_weights))
                },
            )
            .collect()
    }

    /// Weights of the rows from weights of the units.
    fn spread<'u>(&self, units: &'u [f64]) -> Cow<'u, [f64]> {
        let mut out: Cow<'u, [f64]> = match self.clusters {
            None => Cow::Borrowed(units),
            Some(clusters) => clusters.iter().map(|c| units[*c as usize]).collect(),
        };
        if let Some(weights) = self.weights {
            out.to_mut().iter_mut().zip(weights).for_each(|(o, w)| *o *= w);
        }
        out
    }

    fn jackknife(&self, units: usize, width: usize, statistics: &(impl Fn(&[f64]) -> Vec<f64> + Sync)) -> Vec<f64> {
        let blocks = if units <= SMALL { units } else { BLOCKS };
        let mut block: Vec<u32> = (0..units).map(|u| (u % blocks.max(1)) as u32).collect();
        if blocks < units {
            block.shuffle(&mut unit_rng(self.seed, self.topic, u64::MAX));
        }
        let deleted: Vec<Vec<f64>> = (0..blocks as u32)
            .into_par_iter()
            .map(|b| {
                let kept: Vec<f64> = block.iter().map(|own| if *own == b { 0.0 } else { 1.0 }).collect();
                statistics(&self.spread(&kept))
            })
            .collect();
        (0..width)
            .map(|k| {
                let finite = || deleted.iter().map(|d| d[k]).filter(|v| v.is_finite());
                let mean = finite().sum::<f64>() / finite().count() as f64;
                let (mut cubes, mut squares) = (0.0, 0.0);
                for d in finite().map(|v| mean - v) {
                    cubes += d * d * d;
                    squares += d * d;
                }
                acceleration(cubes, squares)
            })
            .collect()
    }
}

/// Weights of one replicate.
pub(super) fn resample(weights: &mut [f64], rng: &mut impl Rng) {
    let n = weights.len();
    if n <= SMALL {
        weights.fill(0.0);
        for _ in 0..n {
            weights[rng.random_range(0..n)] += 1.0;
        }
        return;
    }
    let table = &*POISSON;
    for pair in weights.chunks_mut(2) {
        let bits = rng.next_u32();
        for (weight, bits) in pair.iter_mut().zip([bits & 0xffff, bits >> 16]) {
            *weight = f64::from(table[bits as usize]);
        }
    }
}

/// Poisson(1) by inversion from 16 random bits; the mean is off by less than 1e-4.
static POISSON: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut table = Vec::with_capacity(1 << 16);
    let (mut k, mut probability, mut below) = (0u8, (-1.0f64).exp(), (-1.0f64).exp());
    for u in 0..1u32 << 16 {
        while (f64::from(u) + 0.5) / 65_536.0 > below {
            k += 1;
            probability /= f64::from(k);
            below += probability;
        }
        table.push(k);
    }
    table
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::describe::weighted_mean;

    fn rows(n: usize, topic: &str) -> Rows<'_> {
        Rows { rows: n, weights: None, clusters: None, seed: 5, topic }
    }

    fn interval(values: &[f64], clusters: Option<&[u32]>) -> Estimate {
        let sample = Rows { clusters, ..rows(values.len(), "t") };
        sample.estimates(|w| vec![weighted_mean(values, Some(w))], |_| Ok(())).expect("no stop").remove(0)
    }

    #[test]
    fn poisson_weights_have_mean_and_variance_one() {
        let n = f64::from(1u32 << 16);
        let mean = POISSON.iter().map(|k| f64::from(*k)).sum::<f64>() / n;
        let second = POISSON.iter().map(|k| f64::from(*k) * f64::from(*k)).sum::<f64>() / n;
        assert!((mean - 1.0).abs() < 1e-4 && (second - 2.0).abs() < 1e-3, "{mean} {second}");
    }

    #[test]
    fn interval_of_a_mean_is_that_of_t_for_symmetric_values() {
        for n in [400usize, 5000] {
            let values: Vec<f64> = crate::fixture::spread(n, 0.1);
            let (boot, t) = (interval(&values, None), crate::stats::describe::mean_t(&values));
            let width = t.high.expect("t") - t.low.expect("t");
            assert!((boot.low.expect("low") - t.low.expect("t")).abs() < 0.06 * width);
            assert!((boot.high.expect("high") - t.high.expect("t")).abs() < 0.06 * width);
        }
    }

    #[test]
    fn clusters_widen_the_interval_when_rows_repeat() {
        let base = crate::fixture::spread(300, 0.3);
        let values: Vec<f64> = base.iter().flat_map(|v| [*v; 4]).collect();
        let ids: Vec<u32> = (0..300).flat_map(|c| [c; 4]).collect();
        let width = |e: Estimate| e.high.expect("high") - e.low.expect("low");
        let ratio = width(interval(&values, Some(&ids))) / width(interval(&values, None));
        assert!((1.8..2.2).contains(&ratio), "{ratio}");
    }

    #[test]
    fn skewed_statistics_get_a_skewed_interval() {
        let values: Vec<f64> = crate::fixture::spread(200, 0.2).iter().map(|u| -(1.0 - u).ln()).collect();
        let e = interval(&values, None);
        let (v, low, high) = (e.value.expect("v"), e.low.expect("low"), e.high.expect("high"));
        assert!(high - v > v - low);
    }

    #[test]
    fn same_bytes_for_one_and_two_threads_and_a_stop_is_heard() {
        let values = crate::fixture::spread(3000, 0.4);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| interval(&values, None))
        };
        assert_eq!(run(1), run(2));
        let stopped = rows(10, "t").estimates(|_| vec![0.0], |_| Err(StageError::Cancelled));
        assert_eq!(stopped, Err(StageError::Cancelled));
    }
}
