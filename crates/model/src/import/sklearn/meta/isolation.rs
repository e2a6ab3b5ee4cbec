//! `IsolationForest`.

use fine_table::Task;

use super::super::super::builder::{ForestBuilder, RawNode, RawTree};
use super::super::estimator::Head;
use super::super::forest::{Leaves, count, raw_tree};
use super::super::heads::novelty;
use super::{Fitted, ImportError, Reader};
use crate::estimators::Isolation;
use crate::trees::{Cast, Link, Sum};

pub(super) fn read(fitted: &Fitted<'_>, reader: &mut Reader<'_, '_>) -> Result<Head, ImportError> {
    if fitted.version < (0, 22) && fitted.version != (0, 0) {
        return Err(fitted.unsupported("its threshold followed other rules before scikit-learn 0.22"));
    }
    let Some(features) = fitted.input_width() else { return Err(fitted.malformed("n_features_in_", "is not there")) };
    let (members, subsets) = (fitted.list("estimators_")?, fitted.list("estimators_features_")?);
    if members.is_empty() || members.len() != subsets.len() {
        return Err(fitted.malformed("estimators_features_", "does not fit the trees"));
    }
    let mut builder = ForestBuilder::new(features, 1, reader.context.limits)?;
    let mut refuses = false;
    for (at, (member, subset)) in members.into_iter().zip(subsets).enumerate() {
        let tree: Fitted<'_> = Fitted::new(member, &fitted.path, &format!("estimators_[{at}]"))?;
        let columns = fitted.whole("estimators_features_", subset)?;
        let mut raw = raw_tree(&tree, columns.len(), Leaves::Value(0), 1.0)?;
        // All columns are taken in their own order.
        if columns.len() != features {
            choose(fitted, &mut raw, &columns)?;
        }
        paths(&tree, &mut raw)?;
        refuses |= !super::super::forest::allows_missing(&tree);
        builder.add(&tree.path, raw)?;
    }
    let trees = builder.len() as f64;
    let forest = builder.finish(vec![0.0], Cast::F32, Sum::F64, Link::Identity)?;
    count(&forest, reader.facts);
    let rows = if fitted.get("_max_samples").is_some() { "_max_samples" } else { "max_samples_" };
    let denominator = trees * Isolation::mean_path(fitted.number(rows)?);
    let offset = fitted.number("offset_")?;
    fitted.finite("offset_", &[offset, denominator])?;
    let head = Head::of(Isolation::new(forest, denominator, offset), Task::Binary, novelty(), features);
    Ok(if refuses { head.refusing_missing() } else { head })
}

/// Splits on columns of the whole instead of those of the subset.
fn choose(fitted: &Fitted<'_>, raw: &mut RawTree, columns: &[i64]) -> Result<(), ImportError> {
    for node in &mut raw.nodes {
        if let RawNode::Split { feature, .. } = node {
            let column = columns.get(*feature).and_then(|column| usize::try_from(*column).ok());
            *feature = column.ok_or_else(|| fitted.malformed("estimators_features_", "does not fit a tree"))?;
        }
    }
    Ok(())
}

/// Replaces the values of the leaves by the length of the path to them, and on in their rows.
fn paths(tree: &Fitted<'_>, raw: &mut RawTree) -> Result<(), ImportError> {
    let inner = Fitted { value: tree.need("tree_")?, path: tree.at("tree_"), ..tree.clone() };
    let nodes = inner.need("nodes")?.array().and_then(|array| array.field("n_node_samples"));
    let rows = nodes.map_err(|error| inner.wrong("nodes", &error))?;
    let mut depth = vec![1.0; raw.nodes.len()];
    for (at, node) in raw.nodes.iter().enumerate() {
        match *node {
            // Children come later: the reader of the tree has checked it.
            RawNode::Split { left, right, .. } => {
                (depth[left], depth[right]) = (depth[at] + 1.0, depth[at] + 1.0);
            }
            RawNode::Leaf(leaf) => raw.values[leaf] = depth[at] + Isolation::mean_path(rows[at]) - 1.0,
        }
    }
    Ok(())
}
