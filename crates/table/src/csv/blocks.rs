//! Cutting a file into blocks of whole records without breaking a quoted field.

use std::ops::Range;

/// Blocks of whole records and whether a quoted field was met.
pub(super) struct Blocks {
    pub ranges: Vec<Range<usize>>,
    pub quoted: bool,
}

/// Offset of a quote that never closes.
#[derive(Debug, PartialEq)]
pub(super) struct Unclosed(pub usize);

/// Cuts `text[start..]` at record ends, a block about every `target` bytes. A quote opens a field only at the field's
/// beginning, a doubled quote inside is one quote, as in pandas and the csv crate.
pub(super) fn blocks(text: &[u8], start: usize, delimiter: u8, target: usize) -> Result<Blocks, Unclosed> {
    let mut cutter = Cutter { text, target, begin: start, ranges: Vec::new() };
    let (mut at, mut quoted) = (start, false);
    while let Some(quote) = memchr::memchr(b'"', &text[at..]).map(|i| at + i) {
        let opens = quote == start || is_field_end(text[quote - 1], delimiter);
        if !opens {
            at = quote + 1;
            continue;
        }
        cutter.cut_between(at, quote);
        quoted = true;
        at = closing(text, quote + 1).ok_or(Unclosed(quote))? + 1;
    }
    cutter.cut_between(at, text.len());
    if cutter.begin < text.len() {
        cutter.ranges.push(cutter.begin..text.len());
    }
    Ok(Blocks { ranges: cutter.ranges, quoted })
}

fn is_field_end(byte: u8, delimiter: u8) -> bool {
    byte == delimiter || byte == b'\n' || byte == b'\r'
}

fn closing(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let quote = at + memchr::memchr(b'"', text.get(at..)?)?;
        if text.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

struct Cutter<'a> {
    text: &'a [u8],
    target: usize,
    begin: usize,
    ranges: Vec<Range<usize>>,
}

impl Cutter<'_> {
    /// Cuts at record ends in a stretch without quoted fields.
    fn cut_between(&mut self, from: usize, to: usize) {
        loop {
            let from = from.max(self.begin + self.target);
            if from >= to {
                return;
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', &self.text[from..to]) else { return };
            let mut end = from + end + 1;
            if self.text[end - 1] == b'\r' && self.text.get(end) == Some(&b'\n') {
                end += 1;
            }
            self.ranges.push(self.begin..end);
            self.begin = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, target: usize) -> Vec<&str> {
        blocks(text.as_bytes(), 0, b',', target).expect("closed").ranges.into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn newlines_inside_quotes_do_not_cut() {
        assert_eq!(cut("a,\"1\n2\"\nb,c\n", 1), ["a,\"1\n2\"\n", "b,c\n"]);
        assert_eq!(cut("a,\"1\"\"\n\"\nb\r\nc", 1), ["a,\"1\"\"\n\"\n", "b\r\n", "c"]);
        assert_eq!(cut("5\" pipe,x\ny,z\n", 1), ["5\" pipe,x\n", "y,z\n"]);
        assert_eq!(cut("a\rb\rc", 1), ["a\r", "b\r", "c"]);
    }

    #[test]
    fn an_open_quote_is_found() {
        assert_eq!(blocks(b"a,b\n1,\"2\n3,4\n", 0, b',', 1).err(), Some(Unclosed(6)));
    }

    proptest::proptest! {
        #[test]
        fn blocks_give_the_same_records_as_the_whole(text in "[ab,\"\n\r]{0,60}", target in 1usize..20) {
            let whole = all(text.as_bytes());
            if let Ok(cut) = blocks(text.as_bytes(), 0, b',', target) {
                let parts: Vec<_> = cut.ranges.into_iter().flat_map(|r| all(&text.as_bytes()[r])).collect();
                proptest::prop_assert_eq!(parts, whole);
            }
        }
    }

    fn all(text: &[u8]) -> Vec<csv::ByteRecord> {
        super::super::dialect::records(text, b',').into_byte_records().map(|r| r.expect("a record")).collect()
    }
}
