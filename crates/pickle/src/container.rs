//! What is around a model: compression, pointers, other formats. Decided by content, never by file name.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use crate::{Limits, PickleError};

/// A compression that joblib or a person puts around a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// zlib.
    Zlib,
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// LZMA alone.
    Lzma,
    /// LZ4 frame.
    Lz4,
}

impl Compression {
    /// Short name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zlib => "zlib",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bz2",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Lz4 => "lz4",
        }
    }

    fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x78, flags, ..] if (0x7800 | u32::from(*flags)) % 31 == 0 => Some(Self::Zlib),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x5d, 0, 0, ..] => Some(Self::Lzma),
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Self::Lz4),
            _ => None,
        }
    }
}

impl std::fmt::Display for Compression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Removes one layer of compression, if there is one. Works for any content, not only pickles.
///
/// # Errors
/// `E-BOMB` when the content grows beyond reason, `E-LIMIT` when it is larger than allowed or asks for a large dictionary,
/// `E-TRUNCATED` when it ends early, `E-DECOMPRESS` when it is damaged, `E-NESTED` when there is a second layer, `E-EMPTY` without bytes.
pub fn decompress<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Cow<'a, [u8]>, Option<Compression>), PickleError> {
    if bytes.is_empty() {
        return Err(PickleError::Empty);
    }
    if bytes.len() as u64 > limits.input_bytes {
        return Err(PickleError::Limit { what: "input_bytes", limit: limits.input_bytes, offset: 0 });
    }
    let Some(compression) = Compression::sniff(bytes) else {
        return Ok((Cow::Borrowed(bytes), None));
    };
    let by_ratio = (bytes.len() as u64).saturating_mul(limits.ratio).max(limits.ratio_floor_bytes);
    let cap = limits.decompressed_bytes.min(by_ratio);
    let dictionary = |error: std::io::Error| decoder_error(compression, &error, 0, limits);
    let content = match compression {
        Compression::Gzip => drain(flate2::read::MultiGzDecoder::new(bytes), compression, cap, limits),
        Compression::Zlib => drain(flate2::read::ZlibDecoder::new(bytes), compression, cap, limits),
        Compression::Bzip2 => drain(bzip2::read::MultiBzDecoder::new(bytes), compression, cap, limits),
        Compression::Xz => {
            let reader = lzma_rust2::XzReader::new_mem_limit(bytes, true, limits.dictionary_kib);
            drain(reader, compression, cap, limits)
        }
        Compression::Lzma => {
            let reader =
                lzma_rust2::LzmaReader::new_mem_limit(bytes, limits.dictionary_kib, None).map_err(dictionary)?;
            drain(reader, compression, cap, limits)
        }
        Compression::Lz4 => drain(lz4_flex::frame::FrameDecoder::new(bytes), compression, cap, limits),
    }?;
    match Compression::sniff(&content) {
        Some(inner) => Err(PickleError::Nested { outer: compression, inner }),
        None if content.is_empty() => Err(PickleError::Empty),
        None => Ok((Cow::Owned(content), Some(compression))),
    }
}

fn drain(reader: impl Read, compression: Compression, cap: u64, limits: &Limits) -> Result<Vec<u8>, PickleError> {
    let mut content = Vec::new();
    let mut reader = reader.take(cap.saturating_add(1));
    if let Err(error) = reader.read_to_end(&mut content) {
        return Err(decoder_error(compression, &error, content.len() as u64, limits));
    }
    if content.len() as u64 > cap {
        if cap < limits.decompressed_bytes {
            return Err(PickleError::ZipBomb { compression, limit: limits.ratio });
        }
        return Err(PickleError::Limit { what: "decompressed_bytes", limit: cap, offset: cap });
    }
    Ok(content)
}

fn decoder_error(compression: Compression, error: &std::io::Error, bytes: u64, limits: &Limits) -> PickleError {
    match error.kind() {
        ErrorKind::UnexpectedEof => PickleError::CompressedTruncated { compression, bytes },
        ErrorKind::OutOfMemory if bytes == 0 && matches!(compression, Compression::Xz | Compression::Lzma) => {
            PickleError::Limit { what: "dictionary_kib", limit: u64::from(limits.dictionary_kib), offset: 0 }
        }
        // The process may have less memory than the file asks for.
        ErrorKind::OutOfMemory => PickleError::Limit { what: "memory_bytes", limit: bytes, offset: bytes },
        _ => PickleError::Decompress { compression, reason: error.to_string() },
    }
}

