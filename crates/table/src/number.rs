//! Reading one cell as a number or a truth value.

/// 2^53: whole numbers up to here are exact in `f64`.
pub(crate) const EXACT_INT: f64 = 9_007_199_254_740_992.0;

/// A cell that is a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell {
    pub value: f64,
    pub syntax: Syntax,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Digits only, within ±2^53.
    Int,
    /// Digits only, beyond ±2^53 but within 64 bits.
    BigInt,
    /// Digits only, beyond 64 bits.
    HugeInt,
    /// With a decimal mark, an exponent, or infinite.
    Float,
}

/// Reads a number as `pandas.read_csv` does, but always to the nearest `f64`: blanks around it, a sign, digits, `decimal`,
/// an exponent; `inf` and `infinity` in any case. Thousands marks are never guessed. `NaN` is no number here.
pub(crate) fn number(cell: &[u8], decimal: u8) -> Option<Cell> {
    let cell = cell.trim_ascii();
    let (negative, digits) = match cell.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, cell),
    };
    let first = *digits.first()?;
    if first.is_ascii_digit() && digits.len() <= 15 && digits.iter().all(u8::is_ascii_digit) {
        let n = digits.iter().fold(0u64, |n, d| n * 10 + u64::from(d - b'0')) as f64;
        return Some(Cell { value: if negative && n != 0.0 { -n } else { n }, syntax: Syntax::Int });
    }
    if digits.iter().all(u8::is_ascii_digit) {
        return long_int(digits, negative);
    }
    if first.is_ascii_digit() || first == decimal {
        return float(digits, decimal).map(|v| Cell { value: if negative { -v } else { v }, syntax: Syntax::Float });
    }
    let infinite = digits.eq_ignore_ascii_case(b"inf") || digits.eq_ignore_ascii_case(b"infinity");
    let sign = if negative { -1.0 } else { 1.0 };
    infinite.then_some(Cell { value: sign * f64::INFINITY, syntax: Syntax::Float })
}

fn long_int(digits: &[u8], negative: bool) -> Option<Cell> {
    let value: f64 = fast_float2::parse(digits).ok()?;
    let exact = std::str::from_utf8(digits).ok().and_then(|d| d.parse::<u64>().ok());
    let syntax = match exact {
        Some(n) if n <= EXACT_INT as u64 => Syntax::Int,
        Some(_) => Syntax::BigInt,
        None => Syntax::HugeInt,
    };
    Some(Cell { value: if negative && value != 0.0 { -value } else { value }, syntax })
}

fn float(digits: &[u8], decimal: u8) -> Option<f64> {
    if decimal == b'.' {
        return fast_float2::parse(digits).ok();
    }
    if digits.contains(&b'.') {
        return None;
    }
    let mut dotted = [0u8; 64];
    let dotted = dotted.get_mut(..digits.len())?;
    for (to, from) in dotted.iter_mut().zip(digits) {
        *to = if *from == decimal { b'.' } else { *from };
    }
    fast_float2::parse(dotted).ok()
}

/// `true` or `false` in any case, without blanks, as `pandas.read_csv`.
pub(crate) fn boolean(cell: &[u8]) -> Option<bool> {
    match cell.len() {
        4 => cell.eq_ignore_ascii_case(b"true").then_some(true),
        5 => cell.eq_ignore_ascii_case(b"false").then_some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_pandas_reads_them() {
        let read = |s: &str| number(s.as_bytes(), b'.').map(|c| (c.value, c.syntax));
        for (text, value, syntax) in [
            ("007", 7.0, Syntax::Int),
            (" +1\t", 1.0, Syntax::Int),
            ("-9007199254740992", -9_007_199_254_740_992.0, Syntax::Int),
            ("9007199254740993", 9_007_199_254_740_992.0, Syntax::BigInt),
            ("99999999999999999999", 1e20, Syntax::HugeInt),
            ("0000000000000000000000012", 12.0, Syntax::Int),
            (".5", 0.5, Syntax::Float),
            ("1.", 1.0, Syntax::Float),
            ("5.e3", 5000.0, Syntax::Float),
            ("1e400", f64::INFINITY, Syntax::Float),
            ("-Infinity", f64::NEG_INFINITY, Syntax::Float),
        ] {
            assert_eq!(read(text), Some((value, syntax)), "{text}");
        }
        assert!(number(b"-0", b'.').is_some_and(|c| c.value.is_sign_positive()));
        for text in ["", " ", "1e", "- 1", "1 2", "0x10", "1_000", "1,5", "1d5", "NAN", "nan", ".", "+", "١", "e5"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn decimal_comma() {
        let read = |s: &str| number(s.as_bytes(), b',').map(|c| c.value);
        assert_eq!(read("1,5"), Some(1.5));
        assert_eq!(read("-,5e2"), Some(-50.0));
        assert_eq!(read("2.50"), None);
        assert_eq!(read("1.234,5"), None);
    }

    proptest::proptest! {
        #[test]
        fn floats_come_back_exactly(v in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL) {
            let read = number(format!("{v:?}").as_bytes(), b'.').expect("a number").value;
            proptest::prop_assert_eq!(read.to_bits(), v.to_bits());
        }
    }
}
