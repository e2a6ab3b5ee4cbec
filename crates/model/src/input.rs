//! How a raw column becomes the number that a core without preprocessing steps sees.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use fine_table::{Column, Values};

use crate::label::position;
use crate::{Label, PredictError};

/// The reading of one raw column.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The number itself; missing is `NaN`.
    Number,
    /// The number itself; missing is 0 (XGBoost `gblinear` skips a missing value).
    NumberOrZero,
    /// The position among the categories the model was fitted with; missing is `NaN`.
    Category {
        /// Categories in code order.
        categories: Arc<[Label]>,
        /// Whether the library refuses a category outside of the list; it is `NaN` otherwise.
        strict: bool,
    },
}

/// One column, ready to be read cell by cell.
pub(crate) enum Cells<'a> {
    /// Numbers as they are.
    Numbers(&'a [f64]),
    /// Numbers, 0 where missing.
    OrZero(&'a [f64]),
    /// One value for each dictionary entry.
    Codes(&'a [u32], Vec<f64>),
    /// Already read.
    Owned(Vec<f64>),
}

impl<'a> Cells<'a> {
    /// The numbers of all rows.
    pub(crate) fn into_numbers(self) -> Cow<'a, [f64]> {
        match self {
            Self::Numbers(v) => Cow::Borrowed(v),
            Self::OrZero(v) => v.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect(),
            Self::Codes(codes, values) => {
                codes.iter().map(|code| values.get(*code as usize).copied().unwrap_or(f64::NAN)).collect()
            }
            Self::Owned(v) => Cow::Owned(v),
        }
    }
}

impl Input {
    /// Reads a column for the feature called `name`.
    pub(crate) fn read<'a>(&self, column: &'a Column, name: &str) -> Result<Cells<'a>, PredictError> {
        match self {
            Self::Number => Ok(Cells::Numbers(numbers(column, name)?)),
            Self::NumberOrZero => Ok(Cells::OrZero(numbers(column, name)?)),
            Self::Category { categories, strict } => codes(column, name, categories, *strict),
        }
    }
}

/// The numbers of a column; a text column is read as numbers only when it holds nothing but missing cells.
fn numbers<'a>(column: &'a Column, name: &str) -> Result<&'a [f64], PredictError> {
    column.numbers().ok_or_else(|| {
        let row = (0..column.len()).find(|r| !column.is_missing(*r)).unwrap_or(0);
        let value = column.display_at(row).unwrap_or_default();
        PredictError::NotNumeric { name: name.to_owned(), row, value }
    })
}

fn codes<'a>(column: &'a Column, name: &str, categories: &[Label], strict: bool) -> Result<Cells<'a>, PredictError> {
    let refuse = |row: usize| PredictError::UnknownCategory {
        name: name.to_owned(),
        row,
        value: column.display_at(row).unwrap_or_default(),
    };
    match &column.values {
        Values::Text { codes, dictionary } => {
            let values: Vec<f64> =
                dictionary.iter().map(|s| position(categories, s).map_or(f64::NAN, |i| i as f64)).collect();
            let unknown = |c: &u32| values.get(*c as usize).is_some_and(|v| v.is_nan());
            if strict && let Some(row) = codes.iter().position(unknown) {
                return Err(refuse(row));
            }
            Ok(Cells::Codes(codes, values))
        }
        Values::Number { values, .. } => {
            let mut seen = HashMap::<u64, f64>::new();
            let mut out = Vec::with_capacity(values.len());
            for (row, value) in values.iter().enumerate() {
                if value.is_nan() {
                    out.push(f64::NAN);
                    continue;
                }
                let code = *seen.entry(value.to_bits()).or_insert_with(|| {
                    let cell = column.display_at(row).unwrap_or_default();
                    position(categories, &cell).map_or(f64::NAN, |i| i as f64)
                });
                if strict && code.is_nan() {
                    return Err(refuse(row));
                }
                out.push(code);
            }
            Ok(Cells::Owned(out))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fine_table::NumberKind;

    fn read(input: &Input, column: &Column) -> Result<Vec<f64>, PredictError> {
        let cells = input.read(column, "c")?;
        Ok(cells.into_numbers().into_owned())
    }

    #[test]
    fn text_and_numbers_become_codes() {
        let of = |labels: Vec<Label>, strict| Input::Category { categories: labels.into(), strict };
        let text = Column::text("c", [Some("b"), None, Some("a"), Some("z")]);
        let ab = || vec![Label::Text("a".into()), Label::Text("b".into())];
        let got = read(&of(ab(), false), &text).unwrap();
        assert_eq!(got[0], 1.0);
        assert!(got[1].is_nan() && got[3].is_nan());
        assert_eq!(got[2], 0.0);
        let err = read(&of(ab(), true), &text).unwrap_err();
        assert_eq!(err, PredictError::UnknownCategory { name: "c".into(), row: 3, value: "z".into() });
        let ints = Column::number("c", NumberKind::Int, vec![7.0, f64::NAN, 3.0]);
        let got = read(&of(vec![Label::Int(3), Label::Int(7)], true), &ints).unwrap();
        assert_eq!((got[0], got[2]), (1.0, 0.0));
        assert!(got[1].is_nan());
    }

    #[test]
    fn text_where_numbers_are_needed_names_the_cell() {
        let text = Column::text("c", [None, Some("high")]);
        let err = read(&Input::Number, &text).unwrap_err();
        assert_eq!(err, PredictError::NotNumeric { name: "c".into(), row: 1, value: "high".into() });
    }
}
