//! JSON lines and JSON arrays of objects with plain values.

use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::builder::Builder;
use crate::error::Problem;
use crate::read::check_shape;
use crate::{Column, Limits};

/// How rows lie in JSON text.
pub(crate) enum Layout {
    /// One object a line.
    Lines,
    /// One array of objects.
    Array,
    /// One object over several lines: no table.
    Document,
}

/// The layout, when the text (blanks trimmed at the start) is JSON.
pub(crate) fn layout(text: &str) -> Option<Layout> {
    let after = |open: char| text.strip_prefix(open).map(|rest| rest.trim_start().chars().next());
    if let Some(next) = after('[') {
        return matches!(next, Some('{' | ']')).then_some(Layout::Array);
    }
    if !matches!(after('{')?, Some('"' | '}')) {
        return None;
    }
    let first = text.lines().next().unwrap_or_default();
    let whole = serde_json::from_str::<IgnoredAny>(first).is_ok() || text.lines().nth(1).is_none();
    Some(if whole { Layout::Lines } else { Layout::Document })
}

/// Reads one object a line; blank lines are skipped. Columns come in order of first appearance, a key that a row lacks is
/// a missing cell.
pub(crate) fn lines(text: &str, limits: &Limits) -> Result<Vec<Column>, Problem> {
    let mut rows = Rows::new(limits);
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let mut from = serde_json::Deserializer::from_str(line);
        let read = RowSeed(&mut rows).deserialize(&mut from).and_then(|()| from.end());
        read.map_err(|e| rows.problem(i as u64 + 1, &e))?;
    }
    Ok(rows.finish())
}

/// Reads an array of objects.
pub(crate) fn array(text: &str, limits: &Limits) -> Result<Vec<Column>, Problem> {
    let mut rows = Rows::new(limits);
    let mut from = serde_json::Deserializer::from_str(text);
    let read = from.deserialize_seq(ArrayVisitor(&mut rows)).and_then(|()| from.end());
    read.map_err(|e| rows.problem(e.line() as u64, &e))?;
    Ok(rows.finish())
}

struct Rows<'l> {
    limits: &'l Limits,
    names: Vec<String>,
    places: HashMap<String, usize>,
    columns: Vec<Builder>,
    rows: usize,
    /// Set before the parser is stopped for a reason of ours.
    problem: Option<Problem>,
}

impl<'l> Rows<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self { limits, names: Vec::new(), places: HashMap::new(), columns: Vec::new(), rows: 0, problem: None }
    }

    /// Column of a key; `hint` is where the row before had its next key.
    fn place(&mut self, key: &str, hint: usize) -> Result<usize, ()> {
        if self.names.get(hint).is_some_and(|n| n == key) {
            return Ok(hint);
        }
        if let Some(place) = self.places.get(key) {
            return Ok(*place);
        }
        let place = self.names.len();
        if place == self.limits.columns {
            self.problem = Some(Problem::TooManyColumns { found: place + 1, limit: self.limits.columns });
            return Err(());
        }
        self.names.push(key.to_owned());
        self.places.insert(key.to_owned(), place);
        self.columns.push(Builder::default());
        Ok(place)
    }

    fn end_row(&mut self) -> Result<(), ()> {
        self.rows += 1;
        check_shape(self.rows as u64, self.names.len(), self.limits).map_err(|p| self.problem = Some(p))
    }

    fn problem(&mut self, line: u64, e: &serde_json::Error) -> Problem {
        match self.problem.take() {
            Some(Problem::UnsupportedColumn { .. }) if self.rows == 0 && self.names.len() <= 1 => {
                Problem::NotATable { found: "json-document".to_owned() }
            }
            Some(Problem::CellTooLarge { column, bytes, limit, .. }) => {
                Problem::CellTooLarge { line, column, bytes, limit }
            }
            Some(problem) => problem,
            None => Problem::BadJson { line, detail: e.to_string() },
        }
    }

    fn finish(self) -> Vec<Column> {
        let rows = self.rows;
        self.columns.into_iter().zip(self.names).map(|(b, name)| b.finish(name, rows)).collect()
    }
}

struct ArrayVisitor<'r, 'l>(&'r mut Rows<'l>);

impl<'de> Visitor<'de> for ArrayVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(RowSeed(self.0))?.is_some() {}
        Ok(())
    }
}

struct RowSeed<'r, 'l>(&'r mut Rows<'l>);

impl<'de> DeserializeSeed<'de> for RowSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with plain values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let stop = |()| A::Error::custom("stopped");
        let mut hint = 0;
        while let Some(place) = map.next_key_seed(KeySeed { rows: self.0, hint })? {
            let place = place.map_err(stop)?;
            hint = place + 1;
            let row = self.0.rows;
            let builder = &mut self.0.columns[place];
            if builder.rows() > row {
                return Err(A::Error::custom(format!("key {:?} occurs twice", self.0.names[place])));
            }
            builder.push_missing(row - builder.rows());
            let cell = CellSeed { builder, limit: self.0.limits.cell_bytes };
            if let Err(refusal) = map.next_value_seed(cell)? {
                let column = self.0.names[place].clone();
                self.0.problem = Some(match refusal {
                    Refusal::Nested(kind) => Problem::UnsupportedColumn { column, kind: kind.to_owned() },
                    Refusal::Long(bytes) => {
                        Problem::CellTooLarge { line: 0, column, bytes, limit: self.0.limits.cell_bytes }
                    }
                });
                return Err(stop(()));
            }
        }
        self.0.end_row().map_err(stop)
    }
}

struct KeySeed<'r, 'l> {
    rows: &'r mut Rows<'l>,
    hint: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_, '_> {
    type Value = Result<usize, ()>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_, '_> {
    type Value = Result<usize, ()>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.rows.place(key, self.hint))
    }
}

/// Why a value has no place in a cell.
enum Refusal {
    Nested(&'static str),
    Long(usize),
}

struct CellSeed<'b> {
    builder: &'b mut Builder,
    limit: usize,
}

impl<'de> DeserializeSeed<'de> for CellSeed<'_> {
    type Value = Result<(), Refusal>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed<'_> {
    type Value = Result<(), Refusal>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Self::Value, E> {
        self.builder.push_bool(v);
        Ok(Ok(()))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Self::Value, E> {
        self.builder.push_int(v.into());
        Ok(Ok(()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Self::Value, E> {
        self.builder.push_int(v.into());
        Ok(Ok(()))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Self::Value, E> {
        self.builder.push_float(v);
        Ok(Ok(()))
    }

    fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
        if v.len() > self.limit {
            return Ok(Err(Refusal::Long(v.len())));
        }
        self.builder.push_text(v.as_bytes());
        Ok(Ok(()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        self.builder.push_missing(1);
        Ok(Ok(()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Err(Refusal::Nested("array")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Err(Refusal::Nested("object")))
    }
}
