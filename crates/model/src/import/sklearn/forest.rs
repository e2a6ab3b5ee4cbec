//! Decision trees and forests of trees.

use fine_pickle::Value;
use fine_table::Task;

use super::super::builder::{ForestBuilder, RawNode, RawTree};
use super::estimator::{Head, class_task};
use super::{Context, Fitted, ImportError, fitted};
use crate::trees::{Cast, Link, Missing, Sum};
use crate::{CoreModel, Label, ModelFacts};

/// What the leaves of a tree hold.
#[derive(Clone, Copy)]
pub(super) enum Leaves {
    /// Class fractions of this many classes. Up to scikit-learn 1.3 the file holds weighted counts, which a prediction
    /// divides by their sum; later files hold fractions, used as they are.
    Classes(usize),
    /// One number that adds to this output.
    Value(usize),
}

/// Reads `tree_` of a fitted tree as arrays for the builder.
pub(super) fn raw_tree(
    tree: &Fitted<'_>,
    features: usize,
    leaves: Leaves,
    weight: f64,
) -> Result<RawTree, ImportError> {
    raw_tree_of(tree, features, leaves, weight, (0, 1))
}

/// [`raw_tree`] for one of several targets.
fn raw_tree_of(
    tree: &Fitted<'_>,
    features: usize,
    leaves: Leaves,
    weight: f64,
    (target, targets): (usize, usize),
) -> Result<RawTree, ImportError> {
    let value = tree.need("tree_")?;
    let inner = Fitted { value, path: tree.at("tree_"), ..tree.clone() };
    let args = value.args();
    let wrong = |detail: &str| tree.malformed("tree_", detail);
    let [width, classes, outputs] = args.as_slice() else { return Err(wrong("is no tree")) };
    if width.as_usize() != Some(features) {
        return Err(wrong("was fitted on another number of columns"));
    }
    if outputs.as_usize() != Some(targets) {
        return Err(wrong("has another number of targets than its estimator"));
    }
    let classes = inner.whole("n_classes", *classes)?;
    let widest = classes.iter().max().and_then(|widest| usize::try_from(*widest).ok()).unwrap_or(1);
    let classes = classes.get(target).copied().unwrap_or(1);
    let per_leaf = match leaves {
        Leaves::Classes(count) => count,
        Leaves::Value(_) => 1,
    };
    if usize::try_from(classes).ok() != Some(per_leaf) {
        return Err(wrong("has another number of classes than its estimator"));
    }
    let nodes = nodes(&inner, allows_missing(tree))?;
    let (shape, values) = inner.shaped("values")?;
    if shape != [nodes.splits.len(), targets, widest] || per_leaf > widest {
        return Err(wrong("has values of another shape than its nodes"));
    }
    let ends = nodes.splits.iter().filter(|split| split.is_none()).count();
    let mut raw = RawTree {
        nodes: Vec::with_capacity(nodes.splits.len()),
        covers: nodes.covers,
        sets: Vec::new(),
        values: Vec::with_capacity(ends * per_leaf),
        output: match leaves {
            Leaves::Classes(_) => None,
            Leaves::Value(output) => Some(output),
        },
        weight,
    };
    let counts = matches!(leaves, Leaves::Classes(_)) && tree.version < (1, 4);
    for (at, split) in nodes.splits.into_iter().enumerate() {
        raw.nodes.push(split.unwrap_or_else(|| {
            let leaf = RawNode::Leaf(raw.values.len() / per_leaf);
            let own = &values[(at * targets + target) * widest..][..per_leaf];
            let total = if counts { pairwise_sum(own) } else { 1.0 };
            let total = if total == 0.0 { 1.0 } else { total };
            raw.values.extend(own.iter().map(|value| value / total));
            leaf
        }));
    }
    Ok(raw)
}

struct Nodes {
    /// `None` for a leaf.
    splits: Vec<Option<RawNode>>,
    covers: Vec<f64>,
}

