//! The header of an ONNX file: who wrote it and which operators it uses. The graph itself is run by a
//! [`crate::GraphRuntime`].
//!
//! Field numbers are those of `onnx.proto3` (ModelProto, GraphProto, NodeProto, OperatorSetIdProto).

mod ensemble;
mod external;
mod labels;
mod lift;
mod protobuf;
mod scores;

pub use external::has_external_data;
pub use labels::class_labels;
pub(crate) use lift::{PROBES, lift};
pub use scores::{ScoreOrigin, missing_text, score_origin};

use crate::{EstimatorFacts, ModelFacts};
use protobuf::{Field, Fields};

/// True when the bytes are one whole protobuf message with the fields of an ONNX model: an IR version and a graph.
pub(crate) fn looks_like_onnx(bytes: &[u8]) -> bool {
    let mut fields = Fields::new(bytes);
    let (mut version, mut graph) = (false, false);
    for (number, field) in fields.by_ref() {
        match (number, field) {
            (1, Field::Number(v)) => version = (1..1000).contains(&v),
            (7, Field::Bytes(_)) => graph = true,
            (1..=30, _) => {}
            _ => return false,
        }
    }
    !fields.broken && version && graph
}

/// Fills in what the header says: producer, operator sets, and each operator with its count.
pub(crate) fn describe(bytes: &[u8], facts: &mut ModelFacts) {
    let mut params = Vec::new();
    let mut operators: Vec<(String, u64)> = Vec::new();
    "onnx".clone_into(&mut facts.library);
    for (number, field) in Fields::new(bytes) {
        match (number, field) {
            (1, Field::Number(v)) => params.push(("ir_version".to_owned(), v.to_string())),
            (2, Field::Bytes(b)) => facts.library = text(b),
            (3, Field::Bytes(b)) => facts.library_version = Some(text(b)).filter(|v| !v.is_empty()),
            (8, Field::Bytes(b)) => params.push(opset(b)),
            (7, Field::Bytes(b)) => {
                for (number, field) in Fields::new(b) {
                    if let (1, Field::Bytes(node)) = (number, field) {
                        let name = operator(node);
                        if let Some((_, count)) = operators.iter_mut().find(|(n, _)| *n == name) {
                            *count += 1;
                        } else if operators.len() < 200 {
                            operators.push((name, 1));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    facts.estimators.push(EstimatorFacts { depth: 0, name: String::new(), class: "Graph".into(), params });
    facts.estimators.extend(operators.into_iter().map(|(class, count)| EstimatorFacts {
        depth: 1,
        name: String::new(),
        class,
        params: vec![("nodes".to_owned(), count.to_string())],
    }));
}

/// At most 60 characters of a text field.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().chars().take(60).collect()
}

fn opset(bytes: &[u8]) -> (String, String) {
    let (mut domain, mut version) = (String::new(), 0);
    for (number, field) in Fields::new(bytes) {
        match (number, field) {
            (1, Field::Bytes(b)) => domain = text(b),
            (2, Field::Number(v)) => version = v,
            _ => {}
        }
    }
    (format!("opset {}", if domain.is_empty() { "ai.onnx" } else { &domain }), version.to_string())
}

fn operator(node: &[u8]) -> String {
    Fields::new(node)
        .find_map(|(number, field)| match (number, field) {
            (4, Field::Bytes(b)) => Some(text(b)),
            _ => None,
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn wrap(number: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, content.len() as u8];
        out.extend_from_slice(content);
        out
    }

    pub(super) fn node(kind: &str, input: &str, output: &str, attribute: &[u8]) -> Vec<u8> {
        let mut body = [wrap(1, input.as_bytes()), wrap(2, output.as_bytes()), wrap(4, kind.as_bytes())].concat();
        if !attribute.is_empty() {
            body.extend(wrap(5, attribute));
        }
        wrap(1, &body)
    }

    /// ir 8, producer "p", version "1", graph with one node of type "Add", opset 15.
    const MODEL: &[u8] =
        &[8, 8, 0x12, 1, b'p', 0x1a, 1, b'1', 0x3a, 7, 0x0a, 5, 0x22, 3, b'A', b'd', b'd', 0x42, 2, 0x10, 15];

    #[test]
    fn the_header_is_read() {
        assert!(looks_like_onnx(MODEL));
        let mut facts = ModelFacts::default();
        describe(MODEL, &mut facts);
        assert_eq!((facts.library.as_str(), facts.library_version.as_deref()), ("p", Some("1")));
        assert_eq!(facts.estimators[0].params[1], ("opset ai.onnx".to_owned(), "15".to_owned()));
        assert_eq!(facts.estimators[1].class, "Add");
    }

    #[test]
    fn cut_or_foreign_bytes_are_no_model() {
        for end in 0..MODEL.len() {
            // A cut between two fields is still a message; it is a model only with a graph.
            assert!(!looks_like_onnx(&MODEL[..end]) || end == 17);
        }
        assert!(!looks_like_onnx(b"hello world") && !looks_like_onnx(&[0xff; 40]));
    }
}
