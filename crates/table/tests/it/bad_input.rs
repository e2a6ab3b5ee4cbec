//! The bad-input list as far as data files go: one test a line; each error names the file and what is wrong where.

use std::io::Write;

use fine_table::{Limits, Problem, TableError};

use crate::{golden, read};

fn refused(bytes: &[u8], slug: &str) -> TableError {
    let e = read(bytes).expect_err("refused");
    assert_eq!(e.slug(), slug, "{e}");
    assert!(e.to_string().starts_with("read \"file\": "), "{e}");
    assert_eq!(e.args()["file"], "file");
    e
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    to.write_all(bytes).expect("to memory");
    to.finish().expect("to memory")
}

#[test]
fn an_empty_file() {
    for bytes in [&b""[..], b"\n \n\t", b"\xef\xbb\xbf\n", b"\xff\xfe\n\0"] {
        refused(bytes, "empty-file");
    }
    refused(&gzip(b""), "empty-file");
}

#[test]
fn a_header_without_rows() {
    assert_eq!(refused(b"a,b\n", "no-rows").args()["columns"], 2);
    refused(b"[]", "no-rows");
}

#[test]
fn a_truncated_parquet_file() {
    let whole = golden("types.parquet");
    let e = refused(&whole[..whole.len() - 9], "truncated-parquet");
    assert_eq!(e.args()["bytes"], whole.len() as u64 - 9);
    refused(b"PAR1", "truncated-parquet");
}

#[test]
fn a_parquet_file_with_a_hole() {
    let mut bytes = golden("types.parquet");
    let end = bytes.len() - 12;
    bytes[4..end].fill(0);
    refused(&bytes, "damaged-file");
}

#[test]
fn a_truncated_arrow_file() {
    let whole = golden("types.feather");
    refused(&whole[..whole.len() - 1], "damaged-file");
    let stream = golden("types.arrows");
    refused(&stream[..stream.len() / 2], "damaged-file");
}

#[test]
fn a_ragged_csv_row() {
    let e = refused(b"a,b,c\n1,2,3\n4,5\n6,7,8\n", "ragged-row");
    assert_eq!(
        e.to_string(),
        "read \"file\": line 3 (byte 12): the row has 2 fields, the header has 3; complete the row, or quote fields that hold the delimiter"
    );
    assert_eq!((e.args()["line"].as_u64(), e.args()["byte"].as_u64()), (Some(3), Some(12)));
}

#[test]
fn a_quote_that_never_closes() {
    let e = refused(b"a,b\n1,\"x\n2,y\n", "unclosed-quote");
    assert_eq!((e.args()["line"].as_u64(), e.args()["byte"].as_u64()), (Some(2), Some(6)));
}

#[test]
fn a_wrong_encoding() {
    // UTF-8 that breaks half way, a byte that Windows-1252 does not define, half a UTF-16 unit, a lone surrogate.
    let cases: [(&[u8], u64, u64, &str); 5] = [
        ("é,b\n1,é\n2,\u{e9}".as_bytes(), 0, 0, ""),
        (b"\xc3\xa9,b\n1,\xe9\n", 7, 2, "utf-8"),
        (b"a,b\n\xe9,\x81\n", 6, 2, "windows-1252"),
        (b"\xff\xfea\0,\0b\0\n\x001\0,\0x", 14, 2, "utf-16le"),
        (b"\xff\xfea\0\n\0\x00\xd8b\0", 6, 2, "utf-16le"),
    ];
    assert!(read(cases[0].0).is_ok());
    for (bytes, byte, line, encoding) in &cases[1..] {
        let args = refused(bytes, "wrong-encoding").args();
        assert_eq!((args["byte"].as_u64(), args["line"].as_u64()), (Some(*byte), Some(*line)), "{args:?}");
        assert_eq!(args["encoding"], *encoding);
    }
    assert_eq!(refused(b"a,b\n1,\0\n", "wrong-encoding").args()["byte"], 6);
}

#[test]
fn ten_thousand_columns() {
    let names: Vec<String> = (0..10_000).map(|i| format!("c{i}")).collect();
    let text = format!("{}\n{}\n", names.join(","), vec!["1"; 10_000].join(","));
    let e = refused(text.as_bytes(), "too-many-columns");
    assert_eq!((e.args()["found"].as_u64(), e.args()["limit"].as_u64()), (Some(10_000), Some(2_000)));
    assert!(e.to_string().contains("--max-columns"), "{e}");
    assert!(fine_table::read(text.as_bytes(), "file", &Limits { columns: 10_000, ..Limits::default() }).is_ok());
}

#[test]
fn a_git_lfs_pointer() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    assert_eq!(refused(pointer, "lfs-pointer").args()["bytes"], 12345);
}

