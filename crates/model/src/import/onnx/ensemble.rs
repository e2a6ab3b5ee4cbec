//! Tree ensembles inside of a graph, as native forests.
//!
//! The attributes are those of `TreeEnsembleClassifier` and `TreeEnsembleRegressor` of the operator set `ai.onnx.ml`
//! (versions 1 to 4), in `f32`. A graph is lifted when nothing but conversions stands around one such node. Whatever is
//! written in another way stays with the runtime.

use std::collections::{HashMap, HashSet};

use super::protobuf::{Field, Fields, all, last};
use crate::import::Limits;
use crate::import::builder::{ForestBuilder, RawNode, RawTree};
use crate::trees::{Cast, Forest, Link, Missing, Sum};

/// Operators that change the form of numbers and not their value.
const NEUTRAL: [&str; 8] =
    ["Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "ZipMap", "ArrayFeatureExtractor"];

/// Conversions between the inputs and the trees before giving up.
const STEPS: usize = 64;

/// The forest of a graph that is one tree ensemble on its inputs, all of them numbers, in their order; `None` for any
/// other graph.
pub(crate) fn forest(model: &[u8], limits: &Limits) -> Option<Forest> {
    let graph = last(model, 7)?.bytes();
    let nodes: Vec<Node<'_>> = all(graph, 1).map(|field| Node::read(field.bytes())).collect();
    let mut ensembles = nodes.iter().filter(|node| node.kind.starts_with("TreeEnsemble"));
    let (ensemble, None) = (ensembles.next()?, ensembles.next()) else { return None };
    let neutral = |node: &&Node<'_>| !std::ptr::eq(*node, ensemble) && !NEUTRAL.contains(&node.kind);
    let [] = nodes.iter().filter(neutral).filter(|node| node.kind != "Concat").collect::<Vec<_>>()[..] else {
        return None;
    };
    let constants: HashSet<&str> = all(graph, 5).filter_map(|t| Some(last(t.bytes(), 8)?.text())).collect();
    let inputs: Vec<&str> = all(graph, 11)
        .filter_map(|input| Some(last(input.bytes(), 1)?.text()))
        .filter(|name| !constants.contains(name))
        .collect();
    if !takes(&nodes, ensemble.inputs.first()?, &inputs) {
        return None;
    }
    Ensemble::read(ensemble)?.forest(limits)
}

/// Whether a value is the graph's inputs side by side, in their order.
fn takes(nodes: &[Node<'_>], value: &str, inputs: &[&str]) -> bool {
    // The first node that names an output makes it.
    let mut makers: HashMap<&str, &Node<'_>> = HashMap::new();
    for node in nodes {
        for output in &node.outputs {
            makers.entry(output).or_insert(node);
        }
    }
    let mut at = value;
    for _ in 0..STEPS {
        if let [only] = inputs
            && *only == at
        {
            return true;
        }
        let Some(node) = makers.get(at) else { return false };
        match (node.kind, node.inputs.as_slice()) {
            ("Concat", parts) => {
                // Each part may be cast before.
                let source = |part: &&str| {
                    let cast = makers.get(part).filter(|node| node.kind == "Cast");
                    cast.and_then(|node| node.inputs.first().copied()).unwrap_or(part).to_owned()
                };
                return parts.iter().map(source).eq(inputs.iter().map(|name| (*name).to_owned()));
            }
            ("Cast" | "Identity", [before]) => at = before,
            _ => return false,
        }
    }
    false
}

/// One node of the graph.
struct Node<'a> {
    kind: &'a str,
    inputs: Vec<&'a str>,
    outputs: Vec<&'a str>,
    attributes: HashMap<&'a str, &'a [u8]>,
}

impl<'a> Node<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let texts = |number| all(bytes, number).map(Field::text).collect();
        let attributes = all(bytes, 5).map(Field::bytes);
        Self {
            kind: last(bytes, 4).map(Field::text).unwrap_or_default(),
            inputs: texts(1),
            outputs: texts(2),
            attributes: attributes.filter_map(|a| Some((last(a, 1)?.text(), a))).collect(),
        }
    }

    fn integers(&self, name: &str) -> Vec<i64> {
        let mut values = Vec::new();
        if let Some(attribute) = self.attributes.get(name) {
            all(attribute, 8).for_each(|field| field.integers(&mut values));
        }
        values
    }

    fn floats(&self, name: &str) -> Vec<f32> {
        let Some(attribute) = self.attributes.get(name) else { return Vec::new() };
        let packed = all(attribute, 7).map(Field::bytes);
        packed.flat_map(|bytes| bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b))).collect()
    }

    fn texts(&self, name: &str) -> Vec<&'a str> {
        self.attributes.get(name).map(|a| all(a, 9).map(Field::text).collect()).unwrap_or_default()
    }

    fn text(&self, name: &str) -> &'a str {
        self.attributes.get(name).and_then(|a| last(a, 4)).map(Field::text).unwrap_or_default()
    }

    fn integer(&self, name: &str) -> Option<i64> {
        let (_, field) = Fields::new(self.attributes.get(name)?).filter(|(number, _)| *number == 3).last()?;
        match field {
            Field::Number(value) => Some(value as i64),
            Field::Bytes(_) => None,
        }
    }
}

