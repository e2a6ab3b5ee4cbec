//! Character classes of Python's `re` and `str`, and patterns of one repeated class.

use std::sync::LazyLock;

/// Ranges of characters that Unicode counts as alphabetic and Python does not: combining marks and circled letters.
static MARKS: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
    let hex = |text: &str| u32::from_str_radix(text, 16).unwrap_or(0);
    let range = |text: &str| match text.split_once('-') {
        Some((first, last)) => (hex(first), hex(last)),
        None => (hex(text), hex(text)),
    };
    include_str!("marks.txt").split_whitespace().map(range).collect()
});

/// The zeros of Unicode's decimal digits; the other nine follow each.
static ZEROS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    include_str!("digits.txt").split_whitespace().filter_map(|text| u32::from_str_radix(text, 16).ok()).collect()
});

/// `\w`: `str.isalnum()` or an underscore.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let point = u32::from(c);
    c.is_alphanumeric() && {
        let at = MARKS.partition_point(|(_, last)| *last < point);
        MARKS.get(at).is_none_or(|(first, _)| point < *first)
    }
}

/// `\d`.
fn is_digit(c: char) -> bool {
    let point = u32::from(c);
    let at = ZEROS.partition_point(|zero| *zero <= point);
    at > 0 && point - ZEROS[at - 1] < 10
}

/// `\s` and `str.isspace()`.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

#[derive(Clone, Debug, PartialEq)]
enum Item {
    Range(char, char),
    Word(bool),
    Digit(bool),
    Space(bool),
}

impl Item {
    fn has(&self, c: char) -> bool {
        match self {
            Self::Range(first, last) => (*first..=*last).contains(&c),
            Self::Word(yes) => is_word(c) == *yes,
            Self::Digit(yes) => is_digit(c) == *yes,
            Self::Space(yes) => is_space(c) == *yes,
        }
    }

    /// After a backslash.
    fn escaped(c: char) -> Option<Self> {
        Some(match c {
            'w' => Self::Word(true),
            'W' => Self::Word(false),
            'd' => Self::Digit(true),
            'D' => Self::Digit(false),
            's' => Self::Space(true),
            'S' => Self::Space(false),
            'n' => Self::Range('\n', '\n'),
            't' => Self::Range('\t', '\t'),
            c if !c.is_alphanumeric() => Self::Range(c, c),
            _ => return None,
        })
    }
}

/// A regular expression that is one character class, repeated, with or without word borders around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    items: Vec<Item>,
    negated: bool,
    /// Fewest characters.
    least: usize,
    border_before: bool,
    border_after: bool,
}

impl Pattern {
    /// Reads patterns such as `(?u)\b\w\w+\b`, `[a-z]+` or `\S{2,}`; `None` for any other.
    pub fn parse(pattern: &str) -> Option<Self> {
        let mut rest = pattern.strip_prefix("(?u)").unwrap_or(pattern);
        let border_before = rest.starts_with(r"\b");
        rest = rest.strip_prefix(r"\b").unwrap_or(rest);
        let border_after = rest.ends_with(r"\b") && !rest.ends_with(r"\\b");
        rest = if border_after { rest.strip_suffix(r"\b")? } else { rest };
        let mut chars: Vec<char> = rest.chars().rev().collect();
        let mut own: Option<(Vec<Item>, bool)> = None;
        let (mut least, mut open) = (0usize, false);
        while !chars.is_empty() {
            let class = class(&mut chars)?;
            if open || own.as_ref().is_some_and(|own| *own != class) {
                return None;
            }
            own = Some(class);
            let (count, more) = repeated(&mut chars)?;
            least = least.checked_add(count)?;
            open = more;
        }
        let (items, negated) = own?;
        // Without a last `+` the length is fixed, and the text is cut; an empty match is no token.
        (open && least > 0).then_some(Self { items, negated, least, border_before, border_after })
    }

    fn has(&self, c: char) -> bool {
        self.items.iter().any(|item| item.has(c)) != self.negated
    }

