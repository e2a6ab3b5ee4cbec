//! One typed column.

use std::sync::Arc;

/// Code of a missing cell in a text column.
pub const MISSING: u32 = u32::MAX;

/// What a numeric column held in the file. Values are always `f64`; integers beyond ±2^53 stay text, so nothing is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberKind {
    /// `true`/`false` as 1 and 0.
    Bool,
    /// Whole numbers.
    Int,
    /// Decimal numbers.
    Float,
    /// Microseconds since 1970-01-01 UTC.
    Time,
}

/// The cells of a column, one entry a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers; a missing cell is `NaN`.
    Number {
        /// What the file held.
        kind: NumberKind,
        /// One value a row.
        values: Vec<f64>,
    },
    /// Text as codes into a dictionary of distinct strings in order of first appearance; a missing cell is [`MISSING`].
    Text {
        /// One code a row.
        codes: Vec<u32>,
        /// Distinct strings.
        dictionary: Arc<[String]>,
    },
}

/// A named column of a [`crate::Table`].
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The name in the file's header.
    pub name: String,
    /// The cells.
    pub values: Values,
    /// Each spelling of "missing" met in the file (empty string, `NA`, `null`, …) with its count.
    pub null_spellings: Vec<(String, u64)>,
}

impl Column {
    /// A numeric column.
    pub fn number(name: impl Into<String>, kind: NumberKind, values: Vec<f64>) -> Self {
        Self { name: name.into(), values: Values::Number { kind, values }, null_spellings: Vec::new() }
    }

    /// A text column from one optional string a row.
    pub fn text<S: AsRef<str>>(name: impl Into<String>, cells: impl IntoIterator<Item = Option<S>>) -> Self {
        let mut seen = std::collections::HashMap::<String, u32>::new();
        let mut dictionary = Vec::new();
        let codes = cells
            .into_iter()
            .map(|cell| match cell {
                None => MISSING,
                Some(s) => *seen.entry(s.as_ref().to_owned()).or_insert_with(|| {
                    dictionary.push(s.as_ref().to_owned());
                    dictionary.len() as u32 - 1
                }),
            })
            .collect();
        Self {
            name: name.into(),
            values: Values::Text { codes, dictionary: dictionary.into() },
            null_spellings: Vec::new(),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Number { values, .. } => values.len(),
            Values::Text { codes, .. } => codes.len(),
        }
    }

    /// True when the column has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True when the cell holds nothing.
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.values {
            Values::Number { values, .. } => values[row].is_nan(),
            Values::Text { codes, .. } => codes[row] == MISSING,
        }
    }

    /// Number of missing cells.
    pub fn missing_rows(&self) -> usize {
        match &self.values {
            Values::Number { values, .. } => values.iter().filter(|v| v.is_nan()).count(),
            Values::Text { codes, .. } => codes.iter().filter(|c| **c == MISSING).count(),
        }
    }

    /// The numbers, when the column is numeric.
    pub fn numbers(&self) -> Option<&[f64]> {
        match &self.values {
            Values::Number { values, .. } => Some(values),
            Values::Text { .. } => None,
        }
    }

    /// The string of a cell of a text column; `None` when missing or when the column is numeric.
    pub fn str_at(&self, row: usize) -> Option<&str> {
        match &self.values {
            Values::Text { codes, dictionary } => dictionary.get(codes[row] as usize).map(String::as_str),
            Values::Number { .. } => None,
        }
    }

    /// The cell as a person would write it: whole numbers without a fraction, `true`/`false` for booleans; `None` when missing.
    pub fn display_at(&self, row: usize) -> Option<String> {
        match &self.values {
            Values::Text { .. } => self.str_at(row).map(str::to_owned),
            Values::Number { values, .. } if values[row].is_nan() => None,
            Values::Number { kind: NumberKind::Bool, values } => Some((values[row] != 0.0).to_string()),
            Values::Number { values, .. } => Some(format!("{}", values[row])),
        }
    }

    /// The rows named, in that order. `null_spellings` stay those of the file.
    pub fn take(&self, rows: &[u32]) -> Self {
        let values = match &self.values {
            Values::Number { kind, values } => {
                Values::Number { kind: *kind, values: rows.iter().map(|r| values[*r as usize]).collect() }
            }
            Values::Text { codes, dictionary } => Values::Text {
                codes: rows.iter().map(|r| codes[*r as usize]).collect(),
                dictionary: dictionary.clone(),
            },
        };
        Self { name: self.name.clone(), values, null_spellings: self.null_spellings.clone() }
    }
}
