//! Isotonic regression by pooling adjacent violators.

/// Blocks of an isotonic fit: `(first index, weight, mean)`, ascending in index and mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fit {
    starts: Vec<u32>,
    weights: Vec<f64>,
    means: Vec<f64>,
}

impl Fit {
    /// Fits non-decreasing means to `values` in their order with `weights` (pool adjacent violators, O(n);
    /// Barlow et al. 1972). Entries of weight 0 join their neighbour.
    pub(crate) fn new(values: &[f64], weights: &[f64]) -> Self {
        let mut fit = Self::default();
        fit.refit(values, weights);
        fit
    }

    /// The same into the memory of an earlier fit.
    pub(crate) fn refit(&mut self, values: &[f64], weights: &[f64]) {
        let (starts, sizes, means) = (&mut self.starts, &mut self.weights, &mut self.means);
        starts.clear();
        sizes.clear();
        means.clear();
        for (i, (&v, &w)) in values.iter().zip(weights).enumerate() {
            if w <= 0.0 {
                continue;
            }
            let (mut start, mut weight, mut mean) = (i as u32, w, v);
            while means.last().is_some_and(|m| *m >= mean) {
                let (s, u, m) = (starts.pop(), sizes.pop(), means.pop());
                if let (Some(s), Some(u), Some(m)) = (s, u, m) {
                    mean = (mean * weight + m * u) / (weight + u);
                    weight += u;
                    start = s;
                }
            }
            starts.push(start);
            sizes.push(weight);
            means.push(mean);
        }
    }

    /// The fitted value at each of `n` indices.
    pub(crate) fn values(&self, n: usize) -> Vec<f64> {
        let mut out = vec![f64::NAN; n];
        for (b, &start) in self.starts.iter().enumerate() {
            let end = self.starts.get(b + 1).map_or(n, |s| *s as usize);
            out[start as usize..end].fill(self.means[b]);
        }
        if let Some(&first) = self.starts.first() {
            out[..first as usize].fill(self.means[0]);
        }
        out
    }

    /// Blocks as `(first index, weight, mean)`.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (usize, f64, f64)> + '_ {
        self.starts.iter().zip(&self.weights).zip(&self.means).map(|((s, w), m)| (*s as usize, *w, *m))
    }

    /// Value at one index.
    pub(crate) fn at(&self, index: usize) -> f64 {
        let block = self.starts.partition_point(|s| *s as usize <= index);
        self.means[block.saturating_sub(1)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pools_violators() {
        let fit = Fit::new(&[1.0, 0.0, 1.0, 0.0, 1.0, 1.0], &[1.0; 6]);
        assert_eq!(fit.values(6), [0.5, 0.5, 0.5, 0.5, 1.0, 1.0]);
        assert_eq!(fit.at(3), 0.5);
        assert_eq!(fit.at(4), 1.0);
    }

    proptest! {
        #[test]
        fn fit_is_monotone_and_keeps_the_mean(values in prop::collection::vec(0.0f64..1.0, 1..60)) {
            let fit = Fit::new(&values, &vec![1.0; values.len()]).values(values.len());
            prop_assert!(fit.windows(2).all(|w| w[0] <= w[1]));
            let (a, b): (f64, f64) = (fit.iter().sum(), values.iter().sum());
            prop_assert!((a - b).abs() < 1e-9);
        }
    }
}
