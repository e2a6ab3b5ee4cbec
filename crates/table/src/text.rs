//! Text encodings: which one, and to UTF-8.

use std::borrow::Cow;

use crate::error::Problem;
use crate::facts::{Encoding, Warning};

/// Text as UTF-8 without byte order mark.
pub(crate) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub encoding: Encoding,
    pub warning: Option<Warning>,
}

/// Decodes text: a byte order mark decides; else UTF-16 when every other byte of the start is zero; else UTF-8; else
/// Windows-1252 with a warning. Bytes that fit none, and files that mix UTF-8 with something else, are refused.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Problem> {
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        let text = std::str::from_utf8(rest).map_err(|e| wrong(bytes, 3 + e.valid_up_to(), Encoding::Utf8))?;
        return refuse_nul(bytes).map(|()| plain(Cow::Borrowed(text), Encoding::Utf8));
    }
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return utf16(rest, 2, Encoding::Utf16Le);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return utf16(rest, 2, Encoding::Utf16Be);
    }
    if let Some(encoding) = bare_utf16(bytes) {
        return utf16(bytes, 0, encoding);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => refuse_nul(bytes).map(|()| plain(Cow::Borrowed(text), Encoding::Utf8)),
        Err(e) => windows_1252(bytes, e.valid_up_to()),
    }
}

fn plain(text: Cow<'_, str>, encoding: Encoding) -> Decoded<'_> {
    Decoded { text, encoding, warning: None }
}

fn refuse_nul(bytes: &[u8]) -> Result<(), Problem> {
    match memchr::memchr(0, bytes) {
        Some(at) => Err(wrong(bytes, at, Encoding::Utf8)),
        None => Ok(()),
    }
}

fn bare_utf16(bytes: &[u8]) -> Option<Encoding> {
    let head = &bytes[..bytes.len().min(512) & !1];
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, units) = (zeros(0), zeros(1), head.len() / 2);
    if units < 2 {
        None
    } else if odd * 10 >= units * 7 && even == 0 {
        Some(Encoding::Utf16Le)
    } else if even * 10 >= units * 7 && odd == 0 {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

fn utf16(bytes: &[u8], before: usize, encoding: Encoding) -> Result<Decoded<'static>, Problem> {
    let unit = |pair: &[u8]| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
        _ => u16::from_le_bytes([pair[0], pair[1]]),
    };
    let wrong_at = |byte: usize, text: &str| Problem::WrongEncoding {
        encoding: encoding.id().to_owned(),
        byte: (before + byte) as u64,
        line: 1 + text.matches('\n').count() as u64,
    };
    let mut text = String::with_capacity(bytes.len() / 2 + bytes.len() / 16);
    let mut at = 0;
    for c in char::decode_utf16(bytes.chunks_exact(2).map(unit)) {
        match c {
            Ok('\0') | Err(_) => return Err(wrong_at(at, &text)),
            Ok(c) => {
                at += 2 * c.len_utf16();
                text.push(c);
            }
        }
    }
    if bytes.len() % 2 == 1 {
        return Err(wrong_at(bytes.len() - 1, &text));
    }
    Ok(plain(Cow::Owned(text), encoding))
}

fn windows_1252(bytes: &[u8], first: usize) -> Result<Decoded<'_>, Problem> {
    if !bytes[..first].is_ascii() {
        return Err(wrong(bytes, first, Encoding::Utf8));
    }
    let undefined = |b: &u8| matches!(b, 0 | 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    if let Some(at) = bytes.iter().position(undefined) {
        let encoding = if at < first { Encoding::Utf8 } else { Encoding::Windows1252 };
        return Err(wrong(bytes, at, encoding));
    }
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
    Ok(Decoded {
        text,
        encoding: Encoding::Windows1252,
        warning: Some(Warning::FallbackEncoding { byte: first as u64 }),
    })
}

fn wrong(bytes: &[u8], byte: usize, encoding: Encoding) -> Problem {
    Problem::WrongEncoding { encoding: encoding.id().to_owned(), byte: byte as u64, line: line_at(bytes, byte) }
}

/// The line of a byte, from 1; lines end with `\n`, or with `\r` in files that have no `\n`.
pub(crate) fn line_at(bytes: &[u8], byte: usize) -> u64 {
    let before = &bytes[..byte.min(bytes.len())];
    let feeds = memchr::memchr_iter(b'\n', before).count();
    let ends = if feeds == 0 && memchr::memchr(b'\n', bytes).is_none() {
        memchr::memchr_iter(b'\r', before).count()
    } else {
        feeds
    };
    1 + ends as u64
}
