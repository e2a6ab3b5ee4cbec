//! Categories by their hash, and statistics of the target by category: the columns that a CatBoost model sees.
//!
//! A category is the text of the cell, a whole number as `1`, and `True` as `1`; its code is the lower half of
//! [`city::hash64`] as a signed number. A statistic (`ctr`) of one or more columns is looked up by their combined hash
//! `h = M·(h + M·code)`, as in `catboost/libs/model/{hash.h, ctr_provider.h, static_ctr_provider.cpp}`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fine_table::{Column, MISSING, NumberKind};

use super::lane::{Cells, Lane, Plan, Slot};
use super::{Origin, WidthError, city, expect};
use crate::{Feature, FeatureKind, PredictError};

const COMBINE: u64 = 0x4906_ba49_4954_cb65;

/// Adds a value to a combined hash.
pub(crate) fn combined(hash: u64, value: u64) -> u64 {
    COMBINE.wrapping_mul(hash.wrapping_add(COMBINE.wrapping_mul(value)))
}

/// The hash of one category alone.
pub(crate) fn alone(code: i32) -> u64 {
    combined(0, i64::from(code) as u64)
}

/// The code of a category.
pub(crate) fn code(text: &str) -> i32 {
    city::hash64(text.as_bytes()) as u32 as i32
}

/// What stands for an empty cell of a categorical column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Empty {
    /// The category of this code.
    Code(i32),
    /// It is refused, as the library does.
    Refused,
}

/// How cells of one categorical column are written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spelling {
    /// Codes of categories that the model is known to hold.
    pub(crate) codes: HashSet<i32>,
    /// Hashes ([`alone`]) of such categories.
    pub(crate) hashes: HashSet<u64>,
    pub(crate) empty: Empty,
}

/// A part of the key of a statistic.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// The category of a column.
    Category(u32),
    /// Whether a number is above a border; the flag says it for a missing one.
    Above(u32, f32, bool),
    /// Whether the category of a column is this one.
    Is(u32, i32),
}

impl Part {
    pub(crate) fn column(&self) -> u32 {
        match self {
            Self::Category(column) | Self::Above(column, ..) | Self::Is(column, _) => *column,
        }
    }
}

/// One column of the result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Output {
    /// The number itself.
    Number(u32),
    /// The position of the category among these codes; missing when it is none of them.
    Position(u32, Arc<HashMap<i32, u32>>),
    /// A statistic.
    Statistic {
        /// The key.
        parts: Vec<Part>,
        /// From combined hash to place in `values`.
        places: Arc<HashMap<u64, u32>>,
        /// Statistic by place.
        values: Vec<f32>,
        /// Statistic of an unknown key.
        unknown: f32,
    },
}

/// All columns of the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Hashed {
    /// One a raw column; `None` for numbers.
    pub(crate) spellings: Vec<Option<Spelling>>,
    pub(crate) outputs: Vec<Output>,
}

impl Hashed {
    /// True when some column of the result depends on several raw columns.
    pub(crate) fn mixes(&self) -> bool {
        self.outputs.iter().any(|output| match output {
            Output::Statistic { parts, .. } => parts.iter().any(|part| part.column() != parts[0].column()),
            Output::Number(_) | Output::Position(..) => false,
        })
    }

