//! What kind of file this is, by its content, never by its name.

use super::ImportError;

/// A kind of model file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Pickle or joblib, perhaps compressed.
    Pickle,
    /// skops.
    Skops,
    /// XGBoost JSON.
    XgboostJson,
    /// XGBoost UBJSON.
    XgboostUbj,
    /// LightGBM text.
    Lightgbm,
    /// CatBoost binary.
    CatboostCbm,
    /// CatBoost JSON.
    CatboostJson,
    /// XGBoost's old binary format.
    XgboostBinary,
    /// ONNX.
    Onnx,
    /// A known format that is not read; the id of the format.
    Unsupported(&'static str),
}

impl Kind {
    /// Format id for the facts; the pickle reader says `pickle` or `joblib` itself.
    pub(crate) fn format(self) -> &'static str {
        match self {
            Self::Pickle => "pickle",
            Self::Skops => "skops",
            Self::XgboostJson => "xgboost-json",
            Self::XgboostUbj => "xgboost-ubj",
            Self::Lightgbm => "lightgbm-text",
            Self::CatboostCbm => "catboost-cbm",
            Self::CatboostJson => "catboost-json",
            Self::XgboostBinary => "xgboost-binary",
            Self::Onnx => "onnx",
            Self::Unsupported(format) => format,
        }
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

/// Recognises the content.
///
/// # Errors
/// A Git LFS pointer, or nothing known.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Kind, ImportError> {
    let head = &bytes[..bytes.len().min(4096)];
    let text = head.trim_ascii_start();
    if head.starts_with(b"version https://git-lfs") {
        return Err(ImportError::GitLfs { bytes: lfs_size(head) });
    }
    if head.starts_with(b"CBM1") {
        return Ok(Kind::CatboostCbm);
    }
    if head.starts_with(b"\x89HDF\r\n\x1a\n") {
        return Ok(Kind::Unsupported("keras-hdf5"));
    }
    if head.starts_with(b"binf") {
        return Ok(Kind::XgboostBinary);
    }
    if head.starts_with(b"SR\0\x04") {
        return Ok(Kind::Unsupported("idl-save"));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(match zip(bytes) {
            "skops" => Kind::Skops,
            other => Kind::Unsupported(other),
        });
    }
    if text.starts_with(b"<") {
        return Ok(if contains(head, b"<PMML") { Kind::Unsupported("pmml") } else { Kind::Unsupported("xml") });
    }
    if head.starts_with(b"tree\n") || head.starts_with(b"tree\r\n") {
        return Ok(Kind::Lightgbm);
    }
    if text.starts_with(b"{") {
        return json_or_ubj(bytes, text);
    }
    if fine_pickle::looks_like_pickle(bytes) {
        return Ok(Kind::Pickle);
    }
    if super::onnx::looks_like_onnx(bytes) {
        return Ok(Kind::Onnx);
    }
    if is_xgboost_binary(bytes) {
        return Ok(Kind::XgboostBinary);
    }
    let start = head.iter().take(16).flat_map(|b| std::ascii::escape_default(*b)).map(char::from).collect();
    Err(ImportError::UnknownFormat { start })
}

fn json_or_ubj(bytes: &[u8], text: &[u8]) -> Result<Kind, ImportError> {
    match text.get(1) {
        Some(b'i' | b'U' | b'I' | b'l' | b'L' | b'#') => Ok(Kind::XgboostUbj),
        _ if contains(bytes, b"\"learner\"") => Ok(Kind::XgboostJson),
        _ if contains(bytes, b"\"oblivious_trees\"") || contains(bytes, b"\"features_info\"") => Ok(Kind::CatboostJson),
        _ if contains(bytes, b"\"tree_info\"") => Ok(Kind::Unsupported("lightgbm-json")),
        _ => Ok(Kind::Unsupported("json")),
    }
}

/// What a zip archive holds, by the names in it.
fn zip(bytes: &[u8]) -> &'static str {
    let tail = &bytes[bytes.len().saturating_sub(1 << 20)..];
    let has = |name: &[u8]| contains(tail, name);
    if has(b"schema.json") {
        "skops"
    } else if has(b"data.pkl") {
        "pytorch"
    } else if has(b"config.json") && has(b"model.weights.h5") {
        "keras"
    } else if has(b".npy") {
        "numpy-archive"
    } else {
        "zip"
    }
}

/// XGBoost's old binary format (`Booster.save_raw("deprecated")`): no magic, but the name of the objective and of the
/// booster stand in it as length-prefixed text.
pub(super) fn is_xgboost_binary(bytes: &[u8]) -> bool {
    let named = |name: &str| {
        let mut needle = (name.len() as u64).to_le_bytes().to_vec();
        needle.extend_from_slice(name.as_bytes());
        contains(&bytes[..bytes.len().min(1 << 16)], &needle)
    };
    named("gbtree") || named("gblinear") || named("dart")
}

fn lfs_size(head: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(head);
    text.lines().find_map(|l| l.strip_prefix("size ")).and_then(|n| n.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        for (bytes, kind) in [
            (&b"{\"learner\":{}}"[..], Kind::XgboostJson),
            (b"{L\0\0\0\0\0\0\0\x07learner{", Kind::XgboostUbj),
            (b"tree\nversion=v4\n", Kind::Lightgbm),
            (b"CBM1....", Kind::CatboostCbm),
            (b"{\"features_info\":{},\"trees\":[]}", Kind::CatboostJson),
            (b"binf\0\0\0\x3f", Kind::XgboostBinary),
            (b"PK\x03\x04......schema.json", Kind::Skops),
            (b"\x89HDF\r\n\x1a\n", Kind::Unsupported("keras-hdf5")),
            (b"<?xml version=\"1.0\"?><PMML>", Kind::Unsupported("pmml")),
            (b"PK\x03\x04......archive/data.pkl", Kind::Unsupported("pytorch")),
            (b"{\"a\":1}", Kind::Unsupported("json")),
        ] {
            assert_eq!(sniff(bytes).unwrap(), kind);
        }
    }

    #[test]
    fn pointers_and_noise_are_refused() {
        let lfs = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
        assert_eq!(sniff(lfs).unwrap_err(), ImportError::GitLfs { bytes: 12345 });
        assert_eq!(sniff(b"hello").unwrap_err().code(), "unknown-format");
        assert_eq!(sniff(b"").unwrap_err().code(), "unknown-format");
    }
}