/// The attributes of an ensemble node.
struct Ensemble<'a> {
    tree_ids: Vec<i64>,
    node_ids: Vec<i64>,
    features: Vec<i64>,
    values: Vec<f32>,
    modes: Vec<&'a str>,
    yes: Vec<i64>,
    no: Vec<i64>,
    missing_yes: Vec<i64>,
    /// `(tree, node)`, output and weight of each leaf entry.
    leaves: Vec<((i64, i64), i64, f32)>,
    outputs: usize,
    base: Vec<f32>,
    link: Link,
    mean: bool,
}

impl<'a> Ensemble<'a> {
    fn read(node: &Node<'a>) -> Option<Self> {
        let classifier = match node.kind {
            "TreeEnsembleClassifier" => true,
            "TreeEnsembleRegressor" => false,
            _ => return None,
        };
        // Attributes in `f64` are another arithmetic.
        if node.attributes.keys().any(|name| name.ends_with("_as_tensor")) {
            return None;
        }
        let leaf = if classifier { "class" } else { "target" };
        let of = |name: &str| node.integers(&format!("{leaf}_{name}"));
        let (trees, nodes, ids) = (of("treeids"), of("nodeids"), of("ids"));
        let weights = node.floats(&format!("{leaf}_weights"));
        if trees.len() != nodes.len() || nodes.len() != ids.len() || ids.len() != weights.len() {
            return None;
        }
        let classes = node.texts("classlabels_strings").len().max(node.integers("classlabels_int64s").len());
        // A single id is the margin of the second class.
        let single = ids.windows(2).all(|pair| pair[0] == pair[1]);
        let (outputs, link) = match (classifier, node.text("post_transform"), single) {
            (true, "SOFTMAX", false) => (classes, Link::Softmax),
            (true, "NONE" | "", false) => (classes, Link::Probability),
            (true, "LOGISTIC", true) if classes == 2 => (1, Link::Logistic { scale: 1.0 }),
            (false, "NONE" | "", true) if node.integer("n_targets") == Some(1) => (1, Link::Identity),
            _ => return None,
        };
        let mean = match node.text("aggregate_function") {
            "SUM" | "" => false,
            "AVERAGE" => true,
            _ => return None,
        };
        let ids = if outputs == 1 { vec![0; ids.len()] } else { ids };
        let leaves = trees.into_iter().zip(nodes).zip(ids).zip(weights).map(|((at, id), w)| (at, id, w)).collect();
        Some(Self {
            tree_ids: node.integers("nodes_treeids"),
            node_ids: node.integers("nodes_nodeids"),
            features: node.integers("nodes_featureids"),
            values: node.floats("nodes_values"),
            modes: node.texts("nodes_modes"),
            yes: node.integers("nodes_truenodeids"),
            no: node.integers("nodes_falsenodeids"),
            missing_yes: node.integers("nodes_missing_value_tracks_true"),
            leaves,
            outputs,
            base: node.floats("base_values"),
            link,
            mean,
        })
    }

