//! Columns on their way through the steps.

use std::borrow::Cow;
use std::sync::Arc;

use fine_table::{Column, MISSING, NumberKind, Values};
use rayon::prelude::*;

use super::Origin;
use crate::{Feature, FeatureKind, PredictError};

/// One encoded column.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The raw features it came from.
    pub origin: Origin,
    /// Its name (`sex=Female`).
    pub name: String,
    /// Already a number.
    pub(crate) number: bool,
}

/// What the steps ask of a raw feature.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Need(Option<FeatureKind>);

impl Need {
    pub(crate) fn add(&mut self, kind: FeatureKind) {
        self.0 = match self.0 {
            None => Some(kind),
            Some(known) if known == kind => Some(kind),
            Some(_) => Some(FeatureKind::Any),
        };
    }

    pub(crate) fn kind(self) -> Option<FeatureKind> {
        self.0
    }
}

/// What the steps ask for, collected while their columns are laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Plan {
    /// One a raw feature.
    pub(crate) needs: Vec<Need>,
    /// Some step makes a column of several columns.
    pub(crate) mixes: bool,
    /// Most columns that such a step makes.
    pub(crate) widest: usize,
}

impl Plan {
    /// Asks for this kind in the raw feature behind a column that is still raw.
    pub(crate) fn need(&mut self, slot: &Slot, kind: FeatureKind) {
        if slot.number {
            return;
        }
        for feature in slot.origin.features() {
            self.needs[*feature as usize].add(kind);
        }
    }

    /// Asks for numbers in all columns, which are numbers from here on.
    pub(crate) fn need_numbers(&mut self, slots: &mut [Slot]) {
        for slot in slots {
            self.need(slot, FeatureKind::Number);
            slot.number = true;
        }
    }
}

/// The cells of one column.
#[derive(Clone, Debug)]
pub(crate) enum Cells<'a> {
    /// Numbers; missing is `NaN`.
    Numbers {
        /// What the table held.
        kind: NumberKind,
        /// One a row.
        values: Cow<'a, [f64]>,
    },
    /// Text by dictionary; missing is [`MISSING`].
    Text {
        /// One a row.
        codes: Cow<'a, [u32]>,
        /// Distinct texts.
        dictionary: Cow<'a, [String]>,
    },
    /// `on` where the code is `hit`, `off` elsewhere.
    Indicator {
        /// One a row, shared by the columns of a one-hot block.
        codes: Arc<[u32]>,
        /// The code of this column.
        hit: u32,
        /// Value on the code.
        on: f64,
        /// Value elsewhere.
        off: f64,
    },
    /// A few cells, and one value elsewhere.
    Sparse {
        /// Rows of the cells, ascending.
        rows: Arc<[u32]>,
        /// One a cell.
        values: Arc<[f64]>,
        /// Value elsewhere.
        off: f64,
        /// Number of rows.
        len: usize,
    },
}

impl Cells<'_> {
    /// The same cells as plain numbers.
    pub(crate) fn numbers(&self) -> Cells<'static> {
        let lane = Lane { origin: Origin::One(0), cells: self.clone() };
        Cells::Numbers { kind: NumberKind::Float, values: Cow::Owned(lane.values().into_owned()) }
    }
}

/// A column with its origin.
#[derive(Clone, Debug)]
pub(crate) struct Lane<'a> {
    pub(crate) origin: Origin,
    pub(crate) cells: Cells<'a>,
}

impl<'a> Lane<'a> {
    pub(crate) fn raw(feature: u32, column: &'a Column) -> Self {
        let cells = match &column.values {
            Values::Number { kind, values } => Cells::Numbers { kind: *kind, values: Cow::Borrowed(values) },
            Values::Text { codes, dictionary } => {
                Cells::Text { codes: Cow::Borrowed(codes), dictionary: Cow::Borrowed(dictionary) }
            }
        };
        Self { origin: Origin::One(feature), cells }
    }

    pub(crate) fn numbers(origin: Origin, values: Vec<f64>) -> Self {
        Self { origin, cells: Cells::Numbers { kind: NumberKind::Float, values: Cow::Owned(values) } }
    }

    /// Name of the raw feature, or of the first few.
    pub(crate) fn name(&self, features: &[Feature]) -> String {
        const MOST: usize = 3;
        let all = self.origin.features();
        let names = all.iter().take(MOST).filter_map(|feature| features.get(*feature as usize));
        let mut names: Vec<&str> = names.map(|feature| feature.name.as_str()).collect();
        if all.len() > MOST {
            names.push("…");
        }
        names.join(", ")
    }

