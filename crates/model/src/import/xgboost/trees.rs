//! Tree arrays of a booster.
//!
//! XGBoost goes left when `x < split` in `f32`; here a split is `x <= threshold`, so the threshold is the next smaller
//! `f32`. Its category sets go right (and every unknown category left); here a set goes left, so the children swap.

use super::super::ImportError;
use super::super::builder::{RawNode, RawTree};
use super::super::doc::{Doc, malformed};
use super::unsupported;
use crate::trees::Missing;

/// Left child of a leaf.
const NONE: f64 = -1.0;

/// Number of trees that predict: all, or those up to `best_iteration`.
pub(super) fn used(learner: &Doc, model: &Doc, trees: usize, groups: usize) -> Result<usize, ImportError> {
    let Some(best) = learner.find("attributes.best_iteration").filter(|d| matches!(d, Doc::Text(_))) else {
        return Ok(trees);
    };
    let Doc::Text(best) = best else { return Ok(trees) };
    let best: usize = best.parse().map_err(|_| malformed("attributes.best_iteration", "is not a count"))?;
    if let Ok(starts) = model.numbers("iteration_indptr") {
        return Ok(starts.get(best.saturating_add(1)).map_or(trees, |end| (*end as usize).min(trees)));
    }
    let parallel = model.count("gbtree_model_param.num_parallel_tree").unwrap_or(1).max(1);
    Ok(best.saturating_add(1).saturating_mul(parallel).saturating_mul(groups).min(trees))
}

/// One tree of a booster with `groups` outputs.
pub(super) fn read(tree: &Doc, place: &str, group: f64, weight: f64, groups: usize) -> Result<RawTree, ImportError> {
    let vector = tree.count("tree_param.size_leaf_vector").unwrap_or(0);
    if vector > 1 && vector != groups {
        return Err(unsupported("multi-output trees", &format!("a leaf has {vector} values for {groups} outputs")));
    }
    let in_tree = |e: ImportError| match e {
        ImportError::Malformed { place: field, detail } => malformed(&format!("{place}.{field}"), detail),
        other => other,
    };
    let left = tree.numbers("left_children").map_err(in_tree)?;
    let count = left.len();
    let array = |name: &str| -> Result<&[f64], ImportError> {
        let values = tree.numbers(name).map_err(in_tree)?;
        if values.len() != count {
            return Err(malformed(&format!("{place}.{name}"), format!("{} entries for {count} nodes", values.len())));
        }
        Ok(values)
    };
    let right = array("right_children")?;
    let feature = array("split_indices")?;
    let condition = array("split_conditions")?;
    let default_left = array("default_left")?;
    let kind = if tree.find("split_type").is_some() { Some(array("split_type")?) } else { None };
    let covers = if tree.find("sum_hessian").is_some() { array("sum_hessian")?.to_vec() } else { Vec::new() };
    let sets = sets(tree, count).map_err(in_tree)?;
    let mut out = RawTree {
        nodes: Vec::with_capacity(count),
        covers,
        sets: Vec::new(),
        values: Vec::new(),
        output: if vector > 1 { None } else { Some(index(group, "tree_info")?) },
        weight,
    };
    let vectors = if vector > 1 { Some(Vectors::new(tree, vector).map_err(in_tree)?) } else { None };
    let mut set_of: Vec<Option<usize>> = vec![None; count];
    for (node, set) in sets {
        set_of[node] = Some(out.sets.len());
        out.sets.push(set);
    }
    for i in 0..count {
        if left[i] == NONE {
            out.nodes.push(RawNode::Leaf(out.values.len() / vector.max(1)));
            match &vectors {
                None => out.values.push(f64::from(condition[i] as f32)),
                Some(vectors) => {
                    let leaf = vectors.of(i, right[i]);
                    let leaf = leaf.ok_or_else(|| malformed(place, format!("leaf {i} has no values")))?;
                    out.values.extend(leaf.iter().map(|value| f64::from(*value as f32)));
                }
            }
            continue;
        }
        let (left, right) = (index(left[i], place)?, index(right[i], place)?);
        let feature = index(feature[i], place)?;
        let left_is_default = default_left[i] != 0.0;
        let side = |yes: bool| if yes { Missing::Left } else { Missing::Right };
        out.nodes.push(if kind.is_some_and(|k| k[i] == 1.0) {
            let set = set_of[i].ok_or_else(|| malformed(place, format!("node {i} has no categories")))?;
            let missing = side(!left_is_default);
            RawNode::Split { feature, threshold: 0.0, set: Some(set), left: right, right: left, missing }
        } else {
            let threshold = f64::from((condition[i] as f32).next_down());
            RawNode::Split { feature, threshold, set: None, left, right, missing: side(left_is_default) }
        });
    }
    Ok(out)
}

