//! A column built cell by cell from typed values (Parquet, Arrow, JSON).

use crate::interner::Interner;
use crate::number::EXACT_INT;
use crate::{Column, MISSING, NumberKind, Values};

/// A growing column. It starts without a type, takes the type of its first cell, and becomes text when cells of different
/// sorts meet or a whole number is beyond ±2^53.
#[derive(Default)]
pub(crate) struct Builder {
    cells: Cells,
    rows: usize,
    nulls: u64,
    nans: u64,
}

#[derive(Default)]
enum Cells {
    #[default]
    Untyped,
    Number {
        kind: NumberKind,
        values: Vec<f64>,
    },
    Text {
        codes: Vec<u32>,
        distinct: Interner,
    },
}

impl Builder {
    /// Number of cells so far.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of distinct text so far.
    pub(crate) fn text_bytes(&self) -> usize {
        match &self.cells {
            Cells::Text { distinct, .. } => distinct.bytes(),
            _ => 0,
        }
    }

    /// `count` missing cells.
    pub(crate) fn push_missing(&mut self, count: usize) {
        self.nulls += count as u64;
        self.pad(count);
    }

    fn pad(&mut self, count: usize) {
        self.rows += count;
        match &mut self.cells {
            Cells::Untyped => {}
            Cells::Number { values, .. } => values.resize(self.rows, f64::NAN),
            Cells::Text { codes, .. } => codes.resize(self.rows, MISSING),
        }
    }

    pub(crate) fn push_bool(&mut self, value: bool) {
        self.push(f64::from(u8::from(value)), NumberKind::Bool, || value.to_string());
    }

    pub(crate) fn push_int(&mut self, value: i128) {
        let as_float = value as f64;
        if as_float.abs() > EXACT_INT || (as_float.abs() == EXACT_INT && as_float as i128 != value) {
            self.push_text(value.to_string().as_bytes());
        } else {
            self.push(as_float, NumberKind::Int, || value.to_string());
        }
    }

    /// A decimal number; `NaN` is a missing cell.
    pub(crate) fn push_float(&mut self, value: f64) {
        if value.is_nan() {
            self.nans += 1;
            if matches!(self.cells, Cells::Untyped) {
                self.cells = Cells::Number { kind: NumberKind::Float, values: vec![f64::NAN; self.rows] };
            }
            self.pad(1);
        } else {
            self.push(value, NumberKind::Float, || format!("{value:?}"));
        }
    }

    /// Microseconds since 1970-01-01 UTC.
    pub(crate) fn push_time(&mut self, micros: f64) {
        self.push(micros, NumberKind::Time, || format!("{micros}"));
    }

    fn push(&mut self, value: f64, kind: NumberKind, spelling: impl Fn() -> String) {
        if matches!(self.cells, Cells::Untyped) {
            self.cells = Cells::Number { kind, values: vec![f64::NAN; self.rows] };
        }
        if let Cells::Number { kind: old, values } = &mut self.cells {
            let joined = match (*old, kind) {
                (a, b) if a == b => Some(a),
                (NumberKind::Int, NumberKind::Float) | (NumberKind::Float, NumberKind::Int) => Some(NumberKind::Float),
                _ => None,
            };
            if let Some(joined) = joined {
                *old = joined;
                values.push(value);
                self.rows += 1;
                return;
            }
        }
        self.push_text(spelling().as_bytes());
    }

    pub(crate) fn push_text(&mut self, text: &[u8]) {
        if let Cells::Text { codes, distinct } = &mut self.cells {
            codes.push(distinct.code(text));
            self.rows += 1;
            return;
        }
        self.become_text();
        self.push_text(text);
    }

    fn become_text(&mut self) {
        let mut distinct = Interner::default();
        let codes = match std::mem::take(&mut self.cells) {
            Cells::Number { kind, values } => values
                .into_iter()
                .map(|v| if v.is_nan() { MISSING } else { distinct.code(spell(v, kind).as_bytes()) })
                .collect(),
            _ => vec![MISSING; self.rows],
        };
        self.cells = Cells::Text { codes, distinct };
    }

    /// The column, padded with missing cells up to `rows`.
    pub(crate) fn finish(mut self, name: String, rows: usize) -> Column {
        self.push_missing(rows.saturating_sub(self.rows));
        let null_spellings = [("null", self.nulls), ("NaN", self.nans)]
            .into_iter()
            .filter(|(_, n)| *n > 0)
            .map(|(s, n)| (s.to_owned(), n))
            .collect();
        let values = match self.cells {
            Cells::Untyped => Values::Number { kind: NumberKind::Float, values: vec![f64::NAN; self.rows] },
            Cells::Number { kind, mut values } => {
                values.shrink_to_fit();
                Values::Number { kind, values }
            }
            Cells::Text { codes, distinct } => Values::Text { codes, dictionary: distinct.into_strings().into() },
        };
        Column { name, values, null_spellings }
    }
}

fn spell(value: f64, kind: NumberKind) -> String {
    match kind {
        NumberKind::Bool => (value != 0.0).to_string(),
        NumberKind::Float => format!("{value:?}"),
        NumberKind::Int | NumberKind::Time => format!("{value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_of_cells_that_meet_become_text() {
        let mut b = Builder::default();
        b.push_missing(1);
        b.push_int(7);
        b.push_text(b"x");
        b.push_float(1.5);
        let column = b.finish("c".into(), 5);
        assert_eq!(column, {
            let mut c = Column::text("c", [None, Some("7"), Some("x"), Some("1.5"), None]);
            c.null_spellings = vec![("null".into(), 2)];
            c
        });
    }

    #[test]
    fn whole_numbers_beyond_2_pow_53_stay_exact() {
        let mut b = Builder::default();
        b.push_int(1);
        b.push_int(9_007_199_254_740_993);
        let column = b.finish("id".into(), 2);
        assert_eq!(column.str_at(0), Some("1"));
        assert_eq!(column.str_at(1), Some("9007199254740993"));
    }
}
