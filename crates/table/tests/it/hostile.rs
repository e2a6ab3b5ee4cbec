//! No input panics.

use proptest::prelude::*;

use crate::{golden, read};

fn starts() -> Vec<Vec<u8>> {
    let magic: [&[u8]; 10] = [
        b"",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        b"\x28\xb5\x2f\xfd",
        b"\xff\xff\xff\xff",
        b"{\"a\":",
        b"[{",
        b"a,b\n\"",
        b"a;b\n",
    ];
    magic.iter().map(|m| m.to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn random_bytes(start in 0usize..10, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&[starts()[start].clone(), bytes].concat());
    }

    #[test]
    fn random_text(text in "[a1\\.,;\t|\"'\n\r{}\\[\\]:é -]{0,120}") {
        let _ = read(text.as_bytes());
    }

    #[test]
    fn broken_golden_files(
        file in 0usize..6,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let names =
            ["types.parquet", "types.feather", "types.arrows", "rows.jsonl.zst", "crlf-bom.csv.gz", "nested.parquet"];
        let mut bytes = golden(names[file]);
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(keep.index(bytes.len()));
        }
        let _ = read(&bytes);
    }
}
