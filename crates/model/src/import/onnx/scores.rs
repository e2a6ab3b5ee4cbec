//! What the numbers of an output are, as far as the node that makes them says it.

use std::collections::HashMap;

use super::labels::{NEUTRAL, producers};
use super::protobuf::{Field, all, last};

/// Steps back before giving up.
const STEPS: usize = 64;

/// The last node before an output that changes its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreOrigin {
    /// Probabilities of classes, of which one is true.
    Softmax,
    /// Probabilities, each of a question of its own.
    Sigmoid,
    /// A regressor of the operator set `ai.onnx.ml`.
    Regressor,
    /// A softmax along the rows of the table, so that each row depends on the others.
    AcrossRows,
    /// Any other arithmetic: the file does not say what the numbers mean.
    Unsaid,
}

/// What makes the numbers of an output.
pub fn score_origin(model: &[u8], output: &str) -> ScoreOrigin {
    let Some(graph) = last(model, 7).map(Field::bytes) else { return ScoreOrigin::Unsaid };
    let producers: HashMap<&str, &[u8]> = producers(graph);
    let mut at = output;
    for _ in 0..STEPS {
        let Some(node) = producers.get(at) else { break };
        match last(node, 4).map(Field::text).unwrap_or_default() {
            "Softmax" if integer(node, "axis") == Some(0) => return ScoreOrigin::AcrossRows,
            "Softmax" => return ScoreOrigin::Softmax,
            "Sigmoid" => return ScoreOrigin::Sigmoid,
            "LinearRegressor" | "TreeEnsembleRegressor" | "SVMRegressor" => return ScoreOrigin::Regressor,
            kind if NEUTRAL.contains(&kind) => {
                let Some(before) = all(node, 1).map(Field::text).next() else { break };
                at = before;
            }
            _ => break,
        }
    }
    ScoreOrigin::Unsaid
}

/// What a missing text is in a graph: `nan` where its categories hold that and no empty text, which is how skl2onnx writes
/// the missing value among the categories of an encoder; the empty text otherwise.
pub fn missing_text(model: &[u8]) -> &'static str {
    let Some(graph) = last(model, 7).map(Field::bytes) else { return "" };

    let attributes = all(graph, 1).flat_map(|node| all(node.bytes(), 5)).map(Field::bytes);
    let listed = attributes.flat_map(|a| all(a, 9).map(Field::text).chain(all(a, 5).flat_map(texts)));
    let known: Vec<&str> = listed.chain(all(graph, 5).flat_map(texts)).collect();
    if known.contains(&"nan") && !known.contains(&"") { "nan" } else { "" }
}

/// The texts of a tensor.
fn texts(tensor: Field<'_>) -> impl Iterator<Item = &str> {
    all(tensor.bytes(), 6).map(Field::text)
}

/// A whole-number attribute of a node.
fn integer(node: &[u8], name: &str) -> Option<i64> {
    let attribute = all(node, 5).map(Field::bytes).find(|a| last(a, 1).is_some_and(|n| n.text() == name))?;
    match last(attribute, 3)? {
        Field::Number(value) => Some(value as i64),
        Field::Bytes(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{node, wrap};
    use super::*;

    #[test]
    fn a_missing_text_is_the_category_that_the_graph_has_for_it() {
        let of = |texts: &[&[u8]]| {
            let listed = texts.iter().flat_map(|text| wrap(9, text));
            let attribute: Vec<u8> = wrap(1, b"cats_strings").into_iter().chain(listed).collect();
            missing_text(&wrap(7, &node("OneHotEncoder", "x", "y", &attribute)))
        };
        assert_eq!(of(&[b"a", b"nan"]), "nan");
        assert_eq!(of(&[b"", b"nan"]), "");
        assert_eq!(of(&[b"a", b"b"]), "");
    }

    #[test]
    fn the_node_before_the_conversions_says_what_the_numbers_are() {
        let of = |kind: &str, attribute: &[u8]| {
            let graph = [node(kind, "x", "a", attribute), node("Reshape", "a", "out", &[])].concat();
            score_origin(&wrap(7, &graph), "out")
        };
        assert_eq!(of("Softmax", &[]), ScoreOrigin::Softmax);
        assert_eq!(of("Softmax", &[wrap(1, b"axis"), vec![3 << 3, 0]].concat()), ScoreOrigin::AcrossRows);
        assert_eq!(of("Sigmoid", &[]), ScoreOrigin::Sigmoid);
        assert_eq!(of("TreeEnsembleRegressor", &[]), ScoreOrigin::Regressor);
        assert_eq!(of("Gemm", &[]), ScoreOrigin::Unsaid);
        assert_eq!(score_origin(&wrap(7, &node("Softmax", "x", "other", &[])), "out"), ScoreOrigin::Unsaid);
    }
}
