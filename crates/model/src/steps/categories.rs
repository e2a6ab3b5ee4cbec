//! The categories of one column and how cells meet them.

use std::collections::HashMap;

use fine_table::{Column, MISSING, NumberKind};

use super::lane::Cells;
use crate::FeatureKind;

/// A category as an encoder stores it.
#[derive(Clone, Debug, PartialEq)]
pub enum Category {
    /// `NaN` or `None`: an empty cell.
    Missing,
    /// A number; `True` is 1 and `False` is 0.
    Number(f64),
    /// Text.
    Text(String),
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Code of a cell that is no known category.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// The categories of one column, in code order. Numbers meet by value, text exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Categories {
    list: Vec<Category>,
    text: HashMap<String, u32>,
    number: HashMap<u64, u32>,
    missing: Option<u32>,
}

fn key(value: f64) -> u64 {
    // Both zeros are one value.
    (value + 0.0).to_bits()
}

impl Categories {
    /// Categories in code order. Where a file has both `None` and `NaN`, an empty cell is the last of them.
    pub fn new(list: Vec<Category>) -> Self {
        let (mut text, mut number, mut missing) = (HashMap::new(), HashMap::new(), None);
        for (code, category) in list.iter().enumerate() {
            let code = code as u32;
            match category {
                Category::Missing => missing = Some(code),
                Category::Number(value) => _ = number.entry(key(*value)).or_insert(code),
                Category::Text(value) => _ = text.entry(value.clone()).or_insert(code),
            }
        }
        Self { list, text, number, missing }
    }

    /// Number of categories.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// True without categories.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The categories.
    pub fn list(&self) -> &[Category] {
        &self.list
    }

    /// Code of an empty cell, when that is a category.
    pub fn missing(&self) -> Option<u32> {
        self.missing
    }

    /// What a column must hold to meet them.
    pub(crate) fn kind(&self) -> FeatureKind {
        match (self.text.is_empty(), self.number.is_empty()) {
            (false, true) => FeatureKind::Text,
            (true, false) => FeatureKind::Number,
            _ => FeatureKind::Any,
        }
    }

    /// The code of each row.
    pub(crate) fn codes(&self, cells: &Cells<'_>) -> Vec<u32> {
        let missing = self.missing.unwrap_or(UNKNOWN);
        match cells {
            Cells::Text { codes, dictionary } => {
                let by_entry: Vec<u32> =
                    dictionary.iter().map(|entry| self.text.get(entry).copied().unwrap_or(UNKNOWN)).collect();
                codes.iter().map(|code| if *code == MISSING { missing } else { by_entry[*code as usize] }).collect()
            }
            Cells::Numbers { kind, values } => {
                let mut seen = HashMap::<u64, u32>::new();
                let mut code = |value: f64| *seen.entry(key(value)).or_insert_with(|| self.of_number(*kind, value));
                values.iter().map(|value| if value.is_nan() { missing } else { code(*value) }).collect()
            }
            Cells::Indicator { codes, hit, on, off } => {
                let of = |value: f64| if value.is_nan() { missing } else { self.of_number(NumberKind::Float, value) };
                let (on, off) = (of(*on), of(*off));
                codes.iter().map(|code| if code == hit { on } else { off }).collect()
            }
            Cells::Sparse { .. } => self.codes(&cells.numbers()),
        }
    }

    /// A number meets a text category when it is written so (`1`, `1.0`, `True`).
    fn of_number(&self, kind: NumberKind, value: f64) -> u32 {
        if let Some(code) = self.number.get(&key(value)) {
            return *code;
        }
        if self.text.is_empty() {
            return UNKNOWN;
        }
        let cell = Column::number("", kind, vec![value]).display_at(0).unwrap_or_default();
        let python = match cell.as_str() {
            "true" => "True".to_owned(),
            "false" => "False".to_owned(),
            _ => format!("{value:?}"),
        };
        self.text.get(&cell).or_else(|| self.text.get(&python)).copied().unwrap_or(UNKNOWN)
    }
}

/// First row whose code is unknown, with the cell as text.
pub(crate) fn first_unknown(codes: &[u32], cells: &Cells<'_>) -> Option<(usize, String)> {
    let row = codes.iter().position(|code| *code == UNKNOWN)?;
    let value = match cells {
        Cells::Text { codes, dictionary } => {
            dictionary.get(codes[row] as usize).cloned().unwrap_or_else(|| Category::Missing.to_string())
        }
        Cells::Numbers { values, .. } if values[row].is_nan() => Category::Missing.to_string(),
        Cells::Numbers { values, .. } => values[row].to_string(),
        Cells::Indicator { codes, hit, on, off } => if codes[row] == *hit { on } else { off }.to_string(),
        Cells::Sparse { .. } => return first_unknown(codes, &cells.numbers()),
    };
    Some((row, value))
}
