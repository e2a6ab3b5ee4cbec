//! Interventional values against the definition.

use fine_model::trees::Forest;
use fine_model::{CoreModel, Encoded, Feature, FeatureKind, Model};
use fine_table::{Column, NumberKind, Table, Task};
use proptest::prelude::*;

use super::tests::{Kind, any_kind, random_forest, random_rows};
use super::{Attribution, Enumerator, Sampler, ShapError, TreeBackground, TreeExplainer};

fn explain(forest: &Forest, origin: &[u32], players: usize, background: &Encoded, x: &Encoded) -> Attribution {
    let explainer = TreeBackground::new(forest, origin, players, background).unwrap();
    explainer.explain(x, &(0..forest.outputs).collect::<Vec<_>>(), &|_| Ok(())).unwrap()
}

/// Mean margins over the background with the columns of the coalition's players from the row: `[outputs]`.
fn value(forest: &Forest, origin: &[u32], background: &Encoded, x: &[f64], coalition: u32) -> Vec<f64> {
    let mut sums = vec![0.0; forest.outputs];
    for z in background.values.chunks_exact(background.width) {
        let own = |c: usize| coalition >> origin[c] & 1 == 1;
        let hybrid = (0..x.len()).map(|c| if own(c) { x[c] } else { z[c] }).collect::<Vec<_>>();
        sums.iter_mut().zip(forest.margins(1, &hybrid)).for_each(|(s, m)| *s += m / background.rows as f64);
    }
    sums
}

