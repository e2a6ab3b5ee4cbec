//! `refused.toml`: what is known and not run.

use std::path::Path;

use serde::Deserialize;

use super::answers::Case;

/// One entry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Names of the cases; one `*` in a name stands for any text.
    pub cases: Vec<String>,
    /// Versions of scikit-learn; none is all of them.
    #[serde(default)]
    pub versions: Vec<String>,
    /// Code of the error.
    pub error: String,
    /// Why.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    refused: Vec<Entry>,
}

impl Entry {
    /// Whether the entry is about this case.
    pub fn covers(&self, case: &Case) -> bool {
        self.cases.iter().any(|pattern| self.pattern_covers(pattern, case))
    }

    fn pattern_covers(&self, pattern: &str, case: &Case) -> bool {
        let named = match pattern.split_once('*') {
            None => pattern == case.name,
            Some((start, end)) => {
                case.name.len() >= start.len() + end.len() && case.name.starts_with(start) && case.name.ends_with(end)
            }
        };
        named && (self.versions.is_empty() || self.versions.iter().any(|v| v == case.version()))
    }

    /// Names that cover none of the cases.
    pub fn unused<'e, 'c>(&'e self, cases: impl Iterator<Item = &'c Case> + Clone) -> Vec<&'e String> {
        self.cases.iter().filter(|p| !cases.clone().any(|case| self.pattern_covers(p, case))).collect()
    }
}

/// The list.
pub fn read(path: &Path) -> Vec<Entry> {
    let text = std::fs::read_to_string(path).expect("refused.toml");
    toml::from_str::<List>(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())).refused
}

/// The first entry about a case.
pub fn entry<'l>(list: &'l [Entry], case: &Case) -> Option<&'l Entry> {
    list.iter().find(|entry| entry.covers(case))
}
