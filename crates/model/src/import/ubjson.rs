//! UBJSON (as XGBoost writes it: big-endian, counted and typed arrays) into a [`Doc`], within limits.
//!
//! Format: <https://ubjson.org/>, draft 12, without the high-precision number.

use super::doc::{Doc, Elements, UNUSED, malformed};
use super::{ImportError, Limits};

/// Reads one UBJSON document.
///
/// # Errors
/// Bytes that are not UBJSON (with their offset), end early, or are larger than allowed.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Doc, ImportError> {
    let mut reader = Reader { bytes, at: 0, values: 0, limits };
    let marker = reader.byte()?;
    let doc = reader.value(marker, limits.depth)?;
    match reader.bytes.len() - reader.at {
        0 => Ok(doc),
        left => Err(malformed(&format!("byte {}", reader.at), format!("{left} bytes follow the document"))),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    values: usize,
    limits: &'a Limits,
}

impl<'a> Reader<'a> {
    fn take(&mut self, needed: usize) -> Result<&'a [u8], ImportError> {
        let left = self.bytes.len() - self.at;
        if needed > left {
            return Err(ImportError::Truncated { offset: self.at as u64, needed: needed as u64, left: left as u64 });
        }
        let taken = &self.bytes[self.at..self.at + needed];
        self.at += needed;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, ImportError> {
        Ok(self.take(1)?[0])
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fail<T>(&self, detail: &str) -> Result<T, ImportError> {
        Err(malformed(&format!("byte {}", self.at), detail))
    }

    fn count_values(&mut self, more: usize) -> Result<(), ImportError> {
        self.values = self.values.saturating_add(more);
        if self.values > self.limits.values {
            let (value, limit) = (self.values as u64, self.limits.values as u64);
            return Err(ImportError::Limit { what: "values", value, limit });
        }
        Ok(())
    }

    /// A number of the given type, `None` for a marker that is no number.
    fn number(&mut self, marker: u8) -> Result<Option<f64>, ImportError> {
        fn be<const N: usize>(bytes: &[u8]) -> [u8; N] {
            std::array::from_fn(|i| bytes[i])
        }
        Ok(Some(match marker {
            b'i' => f64::from(i8::from_be_bytes(be(self.take(1)?))),
            b'U' => f64::from(self.byte()?),
            b'I' => f64::from(i16::from_be_bytes(be(self.take(2)?))),
            b'l' => f64::from(i32::from_be_bytes(be(self.take(4)?))),
            b'L' => i64::from_be_bytes(be(self.take(8)?)) as f64,
            b'd' => f64::from(f32::from_be_bytes(be(self.take(4)?))),
            b'D' => f64::from_be_bytes(be(self.take(8)?)),
            _ => return Ok(None),
        }))
    }

    /// A length: a whole number with its type.
    fn length(&mut self) -> Result<usize, ImportError> {
        let marker = self.byte()?;
        let number = if matches!(marker, b'd' | b'D') { None } else { self.number(marker)? };
        match number {
            Some(n) if n >= 0.0 && n <= self.bytes.len() as f64 => Ok(n as usize),
            Some(n) => self.fail(&format!("{n} cannot be a length here")),
            None => self.fail("a length is missing"),
        }
    }

    fn text(&mut self) -> Result<String, ImportError> {
        let length = self.length()?;
        let at = self.at;
        let bytes = self.take(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| malformed(&format!("byte {at}"), "text is not UTF-8"))
    }

    fn value(&mut self, marker: u8, depth: usize) -> Result<Doc, ImportError> {
        self.count_values(1)?;
        if let Some(n) = self.number(marker)? {
            return Ok(Doc::Number(n));
        }
        match marker {
            b'Z' => Ok(Doc::Null),
            b'T' => Ok(Doc::Bool(true)),
            b'F' => Ok(Doc::Bool(false)),
            b'S' => Ok(Doc::Text(self.text()?)),
            b'C' => Ok(Doc::Text(char::from(self.byte()?).to_string())),
            b'[' | b'{' if depth == 0 => self.fail("nested too deeply"),
            b'[' => self.array(depth - 1),
            b'{' => self.object(depth - 1),
            other => self.fail(&format!("{:?} is no value", char::from(other))),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Doc, ImportError> {
        let mut element = None;
        if self.peek() == Some(b'$') {
            self.at += 1;
            element = Some(self.byte()?);
            if self.peek() != Some(b'#') {
                return self.fail("a typed array has no count");
            }
        }
        let mut elements = Elements::default();
        if self.peek() == Some(b'#') {
            self.at += 1;
            let count = self.length()?;
            self.count_values(count)?;
            for _ in 0..count {
                let marker = match element {
                    Some(marker) => marker,
                    None => self.byte()?,
                };
                elements.push(self.value(marker, depth)?);
            }
            return Ok(elements.finish());
        }
        loop {
            match self.byte()? {
                b']' => return Ok(elements.finish()),
                b'N' => {}
                marker => elements.push(self.value(marker, depth)?),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Doc, ImportError> {
        if self.peek() == Some(b'$') {
            return self.fail("typed objects are not read");
        }
        let mut count = None;
        if self.peek() == Some(b'#') {
            self.at += 1;
            count = Some(self.length()?);
        }
        let mut pairs = Vec::new();
        loop {
            if count == Some(pairs.len()) {
                return Ok(Doc::Object(pairs));
            }
            if count.is_none() && self.peek() == Some(b'}') {
                self.at += 1;
                return Ok(Doc::Object(pairs));
            }
            let key = self.text()?;
            let marker = self.byte()?;
            let value = self.value(marker, depth)?;
            let value = if UNUSED.contains(&key.as_str()) { Doc::Null } else { value };
            pairs.push((key, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Result<Doc, ImportError> {
        read(bytes, &Limits::default())
    }

    #[test]
    fn values_of_every_kind() {
        let doc = of(b"{i\x01a[$d#L\0\0\0\0\0\0\0\x02\x3f\x80\0\0\xbf\0\0\0i\x01bSi\x02hii\x01c[TFZ]i\x01dI\xff\xfe}")
            .unwrap();
        assert_eq!(doc.numbers("a").unwrap(), [1.0, -0.5]);
        assert_eq!(doc.text("b").unwrap(), "hi");
        assert!(doc.numbers("c").unwrap()[2].is_nan());
        assert_eq!(doc.get("d").unwrap(), &Doc::Number(-2.0));
    }

    #[test]
    fn hostile_lengths_are_refused_before_anything_is_allocated() {
        assert_eq!(of(b"[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff").unwrap_err().code(), "malformed");
        assert_eq!(of(b"SL\x7f\xff\xff\xff\xff\xff\xff\xff").unwrap_err().code(), "malformed");
        assert_eq!(of(b"Si\x05hi").unwrap_err().code(), "truncated");
        assert_eq!(of(&[b'['; 5000]).unwrap_err().code(), "malformed");
        assert_eq!(of(b"").unwrap_err().code(), "truncated");
        assert_eq!(of(b"Zx").unwrap_err().code(), "malformed");
        assert_eq!(of(b"[$Z#l\x7f\xff\xff\xff").unwrap_err().code(), "malformed");
    }
}
