//! TreeSHAP against the definition.

use fine_model::Encoded;
use fine_model::trees::{Cast, Forest, LEAF, Link, Missing, NUMERIC, Node, Sum, Tree};
use proptest::prelude::*;
use rand::RngExt;

use super::{Attribution, ShapError, TreeExplainer};
use crate::rng::unit_rng;

fn explain(forest: &Forest, origin: &[u32], players: usize, x: &Encoded) -> Attribution {
    let explainer = TreeExplainer::new(forest, origin, players).unwrap();
    explainer.explain(x, &(0..forest.outputs).collect::<Vec<_>>(), &|_| Ok(())).unwrap()
}

/// Conditional expectation by the definition: follow the row for features inside of the coalition, else average.
fn value(forest: &Forest, tree: &Tree, x: &[f64], coalition: u32, node: usize, to: &mut [f64], weight: f64) {
    let n = &tree.nodes[node];
    if n.left == LEAF {
        match tree.output {
            Some(k) => to[k as usize] += weight * tree.weight * tree.values[n.right as usize],
            None => {
                for (k, t) in to.iter_mut().enumerate() {
                    *t += weight * tree.weight * tree.values[n.right as usize * forest.outputs + k];
                }
            }
        }
        return;
    }
    let (l, r) = (n.left as usize, n.right as usize);
    if coalition >> n.feature & 1 == 1 {
        let child = if tree.goes_left(n, forest.cast.apply(x[n.feature as usize])) { l } else { r };
        return value(forest, tree, x, coalition, child, to, weight);
    }
    let (a, b) = (tree.nodes[l].cover, tree.nodes[r].cover);
    let share = if a + b == 0.0 { 0.5 } else { a / (a + b) };
    value(forest, tree, x, coalition, l, to, weight * share);
    value(forest, tree, x, coalition, r, to, weight * (1.0 - share));
}

pub(super) fn forest_value(forest: &Forest, x: &[f64], coalition: u32) -> Vec<f64> {
    let mut sum = vec![0.0; forest.outputs];
    let mut count = vec![0.0; forest.outputs];
    for tree in &forest.trees {
        value(forest, tree, x, coalition, 0, &mut sum, 1.0);
        (0..forest.outputs).filter(|k| tree.output.is_none_or(|o| o as usize == *k)).for_each(|k| count[k] += 1.0);
    }
    let scale = |k: usize| if forest.sum == Sum::Mean && count[k] > 0.0 { 1.0 / count[k] } else { 1.0 };
    (0..forest.outputs).map(|k| sum[k] * scale(k) + forest.base[k]).collect()
}

/// Shapley values by the sum over all subsets: `[outputs][features]`.
fn brute_force(forest: &Forest, x: &[f64]) -> Vec<Vec<f64>> {
    let m = forest.features;
    let values = (0..1u32 << m).map(|s| forest_value(forest, x, s)).collect::<Vec<_>>();
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    let mut phi = vec![vec![0.0; m]; forest.outputs];
    for s in 0..1u32 << m {
        for j in (0..m).filter(|j| s >> j & 1 == 0) {
            let size = s.count_ones();
            let weight = factorial(size) * factorial(m as u32 - size - 1) / factorial(m as u32);
            for (k, p) in phi.iter_mut().enumerate() {
                p[j] += weight * (values[(s | 1 << j) as usize][k] - values[s as usize][k]);
            }
        }
    }
    phi
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) features: usize,
    pub(crate) outputs: usize,
    pub(crate) trees: usize,
    pub(crate) depth: usize,
    pub(crate) vector_leaves: bool,
    pub(crate) mean: bool,
    pub(crate) zero_covers: bool,
}

