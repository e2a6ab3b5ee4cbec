//! The tar format (POSIX ustar), as far as writing plain files needs it.

use bytes::Bytes;

const BLOCK: usize = 512;
/// The largest size that eleven octal digits hold.
const OCTAL: u64 = 0o77_777_777_777;

/// The block before a file's bytes.
pub(super) fn header(name: &str, size: u64) -> Bytes {
    let mut block = [0u8; BLOCK];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    let name = &name.as_bytes()[..name.len().min(100)];
    put(0, name);
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    if size <= OCTAL {
        put(124, format!("{size:011o}\0").as_bytes());
    } else {
        // The binary form that GNU and BSD read, for 8 GiB and more.
        put(124, &[0x80, 0, 0, 0]);
        put(128, &size.to_be_bytes());
    }
    put(136, b"00000000000\0");
    // The checksum counts its own field as spaces.
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Bytes::copy_from_slice(&block)
}

/// What fills a file's last block.
pub(super) fn padding(size: u64) -> Bytes {
    let over = (size % BLOCK as u64) as usize;
    Bytes::from_static(&[0; BLOCK]).slice(..if over == 0 { 0 } else { BLOCK - over })
}

/// The mark of the archive's end.
pub(super) fn end() -> Bytes {
    Bytes::from_static(&[0; 2 * BLOCK])
}

/// A file name of plain characters that fits with its folder and means the same everywhere.
pub(super) fn plain(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
        .skip_while(|c| matches!(c, '.' | '-'))
        .collect();
    // The end says what kind of file it is.
    let plain = plain[plain.len().saturating_sub(40)..].to_owned();
    if plain.is_empty() { "file".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_short() {
        assert_eq!(plain("../../tabla año.csv"), "_.._tabla_a_o.csv");
        assert_eq!(plain("-rf"), "rf");
        assert_eq!(plain("..."), "file");
        assert_eq!(plain(&format!("{}.parquet", "x".repeat(100))).len(), 40);
    }

    #[test]
    fn headers_are_whole_blocks_with_their_checksum() {
        let block = header("datasets/x/loans.csv", 1234);
        assert_eq!(block.len(), BLOCK);
        assert_eq!(&block[124..136], b"00000002322\0");
        let sum: u32 =
            block.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) }).sum();
        assert_eq!(&block[148..154], format!("{sum:06o}").as_bytes());
        assert_eq!((padding(0).len(), padding(512).len(), padding(513).len()), (0, 0, 511));
        assert_eq!(&header("big", 1 << 40)[124..128], &[0x80, 0, 0, 0]);
    }
}
