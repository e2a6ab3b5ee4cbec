//! Predictive power score (Wetschoreck, Krabel and Krishnamurthy 2020): how far a tree of one column is from the naive guess
//! to perfection, each row predicted by a tree that did not see it.

use fine_table::Table;

use super::{Data, Lesson};
use crate::estimate::{Estimate, IntervalMethod};
use crate::stats::normal::Z;
use crate::stats::rank::clustered_variance;

/// Folds of the cross-fit.
pub(crate) const POWER_FOLDS: usize = 4;

/// What one column says about a target.
pub(crate) struct Power {
    /// 0 when a tree of this column is no better than the naive guess, 1 when it is always right.
    pub(crate) score: Estimate,
    /// Metric of the cross-fitted tree: weighted F1, or mean absolute error.
    pub(crate) model: f64,
    /// Metric of the naive guess.
    pub(crate) naive: f64,
}

/// What is asked of every column.
pub(crate) struct Question<'a> {
    /// Class index or value a row.
    pub(crate) target: &'a [f64],
    /// 0 for regression.
    pub(crate) classes: usize,
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) clusters: Option<&'a [u32]>,
    /// Fold of each row.
    pub(crate) folds: Vec<usize>,
    pub(crate) depth: u32,
}

/// A score before it is cut at 0, with what each row adds to it.
struct Scored {
    model: f64,
    naive: f64,
    score: f64,
    /// Of each row, a unit of weight.
    influence: Vec<f64>,
}

impl Question<'_> {
    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |w| w[row])
    }

    fn total(&self) -> f64 {
        (0..self.target.len()).map(|row| self.weight(row)).sum()
    }

    /// The score of a column of the table; `None` when the target does not vary.
    pub(crate) fn power(&self, table: &Table, column: usize) -> Option<Power> {
        let predicted = self.cross_fit(table, column);
        let scored = if self.classes == 0 { self.values(&predicted) } else { self.labels(&predicted) }?;
        let n = self.target.len() as u64;
        let total = self.total();
        let parts: Vec<f64> =
            scored.influence.iter().enumerate().map(|(row, i)| self.weight(row) * i / total).collect();
        let alone: Vec<u32>;
        let clusters = match self.clusters {
            Some(clusters) => clusters,
            None => {
                alone = (0..n as u32).collect();
                &alone
            }
        };
        let half = Z * clustered_variance(&parts, clusters).sqrt();
        let cut = |v: f64| v.clamp(0.0, 1.0);
        let (low, high) = (cut(scored.score - half), cut(scored.score + half));
        Some(Power {
            score: Estimate::with_interval(cut(scored.score), low, high, n, IntervalMethod::Normal),
            model: scored.model,
            naive: scored.naive,
        })
    }

    /// Class index or value of each row by a tree of the other folds.
    fn cross_fit(&self, table: &Table, column: usize) -> Vec<f64> {
        let columns = [column];
        let lesson =
            Lesson { table, columns: &columns, target: self.target, weights: self.weights, classes: self.classes };
        let data = Data::new(&lesson);
        let mut out = vec![0.0; self.target.len()];
        for fold in 0..POWER_FOLDS {
            let (test, train): (Vec<u32>, Vec<u32>) =
                (0..self.target.len() as u32).partition(|row| self.folds[*row as usize] == fold);
            let tree = data.grow(&train, self.depth);
            for row in test {
                let leaf = tree.leaf(&data.inputs, row as usize);
                out[row as usize] = if self.classes == 0 { leaf[0] } else { fine_model::first_max(leaf) as f64 };
            }
        }
        out
    }

    /// Weighted F1 against the better of the most frequent class and a guess by class shares, `Σ p²`.
    fn labels(&self, predicted: &[f64]) -> Option<Scored> {
        let k = self.classes;
        let (mut truth, mut said, mut right) = (vec![0.0; k], vec![0.0; k], vec![0.0; k]);
        for (row, answer) in predicted.iter().enumerate() {
            let (t, p, w) = (self.target[row] as usize, *answer as usize, self.weight(row));
            truth[t] += w;
            said[p] += w;
            right[t] += if t == p { w } else { 0.0 };
        }
        let n: f64 = truth.iter().sum();
        let part = |class: usize| {
            let both = truth[class] + said[class];
            if both > 0.0 { 2.0 * truth[class] * right[class] / both } else { 0.0 }
        };
        let model = (0..k).map(part).sum::<f64>() / n;
        let top = (0..k).fold(0, |b, c| if truth[c] > truth[b] { c } else { b });
        let most = truth[top] / n;
        let by_shares: f64 = truth.iter().map(|t| (t / n).powi(2)).sum();
        let by_most = 2.0 * most * most / (1.0 + most);
        let naive = by_shares.max(by_most);
        if n <= 0.0 || most >= 1.0 {
            return None;
        }
        let score = (model - naive) / (1.0 - naive);
        let slope = |t: usize, p: usize| {
            let square = |c: usize| (truth[c] + said[c]).powi(2);
            let of_truth = 2.0 * right[t] * said[t] / square(t);
            let of_said = 2.0 * truth[p] * right[p] / square(p);
            let of_right = if t == p { 2.0 * truth[t] / (truth[t] + said[t]) } else { 0.0 };
            of_truth - of_said + of_right - model
        };
        let naive_slope = |t: usize| match by_shares >= by_most {
            true => 2.0 * truth[t] / n - 2.0 * by_shares,
            false => (4.0 * most + 2.0 * most * most) / (1.0 + most).powi(2) * (f64::from(u8::from(t == top)) - most),
        };
        let influence = (0..self.target.len())
            .map(|row| {
                let (t, p) = (self.target[row] as usize, predicted[row] as usize);
                slope(t, p) / (1.0 - naive) + naive_slope(t) * (model - 1.0) / (1.0 - naive).powi(2)
            })
            .collect();
        Some(Scored { model, naive, score, influence })
    }

    /// Mean absolute error against that of the median, which does not change with a small change of the median.
    fn values(&self, predicted: &[f64]) -> Option<Scored> {
        let median = self.median()?;
        let total = self.total();
        let error = |row: usize| (self.target[row] - predicted[row]).abs();
        let base = |row: usize| (self.target[row] - median).abs();
        let mean = |of: &dyn Fn(usize) -> f64| -> f64 {
            (0..self.target.len()).map(|row| self.weight(row) * of(row)).sum::<f64>() / total
        };
        let (model, naive) = (mean(&error), mean(&base));
        if naive <= 0.0 || !naive.is_finite() || !model.is_finite() {
            return None;
        }
        let ratio = model / naive;
        let influence = (0..self.target.len()).map(|row| -(error(row) - ratio * base(row)) / naive).collect();
        Some(Scored { model, naive, score: 1.0 - ratio, influence })
    }

    /// A weighted median.
    fn median(&self) -> Option<f64> {
        let mut rows: Vec<(f64, f64)> =
            (0..self.target.len()).map(|row| (self.target[row], self.weight(row))).collect();
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let half = self.total() / 2.0;
        let mut below = 0.0;
        rows.iter()
            .find(|row| {
                below += row.1;
                below >= half
            })
            .map(|row| row.0)
    }
}