/// A random forest: numeric and categorical splits, all missing rules, repeated features on a path.
pub(crate) fn random_forest(kind: Kind, seed: u64) -> Forest {
    let mut rng = unit_rng(seed, "test/forest", 0);
    let trees = (0..kind.trees)
        .map(|t| {
            let mut tree = Tree {
                nodes: Vec::new(),
                sets: Vec::new(),
                values: Vec::new(),
                output: (!kind.vector_leaves).then_some((t % kind.outputs) as u32),
                weight: 0.5 + rng.random::<f64>(),
            };
            let mut open = vec![(usize::MAX, 0usize, 1000.0)];
            while let Some((slot, depth, cover)) = open.pop() {
                let at = tree.nodes.len();
                if slot != usize::MAX {
                    if slot % 2 == 0 {
                        tree.nodes[slot / 2].left = at as u32
                    } else {
                        tree.nodes[slot / 2].right = at as u32
                    }
                }
                let leaf = depth == kind.depth || rng.random::<f64>() < 0.15 && depth > 0;
                let categorical = rng.random::<f64>() < 0.3;
                let rules = [Missing::Left, Missing::Right, Missing::AsZero, Missing::ZeroLeft, Missing::ZeroRight];
                let mut node = Node {
                    feature: rng.random_range(0..kind.features as u32),
                    left: LEAF,
                    right: 0,
                    set: NUMERIC,
                    threshold: f64::from(rng.random_range(-4..4)) * 0.5,
                    missing: rules[rng.random_range(0..rules.len())],
                    cover,
                };
                if leaf {
                    let width = if kind.vector_leaves { kind.outputs } else { 1 };
                    node.right = (tree.values.len() / width) as u32;
                    tree.values.extend((0..width).map(|_| rng.random::<f64>() * 4.0 - 2.0));
                } else {
                    if categorical {
                        node.set = tree.sets.len() as u32;
                        tree.sets.push((0..4).filter(|_| rng.random::<bool>()).collect());
                    }
                    let share = if kind.zero_covers && rng.random::<f64>() < 0.3 { 0.0 } else { rng.random::<f64>() };
                    open.push((at * 2, depth + 1, cover * share));
                    open.push((at * 2 + 1, depth + 1, cover - cover * share));
                }
                tree.nodes.push(node);
            }
            tree
        })
        .collect();
    Forest {
        features: kind.features,
        outputs: kind.outputs,
        trees,
        base: (0..kind.outputs).map(|k| k as f64 * 0.25).collect(),
        cast: if seed.is_multiple_of(2) { Cast::F32 } else { Cast::F64 },
        sum: if kind.mean { Sum::Mean } else { Sum::F64 },
        link: Link::Identity,
    }
}

pub(crate) fn random_rows(features: usize, rows: usize, seed: u64) -> Encoded {
    let mut rng = unit_rng(seed, "test/rows", 0);
    let values = (0..rows * features)
        .map(|_| match rng.random_range(0..10) {
            0 => f64::NAN,
            1 => f64::from(rng.random_range(-4..5)) * 0.5 + 0.1,
            _ => f64::from(rng.random_range(-4..5)) * 0.5,
        })
        .collect();
    Encoded { rows, width: features, values, origin: (0..features as u32).collect(), names: Vec::new() }
}

