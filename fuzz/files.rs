//! Files around bytes: the lengths and checksums of a container, which a mutation almost never hits, are put right, so that
//! the content behind them is read.

/// Begins a line that names a file of a skops archive; the file's content is what follows.
const NAME: &[u8] = b"\n@@@ ";

/// A CatBoost file: these bytes when they are one, else with the magic and the size of the core in front.
pub fn catboost_file(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"CBM1") {
        return bytes.to_vec();
    }
    [b"CBM1", (bytes.len() as u32).to_le_bytes().as_slice(), bytes].concat()
}

/// A skops file: these bytes when they are an archive, else one of the files in them. `fuzz/seeds/skops/make.py` writes
/// such files.
pub fn skops_file(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"PK") {
        return bytes.to_vec();
    }
    let files = split(bytes, NAME).skip(1).map(|part| {
        let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        (&part[..end.min(60)], part.get(end + 1..).unwrap_or_default())
    });
    archive(&files.collect::<Vec<_>>())
}

fn split<'a>(mut bytes: &'a [u8], at: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let Some(end) = bytes.windows(at.len()).position(|window| window == at) else {
            done = true;
            return Some(bytes);
        };
        let part = &bytes[..end];
        bytes = &bytes[end + at.len()..];
        Some(part)
    })
}

/// A zip archive of stored files (APPNOTE.TXT 6.3.10).
fn archive(files: &[(&[u8], &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let size = (content.len() as u32).to_le_bytes();
        let sizes = [checksum(content).to_le_bytes(), size, size].concat();
        let fields =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0], sizes.as_slice(), &(name.len() as u16).to_le_bytes(), &[0, 0]].concat();
        directory.extend([b"PK\x01\x02\x14\x00", fields.as_slice(), &[0; 10]].concat());
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(*name);
        out.extend([b"PK\x03\x04", fields.as_slice(), name, content].concat());
    }
    let (start, count) = (out.len() as u32, (files.len() as u16).to_le_bytes());
    out.extend(&directory);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &(directory.len() as u32).to_le_bytes()].concat());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// CRC-32 as in zip files (ISO 3309), four bits at a time.
fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut i = 0;
        while i < 16 {
            let (mut value, mut bit) = (i as u32, 0);
            while bit < 4 {
                value = value >> 1 ^ if value & 1 == 1 { 0xedb8_8320 } else { 0 };
                bit += 1;
            }
            table[i] = value;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        let half = |sum: u32, nibble: u8| sum >> 4 ^ TABLE[((sum ^ u32::from(nibble)) & 15) as usize];
        half(half(sum, byte & 15), byte >> 4)
    })
}