    fn forest(mut self, limits: &Limits) -> Option<Forest> {
        let count = self.node_ids.len();
        if self.missing_yes.is_empty() {
            self.missing_yes = vec![0; count];
        }
        let lengths = [self.tree_ids.len(), self.features.len(), self.values.len(), self.modes.len()];
        let lengths = lengths.into_iter().chain([self.yes.len(), self.no.len(), self.missing_yes.len()]);
        if count == 0 || lengths.into_iter().any(|length| length != count) {
            return None;
        }
        // A leaf has a value for every output, also for those that the file does not name.
        let leaves = self.modes.iter().filter(|mode| **mode == "LEAF").count();
        if leaves.checked_mul(self.outputs)? > limits.values {
            return None;
        }
        let splits = (0..count).filter(|i| self.modes[*i] != "LEAF").map(|i| self.features[i]);
        let features = usize::try_from(splits.max().unwrap_or(0)).ok()?.checked_add(1)?;
        let mut builder = ForestBuilder::new(features, self.outputs, limits).ok()?;
        let mut at: HashMap<(i64, i64), Vec<(i64, f32)>> = HashMap::new();
        for (node, id, weight) in &self.leaves {
            at.entry(*node).or_default().push((*id, *weight));
        }
        let trees = self.tree_ids.chunk_by(|a, b| a == b).count();
        let share = if self.mean { 1.0 / trees as f32 } else { 1.0 };
        let mut start = 0;
        for tree in self.tree_ids.chunk_by(|a, b| a == b) {
            let end = start + tree.len();
            let raw = self.tree(start..end, &at, share)?;
            builder.add("tree", raw).ok()?;
            start = end;
        }
        // The runtime adds the start values last.
        let base: Vec<f64> = match self.base.len() {
            0 => vec![0.0; self.outputs],
            length if length == self.outputs => self.base.iter().map(|b| f64::from(*b)).collect(),
            _ => return None,
        };
        if base.iter().any(|b| *b != 0.0) {
            let nodes = vec![RawNode::Leaf(0)];
            let raw = RawTree { nodes, covers: vec![], sets: vec![], values: base, output: None, weight: 1.0 };
            builder.add("base_values", raw).ok()?;
        }
        builder.finish(vec![0.0; self.outputs], Cast::F32, Sum::F32, self.link).ok()
    }

    fn tree(
        &self,
        span: std::ops::Range<usize>,
        leaves: &HashMap<(i64, i64), Vec<(i64, f32)>>,
        share: f32,
    ) -> Option<RawTree> {
        let place: HashMap<i64, usize> = span.clone().map(|i| (self.node_ids[i], i - span.start)).collect();
        // The root is the first node; the builder refuses a tree that does not hang together.
        let mut nodes = Vec::with_capacity(span.len());
        let mut values = Vec::new();
        for i in span {
            if self.modes[i] == "LEAF" {
                let leaf = values.len() / self.outputs;
                values.resize(values.len() + self.outputs, 0.0);
                for (id, weight) in leaves.get(&(self.tree_ids[i], self.node_ids[i]))? {
                    let output = usize::try_from(*id).ok().filter(|id| *id < self.outputs)?;
                    values[leaf * self.outputs + output] = f64::from(weight * share);
                }
                nodes.push(RawNode::Leaf(leaf));
                continue;
            }
            let feature = usize::try_from(self.features[i]).ok()?;
            let (yes, no) = (*place.get(&self.yes[i])?, *place.get(&self.no[i])?);
            let value = self.values[i];
            // `x < v` is `x <= ` the next smaller number; `x > v` and `x >= v` are their opposites.
            let (threshold, yes_is_left) = match self.modes[i] {
                "BRANCH_LEQ" => (value, true),
                "BRANCH_LT" => (value.next_down(), true),
                "BRANCH_GT" => (value, false),
                "BRANCH_GTE" => (value.next_down(), false),
                _ => return None,
            };
            let (left, right) = if yes_is_left { (yes, no) } else { (no, yes) };
            // A missing value answers no, unless it is said to answer yes.
            let missing = if (self.missing_yes[i] != 0) == yes_is_left { Missing::Left } else { Missing::Right };
            nodes.push(RawNode::Split { feature, threshold: f64::from(threshold), set: None, left, right, missing });
        }
        Some(RawTree { nodes, covers: Vec::new(), sets: Vec::new(), values, output: None, weight: 1.0 })
    }
}
