//! numpy arrays and scalars in every form they are pickled in.

use std::borrow::Cow;

use crate::dtype::{DType, Kind};
use crate::graph::Node;
use crate::{PickleError, Value};

/// A plain value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `None`, also `pandas.NA`.
    None,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Text(String),
}

impl Scalar {
    /// As a number; `None` for text and `None`.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Text(_) | Self::None => None,
        }
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(value) => f.write_str(if *value { "True" } else { "False" }),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => f.write_str(&crate::value::python_float(*value)),
            Self::Text(text) => write!(f, "'{}'", text.escape_debug()),
        }
    }
}

/// A view of an array. Nothing is copied until values are asked for.
#[derive(Clone, Debug)]
pub struct Array<'p> {
    /// Element type.
    pub dtype: DType,
    /// Length of each axis.
    pub shape: Vec<usize>,
    data: Data<'p>,
    /// Column-major.
    fortran: bool,
    owner: Value<'p>,
}

#[derive(Clone, Debug)]
enum Data<'p> {
    Raw(Cow<'p, [u8]>),
    Objects(Vec<Value<'p>>),
    Scalars(Vec<Scalar>),
}

impl<'p> Value<'p> {
    /// This value as an array: `numpy` in all pickled forms, joblib, masked arrays (their data), pandas `Index` and
    /// string arrays, and plain lists and tuples as one-dimensional object arrays.
    ///
    /// # Errors
    /// `E-VALUE` when it is none, or when its parts do not fit each other.
    pub fn array(self) -> Result<Array<'p>, PickleError> {
        let object = match self.node() {
            Node::Inline(array) => {
                let data = Data::Raw(Cow::Borrowed(self.content(array.span)));
                let dtype = self.at(array.dtype).dtype()?;
                return Ok(Array { dtype, shape: array.shape.clone(), data, fortran: array.fortran, owner: self });
            }
            Node::List(_) | Node::Tuple(_) | Node::Set(_) | Node::FrozenSet(_) => {
                return Ok(Array::of_objects(self, self.items()?));
            }
            Node::Object(object) => object,
            _ => return Err(self.unexpected("array", "an array")),
        };
        match self.class().unwrap_or_default() {
            "numpy.core.multiarray._reconstruct" => {
                let state = object.state.map(|state| self.at(state)).and_then(Value::tuple);
                let state = state.filter(|state| state.len() == 5);
                let state = state.ok_or_else(|| self.unexpected("array", "an array state of 5"))?;
                self.array_of(state[2], state[1], state[3].as_bool().unwrap_or(false), state[4])
            }
            "numpy.ma.core._mareconstruct" => {
                // (version, shape, dtype, fortran, data, mask, fill value)
                let state = object.state.map(|state| self.at(state)).and_then(Value::tuple);
                let state = state.filter(|state| state.len() >= 5);
                let state = state.ok_or_else(|| self.unexpected("masked array", "a state of 7"))?;
                self.array_of(state[2], state[1], state[3].as_bool().unwrap_or(false), state[4])
            }
            "numpy.core.numeric._frombuffer" => {
                let args = self.args();
                let [data, dtype, shape, order] = args.as_slice() else {
                    return Err(self.unexpected("array", "four arguments"));
                };
                self.array_of(*dtype, *shape, order.is_text("F"), *data)
            }
            class if class.starts_with("pandas.") || class.starts_with("pyarrow.") => self.pandas_array(),
            _ => Err(self.unexpected("array", "an array")),
        }
    }

    fn array_of(self, dtype: Self, shape: Self, fortran: bool, data: Self) -> Result<Array<'p>, PickleError> {
        let (dtype, shape) = (dtype.dtype()?, shape.shape()?);
        let wanted = dtype.bytes(&shape).ok_or_else(|| self.unexpected("array", "a possible size"))?;
        if dtype.has_object() {
            if dtype.kind != Kind::Object {
                return Err(self.unexpected("array", "no records that hold objects"));
            }
            let items = match data.node() {
                Node::List(_) | Node::Tuple(_) => data.items()?,
                _ => return Err(data.unexpected("object array", "a list")),
            };
            if items.len() != wanted / dtype.size {
                return Err(self.unexpected("object array", "as many items as its shape says"));
            }
            // The flat list of an object array is row-major even when the flag says otherwise.
            return Ok(Array { dtype, shape, data: Data::Objects(items), fortran: false, owner: self });
        }
        let raw = data.to_bytes()?;
        if raw.len() != wanted {
            return Err(self.unexpected("array", "as many bytes as its shape says"));
        }
        Ok(Array { dtype, shape, data: Data::Raw(raw), fortran, owner: self })
    }

    /// Lengths of axes from a tuple.
    pub(crate) fn shape(self) -> Result<Vec<usize>, PickleError> {
        let sides = match self.as_usize() {
            Some(side) => return Ok(vec![side]),
            None => self.tuple().ok_or_else(|| self.unexpected("shape", "a tuple"))?,
        };
        let limit = self.limits().dimensions;
        if sides.len() > limit {
            return Err(PickleError::Limit { what: "dimensions", limit: limit as u64, offset: 0 });
        }
        sides.iter().map(|side| side.as_usize().ok_or_else(|| self.unexpected("shape", "whole numbers"))).collect()
    }

    /// A plain value: of Python, or a numpy scalar in any form.
    ///
    /// # Errors
    /// `E-VALUE` when it is something else.
    pub fn scalar(self) -> Result<Scalar, PickleError> {
        Ok(match self.node() {
            Node::None => Scalar::None,
            Node::Bool(value) => Scalar::Bool(*value),
            Node::Int(value) => Scalar::Int(*value),
            Node::Float(value) => Scalar::Float(*value),
            Node::Str(text) => Scalar::Text(text.to_string()),
            Node::Bytes(_) | Node::OwnedBytes(_) => match self.text() {
                Some(text) => Scalar::Text(text.into_owned()),
                None => return Err(self.unexpected("value", "text")),
            },
            Node::Global(_) if self.name().is_some_and(|name| name.starts_with("pandas.") && name.ends_with(".NA")) => {
                Scalar::None
            }
            Node::Object(_) => return self.numpy_scalar(),
            _ => return Err(self.unexpected("value", "a plain value")),
        })
    }

    fn numpy_scalar(self) -> Result<Scalar, PickleError> {
        let wrong = || PickleError::value("value", "a plain value", self.class().unwrap_or("an object").to_owned());
        let args = self.args();
        match (self.class(), args.as_slice()) {
            (Some("numpy.core.multiarray.scalar"), [dtype, data]) => {
                let dtype = dtype.dtype()?;
                if dtype.kind == Kind::Object {
                    return match data.node() {
                        Node::Object(_) => Err(wrong()),
                        _ => data.scalar(),
                    };
                }
                let raw = data.to_bytes()?;
                if raw.len() != dtype.size {
                    return Err(wrong());
                }
                element(&dtype, &raw).ok_or_else(wrong)
            }
            (Some(class), [argument]) if class.starts_with("numpy.") && !matches!(argument.node(), Node::Object(_)) => {
                match class.rsplit('.').next() {
                    Some("str_" | "float64" | "float32" | "int64" | "int32" | "bool_" | "bool") => argument.scalar(),
                    _ => Err(wrong()),
                }
            }
            _ => Err(wrong()),
        }
    }
}

