//! A position in the content that never runs past its end.

use crate::{PickleError, Span};

pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    pub(crate) pos: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, pos: 0 }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn left(&self) -> usize {
        self.bytes.len() - self.pos
    }

    /// The next `count` bytes as a range.
    pub(crate) fn span(&mut self, count: u64) -> Result<Span, PickleError> {
        let left = self.left() as u64;
        if count > left {
            return Err(PickleError::Truncated { offset: self.pos as u64, needed: count, left });
        }
        let span = Span { start: self.pos, len: count as usize };
        self.pos += span.len;
        Ok(span)
    }

    pub(crate) fn take(&mut self, count: u64) -> Result<&'a [u8], PickleError> {
        let span = self.span(count)?;
        Ok(&self.bytes[span.start..span.start + span.len])
    }

    pub(crate) fn byte(&mut self) -> Result<u8, PickleError> {
        Ok(self.take(1)?[0])
    }

    /// A little-endian unsigned number of `width` <= 8 bytes.
    pub(crate) fn uint(&mut self, width: u64) -> Result<u64, PickleError> {
        let raw = self.take(width)?;
        Ok(raw.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// The bytes up to the next line feed, which is consumed.
    pub(crate) fn line(&mut self, limit: usize) -> Result<&'a [u8], PickleError> {
        let rest = &self.bytes[self.pos..];
        let window = &rest[..rest.len().min(limit)];
        let Some(end) = window.iter().position(|byte| *byte == b'\n') else {
            return Err(if rest.len() > limit {
                PickleError::Limit { what: "line_bytes", limit: limit as u64, offset: self.pos as u64 }
            } else {
                PickleError::Truncated {
                    offset: self.pos as u64,
                    needed: rest.len() as u64 + 1,
                    left: rest.len() as u64,
                }
            });
        };
        self.pos += end + 1;
        Ok(&rest[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_lines_within_bounds() {
        let mut cursor = Cursor::new(b"\x01\x02ab\nrest");
        assert_eq!(cursor.uint(2), Ok(0x0201));
        assert_eq!(cursor.line(10), Ok(&b"ab"[..]));
        assert_eq!(cursor.take(9), Err(PickleError::Truncated { offset: 5, needed: 9, left: 4 }));
        assert_eq!(cursor.line(2).map_err(|e| e.code()), Err("E-LIMIT"));
        assert_eq!(cursor.line(20).map_err(|e| e.code()), Err("E-TRUNCATED"));
    }
}