fn nodes(tree: &Fitted<'_>, allows_missing: bool) -> Result<Nodes, ImportError> {
    let wrong = |error: fine_pickle::PickleError| tree.wrong("nodes", &error);
    let array = tree.need("nodes")?.array().map_err(wrong)?;
    let field = |name: &str| array.field(name).map_err(wrong);
    let (left, right) = (field("left_child")?, field("right_child")?);
    let (feature, threshold) = (field("feature")?, field("threshold")?);
    let goes_left = match array.has_field("missing_go_to_left") {
        true if allows_missing => Some(field("missing_go_to_left")?),
        _ => None,
    };
    let mut splits = Vec::with_capacity(left.len());
    for at in 0..left.len() {
        if left[at] == -1.0 {
            splits.push(None);
            continue;
        }
        // Children always come later; the library's own code does not check it.
        let index = |value: f64| (value > at as f64 && value < left.len() as f64).then_some(value as usize);
        let (Some(left), Some(right)) = (index(left[at]), index(right[at])) else {
            return Err(tree.malformed("nodes", format!("node {at} points outside of the tree or back up")));
        };
        if feature[at] < 0.0 {
            return Err(tree.malformed("nodes", format!("node {at} splits on no feature")));
        }
        let missing = match goes_left.as_ref().map(|flags| flags[at] != 0.0) {
            None => Missing::Refused,
            Some(true) => Missing::Left,
            Some(false) => Missing::Right,
        };
        let (feature, threshold) = (feature[at] as usize, threshold[at]);
        splits.push(Some(RawNode::Split { feature, threshold, set: None, left, right, missing }));
    }
    Ok(Nodes { splits, covers: field("weighted_n_node_samples")? })
}

/// Whether `predict` accepts NaN: the tags of `DecisionTree*` (from 1.3, with random splits from 1.6) of each version.
pub(super) fn allows_missing(tree: &Fitted<'_>) -> bool {
    const CRITERIA: [&str; 6] = ["gini", "log_loss", "entropy", "squared_error", "friedman_mse", "poisson"];
    let criterion = tree.text("criterion").unwrap_or_default();
    let best = tree.text("splitter").as_deref() == Some("best");
    if tree.version >= (1, 9) {
        return !(best && tree.class.starts_with("ExtraTree"));
    }
    let since = if best { (1, 3) } else { (1, 6) };
    tree.version >= since && CRITERIA.contains(&criterion.as_str()) && tree.get("monotonic_cst").is_none()
}

