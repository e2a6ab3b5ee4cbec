//! The one way from the arrays of a file to a [`Forest`]: every importer's trees pass these checks.
//!
//! A tree may list its nodes in any order. It is walked from the root; each node must be reached once, so there are no
//! cycles and no shared branches, and the result has children after their parents. Unreachable nodes are dropped.

use super::doc::malformed;
use super::{ImportError, Limits};
use crate::trees::{Cast, Forest, LEAF, Link, Missing, NUMERIC, Node, Sum, Tree};

/// One node as a file describes it; children are indices into the same list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RawNode {
    /// An inner node: `x <= threshold`, or a category set, goes left.
    Split { feature: usize, threshold: f64, set: Option<usize>, left: usize, right: usize, missing: Missing },
    /// A leaf and its index among the leaf values.
    Leaf(usize),
}

/// One tree as a file describes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RawTree {
    pub(crate) nodes: Vec<RawNode>,
    /// Training weight of each node; empty when the file has none.
    pub(crate) covers: Vec<f64>,
    pub(crate) sets: Vec<Vec<u32>>,
    /// Leaf values, leaf-major.
    pub(crate) values: Vec<f64>,
    /// The output that a scalar leaf adds to; `None` for one value an output.
    pub(crate) output: Option<usize>,
    pub(crate) weight: f64,
}

/// Collects checked trees.
pub(crate) struct ForestBuilder<'a> {
    limits: &'a Limits,
    features: usize,
    outputs: usize,
    nodes: usize,
    trees: Vec<Tree>,
}

fn within(what: &'static str, value: usize, limit: usize) -> Result<(), ImportError> {
    if value > limit {
        return Err(ImportError::Limit { what, value: value as u64, limit: limit as u64 });
    }
    Ok(())
}

impl<'a> ForestBuilder<'a> {
    /// A forest on `features` encoded columns with `outputs` margins a row.
    pub(crate) fn new(features: usize, outputs: usize, limits: &'a Limits) -> Result<Self, ImportError> {
        within("features", features, limits.features)?;
        within("outputs", outputs, limits.outputs)?;
        if outputs == 0 {
            return Err(malformed("model", "has no output"));
        }
        Ok(Self { limits, features, outputs, nodes: 0, trees: Vec::new() })
    }

    /// Number of trees so far.
    pub(crate) fn len(&self) -> usize {
        self.trees.len()
    }

    /// Checks and adds a tree; `place` names it in errors (`trees[3]`).
    pub(crate) fn add(&mut self, place: &str, raw: RawTree) -> Result<(), ImportError> {
        within("trees", self.trees.len() + 1, self.limits.trees)?;
        self.nodes += raw.nodes.len();
        within("nodes", self.nodes, self.limits.nodes)?;
        let fail = |detail: String| Err(malformed(place, detail));
        if !raw.covers.is_empty() && raw.covers.len() != raw.nodes.len() {
            return fail(format!("{} covers for {} nodes", raw.covers.len(), raw.nodes.len()));
        }
        let width = if raw.output.is_some() { 1 } else { self.outputs };
        if raw.output.is_some_and(|o| o >= self.outputs) {
            return fail(format!("adds to output {:?} of {}", raw.output, self.outputs));
        }
        if !raw.values.len().is_multiple_of(width) {
            return fail(format!("{} leaf values for {width} outputs", raw.values.len()));
        }
        if let Some(value) = raw.values.iter().find(|v| !v.is_finite()) {
            return fail(format!("leaf value {value} is not finite"));
        }
        if !raw.weight.is_finite() {
            return fail(format!("weight {} is not finite", raw.weight));
        }
        let nodes = self.order(place, &raw, raw.values.len() / width)?;
        let sets = raw.sets.into_iter().map(sorted).collect();
        let output = raw.output.map(|o| o as u32);
        self.trees.push(Tree { nodes, sets, values: raw.values, output, weight: raw.weight });
        Ok(())
    }

