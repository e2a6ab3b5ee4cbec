//! Numbers in a sentence: how they are written, and whether they say a value.

use super::fact::{Fact, Role, Unit};
use super::lexicon::Written;
use crate::catalogue::{Catalogue, Language};

/// A number as it stands in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Number {
    /// As written, without its unit.
    pub(super) text: String,
    /// What it says.
    pub(super) value: f64,
    /// Half of one unit of its last digit.
    pub(super) half: f64,
    /// Digits from the first that is not 0.
    pub(super) digits: usize,
    /// Its unit.
    pub(super) written: Written,
    /// Preceded by `<`.
    pub(super) below: bool,
}

/// Whether a number says a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Another number.
    No,
    /// The number, with too few digits.
    Rounded,
    /// The number.
    Yes,
}

impl Number {
    /// Reads digits in the notation of a language; `None` when they could be read in two ways or in none.
    pub(super) fn read(text: &str, language: Language) -> Option<Self> {
        let plain = text.replace('−', "-");
        let (mantissa, exponent) = match plain.split_once(['e', 'E']) {
            Some((m, e)) => (m.to_owned(), e.parse::<i32>().ok().filter(|e| e.abs() < 300)?),
            None => (plain, 0),
        };
        let (sign, body) = match mantissa.strip_prefix('-') {
            Some(rest) => (-1.0, rest.to_owned()),
            None => (1.0, mantissa),
        };
        let (whole, part) = parts(&body, language)?;
        let value: f64 = format!("{whole}.{part}e{exponent}").parse().ok()?;
        let digits = format!("{whole}{part}").trim_start_matches('0').len();
        let half = 0.5 * 10f64.powi(exponent - i32::try_from(part.len()).ok()?);
        Some(Self { text: text.to_owned(), value: sign * value, half, digits, written: Written::Bare, below: false })
    }

    /// Whether it says the value that a fact has in a role.
    pub(super) fn fits(&self, fact: &Fact, role: Role, words: &Catalogue) -> Fit {
        let Some(value) = fact.value(role) else { return Fit::No };
        let unit = fact.unit_of(role);
        let Some(scale) = self.scale(fact, role) else { return Fit::No };
        if self.below {
            let shown = fact
                .shown(role, words)
                .is_some_and(|s| s.strip_prefix('<').is_some_and(|s| same_digits(s, &self.text)));
            return if shown && self.above(value, scale, role) { Fit::Yes } else { Fit::No };
        }
        let natural = match unit {
            _ if role == Role::Level => {
                let percent = fact.shown(role, words).is_some_and(|s| s.ends_with('%'));
                percent == (self.written == Written::Percent)
            }
            Unit::Share => self.written == Written::Percent,
            Unit::Points => self.written == Written::Points,
            _ => self.written == Written::Bare,
        };
        let own = natural && fact.shown(role, words).is_some_and(|s| same_digits(&s, &self.text));
        let exact = (value * scale - self.value).abs() <= 1e-9 * self.value.abs();
        if own || exact {
            return Fit::Yes;
        }
        let near = (value * scale - self.value).abs() <= self.half * (1.0 + 1e-9);
        let whole_or_none = unit == Unit::Share && (self.value == 0.0 || self.value == scale);
        if unit == Unit::Count || role == Role::Level || role == Role::Limit || !near {
            return if self.rounded(value * scale) { Fit::Rounded } else { Fit::No };
        }
        if self.digits < 2 || whole_or_none { Fit::Rounded } else { Fit::Yes }
    }

    /// What the value is multiplied by to be written in the unit, if it can be.
    pub(super) fn scale(&self, fact: &Fact, role: Role) -> Option<f64> {
        match (self.written, fact.unit_of(role)) {
            (Written::Bare, _) => Some(1.0),
            (Written::Percent, Unit::Share) => Some(100.0),
            (Written::Percent, _) if role == Role::Level => Some(100.0),
            (Written::Points, Unit::Points) => Some(100.0),
            (Written::Points, Unit::Number) if fact.falls_in_points() && role != Role::Level => Some(100.0),
            _ => None,
        }
    }

    /// `< 0.01 %` and `< 0.001` as Fine writes what is too small to be shown.
    fn above(&self, value: f64, scale: f64, role: Role) -> bool {
        let small = if role == Role::P { 0.001 } else { 0.00005 };
        value >= 0.0 && value < small && value * scale < self.value && self.value <= 0.01
    }

    /// Whether it is the value with one or no digit, or a whole number of tens and the like.
    fn rounded(&self, value: f64) -> bool {
        if self.value == 0.0 || value == 0.0 || !value.is_finite() {
            return false;
        }
        let ones = |v: f64, digits: i32| {
            let unit = 10f64.powf(v.abs().log10().floor() - f64::from(digits - 1));
            (v / unit).round() * unit
        };
        [1, 2, 3].iter().any(|d| (ones(value, *d) - self.value).abs() <= 1e-9 * self.value.abs())
    }
}

/// The digits before and after the decimal mark.
fn parts(body: &str, language: Language) -> Option<(String, String)> {
    let blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
    let marks: Vec<char> = body.chars().filter(|c| *c == '.' || *c == ',').collect();
    let decimal = match marks.as_slice() {
        [] => None,
        [one] => {
            let (before, after) = body.split_once(*one)?;
            let own = if language == Language::En { '.' } else { ',' };
            let thousands = *one != own && after.len() == 3 && before != "0" && !before.chars().any(blank);
            (!thousands).then_some(*one)
        }
        [first, .., last] if first != last && body.matches(*last).count() == 1 => Some(*last),
        [first, rest @ ..] if rest.iter().all(|c| c == first) => None,
        _ => return None,
    };
    let (whole, part) = match decimal {
        Some(mark) => body.rsplit_once(mark)?,
        None => (body, ""),
    };
    let groups: Vec<&str> = whole.split(|c: char| blank(c) || c == '.' || c == ',').collect();
    let grouped = groups.len() == 1 || (groups[1..].iter().all(|g| g.len() == 3) && (1..=3).contains(&groups[0].len()));
    let digits: String = groups.concat();
    let only = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    (grouped && !digits.is_empty() && only(&digits) && only(part)).then(|| (digits, part.to_owned()))
}

/// Whether what Fine writes has the digits of the text, whatever unit follows.
fn same_digits(shown: &str, text: &str) -> bool {
    let bare = |s: &str| -> String {
        let kept = s.chars().map(|c| if c == '−' { '-' } else { c });
        kept.filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | 'e')).collect()
    };
    let number: String =
        shown.chars().take_while(|c| !c.is_alphabetic() && *c != '%' || *c == 'e').filter(|c| *c != '<').collect();
    !shown.starts_with(['<', '>']) && bare(&number) == bare(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_of_both_languages() {
        let read = |t: &str, l| Number::read(t, l).map(|n| n.value);
        assert_eq!(read("16 281", Language::En), Some(16281.0));
        assert_eq!(read("1,234", Language::En), Some(1234.0));
        assert_eq!(read("1,234", Language::Es), Some(1.234));
        assert_eq!(read("1.234", Language::Es), Some(1234.0));
        assert_eq!(read("0.847", Language::Es), Some(0.847));
        assert_eq!(read("34,2", Language::En), Some(34.2));
        assert_eq!(read("1.234,5", Language::Es), Some(1234.5));
        assert_eq!(read("3.2e-9", Language::En), Some(3.2e-9));
        assert_eq!(read("−3", Language::En), Some(-3.0));
        assert_eq!(read("1,23,4", Language::En), None);
        assert_eq!(read("1.2.3,4,5", Language::En), None);
    }
}