/// numpy's sum of a contiguous row: eight running sums from eight values on.
pub(super) fn pairwise_sum(values: &[f64]) -> f64 {
    if values.len() < 8 {
        return values.iter().sum();
    }
    if values.len() > 128 {
        let half = values.len() / 2;
        let half = half - half % 8;
        return pairwise_sum(&values[..half]) + pairwise_sum(&values[half..]);
    }
    let (blocks, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (index, block) in blocks.iter().enumerate() {
        for (sum, value) in sums.iter_mut().zip(block) {
            *sum = if index == 0 { *value } else { *sum + value };
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| sum + value)
}

/// Classes and task of a tree or forest, and what its leaves hold.
fn outcome(fitted: &Fitted<'_>, classifier: bool, context: &mut Context<'_>) -> Result<Outcome, ImportError> {
    let targets = fitted.get("n_outputs_").and_then(Value::as_usize).unwrap_or(1);
    if targets == 0 || targets > context.limits.outputs {
        let (value, limit) = (targets as u64, context.limits.outputs as u64);
        return Err(ImportError::Limit { what: "targets", value, limit });
    }
    if !classifier {
        let target = context.pick(fitted, fitted::numbers(targets))?;
        let (classes, task, leaves) = (Vec::new(), Task::Regression, Leaves::Value(0));
        return Ok(Outcome { classes, task, leaves, target: (target, targets) });
    }
    let (classes, target) = match fitted.classes_of_outputs()? {
        Some(mut all) if targets > 1 => {
            if all.len() != targets {
                return Err(fitted.malformed("classes_", format!("{} lists for {targets} targets", all.len())));
            }
            let target = context.pick(fitted, fitted::said(&all))?;
            (fitted.several(all.swap_remove(target))?, target)
        }
        _ if targets > 1 => return Err(fitted.malformed("classes_", "has no list for each target")),
        _ => (fitted.classes()?, 0),
    };
    // A number that disagrees with the labels is not believed.
    let count = fitted.get("n_classes_").and_then(Value::as_i64);
    if count.is_some_and(|count| usize::try_from(count).ok() != Some(classes.len())) {
        return Err(fitted.malformed("n_classes_", format!("differs from the {} labels", classes.len())));
    }
    let (task, leaves) = (class_task(&classes), Leaves::Classes(classes.len()));
    Ok(Outcome { classes, task, leaves, target: (target, targets) })
}

struct Outcome {
    classes: Vec<Label>,
    task: Task,
    leaves: Leaves,
    /// The target that is read, and how many there are.
    target: (usize, usize),
}

/// A single tree: the mean of one.
pub(super) fn tree(
    fitted: &Fitted<'_>,
    classifier: bool,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    mean_of(fitted, std::slice::from_ref(fitted), classifier, context, facts)
}

/// A forest: the mean of the trees' outcomes, summed in order and then divided.
pub(super) fn forest(
    fitted: &Fitted<'_>,
    classifier: bool,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let members = fitted.list("estimators_")?.into_iter().enumerate();
    let trees: Vec<Fitted<'_>> = members
        .map(|(index, tree)| Fitted::new(tree, &fitted.path, &format!("estimators_[{index}]")))
        .collect::<Result<_, _>>()?;
    if trees.is_empty() {
        return Err(fitted.malformed("estimators_", "is empty"));
    }
    let head = mean_of(fitted, &trees, classifier, context, facts)?;
    // Forests check their input themselves: NaN passes since 1.4.
    Ok(if fitted.version < (1, 4) { head.refusing_missing() } else { head })
}

fn mean_of(
    fitted: &Fitted<'_>,
    trees: &[Fitted<'_>],
    classifier: bool,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let Outcome { classes, task, leaves, target } = outcome(fitted, classifier, context)?;
    let features = match fitted.input_width() {
        Some(features) => features,
        None => fitted.count("n_features_in_")?,
    };
    let outputs = classes.len().max(1);
    let mut builder = ForestBuilder::new(features, outputs, context.limits)?;
    let mut allows = true;
    for tree in trees {
        allows &= allows_missing(tree);
        builder.add(&tree.path, raw_tree_of(tree, features, leaves, 1.0, target)?)?;
    }
    let link = if classifier { Link::Probability } else { Link::Identity };
    let forest = builder.finish(vec![0.0; outputs], Cast::F32, Sum::Mean, link)?;
    count(&forest, facts);
    let head = Head::new(CoreModel::Trees(forest), task, classes, features);
    // Missing values are refused in every column, not only in those a tree splits on.
    Ok(if allows { head } else { head.refusing_missing() })
}

/// The leaves of a forest, by the numbers of their nodes.
pub(super) fn leaves(fitted: &Fitted<'_>, context: &Context<'_>) -> Result<crate::steps::Leaves, ImportError> {
    let Some(features) = fitted.input_width() else {
        return Err(fitted.malformed("n_features_in_", "is not there"));
    };
    let mut builder = ForestBuilder::new(features, 1, context.limits)?;
    let mut ids = Vec::new();
    for (index, tree) in fitted.list("estimators_")?.into_iter().enumerate() {
        let tree = Fitted::new(tree, &fitted.path, &format!("estimators_[{index}]"))?;
        let raw = raw_tree(&tree, features, Leaves::Value(0), 1.0)?;
        let nodes = (0..).zip(&raw.nodes).filter(|(_, node)| matches!(node, RawNode::Leaf(_)));
        ids.push(nodes.map(|(id, _)| f64::from(id)).collect());
        builder.add(&tree.path, raw)?;
    }
    let forest = builder.finish(vec![0.0], Cast::F32, Sum::Mean, Link::Identity)?;
    crate::steps::Leaves::new(forest, ids).ok_or_else(|| fitted.malformed("estimators_", "has leaves without a number"))
}

/// Adds trees and nodes to the facts.
pub(super) fn count(forest: &crate::trees::Forest, facts: &mut ModelFacts) {
    facts.trees += forest.trees.len() as u64;
    facts.nodes += forest.trees.iter().map(|tree| tree.nodes.len() as u64).sum::<u64>();
}

#[cfg(test)]
mod tests {
    use super::pairwise_sum;

    #[test]
    fn sums_as_numpy_does() {
        // numpy.array([0.1] * 11).sum() and numpy.array([0.1] * 300).sum()
        assert_eq!(pairwise_sum(&[0.1; 3]), 0.1 + 0.1 + 0.1);
        assert_eq!(pairwise_sum(&[0.1; 11]), 1.1);
        assert_eq!(pairwise_sum(&[0.1; 300]), 29.999999999999996);
    }
}
