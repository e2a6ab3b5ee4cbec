//! Predicting the audited rows again after a change of some of their columns.
//!
//! Rows are cut into fixed chunks, so that results do not depend on the number of threads and a stage can be stopped
//! soon. Columns that do not change are shared, never copied.

pub(crate) mod metric;
pub(crate) mod noise;
pub(crate) mod sample;
pub(crate) mod shift;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fine_model::{Batch, PredictError, Prediction};
use fine_table::{Column, Table, Values};
use rayon::prelude::*;

use crate::stage::{Context, StageError};
use crate::subject::Subject;

/// Raw features with new cells.
pub(crate) type Changes = Vec<(usize, Column)>;

/// Rows predicted together.
pub(crate) const CHUNK_ROWS: usize = 2048;

/// Counts units of work from any thread.
pub(crate) struct Progress<'a> {
    pub(crate) ctx: &'a Context<'a>,
    done: AtomicU64,
    total: u64,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(ctx: &'a Context<'a>, total: u64) -> Self {
        Self { ctx, done: AtomicU64::new(0), total: total.max(1) }
    }

    /// Reports `units` more.
    pub(crate) fn add(&self, units: u64) -> Result<(), StageError> {
        let done = self.done.fetch_add(units, Ordering::Relaxed) + units;
        self.ctx.tick(done.min(self.total), self.total)
    }
}

/// Why a changed table gave no scores.
#[derive(Debug)]
pub(crate) enum RerunError {
    /// The model refused the changed rows.
    Refused(PredictError),
    /// Asked to stop.
    Stopped(StageError),
}

impl From<StageError> for RerunError {
    fn from(e: StageError) -> Self {
        Self::Stopped(e)
    }
}

impl From<RerunError> for StageError {
    fn from(e: RerunError) -> Self {
        match e {
            RerunError::Refused(e) => e.into(),
            RerunError::Stopped(e) => e,
        }
    }
}

/// Scores of the rows of a [`Rerun`], in its row order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scores {
    /// Columns of `values`.
    pub(crate) width: usize,
    /// Row-major `[rows x width]`.
    pub(crate) values: Vec<f64>,
    /// Class index a row; empty for regression.
    pub(crate) labels: Vec<u32>,
}

impl Scores {
    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..][..self.width]
    }
}

/// Some rows of a subject, ready to be predicted again and again.
pub(crate) struct Rerun<'a> {
    pub(crate) subject: &'a Subject,
    /// Rows of the audited table, ascending.
    pub(crate) rows: Vec<u32>,
    /// False when these are all rows.
    pub(crate) sampled: bool,
    /// Scores without a change.
    pub(crate) baseline: Scores,
    chunks: Vec<Chunk<'a>>,
}

/// Consecutive rows of a [`Rerun`].
pub(crate) struct Chunk<'a> {
    /// Number of the chunk: the unit of random generators.
    pub(crate) index: usize,
    /// Position of its first row in [`Rerun::rows`].
    pub(crate) start: usize,
    batch: Batch<'a>,
}

impl Chunk<'_> {
    pub(crate) fn len(&self) -> usize {
        self.batch.rows()
    }

    /// Raw feature `feature` of the chunk's rows.
    pub(crate) fn column(&self, feature: usize) -> &Column {
        self.batch.column(feature)
    }
}

impl<'a> Rerun<'a> {
    /// All rows, or a stratified sample of `max_rows` seeded by `stage`.
    pub(crate) fn new(subject: &'a Subject, max_rows: u64, stage: &str) -> Result<Self, StageError> {
        let rows = sample::stratified(subject, max_rows, stage);
        Self::of_rows(subject, rows)
    }

    /// The rows named.
    pub(crate) fn of_rows(subject: &'a Subject, rows: Vec<u32>) -> Result<Self, StageError> {
        let chunks = rows
            .par_chunks(CHUNK_ROWS)
            .enumerate()
            .map(|(index, rows)| {
                let columns = subject.feature_columns.iter().map(|c| subject.table.columns()[*c].take(rows)).collect();
                let batch = subject.model.batch(&Table::new(columns).ok_or_else(uneven)?)?;
                Ok(Chunk { index, start: index * CHUNK_ROWS, batch })
            })
            .collect::<Result<_, StageError>>()?;
        let p = &subject.prediction;
        let at = |r: &u32| *r as usize;
        let baseline = Scores {
            width: p.width,
            values: rows.iter().flat_map(|r| p.scores[at(r) * p.width..][..p.width].iter().copied()).collect(),
            labels: rows.iter().filter_map(|r| p.labels.get(at(r)).copied()).collect(),
        };
        Ok(Self { subject, sampled: rows.len() < subject.rows(), rows, baseline, chunks })
    }

