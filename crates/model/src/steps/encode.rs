//! `OneHotEncoder`, `OrdinalEncoder`, and the category check of older `HistGradientBoosting`.

use std::sync::Arc;

use super::categories::{Categories, Category, UNKNOWN, first_unknown};
use super::lane::{Cells, Lane, Plan, Slot};
use super::{WidthError, expect};
use crate::{Feature, PredictError};

/// What an unknown category becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unknown {
    /// It is refused.
    Refuse,
    /// A row of zeros.
    Zeros,
    /// The group of infrequent categories where the column has one, else a row of zeros.
    Infrequent,
    /// This number (ordinal codes only).
    Value(f64),
}

/// One indicator a category.
#[derive(Clone, Debug, PartialEq)]
pub struct OneHot {
    /// One list a column.
    pub categories: Vec<Categories>,
    /// For each column, from category to output group (infrequent categories share the last one).
    pub groups: Vec<Option<Vec<u32>>>,
    /// For each column, the group without an indicator.
    pub drop: Vec<Option<u32>>,
    /// What an unknown category becomes.
    pub unknown: Unknown,
}

fn group_count(categories: &Categories, groups: Option<&Vec<u32>>) -> u32 {
    groups.map_or(categories.len() as u32, |groups| groups.iter().max().map_or(0, |last| last.saturating_add(1)))
}

impl OneHot {
    /// True when every list has one entry a column and every group and dropped index is within range.
    pub(crate) fn is_even(&self) -> bool {
        let width = self.categories.len();
        self.groups.len() == width
            && self.drop.len() == width
            && self.categories.iter().zip(&self.groups).zip(&self.drop).all(|((list, groups), drop)| {
                let count = group_count(list, groups.as_ref());
                count <= list.len() as u32
                    && groups.as_ref().is_none_or(|groups| groups.len() == list.len())
                    && drop.is_none_or(|drop| drop < count)
            })
    }

    pub(super) fn outline(&self, slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        expect("OneHotEncoder", self.categories.len(), &slots)?;
        let mut out = Vec::new();
        for (column, slot) in slots.into_iter().enumerate() {
            let list = &self.categories[column];
            plan.need(&slot, list.kind());
            let groups = self.groups[column].as_ref();
            // How many categories a group has, and the last of them.
            let mut members = vec![(0, 0); group_count(list, groups) as usize];
            for code in 0..list.len() {
                let group = &mut members[groups.map_or(code, |map| map[code] as usize)];
                *group = (group.0 + 1, code);
            }
            for (group, (count, code)) in (0..).zip(members) {
                if self.drop[column] == Some(group) {
                    continue;
                }
                let label = match count {
                    1 => list.list()[code].to_string(),
                    _ => "infrequent".to_owned(),
                };
                out.push(Slot { origin: slot.origin.clone(), name: format!("{}={label}", slot.name), number: true });
            }
        }
        Ok(out)
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        let mut out = Vec::new();
        for (column, lane) in lanes.into_iter().enumerate() {
            let (list, groups) = (&self.categories[column], self.groups[column].as_ref());
            let mut codes = list.codes(&lane.cells);
            if self.unknown == Unknown::Refuse
                && let Some((row, value)) = first_unknown(&codes, &lane.cells)
            {
                return Err(PredictError::UnknownCategory { name: lane.name(features), row, value });
            }
            let count = group_count(list, groups);
            if let Some(groups) = groups {
                let other = match self.unknown {
                    Unknown::Infrequent => count.checked_sub(1).unwrap_or(UNKNOWN),
                    _ => UNKNOWN,
                };
                codes.iter_mut().for_each(|code| *code = groups.get(*code as usize).copied().unwrap_or(other));
            }
            let codes: Arc<[u32]> = codes.into();
            for hit in (0..count).filter(|group| self.drop[column] != Some(*group)) {
                let cells = Cells::Indicator { codes: codes.clone(), hit, on: 1.0, off: 0.0 };
                out.push(Lane { origin: lane.origin.clone(), cells });
            }
        }
        Ok(out)
    }
}

/// The position of the category.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordinal {
    /// One list a column.
    pub categories: Vec<Categories>,
    /// For each column, from category to output code (infrequent categories share one).
    pub groups: Vec<Option<Vec<u32>>>,
    /// What an unknown category becomes; [`Unknown::Refuse`] or [`Unknown::Value`].
    pub unknown: Unknown,
    /// Code of an empty cell where that is a category.
    pub missing: f64,
}

impl Ordinal {
    /// True when every list has one entry a column.
    pub(crate) fn is_even(&self) -> bool {
        let mut pairs = self.categories.iter().zip(&self.groups);
        self.groups.len() == self.categories.len()
            && pairs.all(|(list, groups)| groups.as_ref().is_none_or(|groups| groups.len() == list.len()))
    }

    pub(super) fn outline(&self, slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        expect("OrdinalEncoder", self.categories.len(), &slots)?;
        let numbered = slots.into_iter().zip(&self.categories).map(|(slot, list)| {
            plan.need(&slot, list.kind());
            Slot { number: true, ..slot }
        });
        Ok(numbered.collect())
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        let mut out = Vec::new();
        for (column, lane) in lanes.into_iter().enumerate() {
            let (list, groups) = (&self.categories[column], self.groups[column].as_ref());
            let codes = list.codes(&lane.cells);
            let unknown = match self.unknown {
                Unknown::Value(value) => value,
                _ => match first_unknown(&codes, &lane.cells) {
                    None => f64::NAN,
                    Some((row, value)) => {
                        return Err(PredictError::UnknownCategory { name: lane.name(features), row, value });
                    }
                },
            };
            let of = |code: u32| match list.list().get(code as usize) {
                None => unknown,
                Some(Category::Missing) => self.missing,
                Some(_) => f64::from(groups.map_or(code, |groups| groups[code as usize])),
            };
            out.push(Lane::numbers(lane.origin, codes.into_iter().map(of).collect()));
        }
        Ok(out)
    }
}

/// Native categories of `HistGradientBoosting` up to scikit-learn 1.3: the raw value as `uint8`; a negative or unknown
/// one is read as missing (`_hist_gradient_boosting/_predictor.pyx`).
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// For each column, its known categories, sorted; `None` for a numeric column.
    pub columns: Vec<Option<Vec<u8>>>,
}

impl Known {
    pub(super) fn of(&self, column: usize, x: f64) -> f64 {
        let Some(known) = &self.columns[column] else { return x };
        if x.is_nan() || x < 0.0 {
            return f64::NAN;
        }
        let code = x as i64 as u8;
        if known.binary_search(&code).is_ok() { f64::from(code) } else { f64::NAN }
    }
}
