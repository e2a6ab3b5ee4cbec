//! Which files begin the search of which target; shared by `cargo xtask fuzz` and the mutation test.

/// The target that reads such a file; `pickle` for bytes that are nothing else, since Python does not look at the
/// beginning of a file before it runs it.
fn reader(bytes: &[u8]) -> &'static str {
    const PACKED: [&[u8]; 6] = [b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"x", b"\x5d\0\0", b"\x04\x22\x4d\x18"];
    let is_text = matches!(bytes.get(1), Some(b'"' | b' ' | b'\n' | b'\r' | b'\t'));
    match bytes.first() {
        Some(b'{') if !is_text => "ubjson",
        Some(b'{') if bytes.windows(9).any(|window| window == b"\"learner\"") => "json",
        Some(b'{') => "catboost_json",
        Some(b't') if bytes.starts_with(b"tree") => "lightgbm",
        Some(b'C') if bytes.starts_with(b"CBM1") => "catboost",
        Some(b'P') if bytes.starts_with(b"PK") => "skops",
        Some(8) => "onnx",
        _ if PACKED.iter().any(|magic| bytes.starts_with(magic)) => "decompress",
        _ => "pickle",
    }
}

/// True for a file that is of use to a target.
pub fn takes(target: &str, bytes: &[u8]) -> bool {
    match target {
        "open" => true,
        "arrays" => reader(bytes) == "pickle",
        "onnx_trees" => reader(bytes) == "onnx",
        target => reader(bytes) == target,
    }
}
