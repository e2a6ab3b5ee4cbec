//! One row in the form that a model reads, which may be edited.

use fine_table::{Column, NumberKind, Table, Values};

use crate::subject::Subject;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A number, also a truth value as 0 or 1 and a time.
    Number(f64),
    /// A category.
    Text(String),
    /// Nothing.
    Missing,
}

/// The cells of one row, one a raw feature, in the model's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub(crate) cells: Vec<Cell>,
}

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// No such row.
    #[error("read row {row} of a table of {rows}")]
    NoRow {
        /// From 0.
        row: usize,
        /// Rows of the table.
        rows: usize,
    },
    /// A column that the model reads is not there.
    #[error("find column {name:?} in the row")]
    MissingColumn {
        /// The column.
        name: String,
    },
    /// A feature that the model does not have.
    #[error("change {name:?}, which the model does not read")]
    UnknownFeature {
        /// The name.
        name: String,
    },
    /// Text where the audited column holds numbers.
    #[error("read {value:?} as a number of {name:?}")]
    NotNumeric {
        /// The column.
        name: String,
        /// The cell.
        value: String,
    },
}

impl Case {
    /// A row of the audited table, from 0.
    ///
    /// # Errors
    /// [`CaseError::NoRow`].
    pub fn of_row(subject: &Subject, row: usize) -> Result<Self, CaseError> {
        if row >= subject.rows() {
            return Err(CaseError::NoRow { row, rows: subject.rows() });
        }
        let columns = subject.feature_columns.iter().map(|c| &subject.table.columns()[*c]);
        Ok(Self { cells: columns.map(|c| cell(c, row)).collect() })
    }

    /// A row of another table, whose columns have the names of the audited ones; others are allowed.
    ///
    /// # Errors
    /// A column that is missing, or text where the audited column holds numbers.
    pub fn of_table(subject: &Subject, table: &Table, row: usize) -> Result<Self, CaseError> {
        if row >= table.rows() {
            return Err(CaseError::NoRow { row, rows: table.rows() });
        }
        let read = |c: &usize| {
            let own = &subject.table.columns()[*c];
            let column = table.column(&own.name).ok_or_else(|| CaseError::MissingColumn { name: own.name.clone() })?;
            match (&own.values, cell(column, row)) {
                (Values::Number { .. }, Cell::Text(_)) | (Values::Text { .. }, Cell::Number(_)) => {
                    parsed(own, column.display_at(row).as_deref())
                }
                (_, cell) => Ok(cell),
            }
        };
        Ok(Self { cells: subject.feature_columns.iter().map(read).collect::<Result<_, _>>()? })
    }

    /// The same row with one cell changed; `value` as a person would write it, `None` for nothing.
    ///
    /// # Errors
    /// A feature that the model does not have, or text where the audited column holds numbers.
    pub fn with(mut self, subject: &Subject, feature: &str, value: Option<&str>) -> Result<Self, CaseError> {
        let at =
            feature_named(subject, feature).ok_or_else(|| CaseError::UnknownFeature { name: feature.to_owned() })?;
        self.cells[at] = parsed(&subject.table.columns()[subject.feature_columns[at]], value)?;
        Ok(self)
    }

    /// The cell of a raw feature.
    pub fn cell(&self, feature: usize) -> &Cell {
        &self.cells[feature]
    }

    /// A cell as a person would write it; `None` when missing.
    pub fn display(&self, subject: &Subject, feature: usize) -> Option<String> {
        display(&subject.table.columns()[subject.feature_columns[feature]], &self.cells[feature])
    }
}

/// Position of a raw feature by the model's name or the column's.
pub(super) fn feature_named(subject: &Subject, name: &str) -> Option<usize> {
    let column = |f: usize| &subject.table.columns()[subject.feature_columns[f]].name;
    (0..subject.feature_columns.len()).find(|f| subject.model.features[*f].name == name || column(*f) == name)
}

pub(crate) fn display(column: &Column, cell: &Cell) -> Option<String> {
    match (cell, &column.values) {
        (Cell::Missing, _) => None,
        (Cell::Text(text), _) => Some(text.clone()),
        (Cell::Number(v), Values::Number { kind: NumberKind::Bool, .. }) => Some((*v != 0.0).to_string()),
        (Cell::Number(v), _) => Some(format!("{v}")),
    }
}

fn cell(column: &Column, row: usize) -> Cell {
    match &column.values {
        _ if column.is_missing(row) => Cell::Missing,
        Values::Number { values, .. } => Cell::Number(values[row]),
        Values::Text { .. } => column.str_at(row).map_or(Cell::Missing, |text| Cell::Text(text.to_owned())),
    }
}

/// A cell of the kind that the audited column holds.
fn parsed(own: &Column, text: Option<&str>) -> Result<Cell, CaseError> {
    let Some(text) = text else { return Ok(Cell::Missing) };
    let Values::Number { kind, .. } = &own.values else { return Ok(Cell::Text(text.to_owned())) };
    let number = match (kind, text.trim()) {
        (NumberKind::Bool, "true") => Some(1.0),
        (NumberKind::Bool, "false") => Some(0.0),
        (_, text) => text.parse::<f64>().ok().filter(|v| v.is_finite()),
    };
    number.map(Cell::Number).ok_or_else(|| CaseError::NotNumeric { name: own.name.clone(), value: text.to_owned() })
}

/// Rows as a table of the model's raw columns.
pub(crate) fn table<'a>(subject: &Subject, cases: impl Iterator<Item = &'a Case> + Clone) -> Option<Table> {
    let column = |(f, c): (usize, &usize)| {
        let own = &subject.table.columns()[*c];
        match &own.values {
            Values::Number { kind, .. } => {
                let number = |case: &Case| if let Cell::Number(v) = case.cells[f] { v } else { f64::NAN };
                Column::number(own.name.clone(), *kind, cases.clone().map(number).collect())
            }
            Values::Text { .. } => {
                let text = |case: &'a Case| if let Cell::Text(t) = &case.cells[f] { Some(t.as_str()) } else { None };
                Column::text(own.name.clone(), cases.clone().map(text))
            }
        }
    };
    Table::new(subject.feature_columns.iter().enumerate().map(column).collect())
}