    pub(super) fn outline(&self, slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        expect("categories", self.spellings.len(), &slots)?;
        plan.mixes |= self.mixes();
        let mut ask = |column: u32| {
            let kind = if self.spellings[column as usize].is_some() { FeatureKind::Any } else { FeatureKind::Number };
            plan.need(&slots[column as usize], kind);
        };
        let mut out = Vec::new();
        for output in &self.outputs {
            let (origin, name) = match output {
                Output::Number(column) | Output::Position(column, _) => {
                    ask(*column);
                    (slots[*column as usize].origin.clone(), slots[*column as usize].name.clone())
                }
                Output::Statistic { parts, .. } => {
                    parts.iter().for_each(|part| ask(part.column()));
                    let names: Vec<&str> = parts.iter().map(|p| slots[p.column() as usize].name.as_str()).collect();
                    let origins = parts.iter().map(|part| &slots[part.column() as usize].origin);
                    (Origin::merged(origins), format!("ctr({})", names.join(", ")))
                }
            };
            out.push(Slot { origin, name, number: true });
        }
        Ok(out)
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        let mut is_used = vec![false; lanes.len()];
        for column in self.outputs.iter().flat_map(Output::columns) {
            is_used[column as usize] = true;
        }
        let used = |column: usize| is_used[column];
        let mut columns = Vec::with_capacity(lanes.len());
        for (column, lane) in lanes.into_iter().enumerate() {
            let codes = match &self.spellings[column] {
                Some(spelling) if used(column) => spelling.read(&lane, features)?,
                Some(_) => Vec::new(),
                None if used(column) => {
                    columns.push((lane.into_numbers(features)?, Vec::new()));
                    continue;
                }
                None => Vec::new(),
            };
            columns.push((lane, codes));
        }
        Ok(self.outputs.iter().map(|output| output.lane(&columns)).collect())
    }
}

impl Output {
    fn columns(&self) -> Vec<u32> {
        match self {
            Self::Number(column) | Self::Position(column, _) => vec![*column],
            Self::Statistic { parts, .. } => parts.iter().map(Part::column).collect(),
        }
    }

    /// `columns` holds each lane with the codes of its categories.
    fn lane<'a>(&self, columns: &[(Lane<'a>, Vec<i32>)]) -> Lane<'a> {
        match self {
            Self::Number(column) => columns[*column as usize].0.clone(),
            Self::Position(column, positions) => {
                let (lane, codes) = &columns[*column as usize];
                let position = |code: &i32| positions.get(code).map_or(f64::NAN, |position| f64::from(*position));
                Lane::numbers(lane.origin.clone(), codes.iter().map(position).collect())
            }
            Self::Statistic { parts, places, values, unknown } => {
                let mut hashes = Vec::new();
                for (i, part) in parts.iter().enumerate() {
                    let column = &columns[part.column() as usize];
                    let cells = part.cells(column);
                    if i == 0 {
                        hashes = vec![0; cells.len()];
                    }
                    hashes.iter_mut().zip(cells).for_each(|(hash, cell)| *hash = combined(*hash, cell));
                }
                let value = |hash: u64| places.get(&hash).and_then(|at| values.get(*at as usize)).unwrap_or(unknown);
                let origin = Origin::merged(parts.iter().map(|part| &columns[part.column() as usize].0.origin));
                Lane::numbers(origin, hashes.into_iter().map(|hash| f64::from(*value(hash))).collect())
            }
        }
    }
}

impl Part {
    /// What a column adds to the key, one a row.
    fn cells(&self, (lane, codes): &(Lane<'_>, Vec<i32>)) -> Vec<u64> {
        match self {
            Self::Category(_) => codes.iter().map(|code| i64::from(*code) as u64).collect(),
            Self::Is(_, own) => codes.iter().map(|code| u64::from(code == own)).collect(),
            Self::Above(_, border, nan) => {
                let above = |x: f64| u64::from(if x.is_nan() { *nan } else { x as f32 > *border });
                match &lane.cells {
                    Cells::Numbers { values, .. } => values.iter().map(|x| above(*x)).collect(),
                    Cells::Indicator { codes, hit, on, off } => {
                        codes.iter().map(|code| above(if code == hit { *on } else { *off })).collect()
                    }
                    Cells::Text { codes, .. } => codes.iter().map(|_| above(f64::NAN)).collect(),
                    sparse @ Cells::Sparse { .. } => match sparse.numbers() {
                        Cells::Numbers { values, .. } => values.iter().map(|x| above(*x)).collect(),
                        _ => Vec::new(),
                    },
                }
            }
        }
    }
}

impl Spelling {
    fn knows(&self, code: i32) -> bool {
        self.codes.contains(&code) || self.hashes.contains(&alone(code))
    }

    /// The first spelling whose category is known, else the first.
    fn choose(&self, spellings: &[String]) -> i32 {
        let mut codes = spellings.iter().map(|text| code(text));
        let first = codes.next().unwrap_or_default();
        if self.knows(first) { first } else { codes.find(|code| self.knows(*code)).unwrap_or(first) }
    }