pub(super) fn any_kind() -> impl Strategy<Value = Kind> {
    (1usize..8, 1usize..4, 1usize..5, 0usize..8, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(features, outputs, trees, depth, vector_leaves, mean, zero_covers)| Kind {
            features,
            outputs,
            trees,
            depth,
            vector_leaves,
            mean,
            zero_covers,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn equals_the_sum_over_all_subsets(kind in any_kind(), seed in 0u64..1_000_000) {
        let forest = random_forest(kind, seed);
        let x = random_rows(kind.features, 5, seed);
        let shap = explain(&forest, &x.origin, kind.features, &x);
        for row in 0..x.rows {
            let values = &x.values[row * x.width..][..x.width];
            let expected = brute_force(&forest, values);
            let f = forest.margins(1, values);
            for (k, expected) in expected.iter().enumerate() {
                let phi = shap.row(row, k);
                for (a, b) in phi.iter().zip(expected) {
                    prop_assert!((a - b).abs() < 1e-12, "row {row} output {k}: {phi:?} {expected:?}");
                }
                let error = shap.base[k] + phi.iter().sum::<f64>() - f[k];
                prop_assert!(error.abs() < 1e-12, "additivity: {error}");
            }
        }
    }

    #[test]
    fn unused_features_get_nothing(seed in 0u64..1_000_000) {
        let kind = Kind { features: 4, outputs: 2, trees: 3, depth: 5, vector_leaves: true, mean: true, zero_covers: false };
        let mut forest = random_forest(kind, seed);
        forest.trees.iter_mut().flat_map(|t| &mut t.nodes).for_each(|n| n.feature = n.feature.min(2));
        let x = random_rows(4, 70, seed);
        let shap = explain(&forest, &x.origin, 4, &x);
        for row in 0..x.rows {
            for k in 0..2 {
                prop_assert_eq!(shap.row(row, k)[3], 0.0);
            }
        }
    }

    /// Symmetry: exchanging two features in trees and rows exchanges their values, and a forest that does not change under
    /// the exchange gives equal values where the row's two features are equal.
    #[test]
    fn features_that_do_the_same_get_the_same(seed in 0u64..1_000_000) {
        let kind = Kind { features: 4, outputs: 1, trees: 2, depth: 4, vector_leaves: false, mean: false, zero_covers: true };
        let one = random_forest(kind, seed);
        let exchange = |f: u32| match f { 0 => 1, 1 => 0, f => f };
        let mut other = one.clone();
        other.trees.iter_mut().flat_map(|t| &mut t.nodes).for_each(|n| n.feature = exchange(n.feature));
        let x = random_rows(4, 20, seed);
        let mut turned = x.clone();
        turned.values.chunks_mut(4).for_each(|r| r.swap(0, 1));
        let (a, b) = (explain(&one, &x.origin, 4, &x), explain(&other, &x.origin, 4, &turned));
        let mut both = one.clone();
        both.trees.extend(other.trees.clone());
        let mut equal = x.clone();
        equal.values.chunks_mut(4).for_each(|r| r[1] = r[0]);
        let same = explain(&both, &x.origin, 4, &equal);
        for row in 0..x.rows {
            let (p, q) = (a.row(row, 0), b.row(row, 0));
            for (i, j) in [(0, 1), (1, 0), (2, 2), (3, 3)] {
                prop_assert!((p[i] - q[j]).abs() < 1e-12);
            }
            let s = same.row(row, 0);
            prop_assert!((s[0] - s[1]).abs() < 1e-12, "{s:?}");
        }
    }

    /// The order of the rows does not matter, to the last bit.
    #[test]
    fn rows_are_explained_each_on_its_own(kind in any_kind(), seed in 0u64..1_000_000) {
        let forest = random_forest(kind, seed);
        let x = random_rows(kind.features, 40, seed);
        let mut back = x.clone();
        back.values = x.values.chunks(x.width).rev().flatten().copied().collect();
        let (a, b) = (explain(&forest, &x.origin, kind.features, &x), explain(&forest, &x.origin, kind.features, &back));
        for row in 0..x.rows {
            for k in 0..kind.outputs {
                prop_assert_eq!(a.row(row, k), b.row(x.rows - 1 - row, k));
            }
        }
    }

    #[test]
    fn columns_of_one_raw_feature_are_added_up(seed in 0u64..1_000_000) {
        let kind = Kind { features: 5, outputs: 1, trees: 3, depth: 5, vector_leaves: false, mean: false, zero_covers: true };
        let forest = random_forest(kind, seed);
        let x = random_rows(5, 65, seed);
        let single = explain(&forest, &[0, 1, 2, 3, 4], 5, &x);
        let grouped = explain(&forest, &[0, 1, 1, 0, 2], 3, &x);
        for row in 0..x.rows {
            let (s, g) = (single.row(row, 0), grouped.row(row, 0));
            for (a, b) in [(g[0], s[0] + s[3]), (g[1], s[1] + s[2]), (g[2], s[4])] {
                prop_assert!((a - b).abs() < 1e-12);
            }
        }
    }
}

/// `x0 <= 0` and `x1 <= 0`, all four quarters equally frequent.
fn and_tree() -> Forest {
    let leaf = |right, cover| Node {
        feature: 0,
        left: LEAF,
        right,
        set: NUMERIC,
        threshold: 0.0,
        missing: Missing::Left,
        cover,
    };
    let split = |feature, left, right, cover| Node { feature, left, right, ..leaf(0, cover) };
    let nodes = vec![split(0, 1, 4, 100.0), split(1, 2, 3, 50.0), leaf(0, 25.0), leaf(1, 25.0), leaf(2, 50.0)];
    let tree = Tree { nodes, sets: Vec::new(), values: vec![1.0, 0.0, 0.0], output: Some(0), weight: 1.0 };
    Forest {
        features: 2,
        outputs: 1,
        trees: vec![tree],
        base: vec![0.0],
        cast: Cast::F64,
        sum: Sum::F64,
        link: Link::Identity,
    }
}

#[test]
fn symmetric_features_share_equally() {
    let x = Encoded { rows: 1, width: 2, values: vec![-1.0, -1.0], origin: vec![0, 1], names: Vec::new() };
    let shap = explain(&and_tree(), &x.origin, 2, &x);
    assert_eq!(shap.base, vec![0.25]);
    assert!(shap.row(0, 0).iter().all(|v| (v - 0.375).abs() < 1e-15), "{:?}", shap.row(0, 0));
}

#[test]
fn missing_covers_are_refused() {
    let mut forest = and_tree();
    forest.trees[0].nodes[2].cover = f64::NAN;
    assert_eq!(TreeExplainer::new(&forest, &[0, 1], 2).unwrap_err(), ShapError::NoCover);
    assert!(matches!(TreeExplainer::new(&and_tree(), &[0], 1).unwrap_err(), ShapError::Width { .. }));
}

#[test]
fn a_chain_beyond_the_depth_limit_is_refused() {
    let mut forest = and_tree();
    let tree = &mut forest.trees[0];
    tree.nodes.clear();
    let template = and_tree().trees[0].nodes[0];
    for i in 0..600u32 {
        tree.nodes.push(Node { left: 2 * i + 1, right: 2 * i + 2, ..template });
        tree.nodes.push(Node { left: LEAF, right: 0, ..template });
    }
    tree.nodes.push(Node { left: LEAF, right: 0, ..template });
    for i in 0..600usize {
        tree.nodes[2 * i] = Node { left: 2 * i as u32 + 1, right: 2 * i as u32 + 2, ..template };
    }
    assert!(matches!(TreeExplainer::new(&forest, &[0, 1], 2).unwrap_err(), ShapError::TooDeep { .. }));
}

#[test]
fn deep_paths_stay_exact() {
    let kind =
        Kind { features: 12, outputs: 1, trees: 2, depth: 14, vector_leaves: false, mean: false, zero_covers: true };
    let forest = random_forest(kind, 7);
    let x = random_rows(12, 3, 7);
    let shap = explain(&forest, &x.origin, 12, &x);
    for row in 0..x.rows {
        let expected = brute_force(&forest, &x.values[row * 12..][..12]);
        for (a, b) in shap.row(row, 0).iter().zip(&expected[0]) {
            assert!((a - b).abs() < 1e-11, "{a} {b}");
        }
    }
}

#[test]
fn same_bytes_for_one_and_two_threads() {
    let kind =
        Kind { features: 6, outputs: 2, trees: 8, depth: 6, vector_leaves: true, mean: true, zero_covers: false };
    let (forest, x) = (random_forest(kind, 3), random_rows(6, 1000, 3));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| explain(&forest, &x.origin, 6, &x))
    };
    assert_eq!(run(1), run(2));
}
