//! `SimpleImputer`.

use std::borrow::Cow;

use fine_table::{MISSING, NumberKind};

use super::lane::{Cells, Lane, Plan, Slot};
use super::{WidthError, expect};
use crate::{Feature, FeatureKind, PredictError};

/// What counts as missing.
#[derive(Clone, Debug, PartialEq)]
pub enum Marker {
    /// An empty cell (`NaN`, `None`, `pandas.NA`).
    Empty,
    /// This number; an empty cell is refused.
    Number(f64),
    /// This text; an empty cell is refused.
    Text(String),
}

impl Marker {
    fn is_missing(&self, x: f64) -> bool {
        match self {
            Marker::Empty => x.is_nan(),
            Marker::Number(value) => x == *value,
            Marker::Text(_) => false,
        }
    }

    fn mask(&self, lane: &Lane<'_>) -> Vec<f64> {
        let flag = |missing: bool| f64::from(u8::from(missing));
        match &lane.cells {
            Cells::Numbers { values, .. } => values.iter().map(|x| flag(self.is_missing(*x))).collect(),
            Cells::Text { codes, dictionary } => {
                let marked = match self {
                    Marker::Empty => Some(MISSING),
                    Marker::Number(_) => None,
                    Marker::Text(text) => dictionary.iter().position(|entry| entry == text).map(|code| code as u32),
                };
                codes.iter().map(|code| flag(Some(*code) == marked)).collect()
            }
            Cells::Indicator { codes, hit, on, off } => {
                codes.iter().map(|code| flag(self.is_missing(if code == hit { *on } else { *off }))).collect()
            }
            Cells::Sparse { .. } => lane.values().iter().map(|x| flag(self.is_missing(*x))).collect(),
        }
    }
}

/// What a column's missing cells become.
#[derive(Clone, Debug, PartialEq)]
pub enum Statistic {
    /// This number.
    Number(f64),
    /// This text.
    Text(String),
    /// The column had no value at the fit and is dropped.
    Dropped,
}

/// Fills missing cells with one value a column, and may add indicators of what was missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Impute {
    /// What counts as missing.
    pub marker: Marker,
    /// One a column.
    pub statistics: Vec<Statistic>,
    /// Columns whose indicator (1 where missing) is added at the end.
    pub indicators: Vec<u32>,
}

impl Impute {
    pub(super) fn outline(&self, slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        expect("SimpleImputer", self.statistics.len(), &slots)?;
        let mut out = Vec::with_capacity(slots.len());
        for (slot, statistic) in slots.iter().zip(&self.statistics) {
            let kind = match statistic {
                Statistic::Number(_) => FeatureKind::Number,
                Statistic::Text(_) => FeatureKind::Text,
                Statistic::Dropped => continue,
            };
            plan.need(slot, kind);
            out.push(Slot { number: slot.number || kind == FeatureKind::Number, ..slot.clone() });
        }
        for column in &self.indicators {
            let slot = slots.get(*column as usize).ok_or(WidthError {
                step: "MissingIndicator",
                expected: *column as usize + 1,
                found: slots.len(),
            })?;
            let name = format!("{} missing", slot.name);
            out.push(Slot { origin: slot.origin.clone(), name, number: true });
        }
        Ok(out)
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        let indicators: Vec<Lane<'a>> = self
            .indicators
            .iter()
            .filter_map(|column| lanes.get(*column as usize))
            .map(|lane| Lane::numbers(lane.origin.clone(), self.marker.mask(lane)))
            .collect();
        let mut out = Vec::with_capacity(lanes.len() + indicators.len());
        for (lane, statistic) in lanes.into_iter().zip(&self.statistics) {
            if self.marker != Marker::Empty {
                lane.refuse_missing(features)?;
            }
            match statistic {
                Statistic::Dropped => {}
                Statistic::Number(value) => out.push(self.fill_number(lane.into_numbers(features)?, *value)),
                Statistic::Text(value) => out.push(self.fill_text(lane.into_text(), value)),
            }
        }
        out.extend(indicators);
        Ok(out)
    }