/// What a tree says about one of several targets; `None` for a tree about another.
pub(super) fn of_target(tree: RawTree, target: usize, targets: usize) -> Option<RawTree> {
    match tree.output {
        Some(output) => (output == target).then_some(RawTree { output: Some(0), ..tree }),
        None => {
            let values = tree.values.iter().skip(target).step_by(targets.max(1)).copied().collect();
            Some(RawTree { output: Some(0), values, ..tree })
        }
    }
}

/// Leaves of several values (`multi_strategy=multi_output_tree`).
struct Vectors<'d> {
    size: usize,
    values: &'d [f64],
    /// By the number in `right_children` (3.1 and later), else by node.
    by_leaf: bool,
}

impl<'d> Vectors<'d> {
    fn new(tree: &'d Doc, size: usize) -> Result<Self, ImportError> {
        let by_leaf = tree.find("leaf_weights").is_some();
        let values = tree.numbers(if by_leaf { "leaf_weights" } else { "base_weights" })?;
        Ok(Self { size, values, by_leaf })
    }

    fn of(&self, node: usize, right: f64) -> Option<&'d [f64]> {
        let leaf = if self.by_leaf { index(right, "right_children").ok()? } else { node };
        let start = leaf.checked_mul(self.size)?;
        self.values.get(start..start.checked_add(self.size)?)
    }
}

/// Category sets by node.
fn sets(tree: &Doc, count: usize) -> Result<Vec<(usize, Vec<u32>)>, ImportError> {
    if tree.find("categories_nodes").is_none() {
        return Ok(Vec::new());
    }
    let nodes = tree.numbers("categories_nodes")?;
    let (starts, sizes) = (tree.numbers("categories_segments")?, tree.numbers("categories_sizes")?);
    let categories = tree.numbers("categories")?;
    if starts.len() != nodes.len() || sizes.len() != nodes.len() {
        return Err(malformed("categories_segments", "differs in length from categories_nodes"));
    }
    let mut sets = Vec::with_capacity(nodes.len());
    // Segments follow one another, so the total can never exceed the categories listed.
    let mut last = 0;
    for ((node, start), size) in nodes.iter().zip(starts).zip(sizes) {
        let node = index(*node, "categories_nodes")?;
        let (start, size) = (index(*start, "categories_segments")?, index(*size, "categories_sizes")?);
        let segment = start.checked_add(size).and_then(|end| categories.get(start..end));
        let Some(segment) = segment.filter(|_| node < count && start >= last) else {
            return Err(malformed("categories_segments", format!("{start}..+{size} of {}", categories.len())));
        };
        last = start + size;
        let set = segment.iter().map(|c| index(*c, "categories").map(|c| c as u32)).collect::<Result<_, _>>()?;
        sets.push((node, set));
    }
    Ok(sets)
}

/// A whole number that can be an index.
fn index(value: f64, place: &str) -> Result<usize, ImportError> {
    if value.fract() == 0.0 && (0.0..f64::from(u32::MAX)).contains(&value) {
        return Ok(value as usize);
    }
    Err(malformed(place, format!("{value} is no index")))
}
