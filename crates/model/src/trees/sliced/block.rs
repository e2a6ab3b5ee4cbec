//! The tests of one block of rows.

use super::conditions::{Buckets, FeatureTests, Test};
use super::{ONE, Plane, ROWS, Sliced, WORDS};
use crate::trees::Cast;

/// Rows looked up side by side.
const LANES: usize = 8;

/// The cells of one encoded column in a block of at most [`ROWS`] rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    /// Numbers; missing is `NaN`.
    Numbers(&'a [f64]),
    /// `on` where the code is `hit`, `off` elsewhere. Neighbouring columns of one block of indicators share their codes.
    Indicator {
        /// One a row.
        codes: &'a [u32],
        /// The code of this column.
        hit: u32,
        /// Value on the code.
        on: f64,
        /// Value elsewhere.
        off: f64,
    },
    /// A few cells, and one value elsewhere.
    Sparse {
        /// Rows of the cells, ascending, counted from the first row of the table.
        rows: &'a [u32],
        /// The first row of the block.
        first: usize,
        /// One a cell.
        values: &'a [f64],
        /// Value elsewhere.
        off: f64,
        /// Rows in the block.
        count: usize,
    },
    /// Nothing but missing cells.
    Missing,
}

/// Buffers for the tests of one block.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Rows of each bucket.
    buckets: Vec<Plane>,
    /// Rows of each code of a block of indicators.
    hits: Vec<Plane>,
    /// The numbers of a sparse column.
    cells: Vec<f64>,
}

impl Sliced {
    /// Planes of the tests of one block, all zero but the constant.
    pub(crate) fn new_planes(&self) -> Vec<Plane> {
        let mut planes = vec![[0; WORDS]; self.tests];
        planes[ONE as usize] = [u64::MAX; WORDS];
        planes
    }

    /// Evaluates the tests on some columns for the rows of one block. `source` gives the cells of an encoded column in
    /// the block, or `None` to leave its planes as they are. Bits beyond the rows mean nothing.
    pub(crate) fn test<'c>(
        &self,
        source: impl Fn(usize) -> Option<Source<'c>>,
        planes: &mut [Plane],
        scratch: &mut Scratch,
    ) {
        let mut shared: Option<&'c [u32]> = None;
        for (at, feature) in self.features.iter().enumerate() {
            let planes = &mut planes[feature.first..][..feature.tests.len()];
            match source(feature.column) {
                None => {}
                Some(Source::Numbers(values)) => numbers(feature, self.cast, values, planes, &mut scratch.buckets),
                Some(Source::Sparse { rows, first, values, off, count }) => {
                    scratch.cells.clear();
                    scratch.cells.resize(count, off);
                    for (row, value) in rows.iter().zip(values) {
                        scratch.cells[*row as usize - first] = *value;
                    }
                    numbers(feature, self.cast, &scratch.cells, planes, &mut scratch.buckets);
                }
                Some(Source::Missing) => uniform(feature, f64::NAN, planes),
                Some(Source::Indicator { codes, hit, on, off }) => {
                    if !shared.is_some_and(|s| std::ptr::eq(s, codes)) {
                        let hits = self.features[at..].iter().map_while(|f| match source(f.column) {
                            Some(Source::Indicator { codes: other, hit, .. }) if std::ptr::eq(codes, other) => {
                                Some(hit)
                            }
                            _ => None,
                        });
                        scatter_codes(codes, hits.max().unwrap_or(hit), &mut scratch.hits);
                        shared = Some(codes);
                    }
                    indicator(feature, &scratch.hits[hit as usize], self.cast.apply(on), self.cast.apply(off), planes);
                }
            }
        }
    }
}

/// The same value in every row.
fn uniform(feature: &FeatureTests, value: f64, planes: &mut [Plane]) {
    for (plane, test) in planes.iter_mut().zip(&feature.tests) {
        *plane = [if feature.goes_right(test, value) { u64::MAX } else { 0 }; WORDS];
    }
}

/// One value in the `hit` rows, another elsewhere.
fn indicator(feature: &FeatureTests, hit: &Plane, on: f64, off: f64, planes: &mut [Plane]) {
    for (plane, test) in planes.iter_mut().zip(&feature.tests) {
        *plane = match (feature.goes_right(test, on), feature.goes_right(test, off)) {
            (false, false) => [0; WORDS],
            (true, true) => [u64::MAX; WORDS],
            (true, false) => *hit,
            (false, true) => hit.map(|word| !word),
        };
    }
}