    /// Number of raw features.
    pub(crate) fn features(&self) -> usize {
        self.subject.feature_columns.len()
    }

    /// A feature's name in the model.
    pub(crate) fn name(&self, feature: usize) -> &str {
        &self.subject.model.features[feature].name
    }

    /// Predicts every chunk with the columns that `change` gives for it (feature, new cells) in place of its own.
    pub(crate) fn predict(
        &self,
        change: &(dyn Fn(&Chunk<'_>) -> Changes + Sync),
        progress: &Progress<'_>,
    ) -> Result<Scores, RerunError> {
        let parts = self
            .chunks
            .par_iter()
            .map(|chunk| {
                let scores = self.predict_chunk(chunk, &change(chunk)).map_err(RerunError::Refused)?;
                progress.add(chunk.len() as u64).map_err(RerunError::Stopped)?;
                Ok(scores)
            })
            .collect::<Result<Vec<_>, RerunError>>()?;
        let mut all = Scores { width: self.baseline.width, values: Vec::new(), labels: Vec::new() };
        for part in parts {
            all.values.extend(part.values);
            all.labels.extend(part.labels);
        }
        Ok(all)
    }

    /// The same for each of `repeats`, side by side.
    pub(crate) fn repeat(
        &self,
        repeats: u32,
        change: &(dyn Fn(&Chunk<'_>, u32) -> Changes + Sync),
        progress: &Progress<'_>,
    ) -> Result<Vec<Scores>, RerunError> {
        (0..repeats).into_par_iter().map(|r| self.predict(&|chunk| change(chunk, r), progress)).collect()
    }

    /// Rows whose cells all stay the same keep their baseline scores and are not predicted again.
    fn predict_chunk(&self, chunk: &Chunk<'_>, changes: &Changes) -> Result<Scores, PredictError> {
        let changed = changed_rows(chunk, changes);
        if changed.len() == chunk.len() {
            return scores(chunk.batch.predict(changes)?);
        }
        let (width, rows) = (self.baseline.width, chunk.start..chunk.start + chunk.len());
        let mut all = Scores {
            width,
            values: self.baseline.values[rows.start * width..rows.end * width].to_vec(),
            labels: self.baseline.labels.get(rows).map(<[u32]>::to_vec).unwrap_or_default(),
        };
        if !changed.is_empty() {
            let new = scores(chunk.batch.predict_some(changes, &changed)?)?;
            for (i, row) in changed.iter().map(|r| *r as usize).enumerate() {
                all.values[row * width..][..width].copy_from_slice(new.row(i));
                if let (Some(to), Some(label)) = (all.labels.get_mut(row), new.labels.get(i)) {
                    *to = *label;
                }
            }
        }
        Ok(all)
    }

    /// Whether the model takes these cells in one column, tried on a few rows of the first chunk.
    pub(crate) fn try_column(&self, feature: usize, column: &Column) -> Result<(), PredictError> {
        let Some(first) = self.chunks.first() else { return Ok(()) };
        let rows = (0..column.len().min(first.len()) as u32).collect::<Vec<_>>();
        let cells = |f: usize| if f == feature { column.take(&rows) } else { first.column(f).take(&rows) };
        let named = |f: usize| Column { name: first.column(f).name.clone(), ..cells(f) };
        let Some(table) = Table::new((0..self.features()).map(named).collect()) else { return Ok(()) };
        self.subject.model.predict(&table).map(|_| ())
    }
}

fn scores(p: Prediction) -> Result<Scores, PredictError> {
    if p.scores.iter().any(|s| !s.is_finite()) {
        return Err(PredictError::Runtime("scores that are not finite".into()));
    }
    Ok(Scores { width: p.width, values: p.scores, labels: p.labels })
}

/// Rows of a chunk in which some cell differs, ascending.
fn changed_rows(chunk: &Chunk<'_>, changes: &Changes) -> Vec<u32> {
    let mut changed = vec![false; chunk.len()];
    for (feature, column) in changes {
        match (&column.values, &chunk.column(*feature).values) {
            (Values::Number { values: new, .. }, Values::Number { values: old, .. }) => {
                let differs = new.iter().zip(old).map(|(a, b)| a.to_bits() != b.to_bits());
                changed.iter_mut().zip(differs).for_each(|(c, d)| *c |= d);
            }
            (Values::Text { codes: new, dictionary: a }, Values::Text { codes: old, dictionary: b })
                if Arc::ptr_eq(a, b) =>
            {
                changed.iter_mut().zip(new.iter().zip(old)).for_each(|(c, (a, b))| *c |= a != b);
            }
            _ => changed.fill(true),
        }
    }
    (0..chunk.len() as u32).filter(|r| changed[*r as usize]).collect()
}

fn uneven() -> StageError {
    StageError::Failed { id: "predict", detail: "columns of different lengths".into() }
}