    /// `re.findall`.
    pub(super) fn find_all(&self, text: &[char]) -> Vec<String> {
        let border = |at: usize| {
            let before = at > 0 && is_word(text[at - 1]);
            let after = at < text.len() && is_word(text[at]);
            before != after
        };
        let mut found = Vec::new();
        let mut start = 0;
        while start < text.len() {
            if !self.has(text[start]) || (self.border_before && !border(start)) {
                start += 1;
                continue;
            }
            let run = text[start..].iter().take_while(|c| self.has(**c)).count();
            // The longest match that ends well.
            let length = (self.least..=run).rev().find(|length| !self.border_after || border(start + length));
            match length {
                Some(length) => {
                    found.push(text[start..start + length].iter().collect());
                    start += length;
                }
                // A shorter run from further on ends no better without borders before.
                None => start += 1,
            }
        }
        found
    }
}

/// One class; `chars` is reversed.
fn class(chars: &mut Vec<char>) -> Option<(Vec<Item>, bool)> {
    match chars.pop()? {
        '\\' => Some((vec![Item::escaped(chars.pop()?)?], false)),
        '[' => {
            let negated = chars.last() == Some(&'^');
            if negated {
                chars.pop();
            }
            let mut items = Vec::new();
            loop {
                let item = match chars.pop()? {
                    ']' if !items.is_empty() => return Some((items, negated)),
                    '[' | ']' | '&' | '~' | '|' => return None,
                    '\\' => Item::escaped(chars.pop()?)?,
                    c => Item::Range(c, c),
                };
                let ranges = chars.last() == Some(&'-') && chars.get(chars.len().wrapping_sub(2)) != Some(&']');
                items.push(match item {
                    Item::Range(first, _) if ranges => {
                        chars.pop();
                        match chars.pop()? {
                            last if last.is_alphanumeric() && first <= last => Item::Range(first, last),
                            _ => return None,
                        }
                    }
                    other => other,
                });
            }
        }
        _ => None,
    }
}

/// Fewest repetitions, and whether there may be more.
fn repeated(chars: &mut Vec<char>) -> Option<(usize, bool)> {
    match chars.last() {
        Some('+') => {
            chars.pop();
            // `+?` and `++` are something else.
            (!matches!(chars.last(), Some('+' | '?' | '*'))).then_some((1, true))
        }
        Some('{') => {
            let end = chars.iter().rposition(|c| *c == '}')?;
            let inner: String = chars.drain(end..).rev().collect();
            let least = inner.strip_prefix('{')?.strip_suffix(",}")?.parse().ok()?;
            (!matches!(chars.last(), Some('+' | '?' | '*'))).then_some((least, true))
        }
        Some('*' | '?') => None,
        _ => Some((1, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, text: &str) -> Vec<String> {
        Pattern::parse(pattern).unwrap().find_all(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn tokens_are_those_of_python() {
        assert_eq!(
            find(r"(?u)\b\w\w+\b", "a bc don't x_1 naïve 漢字 ½x ٣٤"),
            ["bc", "don", "x_1", "naïve", "漢字", "½x", "٣٤"]
        );
        // A vowel sign is a mark, which ends a word in Python.
        assert_eq!(find(r"(?u)\b\w+\b", "हिंदी Ⓐb"), ["ह", "द", "b"]);
        assert_eq!(find(r"[a-z]+", "abc1de F"), ["abc", "de"]);
        assert_eq!(find(r"\b[a-z]+\b", "abc1 de f-g"), ["de", "f", "g"]);
        assert_eq!(find(r"\b[\w-]+\b", "-ab-c- d"), ["ab-c", "d"]);
        assert_eq!(find(r"\S{2,}", "a bb  c,c"), ["bb", "c,c"]);
        assert_eq!(find(r"[^\W\d_]+", "ab1c_d"), ["ab", "c", "d"]);
    }

    #[test]
    fn other_patterns_are_not_read() {
        let patterns = [
            r"(?i)\w+", r"\w", r"\w*", r"\w+?", r"(\w+)", r"\w+|\d+", r"[a-z", r"\w+\s", r"\w{2}", "", r"[a-\d]+",
            r"\p+",
        ];
        for pattern in patterns {
            assert_eq!(Pattern::parse(pattern), None, "{pattern}");
        }
    }
}