    /// Nodes in breadth-first order, each checked.
    fn order(&self, place: &str, raw: &RawTree, leaves: usize) -> Result<Vec<Node>, ImportError> {
        let mut seen = vec![false; raw.nodes.len()];
        // (index in the file, depth); the position in this list is the new index.
        let mut queue: Vec<(usize, usize)> = vec![(0, 0)];
        let mut nodes = Vec::with_capacity(raw.nodes.len());
        let mut next = 0;
        while next < queue.len() {
            let (at, depth) = queue[next];
            next += 1;
            let fail = |detail: String| malformed(&format!("{place}.nodes[{at}]"), detail);
            let node = raw.nodes.get(at).ok_or_else(|| fail(format!("is beyond the last of {}", raw.nodes.len())))?;
            if std::mem::replace(&mut seen[at], true) {
                return Err(fail("is reached twice".into()));
            }
            within("tree depth", depth, self.limits.tree_depth)?;
            let cover = raw.covers.get(at).copied().unwrap_or(f64::NAN);
            nodes.push(match *node {
                RawNode::Leaf(leaf) if leaf < leaves => leaf_node(leaf, cover),
                RawNode::Leaf(leaf) => return Err(fail(format!("leaf {leaf} of {leaves}"))),
                RawNode::Split { feature, threshold, set, left, right, missing } => {
                    if feature >= self.features {
                        return Err(fail(format!("splits on feature {feature} of {}", self.features)));
                    }
                    if set.is_some_and(|s| s >= raw.sets.len()) || (set.is_none() && threshold.is_nan()) {
                        return Err(fail("has no threshold or category set".into()));
                    }
                    let first = queue.len() as u32;
                    queue.extend([(left, depth + 1), (right, depth + 1)]);
                    Node {
                        feature: feature as u32,
                        left: first,
                        right: first + 1,
                        set: set.map_or(NUMERIC, |s| s as u32),
                        threshold: if set.is_some() { 0.0 } else { threshold },
                        missing,
                        cover,
                    }
                }
            });
        }
        Ok(nodes)
    }

    /// The forest. `base` holds one start value an output.
    pub(crate) fn finish(self, base: Vec<f64>, cast: Cast, sum: Sum, link: Link) -> Result<Forest, ImportError> {
        if base.len() != self.outputs || base.iter().any(|b| !b.is_finite()) {
            return Err(malformed("model", format!("start values {base:?} for {} outputs", self.outputs)));
        }
        Ok(Forest { features: self.features, outputs: self.outputs, trees: self.trees, base, cast, sum, link })
    }
}

fn leaf_node(leaf: usize, cover: f64) -> Node {
    Node { feature: 0, left: LEAF, right: leaf as u32, set: NUMERIC, threshold: 0.0, missing: Missing::Right, cover }
}

fn sorted(mut set: Vec<u32>) -> Box<[u32]> {
    set.sort_unstable();
    set.dedup();
    set.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(feature: usize, left: usize, right: usize) -> RawNode {
        RawNode::Split { feature, threshold: 0.5, set: None, left, right, missing: Missing::Left }
    }

    fn tree(nodes: Vec<RawNode>) -> RawTree {
        RawTree { nodes, covers: vec![], sets: vec![], values: vec![1.0, 2.0, 3.0], output: Some(0), weight: 1.0 }
    }

    fn add(raw: RawTree) -> Result<Forest, ImportError> {
        let limits = Limits { tree_depth: 3, ..Limits::default() };
        let mut builder = ForestBuilder::new(2, 1, &limits)?;
        builder.add("t", raw)?;
        builder.finish(vec![0.0], Cast::F64, Sum::F64, Link::Identity)
    }

    #[test]
    fn nodes_in_any_order_come_out_parents_first() {
        let nodes = vec![split(0, 4, 1), split(1, 2, 3), RawNode::Leaf(0), RawNode::Leaf(1), RawNode::Leaf(2)];
        let forest = add(tree(nodes)).unwrap();
        let nodes = &forest.trees[0].nodes;
        for (i, n) in nodes.iter().enumerate().filter(|(_, n)| !n.is_leaf()) {
            assert!(n.left as usize > i && n.right as usize > i);
        }
        assert_eq!(forest.trees[0].leaf(&[0.0, 0.0], Cast::F64), 2);
        assert_eq!(forest.trees[0].leaf(&[1.0, 1.0], Cast::F64), 1);
    }

    #[test]
    fn broken_trees_are_refused() {
        let leaf = RawNode::Leaf;
        for nodes in [
            vec![],
            vec![split(0, 0, 1), leaf(0)],
            vec![split(0, 1, 1), leaf(0)],
            vec![split(2, 1, 2), leaf(0), leaf(1)],
            vec![split(0, 1, 9), leaf(0)],
            vec![leaf(3)],
            vec![split(0, 1, 2), split(0, 0, 2), leaf(0)],
        ] {
            assert_eq!(add(tree(nodes)).unwrap_err().code(), "malformed");
        }
        let mut nan = tree(vec![leaf(0)]);
        nan.values[0] = f64::NAN;
        assert_eq!(add(nan).unwrap_err().code(), "malformed");
        let chain = (0..5).flat_map(|i| [split(0, 2 * i + 1, 2 * i + 2), leaf(0)]).chain([leaf(1)]).collect::<Vec<_>>();
        let chain = tree(chain.into_iter().enumerate().map(|(i, n)| if i % 2 == 0 { n } else { leaf(0) }).collect());
        assert_eq!(add(chain).unwrap_err().code(), "limit");
    }
}