    /// The numbers of all rows; nothing but missing for text.
    pub(crate) fn values(&self) -> Cow<'_, [f64]> {
        match &self.cells {
            Cells::Numbers { values, .. } => Cow::Borrowed(values),
            _ => {
                let mut values = vec![0.0; self.len()];
                self.write(0..self.len(), values.iter_mut());
                Cow::Owned(values)
            }
        }
    }

    /// Writes these rows; text is missing.
    pub(crate) fn write<'c>(&self, rows: std::ops::Range<usize>, cells: impl Iterator<Item = &'c mut f64>) {
        match &self.cells {
            Cells::Numbers { values, .. } => cells.zip(&values[rows]).for_each(|(cell, value)| *cell = *value),
            Cells::Indicator { codes, hit, on, off } => {
                cells.zip(&codes[rows]).for_each(|(cell, code)| *cell = if code == hit { *on } else { *off });
            }
            Cells::Text { .. } => cells.take(rows.len()).for_each(|cell| *cell = f64::NAN),
            Cells::Sparse { rows: own, values, off, .. } => {
                let mut at = own.partition_point(|row| (*row as usize) < rows.start);
                for (row, cell) in rows.zip(cells) {
                    let hit = own.get(at).is_some_and(|own| *own as usize == row);
                    *cell = if hit { values[at] } else { *off };
                    at += usize::from(hit);
                }
            }
        }
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        match &self.cells {
            Cells::Numbers { values, .. } => values.len(),
            Cells::Text { codes, .. } => codes.len(),
            Cells::Indicator { codes, .. } => codes.len(),
            Cells::Sparse { len, .. } => *len,
        }
    }

    /// Text becomes an error, unless every cell is missing.
    pub(crate) fn into_numbers(self, features: &[Feature]) -> Result<Self, PredictError> {
        let Cells::Text { codes, dictionary } = &self.cells else { return Ok(self) };
        match codes.iter().position(|code| *code != MISSING) {
            None => Ok(Self::numbers(self.origin, vec![f64::NAN; codes.len()])),
            Some(row) => Err(PredictError::NotNumeric {
                name: self.name(features),
                row,
                value: dictionary.get(codes[row] as usize).cloned().unwrap_or_default(),
            }),
        }
    }

    /// The same column as text; numbers are written as [`Column::display_at`] writes them.
    pub(crate) fn into_text(self) -> Self {
        let Cells::Numbers { kind, values } = &self.cells else { return self };
        let column = Column::number("", *kind, values.to_vec());
        let text = Column::text("", (0..column.len()).map(|row| column.display_at(row)));
        let cells = match text.values {
            Values::Text { codes, dictionary } => {
                Cells::Text { codes: Cow::Owned(codes), dictionary: Cow::Owned(dictionary.to_vec()) }
            }
            Values::Number { kind, values } => Cells::Numbers { kind, values: Cow::Owned(values) },
        };
        Self { origin: self.origin, cells }
    }

    /// Whether this cell is missing.
    pub(crate) fn is_missing(&self, row: usize) -> bool {
        match &self.cells {
            Cells::Numbers { values, .. } => values[row].is_nan(),
            Cells::Text { codes, .. } => codes[row] == MISSING,
            Cells::Indicator { codes, hit, on, off } => if codes[row] == *hit { on } else { off }.is_nan(),
            Cells::Sparse { .. } => self.values()[row].is_nan(),
        }
    }

    /// The first missing cell.
    pub(crate) fn first_missing(&self) -> Option<usize> {
        match &self.cells {
            Cells::Numbers { values, .. } => values.iter().position(|value| value.is_nan()),
            Cells::Text { codes, .. } => codes.iter().position(|code| *code == MISSING),
            Cells::Indicator { on, off, .. } if !on.is_nan() && !off.is_nan() => None,
            Cells::Indicator { codes, hit, on, off } => {
                codes.iter().position(|code| if code == hit { on.is_nan() } else { off.is_nan() })
            }
            Cells::Sparse { values, off, .. } if !off.is_nan() && !values.iter().any(|value| value.is_nan()) => None,
            Cells::Sparse { .. } => self.values().iter().position(|value| value.is_nan()),
        }
    }

    /// An error that names the first missing or infinite cell, if there is one.
    pub(crate) fn refuse_missing(&self, features: &[Feature]) -> Result<(), PredictError> {
        if let Some(row) = self.first_missing() {
            return Err(PredictError::MissingValue { name: self.name(features), row });
        }
        self.refuse_infinite(features)
    }

    /// An error that names the row found by a search for a cell out of range.
    pub(crate) fn refuse(
        &self,
        features: &[Feature],
        search: impl Fn(&mut dyn Iterator<Item = f64>) -> Option<usize>,
    ) -> Result<(), PredictError> {
        let values = self.values();
        match search(&mut values.iter().copied()) {
            None => Ok(()),
            Some(row) => {
                let value = values.get(row).map_or_else(String::new, f64::to_string);
                Err(PredictError::OutOfRange { name: self.name(features), row, value })
            }
        }
    }

    /// An error that names the first infinite cell, if there is one.
    pub(crate) fn refuse_infinite(&self, features: &[Feature]) -> Result<(), PredictError> {
        let row = match &self.cells {
            Cells::Numbers { values, .. } => values.iter().position(|value| value.is_infinite()),
            Cells::Sparse { rows, values, .. } => {
                values.iter().position(|value| value.is_infinite()).map(|at| rows[at] as usize)
            }
            Cells::Text { .. } | Cells::Indicator { .. } => None,
        };
        match row {
            None => Ok(()),
            Some(row) => Err(PredictError::InfiniteValue { name: self.name(features), row }),
        }
    }
}

/// Applies a function of (column index, value) to every cell of all columns.
pub(crate) fn map_all<'a>(
    lanes: Vec<Lane<'a>>,
    features: &[Feature],
    function: impl Fn(usize, f64) -> f64 + Sync,
) -> Result<Vec<Lane<'a>>, PredictError> {
    lanes
        .into_par_iter()
        .enumerate()
        .map(|(column, lane)| {
            let lane = lane.into_numbers(features)?;
            let cells = match lane.cells {
                Cells::Numbers { mut values, .. } => {
                    values.to_mut().iter_mut().for_each(|value| *value = function(column, *value));
                    Cells::Numbers { kind: NumberKind::Float, values }
                }
                Cells::Indicator { codes, hit, on, off } => {
                    Cells::Indicator { codes, hit, on: function(column, on), off: function(column, off) }
                }
                Cells::Sparse { rows, values, off, len } => {
                    let values = values.iter().map(|value| function(column, *value)).collect();
                    Cells::Sparse { rows, values, off: function(column, off), len }
                }
                text @ Cells::Text { .. } => text,
            };
            Ok(Lane { origin: lane.origin, cells })
        })
        .collect()
}
