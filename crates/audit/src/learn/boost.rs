//! A small gradient boosting: 50 trees of depth 3 by Newton steps at a rate of 0.1 (Friedman 2001, with the second-order
//! splits and the ridge penalty of Chen and Guestrin 2016). Numbers are cut into at most 255 bins.

use super::Lesson;
use super::tree::{DEPTH, Data, Node};

/// Trees an output.
const ROUNDS: usize = 50;
/// Factor on every leaf.
const RATE: f64 = 0.1;
/// Penalty on squared leaf values.
const RIDGE: f64 = 1.0;
/// Most groups of a number.
const BINS: usize = 255;
/// Most rows that a fold is fitted on.
const MOST_ROWS: usize = 20_000;
/// Bound on rows x features x trees of a fit, so that many classes and features do not take minutes.
const WORK: usize = 100_000_000;
/// Shares and spreads are kept this far from 0.
const TINY: f64 = 1e-12;

/// Data and trees of one fit after the other.
pub(crate) struct Boosting {
    data: Data,
    target: Vec<f64>,
    weights: Option<Vec<f64>>,
    /// 0 for regression.
    classes: usize,
    /// Round after round, one tree an output.
    trees: Vec<Node>,
}

impl Boosting {
    pub(crate) fn new(lesson: &Lesson<'_>) -> Self {
        let inputs = lesson.inputs().into_iter().map(|i| i.binned(BINS)).collect();
        let stats = vec![0.0; 2 * lesson.rows()];
        Self {
            data: Data { inputs, stats, width: 2, regression: true, least: lesson.leaf_rows(), ridge: RIDGE },
            target: lesson.target.to_vec(),
            weights: lesson.weights.map(<[f64]>::to_vec),
            classes: lesson.classes,
            trees: Vec::new(),
        }
    }

    /// Gain of each input over the trees of the last fit, in the order of the usable columns.
    pub(crate) fn gains(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.data.inputs.len()];
        self.trees.iter().for_each(|tree| tree.gains(&mut sums));
        sums
    }

    /// No column can be used.
    pub(crate) fn is_empty(&self) -> bool {
        self.data.inputs.is_empty()
    }

    /// Margins a row: one for two classes and for regression, else one a class.
    fn outputs(&self) -> usize {
        if self.classes <= 2 { 1 } else { self.classes }
    }

    /// Most rows that a fit takes.
    pub(crate) fn most_rows(&self) -> usize {
        let work = ROUNDS * self.outputs() * self.data.inputs.len().max(1);
        (WORK / work).clamp(1000, MOST_ROWS)
    }

    fn weight(&self, row: u32) -> f64 {
        self.weights.as_ref().map_or(1.0, |w| w[row as usize])
    }

    /// Truth of a row for an output: the value, or 1 for the class.
    fn truth(&self, row: u32, output: usize) -> f64 {
        let target = self.target[row as usize];
        match self.classes {
            0 => target,
            2 => target,
            _ => f64::from(u8::from(target as usize == output)),
        }
    }

    /// Fits some rows; the start margins.
    pub(crate) fn fit(&mut self, rows: &[u32]) -> Vec<f64> {
        self.trees.clear();
        let outputs = self.outputs();
        let total: f64 = rows.iter().map(|r| self.weight(*r)).sum::<f64>().max(TINY);
        let mean = |k: usize| rows.iter().map(|r| self.weight(*r) * self.truth(*r, k)).sum::<f64>() / total;
        let start: Vec<f64> = (0..outputs)
            .map(|k| match (self.classes, mean(k)) {
                (0, m) => m,
                (2, m) => (m.clamp(TINY, 1.0 - TINY) / (1.0 - m).clamp(TINY, 1.0)).ln(),
                (_, m) => m.clamp(TINY, 1.0).ln(),
            })
            .collect();
        let mut margins: Vec<f64> = rows.iter().flat_map(|_| start.clone()).collect();
        let mut scores = vec![0.0; outputs.max(self.classes)];
        for _ in 0..ROUNDS {
            let before = margins.clone();
            for k in 0..outputs {
                for (i, row) in rows.iter().enumerate() {
                    self.link(&before[i * outputs..][..outputs], &mut scores);
                    let p = if self.classes == 2 { scores[1] } else { scores[k] };
                    let spread = if self.classes == 0 { 1.0 } else { (p * (1.0 - p)).max(TINY) };
                    let (w, slope) = (self.weight(*row), self.truth(*row, k) - p);
                    self.data.stats[2 * *row as usize..][..2].copy_from_slice(&[w * spread, w * slope]);
                }
                let tree = self.data.grow(rows, DEPTH);
                for (i, row) in rows.iter().enumerate() {
                    margins[i * outputs + k] += RATE * tree.leaf(&self.data.inputs, *row as usize)[0];
                }
                self.trees.push(tree);
            }
        }
        start
    }

    /// Class probabilities (or the value) of margins.
    fn link(&self, margins: &[f64], to: &mut [f64]) {
        match self.classes {
            0 => to[0] = margins[0],
            2 => {
                to[1] = 1.0 / (1.0 + (-margins[0]).exp());
                to[0] = 1.0 - to[1];
            }
            _ => {
                let top = margins.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                to.iter_mut().zip(margins).for_each(|(t, m)| *t = (m - top).exp());
                let sum: f64 = to.iter().sum();
                to.iter_mut().for_each(|t| *t /= sum);
            }
        }
    }

    /// Class probabilities (or the value) of a row by the last fit.
    pub(crate) fn scores(&self, start: &[f64], row: usize, to: &mut [f64]) {
        let mut margins = start.to_vec();
        for (i, tree) in self.trees.iter().enumerate() {
            margins[i % start.len()] += RATE * tree.leaf(&self.data.inputs, row)[0];
        }
        self.link(&margins, to);
    }
}

