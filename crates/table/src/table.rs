//! A table: equally long named columns, shared cheaply.

use std::sync::Arc;

use crate::Column;

/// Columns of equal length. Cloning shares the columns; replacing one copies none of the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<Arc<Column>>,
    rows: usize,
}

impl Table {
    /// A table of columns; `None` when their lengths differ.
    pub fn new(columns: Vec<Column>) -> Option<Self> {
        let rows = columns.first().map_or(0, Column::len);
        columns
            .iter()
            .all(|c| c.len() == rows)
            .then(|| Self { columns: columns.into_iter().map(Arc::new).collect(), rows })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// All columns in file order.
    pub fn columns(&self) -> &[Arc<Column>] {
        &self.columns
    }

    /// Index of the column with this exact name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// The column with this exact name.
    pub fn column(&self, name: &str) -> Option<&Arc<Column>> {
        self.position(name).map(|i| &self.columns[i])
    }

    /// The same table with the column of the same name replaced; `None` when there is none or its length differs.
    pub fn with_column(&self, column: Column) -> Option<Self> {
        let i = self.position(&column.name)?;
        (column.len() == self.rows).then(|| {
            let mut columns = self.columns.clone();
            columns[i] = Arc::new(column);
            Self { columns, rows: self.rows }
        })
    }

    /// The rows named, in that order.
    pub fn take(&self, rows: &[u32]) -> Self {
        Self { columns: self.columns.iter().map(|c| Arc::new(c.take(rows))).collect(), rows: rows.len() }
    }
}
