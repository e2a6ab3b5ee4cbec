//! The different tests of a forest, by feature.

use std::collections::BTreeMap;

use super::CONSTANTS;
use crate::trees::{Forest, Missing, NUMERIC, Node, Tree};

/// Largest category that a set may hold.
const MOST_CATEGORIES: u32 = 4096;

/// A test with two or more different outcomes on one feature; a one goes right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Test {
    /// The value is above a cut point.
    Above {
        /// Index of the cut point.
        cut: u32,
        /// Where values near zero go, when they are read as missing.
        zero_right: Option<bool>,
        /// Where a missing value goes.
        nan_right: bool,
    },
    /// The category is not in a set.
    Outside {
        /// Sorted categories.
        set: Box<[u32]>,
        /// Where a missing value goes.
        nan_right: bool,
    },
}

/// How a value becomes the number of a bucket.
#[derive(Clone, Debug)]
pub(super) enum Buckets {
    /// Number of sorted cut points below the value, after them `NaN` up to one less than a power of two.
    Cuts(Vec<f64>),
    /// The category, cut at this many.
    Categories(u32),
}

/// All tests on one encoded feature.
#[derive(Clone, Debug)]
pub(super) struct FeatureTests {
    /// Index of the feature.
    pub(super) column: usize,
    /// First plane.
    pub(super) first: usize,
    pub(super) buckets: Buckets,
    /// Buckets without that of missing values, which comes after them.
    pub(super) count: usize,
    /// Cut points around the values that are read as missing.
    pub(super) zero: Option<(u32, u32)>,
    /// One a plane.
    pub(super) tests: Vec<Test>,
}

/// The tests of a forest.
pub(super) struct Conditions {
    /// By ascending column.
    pub(super) features: Vec<FeatureTests>,
    /// Number of planes, constants included.
    pub(super) planes: usize,
    by_column: BTreeMap<usize, usize>,
}

impl Conditions {
    /// `None` when some test has no sliced form.
    pub(super) fn new(forest: &Forest) -> Option<Self> {
        let mut by_feature = BTreeMap::<usize, Vec<(&Tree, &Node)>>::new();
        for tree in &forest.trees {
            for node in tree.nodes.iter().filter(|n| !n.is_leaf()) {
                by_feature.entry(node.feature as usize).or_default().push((tree, node));
            }
        }
        let mut planes = CONSTANTS;
        let mut features = Vec::with_capacity(by_feature.len());
        for (column, nodes) in by_feature {
            let feature = FeatureTests::new(column, planes, &nodes)?;
            planes += feature.tests.len();
            features.push(feature);
        }
        let by_column = features.iter().enumerate().map(|(i, f)| (f.column, i)).collect();
        (planes <= usize::from(u16::MAX)).then_some(Self { features, planes, by_column })
    }

    /// The plane of a node's test.
    pub(super) fn plane(&self, tree: &Tree, node: &Node) -> Option<u16> {
        let feature = &self.features[*self.by_column.get(&(node.feature as usize))?];
        let at = feature.tests.binary_search(&feature.test(tree, node)?).ok()?;
        u16::try_from(feature.first + at).ok()
    }
}

impl FeatureTests {
    fn new(column: usize, first: usize, nodes: &[(&Tree, &Node)]) -> Option<Self> {
        let (numeric, sets): (Vec<_>, Vec<_>) = nodes.iter().copied().partition(|(_, node)| node.set == NUMERIC);
        let mut feature =
            if sets.is_empty() { Self::cuts(column, first, &numeric)? } else { Self::sets(column, first, &sets)? };
        if !sets.is_empty() && !numeric.is_empty() {
            return None;
        }
        feature.tests = nodes.iter().map(|(tree, node)| feature.test(tree, node)).collect::<Option<_>>()?;
        feature.tests.sort_unstable();
        feature.tests.dedup();
        Some(feature)
    }

    fn cuts(column: usize, first: usize, nodes: &[(&Tree, &Node)]) -> Option<Self> {
        let around_zero = [(-Missing::ZERO).next_down(), Missing::ZERO];
        let zero = nodes.iter().any(|(_, n)| matches!(n.missing, Missing::ZeroLeft | Missing::ZeroRight));
        let thresholds = nodes.iter().map(|(_, n)| n.threshold);
        let mut cuts: Vec<f64> = thresholds.chain(around_zero.into_iter().filter(|_| zero)).map(|t| t + 0.0).collect();
        if cuts.iter().any(|c| c.is_nan()) {
            return None;
        }
        cuts.sort_unstable_by(f64::total_cmp);
        cuts.dedup();
        let count = cuts.len() + 1;
        let place = |t: f64| cuts.partition_point(|c| *c < t) as u32;
        let zero = zero.then(|| (place(around_zero[0]), place(around_zero[1])));
        cuts.resize(count.next_power_of_two() - 1, f64::NAN);
        Some(Self { column, first, buckets: Buckets::Cuts(cuts), count, zero, tests: Vec::new() })
    }

    fn sets(column: usize, first: usize, nodes: &[(&Tree, &Node)]) -> Option<Self> {
        let largest = nodes.iter().map(|(tree, node)| tree.sets.get(node.set as usize)?.last().copied().or(Some(0)));
        let largest = largest.collect::<Option<Vec<u32>>>()?.into_iter().max()?;
        let size = (largest < MOST_CATEGORIES).then_some(largest + 1)?;
        // One more bucket for what is in no set.
        let count = size as usize + 1;
        Some(Self { column, first, buckets: Buckets::Categories(size), count, zero: None, tests: Vec::new() })
    }

    /// The test of a node on this feature.
    fn test(&self, tree: &Tree, node: &Node) -> Option<Test> {
        match &self.buckets {
            Buckets::Categories(_) => {
                let set = tree.sets.get(node.set as usize)?.clone();
                Some(Test::Outside { set, nan_right: !tree.goes_left(node, f64::NAN) })
            }
            Buckets::Cuts(cuts) => {
                let cut = cuts[..self.count - 1].partition_point(|c| *c < node.threshold) as u32;
                let zero_right = match node.missing {
                    Missing::ZeroLeft => Some(false),
                    Missing::ZeroRight => Some(true),
                    _ => None,
                };
                Some(Test::Above { cut, zero_right, nan_right: !tree.goes_left(node, f64::NAN) })
            }
        }
    }

    /// Number of the bucket of a value that is already cast.
    pub(super) fn bucket(&self, x: f64) -> usize {
        if x.is_nan() {
            return self.count;
        }
        match &self.buckets {
            Buckets::Cuts(cuts) => cuts[..self.count - 1].partition_point(|c| *c < x),
            // Truncated towards zero, as [`Tree::goes_left`] does.
            Buckets::Categories(size) if x > -1.0 && x < f64::from(*size) => x as usize,
            Buckets::Categories(size) => *size as usize,
        }
    }

    /// Whether a value that is already cast goes right at a test.
    pub(super) fn goes_right(&self, test: &Test, x: f64) -> bool {
        let bucket = self.bucket(x);
        match test {
            Test::Above { nan_right, .. } | Test::Outside { nan_right, .. } if bucket == self.count => *nan_right,
            Test::Above { cut, zero_right, .. } => match (zero_right, self.zero) {
                (Some(right), Some((below, above))) if bucket > below as usize && bucket <= above as usize => *right,
                _ => bucket > *cut as usize,
            },
            Test::Outside { set, .. } => set.binary_search(&(bucket as u32)).is_err(),
        }
    }
}
