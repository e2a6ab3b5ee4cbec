//! How near a row is to the rows of the data.

use fine_table::{MISSING, Values};
use rayon::prelude::*;

use super::space::Space;
use super::{Case, Cell};
use crate::rerun::sample;
use crate::subject::Subject;

/// Rows that are compared with, at most.
const ROWS: u64 = 2_000;
/// Of them, those whose own nearest row is looked for, at most.
const YARDSTICK: usize = 500;

/// Audited rows as places: numbers by their rank among all rows, categories by their code.
#[derive(Debug)]
pub(crate) struct Neighbourhood {
    /// One a feature.
    spaces: Vec<Space>,
    /// Whether places of a feature have an order.
    ordered: Vec<bool>,
    dictionaries: Vec<Vec<String>>,
    /// Audited rows, ascending.
    rows: Vec<u32>,
    /// Row-major, one a row and feature; not a number where the cell is missing.
    places: Vec<f64>,
    /// Ascending distances from rows to their nearest other row.
    yardstick: Vec<f64>,
}

/// The audited row that is nearest to another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Nearest {
    /// Audited row, from 0.
    pub(crate) row: u32,
    /// Sum over the features of the share of rows between the two cells (categories: 1 when they differ).
    pub(crate) distance: f64,
    /// Share of audited rows that are at least as far from their own nearest row.
    pub(crate) lonelier: f64,
}

impl Neighbourhood {
    /// Of all audited rows, or of a seeded stratified sample of 2,000.
    pub(crate) fn new(subject: &Subject) -> Self {
        let columns = || subject.feature_columns.iter().map(|c| &subject.table.columns()[*c]);
        let rows = sample::stratified(subject, ROWS, "counterfactual/near");
        let spaces = columns().map(|column| Space::observed(column)).collect::<Vec<_>>();
        let ordered = columns().map(|column| matches!(column.values, Values::Number { .. })).collect::<Vec<_>>();
        let dictionary = |values: &Values| match values {
            Values::Text { dictionary, .. } => dictionary.to_vec(),
            Values::Number { .. } => Vec::new(),
        };
        let dictionaries = columns().map(|column| dictionary(&column.values)).collect();
        let place = |(feature, column): (usize, &std::sync::Arc<fine_table::Column>), row: u32| match &column.values {
            Values::Number { values, .. } => rank(&spaces[feature], values[row as usize]),
            Values::Text { codes, .. } if codes[row as usize] == MISSING => f64::NAN,
            Values::Text { codes, .. } => f64::from(codes[row as usize]),
        };
        let places =
            rows.iter().flat_map(|row| columns().enumerate().map(|column| place(column, *row)).collect::<Vec<_>>());
        let places = places.collect();
        let mut near = Self { spaces, ordered, dictionaries, rows, places, yardstick: Vec::new() };
        let step = near.rows.len().div_ceil(YARDSTICK).max(1);
        let chosen = (0..near.rows.len()).step_by(step).collect::<Vec<_>>();
        let own = |at: &usize| near.closest(near.places(*at), Some(near.rows[*at])).map(|(_, distance)| distance);
        let mut yardstick = chosen.par_iter().filter_map(own).collect::<Vec<_>>();
        yardstick.sort_by(f64::total_cmp);
        near.yardstick = yardstick;
        near
    }

    /// What the column of a feature holds.
    pub(crate) fn space(&self, feature: usize) -> &Space {
        &self.spaces[feature]
    }

    /// Rows that are compared with.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.len() as u64
    }

    /// The audited row nearest to a row, other than `except`; the earlier one of equally near ones.
    pub(crate) fn nearest(&self, case: &Case, except: u32) -> Option<Nearest> {
        let place = |(feature, cell): (usize, &Cell)| match cell {
            Cell::Missing => f64::NAN,
            Cell::Number(value) => rank(&self.spaces[feature], *value),
            // A category that no row has is like none of them.
            Cell::Text(text) => {
                self.dictionaries[feature].iter().position(|own| own == text).map_or(-1.0, |code| code as f64)
            }
        };
        let places = case.cells.iter().enumerate().map(place).collect::<Vec<_>>();
        let (row, distance) = self.closest(&places, Some(except))?;
        let nearer = self.yardstick.partition_point(|own| *own < distance);
        let all = self.yardstick.len().max(1) as f64;
        Some(Nearest { row, distance, lonelier: (self.yardstick.len() - nearer) as f64 / all })
    }

    fn places(&self, at: usize) -> &[f64] {
        &self.places[at * self.ordered.len()..][..self.ordered.len()]
    }

    fn closest(&self, places: &[f64], except: Option<u32>) -> Option<(u32, f64)> {
        let others = self.rows.iter().enumerate().filter(|(_, row)| Some(**row) != except);
        let measured = others.map(|(at, row)| (*row, self.distance(places, self.places(at))));
        measured.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn distance(&self, a: &[f64], b: &[f64]) -> f64 {
        let one = |((a, b), ordered): ((&f64, &f64), &bool)| match (a.is_nan(), b.is_nan()) {
            (true, true) => 0.0,
            (false, false) if *ordered => (a - b).abs(),
            (false, false) if a == b => 0.0,
            _ => 1.0,
        };
        a.iter().zip(b).zip(&self.ordered).map(one).sum()
    }
}

fn rank(space: &Space, value: f64) -> f64 {
    if value.is_finite() { space.rank(&Cell::Number(value)).unwrap_or(f64::NAN) } else { f64::NAN }
}
