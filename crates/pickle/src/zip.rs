//! Zip archives with stored and deflated entries, read strictly: whatever Python's `zipfile` and another reader could
//! understand differently is refused.
//!
//! Format: APPNOTE.TXT 6.3.10 (PKWARE), without zip64, encryption and data before the first entry.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::Read;

use crate::{Limits, PickleError};

const END: &[u8] = b"PK\x05\x06";
const DIRECTORY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
/// Most entries of one archive.
const ENTRIES: usize = 50_000;
/// Bytes of the fixed parts of the records.
const END_LEN: usize = 22;
const DIRECTORY_LEN: usize = 46;
const LOCAL_LEN: usize = 30;

#[derive(Clone, Copy, Debug)]
struct Entry {
    deflated: bool,
    checksum: u32,
    packed: usize,
    size: usize,
    header: usize,
}

/// An archive whose directory was checked.
#[derive(Debug)]
pub struct Archive<'a> {
    bytes: &'a [u8],
    entries: HashMap<&'a [u8], Entry>,
    /// Bytes that may still be unpacked.
    budget: Cell<u64>,
    limit: u64,
}

fn malformed(offset: usize, reason: &'static str) -> PickleError {
    PickleError::Malformed { offset: offset as u64, reason }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Result<usize, PickleError> {
    let part = at.checked_add(N).and_then(|end| bytes.get(at..end));
    let part = part.ok_or_else(|| malformed(at, "the archive is cut"))?;
    Ok(part.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

fn part(bytes: &[u8], at: usize, length: usize) -> Result<&[u8], PickleError> {
    let part = at.checked_add(length).and_then(|end| bytes.get(at..end));
    part.ok_or_else(|| malformed(at, "the archive is cut"))
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    ///
    /// # Errors
    /// `E-MALFORMED` for an archive that breaks the format, is cut, encrypted or of the 64-bit form, or names an entry
    /// twice; `E-LIMIT` for too many entries.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, PickleError> {
        let tail = bytes.len().saturating_sub(END_LEN + usize::from(u16::MAX));
        let end = bytes[tail..].windows(END.len()).rposition(|window| window == END);
        let end = tail + end.ok_or_else(|| malformed(bytes.len(), "an archive without its end"))?;
        let count = number::<2>(bytes, end + 10)?;
        let (size, start) = (number::<4>(bytes, end + 12)?, number::<4>(bytes, end + 16)?);
        let comment = number::<2>(bytes, end + 20)?;
        let one_disk = number::<4>(bytes, end + 4)? == 0 && number::<2>(bytes, end + 8)? == count;
        if !one_disk || end + END_LEN + comment != bytes.len() || start.checked_add(size) != Some(end) {
            return Err(malformed(end, "an archive in several parts, or with bytes that belong to no entry"));
        }
        if count > ENTRIES {
            return Err(PickleError::Limit { what: "zip_entries", limit: ENTRIES as u64, offset: end as u64 });
        }
        let mut entries = HashMap::with_capacity(count);
        let mut at = start;
        for _ in 0..count {
            let (name, entry, next) = directory_entry(bytes, at)?;
            if entries.insert(name, entry).is_some() {
                return Err(malformed(at, "two entries of one name"));
            }
            at = next;
        }
        if at != end {
            return Err(malformed(at, "a directory of another length"));
        }
        let by_ratio = (bytes.len() as u64).saturating_mul(limits.ratio).max(limits.ratio_floor_bytes);
        let limit = limits.decompressed_bytes.min(by_ratio);
        Ok(Self { bytes, entries, budget: Cell::new(limit), limit })
    }

    /// True when there is an entry of this name.
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name.as_bytes())
    }

    /// The content of an entry, its checksum verified.
    ///
    /// # Errors
    /// `E-MALFORMED` for an entry that is missing or damaged, `E-LIMIT` when the entries together grow beyond reason.
    pub fn read(&self, name: &str) -> Result<Cow<'a, [u8]>, PickleError> {
        let entry = self.entries.get(name.as_bytes()).ok_or_else(|| malformed(0, "an entry is missing"))?;
        let at = entry.header;
        if part(self.bytes, at, LOCAL.len())? != LOCAL {
            return Err(malformed(at, "an entry without its header"));
        }
        let (name_length, extra) = (number::<2>(self.bytes, at + 26)?, number::<2>(self.bytes, at + 28)?);
        if part(self.bytes, at + LOCAL_LEN, name_length)? != name.as_bytes() {
            return Err(malformed(at, "an entry of another name than its directory says"));
        }
        let packed = part(self.bytes, at + LOCAL_LEN + name_length + extra, entry.packed)?;
        let left = self.budget.get().checked_sub(entry.size as u64);
        let left =
            left.ok_or(PickleError::Limit { what: "decompressed_bytes", limit: self.limit, offset: at as u64 })?;
        self.budget.set(left);
        let content: Cow<'a, [u8]> = if entry.deflated {
            let mut content = Vec::new();
            let reader = flate2::read::DeflateDecoder::new(packed);
            let read = reader.take(entry.size as u64 + 1).read_to_end(&mut content);
            read.map_err(|_| malformed(at, "a damaged entry"))?;
            Cow::Owned(content)
        } else {
            Cow::Borrowed(packed)
        };
        let mut checksum = flate2::Crc::new();
        checksum.update(&content);
        if content.len() != entry.size || checksum.sum() != entry.checksum {
            return Err(malformed(at, "an entry whose size or checksum is another"));
        }
        Ok(content)
    }
}

