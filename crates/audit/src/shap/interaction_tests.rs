//! Interaction values against the definition.

use fine_model::Encoded;
use fine_model::trees::Forest;
use proptest::prelude::*;

use super::tests::{Kind, any_kind, forest_value, random_forest, random_rows};
use super::{Interactions, ShapError, TreeExplainer, TreeInteractions};

fn explain(forest: &Forest, origin: &[u32], players: usize, x: &Encoded) -> Interactions {
    let explainer = TreeInteractions::new(forest, origin, players).unwrap();
    explainer.explain(x, &(0..forest.outputs).collect::<Vec<_>>(), &|_| Ok(())).unwrap()
}

/// Shapley interaction index of two features by the sum over all subsets of the others, for output `k`:
/// `sum |S|! (M - |S| - 2)! / (M - 1)! (v(S + ij) - v(S + i) - v(S + j) + v(S))`.
fn index(values: &[Vec<f64>], features: usize, (i, j): (usize, usize), k: usize) -> f64 {
    let factorial = |n: usize| (1..=n).map(|n| n as f64).product::<f64>();
    let (a, b) = (1usize << i, 1usize << j);
    let others = (0..values.len()).filter(|s| s & (a | b) == 0);
    let term = |s: usize| {
        let size = s.count_ones() as usize;
        let weight = factorial(size) * factorial(features - size - 2) / factorial(features - 1);
        weight * (values[s | a | b][k] - values[s | a][k] - values[s | b][k] + values[s][k])
    };
    others.map(term).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// Off the diagonal half of the index by its definition, and each line adds up to the feature's SHAP value, which another
    /// algorithm computes.
    #[test]
    fn equals_the_sum_over_all_subsets_and_lines_add_up(kind in any_kind(), seed in 0u64..1_000_000) {
        let forest = random_forest(kind, seed);
        let x = random_rows(kind.features, 3, seed);
        let n = kind.features;
        let pairs = explain(&forest, &x.origin, n, &x);
        let outputs = (0..forest.outputs).collect::<Vec<_>>();
        let shap = TreeExplainer::new(&forest, &x.origin, n).unwrap().explain(&x, &outputs, &|_| Ok(())).unwrap();
        for row in 0..x.rows {
            let cells = &x.values[row * x.width..][..x.width];
            let values = (0..1u32 << n).map(|s| forest_value(&forest, cells, s)).collect::<Vec<_>>();
            for k in 0..forest.outputs {
                let square = pairs.row(row, k);
                for i in 0..n {
                    let line = square[i * n..][..n].iter().sum::<f64>();
                    prop_assert!((line - shap.row(row, k)[i]).abs() < 1e-11, "{line} {}", shap.row(row, k)[i]);
                    for j in (0..n).filter(|j| *j != i) {
                        let expected = 0.5 * index(&values, n, (i, j), k);
                        prop_assert!((square[i * n + j] - expected).abs() < 1e-11, "{i} {j}: {expected} {square:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn columns_of_one_raw_feature_are_added_up(seed in 0u64..1_000_000) {
        let kind = Kind { features: 5, outputs: 1, trees: 3, depth: 5, vector_leaves: false, mean: false, zero_covers: true };
        let forest = random_forest(kind, seed);
        let x = random_rows(5, 66, seed);
        let single = explain(&forest, &[0, 1, 2, 3, 4], 5, &x);
        let origin = [0usize, 1, 1, 0, 2];
        let grouped = explain(&forest, &origin.map(|p| p as u32), 3, &x);
        for row in 0..x.rows {
            let mut sums = [0.0; 9];
            for i in 0..5 {
                for j in 0..5 {
                    sums[origin[i] * 3 + origin[j]] += single.row(row, 0)[i * 5 + j];
                }
            }
            for (a, b) in grouped.row(row, 0).iter().zip(sums) {
                prop_assert!((a - b).abs() < 1e-11);
            }
        }
    }

    /// Trees of one split each have no interactions.
    #[test]
    fn stumps_do_not_interact(seed in 0u64..1_000_000) {
        let kind = Kind { features: 4, outputs: 2, trees: 6, depth: 1, vector_leaves: true, mean: true, zero_covers: false };
        let forest = random_forest(kind, seed);
        let pairs = explain(&forest, &[0, 1, 2, 3], 4, &random_rows(4, 10, seed));
        for row in 0..10 {
            for i in 0..4 {
                for j in (0..4).filter(|j| *j != i) {
                    prop_assert_eq!(pairs.row(row, 1)[i * 4 + j], 0.0);
                }
            }
        }
    }
}

#[test]
fn missing_covers_and_foreign_columns_are_refused() {
    let kind =
        Kind { features: 3, outputs: 1, trees: 1, depth: 2, vector_leaves: false, mean: false, zero_covers: true };
    let mut forest = random_forest(kind, 1);
    assert!(matches!(TreeInteractions::new(&forest, &[0, 1], 2).unwrap_err(), ShapError::Width { .. }));
    assert!(TreeInteractions::new(&forest, &[0, 1, 2], 3).unwrap().steps_per_row() > 0);
    forest.trees[0].nodes.iter_mut().for_each(|n| n.cover = f64::NAN);
    assert_eq!(TreeInteractions::new(&forest, &[0, 1, 2], 3).unwrap_err(), ShapError::NoCover);
}

#[test]
fn same_bytes_for_one_and_two_threads() {
    let kind =
        Kind { features: 6, outputs: 2, trees: 8, depth: 6, vector_leaves: true, mean: true, zero_covers: false };
    let (forest, x) = (random_forest(kind, 3), random_rows(6, 500, 3));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| explain(&forest, &x.origin, 6, &x))
    };
    assert_eq!(run(1), run(2));
}
