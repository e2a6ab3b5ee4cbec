//! Rows of numbers and categories as points: the coordinates of factor analysis of mixed data (Pagès 2004). A number is its z-score
//! (missing: the mean); a category of share `p` is an indicator `(1 - p) / √p`, and `-√p` in other rows. So a number adds `z²` to the
//! squared distance from the centre, and a category `1 / p - 1`: what is rare lies far out. Categories below 5 % of the rows are one.

use fine_table::{Table, Values};
use rand::RngExt;
use rayon::prelude::*;

use crate::bins::{Bin, Feature};
use crate::rng::unit_rng;

/// Starts of the clustering.
pub(crate) const RESTARTS: u32 = 3;
/// Most iterations of one.
pub(crate) const ITERATIONS: usize = 30;
/// Categories of fewer than one row in so many are together.
const RARE: usize = 20;
/// Rows summed together.
const BLOCK: usize = 1024;

/// Row-major points.
pub(super) struct Mixed {
    pub(super) width: usize,
    pub(super) values: Vec<f64>,
}

impl Mixed {
    /// Rows as points; features that do not vary are left out.
    pub(super) fn of(features: &Table) -> Self {
        let rows = features.rows();
        let least = rows.div_ceil(RARE).max(2);
        let mut columns: Vec<Vec<f64>> = Vec::new();
        for column in features.columns() {
            match &column.values {
                Values::Number { values, .. } => columns.extend(z_scores(values)),
                Values::Text { .. } => columns.extend(Feature::of(column, 2, least).iter().flat_map(indicators)),
            }
        }
        let width = columns.len();
        let mut values = vec![0.0; rows * width];
        for (c, column) in columns.iter().enumerate() {
            values.iter_mut().skip(c).step_by(width.max(1)).zip(column).for_each(|(to, v)| *to = *v);
        }
        Self { width, values }
    }

    fn points(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// Squared distance of each row from the centre; `None` when nothing varies.
    pub(super) fn distances(&self) -> Option<Vec<f64>> {
        (self.width > 0).then(|| self.points().map(|p| p.iter().map(|v| v * v).sum()).collect())
    }

    /// Cluster of each row by k-means: the best of three seeded starts (k-means++, Arthur and Vassilvitskii 2007; Lloyd's
    /// iterations). `None` when nothing varies or there are fewer rows than clusters.
    pub(super) fn clusters(&self, count: usize, seed: u64) -> Option<Vec<usize>> {
        if self.width == 0 || self.points().len() < count {
            return None;
        }
        let run = |start: u32| self.lloyd(self.start(count, seed, start));
        let all: Vec<(Vec<usize>, f64)> = (0..RESTARTS).map(run).collect();
        all.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).map(|best| best.0)
    }

    /// Centres drawn one after the other, with the squared distance from the nearest one as weight.
    fn start(&self, count: usize, seed: u64, start: u32) -> Vec<f64> {
        let mut rng = unit_rng(seed, "robustness/k-means", u64::from(start));
        let rows = self.points().len();
        let at = |row: usize| &self.values[row * self.width..][..self.width];
        let mut centres = at(rng.random_range(0..rows)).to_vec();
        let mut nearest = vec![f64::INFINITY; rows];
        for _ in 1..count {
            let last = &centres[centres.len() - self.width..];
            for (own, p) in nearest.iter_mut().zip(self.points()) {
                *own = own.min(square(p, last));
            }
            let wanted = rng.random::<f64>() * nearest.iter().sum::<f64>();
            let mut sum = 0.0;
            let next = nearest.iter().position(|d| {
                sum += d;
                sum >= wanted
            });
            centres.extend_from_slice(at(next.unwrap_or(rows - 1)));
        }
        centres
    }

    /// Lloyd's iterations from some centres until no row changes; the clusters and the sum of squared distances.
    pub(super) fn lloyd(&self, mut centres: Vec<f64>) -> (Vec<usize>, f64) {
        let count = centres.len() / self.width;
        let mut labels: Vec<usize> = Vec::new();
        for _ in 0..ITERATIONS {
            let next: Vec<(usize, f64)> =
                self.values.par_chunks(self.width).map(|p| self.nearest(p, &centres)).collect();
            let same = next.iter().map(|n| n.0).eq(labels.iter().copied());
            labels = next.iter().map(|n| n.0).collect();
            if same {
                break;
            }
            let (mut sums, mut sizes) = (vec![0.0; centres.len()], vec![0.0; count]);
            for (block, labels) in self.values.chunks(BLOCK * self.width).zip(labels.chunks(BLOCK)) {
                for (p, label) in block.chunks_exact(self.width).zip(labels) {
                    sizes[*label] += 1.0;
                    sums[label * self.width..][..self.width].iter_mut().zip(p).for_each(|(s, v)| *s += v);
                }
            }
            for (cluster, size) in sizes.iter().enumerate().filter(|(_, s)| **s > 0.0) {
                let place = cluster * self.width..(cluster + 1) * self.width;
                centres[place.clone()].iter_mut().zip(&sums[place]).for_each(|(c, s)| *c = s / size);
            }
        }
        let inertia =
            self.points().zip(&labels).map(|(p, l)| square(p, &centres[l * self.width..][..self.width])).sum();
        (labels, inertia)
    }

    fn nearest(&self, p: &[f64], centres: &[f64]) -> (usize, f64) {
        let mut best = (0, f64::INFINITY);
        for (cluster, centre) in centres.chunks_exact(self.width).enumerate() {
            let far = square(p, centre);
            if far < best.1 {
                best = (cluster, far);
            }
        }
        best
    }
}

fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// `(x - mean) / sd` (divisor n); `None` when the number does not vary.
fn z_scores(values: &[f64]) -> Option<Vec<f64>> {
    let known = || values.iter().copied().filter(|v| v.is_finite());
    let n = known().count() as f64;
    let mean = known().sum::<f64>() / n;
    let sd = (known().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
    let z = |v: &f64| if v.is_finite() { (v - mean) / sd } else { 0.0 };
    (sd > 0.0 && sd.is_finite()).then(|| values.iter().map(z).collect())
}

/// One centred, scaled indicator a category; missing is one.
fn indicators(feature: &Feature) -> Vec<Vec<f64>> {
    let rows = feature.codes.len() as f64;
    (0..feature.bins.len() as u32)
        .filter(|b| !matches!(feature.bins[*b as usize], Bin::Range(..)))
        .map(|bin| {
            let p = feature.codes.iter().filter(|c| **c == bin).count() as f64 / rows;
            feature.codes.iter().map(|c| (f64::from(u8::from(*c == bin)) - p) / p.sqrt()).collect()
        })
        .collect()
}