/// True when decompressed content begins (and, for protocols 0 and 1, ends) like a pickle.
pub fn looks_like_pickle(content: &[u8]) -> bool {
    match content {
        [0x80, _, ..] => true,
        [first, .., last] => {
            let end = if *last == b'\n' { content.len().saturating_sub(2) } else { content.len() - 1 };
            matches!(
                first,
                b'(' | b')' | b'c' | b']' | b'}' | b'N' | b'I' | b'L' | b'F' | b'V' | b'S' | b'G' | b'K' | b'J'
            ) && content.get(end) == Some(&b'.')
        }
        _ => false,
    }
}

/// Refuses content that is a known format of another kind.
pub(crate) fn refuse_foreign(content: &[u8]) -> Result<(), PickleError> {
    if content.starts_with(b"version https://git-lfs") {
        return Err(PickleError::GitLfs);
    }
    if content.starts_with(b"\x89HDF\r\n\x1a\n") {
        return Err(PickleError::Keras);
    }
    if content.starts_with(b"PK\x03\x04") || content.starts_with(b"PK\x05\x06") {
        return Err(zip_kind(content));
    }
    // torch.save before 1.6 begins with a pickled magic number.
    if content.starts_with(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.") {
        return Err(PickleError::Torch);
    }
    Ok(())
}

fn zip_kind(content: &[u8]) -> PickleError {
    let window = &content[..content.len().min(4096)];
    let tail = &content[content.len().saturating_sub(64 << 10)..];
    let holds = |name: &[u8]| [window, tail].iter().any(|part| part.windows(name.len()).any(|w| w == name));
    if holds(b"data.pkl") || holds(b"constants.pkl") {
        PickleError::Torch
    } else if holds(b"model.weights.h5") {
        PickleError::Keras
    } else if holds(b"schema.json") {
        PickleError::Zip { hint: "skops".into() }
    } else if holds(b".npy") {
        PickleError::Zip { hint: "npz".into() }
    } else {
        PickleError::Zip { hint: "unknown content".into() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zlib(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn removes_one_layer_and_refuses_two() {
        let once = zlib(b"\x80\x04N.");
        let (content, compression) = decompress(&once, &Limits::default()).unwrap();
        assert_eq!((content.as_ref(), compression), (&b"\x80\x04N."[..], Some(Compression::Zlib)));
        assert_eq!(decompress(&zlib(&once), &Limits::default()).unwrap_err().code(), "E-NESTED");
    }

    #[test]
    fn a_bomb_stops_at_the_ratio() {
        let limits = Limits { ratio_floor_bytes: 1 << 16, ..Limits::default() };
        let bomb = zlib(&vec![0; 8 << 20]);
        let error = decompress(&bomb, &limits).unwrap_err();
        assert_eq!(error, PickleError::ZipBomb { compression: Compression::Zlib, limit: 250 });
        let tight = Limits { decompressed_bytes: 1 << 16, ..limits };
        assert_eq!(decompress(&bomb, &tight).unwrap_err().code(), "E-LIMIT");
    }

    #[test]
    fn a_cut_stream_is_truncated() {
        let whole = zlib(&(0..20_000u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>());
        assert_eq!(decompress(&whole[..whole.len() / 2], &Limits::default()).unwrap_err().code(), "E-TRUNCATED");
    }

    #[test]
    fn an_lzma_header_cannot_ask_for_memory() {
        let header = [0x5d, 0, 0, 0, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0];
        let error = decompress(&header, &Limits::default()).unwrap_err();
        assert!(matches!(error.code(), "E-LIMIT" | "E-DECOMPRESS"), "{error}");
    }

    #[test]
    fn other_formats_are_named() {
        for (content, code) in [
            (&b"version https://git-lfs.github.com/spec/v1\noid sha256:00"[..], "E-LFS"),
            (b"\x89HDF\r\n\x1a\n0000", "E-KERAS"),
            (b"PK\x03\x04........archive/data.pkl", "E-TORCH"),
            (b"PK\x03\x04........schema.json", "E-ZIP"),
            (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "E-TORCH"),
        ] {
            assert_eq!(refuse_foreign(content).unwrap_err().code(), code);
        }
        assert!(looks_like_pickle(b"(lp0\n."));
        assert!(!looks_like_pickle(b"{\"learner\": 1}"));
    }
}