impl<'p> Array<'p> {
    pub(crate) fn of_objects(owner: Value<'p>, items: Vec<Value<'p>>) -> Self {
        let shape = vec![items.len()];
        Self { dtype: DType::object(), shape, data: Data::Objects(items), fortran: false, owner }
    }

    pub(crate) fn of_scalars(owner: Value<'p>, items: Vec<Scalar>) -> Self {
        let shape = vec![items.len()];
        Self { dtype: DType::object(), shape, data: Data::Scalars(items), fortran: false, owner }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::Raw(raw) => raw.len() / self.dtype.size.max(1),
            Data::Objects(items) => items.len(),
            Data::Scalars(items) => items.len(),
        }
    }

    /// True without elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn wrong(&self, expected: &'static str) -> PickleError {
        let found = format!("{:?} of {} bytes", self.dtype.kind, self.dtype.size);
        PickleError::value("array elements", expected, found)
    }

    /// Row-major copy of column-major data.
    fn row_major<T: Clone>(&self, values: Vec<T>) -> Vec<T> {
        if !self.fortran || self.shape.len() < 2 || values.is_empty() {
            return values;
        }
        let mut strides = vec![1; self.shape.len()];
        for axis in 1..self.shape.len() {
            strides[axis] = strides[axis - 1] * self.shape[axis - 1];
        }
        let mut index = vec![0; self.shape.len()];
        let mut out = Vec::with_capacity(values.len());
        for _ in 0..values.len() {
            let at: usize = index.iter().zip(&strides).map(|(i, stride)| i * stride).sum();
            out.push(values[at].clone());
            for axis in (0..index.len()).rev() {
                index[axis] += 1;
                if index[axis] < self.shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        out
    }

    /// Objects in row-major order.
    pub(crate) fn objects(self) -> Result<Vec<Value<'p>>, PickleError> {
        match self.data {
            Data::Objects(items) => Ok(items),
            _ => Err(self.wrong("objects")),
        }
    }

    /// All elements in row-major order.
    ///
    /// # Errors
    /// `E-VALUE` for elements that are no plain values, `E-LIMIT` beyond the budget for copies.
    pub fn scalars(&self) -> Result<Vec<Scalar>, PickleError> {
        self.owner.charge(self.len() as u64 * size_of::<Scalar>() as u64)?;
        let values = match &self.data {
            Data::Objects(items) => return items.iter().map(|item| item.scalar()).collect(),
            Data::Scalars(items) => return Ok(items.clone()),
            Data::Raw(raw) => self.elements(raw, &self.dtype, 0, Some),
        };
        values.map(|values| self.row_major(values)).ok_or_else(|| self.wrong("plain values"))
    }

    fn elements<T>(&self, raw: &[u8], dtype: &DType, at: usize, map: impl Fn(Scalar) -> Option<T>) -> Option<Vec<T>> {
        let records = raw.chunks_exact(self.dtype.size.max(1));
        // Exactly as much as is needed: a list that grows leaves its smaller forms between the parts of a model that stay.
        let mut out = Vec::with_capacity(records.len());
        for record in records {
            out.push(map(element(dtype, record.get(at..at + dtype.size)?)?)?);
        }
        Some(out)
    }

    /// The numbers at one place of each record; those that every library writes are read as whole words.
    fn column(&self, raw: &[u8], dtype: &DType, at: usize) -> Option<Vec<f64>> {
        let word: fn([u8; 8]) -> f64 = match (dtype.kind, dtype.size, dtype.big) {
            (Kind::Float, 8, false) => f64::from_le_bytes,
            (Kind::Int, 8, false) => |bytes| i64::from_le_bytes(bytes) as f64,
            _ => return self.elements(raw, dtype, at, |scalar| scalar.as_f64()),
        };
        let records = raw.chunks_exact(self.dtype.size.max(1));
        let mut out = Vec::with_capacity(records.len());
        for record in records {
            out.push(word(record.get(at..at + 8)?.try_into().ok()?));
        }
        Some(out)
    }

    /// All elements as numbers in row-major order.
    ///
    /// # Errors
    /// As [`Array::scalars`], and `E-VALUE` for text. `None` reads as NaN.
    pub fn to_f64(&self) -> Result<Vec<f64>, PickleError> {
        self.owner.charge(self.len() as u64 * 8)?;
        let number = |scalar: Scalar| match scalar {
            Scalar::None => Some(f64::NAN),
            other => other.as_f64(),
        };
        let values: Option<Vec<f64>> = match &self.data {
            Data::Raw(raw) if self.dtype.kind == Kind::Float && self.dtype.size == 8 && !self.dtype.big => {
                Some(raw.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
            }
            Data::Raw(raw) => self.elements(raw, &self.dtype, 0, number),
            Data::Objects(items) => items.iter().map(|item| item.scalar().ok().and_then(number)).collect(),
            Data::Scalars(items) => items.iter().cloned().map(number).collect(),
        };
        values.map(|values| self.row_major(values)).ok_or_else(|| self.wrong("numbers"))
    }

    /// All elements as whole numbers in row-major order.
    ///
    /// # Errors
    /// As [`Array::scalars`], and `E-VALUE` for fractions and text.
    pub fn to_i64(&self) -> Result<Vec<i64>, PickleError> {
        self.owner.charge(self.len() as u64 * 8)?;
        let whole = |scalar: Scalar| match scalar {
            Scalar::Int(value) => Some(value),
            Scalar::Bool(value) => Some(i64::from(value)),
            Scalar::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(value as i64),
            _ => None,
        };
        let values: Option<Vec<i64>> = match &self.data {
            Data::Raw(raw) => self.elements(raw, &self.dtype, 0, whole),
            Data::Objects(items) => items.iter().map(|item| item.scalar().ok().and_then(whole)).collect(),
            Data::Scalars(items) => items.iter().cloned().map(whole).collect(),
        };
        values.map(|values| self.row_major(values)).ok_or_else(|| self.wrong("whole numbers"))
    }

    /// True when records have a field of this name.
    pub fn has_field(&self, name: &str) -> bool {
        self.dtype.fields.iter().any(|field| field.name == name)
    }

    /// One field of a one-dimensional record array, as numbers. Any integer or float width and byte order is read.
    ///
    /// # Errors
    /// `E-VALUE` when there is no such numeric field.
    pub fn field(&self, name: &str) -> Result<Vec<f64>, PickleError> {
        let missing = || PickleError::value(format!("record field {name}"), "a numeric field", "none");
        let field = self.dtype.fields.iter().find(|field| field.name == name).ok_or_else(missing)?;
        self.owner.charge(self.len() as u64 * 8)?;
        match &self.data {
            Data::Raw(raw) => self.column(raw, &field.dtype, field.offset).ok_or_else(missing),
            _ => Err(missing()),
        }
    }
}

/// One element; `None` when its type has no plain value (records, dates, complex numbers, integers above 2^63).
fn element(dtype: &DType, raw: &[u8]) -> Option<Scalar> {
    let word = || {
        let fold = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        if dtype.big { raw.iter().fold(0, fold) } else { raw.iter().rev().fold(0, fold) }
    };
    Some(match (dtype.kind, dtype.size) {
        (Kind::Float, 8) => Scalar::Float(f64::from_bits(word())),
        (Kind::Float, 4) => Scalar::Float(f64::from(f32::from_bits(word() as u32))),
        (Kind::Float, 2) => Scalar::Float(half(word() as u16)),
        (Kind::Int, size) => {
            let shift = 64 - 8 * size as u32;
            Scalar::Int(((word() << shift) as i64) >> shift)
        }
        (Kind::Uint, _) => Scalar::Int(i64::try_from(word()).ok()?),
        (Kind::Bool, _) => Scalar::Bool(word() != 0),
        (Kind::Text, _) => {
            let points = raw.as_chunks::<4>().0.iter();
            let points = points.map(|c| if dtype.big { u32::from_be_bytes(*c) } else { u32::from_le_bytes(*c) });
            let text: String = points.map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
            Scalar::Text(text.trim_end_matches('\0').to_owned())
        }
        (Kind::Bytes, _) => {
            let text: String = raw.iter().map(|byte| *byte as char).collect();
            Scalar::Text(text.trim_end_matches('\0').to_owned())
        }
        _ => return None,
    })
}

/// IEEE 754 half precision.
fn half(bits: u16) -> f64 {
    let (sign, exponent, fraction) = (bits >> 15, i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let magnitude = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    };
    if sign == 1 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_every_width_and_order() {
        let int = |size, big| DType { big, ..DType::new(Kind::Int, size) };
        assert_eq!(element(&int(2, true), &[0xff, 0xfe]), Some(Scalar::Int(-2)));
        assert_eq!(element(&int(2, false), &[0xfe, 0xff]), Some(Scalar::Int(-2)));
        assert_eq!(element(&DType::new(Kind::Uint, 8), &[0xff; 8]), None);
        assert_eq!(element(&DType::new(Kind::Float, 2), &[0x00, 0x3c]), Some(Scalar::Float(1.0)));
        assert_eq!(element(&DType::new(Kind::Text, 8), b"a\0\0\0\0\0\0\0"), Some(Scalar::Text("a".into())));
    }
}
