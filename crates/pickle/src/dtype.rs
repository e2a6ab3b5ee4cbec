//! numpy element types, as `numpy.dtype.__reduce__` writes them.

use crate::graph::Node;
use crate::{PickleError, Value};

/// What one element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `bool`.
    Bool,
    /// Signed integer.
    Int,
    /// Unsigned integer.
    Uint,
    /// Float of 2, 4 or 8 bytes.
    Float,
    /// Complex number.
    Complex,
    /// Text of fixed width, UCS-4.
    Text,
    /// Bytes of fixed width.
    Bytes,
    /// Python objects.
    Object,
    /// Date or duration.
    Time,
    /// A record with [`DType::fields`], or opaque bytes.
    Record,
}

/// An element type.
#[derive(Clone, Debug, PartialEq)]
pub struct DType {
    /// What one element is.
    pub kind: Kind,
    /// Bytes of one element.
    pub size: usize,
    /// Big-endian.
    pub big: bool,
    /// Fields of a record.
    pub fields: Vec<Field>,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub dtype: DType,
    /// First byte within the record.
    pub offset: usize,
}

impl DType {
    pub(crate) fn new(kind: Kind, size: usize) -> Self {
        Self { kind, size, big: false, fields: Vec::new() }
    }

    pub(crate) fn object() -> Self {
        Self::new(Kind::Object, 8)
    }

    /// True when an element is, or holds, a Python object.
    pub fn has_object(&self) -> bool {
        self.kind == Kind::Object || self.fields.iter().any(|field| field.dtype.has_object())
    }

    /// Bytes of an array of this shape; `None` when that is not a size.
    pub(crate) fn bytes(&self, shape: &[usize]) -> Option<usize> {
        let count = shape.iter().try_fold(1usize, |count, side| count.checked_mul(*side))?;
        if self.size == 0 && count > 0 {
            return None;
        }
        // An empty axis must not hide another one that is too long.
        let sides = shape.iter().filter(|side| **side > 0);
        let reach = sides.into_iter().try_fold(self.size.max(1), |reach, side| reach.checked_mul(*side))?;
        (reach <= isize::MAX as usize).then_some(count * self.size)
    }

    /// From a type code (`f8`, `<i4`, `|b1`, `U10`, `d`, `?`) without its byte order.
    fn from_code(code: &str) -> Option<Self> {
        let (first, width) = (code.chars().next()?, code.get(1..)?);
        if width.is_empty() {
            return Self::from_char(first);
        }
        let width = width.split('[').next()?;
        let count = if width.is_empty() { 8 } else { width.parse::<usize>().ok()? };
        Some(match first {
            'b' if count == 1 => Self::new(Kind::Bool, 1),
            'i' => Self::new(Kind::Int, count),
            'u' => Self::new(Kind::Uint, count),
            'f' => Self::new(Kind::Float, count),
            'c' => Self::new(Kind::Complex, count),
            'U' => Self::new(Kind::Text, count.checked_mul(4)?),
            'S' | 'a' => Self::new(Kind::Bytes, count),
            'O' => Self::object(),
            'M' | 'm' => Self::new(Kind::Time, 8),
            'V' => Self::new(Kind::Record, count),
            _ => return None,
        })
    }

    fn from_char(code: char) -> Option<Self> {
        Some(match code {
            '?' => Self::new(Kind::Bool, 1),
            'b' => Self::new(Kind::Int, 1),
            'B' => Self::new(Kind::Uint, 1),
            'h' => Self::new(Kind::Int, 2),
            'H' => Self::new(Kind::Uint, 2),
            'i' => Self::new(Kind::Int, 4),
            'I' => Self::new(Kind::Uint, 4),
            'l' | 'q' => Self::new(Kind::Int, 8),
            'L' | 'Q' => Self::new(Kind::Uint, 8),
            'e' => Self::new(Kind::Float, 2),
            'f' => Self::new(Kind::Float, 4),
            'd' => Self::new(Kind::Float, 8),
            'O' => Self::object(),
            _ => return None,
        })
    }

    /// From a name such as `float64` (scalar types) or `Float64DType` (`numpy.dtypes`).
    fn from_name(name: &str) -> Option<Self> {
        let lower = name.strip_suffix("DType").unwrap_or(name).to_ascii_lowercase();
        let bits = |prefix: &str| lower.strip_prefix(prefix)?.parse::<usize>().ok().filter(|bits| bits % 8 == 0);
        if let Some(bits) = bits("float") {
            return Some(Self::new(Kind::Float, bits / 8));
        }
        if let Some(bits) = bits("uint") {
            return Some(Self::new(Kind::Uint, bits / 8));
        }
        if let Some(bits) = bits("int") {
            return Some(Self::new(Kind::Int, bits / 8));
        }
        match lower.as_str() {
            "bool" | "bool_" => Some(Self::new(Kind::Bool, 1)),
            "float" | "float_" => Some(Self::new(Kind::Float, 8)),
            "int" | "int_" | "intp" => Some(Self::new(Kind::Int, 8)),
            "object" | "object_" => Some(Self::object()),
            _ => None,
        }
    }

    fn supported(&self) -> bool {
        match self.kind {
            Kind::Int | Kind::Uint => matches!(self.size, 1 | 2 | 4 | 8),
            Kind::Float => matches!(self.size, 2 | 4 | 8),
            Kind::Bool => self.size == 1,
            Kind::Complex => matches!(self.size, 8 | 16),
            _ => true,
        }
    }
}