    /// A truth value may be in the table as text.
    fn of_text(&self, text: &str) -> i32 {
        match text {
            "True" | "true" => self.choose(&[text.to_owned(), "1".to_owned()]),
            "False" | "false" => self.choose(&[text.to_owned(), "0".to_owned()]),
            _ => code(text),
        }
    }

    /// The library takes whole numbers and truth values; others are there when they were turned into text first.
    fn of_number(&self, kind: NumberKind, value: f64) -> i32 {
        if kind == NumberKind::Bool {
            let [number, python, other] = if value == 0.0 { ["0", "False", "false"] } else { ["1", "True", "true"] };
            return self.choose(&[number, python, other].map(str::to_owned));
        }
        let shown = Column::number("", kind, vec![value]).display_at(0).unwrap_or_default();
        self.choose(&[shown, format!("{value:?}")])
    }

    /// The code of each row.
    fn read(&self, lane: &Lane<'_>, features: &[Feature]) -> Result<Vec<i32>, PredictError> {
        let empty = |row: usize| match self.empty {
            Empty::Code(code) => Ok(code),
            Empty::Refused => Err(PredictError::MissingValue { name: lane.name(features), row }),
        };
        match &lane.cells {
            Cells::Text { codes, dictionary } => {
                let known: Vec<i32> = dictionary.iter().map(|text| self.of_text(text)).collect();
                let rows = codes.iter().enumerate();
                rows.map(|(row, at)| if *at == MISSING { empty(row) } else { Ok(known[*at as usize]) }).collect()
            }
            Cells::Numbers { kind, values } => {
                let mut seen = HashMap::<u64, i32>::new();
                let mut code = |x: f64| *seen.entry(x.to_bits()).or_insert_with(|| self.of_number(*kind, x));
                let rows = values.iter().enumerate();
                rows.map(|(row, x)| if x.is_nan() { empty(row) } else { Ok(code(*x)) }).collect()
            }
            Cells::Indicator { codes, hit, on, off } => {
                let of = |x: f64| (!x.is_nan()).then(|| self.of_number(NumberKind::Float, x));
                let (on, off) = (of(*on), of(*off));
                let rows = codes.iter().enumerate();
                rows.map(|(row, code)| (if code == hit { on } else { off }).map_or_else(|| empty(row), Ok)).collect()
            }
            sparse @ Cells::Sparse { .. } => {
                let cells = sparse.numbers();
                self.read(&Lane { origin: lane.origin.clone(), cells }, features)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling(known: &[&str], empty: Empty) -> Spelling {
        Spelling { codes: known.iter().map(|text| code(text)).collect(), hashes: HashSet::new(), empty }
    }

    fn codes(spelling: &Spelling, column: &Column) -> Result<Vec<i32>, PredictError> {
        spelling.read(&Lane::raw(0, column), &[])
    }

    #[test]
    fn numbers_are_written_as_the_model_knows_them() {
        let whole = Column::number("c", NumberKind::Float, vec![1.0, 2.5]);
        let plain = codes(&spelling(&["1"], Empty::Refused), &whole).unwrap();
        assert_eq!(plain, [code("1"), code("2.5")]);
        let python = codes(&spelling(&["1.0"], Empty::Refused), &whole).unwrap();
        assert_eq!(python, [code("1.0"), code("2.5")]);
        let flags = Column::number("c", NumberKind::Bool, vec![1.0, 0.0]);
        assert_eq!(codes(&spelling(&[], Empty::Refused), &flags).unwrap(), [code("1"), code("0")]);
        assert_eq!(codes(&spelling(&["True"], Empty::Refused), &flags).unwrap(), [code("True"), code("0")]);
    }

    #[test]
    fn an_empty_cell_is_refused_or_a_category() {
        let column = Column::text("c", [Some("a"), None]);
        let error = codes(&spelling(&[], Empty::Refused), &column).unwrap_err();
        assert_eq!(error, PredictError::MissingValue { name: String::new(), row: 1 });
        let nan = code("nan");
        assert_eq!(codes(&spelling(&[], Empty::Code(nan)), &column).unwrap(), [code("a"), nan]);
    }
}