/// Name and place of an entry, and where the next one is.
fn directory_entry(bytes: &[u8], at: usize) -> Result<(&[u8], Entry, usize), PickleError> {
    if part(bytes, at, DIRECTORY.len())? != DIRECTORY {
        return Err(malformed(at, "a directory without its entries"));
    }
    let (flags, method) = (number::<2>(bytes, at + 8)?, number::<2>(bytes, at + 10)?);
    if flags & 0x2041 != 0 {
        return Err(malformed(at, "an encrypted entry"));
    }
    if !matches!(method, 0 | 8) {
        return Err(malformed(at, "an entry that is neither stored nor deflated"));
    }
    let (packed, size, header) =
        (number::<4>(bytes, at + 20)?, number::<4>(bytes, at + 24)?, number::<4>(bytes, at + 42)?);
    if [packed, size, header].contains(&(u32::MAX as usize)) {
        return Err(malformed(at, "an archive of the 64-bit form"));
    }
    if method == 0 && packed != size {
        return Err(malformed(at, "a stored entry of two sizes"));
    }
    let lengths = [28, 30, 32].map(|field| number::<2>(bytes, at + field));
    let [name, extra, comment] = lengths;
    let (name, extra, comment) = (name?, extra?, comment?);
    let checksum = number::<4>(bytes, at + 16)? as u32;
    let entry = Entry { deflated: method == 8, checksum, packed, size, header };
    let text = part(bytes, at + DIRECTORY_LEN, name)?;
    Ok((text, entry, at + DIRECTORY_LEN + name + extra + comment))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::*;

    /// An archive of these entries; the flag deflates.
    fn archive(entries: &[(&str, &[u8], bool)]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, content, deflated) in entries {
            let mut checksum = flate2::Crc::new();
            checksum.update(content);
            let packed = if *deflated {
                let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
                encoder.write_all(content).unwrap();
                encoder.finish().unwrap()
            } else {
                content.to_vec()
            };
            let mut fields = vec![20, 0, 0, 0, if *deflated { 8 } else { 0 }, 0, 0, 0, 0, 0];
            fields.extend(checksum.sum().to_le_bytes());
            fields.extend((packed.len() as u32).to_le_bytes());
            fields.extend((content.len() as u32).to_le_bytes());
            fields.extend((name.len() as u16).to_le_bytes());
            fields.extend([0, 0]);
            let header = out.len() as u32;
            out.extend(LOCAL);
            out.extend(&fields);
            out.extend(name.as_bytes());
            out.extend(packed);
            directory.extend(DIRECTORY);
            directory.extend([20, 0]);
            directory.extend(&fields);
            directory.extend([0; 10]);
            directory.extend(header.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let start = out.len() as u32;
        out.extend(&directory);
        out.extend(END);
        out.extend([0; 4]);
        out.extend([(entries.len() as u16).to_le_bytes(); 2].concat());
        out.extend((directory.len() as u32).to_le_bytes());
        out.extend(start.to_le_bytes());
        out.extend([0, 0]);
        out
    }

    #[test]
    fn entries_are_read_and_checked() {
        let text = b"hello hello hello hello".as_slice();
        let bytes = archive(&[("a.json", text, true), ("b.npy", b"\x01\x02", false)]);
        let archive = Archive::open(&bytes, &Limits::default()).unwrap();
        assert_eq!(archive.read("a.json").unwrap().as_ref(), text);
        assert_eq!(archive.read("b.npy").unwrap().as_ref(), b"\x01\x02");
        assert!(archive.has("a.json") && !archive.has("c"));
        assert_eq!(archive.read("c").unwrap_err().code(), "E-MALFORMED");
        let mut damaged = bytes.clone();
        let at = damaged.windows(2).position(|w| w == b"\x01\x02").unwrap();
        damaged[at] = 9;
        let damaged = Archive::open(&damaged, &Limits::default());
        assert!(damaged.is_err() || damaged.unwrap().read("b.npy").is_err());
    }

    #[test]
    fn ambiguous_archives_are_refused() {
        let twice = archive(&[("a", b"1", false), ("a", b"2", false)]);
        let whole = archive(&[("a", b"1", false)]);
        let shifted = [b"junk".as_slice(), &whole].concat();
        let longer = [whole.as_slice(), b"junk"].concat();
        for bytes in [twice, shifted, longer, whole[..whole.len() - 1].to_vec(), Vec::new()] {
            assert_eq!(Archive::open(&bytes, &Limits::default()).unwrap_err().code(), "E-MALFORMED");
        }
        let mut renamed = whole.clone();
        renamed[LOCAL_LEN] = b'b';
        let archive = Archive::open(&renamed, &Limits::default()).unwrap();
        assert_eq!(archive.read("a").unwrap_err().code(), "E-MALFORMED");
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let bytes = archive(&[("a", &vec![0; 1 << 20], true)]);
        let limits = Limits { ratio_floor_bytes: 1 << 10, ..Limits::default() };
        let archive = Archive::open(&bytes, &limits).unwrap();
        assert_eq!(archive.read("a").unwrap_err().code(), "E-LIMIT");
    }

    #[test]
    fn damage_never_panics() {
        let bytes = archive(&[("a.json", b"hello hello hello", true), ("b", b"xyz", false)]);
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                if let Ok(archive) = Archive::open(&damaged, &Limits::default()) {
                    let _ = (archive.read("a.json"), archive.read("b"));
                }
            }
        }
    }
}
