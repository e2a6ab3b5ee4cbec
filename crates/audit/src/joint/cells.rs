//! One column of both tables in a form that can be compared.

use std::collections::BTreeMap;

use fine_table::{Column, MISSING, NumberKind, Values};

/// Cells of the reference and of the audited rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cells {
    /// Missing is NaN.
    Numbers([Vec<f64>; 2]),
    /// Codes into names, which ascend; missing is [`MISSING`].
    Categories { codes: [Vec<u32>; 2], names: Vec<String> },
}

/// What the values of a column are.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Text,
    Bool,
    Time,
    Number,
}

fn form(column: &Column) -> Option<Form> {
    (column.missing_rows() < column.len()).then_some(match &column.values {
        Values::Text { .. } => Form::Text,
        Values::Number { kind: NumberKind::Bool, .. } => Form::Bool,
        Values::Number { kind: NumberKind::Time, .. } => Form::Time,
        Values::Number { .. } => Form::Number,
    })
}

impl Cells {
    /// The cells of a column, and whether its type differs between the tables. A column without values takes the type of
    /// the other; text and numbers meet as categories, a text that reads as a number being that number.
    pub(crate) fn of(reference: &Column, audited: &Column) -> (Self, bool) {
        let columns = [reference, audited];
        let forms = columns.map(form);
        let (a, b) = match forms {
            [Some(a), Some(b)] => (a, b),
            [Some(one), None] | [None, Some(one)] => (one, one),
            [None, None] => (Form::Number, Form::Number),
        };
        let is_text = |f: Form| f == Form::Text;
        match (a, b) {
            _ if is_text(a) != is_text(b) => (Self::named(columns.map(|c| texts(c, true))), true),
            (Form::Text, _) | (Form::Bool, Form::Bool) => (Self::named(columns.map(|c| texts(c, false))), false),
            _ => {
                let numbers = |c: &Column| c.numbers().map_or_else(|| vec![f64::NAN; c.len()], <[f64]>::to_vec);
                (Self::Numbers(columns.map(numbers)), (a == Form::Time) != (b == Form::Time))
            }
        }
    }

    /// Classes by index.
    pub(crate) fn classes(codes: [Vec<u32>; 2], names: &[String]) -> Self {
        Self::Categories { codes, names: names.to_vec() }
    }

    fn named(sides: [(Vec<u32>, Vec<String>); 2]) -> Self {
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for (codes, own) in &sides {
            let mut used = vec![false; own.len()];
            codes.iter().filter(|c| **c != MISSING).for_each(|c| used[*c as usize] = true);
            own.iter().zip(used).filter(|(_, used)| *used).for_each(|(name, _)| {
                names.insert(name, 0);
            });
        }
        names.values_mut().enumerate().for_each(|(place, code)| *code = place as u32);
        let codes = sides.each_ref().map(|(codes, own)| {
            let new: Vec<u32> = own.iter().map(|name| names.get(name.as_str()).copied().unwrap_or(MISSING)).collect();
            codes.iter().map(|c| if *c == MISSING { MISSING } else { new[*c as usize] }).collect()
        });
        Self::Categories { codes, names: names.keys().map(|name| (*name).to_owned()).collect() }
    }

    pub(crate) fn is_missing(&self, side: usize, row: usize) -> bool {
        match self {
            Self::Numbers(values) => values[side][row].is_nan(),
            Self::Categories { codes, .. } => codes[side][row] == MISSING,
        }
    }

    /// Both tables under one another, as a column to learn from.
    pub(crate) fn joined(&self, name: &str) -> Column {
        match self {
            Self::Numbers(values) => Column::number(name, NumberKind::Float, values.concat()),
            Self::Categories { codes, names } => Column {
                name: name.to_owned(),
                values: Values::Text { codes: codes.concat(), dictionary: names.as_slice().into() },
                null_spellings: Vec::new(),
            },
        }
    }
}

/// Codes and dictionary of a column as text. `plain`: a number is written the same way however it was spelt.
fn texts(column: &Column, plain: bool) -> (Vec<u32>, Vec<String>) {
    let spell = |text: &str| match text.trim().parse::<f64>() {
        Ok(number) if plain && number.is_finite() => format!("{}", number + 0.0),
        _ if plain => text.trim().to_owned(),
        _ => text.to_owned(),
    };
    match &column.values {
        Values::Text { codes, dictionary } => (codes.clone(), dictionary.iter().map(|text| spell(text)).collect()),
        Values::Number { values, .. } => {
            let mut seen: BTreeMap<u64, u32> = BTreeMap::new();
            let mut names = Vec::new();
            let mut code = |row: usize| match column.display_at(row) {
                None => MISSING,
                Some(text) => *seen.entry((values[row] + 0.0).to_bits()).or_insert_with(|| {
                    names.push(spell(&text));
                    names.len() as u32 - 1
                }),
            };
            ((0..values.len()).map(&mut code).collect(), names)
        }
    }
}
