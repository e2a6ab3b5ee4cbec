//! Text forms of protocol 0.

/// Body of a Python 2 string literal (with its quotes) as bytes; `None` when the quotes or an escape are wrong.
pub(crate) fn quoted(line: &[u8]) -> Option<Vec<u8>> {
    let (first, last) = (*line.first()?, *line.last()?);
    if line.len() < 2 || first != last || !matches!(first, b'\'' | b'"') {
        return None;
    }
    let mut body = line[1..line.len() - 1].iter().copied();
    let mut out = Vec::with_capacity(line.len());
    while let Some(byte) = body.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match body.next()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => hex_digit(body.next()?)? << 4 | hex_digit(body.next()?)?,
            plain @ (b'\\' | b'\'' | b'"') => plain,
            _ => return None,
        });
    }
    Some(out)
}

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

/// UTF-8 with lone surrogates, which become replacement characters; the flag says that there were some. `None` for
/// other bytes.
pub(crate) fn utf8(raw: &[u8]) -> Option<(Box<str>, bool)> {
    let mut rest = match std::str::from_utf8(raw) {
        Ok(text) => return Some((text.into(), false)),
        Err(_) => raw,
    };
    let mut out = String::with_capacity(raw.len());
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                return Some((out.into(), true));
            }
            Err(error) => {
                let (valid, bad) = rest.split_at(error.valid_up_to());
                out.push_str(std::str::from_utf8(valid).ok()?);
                let [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] = bad else { return None };
                out.push(char::REPLACEMENT_CHARACTER);
                rest = &bad[3..];
            }
        }
    }
}

/// `raw-unicode-escape` text; the flag says that a lone surrogate was replaced. `None` when an escape is wrong.
pub(crate) fn raw_unicode(line: &[u8]) -> Option<(String, bool)> {
    let mut out = String::with_capacity(line.len());
    let mut lossy = false;
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        let width = match (byte, line.get(at + 1)) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            (b'\\', Some(other)) => {
                out.extend(['\\', *other as char]);
                at += 2;
                continue;
            }
            _ => {
                out.push(*byte as char);
                at += 1;
                continue;
            }
        };
        let digits = line.get(at + 2..at + 2 + width)?;
        let code = digits.iter().try_fold(0u32, |code, digit| Some(code << 4 | u32::from(hex_digit(*digit)?)))?;
        out.push(char::from_u32(code).unwrap_or_else(|| {
            lossy = true;
            char::REPLACEMENT_CHARACTER
        }));
        at += 2 + width;
    }
    Some((out, lossy))
}

/// A decimal whole number as `INT` and `LONG` write it. Forms that C and Python read differently (leading zeros,
/// `0x`, blanks, underscores) are refused.
pub(crate) fn decimal(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line).ok()?;
    let text = text.strip_suffix('L').unwrap_or(text);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (plain && (digits == "0" || !digits.starts_with('0'))).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_unescapes_and_refuses() {
        assert_eq!(quoted(b"'a\\x41\\n\\''"), Some(b"aA\n'".to_vec()));
        assert_eq!(quoted(b"'a"), None);
        assert_eq!(quoted(b"'"), None);
        assert_eq!(quoted(b"'\\q'"), None);
    }

    #[test]
    fn utf8_takes_surrogates_and_nothing_else() {
        assert_eq!(utf8("né".as_bytes()), Some(("né".into(), false)));
        assert_eq!(utf8(b"a\xed\xa0\x80b"), Some(("a\u{fffd}b".into(), true)));
        for bad in [&b"\xff"[..], b"a\xc0\x80", b"\xed\xa0", b"\xed\x9f"] {
            assert_eq!(utf8(bad), None);
        }
    }

    #[test]
    fn raw_unicode_reads_escapes_and_latin1() {
        assert_eq!(raw_unicode(b"a\\u00e9\xe9\\U0001F600"), Some(("a\u{e9}\u{e9}\u{1F600}".into(), false)));
        assert_eq!(raw_unicode(b"\\ud800"), Some(("\u{fffd}".into(), true)));
        assert_eq!(raw_unicode(b"\\\\u0041"), Some(("\\\\u0041".into(), false)));
        assert_eq!(raw_unicode(b"\\u12"), None);
    }

    #[test]
    fn decimal_refuses_what_c_reads_as_octal() {
        assert_eq!(decimal(b"-12L"), Some("-12"));
        assert_eq!(decimal(b"0"), Some("0"));
        for bad in [&b"010"[..], b"0x1", b" 1", b"1_0", b"", b"-"] {
            assert_eq!(decimal(bad), None);
        }
    }
}