/// Shapley values by the sum over all subsets: `[outputs][players]`.
fn brute_force(forest: &Forest, origin: &[u32], players: usize, background: &Encoded, x: &[f64]) -> Vec<Vec<f64>> {
    let values = (0..1u32 << players).map(|s| value(forest, origin, background, x, s)).collect::<Vec<_>>();
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    let mut phi = vec![vec![0.0; players]; forest.outputs];
    for s in 0..1u32 << players {
        for j in (0..players).filter(|j| s >> j & 1 == 0) {
            let size = s.count_ones();
            let weight = factorial(size) * factorial(players as u32 - size - 1) / factorial(players as u32);
            for (k, p) in phi.iter_mut().enumerate() {
                p[j] += weight * (values[(s | 1 << j) as usize][k] - values[s as usize][k]);
            }
        }
    }
    phi
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn equals_the_sum_over_all_subsets(kind in any_kind(), seed in 0u64..1_000_000) {
        let forest = random_forest(kind, seed);
        let background = random_rows(kind.features, 4, seed + 1);
        let x = random_rows(kind.features, 4, seed);
        let shap = explain(&forest, &x.origin, kind.features, &background, &x);
        for row in 0..x.rows {
            let values = &x.values[row * x.width..][..x.width];
            let expected = brute_force(&forest, &x.origin, kind.features, &background, values);
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

    /// Columns of one raw feature are exchanged together: the game is that of the raw features.
    #[test]
    fn columns_of_one_raw_feature_are_exchanged_together(seed in 0u64..1_000_000) {
        let kind = Kind { features: 5, outputs: 2, trees: 3, depth: 5, vector_leaves: true, mean: true, zero_covers: true };
        let forest = random_forest(kind, seed);
        let (background, x) = (random_rows(5, 4, seed + 1), random_rows(5, 3, seed));
        let origin = [0, 1, 1, 0, 2];
        let shap = explain(&forest, &origin, 3, &background, &x);
        for row in 0..x.rows {
            let expected = brute_force(&forest, &origin, 3, &background, &x.values[row * 5..][..5]);
            for (k, expected) in expected.iter().enumerate() {
                for (a, b) in shap.row(row, k).iter().zip(expected) {
                    prop_assert!((a - b).abs() < 1e-12);
                }
            }
        }
    }

    /// The mean over a background is the mean of the explanations against each of its rows.
    #[test]
    fn a_background_is_the_mean_of_its_rows(seed in 0u64..1_000_000) {
        let kind = Kind { features: 6, outputs: 1, trees: 4, depth: 6, vector_leaves: false, mean: false, zero_covers: true };
        let forest = random_forest(kind, seed);
        let (background, x) = (random_rows(6, 7, seed + 1), random_rows(6, 2, seed));
        let whole = explain(&forest, &x.origin, 6, &background, &x);
        let mut mean = vec![0.0; whole.values.len()];
        for row in background.values.chunks(6) {
            let one = Encoded { rows: 1, values: row.to_vec(), ..background.clone() };
            let part = explain(&forest, &x.origin, 6, &one, &x);
            mean.iter_mut().zip(&part.values).for_each(|(m, v)| *m += v / 7.0);
        }
        for (a, b) in whole.values.iter().zip(&mean) {
            prop_assert!((a - b).abs() < 1e-12);
        }
    }
}

fn table(x: &Encoded) -> Table {
    let column = |j: usize| x.values.iter().skip(j).step_by(x.width).copied().collect::<Vec<_>>();
    Table::new((0..x.width).map(|j| Column::number(format!("x{j}"), NumberKind::Float, column(j))).collect()).unwrap()
}

/// Three ways to the same numbers that share no code: tree walk, all coalitions of table columns, permutations of them.
#[test]
fn the_enumeration_of_a_table_gives_the_same_and_the_sampler_comes_near() {
    let kind =
        Kind { features: 5, outputs: 1, trees: 6, depth: 4, vector_leaves: false, mean: false, zero_covers: false };
    let forest = random_forest(kind, 9);
    let all = random_rows(5, 30, 9);
    let part = |rows: std::ops::Range<usize>| Encoded {
        rows: rows.len(),
        values: all.values[rows.start * 5..rows.end * 5].to_vec(),
        ..all.clone()
    };
    let (x, background) = (part(0..6), part(6..30));
    let shap = explain(&forest, &x.origin, 5, &background, &x);
    let features = (0..5).map(|j| Feature { name: format!("x{j}"), kind: FeatureKind::Number }).collect();
    let model = Model::native(features, Task::Regression, Vec::new(), CoreModel::Trees(forest));
    let table = table(&all);
    let rows = (0..6).collect::<Vec<u32>>();
    let others = (6..30).collect::<Vec<u32>>();
    let predict = |t: &Table| Ok(model.predict(t)?.scores);
    let exact = Enumerator { table: &table, columns: &[0, 1, 2, 3, 4], background: &others, outputs: 1 };
    let counted = exact.explain(&rows, &predict, &|_| Ok(())).unwrap();
    assert_eq!(exact.predicted_rows(6), 6 * 24 * 32);
    for (a, b) in shap.values.iter().chain(&shap.base).zip(counted.values.iter().chain(&counted.base)) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
    let sampler = Sampler { table: &table, columns: &[0, 1, 2, 3, 4], background: &others, outputs: 1, seed: 5 };
    let sampled = sampler.explain(&rows, &predict, &|_| Ok(())).unwrap();
    let error = sampled.standard_error.unwrap();
    let away = |i: usize| (sampled.shap.values[i] - shap.values[i]).abs() - 4.0 * error[i % 5];
    assert!((0..30).all(|i| away(i) <= 1e-12));
}

#[test]
fn more_features_than_can_be_enumerated_are_refused() {
    let x = random_rows(11, 3, 1);
    let columns = (0..11).collect::<Vec<_>>();
    let many = Enumerator { table: &table(&x), columns: &columns, background: &[1, 2], outputs: 1 };
    assert!(many.explain(&[0], &|t| Ok(vec![0.0; t.rows()]), &|_| Ok(())).is_err());
}

#[test]
fn what_does_not_fit_is_refused() {
    let kind =
        Kind { features: 3, outputs: 1, trees: 1, depth: 2, vector_leaves: false, mean: false, zero_covers: true };
    let forest = random_forest(kind, 1);
    let refused = |origin: &[u32], rows: &Encoded| TreeBackground::new(&forest, origin, 3, rows).unwrap_err();
    let rows = random_rows(3, 2, 1);
    assert_eq!(refused(&[0, fine_model::MIXED, 1], &rows), ShapError::Mixed);
    assert!(matches!(refused(&[0, 1], &rows), ShapError::Width { .. }));
    assert!(matches!(refused(&[0, 1, 2], &random_rows(3, 0, 1)), ShapError::Width { .. }));
    // No training weights are needed here.
    let mut bare = forest.clone();
    bare.trees[0].nodes.iter_mut().for_each(|n| n.cover = f64::NAN);
    assert_eq!(TreeExplainer::new(&bare, &rows.origin, 3).unwrap_err(), ShapError::NoCover);
    assert!(TreeBackground::new(&bare, &rows.origin, 3, &rows).is_ok());
}

#[test]
fn same_bytes_for_one_and_two_threads() {
    let kind =
        Kind { features: 6, outputs: 2, trees: 8, depth: 6, vector_leaves: true, mean: true, zero_covers: false };
    let (forest, x, background) = (random_forest(kind, 3), random_rows(6, 150, 3), random_rows(6, 20, 4));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| explain(&forest, &x.origin, 6, &background, &x))
    };
    assert_eq!(run(1), run(2));
}
