//! What a file is, by its bytes alone.

use crate::error::Problem;
use crate::facts::{Compression, Format};

/// What the first bytes say.
pub(crate) enum Content {
    /// A binary table format.
    Table(Format),
    /// Text: delimited or JSON.
    Text,
}

/// The compression around the bytes, by magic number.
pub(crate) fn compression(bytes: &[u8]) -> Option<Compression> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        Some(Compression::Gzip)
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Some(Compression::Zstd)
    } else {
        None
    }
}

/// Tells table formats from text and from files that are no tables.
pub(crate) fn content(bytes: &[u8]) -> Result<Content, Problem> {
    if bytes.starts_with(b"PAR1") {
        return Ok(Content::Table(Format::Parquet));
    }
    if bytes.starts_with(b"ARROW1") {
        return Ok(Content::Table(Format::ArrowFile));
    }
    if bytes.len() >= 8 && bytes.starts_with(&[0xff; 4]) {
        return Ok(Content::Table(Format::ArrowStream));
    }
    if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Err(Problem::LfsPointer { bytes: lfs_bytes(bytes) });
    }
    match stranger(bytes) {
        Some(found) => Err(Problem::NotATable { found: found.to_owned() }),
        None => Ok(Content::Text),
    }
}

fn lfs_bytes(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(&bytes[..bytes.len().min(1024)]).ok()?;
    text.lines().find_map(|l| l.strip_prefix("size "))?.trim().parse().ok()
}

const MAGICS: [(&[u8], &str); 27] = [
    (b"%PDF-", "pdf"),
    (b"PARE", "encrypted-parquet"),
    (b"FEA1", "feather-v1"),
    (b"ORC", "orc"),
    (b"Obj\x01", "avro"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"\x93NUMPY", "numpy"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x1f\x8b", "gzip-twice"),
    (b"\x28\xb5\x2f\xfd", "zstd-twice"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"RDX2\n", "r-data"),
    (b"RDX3\n", "r-data"),
    (b"RDA", "r-data"),
    (b"<?xml", "xml"),
    (b"{\\rtf", "rtf"),
    (b"tree\nversion=", "lightgbm-model"),
];

/// Files that people pick by mistake.
fn stranger(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip_kind(bytes));
    }
    if let Some((_, name)) = MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    if bytes.len() >= 2 && bytes[0] == 0x80 && (2..=5).contains(&bytes[1]) {
        return Some("pickle");
    }
    if bytes.len() >= 2 && bytes[0] == 0x78 && matches!(bytes[1], 0x01 | 0x5e | 0x9c | 0xda) && bytes.contains(&0) {
        return Some("zlib");
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("tar");
    }
    let head = bytes.trim_ascii_start();
    let head = head[..head.len().min(15)].to_ascii_lowercase();
    (head.starts_with(b"<!doctype html") || head.starts_with(b"<html")).then_some("html")
}

fn zip_kind(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(1 << 16)];
    let has = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    if has(b"xl/") {
        "xlsx"
    } else if has(b"/data.pkl") || has(b"data.pkl") {
        "pytorch"
    } else if has(b".npy") {
        "npz"
    } else if has(b"word/") {
        "docx"
    } else if has(b"content.xml") {
        "ods"
    } else if has(b"[Content_Types].xml") {
        "office-file"
    } else {
        "zip"
    }
}
