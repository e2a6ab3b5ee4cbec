//! Trees of both shapes as trees of the common form.
//!
//! CatBoost asks "is `x` above the border" in `f32` and goes right when it is; here `x <= border` goes left. It asks "is
//! it this category" and goes right; here the one category is a set that goes left, so the children swap. A symmetric
//! tree numbers its leaves by the answers, the first condition being the lowest bit, so its root is the last condition.

use super::super::ImportError;
use super::super::builder::{ForestBuilder, RawNode, RawTree as Built};
use super::super::doc::malformed;
use super::raw::{FreeNode, Nan, RawModel, RawTree, Shape};
use crate::trees::Missing;

/// A question that trees ask, by the number they give it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Condition {
    /// Whether an encoded column is above a border.
    Above(usize, f32, Nan),
    /// Whether an encoded column holds this position.
    Is(usize, u32),
}

/// Adds all trees, and the start values as one more: the library adds them last.
pub(super) fn add_all(
    model: &RawModel,
    conditions: &[Condition],
    builder: &mut ForestBuilder<'_>,
) -> Result<(), ImportError> {
    let output = (model.outputs == 1).then_some(0);
    for (i, tree) in model.trees.iter().enumerate() {
        let place = format!("trees[{i}]");
        let mut built = lower(&place, tree, conditions, model.outputs)?;
        (built.output, built.weight) = (output, model.scale);
        builder.add(&place, built)?;
    }
    if model.bias.iter().any(|bias| *bias != 0.0) || model.trees.is_empty() {
        let bias = Built {
            nodes: vec![RawNode::Leaf(0)],
            covers: vec![1.0],
            sets: Vec::new(),
            values: model.bias.clone(),
            output,
            weight: 1.0,
        };
        builder.add("scale_and_bias", bias)?;
    }
    Ok(())
}

fn lower(place: &str, tree: &RawTree, conditions: &[Condition], outputs: usize) -> Result<Built, ImportError> {
    let leaves = tree.values.len() / outputs;
    let mut out = Built {
        nodes: Vec::new(),
        covers: Vec::new(),
        sets: Vec::new(),
        values: tree.values.clone(),
        output: None,
        weight: 1.0,
    };
    let ask = |number: usize, no: usize, yes: usize, sets: &mut Vec<Vec<u32>>| {
        let condition = conditions.get(number);
        let condition =
            condition.ok_or_else(|| malformed(place, format!("condition {number} of {}", conditions.len())))?;
        Ok::<RawNode, ImportError>(match *condition {
            Condition::Above(feature, border, nan) => RawNode::Split {
                feature,
                threshold: f64::from(border),
                set: None,
                left: no,
                right: yes,
                missing: if nan == Nan::Above { Missing::Right } else { Missing::Left },
            },
            Condition::Is(feature, position) => {
                let set = sets.iter().position(|set| set.as_slice() == [position]);
                let set = set.unwrap_or_else(|| {
                    sets.push(vec![position]);
                    sets.len() - 1
                });
                let missing = Missing::Right;
                RawNode::Split { feature, threshold: 0.0, set: Some(set), left: yes, right: no, missing }
            }
        })
    };
    match &tree.shape {
        Shape::Symmetric(levels) => {
            // Node `n` of a full tree has the children `2n + 1` and `2n + 2`; the leaves come last, in their order.
            for (level, number) in levels.iter().rev().enumerate() {
                for node in (1_usize << level) - 1..(2_usize << level) - 1 {
                    out.nodes.push(ask(*number, 2 * node + 1, 2 * node + 2, &mut out.sets)?);
                }
            }
            out.nodes.extend((0..leaves).map(RawNode::Leaf));
        }
        Shape::Free(nodes) => {
            for node in nodes {
                out.nodes.push(match node {
                    FreeNode::Leaf(leaf) => RawNode::Leaf(*leaf),
                    FreeNode::Split(number, no, yes) => ask(*number, *no, *yes, &mut out.sets)?,
                });
            }
        }
    }
    if tree.weights.len() == leaves {
        out.covers = covers(&out.nodes, &tree.weights);
    }
    Ok(out)
}

/// The weight of each node: of a leaf its own, of a node the sum of its children, which come after it or, where the
/// file does not hold to that, count nothing (the builder then refuses the tree or its cycle).
fn covers(nodes: &[RawNode], weights: &[f64]) -> Vec<f64> {
    let mut covers = vec![0.0; nodes.len()];
    let own = |covers: &[f64], node: usize, after: usize| {
        if node > after { covers.get(node).copied().unwrap_or(0.0) } else { 0.0 }
    };
    for (i, node) in nodes.iter().enumerate().rev() {
        covers[i] = match node {
            RawNode::Leaf(leaf) => weights.get(*leaf).copied().unwrap_or(0.0),
            RawNode::Split { left, right, .. } => own(&covers, *left, i) + own(&covers, *right, i),
        };
    }
    covers
}
