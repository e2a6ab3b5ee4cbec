//! Columns on their way through the steps.

use std::borrow::Cow;
use std::sync::Arc;

use fine_table::{Column, MISSING, NumberKind, Values};
use rayon::prelude::*;

use crate::{Feature, FeatureKind, PredictError};

/// One encoded column.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Index of the raw feature it came from.
    pub origin: u32,
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

/// Asks for numbers in all columns, which are numbers from here on.
pub(crate) fn need_numbers(slots: &mut [Slot], needs: &mut [Need]) {
    for slot in slots {
        if !slot.number {
            needs[slot.origin as usize].add(FeatureKind::Number);
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
}

/// A column with its origin.
#[derive(Clone, Debug)]
pub(crate) struct Lane<'a> {
    pub(crate) origin: u32,
    pub(crate) cells: Cells<'a>,
}

impl<'a> Lane<'a> {
    pub(crate) fn raw(origin: u32, column: &'a Column) -> Self {
        let cells = match &column.values {
            Values::Number { kind, values } => Cells::Numbers { kind: *kind, values: Cow::Borrowed(values) },
            Values::Text { codes, dictionary } => {
                Cells::Text { codes: Cow::Borrowed(codes), dictionary: Cow::Borrowed(dictionary) }
            }
        };
        Self { origin, cells }
    }

    pub(crate) fn numbers(origin: u32, values: Vec<f64>) -> Self {
        Self { origin, cells: Cells::Numbers { kind: NumberKind::Float, values: Cow::Owned(values) } }
    }

    pub(crate) fn name(&self, features: &[Feature]) -> String {
        features.get(self.origin as usize).map_or_else(String::new, |feature| feature.name.clone())
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

    /// The first missing cell.
    pub(crate) fn first_missing(&self) -> Option<usize> {
        match &self.cells {
            Cells::Numbers { values, .. } => values.iter().position(|value| value.is_nan()),
            Cells::Text { codes, .. } => codes.iter().position(|code| *code == MISSING),
            Cells::Indicator { on, off, .. } if !on.is_nan() && !off.is_nan() => None,
            Cells::Indicator { codes, hit, on, off } => {
                codes.iter().position(|code| if code == hit { on.is_nan() } else { off.is_nan() })
            }
        }
    }

    /// An error that names the first missing or infinite cell, if there is one.
    pub(crate) fn refuse_missing(&self, features: &[Feature]) -> Result<(), PredictError> {
        if let Some(row) = self.first_missing() {
            return Err(PredictError::MissingValue { name: self.name(features), row });
        }
        let Cells::Numbers { values, .. } = &self.cells else { return Ok(()) };
        match values.iter().position(|value| value.is_infinite()) {
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
                text @ Cells::Text { .. } => text,
            };
            Ok(Lane { origin: lane.origin, cells })
        })
        .collect()
}