#[test]
fn a_zip_bomb() {
    let bomb = gzip(&vec![b'0'; 80 << 20]);
    assert_eq!(refused(&bomb, "zip-bomb").args()["compression"], "gzip");
    let bomb = zstd::encode_all(&vec![b'0'; 80 << 20][..], 3).expect("to memory");
    assert_eq!(refused(&bomb, "zip-bomb").args()["compression"], "zstd");
    refused(&gzip(&gzip(b"a,b\n1,2\n")), "not-a-table");
}

#[test]
fn a_file_beyond_a_limit() {
    let text = b"a,b\n1,2\n3,4\n5,longer\n";
    let limits = Limits::default();
    let slug = |limits: Limits| fine_table::read(text, "file", &limits).map_err(|e| e.slug()).err();
    assert_eq!(slug(limits), None);
    assert_eq!(slug(Limits { bytes: 10, ..limits }), Some("too-large"));
    assert_eq!(slug(Limits { rows: 2, ..limits }), Some("too-many-rows"));
    assert_eq!(slug(Limits { cells: 5, ..limits }), Some("too-many-cells"));
    let e = fine_table::read(text, "file", &Limits { cell_bytes: 5, ..limits }).expect_err("a long cell");
    assert_eq!(e.problem, Problem::CellTooLarge { line: 4, column: "b".into(), bytes: 6, limit: 5 });
    let packed = gzip(text);
    let e = fine_table::read(&packed, "file", &Limits { decompressed_bytes: 10, ..limits }).expect_err("too large");
    assert_eq!(e.slug(), "too-large");
}

#[test]
fn damaged_compression() {
    let whole = gzip(&b"a,b\n1,2\n".repeat(100));
    refused(&whole[..whole.len() - 9], "damaged-compression");
    let mut broken = zstd::encode_all(&b"a,b\n1,2\n"[..], 3).expect("to memory");
    broken.truncate(broken.len() - 2);
    refused(&broken, "damaged-compression");
}

#[test]
fn two_columns_of_one_name() {
    let e = refused(b"a,b,a\n1,2,3\n", "duplicate-column");
    assert_eq!(e.to_string(), "read \"file\": columns 1 and 3 have the same name \"a\"; rename one of them");
}

#[test]
fn a_nested_column() {
    let e = refused(&golden("nested.parquet"), "unsupported-column");
    assert_eq!(e.args()["column"], "list");
    let e = refused(b"{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":[2]}\n", "unsupported-column");
    assert_eq!((e.args()["column"].as_str(), e.args()["kind"].as_str()), (Some("b"), Some("array")));
}

#[test]
fn broken_json() {
    let e = refused(b"{\"a\":1}\n{\"a\":}\n", "bad-json");
    assert_eq!(e.args()["line"], 2);
    refused(b"{\"a\":1,\"a\":2}\n", "bad-json");
    assert_eq!(refused(b"[{\"a\":1},\n{\"a\":2}", "bad-json").args()["line"], 2);
}

#[test]
fn files_that_are_no_tables() {
    let tar = [vec![b'x'; 257], b"ustar\0".to_vec()].concat();
    let cases: [(&[u8], &str); 14] = [
        (b"\x80\x04\x95\x10", "pickle"),
        (b"PK\x03\x04....archive/data.pkl", "pytorch"),
        (b"PK\x03\x04....[Content_Types].xml xl/workbook.xml", "xlsx"),
        (b"PK\x03\x04....data.csv", "zip"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\n <!DOCTYPE html><html>", "html"),
        (b"<HTML><body>404</body>", "html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"\x89HDF\r\n\x1a\n", "hdf5"),
        (b"SQLite format 3\0", "sqlite"),
        (b"FEA1....", "feather-v1"),
        (b"{\n \"learner\": {}\n}\n", "json-document"),
        (b"{\"learner\": {\"x\": 1}}", "json-document"),
        (&tar, "tar"),
    ];
    for (bytes, found) in cases {
        assert_eq!(refused(bytes, "not-a-table").args()["found"], found);
    }
}

#[test]
fn slugs_and_tags_agree() {
    let tagged = |p: Problem| serde_json::to_value(&p).expect("JSON")["slug"].as_str().map(str::to_owned);
    for p in [
        Problem::EmptyFile,
        Problem::ZipBomb { compression: String::new(), limit: 0 },
        Problem::LfsPointer { bytes: None },
        Problem::NotATable { found: String::new() },
        Problem::BadJson { line: 0, detail: String::new() },
        Problem::TruncatedParquet { bytes: 0 },
    ] {
        assert_eq!(tagged(p.clone()).as_deref(), Some(p.slug()));
    }
}
