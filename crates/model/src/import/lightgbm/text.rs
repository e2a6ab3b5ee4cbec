//! The text of a model file: blocks of `key=value` lines.

use std::collections::HashMap;

use super::super::doc::malformed;
use super::super::{ImportError, Limits};

/// Lines of the file with the position.
pub(super) struct Lines<'a> {
    lines: Vec<&'a str>,
    at: usize,
}

/// One block of `key=value` lines.
pub(super) struct Block<'a> {
    fields: HashMap<&'a str, &'a str>,
    /// Line number of the first line, from 1.
    line: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, ImportError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|e| malformed(&format!("byte {}", e.valid_up_to()), "the file is not UTF-8 text"))?;
        Ok(Self { lines: text.lines().collect(), at: 0 })
    }

    /// Number of the next line, from 1.
    pub(super) fn line(&self) -> usize {
        self.at + 1
    }

    /// Reads up to the next tree or the end of the trees.
    pub(super) fn block(&mut self, limits: &Limits) -> Result<Block<'a>, ImportError> {
        let line = self.line();
        let mut fields = HashMap::new();
        while let Some(text) = self.lines.get(self.at).map(|l| l.trim_end()) {
            if text.starts_with("Tree=") || text == "end of trees" {
                break;
            }
            self.at += 1;
            if text.is_empty() {
                continue;
            }
            // A flag such as `average_output` stands alone.
            let (key, value) = text.split_once('=').unwrap_or((text, ""));
            if value.len() / 2 > limits.values {
                let (value, limit) = (value.len() as u64 / 2, limits.values as u64);
                return Err(ImportError::Limit { what: "values", value, limit });
            }
            if fields.insert(key, value).is_some() {
                return Err(malformed(&format!("line {}", self.at), format!("{key:?} is given twice")));
            }
        }
        Ok(Block { fields, line })
    }

    /// The number of the tree that starts here; `None` at the end of the trees.
    pub(super) fn next_tree(&mut self) -> Result<Option<usize>, ImportError> {
        let line = self.line();
        match self.lines.get(self.at).map(|l| l.trim_end()) {
            None => Err(ImportError::Truncated { offset: line as u64, needed: 1, left: 0 }),
            Some("end of trees") => Ok(None),
            Some(text) => {
                self.at += 1;
                let number = text.strip_prefix("Tree=").and_then(|n| n.parse().ok());
                number.map(Some).ok_or_else(|| malformed(&format!("line {line}"), format!("{text:?} is no tree")))
            }
        }
    }

    /// True when the section of training parameters that the library writes after the trees is there.
    ///
    /// # Errors
    /// A section without its end: the file was cut.
    pub(super) fn has_parameters(&self) -> Result<bool, ImportError> {
        let rest = &self.lines[self.at..];
        let begins = rest.iter().any(|l| l.trim_end() == "parameters:");
        if begins && !rest.iter().any(|l| l.trim_end() == "end of parameters") {
            return Err(malformed(&format!("line {}", self.lines.len()), "the file ends within its parameters"));
        }
        Ok(begins)
    }

    /// The JSON after `pandas_categorical:`; empty when there is none.
    pub(super) fn pandas_categories(&self) -> &'a str {
        self.lines[self.at..].iter().rev().find_map(|l| l.strip_prefix("pandas_categorical:")).unwrap_or("")
    }
}

impl<'a> Block<'a> {
    pub(super) fn find(&self, key: &str) -> Option<&'a str> {
        self.fields.get(key).copied()
    }

    pub(super) fn get(&self, key: &str) -> Result<&'a str, ImportError> {
        self.find(key).ok_or_else(|| malformed(&format!("line {}", self.line), format!("{key} is missing")))
    }

    fn parse<T: std::str::FromStr>(&self, key: &str, text: &str) -> Result<T, ImportError> {
        text.parse().map_err(|_| {
            let text: String = text.chars().take(40).collect();
            malformed(&format!("line {}", self.line), format!("{key} holds {text:?}"))
        })
    }

    pub(super) fn count(&self, key: &str) -> Result<usize, ImportError> {
        Ok(self.parse::<u32>(key, self.get(key)?)? as usize)
    }

    /// An array of exactly `length` values.
    pub(super) fn array<T: std::str::FromStr>(&self, key: &str, length: usize) -> Result<Vec<T>, ImportError> {
        let values: Vec<T> =
            self.get(key)?.split_ascii_whitespace().map(|t| self.parse(key, t)).collect::<Result<_, _>>()?;
        if values.len() != length {
            let detail = format!("{key} has {} values, not {length}", values.len());
            return Err(malformed(&format!("line {}", self.line), detail));
        }
        Ok(values)
    }
}
