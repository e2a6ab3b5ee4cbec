//! Texts as counts of terms: `CountVectorizer`, `TfidfVectorizer`, `HashingVectorizer`.

mod analyse;
mod words;

use std::collections::HashMap;

use fine_table::MISSING;
use rayon::prelude::*;

pub use analyse::{Accents, Analyser, Unit, english_stop_words};
pub use words::Pattern;

use super::lane::{Cells, Lane, Plan, Slot};
use super::{Norm, WidthError, expect};
use crate::{Feature, FeatureKind, PredictError};

/// Which column a term counts in.
#[derive(Clone, Debug, PartialEq)]
pub enum Terms {
    /// Known terms; others are left out.
    Known(HashMap<String, u32>),
    /// By a hash (MurmurHash3, 32 bits, seed 0).
    Hashed {
        /// Number of columns.
        width: u32,
        /// A negative hash counts as −1.
        signed: bool,
    },
}

/// How counts become weights (`TfidfTransformer`).
#[derive(Clone, Debug, PartialEq)]
pub struct Weighting {
    /// `1 + ln(count)`.
    pub sublinear: bool,
    /// Inverse document frequencies, one a column.
    pub idf: Option<Vec<f64>>,
    /// Each row over its norm.
    pub norm: Option<Norm>,
}

/// One column of text as many columns of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// From text to terms.
    pub analyser: Analyser,
    /// From terms to columns.
    pub terms: Terms,
    /// Any count is 1.
    pub binary: bool,
    /// What the counts become.
    pub weighting: Option<Weighting>,
}

impl Weighting {
    /// Columns that it is made for; `None` for any number.
    pub(super) fn width(&self) -> Option<usize> {
        self.idf.as_ref().map(Vec::len)
    }

    /// Weighs the cells of one row that are not zero, given by ascending column.
    pub(super) fn weigh(&self, cells: &mut [(u32, f64)]) {
        for (column, value) in cells.iter_mut() {
            if self.sublinear {
                *value = value.ln() + 1.0;
            }
            if let Some(idf) = &self.idf {
                *value *= idf[*column as usize];
            }
        }
        let magnitudes = cells.iter().map(|(_, value)| value.abs());
        let norm = match self.norm {
            None => return,
            Some(Norm::L1) => magnitudes.fold(0.0, |sum, x| sum + x),
            Some(Norm::L2) => magnitudes.fold(0.0, |sum, x| sum + x * x).sqrt(),
            // Counts are not negative.
            Some(Norm::Max | Norm::Highest) => magnitudes.fold(0.0, f64::max),
        };
        if norm != 0.0 {
            cells.iter_mut().for_each(|(_, value)| *value /= norm);
        }
    }
}

impl Text {
    /// Number of columns that it makes.
    pub fn width(&self) -> usize {
        match &self.terms {
            Terms::Known(known) => known.len(),
            Terms::Hashed { width, .. } => *width as usize,
        }
    }

    /// The cells of one text that are not zero, by ascending column.
    fn row(&self, text: &str) -> Vec<(u32, f64)> {
        let mut counts: HashMap<u32, f64> = HashMap::new();
        for term in self.analyser.terms(text) {
            let cell = match &self.terms {
                Terms::Known(known) => known.get(&term).map(|column| (*column, 1.0)),
                Terms::Hashed { width, signed } => Some(hashed(&term, *width, *signed)),
            };
            if let Some((column, value)) = cell {
                *counts.entry(column).or_insert(0.0) += value;
            }
        }
        let one = |(column, count): (u32, f64)| (column, if self.binary { 1.0 } else { count });
        let mut cells: Vec<(u32, f64)> = counts.into_iter().map(one).collect();
        cells.sort_unstable_by_key(|(column, _)| *column);
        if let Some(weighting) = &self.weighting {
            weighting.weigh(&mut cells);
        }
        cells
    }

