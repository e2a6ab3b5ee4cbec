//! A JSON or UBJSON document: one value tree for both, with arrays of numbers kept dense.

use super::ImportError;

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Doc {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// Any number. Whole numbers beyond 2^53 are rounded; no field of a model file needs them.
    Number(f64),
    /// Text.
    Text(String),
    /// An array of nothing but numbers and truth values (1 and 0), `null` as `NaN`; also every empty array.
    Numbers(Vec<f64>),
    /// Any other array.
    List(Vec<Doc>),
    /// Keys in file order.
    Object(Vec<(String, Doc)>),
}

/// Large arrays that no importer reads; they are passed over.
pub(crate) const UNUSED: [&str; 4] = ["loss_changes", "parents", "sorted_idx", "Config"];

impl Doc {
    /// The value at a dotted path of object keys, if it is there.
    pub(crate) fn find(&self, path: &str) -> Option<&Doc> {
        path.split('.').try_fold(self, |doc, key| match doc {
            Doc::Object(pairs) => pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        })
    }

    /// The value at a dotted path.
    pub(crate) fn get(&self, path: &str) -> Result<&Doc, ImportError> {
        self.find(path).ok_or_else(|| malformed(path, "is missing"))
    }

    /// Text at a path.
    pub(crate) fn text(&self, path: &str) -> Result<&str, ImportError> {
        match self.get(path)? {
            Doc::Text(s) => Ok(s),
            _ => Err(malformed(path, "is not text")),
        }
    }

    /// A whole number at a path, also when written as text (XGBoost parameters are).
    pub(crate) fn count(&self, path: &str) -> Result<usize, ImportError> {
        let number = match self.get(path)? {
            Doc::Number(n) => Some(*n),
            Doc::Text(s) => s.parse().ok(),
            _ => None,
        };
        number
            .filter(|n| n.fract() == 0.0 && *n >= 0.0 && *n <= f64::from(u32::MAX))
            .map(|n| n as usize)
            .ok_or_else(|| malformed(path, "is not a count"))
    }

    /// An array of numbers at a path.
    pub(crate) fn numbers(&self, path: &str) -> Result<&[f64], ImportError> {
        match self.get(path)? {
            Doc::Numbers(v) => Ok(v),
            _ => Err(malformed(path, "is not an array of numbers")),
        }
    }

    /// The elements of an array of objects or texts at a path.
    pub(crate) fn list(&self, path: &str) -> Result<&[Doc], ImportError> {
        match self.get(path)? {
            Doc::List(v) => Ok(v),
            Doc::Numbers(v) if v.is_empty() => Ok(&[]),
            _ => Err(malformed(path, "is not an array of values")),
        }
    }

    /// An array of texts at a path; empty when it is not there.
    pub(crate) fn texts(&self, path: &str) -> Result<Vec<String>, ImportError> {
        if self.find(path).is_none() {
            return Ok(Vec::new());
        }
        self.list(path)?
            .iter()
            .map(|d| match d {
                Doc::Text(s) => Ok(s.clone()),
                _ => Err(malformed(path, "is not an array of texts")),
            })
            .collect()
    }
}

/// Collects array elements, dense while they are numbers.
#[derive(Default)]
pub(crate) struct Elements {
    numbers: Vec<f64>,
    list: Vec<Doc>,
}

impl Elements {
    pub(crate) fn push(&mut self, doc: Doc) {
        match doc {
            Doc::Number(n) if self.list.is_empty() => self.numbers.push(n),
            Doc::Null if self.list.is_empty() => self.numbers.push(f64::NAN),
            Doc::Bool(b) if self.list.is_empty() => self.numbers.push(f64::from(u8::from(b))),
            other => {
                if self.list.is_empty() {
                    self.list = std::mem::take(&mut self.numbers).into_iter().map(Doc::Number).collect();
                }
                self.list.push(other);
            }
        }
    }

    pub(crate) fn finish(self) -> Doc {
        if self.list.is_empty() { Doc::Numbers(self.numbers) } else { Doc::List(self.list) }
    }
}

pub(crate) fn malformed(place: &str, detail: impl Into<String>) -> ImportError {
    ImportError::Malformed { place: place.to_owned(), detail: detail.into() }
}
