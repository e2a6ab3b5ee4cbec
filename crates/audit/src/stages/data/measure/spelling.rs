//! How the cells of a text column are written.

use std::collections::HashMap;

/// Groups of variants listed.
const GROUPS: usize = 20;

/// What people write for "missing" and the reader takes as a value, in lower case: `fine_table::NULL_SPELLINGS` written in
/// another case, signs, and words in English and Spanish.
const SAYS_MISSING: [&str; 24] = [
    "?",
    "??",
    "-",
    "--",
    "---",
    ".",
    "..",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "n.a.",
    "missing",
    "unknown",
    "undefined",
    "not available",
    "no data",
    "desconocido",
    "desconocida",
    "sin dato",
    "sin datos",
    "no disponible",
];

/// The whole cell reads as a finite number.
pub(super) fn is_number(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The cell holds signs, and no letter or digit.
pub(super) fn is_symbols(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_alphanumeric)
}

/// The cell says that nothing is known, and is a value all the same; also a cell of blanks.
pub(super) fn says_missing(text: &str) -> bool {
    let plain = text.trim().to_lowercase();
    plain.is_empty() || SAYS_MISSING.contains(&plain.as_str())
}

/// Categories that differ only in case or blanks.
#[derive(Default)]
pub(super) struct Variants {
    /// Their groups in order of first appearance, at most 20.
    pub(super) groups: Vec<Vec<String>>,
    /// Cells that are written otherwise than most of their group, in all groups.
    pub(super) cells: u64,
}

/// `met` are categories with their cells.
pub(super) fn variants(met: &[(&str, u64)]) -> Variants {
    let mut groups: Vec<Vec<(&str, u64)>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (text, cells) in met {
        let plain: String = text.to_lowercase().split_whitespace().collect();
        let place = *places.entry(plain).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push((*text, *cells));
    }
    groups.retain(|g| g.len() > 1);
    let most = |g: &[(&str, u64)]| g.iter().map(|c| c.1).max().unwrap_or(0);
    let cells = groups.iter().map(|g| g.iter().map(|c| c.1).sum::<u64>() - most(g)).sum();
    groups.truncate(GROUPS);
    let names = |g: &Vec<(&str, u64)>| g.iter().map(|c| c.0.to_owned()).collect();
    Variants { groups: groups.iter().map(names).collect(), cells }
}
