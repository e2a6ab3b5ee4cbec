//! One column of one block: cells read by the plan, with the evidence to check the plan against.

use crate::column::NumberKind;
use crate::interner::Interner;
use crate::missing::{NullCounts, null_spelling};
use crate::number::{Syntax, boolean, number};
use crate::part::Part;

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parse {
    Number,
    Bool,
    Text,
}

/// What sorts of cells a column holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    int: bool,
    big_int: bool,
    huge_int: bool,
    float: bool,
    boolean: bool,
    other_decimal: bool,
    other: bool,
}

/// What a column is, all cells seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub parse: Parse,
    pub kind: Option<NumberKind>,
    pub big_integers: bool,
    pub mixed_decimal: bool,
}

impl Evidence {
    pub(super) fn note(&mut self, cell: &[u8], decimal: u8) {
        match number(cell, decimal) {
            Some(n) => self.note_number(n.syntax),
            None if boolean(cell).is_some() => self.boolean = true,
            None if number(cell, if decimal == b'.' { b',' } else { b'.' }).is_some() => self.other_decimal = true,
            None => self.other = true,
        }
    }

    fn note_number(&mut self, syntax: Syntax) {
        match syntax {
            Syntax::Int => self.int = true,
            Syntax::BigInt => self.big_int = true,
            Syntax::HugeInt => self.huge_int = true,
            Syntax::Float => self.float = true,
        }
    }

    pub(super) fn merge(&mut self, o: &Self) {
        self.int |= o.int;
        self.big_int |= o.big_int;
        self.huge_int |= o.huge_int;
        self.float |= o.float;
        self.boolean |= o.boolean;
        self.other_decimal |= o.other_decimal;
        self.other |= o.other;
    }

    /// True when no further cell could make the column anything but text.
    pub(super) fn proves_text(&self) -> bool {
        self.other || (self.boolean && (self.int || self.big_int || self.huge_int || self.float))
    }

    /// The type that all cells together allow. Whole numbers beyond ±2^53 stay text unless the column has decimals too
    /// (then it is a float column, as in pandas); beyond 64 bits they always do.
    pub(super) fn verdict(&self) -> Verdict {
        let numbers = self.int || self.big_int || self.huge_int || self.float;
        let text = Verdict { parse: Parse::Text, kind: None, big_integers: false, mixed_decimal: false };
        if self.other || (self.boolean && (numbers || self.other_decimal)) {
            return text;
        }
        if self.other_decimal {
            return Verdict { mixed_decimal: true, ..text };
        }
        if self.boolean {
            return Verdict { parse: Parse::Bool, kind: Some(NumberKind::Bool), ..text };
        }
        if self.huge_int || (self.big_int && !self.float) {
            return Verdict { big_integers: true, ..text };
        }
        let kind = if self.int && !self.float { NumberKind::Int } else { NumberKind::Float };
        Verdict { parse: Parse::Number, kind: Some(kind), ..text }
    }
}

/// Cells of one column in one block.
pub(super) struct Cells {
    parse: Parse,
    /// Evidence is still wanted (the sample has not settled the type).
    open: bool,
    decimal: u8,
    part: Part,
    pub nulls: NullCounts,
    pub evidence: Evidence,
}

impl Cells {
    pub(super) fn new(parse: Parse, open: bool, decimal: u8, rows: usize) -> Self {
        let part = match parse {
            Parse::Text => Part::Text { codes: Vec::with_capacity(rows), distinct: Interner::default() },
            _ => Part::Number(Vec::with_capacity(rows)),
        };
        Self { parse, open, decimal, part, nulls: NullCounts::default(), evidence: Evidence::default() }
    }

    pub(super) fn push(&mut self, cell: &[u8]) {
        match &mut self.part {
            Part::Number(values) => {
                let value = match self.parse {
                    Parse::Bool => boolean(cell).map(|b| {
                        self.evidence.boolean = true;
                        f64::from(u8::from(b))
                    }),
                    _ => number(cell, self.decimal).map(|n| {
                        self.evidence.note_number(n.syntax);
                        n.value
                    }),
                };
                if value.is_none() {
                    match null_spelling(cell) {
                        Some(s) => self.nulls.add(s),
                        None => self.evidence.note(cell, self.decimal),
                    }
                }
                values.push(value.unwrap_or(f64::NAN));
            }
            Part::Text { codes, distinct } => match null_spelling(cell) {
                Some(s) => {
                    self.nulls.add(s);
                    codes.push(crate::MISSING);
                }
                None => {
                    if self.open {
                        self.evidence.note(cell, self.decimal);
                    }
                    codes.push(distinct.code(cell));
                }
            },
        }
    }

    pub(super) fn into_part(mut self) -> Part {
        match &mut self.part {
            Part::Number(v) => v.shrink_to_fit(),
            Part::Text { codes, .. } => codes.shrink_to_fit(),
        }
        self.part
    }
}
