//! Pieces of columns, read in parallel, joined in file order with one copy.

use crate::interner::Interner;
use crate::{MISSING, Values, column::NumberKind};

/// The cells of one column in one block of rows.
pub(crate) enum Part {
    Number(Vec<f64>),
    Text { codes: Vec<u32>, distinct: Interner },
}

impl Part {
    fn rows(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Text { codes, .. } => codes.len(),
        }
    }
}

/// Joins the parts of one column in order; each part is freed as soon as it is copied. All parts are of one sort: a column
/// that is text in any block was read as text in every block.
pub(crate) fn join(parts: Vec<Part>, kind: Option<NumberKind>) -> Values {
    let rows = parts.iter().map(Part::rows).sum();
    match kind {
        Some(kind) => {
            let mut values = Vec::with_capacity(rows);
            for part in parts {
                match part {
                    Part::Number(v) => values.extend_from_slice(&v),
                    Part::Text { codes, .. } => values.resize(values.len() + codes.len(), f64::NAN),
                }
            }
            Values::Number { kind, values }
        }
        None => join_text(parts, rows),
    }
}

fn join_text(parts: Vec<Part>, rows: usize) -> Values {
    let mut codes = Vec::with_capacity(rows);
    let mut dictionary = Interner::default();
    for part in parts {
        match part {
            Part::Text { codes: local, distinct } => {
                let global: Vec<u32> = distinct.iter().map(|s| dictionary.code(s)).collect();
                codes.extend(local.iter().map(|c| global.get(*c as usize).copied().unwrap_or(MISSING)));
            }
            Part::Number(v) => codes.resize(codes.len() + v.len(), MISSING),
        }
    }
    Values::Text { codes, dictionary: dictionary.into_strings().into() }
}
