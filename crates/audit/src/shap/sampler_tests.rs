//! The sampler against the definition.

use fine_table::{Column, NumberKind, Table};

use super::Sampler;

fn table(rows: usize) -> Table {
    let column = |name: &str, step: f64| {
        Column::number(name, NumberKind::Float, (0..rows).map(|i| (i as f64 * step).fract() * 4.0 - 2.0).collect())
    };
    Table::new(vec![column("a", 0.618), column("b", 0.414), column("c", 0.732), column("d", 0.236)]).unwrap()
}

fn cell(table: &Table, column: &str, row: usize) -> f64 {
    table.column(column).unwrap().numbers().unwrap()[row]
}

/// An interaction of three features and one that does nothing.
fn scores(table: &Table) -> Vec<f64> {
    let f = |r| cell(table, "a", r) * cell(table, "b", r) + cell(table, "c", r).max(0.0) * cell(table, "a", r);
    (0..table.rows()).map(f).collect()
}

fn one_row(values: [f64; 4]) -> Table {
    let names = ["a", "b", "c", "d"];
    Table::new(names.iter().zip(values).map(|(n, v)| Column::number(*n, NumberKind::Float, vec![v])).collect()).unwrap()
}

/// Interventional Shapley values by the sum over all subsets.
fn brute_force(table: &Table, row: usize, background: &[u32]) -> [f64; 4] {
    let at = |r: usize| ["a", "b", "c", "d"].map(|c| cell(table, c, r));
    let value = |s: usize| {
        let mixed = |b: u32| {
            let (x, z) = (at(row), at(b as usize));
            scores(&one_row(std::array::from_fn(|j| if s >> j & 1 == 1 { x[j] } else { z[j] })))[0]
        };
        background.iter().map(|b| mixed(*b)).sum::<f64>() / background.len() as f64
    };
    let weight = [0.25, 1.0 / 12.0, 1.0 / 12.0, 0.25];
    std::array::from_fn(|j| {
        let without = (0..16usize).filter(|s| s >> j & 1 == 0);
        without.map(|s| weight[s.count_ones() as usize] * (value(s | 1 << j) - value(s))).sum()
    })
}

#[test]
fn agrees_with_all_subsets_within_its_error() {
    let table = table(400);
    let background = (0..300).collect::<Vec<u32>>();
    let sampler = Sampler { table: &table, columns: &[0, 1, 2, 3], background: &background, outputs: 1, seed: 3 };
    let rows = [310, 350, 399];
    let sampled = sampler.explain(&rows, &|t| Ok(scores(t)), &|_| Ok(())).unwrap();
    let error = sampled.standard_error.unwrap();
    for (i, row) in rows.iter().enumerate() {
        let expected = brute_force(&table, *row as usize, &background);
        let got = sampled.shap.row(i, 0);
        for j in 0..4 {
            assert!(
                (got[j] - expected[j]).abs() <= 3.0 * error[j] + 1e-12,
                "{row} {j}: {got:?} {expected:?} {error:?}"
            );
        }
        assert_eq!(got[3], 0.0);
        let sum = sampled.shap.base[0] + got.iter().sum::<f64>();
        assert!((sum - scores(&table)[*row as usize]).abs() < 1e-12);
    }
    assert_eq!(sampler.predicted_rows(3), 3 * 300 * 8);
}

#[test]
fn is_exact_for_additive_models_and_the_same_on_any_number_of_threads() {
    let table = table(100);
    let background = (0..10).collect::<Vec<u32>>();
    let sampler = Sampler { table: &table, columns: &[0, 1, 2, 3], background: &background, outputs: 2, seed: 3 };
    let linear = |t: &Table| {
        Ok((0..t.rows()).flat_map(|r| [3.0 * cell(t, "a", r) - cell(t, "b", r), cell(t, "d", r)]).collect())
    };
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sampler.explain(&[50, 60], &linear, &|_| Ok(())).unwrap())
    };
    let sampled = run(1);
    assert_eq!(sampled, run(2));
    let mean = (0..10).map(|r| cell(&table, "a", r)).sum::<f64>() / 10.0;
    assert!((sampled.shap.row(1, 0)[0] - 3.0 * (cell(&table, "a", 60) - mean)).abs() < 1e-12);
    assert!(sampled.shap.row(1, 1)[0].abs() < 1e-15);
}
