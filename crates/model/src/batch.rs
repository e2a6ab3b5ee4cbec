//! Predicting the same rows again and again with some columns changed.

use std::sync::Arc;

use fine_table::{Column, NumberKind, Table};

use crate::trees::Forest;
use crate::trees::sliced::{Plane, ROWS, Scratch, Sliced};
use crate::{CoreModel, Model, PredictError, Prediction};

/// Tests of a forest up to which their outcomes are kept: 2 KiB a row.
const MOST_KEPT: usize = 1 << 14;
/// Fewer than one row in so many are taken out before they are predicted.
const SPARSE: usize = 6;

/// Some rows, made ready for one model. A change of a column costs the encoding of that column and one pass through
/// the trees, unless a step mixes columns; the answers are those of [`Model::predict`] on the changed table.
#[derive(Debug)]
pub struct Batch<'m> {
    model: &'m Model,
    /// Raw features in model order.
    columns: Vec<Arc<Column>>,
    rows: usize,
    kept: Option<Kept<'m>>,
}

/// The outcomes of a forest's tests on the unchanged rows.
#[derive(Debug)]
struct Kept<'m> {
    forest: &'m Forest,
    sliced: &'m Sliced,
    /// One a block of [`ROWS`] rows.
    blocks: Vec<Vec<Plane>>,
}

impl Model {
    /// Makes the rows of a table ready.
    ///
    /// # Errors
    /// A missing or unreadable column.
    pub fn batch(&self, table: &Table) -> Result<Batch<'_>, PredictError> {
        let columns: Vec<Arc<Column>> = self.bind(table)?.iter().map(|i| table.columns()[*i].clone()).collect();
        let rows = table.rows();
        let kept = match (&self.core, self.sliced()) {
            (CoreModel::Trees(forest), Some(sliced)) if sliced.tests() <= MOST_KEPT && !self.mixes() => {
                Some(Kept { forest, sliced, blocks: self.blocks(sliced, &columns, rows)? })
            }
            _ => None,
        };
        Ok(Batch { model: self, columns, rows, kept })
    }

    /// Whether a step needs the cells of all columns for one of them.
    fn mixes(&self) -> bool {
        self.steps.as_ref().is_some_and(|steps| steps.mixes())
    }

    fn blocks(&self, sliced: &Sliced, columns: &[Arc<Column>], rows: usize) -> Result<Vec<Vec<Plane>>, PredictError> {
        let columns: Vec<&Column> = columns.iter().map(Arc::as_ref).collect();
        let prepared = self.prepare(&columns)?;
        self.refuse_missing(|| prepared.first_missing())?;
        let mut scratch = Scratch::default();
        let mut block = |start: usize| {
            let mut planes = sliced.new_planes();
            let rows = start..rows.min(start + ROWS);
            sliced.test(|column| Some(prepared.source(column, rows.clone())), &mut planes, &mut scratch);
            planes
        };
        Ok((0..rows).step_by(ROWS).map(&mut block).collect())
    }
}

impl Batch<'_> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The cells of a raw feature, without a change.
    pub fn column(&self, feature: usize) -> &Column {
        &self.columns[feature]
    }

    /// Predicts all rows with new cells in some raw features.
    ///
    /// # Errors
    /// Cells that the model refuses, a feature that it does not have, or a column of another length.
    pub fn predict(&self, changes: &[(usize, Column)]) -> Result<Prediction, PredictError> {
        self.check(changes)?;
        let Some(kept) = &self.kept else {
            let columns: Vec<&Column> = self.changed(changes, |feature| &self.columns[feature]);
            return self.model.predict_columns(&columns, self.rows);
        };
        // The other columns are not encoded again: they are given to the steps without rows.
        let empty = Column::number("", NumberKind::Float, Vec::new());
        let columns = self.changed(changes, |_| &empty);
        let prepared = self.model.prepare(&columns)?;
        self.model.refuse_missing(|| prepared.first_missing())?;
        let is_changed: Vec<bool> = columns.iter().map(|column| !std::ptr::eq(*column, &empty)).collect();
        let outputs = kept.forest.outputs;
        let mut margins = vec![0.0; self.rows * outputs];
        let mut scratch = Scratch::default();
        let mut planes = Vec::new();
        for (block, (out, unchanged)) in margins.chunks_mut(ROWS * outputs).zip(&kept.blocks).enumerate() {
            let rows = block * ROWS..block * ROWS + out.len() / outputs;
            planes.clone_from(unchanged);
            let changed =
                |column| prepared.origin(column).features().iter().any(|feature| is_changed[*feature as usize]);
            let source = |column| changed(column).then(|| prepared.source(column, rows.clone()));
            kept.sliced.test(source, &mut planes, &mut scratch);
            kept.sliced.margins(&mut planes, out);
        }
        Ok(self.model.decide_trees(kept.forest, self.rows, &margins))
    }

    /// [`Batch::predict`] for the rows named only, in that order.
    ///
    /// # Errors
    /// As [`Batch::predict`].
    pub fn predict_some(&self, changes: &[(usize, Column)], rows: &[u32]) -> Result<Prediction, PredictError> {
        if self.kept.is_some() && rows.len() * SPARSE >= self.rows {
            return Ok(self.predict(changes)?.take(rows));
        }
        self.check(changes)?;
        let columns: Vec<&Column> = self.changed(changes, |feature| &self.columns[feature]);
        let columns: Vec<Column> = columns.into_iter().map(|column| column.take(rows)).collect();
        self.model.predict_columns(&columns.iter().collect::<Vec<_>>(), rows.len())
    }

    fn check(&self, changes: &[(usize, Column)]) -> Result<(), PredictError> {
        let fits = |(feature, column): &&(usize, Column)| *feature < self.columns.len() && column.len() == self.rows;
        match changes.iter().find(|change| !fits(change)) {
            None => Ok(()),
            Some((_, column)) => Err(PredictError::Shape { rows: self.rows, width: 1, values: column.len() }),
        }
    }

    /// The changed columns, and those that `other` gives for the rest.
    fn changed<'c>(&'c self, changes: &'c [(usize, Column)], other: impl Fn(usize) -> &'c Column) -> Vec<&'c Column> {
        let mut columns: Vec<&Column> = (0..self.columns.len()).map(other).collect();
        changes.iter().for_each(|(feature, column)| columns[*feature] = column);
        columns
    }
}