/// The rows of each code up to `largest`.
fn scatter_codes(codes: &[u32], largest: u32, hits: &mut Vec<Plane>) {
    hits.clear();
    hits.resize(largest as usize + 1, [0; WORDS]);
    for (row, code) in codes.iter().enumerate() {
        if let Some(plane) = hits.get_mut(*code as usize) {
            plane[row / 64] |= 1 << (row % 64);
        }
    }
}

fn numbers(feature: &FeatureTests, cast: Cast, values: &[f64], planes: &mut [Plane], buckets: &mut Vec<Plane>) {
    buckets.clear();
    buckets.resize(feature.count + 1, [0; WORDS]);
    debug_assert!(values.len() <= ROWS);
    match &feature.buckets {
        Buckets::Cuts(cuts) => {
            scatter_cuts(cuts, feature.count, cast, values, buckets);
            above(feature, planes, buckets);
        }
        Buckets::Categories(_) => {
            for (row, value) in values.iter().enumerate() {
                buckets[feature.bucket(cast.apply(*value))][row / 64] |= 1 << (row % 64);
            }
            outside(feature, planes, buckets);
        }
    }
}

/// Puts each row into its bucket by a search without branches, some rows side by side.
fn scatter_cuts(cuts: &[f64], missing: usize, cast: Cast, values: &[f64], buckets: &mut [Plane]) {
    for (chunk, values) in values.chunks(LANES).enumerate() {
        let mut x = [f64::NAN; LANES];
        x.iter_mut().zip(values).for_each(|(x, v)| *x = cast.apply(*v));
        let mut at = [0_usize; LANES];
        let mut half = cuts.len().div_ceil(2);
        while half > 0 {
            for (at, x) in at.iter_mut().zip(&x) {
                // A padding `NaN` is below nothing.
                *at += half * usize::from(cuts[*at + half - 1] < *x);
            }
            half /= 2;
        }
        for (lane, (at, x)) in at.iter().zip(&x).enumerate().take(values.len()) {
            let row = chunk * LANES + lane;
            buckets[if x.is_nan() { missing } else { *at }][row / 64] |= 1 << (row % 64);
        }
    }
}

/// Planes of tests against cut points, from the rows of each bucket, which become those of this bucket and above.
fn above(feature: &FeatureTests, planes: &mut [Plane], buckets: &mut [Plane]) {
    let (values, missing) = buckets.split_at_mut(feature.count);
    for bucket in (1..values.len()).rev() {
        let (below, here) = values.split_at_mut(bucket);
        or(&mut below[bucket - 1], &here[0]);
    }
    let over = |cut: u32| values.get(cut as usize + 1).copied().unwrap_or([0; WORDS]);
    let zeros = feature.zero.map(|(below, above)| {
        let (from, beyond) = (over(below), over(above));
        std::array::from_fn(|w| from[w] & !beyond[w])
    });
    for (plane, test) in planes.iter_mut().zip(&feature.tests) {
        let Test::Above { cut, zero_right, nan_right } = test else { continue };
        *plane = over(*cut);
        if let (Some(right), Some(zeros)) = (zero_right, zeros) {
            let zeros: Plane = zeros;
            *plane = std::array::from_fn(|w| if *right { plane[w] | zeros[w] } else { plane[w] & !zeros[w] });
        }
        if *nan_right {
            or(plane, &missing[0]);
        }
    }
}

/// Planes of tests against category sets, from the rows of each category.
fn outside(feature: &FeatureTests, planes: &mut [Plane], buckets: &[Plane]) {
    for (plane, test) in planes.iter_mut().zip(&feature.tests) {
        let Test::Outside { set, nan_right } = test else { continue };
        let mut inside = [0; WORDS];
        for category in set {
            or(&mut inside, &buckets[*category as usize]);
        }
        if !nan_right {
            or(&mut inside, &buckets[feature.count]);
        }
        *plane = inside.map(|word| !word);
    }
}

fn or(to: &mut Plane, from: &Plane) {
    to.iter_mut().zip(from).for_each(|(t, f)| *t |= f);
}
