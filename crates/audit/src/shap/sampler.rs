//! Sampled SHAP values of any model.

use fine_table::Table;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::Attribution;
use crate::rng::unit_rng;
use crate::stage::StageError;

/// Rows predicted at once.
const BATCH_ROWS: usize = 4096;

/// Antithetic permutation sampling of interventional Shapley values (Mitchell, Cooper, Frank and Holmes 2022,
/// "Sampling permutations for Shapley value estimation", JMLR 23).
///
/// Each background row serves one permutation of the features and its reverse: features of the explained row replace
/// those of the background row one by one, and a feature is credited with the change at its step. For each row the
/// values add up to the prediction minus the mean prediction of the background, exactly.
pub struct Sampler<'a> {
    /// The table with the rows to explain and the background rows.
    pub table: &'a Table,
    /// Table column of each player (raw feature).
    pub columns: &'a [usize],
    /// Background rows, one antithetic pair each.
    pub background: &'a [u32],
    /// Number of outputs of `predict`.
    pub outputs: usize,
    /// Seed.
    pub seed: u64,
}

/// Sampled values with their error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampled {
    /// The values.
    pub shap: Attribution,
    /// Standard error of one row's value, root mean square over rows and outputs, one a player; `None` with fewer than
    /// two background rows.
    pub standard_error: Option<Vec<f64>>,
}

/// What one row's walks add up to.
struct RowSums {
    sum: Vec<f64>,
    square: Vec<f64>,
    base: Vec<f64>,
}

impl Sampler<'_> {
    /// Rows that explaining `rows` rows predicts.
    pub fn predicted_rows(&self, rows: usize) -> u64 {
        rows as u64 * self.steps() as u64 * self.background.len() as u64
    }

    /// Explains `rows` of the table. `predict` answers row-major `[rows x outputs]`; `done(predicted rows)` is called
    /// after each batch and may stop the work.
    ///
    /// # Errors
    /// What `predict` or `done` answer.
    pub fn explain(
        &self,
        rows: &[u32],
        predict: &(dyn Fn(&Table) -> Result<Vec<f64>, StageError> + Sync),
        done: &(dyn Fn(u64) -> Result<(), StageError> + Sync),
    ) -> Result<Sampled, StageError> {
        let batch = (BATCH_ROWS / (self.steps() * self.background.len()).max(1)).max(1);
        let parts = rows
            .par_chunks(batch)
            .map(|rows| {
                let sums = self.explain_batch(rows, predict)?;
                done(self.predicted_rows(rows.len()))?;
                Ok(sums)
            })
            .collect::<Result<Vec<_>, StageError>>()?;
        Ok(self.collect(parts.into_iter().flatten().collect()))
    }

    /// Predictions of one antithetic pair: two end points and `players - 1` steps in each direction.
    fn steps(&self) -> usize {
        2 * self.columns.len()
    }

    fn explain_batch(
        &self,
        rows: &[u32],
        predict: &(dyn Fn(&Table) -> Result<Vec<f64>, StageError> + Sync),
    ) -> Result<Vec<RowSums>, StageError> {
        let players = self.columns.len();
        let mut sources = vec![Vec::new(); players];
        let mut orders = Vec::with_capacity(rows.len() * self.background.len());
        for &row in rows {
            for (pair, &other) in self.background.iter().enumerate() {
                let order = self.order(row, pair);
                self.push_walk(&order, row, other, &mut sources);
                orders.push(order);
            }
        }
        let columns = self.columns.iter().zip(&sources).map(|(c, rows)| self.table.columns()[*c].take(rows)).collect();
        let hybrids =
            Table::new(columns).ok_or(StageError::Failed { id: "predict", detail: "uneven columns".into() })?;
        let scores = predict(&hybrids)?;
        let walk = self.steps() * self.outputs;
        let pairs = orders.chunks(self.background.len()).zip(scores.chunks(walk * self.background.len()));
        Ok(pairs.map(|(orders, scores)| self.row_sums(orders, scores, walk)).collect())
    }

    fn order(&self, row: u32, pair: usize) -> Vec<usize> {
        let mut order = (0..self.columns.len()).collect::<Vec<_>>();
        let unit = u64::from(row) * self.background.len() as u64 + pair as u64;
        order.shuffle(&mut unit_rng(self.seed, "explain/permutation", unit));
        order
    }

    /// Source rows of the hybrids: background, forward steps, reverse steps, explained row.
    fn push_walk(&self, order: &[usize], row: u32, other: u32, sources: &mut [Vec<u32>]) {
        let players = order.len();
        for (rank, &player) in order.iter().enumerate() {
            let to = &mut sources[player];
            to.push(other);
            to.extend((1..players).map(|step| if rank < step { row } else { other }));
            to.extend((1..players).map(|step| if players - 1 - rank < step { row } else { other }));
            to.push(row);
        }
    }

    fn row_sums(&self, orders: &[Vec<usize>], scores: &[f64], walk: usize) -> RowSums {
        let (players, outputs) = (self.columns.len(), self.outputs);
        let mut sums = RowSums {
            sum: vec![0.0; outputs * players],
            square: vec![0.0; outputs * players],
            base: vec![0.0; outputs],
        };
        for (order, scores) in orders.iter().zip(scores.chunks(walk)) {
            let last = self.steps() - 1;
            let forward = |step: usize| if step == players { last } else { step };
            let reverse = |step: usize| {
                if step == 0 {
                    0
                } else if step == players {
                    last
                } else {
                    players - 1 + step
                }
            };
            for k in 0..outputs {
                let f = |at: usize| scores[at * outputs + k];
                sums.base[k] += f(0);
                for (rank, &player) in order.iter().enumerate() {
                    let back = players - 1 - rank;
                    let gain =
                        0.5 * (f(forward(rank + 1)) - f(forward(rank)) + f(reverse(back + 1)) - f(reverse(back)));
                    sums.sum[k * players + player] += gain;
                    sums.square[k * players + player] += gain * gain;
                }
            }
        }
        sums
    }

    fn collect(&self, parts: Vec<RowSums>) -> Sampled {
        let (players, pairs) = (self.columns.len(), self.background.len() as f64);
        let base = parts.first().map_or(vec![0.0; self.outputs], |p| p.base.iter().map(|b| b / pairs).collect());
        let values = parts.iter().flat_map(|p| p.sum.iter().map(|s| s / pairs)).collect();
        let standard_error = (pairs >= 2.0 && !parts.is_empty()).then(|| {
            let mut variance = vec![0.0; players];
            for part in &parts {
                for (i, (sum, square)) in part.sum.iter().zip(&part.square).enumerate() {
                    let spread = (square - sum * sum / pairs).max(0.0) / (pairs - 1.0);
                    variance[i % players] += spread / pairs;
                }
            }
            let cells = (parts.len() * self.outputs) as f64;
            variance.into_iter().map(|v| (v / cells).sqrt()).collect()
        });
        let shap = Attribution { rows: parts.len(), outputs: self.outputs, players, values, base };
        Sampled { shap, standard_error }
    }
}
