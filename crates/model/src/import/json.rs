//! JSON text into a [`Doc`], within limits.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::doc::{Doc, Elements, UNUSED, malformed};
use super::{ImportError, Limits};

/// Reads one JSON document.
///
/// # Errors
/// Text that is not JSON (with line and column), or is larger than allowed.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Doc, ImportError> {
    parse(bytes, limits, &UNUSED)
}

/// As [`read`], with every key.
pub(crate) fn read_all(bytes: &[u8], limits: &Limits) -> Result<Doc, ImportError> {
    parse(bytes, limits, &[])
}

fn parse(bytes: &[u8], limits: &Limits, unused: &[&str]) -> Result<Doc, ImportError> {
    let cleaned = without_specials(bytes);
    let bytes = cleaned.as_ref();
    let values = Cell::new(0);
    let seed = Seed { values: &values, limit: limits.values, depth: limits.depth, unused };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let doc = seed.deserialize(&mut json).and_then(|doc| json.end().map(|()| doc));
    if values.get() > limits.values {
        return Err(ImportError::Limit { what: "values", value: values.get() as u64, limit: limits.values as u64 });
    }
    doc.map_err(|e| {
        if e.is_eof() {
            return ImportError::Truncated { offset: bytes.len() as u64, needed: 1, left: 0 };
        }
        malformed(&format!("line {} column {}", e.line(), e.column()), e.to_string())
    })
}

/// XGBoost writes `NaN` and `Infinity`, which are no JSON; they become `null`, which an array of numbers reads as `NaN`.
fn without_specials(bytes: &[u8]) -> Cow<'_, [u8]> {
    const SPECIALS: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
    if !SPECIALS.iter().any(|s| bytes.windows(s.len()).any(|w| w == *s)) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let (mut at, mut in_text) = (0, false);
    while let Some(byte) = bytes.get(at) {
        let special = if in_text { None } else { SPECIALS.iter().find(|s| bytes[at..].starts_with(s)) };
        if let Some(special) = special {
            out.extend_from_slice(b"null");
            at += special.len();
            continue;
        }
        let taken = if in_text && *byte == b'\\' { 2 } else { 1 };
        in_text ^= *byte == b'"';
        out.extend_from_slice(&bytes[at..(at + taken).min(bytes.len())]);
        at += taken;
    }
    Cow::Owned(out)
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    values: &'a Cell<usize>,
    limit: usize,
    depth: usize,
    /// Keys that are passed over.
    unused: &'a [&'a str],
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Doc;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Doc, D::Error> {
        self.values.set(self.values.get() + 1);
        if self.values.get() > self.limit {
            return Err(D::Error::custom("too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Doc;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Doc, E> {
        Ok(Doc::Null)
    }

    fn visit_bool<E>(self, b: bool) -> Result<Doc, E> {
        Ok(Doc::Bool(b))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Doc, E> {
        Ok(Doc::Number(n as f64))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Doc, E> {
        Ok(Doc::Number(n as f64))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Doc, E> {
        Ok(Doc::Number(n))
    }

    fn visit_str<E>(self, s: &str) -> Result<Doc, E> {
        Ok(Doc::Text(s.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Doc, A::Error> {
        let inner = self.deeper()?;
        let mut elements = Elements::default();
        while let Some(doc) = seq.next_element_seed(inner)? {
            elements.push(doc);
        }
        Ok(elements.finish())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Doc, A::Error> {
        let inner = self.deeper()?;
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if self.unused.contains(&key.as_str()) {
                map.next_value::<IgnoredAny>()?;
            } else {
                pairs.push((key, map.next_value_seed(inner)?));
            }
        }
        Ok(Doc::Object(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_of_numbers_are_dense() {
        let doc = read(br#"{"a":[1,2.5,true],"b":["x",1],"c":[],"parents":[1]}"#, &Limits::default()).unwrap();
        assert_eq!(doc.numbers("a").unwrap(), [1.0, 2.5, 1.0]);
        assert_eq!(doc.list("b").unwrap().len(), 2);
        assert_eq!(doc.list("c").unwrap().len(), 0);
        assert!(doc.find("parents").is_none());
    }

    #[test]
    fn numbers_that_are_none_are_read_in_arrays_only() {
        let doc = read(br#"{"a":[1,NaN,-Infinity],"b":"NaN \" Infinity"}"#, &Limits::default()).unwrap();
        assert!(doc.numbers("a").unwrap()[1..].iter().all(|v| v.is_nan()));
        assert_eq!(doc.text("b").unwrap(), "NaN \" Infinity");
    }

    #[test]
    fn limits_hold() {
        let tight = Limits { depth: 3, values: 5, ..Limits::default() };
        assert_eq!(read(b"[[[[1]]]]", &tight).unwrap_err().code(), "malformed");
        assert_eq!(read(b"[1,2,3,4,5,6]", &tight).unwrap_err().code(), "limit");
        assert_eq!(read(b"{\"a\":", &tight).unwrap_err().code(), "truncated");
        assert_eq!(read(b"{} x", &tight).unwrap_err().code(), "malformed");
        assert_eq!(read("[".repeat(100_000).as_bytes(), &Limits::default()).unwrap_err().code(), "malformed");
    }
}
