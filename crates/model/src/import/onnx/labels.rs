//! The class labels behind an output: the graph is followed backwards from the output to the node that names them.

use std::collections::HashMap;

use super::protobuf::{Field, all, last};
use crate::Label;

/// Steps back before giving up.
const STEPS: usize = 64;
/// Operators that change the form of their first input and not its values.
pub(super) const NEUTRAL: [&str; 6] = ["Cast", "Reshape", "Identity", "Squeeze", "Flatten", "Unsqueeze"];

/// The node that makes each value of a graph.
pub(super) fn producers(graph: &[u8]) -> HashMap<&str, &[u8]> {
    all(graph, 1).flat_map(|node| all(node.bytes(), 2).map(move |name| (name.text(), node.bytes()))).collect()
}

/// Labels of the classes that an output chooses from (a label output) or has scores for (a `ZipMap` output), in the
/// order of the scores; `None` when no node on the way names them.
pub fn class_labels(model: &[u8], output: &str) -> Option<Vec<Label>> {
    let graph = last(model, 7)?.bytes();
    let producers = producers(graph);
    let constants: HashMap<&str, &[u8]> = all(graph, 5)
        .map(|field| (last(field.bytes(), 8).map(Field::text).unwrap_or_default(), field.bytes()))
        .collect();
    let mut at = output;
    for _ in 0..STEPS {
        let node = producers.get(at)?;
        if let Some(labels) = attribute_labels(node) {
            return Some(labels);
        }
        let mut inputs = all(node, 1).map(Field::text);
        let first = inputs.next()?;
        at = match last(node, 4)?.text() {
            "ArrayFeatureExtractor" | "Gather" => match constants.get(first) {
                Some(tensor) => return values(tensor),
                None => first,
            },
            kind if NEUTRAL.contains(&kind) => first,
            _ => return None,
        };
    }
    None
}

/// `classlabels_*` of a classifier or `ZipMap`, or `values_*` of a `LabelEncoder`.
fn attribute_labels(node: &[u8]) -> Option<Vec<Label>> {
    all(node, 5).find_map(|attribute| {
        let attribute = attribute.bytes();
        let labels: Vec<Label> = match last(attribute, 1)?.text() {
            "classlabels_strings" | "values_strings" => {
                all(attribute, 9).map(|s| Label::Text(s.text().to_owned())).collect()
            }
            "classlabels_int64s" | "classlabels_ints" | "values_int64s" => {
                let mut integers = Vec::new();
                all(attribute, 8).for_each(|f| f.integers(&mut integers));
                integers.into_iter().map(Label::Int).collect()
            }
            _ => Vec::new(),
        };
        (!labels.is_empty()).then_some(labels)
    })
}

/// Values of a constant tensor of integers or text.
fn values(tensor: &[u8]) -> Option<Vec<Label>> {
    let Field::Number(kind) = last(tensor, 2)? else { return None };
    let raw = last(tensor, 9).map(Field::bytes).unwrap_or_default();
    let (mut integers, field) = (Vec::new(), if kind == 7 { 7 } else { 5 });
    match kind {
        8 => return Some(all(tensor, 6).map(|s| Label::Text(s.text().to_owned())).collect()),
        7 => integers.extend(raw.as_chunks::<8>().0.iter().map(|b| i64::from_le_bytes(*b))),
        6 => integers.extend(raw.as_chunks::<4>().0.iter().map(|b| i64::from(i32::from_le_bytes(*b)))),
        _ => return None,
    }
    all(tensor, field).for_each(|f| f.integers(&mut integers));
    Some(integers.into_iter().map(Label::Int).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{node, wrap};
    use super::*;

    #[test]
    fn labels_are_followed_through_casts_and_constants() {
        let constant = wrap(5, &[wrap(8, b"classes"), vec![2 << 3, 7], wrap(7, &[3, 9])].concat());
        let graph =
            [constant, node("ArrayFeatureExtractor", "classes", "a", &[]), node("Cast", "a", "label", &[])].concat();
        assert_eq!(class_labels(&wrap(7, &graph), "label"), Some(vec![Label::Int(3), Label::Int(9)]));
        let attribute = [wrap(1, b"classlabels_strings"), wrap(9, b"no"), wrap(9, b"yes")].concat();
        let graph = node("LinearClassifier", "x", "label", &attribute);
        let labels = vec![Label::Text("no".into()), Label::Text("yes".into())];
        assert_eq!(class_labels(&wrap(7, &graph), "label"), Some(labels));
        assert_eq!(class_labels(&wrap(7, &graph), "other"), None);
    }
}