    fn fill_number<'a>(&self, lane: Lane<'a>, value: f64) -> Lane<'a> {
        let cells = match lane.cells {
            Cells::Numbers { values, .. } if !values.iter().any(|x| self.marker.is_missing(*x)) => {
                Cells::Numbers { kind: NumberKind::Float, values }
            }
            Cells::Numbers { mut values, .. } => {
                values.to_mut().iter_mut().filter(|x| self.marker.is_missing(**x)).for_each(|x| *x = value);
                Cells::Numbers { kind: NumberKind::Float, values }
            }
            Cells::Indicator { codes, hit, on, off } => {
                let fill = |x: f64| if self.marker.is_missing(x) { value } else { x };
                Cells::Indicator { codes, hit, on: fill(on), off: fill(off) }
            }
            Cells::Sparse { rows, values, off, len } => {
                let fill = |x: f64| if self.marker.is_missing(x) { value } else { x };
                Cells::Sparse { rows, values: values.iter().map(|x| fill(*x)).collect(), off: fill(off), len }
            }
            text @ Cells::Text { .. } => text,
        };
        Lane { origin: lane.origin, cells }
    }

    fn fill_text<'a>(&self, lane: Lane<'a>, value: &str) -> Lane<'a> {
        let Cells::Text { codes, dictionary } = lane.cells else { return lane };
        let find = |text: &str| dictionary.iter().position(|entry| entry == text).map(|code| code as u32);
        let marked = match &self.marker {
            Marker::Text(text) => find(text),
            Marker::Empty => Some(MISSING),
            Marker::Number(_) => None,
        };
        let Some(marked) = marked.filter(|marked| codes.contains(marked)) else {
            return Lane { origin: lane.origin, cells: Cells::Text { codes, dictionary } };
        };
        let found = find(value);
        let mut dictionary = dictionary;
        let to = found.unwrap_or_else(|| {
            dictionary.to_mut().push(value.to_owned());
            dictionary.len() as u32 - 1
        });
        let codes: Vec<u32> = codes.iter().map(|code| if *code == marked { to } else { *code }).collect();
        Lane { origin: lane.origin, cells: Cells::Text { codes: Cow::Owned(codes), dictionary } }
    }
}

/// Only the indicators (`MissingIndicator`).
#[derive(Clone, Debug, PartialEq)]
pub struct Indicate {
    /// What counts as missing.
    pub marker: Marker,
    /// Columns that it takes.
    pub inputs: usize,
    /// Columns whose indicator (1 where missing) is made, in order.
    pub columns: Vec<u32>,
    /// Missing cells in any other column are refused.
    pub strict: bool,
}

impl Indicate {
    pub(super) fn outline(&self, slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        expect("MissingIndicator", self.inputs, &slots)?;
        let kind = if matches!(self.marker, Marker::Number(_)) { FeatureKind::Number } else { FeatureKind::Any };
        let made = self.columns.iter().filter_map(|column| slots.get(*column as usize)).map(|slot| {
            plan.need(slot, kind);
            Slot { origin: slot.origin.clone(), name: format!("{} missing", slot.name), number: true }
        });
        Ok(made.collect())
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        for (lane, column) in lanes.iter().zip(0..) {
            if self.marker != Marker::Empty {
                lane.refuse_missing(features)?;
            }
            if self.strict
                && !self.columns.contains(&column)
                && let Some(row) = self.marker.mask(lane).iter().position(|flag| *flag != 0.0)
            {
                return Err(PredictError::MissingValue { name: lane.name(features), row });
            }
        }
        let lanes = self.columns.iter().filter_map(|column| lanes.get(*column as usize));
        Ok(lanes.map(|lane| Lane::numbers(lane.origin.clone(), self.marker.mask(lane))).collect())
    }
}
