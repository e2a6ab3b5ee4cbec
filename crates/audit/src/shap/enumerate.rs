//! SHAP values by the definition: every coalition, for models of few features.

use fine_table::Table;
use rayon::prelude::*;

use super::Attribution;
use crate::stage::StageError;

/// Rows predicted at once, at least.
const BATCH_ROWS: usize = 4096;

/// Exact interventional Shapley values of any model on any scale, by the sum over all `2^players` coalitions (Shapley 1953):
/// the value of a coalition is the mean prediction over the background with the coalition's raw features taken from the
/// explained row.
pub struct Enumerator<'a> {
    /// The table with the rows to explain and the background rows.
    pub table: &'a Table,
    /// Table column of each player (raw feature); at most [`Enumerator::MOST`].
    pub columns: &'a [usize],
    /// Background rows, at least one.
    pub background: &'a [u32],
    /// Number of outputs of `predict`.
    pub outputs: usize,
}

impl Enumerator<'_> {
    /// Most players: a thousand coalitions a row and background row.
    pub const MOST: usize = 10;

    /// Rows that explaining `rows` rows predicts.
    pub fn predicted_rows(&self, rows: usize) -> u64 {
        (rows as u64 * self.background.len() as u64) << self.columns.len()
    }

    /// Explains `rows` of the table. `predict` answers row-major `[rows x outputs]`; `done(predicted rows)` is called after
    /// each batch and may stop the work.
    ///
    /// # Errors
    /// What `predict` or `done` answer; [`StageError::Failed`] beyond [`Enumerator::MOST`] players.
    pub fn explain(
        &self,
        rows: &[u32],
        predict: &(dyn Fn(&Table) -> Result<Vec<f64>, StageError> + Sync),
        done: &(dyn Fn(u64) -> Result<(), StageError> + Sync),
    ) -> Result<Attribution, StageError> {
        if self.columns.len() > Self::MOST {
            let detail = format!("{} features", self.columns.len());
            return Err(StageError::Failed { id: "predict", detail });
        }
        let batch = (BATCH_ROWS as u64 / self.predicted_rows(1).max(1)).max(1) as usize;
        let parts = rows
            .par_chunks(batch)
            .map(|rows| {
                let values = rows.iter().map(|row| self.explain_row(*row, predict));
                let values = values.collect::<Result<Vec<_>, StageError>>()?;
                done(self.predicted_rows(rows.len()))?;
                Ok(values)
            })
            .collect::<Result<Vec<_>, StageError>>()?;
        let parts = parts.into_iter().flatten().collect::<Vec<_>>();
        let base = parts.first().map_or_else(|| vec![0.0; self.outputs], |(_, base)| base.clone());
        let values = parts.iter().flat_map(|(phi, _)| phi.iter().copied()).collect();
        Ok(Attribution { rows: rows.len(), outputs: self.outputs, players: self.columns.len(), values, base })
    }

    /// `[outputs x players]` of a row, and the value of no player at all.
    fn explain_row(
        &self,
        row: u32,
        predict: &(dyn Fn(&Table) -> Result<Vec<f64>, StageError> + Sync),
    ) -> Result<(Vec<f64>, Vec<f64>), StageError> {
        let (players, outputs) = (self.columns.len(), self.outputs);
        let coalitions = 1usize << players;
        let source = |player: usize| {
            let of = move |coalition: usize| coalition >> player & 1 == 1;
            (0..coalitions).flat_map(move |c| self.background.iter().map(move |b| if of(c) { row } else { *b }))
        };
        let column = |player: usize| {
            let rows = source(player).collect::<Vec<u32>>();
            self.table.columns()[self.columns[player]].take(&rows)
        };
        let hybrids = Table::new((0..players).map(column).collect())
            .ok_or(StageError::Failed { id: "predict", detail: "uneven columns".into() })?;
        let scores = predict(&hybrids)?;
        let background = self.background.len();
        let mean = |coalition: usize, k: usize| {
            let scores = &scores[coalition * background * outputs..][..background * outputs];
            scores.iter().skip(k).step_by(outputs).sum::<f64>() / background as f64
        };
        let weight = coalition_weights(players);
        let mut phi = vec![0.0; outputs * players];
        for k in 0..outputs {
            let values = (0..coalitions).map(|c| mean(c, k)).collect::<Vec<_>>();
            for (player, to) in phi[k * players..][..players].iter_mut().enumerate() {
                let without = (0..coalitions).filter(|c| c >> player & 1 == 0);
                *to = without.map(|c| weight[c.count_ones() as usize] * (values[c | 1 << player] - values[c])).sum();
            }
        }
        Ok((phi, (0..outputs).map(|k| mean(0, k)).collect()))
    }
}

/// `s! (n - s - 1)! / n!` for coalitions of `s` of `n` players.
fn coalition_weights(players: usize) -> Vec<f64> {
    let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
    (0..players).map(|s| factorial(s) * factorial(players - s - 1) / factorial(players)).collect()
}
