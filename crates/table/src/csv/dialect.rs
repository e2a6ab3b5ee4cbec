//! Delimiter and decimal mark, from the start of the file.

use crate::missing::null_spelling;
use crate::number::{Syntax, number};

const CANDIDATES: [u8; 4] = *b",;\t|";
const SNIFF_BYTES: usize = 256 << 10;
/// Rows looked at before the whole file is read.
pub(super) const SAMPLE_ROWS: usize = 1000;

/// How the fields are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: u8,
    pub decimal: u8,
}

/// The delimiter whose rows most often have as many fields as the header (at least two), then the one with most fields; a
/// comma when the file has one column. The decimal mark is a comma only where the delimiter is none and the sample proves it.
pub(super) fn sniff(text: &[u8]) -> Dialect {
    let mut best = (0usize, 1usize, b',');
    for delimiter in CANDIDATES {
        let rows = sample(text, delimiter);
        let Some((header, rows)) = rows.split_first() else { continue };
        if header.len() < 2 {
            continue;
        }
        let fit = rows.iter().filter(|r| r.len() == header.len()).count();
        let score = if rows.is_empty() { 1000 } else { fit * 1000 / rows.len() };
        if (score + 1, header.len()) > (best.0, best.1) {
            best = (score + 1, header.len(), delimiter);
        }
    }
    let delimiter = best.2;
    let comma = delimiter != b',' && decimal_comma(&sample(text, delimiter));
    Dialect { delimiter, decimal: if comma { b',' } else { b'.' } }
}

/// A reader of raw records.
pub(super) fn records(text: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(64 << 10)
        .from_reader(text)
}

/// A line of blanks only, which pandas skips.
pub(super) fn is_blank(record: &csv::ByteRecord) -> bool {
    record.len() == 1 && record.get(0).is_some_and(|f| !f.is_empty() && f.trim_ascii().is_empty())
}

/// Whole records from the start of the text.
pub(super) fn sample(text: &[u8], delimiter: u8) -> Vec<csv::ByteRecord> {
    let cut = text.len() > SNIFF_BYTES;
    let mut rows: Vec<_> = records(&text[..text.len().min(SNIFF_BYTES)], delimiter)
        .into_byte_records()
        .map_while(Result::ok)
        .filter(|r| !is_blank(r))
        .take(SAMPLE_ROWS + 1)
        .collect();
    if cut && rows.len() > 1 && rows.len() <= SAMPLE_ROWS {
        rows.pop();
    }
    rows
}

/// True when some column holds only numbers written with a comma, at least one of which cannot be a thousands mark, and no
/// column holds numbers written with a point.
fn decimal_comma(rows: &[csv::ByteRecord]) -> bool {
    let columns = rows.first().map_or(0, csv::ByteRecord::len);
    let mut proven = false;
    for column in 0..columns {
        let mut cells = rows.iter().skip(1).filter_map(|r| r.get(column)).filter(|c| null_spelling(c).is_none());
        if cells.clone().all(|c| number(c, b'.').is_some()) {
            if cells.any(|c| c.contains(&b'.')) {
                return false;
            }
        } else if cells.clone().all(|c| number(c, b',').is_some()) {
            proven |= cells.any(is_decimal_for_sure);
        }
    }
    proven
}

/// A comma that no thousands mark could be: not exactly three digits behind it, or not one to three digits other than 0
/// before it.
fn is_decimal_for_sure(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    let digits = cell.strip_prefix(b"-").or_else(|| cell.strip_prefix(b"+")).unwrap_or(cell);
    let Some(comma) = memchr::memchr(b',', digits) else { return false };
    let (before, after) = (&digits[..comma], &digits[comma + 1..]);
    let thousands = after.len() == 3 && (1..=3).contains(&before.len()) && before[0] != b'0';
    !thousands && number(cell, b',').is_some_and(|c| c.syntax == Syntax::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(text: &str) -> (char, char) {
        let d = sniff(text.as_bytes());
        (d.delimiter as char, d.decimal as char)
    }

    #[test]
    fn delimiters() {
        assert_eq!(dialect("a,b\n1,2\n"), (',', '.'));
        assert_eq!(dialect("a;b\n1;2\n"), (';', '.'));
        assert_eq!(dialect("a\tb\n1\tx, y\n"), ('\t', '.'));
        assert_eq!(dialect("a|b\n1|2\n"), ('|', '.'));
        assert_eq!(dialect("a\n1\n"), (',', '.'));
        assert_eq!(dialect("\"a;x\",b\n\"1;2;3\",2\n"), (',', '.'));
    }

    #[test]
    fn decimal_comma_needs_proof() {
        assert_eq!(dialect("a;b\n1,5;x\n2,25;y\n"), (';', ','));
        assert_eq!(dialect("a;b\n1,500;x\n2,250;y\n"), (';', '.'), "could be thousands");
        assert_eq!(dialect("a;b\n0,500;x\n2,250;y\n"), (';', ','));
        assert_eq!(dialect("a;b\n1,5;1.5\n"), (';', '.'), "both marks");
        assert_eq!(dialect("a;b\n1,5;v1.2\n"), (';', ','));
    }
}
