//! Cells, and rows with some of them changed.

use std::sync::Arc;

use fine_table::{Column, MISSING, NumberKind, Table, Values};
use serde_json::{Number, Value};

use super::error::RowError;
use super::report::{Cell, CellKind};
use crate::stages::explain::dependence::frequent;
use crate::subject::Subject;

/// 2^53: whole numbers up to here are exact.
const EXACT_INT: f64 = 9_007_199_254_740_992.0;
/// Texts of a column that are listed.
const CHOICES: usize = 100;

/// A value for a cell of a certain column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NewCell {
    Missing,
    Number(f64),
    Text(String),
}

impl NewCell {
    /// Reads a JSON value as a cell of the column.
    pub(super) fn read(column: &Column, value: &Value) -> Result<Self, RowError> {
        let kind = kind_of(column);
        let wrong = || RowError::WrongCell { column: column.name.clone(), value: value.to_string(), kind };
        let number = || value.as_f64().filter(|v| v.is_finite());
        match (kind, value) {
            (_, Value::Null) => Ok(Self::Missing),
            (CellKind::Bool, Value::Bool(is)) => Ok(Self::Number(f64::from(u8::from(*is)))),
            (CellKind::Float, Value::Number(_)) => number().map(Self::Number).ok_or_else(wrong),
            (CellKind::Int | CellKind::Time, Value::Number(_)) => {
                let whole = number().filter(|v| v.fract() == 0.0 && v.abs() <= EXACT_INT);
                whole.map(Self::Number).ok_or_else(wrong)
            }
            (CellKind::Text, Value::String(text)) => Ok(Self::Text(text.clone())),
            _ => Err(wrong()),
        }
    }

    /// The column with this cell in one row.
    fn put(&self, column: &Column, row: usize) -> Column {
        let mut column = column.clone();
        match (&mut column.values, self) {
            (Values::Number { values, .. }, Self::Number(value)) => values[row] = *value,
            (Values::Number { values, .. }, _) => values[row] = f64::NAN,
            (Values::Text { codes, dictionary }, Self::Text(text)) => {
                let known = dictionary.iter().position(|own| own == text);
                codes[row] = known.unwrap_or(dictionary.len()) as u32;
                if known.is_none() {
                    *dictionary = dictionary.iter().cloned().chain([text.clone()]).collect::<Arc<[String]>>();
                }
            }
            (Values::Text { codes, .. }, _) => codes[row] = MISSING,
        }
        column
    }
}

/// A row of the audited table with new cells in some columns.
#[derive(Clone, Debug)]
pub(super) struct Edited<'a> {
    pub(super) subject: &'a Subject,
    pub(super) row: u32,
    /// (column of the table, cell), ascending.
    changes: Vec<(usize, NewCell)>,
}

impl<'a> Edited<'a> {
    /// The row with `changes`, each (column of the table, cell).
    pub(super) fn new(subject: &'a Subject, row: u32, changes: Vec<(usize, NewCell)>) -> Self {
        Self { subject, row, changes }
    }

    /// A table of this row alone.
    pub(super) fn alone(&self) -> Table {
        self.put(self.subject.table.take(&[self.row]), 0)
    }

    /// `count` copies of the row.
    pub(super) fn copies(&self, count: usize) -> Table {
        self.alone().take(&vec![0; count])
    }

    /// The audited table with this row in its place.
    pub(super) fn among_all(&self) -> Table {
        self.put(self.subject.table.clone(), self.row as usize)
    }

    /// The audited table with this row in its place, and the row as it is after all others.
    pub(super) fn beside_itself(&self) -> Table {
        let rows = (0..self.subject.rows() as u32).chain([self.row]).collect::<Vec<_>>();
        self.put(self.subject.table.take(&rows), self.row as usize)
    }

    pub(super) fn is_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    fn put(&self, table: Table, row: usize) -> Table {
        self.changes.iter().fold(table, |table, (column, cell)| {
            let changed = cell.put(&table.columns()[*column], row);
            // The column keeps its name and its length.
            table.with_column(changed).unwrap_or(table)
        })
    }
}

pub(super) fn kind_of(column: &Column) -> CellKind {
    match &column.values {
        Values::Text { .. } => CellKind::Text,
        Values::Number { kind: NumberKind::Bool, .. } => CellKind::Bool,
        Values::Number { kind: NumberKind::Int, .. } => CellKind::Int,
        Values::Number { kind: NumberKind::Float, .. } => CellKind::Float,
        Values::Number { kind: NumberKind::Time, .. } => CellKind::Time,
    }
}

/// A cell with what its column holds.
pub(super) fn described(column: &Column, row: usize, input: bool) -> Cell {
    let (mut low, mut high, mut choices, mut distinct) = (None, None, Vec::new(), 0);
    match &column.values {
        Values::Number { values, .. } => {
            let finite = || values.iter().copied().filter(|v| v.is_finite());
            (low, high) = (finite().reduce(f64::min), finite().reduce(f64::max));
        }
        Values::Text { .. } => {
            let all = frequent(column);
            distinct = all.len() as u64;
            choices = all.into_iter().take(CHOICES).filter_map(|row| column.display_at(row as usize)).collect();
        }
    }
    Cell {
        column: column.name.clone(),
        kind: kind_of(column),
        value: value_at(column, row),
        input,
        low,
        high,
        choices,
        distinct,
    }
}

fn value_at(column: &Column, row: usize) -> Value {
    match &column.values {
        Values::Text { .. } => column.str_at(row).map_or(Value::Null, Value::from),
        Values::Number { values, .. } if values[row].is_nan() => Value::Null,
        Values::Number { kind: NumberKind::Bool, values } => Value::Bool(values[row] != 0.0),
        Values::Number { kind: NumberKind::Int | NumberKind::Time, values } if values[row].fract() == 0.0 => {
            Value::from(values[row] as i64)
        }
        Values::Number { values, .. } => {
            let text = || column.display_at(row).map_or(Value::Null, Value::from);
            Number::from_f64(values[row]).map_or_else(text, Value::Number)
        }
    }
}
