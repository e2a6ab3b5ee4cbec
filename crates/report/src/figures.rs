//! Numbers as people read them, by language and unit.

use fine_audit::estimate::Estimate;

use crate::catalogue::{Catalogue, Language};

/// A number with a fixed count of decimals; Spanish uses a decimal comma.
pub(crate) fn decimals(value: f64, digits: usize, language: Language) -> String {
    let text = format!("{value:.digits$}");
    let text =
        if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') { text.replace('-', "") } else { text };
    match language {
        Language::En => text,
        Language::Es => text.replace('.', ","),
    }
}

/// A whole number in groups of three: `16 281` in both languages, with a space that neither reads as a decimal mark.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let first = digits.len() % 3;
    let mut out = digits[..first].to_owned();
    for chunk in digits.as_bytes()[first..].chunks(3) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(chunk.iter().map(|b| char::from(*b)));
    }
    out
}

/// Four significant digits, plain notation between 1e-4 and 1e9.
pub(crate) fn significant(value: f64, language: Language) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e9).contains(&size) {
        return scientific(value, language);
    }
    let digits = (3 - size.log10().floor() as i32).clamp(0, 8) as usize;
    decimals(value, digits, language)
}

/// An end of a range of a column: as many digits as it needs, at most four significant ones.
pub(crate) fn bound(value: f64, language: Language) -> String {
    let text = significant(value, language);
    if text.contains(['.', ',']) && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches(['.', ',']).to_owned()
    } else {
        text
    }
}

fn scientific(value: f64, language: Language) -> String {
    let text = if value == 0.0 { "0".to_owned() } else { format!("{value:.1e}") };
    match language {
        Language::En => text,
        Language::Es => text.replace('.', ","),
    }
}

/// A value in a unit of the catalogue.
pub(crate) fn in_unit(value: f64, unit: &str, words: &Catalogue) -> String {
    let language = words.language;
    match unit {
        "share" => format!("{} %", percent(value, language)),
        "points" => words.fill(words.word("phrases.points"), &[("value", decimals(value * 100.0, 1, language))]),
        "ratio" => decimals(value, 2, language),
        "count" => {
            if value >= 0.0 && value.fract() == 0.0 {
                grouped(value as u64)
            } else {
                significant(value, language)
            }
        }
        "scientific" => scientific(value, language),
        _ if value.abs() < 10.0 => decimals(value, 3, language),
        _ => significant(value, language),
    }
}

/// One decimal; two below 1 %, and never 0 for what is more than nothing.
fn percent(share: f64, language: Language) -> String {
    let percent = share * 100.0;
    match percent.abs() {
        0.0 => decimals(0.0, 1, language),
        p if p < 0.005 => format!("{}{}", if percent < 0.0 { "> -" } else { "< " }, decimals(0.01, 2, language)),
        p if p < 1.0 => decimals(percent, 2, language),
        _ => decimals(percent, 1, language),
    }
}

/// The bare value of a unit inside an interval, where the unit's word is said once.
fn bare(value: f64, unit: &str, words: &Catalogue) -> String {
    match unit {
        "points" => decimals(value * 100.0, 1, words.language),
        "share" => percent(value, words.language),
        _ => in_unit(value, unit, words),
    }
}

/// Both ends of an interval for a table: the sign of a percentage once, the word of a unit never.
pub(crate) fn ends(low: f64, high: f64, unit: &str, words: &Catalogue) -> String {
    let sign = if unit == "share" { " %" } else { "" };
    format!("{} … {}{sign}", bare(low, unit, words), bare(high, unit, words))
}

/// The upper end in a sentence, which carries the sign of a percentage.
fn end(value: f64, unit: &str, words: &Catalogue) -> String {
    if unit == "share" { in_unit(value, unit, words) } else { bare(value, unit, words) }
}

/// A value with its interval in words, or "not enough data".
pub(crate) fn measured(estimate: &Estimate, unit: &str, words: &Catalogue) -> String {
    let Some(value) = estimate.value else {
        return words.fill(words.word("phrases.not-estimable"), &[("n", grouped(estimate.n))]);
    };
    let value = in_unit(value, unit, words);
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => words.fill(
            words.word("phrases.interval"),
            &[("value", value), ("low", bare(low, unit, words)), ("high", end(high, unit, words))],
        ),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_language() {
        assert_eq!(decimals(0.8734, 3, Language::Es), "0,873");
        assert_eq!(decimals(-0.0001, 2, Language::En), "0.00");
        assert_eq!(grouped(9999), "9999");
        assert_eq!(grouped(16281), "16 281");
        assert_eq!(grouped(1_000_000), "1 000 000");
        assert_eq!(significant(276.774, Language::En), "276.8");
        assert_eq!(significant(3.2e-9, Language::En), "3.2e-9");
    }

    #[test]
    fn estimates_say_their_interval_or_that_there_is_none() {
        let en = Catalogue::of(Language::En);
        let e = Estimate::with_interval(0.36, 0.331, 0.392, 900, fine_audit::estimate::IntervalMethod::LogDelta);
        assert_eq!(measured(&e, "ratio", en), "0.36 (95 % interval 0.33 to 0.39)");
        assert_eq!(measured(&e, "points", en), "36.0 points (95 % interval 33.1 to 39.2)");
        assert_eq!(measured(&e, "share", en), "36.0 % (95 % interval 33.1 to 39.2 %)");
        assert_eq!(ends(0.331, 0.392, "share", en), "33.1 … 39.2 %");
        assert_eq!(ends(0.331, 0.392, "points", Catalogue::of(Language::Es)), "33,1 … 39,2");
        assert_eq!(measured(&Estimate::not_estimable(11), "ratio", en), "not enough data (n = 11)");
    }

    #[test]
    fn a_small_share_is_not_nothing() {
        let en = Catalogue::of(Language::En);
        let shown = [0.0, 0.00001, 0.000_246, 0.0097, 0.0123, -0.00001].map(|v| in_unit(v, "share", en));
        assert_eq!(shown, ["0.0 %", "< 0.01 %", "0.02 %", "0.97 %", "1.2 %", "> -0.01 %"]);
    }
}
