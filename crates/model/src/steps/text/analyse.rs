//! From a text to its terms: `sklearn.feature_extraction.text`.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::words::{Pattern, is_space};

/// The list of stop words of the Glasgow Information Retrieval Group, as scikit-learn has it (BSD-3-Clause, the
/// scikit-learn developers).
pub fn english_stop_words() -> HashSet<String> {
    include_str!("english.txt").split_whitespace().map(str::to_owned).collect()
}

/// How accents are taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accents {
    /// They stay.
    Keep,
    /// Letters are decomposed and marks dropped.
    Unicode,
    /// The same, and everything outside of ASCII is dropped.
    Ascii,
}

/// What a term is.
#[derive(Clone, Debug, PartialEq)]
pub enum Unit {
    /// Words by a pattern, without the stop words.
    Word(Pattern, HashSet<String>),
    /// Characters.
    Char,
    /// Characters inside of words, with a space at both ends.
    CharInWords,
}

/// From a text to its terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Analyser {
    /// Lower case first.
    pub lowercase: bool,
    /// Accents then.
    pub accents: Accents,
    /// What a term is.
    pub unit: Unit,
    /// Shortest and longest row of units.
    pub lengths: (usize, usize),
}

impl Analyser {
    /// Terms in the library's order, with repetitions.
    pub fn terms(&self, text: &str) -> Vec<String> {
        let text = if self.lowercase { text.to_lowercase() } else { text.to_owned() };
        let text = self.accents.strip(text);
        let (low, high) = self.lengths;
        match &self.unit {
            Unit::Word(pattern, stop_words) => {
                let chars: Vec<char> = text.chars().collect();
                let mut words = pattern.find_all(&chars);
                words.retain(|word| !stop_words.contains(word));
                rows(&words, low, high, |words| words.join(" "))
            }
            Unit::Char => rows(&one_space(&text), low, high, |chars| chars.iter().collect()),
            Unit::CharInWords => {
                let chars = one_space(&text);
                let words = chars.split(|c| is_space(*c)).filter(|word| !word.is_empty());
                words.flat_map(|word| in_word(word, low, high)).collect()
            }
        }
    }
}

impl Accents {
    fn strip(self, text: String) -> String {
        if self == Self::Keep || text.is_ascii() {
            return text;
        }
        let plain = text.nfkd();
        match self {
            Self::Ascii => plain.filter(char::is_ascii).collect(),
            _ => plain.filter(|c| canonical_combining_class(*c) == 0).collect(),
        }
    }
}

/// All rows of `low` to `high` units.
fn rows<T>(units: &[T], low: usize, high: usize, join: impl Fn(&[T]) -> String) -> Vec<String> {
    let lengths = low..=high.min(units.len());
    lengths.flat_map(|length| units.windows(length.max(1)).map(&join)).collect()
}

/// Two and more spaces become one; a single one stays as it is.
fn one_space(text: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::new();
    let mut run = 0;
    for c in text.chars() {
        run = if is_space(c) { run + 1 } else { 0 };
        match run {
            0 | 1 => out.push(c),
            2 => {
                out.pop();
                out.push(' ');
            }
            _ => {}
        }
    }
    out
}

fn in_word(word: &[char], low: usize, high: usize) -> Vec<String> {
    let padded: Vec<char> = std::iter::once(' ').chain(word.iter().copied()).chain([' ']).collect();
    let mut out = Vec::new();
    for length in low..=high {
        if length >= padded.len() {
            // A short word counts once.
            out.push(padded.iter().collect());
            break;
        }
        out.extend(padded.windows(length.max(1)).map(|chars| chars.iter().collect::<String>()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analyser(unit: Unit, lengths: (usize, usize)) -> Analyser {
        Analyser { lowercase: true, accents: Accents::Keep, unit, lengths }
    }

    #[test]
    fn rows_of_words_leave_out_stop_words() {
        let pattern = Pattern::parse(r"(?u)\b\w\w+\b").unwrap();
        let words = analyser(Unit::Word(pattern, english_stop_words()), (1, 2));
        assert_eq!(words.terms("The cat AND a dog ran"), ["cat", "dog", "ran", "cat dog", "dog ran"]);
        assert_eq!(english_stop_words().len(), 318);
    }

    #[test]
    fn characters() {
        assert_eq!(analyser(Unit::Char, (1, 2)).terms("a \tb"), ["a", " ", "b", "a ", " b"]);
        let inside = analyser(Unit::CharInWords, (3, 4));
        assert_eq!(inside.terms("ab c"), [" ab", "ab ", " ab ", " c "]);
    }

    #[test]
    fn accents() {
        let of = |accents: Accents, text: &str| accents.strip(text.to_owned());
        // A syllable of Hangul stays three letters.
        assert_eq!(of(Accents::Unicode, "Łódź ﬁ naïve 한"), "Łodz fi naive \u{1112}\u{1161}\u{11ab}");
        assert_eq!(of(Accents::Ascii, "Łódź ﬁ naïve 한"), "odz fi naive ");
        assert_eq!(of(Accents::Keep, "ź"), "ź");
    }
}
