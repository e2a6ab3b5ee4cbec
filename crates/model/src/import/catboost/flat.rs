//! FlatBuffers tables, read without trusting an offset (<https://flatbuffers.dev/internals/>).

use std::cell::Cell;

use super::super::ImportError;
use super::super::doc::malformed;

/// Fields of tables, with a budget: a small file may point at one vector many times.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
    /// First byte of the list of field offsets, and their number.
    fields: (usize, usize),
    budget: &'a Cell<usize>,
}

/// Bytes that may be read for one byte of the file.
const REUSE: usize = 64;

/// The budget for a buffer.
pub(super) fn budget(bytes: &[u8]) -> Cell<usize> {
    Cell::new(bytes.len().saturating_mul(REUSE).saturating_add(1 << 20))
}

fn fail(at: usize, detail: &str) -> ImportError {
    malformed(&format!("byte {at}"), detail)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], ImportError> {
    let part = at.checked_add(N).and_then(|end| bytes.get(at..end));
    let mut out = [0; N];
    out.copy_from_slice(part.ok_or_else(|| fail(at, "an offset is outside of the buffer"))?);
    Ok(out)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<usize, ImportError> {
    Ok(u16::from_le_bytes(array(bytes, at)?).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Result<usize, ImportError> {
    Ok(u32::from_le_bytes(array(bytes, at)?) as usize)
}

impl<'a> Table<'a> {
    /// The root table of a buffer.
    pub(super) fn root(bytes: &'a [u8], budget: &'a Cell<usize>) -> Result<Self, ImportError> {
        Self::new(bytes, u32_at(bytes, 0)?, budget)
    }

    fn new(bytes: &'a [u8], at: usize, budget: &'a Cell<usize>) -> Result<Self, ImportError> {
        let back = i64::from(i32::from_le_bytes(array(bytes, at)?));
        let list = usize::try_from(at as i64 - back).map_err(|_| fail(at, "a table has no fields"))?;
        let size = u16_at(bytes, list)?;
        if size < 4 || list + size > bytes.len() {
            return Err(fail(list, "a list of fields is cut"));
        }
        let table = Self { bytes, at, fields: (list + 4, (size - 4) / 2), budget };
        table.spend(4)?;
        Ok(table)
    }

    fn spend(&self, bytes: usize) -> Result<(), ImportError> {
        let left = self.budget.get().checked_sub(bytes).ok_or_else(|| fail(self.at, "vectors are shared too often"))?;
        self.budget.set(left);
        Ok(())
    }

    /// Where the value of a field is; `None` when it is absent.
    fn place(&self, field: usize) -> Result<Option<usize>, ImportError> {
        let (first, count) = self.fields;
        if field >= count {
            return Ok(None);
        }
        let offset = u16_at(self.bytes, first + 2 * field)?;
        Ok((offset != 0).then_some(self.at + offset))
    }

    fn scalar<const N: usize>(&self, field: usize) -> Result<Option<[u8; N]>, ImportError> {
        self.place(field)?.map(|at| array(self.bytes, at)).transpose()
    }

    pub(super) fn byte(&self, field: usize) -> Result<u8, ImportError> {
        Ok(self.scalar::<1>(field)?.map_or(0, |[byte]| byte))
    }

    pub(super) fn int(&self, field: usize, default: i32) -> Result<i32, ImportError> {
        Ok(self.scalar(field)?.map_or(default, i32::from_le_bytes))
    }

    pub(super) fn float(&self, field: usize, default: f32) -> Result<f32, ImportError> {
        Ok(self.scalar(field)?.map_or(default, f32::from_le_bytes))
    }

    pub(super) fn double(&self, field: usize, default: f64) -> Result<f64, ImportError> {
        Ok(self.scalar(field)?.map_or(default, f64::from_le_bytes))
    }

    /// Where the target of an offset is.
    fn target(&self, at: usize) -> Result<usize, ImportError> {
        Ok(at + u32_at(self.bytes, at)?)
    }

    /// Number and bytes of a vector with elements of `size` bytes.
    fn vector(&self, field: usize, size: usize) -> Result<(usize, &'a [u8]), ImportError> {
        let Some(at) = self.place(field)? else { return Ok((self.at, &[])) };
        let at = self.target(at)?;
        let length = u32_at(self.bytes, at)?;
        let bytes = length.checked_mul(size).and_then(|n| self.bytes.get(at + 4..)?.get(..n));
        let bytes = bytes.ok_or_else(|| fail(at, "a vector is longer than the buffer"))?;
        self.spend(bytes.len() + 4)?;
        Ok((at + 4, bytes))
    }

    /// Elements of `N` bytes each.
    pub(super) fn elements<const N: usize>(&self, field: usize) -> Result<&'a [[u8; N]], ImportError> {
        Ok(self.vector(field, N)?.1.as_chunks().0)
    }

    /// Elements of `N` bytes each in a vector of bytes.
    pub(super) fn packed<const N: usize>(&self, field: usize) -> Result<&'a [[u8; N]], ImportError> {
        Ok(self.vector(field, 1)?.1.as_chunks().0)
    }

    pub(super) fn ints(&self, field: usize) -> Result<Vec<i32>, ImportError> {
        Ok(self.elements(field)?.iter().map(|b| i32::from_le_bytes(*b)).collect())
    }

    pub(super) fn floats(&self, field: usize) -> Result<Vec<f32>, ImportError> {
        Ok(self.elements(field)?.iter().map(|b| f32::from_le_bytes(*b)).collect())
    }

    pub(super) fn doubles(&self, field: usize) -> Result<Vec<f64>, ImportError> {
        Ok(self.elements(field)?.iter().map(|b| f64::from_le_bytes(*b)).collect())
    }

    /// A text; empty when it is absent.
    pub(super) fn text(&self, field: usize) -> Result<String, ImportError> {
        let (at, bytes) = self.vector(field, 1)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| fail(at, "a text is not UTF-8"))
    }

    /// A table inside.
    pub(super) fn table(&self, field: usize) -> Result<Option<Self>, ImportError> {
        let Some(at) = self.place(field)? else { return Ok(None) };
        Self::new(self.bytes, self.target(at)?, self.budget).map(Some)
    }

    /// A vector of tables.
    pub(super) fn tables(&self, field: usize) -> Result<Vec<Self>, ImportError> {
        let (start, bytes) = self.vector(field, 4)?;
        (0..bytes.len() / 4).map(|i| Self::new(self.bytes, self.target(start + 4 * i)?, self.budget)).collect()
    }

    /// A vector of texts.
    pub(super) fn texts(&self, field: usize) -> Result<Vec<String>, ImportError> {
        let (start, bytes) = self.vector(field, 4)?;
        (0..bytes.len() / 4)
            .map(|i| {
                let at = self.target(start + 4 * i)?;
                let length = u32_at(self.bytes, at)?;
                let text = self.bytes.get(at + 4..).and_then(|rest| rest.get(..length));
                let text = text.ok_or_else(|| fail(at, "a text is longer than the buffer"))?;
                self.spend(length + 4)?;
                String::from_utf8(text.to_vec()).map_err(|_| fail(at, "a text is not UTF-8"))
            })
            .collect()
    }
}