    pub(super) fn outline(&self, slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        expect("text vectorizer", 1, &slots)?;
        let Some(slot) = slots.first() else { return Ok(Vec::new()) };
        plan.need(slot, FeatureKind::Text);
        let mut names = vec![String::new(); self.width()];
        if let Terms::Known(known) = &self.terms {
            known.iter().for_each(|(term, column)| names[*column as usize].clone_from(term));
        } else {
            names.iter_mut().enumerate().for_each(|(column, name)| *name = format!("#{column}"));
        }
        let of =
            |name: String| Slot { origin: slot.origin.clone(), name: format!("{}={name}", slot.name), number: true };
        Ok(names.into_iter().map(of).collect())
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        let Some(lane) = lanes.into_iter().next() else { return Ok(Vec::new()) };
        lane.refuse_missing(features)?;
        let lane = lane.into_text();
        let Cells::Text { codes, dictionary } = &lane.cells else { return Ok(Vec::new()) };
        // A text that occurs often is taken apart once.
        let rows: Vec<Vec<(u32, f64)>> = dictionary.par_iter().map(|text| self.row(text)).collect();
        let mut columns: Vec<(Vec<u32>, Vec<f64>)> = vec![(Vec::new(), Vec::new()); self.width()];
        for (row, code) in (0..).zip(codes.iter()).filter(|(_, code)| **code != MISSING) {
            for (column, value) in rows.get(*code as usize).into_iter().flatten() {
                let (rows, values) = &mut columns[*column as usize];
                rows.push(row);
                values.push(*value);
            }
        }
        let cells = |(rows, values): (Vec<u32>, Vec<f64>)| Cells::Sparse {
            rows: rows.into(),
            values: values.into(),
            off: 0.0,
            len: codes.len(),
        };
        Ok(columns.into_iter().map(|own| Lane { origin: lane.origin.clone(), cells: cells(own) }).collect())
    }
}

/// Column and value of a term, as `sklearn.feature_extraction._hashing_fast`.
fn hashed(term: &str, width: u32, signed: bool) -> (u32, f64) {
    let hash = murmur(term.as_bytes()) as i32;
    let column = hash.unsigned_abs() % width.max(1);
    (column, if signed && hash < 0 { -1.0 } else { 1.0 })
}

/// MurmurHash3_x86_32 (Austin Appleby, public domain) with seed 0.
fn murmur(bytes: &[u8]) -> u32 {
    let mix = |word: u32| word.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let (words, rest) = bytes.as_chunks::<4>();
    let mut hash = 0u32;
    for word in words {
        hash = (hash ^ mix(u32::from_le_bytes(*word))).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    if !rest.is_empty() {
        let word = rest.iter().rev().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        hash ^= mix(word);
    }
    hash ^= bytes.len() as u32;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use fine_table::Column;

    fn text(weighting: Option<Weighting>) -> Text {
        let terms = [("bb", 0), ("cc", 1), ("dd", 2)].map(|(term, column)| (term.to_owned(), column));
        Text {
            analyser: Analyser {
                lowercase: true,
                accents: Accents::Keep,
                unit: Unit::Word(Pattern::parse(r"(?u)\b\w\w+\b").unwrap(), Default::default()),
                lengths: (1, 1),
            },
            terms: Terms::Known(terms.into()),
            binary: false,
            weighting,
        }
    }

    #[test]
    fn counts_and_weights() {
        let feature = Feature { name: "t".into(), kind: FeatureKind::Text };
        let column = Column::text("t", [Some("bb CC bb"), Some("zz"), Some("dd bb")]);
        let lanes = text(None).apply(vec![Lane::raw(0, &column)], std::slice::from_ref(&feature)).unwrap();
        let values: Vec<Vec<f64>> = lanes.iter().map(|lane| lane.values().into_owned()).collect();
        assert_eq!(values, [vec![2.0, 0.0, 1.0], vec![1.0, 0.0, 0.0], vec![0.0, 0.0, 1.0]]);
        let weighting = Weighting { sublinear: true, idf: Some(vec![1.0, 2.0, 3.0]), norm: Some(Norm::L1) };
        let row = text(Some(weighting)).row("bb cc bb");
        let first = 2f64.ln() + 1.0;
        assert_eq!(row, [(0, first / (first + 2.0)), (1, 2.0 / (first + 2.0))]);
        let missing = Column::text("t", [Some("bb"), None]);
        let error = text(None).apply(vec![Lane::raw(0, &missing)], &[feature]).unwrap_err();
        assert_eq!(error, PredictError::MissingValue { name: "t".into(), row: 1 });
    }

    #[test]
    fn hashes_are_those_of_the_library() {
        // sklearn.utils.murmurhash3_32(term, seed=0)
        for (term, expected) in [("", 0), ("a", 1_009_084_850), ("foo", -156_908_512), ("naïve", 992_511_445)] {
            assert_eq!(murmur(term.as_bytes()) as i32, expected, "{term}");
        }
    }
}
