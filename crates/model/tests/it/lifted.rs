//! Trees of an ONNX graph as a native model: what a graph may cost, beside a runtime that answers zeros.

use fine_model::import::{self, Limits};

use crate::mutations::entries::Runtime;

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let (mut out, mut length) = (vec![number << 3 | 2], content.len());
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(content);
    out
}

fn node(kind: &str, input: &str, output: &str, attributes: &[u8]) -> Vec<u8> {
    let texts = [field(1, input.as_bytes()), field(2, output.as_bytes()), field(4, kind.as_bytes())].concat();
    field(1, &[texts.as_slice(), attributes].concat())
}

/// A tree with one split and two leaves of zero, behind a number of conversions.
fn graph(conversions: usize) -> Vec<u8> {
    let attribute = |name: &str, values: &[u8]| field(5, &[field(1, name.as_bytes()).as_slice(), values].concat());
    let integers = |name: &str, values: &[u8]| attribute(name, &field(8, values));
    let numbers = |name: &str, values: &[f32]| {
        attribute(name, &field(7, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>()))
    };
    let modes: Vec<u8> = ["BRANCH_LEQ", "LEAF", "LEAF"].iter().flat_map(|mode| field(9, mode.as_bytes())).collect();
    let attributes = [
        integers("nodes_treeids", &[0, 0, 0]),
        integers("nodes_nodeids", &[0, 1, 2]),
        integers("nodes_featureids", &[0, 0, 0]),
        numbers("nodes_values", &[0.5, 0.0, 0.0]),
        attribute("nodes_modes", &modes),
        integers("nodes_truenodeids", &[1, 0, 0]),
        integers("nodes_falsenodeids", &[2, 0, 0]),
        integers("target_treeids", &[0, 0]),
        integers("target_nodeids", &[1, 2]),
        integers("target_ids", &[0, 0]),
        numbers("target_weights", &[0.0, 0.0]),
        attribute("n_targets", &[3 << 3, 1]),
    ];
    let cast = |k: usize| node("Cast", &format!("x{k}"), &format!("x{}", k + 1), &[]);
    let mut graph: Vec<u8> = (0..conversions).flat_map(cast).collect();
    graph.extend(node("TreeEnsembleRegressor", &format!("x{conversions}"), "y", &attributes.concat()));
    graph.extend(field(11, &field(1, b"x0")));
    [vec![8, 8], field(7, &graph)].concat()
}

fn is_lifted(bytes: &[u8], limits: &Limits) -> bool {
    let opened = import::open(bytes, limits, Some(&Runtime { classes: 0 })).expect("a graph");
    opened.model.expect("a model");
    opened.facts.warnings.iter().any(|remark| remark.id == "lifted-from-graph")
}

#[test]
fn one_tree_is_lifted_within_the_limits() {
    assert!(is_lifted(&graph(0), &Limits::default()));
    // Two leaves with one value each.
    assert!(is_lifted(&graph(0), &Limits { values: 2, ..Limits::default() }));
    assert!(!is_lifted(&graph(0), &Limits { values: 1, ..Limits::default() }));
}

#[test]
fn conversions_are_followed_only_so_far() {
    assert!(is_lifted(&graph(20), &Limits::default()));
    assert!(!is_lifted(&graph(100), &Limits::default()));
}
