//! pandas indexes and string columns, as they appear in the column lists of fitted models.

use crate::array::{Array, Scalar};
use crate::graph::Node;
use crate::{PickleError, Value};

impl<'p> Value<'p> {
    pub(crate) fn pandas_array(self) -> Result<Array<'p>, PickleError> {
        let wrong = || self.unexpected("array", "a known pandas array");
        let class = self.class().unwrap_or_default();
        match class.rsplit('.').next().unwrap_or_default() {
            "_new_Index" => {
                let args = self.args();
                let parts = args.get(1).ok_or_else(wrong)?;
                match parts.get("data") {
                    // An index of an index is not written; a plain array or a string array is.
                    Some(data) if data.class() != self.class() => data.array(),
                    Some(_) => Err(wrong()),
                    None => self.range(*parts),
                }
            }
            "__pyx_unpickle_NDArrayBacked" | "StringArray" | "ObjectStringArray" => {
                let state = self.state().or_else(|| self.args().get(2).copied()).ok_or_else(wrong)?;
                let parts = match state.node() {
                    Node::Tuple(_) => state.tuple().unwrap_or_default(),
                    _ => self.attr("_ndarray").into_iter().collect(),
                };
                let data = parts.into_iter().find(|part| {
                    part.class().is_some_and(|class| class.starts_with("numpy."))
                        || matches!(part.node(), Node::Inline(_))
                });
                data.ok_or_else(wrong)?.array()
            }
            "ArrowStringArray" | "ArrowExtensionArray" | "ArrowStringArrayNumpySemantics" => {
                let data = self.attr("_pa_array").or_else(|| self.attr("_data")).ok_or_else(wrong)?;
                data.arrow_strings()
            }
            _ => Err(wrong()),
        }
    }

    /// `RangeIndex(start, stop, step)`.
    fn range(self, parts: Self) -> Result<Array<'p>, PickleError> {
        const LONGEST: usize = 1_000_000;
        let part = |name, default| parts.get(name).map_or(Some(default), Self::as_i64);
        let bounds = (part("start", 0), part("stop", 0), part("step", 1));
        let (Some(start), Some(stop), Some(step)) = bounds else {
            return Err(self.unexpected("RangeIndex", "whole numbers"));
        };
        let mut items = Vec::new();
        let mut at = start;
        while step != 0 && if step > 0 { at < stop } else { at > stop } {
            if items.len() >= LONGEST {
                return Err(PickleError::Limit { what: "RangeIndex", limit: LONGEST as u64, offset: 0 });
            }
            items.push(Scalar::Int(at));
            at = match at.checked_add(step) {
                Some(next) => next,
                None => break,
            };
        }
        Ok(Array::of_scalars(self, items))
    }

    /// `pyarrow.lib._restore_array((type, length, nulls, offset, [validity, offsets, data], children, dictionary))`,
    /// alone or as chunks.
    fn arrow_strings(self) -> Result<Array<'p>, PickleError> {
        let wrong = || self.unexpected("arrow array", "a string array");
        let args = self.args();
        let chunks = match self.class() {
            Some("pyarrow.lib._restore_array") => vec![self],
            Some("pyarrow.lib.chunked_array") => args.first().and_then(|first| first.sequence()).ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        let mut strings = Vec::new();
        for chunk in chunks {
            chunk.arrow_chunk(&mut strings)?;
        }
        Ok(Array::of_scalars(self, strings))
    }

    fn arrow_chunk(self, out: &mut Vec<Scalar>) -> Result<(), PickleError> {
        let wrong = || self.unexpected("arrow array", "a string array");
        let args = self.args();
        let parts = args.first().and_then(|first| first.tuple()).filter(|parts| parts.len() >= 5).ok_or_else(wrong)?;
        let alias = parts[0].args().first().and_then(|alias| alias.text());
        let width = match alias.as_deref() {
            Some("large_string" | "large_utf8") => 8,
            Some("string" | "utf8") => 4,
            _ => return Err(wrong()),
        };
        let (length, skip) = (parts[1].as_usize().ok_or_else(wrong)?, parts[3].as_usize().ok_or_else(wrong)?);
        let buffers = parts[4].sequence().ok_or_else(wrong)?;
        let buffer = |index: usize| -> Result<_, PickleError> {
            let buffer: &Value<'p> = buffers.get(index).ok_or_else(wrong)?;
            match buffer.args().first() {
                Some(bytes) => bytes.to_bytes(),
                None if buffer.is_none() => Ok(std::borrow::Cow::Borrowed(&[][..])),
                None => Err(wrong()),
            }
        };
        let (validity, offsets, data) = (buffer(0)?, buffer(1)?, buffer(2)?);
        let offset = |row: usize| -> Option<usize> {
            let start = row.checked_mul(width)?;
            let raw = offsets.get(start..start.checked_add(width)?)?;
            Some(raw.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))
        };
        for row in skip..skip.checked_add(length).ok_or_else(wrong)? {
            let valid = validity.is_empty() || validity.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1);
            let (Some(start), Some(end)) = (offset(row), offset(row + 1)) else { return Err(wrong()) };
            out.push(match data.get(start..end) {
                _ if !valid => Scalar::None,
                Some(text) => Scalar::Text(String::from_utf8_lossy(text).into_owned()),
                None => return Err(wrong()),
            });
        }
        Ok(())
    }
}
