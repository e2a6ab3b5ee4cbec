//! One function for each reader of foreign bytes. The fuzz targets call them, and so does the test
//! `crates/model/tests/it/mutations.rs`, which needs nothing installed.
//!
//! Every function must return for any bytes: no panic, and no more memory or time than the bytes are worth.
#![allow(dead_code, missing_docs, reason = "each target uses one of them")]

mod answers;
mod files;
mod runtime;

use std::collections::HashSet;

use answers::answers;
pub use files::{catboost_file, skops_file};
use fine_model::import::{self, Opened};
use fine_pickle::{Node, Pickle, Value};
pub use runtime::Runtime;

/// A reader, which must return for any bytes.
pub type Entry = fn(&[u8]);

/// Every entry under the name of its fuzz target.
pub const ENTRIES: &[(&str, Entry)] = &[
    ("pickle", pickle),
    ("arrays", arrays),
    ("decompress", decompress),
    ("json", json),
    ("ubjson", ubjson),
    ("lightgbm", lightgbm),
    ("catboost", catboost),
    ("catboost_json", catboost_json),
    ("skops", skops),
    ("onnx", onnx),
    ("onnx_trees", onnx_trees),
    ("open", open),
];

/// Bounds of the pickle reader: so small that a hit is quick.
fn pickle_limits() -> fine_pickle::Limits {
    fine_pickle::Limits {
        decompressed_bytes: 16 << 20,
        ratio_floor_bytes: 4 << 20,
        dictionary_kib: 8 << 10,
        nodes: 200_000,
        stack: 200_000,
        memo: 200_000,
        opcodes: 2_000_000,
        materialised_bytes: 16 << 20,
        ..fine_pickle::Limits::default()
    }
}

/// Bounds of the model readers.
fn limits() -> import::Limits {
    import::Limits { nodes: 100_000, features: 1_000, outputs: 100, values: 1_000_000, ..import::Limits::default() }
}

/// The opcodes, the call log and the dangers.
pub fn pickle(bytes: &[u8]) {
    let (pickle, error) = Pickle::scan(bytes.into(), None, &pickle_limits());
    for call in pickle.calls() {
        let _ = (pickle.callee_of(*call), pickle.result_of(*call).preview(120));
    }
    for danger in pickle.dangerous_calls() {
        assert!(danger.arguments.is_none_or(|arguments| arguments.chars().count() <= 120));
    }
    assert!(error.is_none() || pickle.root().is_none());
}

/// Every value that can be reached, in every form that it can be read in: numpy's arrays and scalars, and their types.
pub fn arrays(bytes: &[u8]) {
    let Ok(pickle) = Pickle::read(bytes.into(), None, &pickle_limits()) else { return };
    let mut seen = HashSet::new();
    let mut todo = vec![pickle.root()];
    todo.extend(pickle.calls().iter().map(|call| pickle.result_of(*call)));
    // Each value is read once, so the work is bounded by the file.
    while let Some(value) = todo.pop() {
        if seen.len() > 5_000 || !seen.insert(value.id()) {
            continue;
        }
        read(value);
        todo.extend(value.args());
        todo.extend(value.entries().into_iter().chain(value.attrs()).flat_map(|(key, value)| [key, value]));
        if matches!(value.node(), Node::List(_) | Node::Tuple(_) | Node::Set(_)) {
            todo.extend(value.items().unwrap_or_default());
        }
    }
}

fn read(value: Value<'_>) {
    let _ = (value.scalar(), value.text(), value.to_bytes(), value.dtype(), value.preview(100), value.class_key());
    let Ok(array) = value.array() else { return };
    let count: usize = array.shape.iter().product();
    for length in [array.to_f64().map(|v| v.len()), array.to_i64().map(|v| v.len()), array.scalars().map(|v| v.len())] {
        assert!(length.is_err() || length == Ok(count));
    }
    for field in &array.dtype.fields {
        let _ = array.field(&field.name);
    }
}

/// One layer of compression.
pub fn decompress(bytes: &[u8]) {
    let limits = pickle_limits();
    if let Ok((content, _)) = fine_pickle::decompress(bytes, &limits) {
        assert!(content.len() as u64 <= limits.decompressed_bytes.max(bytes.len() as u64));
    }
}

/// JSON, and the XGBoost models in it.
pub fn json(bytes: &[u8]) {
    // A second byte that no UBJSON has.
    let text = [b"{ ", bytes.strip_prefix(b"{").unwrap_or(bytes)].concat();
    xgboost(&text);
}

/// UBJSON, and the XGBoost models in it.
pub fn ubjson(bytes: &[u8]) {
    if !matches!(bytes.get(1), Some(b'"' | b' ' | b'\n' | b'\r' | b'\t')) {
        xgboost(bytes);
    }
}

fn xgboost(bytes: &[u8]) {
    if let Ok(booster) = import::xgboost::read(bytes, &limits()) {
        answers(&booster.model);
    }
}

/// LightGBM text.
pub fn lightgbm(bytes: &[u8]) {
    if let Ok(model) = import::lightgbm::read(bytes, None, &limits()) {
        answers(&model);
    }
}

/// CatBoost's binary format.
pub fn catboost(bytes: &[u8]) {
    open(&catboost_file(bytes));
}

/// CatBoost's JSON.
pub fn catboost_json(bytes: &[u8]) {
    if bytes.trim_ascii_start().starts_with(b"{") {
        open(bytes);
    }
}

/// skops: an archive as it is, or a schema and arrays that are put into one.
pub fn skops(bytes: &[u8]) {
    open(&skops_file(bytes));
}

/// What is read of an ONNX file without the runtime.
pub fn onnx(bytes: &[u8]) {
    let _ = import::onnx::has_external_data(bytes);
    for output in ["label", "probabilities", "output_label", ""] {
        let _ = import::onnx::class_labels(bytes, output);
    }
    // With the fields of a model in front, so that the header is described.
    open(&[b"\x08\x08\x3a\x00".as_slice(), bytes].concat());
}

/// The trees in an ONNX graph as a native model, beside a runtime that answers zeros: a regression, two and three classes.
pub fn onnx_trees(bytes: &[u8]) {
    for classes in [0, 2, 3] {
        if let Ok(Opened { model: Ok(model), .. }) = import::open(bytes, &limits(), Some(&Runtime { classes })) {
            answers(&model);
        }
    }
}

/// Any file, and the predictions of what opens.
pub fn open(bytes: &[u8]) {
    if let Ok(Opened { model: Ok(model), .. }) = import::open(bytes, &limits(), None) {
        answers(&model);
    }
}

/// Opens a file and predicts with its model; everything that can be told apart of what came out, as text.
pub fn outcome(bytes: &[u8]) -> String {
    let opened = match import::open(bytes, &limits(), None) {
        Err(error) => return format!("{} {error}", error.stable_code()),
        Ok(opened) => opened,
    };
    let Opened { facts, model } = opened;
    let said = format!("{facts:?}");
    match model {
        Err(error) => format!("{said} {} {error}", error.stable_code()),
        Ok(model) => format!("{said} {}", answers(&model)),
    }
}