#[cfg(test)]
mod tests {
    use fine_table::{Column, NumberKind, Table};
    use serde_json::Value;

    use super::*;
    use crate::fixture;

    fn list(v: &Value) -> Vec<f64> {
        v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
    }

    /// Against scikit-learn's histogram gradient boosting with the same rounds, rate, depth, leaves and penalty, which sums
    /// its gradients in 32 bits.
    #[test]
    fn fits_equal_scikit_learn() {
        let text = include_str!("../../../../golden/stage-performance/expected.json");
        let golden: Value = serde_json::from_str(text).expect("a golden case");
        let case = &golden["boosting"];
        let x: Vec<Vec<f64>> = case["x"].as_array().expect("rows").iter().map(list).collect();
        for (target, classes) in [("binary", 2), ("multiclass", 3), ("value", 0)] {
            let y = list(&case[target]["y"]);
            let columns = (0..x[0].len())
                .map(|c| Column::number(format!("c{c}"), NumberKind::Float, x.iter().map(|r| r[c]).collect()))
                .collect();
            let table = Table::new(columns).expect("equal columns");
            let columns: Vec<usize> = (0..x[0].len()).collect();
            let lesson = Lesson { table: &table, columns: &columns, target: &y, weights: None, classes };
            let mut boosting = Boosting::new(&lesson);
            let rows: Vec<u32> = (0..y.len() as u32).collect();
            let start = boosting.fit(&rows);
            let mut scores = vec![0.0; classes.max(1)];
            for (row, expected) in case[target]["scores"].as_array().expect("rows").iter().enumerate() {
                boosting.scores(&start, row, &mut scores);
                for (own, expected) in scores.iter().zip(list(expected)) {
                    assert!((own - expected).abs() < 2e-5, "{target}, row {row}: {own} against {expected}");
                }
            }
        }
    }

    #[test]
    fn bins_hold_about_equally_many_rows_and_keep_the_order() {
        let v = fixture::spread(3000, 0.2);
        let table = Table::new(vec![Column::number("c", NumberKind::Float, v.clone())]).expect("a column");
        let mut b = Boosting::new(&Lesson { table: &table, columns: &[0], target: &v, weights: None, classes: 0 });
        let rows: Vec<u32> = (0..3000).collect();
        let start = b.fit(&rows);
        let mut one = [0.0];
        let error = (0..3000).map(|r| {
            b.scores(&start, r, &mut one);
            (one[0] - v[r]).abs()
        });
        assert!(error.sum::<f64>() / 3000.0 < 0.03);
    }
}