impl<'p> Value<'p> {
    /// This value as an element type.
    ///
    /// # Errors
    /// `E-VALUE` when it is none, or one that is not known; `E-LIMIT` for oversized or deeply nested ones.
    pub fn dtype(self) -> Result<DType, PickleError> {
        let limits = self.limits();
        self.dtype_at(limits.dtype_depth, &mut limits.fields.clone())
    }

    fn dtype_at(self, depth: u32, fields: &mut usize) -> Result<DType, PickleError> {
        let unknown = || PickleError::value("element type", "a known numpy dtype", self.preview(60));
        let limits = self.limits();
        if depth == 0 {
            let limit = u64::from(limits.dtype_depth);
            return Err(PickleError::Limit { what: "dtype_depth", limit, offset: 0 });
        }
        let object = match self.node() {
            Node::Global(_) => return self.name().and_then(|name| DType::from_name(last(name))).ok_or_else(unknown),
            Node::Object(object) => object,
            _ => return Err(unknown()),
        };
        let class = self.class().unwrap_or_default();
        let base = if class.starts_with("numpy.dtypes.") {
            DType::from_name(last(class))
        } else if class == "numpy.dtype" || class.starts_with("numpy.dtype[") {
            match self.args().first() {
                Some(argument) if matches!(argument.node(), Node::Global(_)) => {
                    argument.name().and_then(|name| DType::from_name(last(name)))
                }
                Some(argument) => argument.text().and_then(|code| {
                    let plain = code.trim_start_matches(['<', '>', '|', '=']);
                    DType::from_code(plain).map(|dtype| DType { big: code.starts_with('>'), ..dtype })
                }),
                None => None,
            }
        } else {
            None
        };
        let mut dtype = base.ok_or_else(unknown)?;
        if let Some(state) = object.state {
            self.at(state).apply_state(&mut dtype, depth, fields)?;
        }
        if dtype.size > limits.itemsize {
            let limit = limits.itemsize as u64;
            return Err(PickleError::Limit { what: "itemsize", limit, offset: object.offset });
        }
        if dtype.supported() { Ok(dtype) } else { Err(unknown()) }
    }

    /// State `(version, byte order, subdtype, names, fields, itemsize, alignment, flags[, metadata])`.
    fn apply_state(self, dtype: &mut DType, depth: u32, fields: &mut usize) -> Result<(), PickleError> {
        let bad = |expected| PickleError::value("dtype state", expected, self.preview(60));
        let state = self.tuple().filter(|state| state.len() >= 7).ok_or_else(|| bad("a tuple of 8"))?;
        if let Some(order) = state[1].text() {
            dtype.big = order == ">";
        }
        if !state[2].is_none() {
            return Err(bad("no sub-array"));
        }
        if dtype.kind != Kind::Record || state[3].is_none() {
            return Ok(());
        }
        let names = state[3].sequence().ok_or_else(|| bad("field names"))?;
        let limits = self.limits();
        // Counted over all levels: shared records must not multiply.
        *fields = fields.checked_sub(names.len()).ok_or(PickleError::Limit {
            what: "fields",
            limit: limits.fields as u64,
            offset: 0,
        })?;
        dtype.size = state[5].as_usize().filter(|size| *size > 0).ok_or_else(|| bad("an item size"))?;
        for name in names {
            let name = name.text().ok_or_else(|| bad("field names"))?.into_owned();
            let entry = state[4].get(&name).and_then(Value::tuple).filter(|entry| entry.len() >= 2);
            let entry = entry.ok_or_else(|| bad("an entry for each field"))?;
            let field = entry[0].dtype_at(depth - 1, fields)?;
            let offset = entry[1].as_usize().ok_or_else(|| bad("field offsets"))?;
            if offset.checked_add(field.size).is_none_or(|end| end > dtype.size) {
                return Err(bad("fields within the record"));
            }
            dtype.fields.push(Field { name, dtype: field, offset });
        }
        Ok(())
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        assert_eq!(DType::from_code("b1"), Some(DType::new(Kind::Bool, 1)));
        assert_eq!(DType::from_code("b"), Some(DType::new(Kind::Int, 1)));
        assert_eq!(DType::from_code("U3"), Some(DType::new(Kind::Text, 12)));
        assert_eq!(DType::from_code("O"), Some(DType::object()));
        assert_eq!(DType::from_code("M8[ns]"), Some(DType::new(Kind::Time, 8)));
        assert_eq!(DType::from_name("Float32DType"), Some(DType::new(Kind::Float, 4)));
        assert_eq!(DType::from_name("int64"), Some(DType::new(Kind::Int, 8)));
        assert_eq!(DType::from_code("x4"), None);
    }

    #[test]
    fn impossible_sizes_are_none() {
        let double = DType::new(Kind::Float, 8);
        assert_eq!(double.bytes(&[3, 2]), Some(48));
        assert_eq!(double.bytes(&[]), Some(8));
        assert_eq!(double.bytes(&[0, 1 << 60]), None);
        assert_eq!(double.bytes(&[1 << 62, 1 << 62]), None);
        assert_eq!(DType::new(Kind::Record, 0).bytes(&[1 << 60]), None);
        assert_eq!(DType::new(Kind::Record, 0).bytes(&[0]), Some(0));
    }
}
