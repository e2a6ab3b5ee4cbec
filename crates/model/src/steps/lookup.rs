//! Categories as numbers that were worked out at the fit: target encoding, counts, codes, bit patterns.

use std::sync::Arc;

use super::categories::{Categories, Category, UNKNOWN, first_unknown};
use super::lane::{Cells, Lane, Plan, Slot};
use super::{WidthError, expect};
use crate::{Feature, PredictError};

/// The numbers of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    categories: Categories,
    /// Row-major `[categories x outputs]`.
    values: Vec<f64>,
    outputs: usize,
    /// Numbers of an unknown category; refused without.
    unknown: Option<Vec<f64>>,
    /// Numbers of an empty cell that is no category; refused without.
    missing: Option<Vec<f64>>,
}

impl Table {
    /// `None` when the parts do not fit each other.
    pub fn new(
        categories: Categories,
        values: Vec<f64>,
        outputs: usize,
        unknown: Option<Vec<f64>>,
        missing: Option<Vec<f64>>,
    ) -> Option<Self> {
        let fits = categories.len().checked_mul(outputs) == Some(values.len())
            && [&unknown, &missing].into_iter().flatten().all(|own| own.len() == outputs);
        fits.then_some(Self { categories, values, outputs, unknown, missing })
    }

    /// Every row of the table, then those of an unknown and of a missing cell.
    fn rows(&self) -> Vec<f64> {
        let refused = vec![f64::NAN; self.outputs];
        let last = [&self.unknown, &self.missing].into_iter().flat_map(|own| own.as_ref().unwrap_or(&refused));
        self.values.iter().chain(last).copied().collect()
    }
}

/// One table a column; a column without one passes as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// One a column.
    pub columns: Vec<Option<Table>>,
}

impl Lookup {
    pub(super) fn outline(&self, slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        expect("category encoder", self.columns.len(), &slots)?;
        let mut out = Vec::new();
        for (slot, table) in slots.into_iter().zip(&self.columns) {
            let Some(table) = table else {
                out.push(slot);
                continue;
            };
            plan.need(&slot, table.categories.kind());
            for output in 0..table.outputs {
                let name = if table.outputs == 1 { slot.name.clone() } else { format!("{} {output}", slot.name) };
                out.push(Slot { origin: slot.origin.clone(), name, number: true });
            }
        }
        Ok(out)
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        let mut out = Vec::new();
        for (lane, table) in lanes.into_iter().zip(&self.columns) {
            match table {
                None => out.push(lane),
                Some(table) => table.apply(&lane, features, &mut out)?,
            }
        }
        Ok(out)
    }
}

impl Table {
    fn apply<'a>(&self, lane: &Lane<'_>, features: &[Feature], out: &mut Vec<Lane<'a>>) -> Result<(), PredictError> {
        let dense;
        let lane = if let Cells::Sparse { .. } = &lane.cells {
            dense = Lane { origin: lane.origin.clone(), cells: lane.cells.numbers() };
            &dense
        } else {
            lane
        };
        let mut codes = self.categories.codes(&lane.cells);
        let count = self.categories.len() as u32;
        let (unknown, missing) = (count, count + 1);
        for (row, code) in codes.iter_mut().enumerate().filter(|(_, code)| **code == UNKNOWN) {
            let is_missing = lane.is_missing(row);
            let known = if is_missing { &self.missing } else { &self.unknown };
            if known.is_none() {
                let name = lane.name(features);
                if is_missing {
                    return Err(PredictError::MissingValue { name, row });
                }
                let mut only = vec![0; row];
                only.push(UNKNOWN);
                let value = first_unknown(&only, &lane.cells).map_or_else(String::new, |(_, value)| value);
                return Err(PredictError::UnknownCategory { name, row, value });
            }
            *code = if is_missing { missing } else { unknown };
        }
        let rows = self.rows();
        let codes: Arc<[u32]> = codes.into();
        for output in 0..self.outputs {
            let values: Vec<f64> = rows.iter().skip(output).step_by(self.outputs).copied().collect();
            out.push(Lane { origin: lane.origin.clone(), cells: cells(&codes, &values) });
        }
        Ok(())
    }
}

/// A column of numbers by code; one that differs from its last value in a single code needs none of its own.
fn cells<'a>(codes: &Arc<[u32]>, values: &[f64]) -> Cells<'a> {
    let off = values.last().copied().unwrap_or(f64::NAN);
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits();
    let mut others = (0u32..).zip(values).filter(|(_, value)| !same(**value, off));
    match (others.next(), others.next()) {
        (first, None) => {
            let (hit, on) = first.map_or((UNKNOWN, off), |(code, value)| (code, *value));
            Cells::Indicator { codes: codes.clone(), hit, on, off }
        }
        _ => {
            let numbers = codes.iter().map(|code| values.get(*code as usize).copied().unwrap_or(f64::NAN));
            Lane::numbers(super::Origin::One(0), numbers.collect()).cells
        }
    }
}

/// `LabelEncoder`: the position among sorted labels; an unknown label is refused.
pub fn label_codes(labels: Vec<Category>) -> Option<Table> {
    let values = (0..labels.len()).map(|code| code as f64).collect();
    Table::new(Categories::new(labels), values, 1, None, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fine_table::Column;

    fn apply(table: Table, column: &Column) -> Result<Vec<Vec<f64>>, PredictError> {
        let feature = Feature { name: "c".into(), kind: crate::FeatureKind::Any };
        let lookup = Lookup { columns: vec![Some(table)] };
        let lanes = lookup.apply(vec![Lane::raw(0, column)], &[feature])?;
        Ok(lanes.iter().map(|lane| lane.values().into_owned()).collect())
    }

    fn letters() -> Categories {
        Categories::new(vec![Category::Text("a".into()), Category::Text("b".into())])
    }

    #[test]
    fn unknown_and_missing_have_numbers_or_are_refused() {
        let column = Column::text("c", [Some("b"), None, Some("z"), Some("a")]);
        let values = vec![0.25, 1.0, 0.5, 0.0];
        let table = Table::new(letters(), values.clone(), 2, Some(vec![9.0, 0.0]), Some(vec![7.0, 0.0])).unwrap();
        assert_eq!(apply(table, &column), Ok(vec![vec![0.5, 7.0, 9.0, 0.25], vec![0.0, 0.0, 0.0, 1.0]]));
        let no_missing = Table::new(letters(), values.clone(), 2, Some(vec![9.0, 0.0]), None).unwrap();
        assert_eq!(apply(no_missing, &column), Err(PredictError::MissingValue { name: "c".into(), row: 1 }));
        let no_unknown = Table::new(letters(), values, 2, None, Some(vec![7.0, 0.0])).unwrap();
        let error = PredictError::UnknownCategory { name: "c".into(), row: 2, value: "z".into() };
        assert_eq!(apply(no_unknown, &column), Err(error));
        assert_eq!(Table::new(letters(), vec![1.0], 1, None, None), None);
    }
}
