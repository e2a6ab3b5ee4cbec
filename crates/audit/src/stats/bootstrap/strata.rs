//! Stratified bootstrap of rows by random weights.

use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::rows::{BLOCKS, CHUNK, resample};
use super::{REPLICATES, acceleration, bca};
use crate::estimate::Estimate;
use crate::rng::unit_rng;
use crate::stage::StageError;

/// Samples that are drawn by themselves, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strata<'a> {
    /// Rows of each stratum; the rows of a stratum stand together, in this order.
    pub(crate) sizes: &'a [usize],
    /// Seed of the audit.
    pub(crate) seed: u64,
    /// Stage and topic, the key of the randomness.
    pub(crate) topic: &'a str,
}

impl Strata<'_> {
    /// BCa intervals of statistics of weighted rows; up to 2 000 rows of a stratum are drawn with replacement, more are
    /// weighted by Poisson(1). `statistics` maps one weight a row to as many numbers each time, NaN where undefined.
    /// `tick(done)` is called between chunks with the number of evaluations done.
    ///
    /// # Errors
    /// What `tick` returns.
    pub(crate) fn estimates(
        &self,
        statistics: impl Fn(&[f64]) -> Vec<f64> + Sync,
        tick: impl Fn(usize) -> Result<(), StageError>,
    ) -> Result<Vec<Estimate>, StageError> {
        let rows = self.sizes.iter().sum();
        let values = statistics(&vec![1.0; rows]);
        let mut replicates: Vec<Vec<f64>> = Vec::with_capacity(REPLICATES);
        while replicates.len() < REPLICATES {
            tick(replicates.len())?;
            let end = (replicates.len() + CHUNK).min(REPLICATES);
            let chunk: Vec<Vec<f64>> = (replicates.len()..end)
                .into_par_iter()
                .map_init(
                    || vec![0.0; rows],
                    |weights, replicate| {
                        let mut rng = unit_rng(self.seed, self.topic, replicate as u64);
                        let mut rest = weights.as_mut_slice();
                        for size in self.sizes {
                            let (own, others) = rest.split_at_mut(*size);
                            resample(own, &mut rng);
                            rest = others;
                        }
                        statistics(weights)
                    },
                )
                .collect();
            replicates.extend(chunk);
        }
        let accelerations = self.jackknife(rows, values.len(), &statistics);
        let of = |k: usize| replicates.iter().map(|r| r[k]).collect();
        Ok((0..values.len()).map(|k| bca(values[k], of(k), accelerations[k], rows as u64)).collect())
    }

    /// Acceleration by deleting one row, or one random block of rows, of one stratum at a time, in the form for several
    /// samples: with `u = (n - 1)/n (mean - deleted)`, `a = Σ u³ / (6 (Σ u²)^1.5)`.
    fn jackknife(&self, rows: usize, width: usize, statistics: &(impl Fn(&[f64]) -> Vec<f64> + Sync)) -> Vec<f64> {
        let share = (BLOCKS / self.sizes.len().max(1)).max(2);
        let (mut cubes, mut squares) = (vec![0.0; width], vec![0.0; width]);
        let mut start = 0;
        for (stratum, size) in self.sizes.iter().enumerate() {
            let blocks = (*size).min(share);
            let mut block: Vec<usize> = (0..*size).map(|row| row % blocks.max(1)).collect();
            if blocks < *size {
                block.shuffle(&mut unit_rng(self.seed, self.topic, u64::MAX - stratum as u64));
            }
            let deleted: Vec<Vec<f64>> = (0..blocks)
                .into_par_iter()
                .map(|b| {
                    let mut kept = vec![1.0; rows];
                    let out = block.iter().enumerate().filter(|(_, own)| **own == b);
                    out.for_each(|(row, _)| kept[start + row] = 0.0);
                    statistics(&kept)
                })
                .collect();
            for k in 0..width {
                let finite = || deleted.iter().map(|d| d[k]).filter(|v| v.is_finite());
                let n = finite().count() as f64;
                let mean = finite().sum::<f64>() / n;
                for u in finite().map(|v| (n - 1.0) / n * (mean - v)) {
                    cubes[k] += u * u * u;
                    squares[k] += u * u;
                }
            }
            start += size;
        }
        (0..width).map(|k| acceleration(cubes[k], squares[k])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::spread;
    use crate::stats::welch::{Moments, difference};

    fn means(weights: &[f64], values: &[f64], first: usize) -> f64 {
        let mean = |range: std::ops::Range<usize>| {
            let (w, v) = (&weights[range.clone()], &values[range]);
            w.iter().zip(v).map(|(w, v)| w * v).sum::<f64>() / w.iter().sum::<f64>()
        };
        mean(0..first) - mean(first..values.len())
    }

    #[test]
    fn a_difference_of_means_has_about_welchs_interval() {
        for (a, b) in [(300, 120), (2500, 400)] {
            let values = [spread(a, 0.1), spread(b, 0.4).iter().map(|v| 3.0 * v).collect()].concat();
            let strata = Strata { sizes: &[a, b], seed: 3, topic: "t" };
            let own = strata.estimates(|w| vec![means(w, &values, a)], |_| Ok(())).expect("no stop").remove(0);
            let (welch, _) = difference(&Moments::of(&values[..a]), &Moments::of(&values[a..]));
            let width = welch.high.expect("high") - welch.low.expect("low");
            assert!((own.low.expect("low") - welch.low.expect("low")).abs() < 0.07 * width, "{own:?} {welch:?}");
            assert!((own.high.expect("high") - welch.high.expect("high")).abs() < 0.07 * width, "{own:?} {welch:?}");
        }
    }

    #[test]
    fn same_bytes_for_one_and_two_threads_and_a_stop_is_heard() {
        let values = spread(500, 0.4);
        let strata = Strata { sizes: &[200, 300], seed: 3, topic: "t" };
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| strata.estimates(|w| vec![means(w, &values, 200)], |_| Ok(())))
        };
        assert_eq!(run(1), run(2));
        assert_eq!(strata.estimates(|_| vec![0.0], |_| Err(StageError::Cancelled)), Err(StageError::Cancelled));
    }
}
