//! One tree block. `decision_type` is a bit field: 1 categorical, 2 missing goes left, 4 zero is missing, 8 NaN is missing.

use super::super::ImportError;
use super::super::builder::{RawNode, RawTree};
use super::super::doc::malformed;
use super::text::Block;
use crate::linear_leaves::LinearLeaf;
use crate::trees::Missing;

pub(super) fn read(block: &Block<'_>, output: usize) -> Result<RawTree, ImportError> {
    let leaves = block.count("num_leaves")?;
    let inner = leaves.saturating_sub(1);
    let mut tree = RawTree {
        nodes: Vec::with_capacity(block.get("leaf_value")?.len() / 2),
        covers: Vec::new(),
        sets: sets(block)?,
        values: block.array("leaf_value", leaves)?,
        output: Some(output),
        weight: 1.0,
    };
    if inner > 0 {
        splits(block, inner, &mut tree)?;
    }
    tree.nodes.extend((0..leaves).map(RawNode::Leaf));
    if block.find("leaf_count").is_some() && (inner == 0 || block.find("internal_count").is_some()) {
        if inner > 0 {
            tree.covers = block.array("internal_count", inner)?;
        }
        tree.covers.extend(block.array::<f64>("leaf_count", leaves)?);
    }
    Ok(tree)
}

/// The linear models of the leaves, when the tree has them (`linear_tree`).
pub(super) fn linear(block: &Block<'_>, features: usize) -> Result<Option<Vec<LinearLeaf>>, ImportError> {
    match block.find("is_linear") {
        None | Some("0") => return Ok(None),
        Some("1") => {}
        Some(other) => return Err(malformed("is_linear", format!("is {other:?}"))),
    }
    let leaves = block.count("num_leaves")?;
    let constants: Vec<f64> = block.array("leaf_const", leaves)?;
    let counts: Vec<usize> = block.array("num_features", leaves)?;
    let total = counts.iter().fold(0_usize, |sum, count| sum.saturating_add(*count));
    let columns: Vec<u32> = block.array("leaf_features", total)?;
    let coefficients: Vec<f64> = block.array("leaf_coeff", total)?;
    if columns.iter().any(|column| *column as usize >= features) {
        return Err(malformed("leaf_features", format!("a feature beyond the {features} of the model")));
    }
    if constants.iter().chain(&coefficients).any(|number| !number.is_finite()) {
        return Err(malformed("leaf_coeff", "a coefficient is not finite"));
    }
    let mut terms = columns.into_iter().zip(coefficients);
    let leaf = |(constant, count)| LinearLeaf { constant, terms: terms.by_ref().take(count).collect() };
    Ok(Some(constants.into_iter().zip(counts).map(leaf).collect()))
}

fn splits(block: &Block<'_>, inner: usize, tree: &mut RawTree) -> Result<(), ImportError> {
    let left: Vec<i64> = block.array("left_child", inner)?;
    let right: Vec<i64> = block.array("right_child", inner)?;
    let feature: Vec<usize> = block.array("split_feature", inner)?;
    let threshold: Vec<f64> = block.array("threshold", inner)?;
    let decision: Vec<i8> =
        if block.find("decision_type").is_some() { block.array("decision_type", inner)? } else { vec![0; inner] };
    // Leaf `k` is child `-k-1` in the file and follows the inner nodes here.
    let child = |c: i64| -> usize {
        let at = if c >= 0 { c.unsigned_abs() } else { (!c).unsigned_abs().saturating_add(inner as u64) };
        usize::try_from(at).unwrap_or(usize::MAX)
    };
    for i in 0..inner {
        let categorical = decision[i] & 1 != 0;
        let left_is_default = decision[i] & 2 != 0;
        let missing = match ((decision[i] >> 2) & 3, left_is_default) {
            // Categories: a missing value is in no set and goes right.
            _ if categorical => Missing::Right,
            (0, _) => Missing::AsZero,
            (1, true) => Missing::ZeroLeft,
            (1, false) => Missing::ZeroRight,
            (2, true) => Missing::Left,
            (2, false) => Missing::Right,
            _ => return Err(malformed("decision_type", format!("{} has no meaning", decision[i]))),
        };
        let set = if categorical { Some(threshold[i] as usize) } else { None };
        let (left, right) = (child(left[i]), child(right[i]));
        tree.nodes.push(RawNode::Split { feature: feature[i], threshold: threshold[i], set, left, right, missing });
    }
    Ok(())
}

/// Category sets: bit fields of 32-bit words, set `i` in words `cat_boundaries[i]..cat_boundaries[i+1]`.
fn sets(block: &Block<'_>) -> Result<Vec<Vec<u32>>, ImportError> {
    let count = if block.find("num_cat").is_some() { block.count("num_cat")? } else { 0 };
    if count == 0 {
        return Ok(Vec::new());
    }
    let bounds: Vec<usize> = block.array("cat_boundaries", count + 1)?;
    let words: Vec<u32> = block.array("cat_threshold", *bounds.last().unwrap_or(&0))?;
    // Bounds rise, so the sets together are no larger than the words.
    bounds
        .windows(2)
        .map(|pair| {
            let words = words.get(pair[0]..pair[1]).ok_or_else(|| malformed("cat_boundaries", "do not rise"))?;
            let bits = |(i, word): (usize, &u32)| {
                let word = *word;
                (0..32_u32).filter(move |b| word >> b & 1 == 1).map(move |b| i as u32 * 32 + b)
            };
            Ok(words.iter().enumerate().flat_map(bits).collect())
        })
        .collect()
}
