//! One function for each reader of foreign bytes. The fuzz targets call them, and so does the test
//! `crates/model/tests/it/mutations.rs`, which needs nothing installed.
//!
//! Every function must return for any bytes: no panic, and no more memory or time than the bytes are worth.
#![allow(dead_code, missing_docs, reason = "each target uses one of them")]

use std::collections::HashSet;

use fine_model::import::{self, Opened};
use fine_model::{Core, Feature, FeatureKind, Model};
use fine_pickle::{Node, Pickle, Value};
use fine_table::{Column, NumberKind, Table};

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

/// Every value that can be reached, in every form that it can be read in.
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

/// JSON and UBJSON, and the XGBoost models in them.
pub fn json(bytes: &[u8]) {
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

/// What is read of an ONNX file without the runtime.
pub fn onnx(bytes: &[u8]) {
    let _ = import::onnx::has_external_data(bytes);
    for output in ["label", "probabilities", "output_label", ""] {
        let _ = import::onnx::class_labels(bytes, output);
    }
    // With the fields of a model in front, so that the header is described.
    let whole = [b"\x08\x08\x3a\x00".as_slice(), bytes].concat();
    let _ = import::open(&whole, &limits(), None);
}

/// Any file, and the predictions of what opens.
pub fn open(bytes: &[u8]) {
    let _ = outcome(bytes);
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

fn answers(model: &Model) -> String {
    format!("{} {}", predicted(model), encoded(model))
}

fn predicted(model: &Model) -> String {
    let mut names: Vec<&str> = model.features.iter().map(|feature| feature.name.as_str()).collect();
    names.sort_unstable();
    // A table has no two columns of one name.
    if names.len() > 2_000 || names.windows(2).any(|pair| pair[0] == pair[1]) {
        return "not predicted".to_owned();
    }
    match model.predict(&rows(&model.features)) {
        Ok(prediction) => {
            assert_eq!(prediction.scores.len(), prediction.rows * prediction.width);
            format!("{:?} {:?}", prediction.labels, bits(&prediction.scores))
        }
        Err(error) => error.to_string(),
    }
}

/// A table that has the columns of a model, whatever they are.
fn rows(features: &[Feature]) -> Table {
    let numbers = vec![1.0, f64::NAN, -3.5, 0.0, 1e300, f64::INFINITY];
    let text = [Some("nurse"), None, Some("north"), Some(""), Some("a"), Some("ñ")];
    let column = |(i, feature): (usize, &Feature)| match (feature.kind, i % 3) {
        (FeatureKind::Text, _) | (FeatureKind::Any, 0) => Column::text(feature.name.clone(), text),
        _ => Column::number(feature.name.clone(), NumberKind::Float, numbers.clone()),
    };
    Table::new(features.iter().enumerate().map(column).collect()).expect("names are unique, lengths equal")
}

fn encoded(model: &Model) -> String {
    let width = match model.core() {
        Core::Trees(forest) => forest.features,
        Core::Linear(linear) => linear.features,
        _ => return String::new(),
    };
    let values: Vec<f64> = (0..width * 5).map(|i| [0.0, -1.0, f64::NAN, 1e30, 3.0, 40.5][i % 6]).collect();
    match model.score_encoded(5, &values) {
        Ok(prediction) => format!("{:?}", bits(&prediction.scores)),
        Err(error) => error.to_string(),
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}
