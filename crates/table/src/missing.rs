//! Which cells of a text file hold nothing.

/// The spellings of "missing" in CSV and TSV files: exactly the default set of `pandas.read_csv` (pandas 3.1,
/// `pandas._libs.parsers.STR_NA_VALUES`), compared byte for byte, quoted or not, so that a model trained through pandas
/// sees the same cells. `?`, `-` and blanks with a space are text, as in pandas.
pub const NULL_SPELLINGS: [&str; 19] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// Index into [`NULL_SPELLINGS`] of a missing cell.
pub(crate) fn null_spelling(cell: &[u8]) -> Option<usize> {
    if cell.is_empty() {
        return Some(0);
    }
    if cell.len() > 8 || !matches!(cell[0], b'#' | b'-' | b'1' | b'<' | b'N' | b'n') {
        return None;
    }
    NULL_SPELLINGS.iter().position(|s| s.as_bytes() == cell)
}

/// How often each spelling was met.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NullCounts([u64; NULL_SPELLINGS.len()]);

impl NullCounts {
    pub(crate) fn add(&mut self, spelling: usize) {
        self.0[spelling] += 1;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a += b;
        }
    }

    pub(crate) fn spellings(&self) -> Vec<(String, u64)> {
        NULL_SPELLINGS.iter().zip(self.0).filter(|(_, n)| *n > 0).map(|(s, n)| ((*s).to_owned(), n)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_found_and_nothing_else() {
        for (i, s) in NULL_SPELLINGS.iter().enumerate() {
            assert_eq!(null_spelling(s.as_bytes()), Some(i));
        }
        for s in ["?", " ", " NA", "na", "NAN", "none", "-", "1", "#N/A N/A "] {
            assert_eq!(null_spelling(s.as_bytes()), None, "{s:?}");
        }
    }
}
