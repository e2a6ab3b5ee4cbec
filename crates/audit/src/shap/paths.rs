//! A tree prepared for path-dependent SHAP: for each edge the factors of the integrand at each quadrature node.

use std::collections::HashMap;

use fine_model::trees::{Forest, LEAF, Missing, NUMERIC, Tree};

use super::ShapError;
use super::quadrature::GaussLegendre;

/// Deepest tree that is walked; deeper ones are explained by the sampler.
pub(super) const MAX_DEPTH: usize = 256;

/// No earlier edge of the same feature on the path.
pub(super) const NO_ANCESTOR: u32 = u32::MAX;

/// One tree, compiled. Edges carry the index of the node they lead to.
#[derive(Clone, Debug)]
pub(super) struct PathTree {
    pub(super) nodes: Vec<PathNode>,
    pub(super) sets: Vec<Box<[u32]>>,
    /// Leaf values times tree weight, leaf-major, `width` a leaf.
    pub(super) values: Vec<f64>,
    pub(super) width: usize,
    /// First output that the leaf values belong to.
    pub(super) output: usize,
    /// Edges on the longest path.
    pub(super) depth: usize,
    /// Number of quadrature nodes.
    pub(super) points: usize,
    /// Quadrature weights.
    pub(super) weights: Vec<f64>,
    /// Four blocks of `points` numbers a node: factor when satisfied, factor when newly violated, and the extraction
    /// coefficient of each.
    pub(super) factors: Vec<f64>,
    /// Cover-weighted mean of each output.
    pub(super) mean: Vec<f64>,
}

/// A node and the edge that leads to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathNode {
    pub(super) feature: u32,
    pub(super) left: u32,
    /// Right child, or the leaf's index.
    pub(super) right: u32,
    pub(super) set: u32,
    pub(super) threshold: f64,
    pub(super) missing: Missing,
    /// Player that the edge into this node belongs to.
    pub(super) player: u32,
    /// Depth of the nearest earlier edge of the same feature (depth of the node it leads to), or [`NO_ANCESTOR`].
    pub(super) ancestor: u32,
    /// Share of the parent's cover.
    pub(super) ratio: f64,
}

impl PathNode {
    pub(super) fn is_leaf(&self) -> bool {
        self.left == LEAF
    }

    pub(super) fn is_numeric(&self) -> bool {
        self.set == NUMERIC
    }
}

impl PathTree {
    /// Compiles tree `index` of the forest. `origin` maps encoded features to players; `rules[q - 1]` is the rule
    /// with `q` points and grows as needed.
    pub(super) fn new(
        forest: &Forest,
        index: usize,
        origin: &[u32],
        rules: &mut Vec<GaussLegendre>,
    ) -> Result<Self, ShapError> {
        let tree = &forest.trees[index];
        let width = if tree.output.is_some() { 1 } else { forest.outputs };
        let shape = Shape::of(tree)?;
        let points = shape.unique.div_ceil(2).max(1);
        while rules.len() < points {
            rules.push(GaussLegendre::new(rules.len() + 1));
        }
        let rule = &rules[points - 1];
        let scale = tree.weight;
        let mut compiled = Self {
            nodes: Vec::with_capacity(tree.nodes.len()),
            sets: tree.sets.clone(),
            values: tree.values.iter().map(|v| v * scale).collect(),
            width,
            output: tree.output.unwrap_or(0) as usize,
            depth: shape.depth,
            points,
            weights: rule.weights.clone(),
            factors: Vec::with_capacity(tree.nodes.len() * 4 * points),
            mean: vec![0.0; width],
        };
        for (i, node) in tree.nodes.iter().enumerate() {
            let edge = &shape.edges[i];
            compiled.nodes.push(PathNode {
                feature: node.feature,
                left: node.left,
                right: node.right,
                set: node.set,
                threshold: node.threshold,
                missing: node.missing,
                player: edge.feature.map_or(0, |f| origin[f as usize]),
                ancestor: edge.ancestor,
                ratio: edge.ratio,
            });
            push_factors(&mut compiled.factors, edge, rule);
            if node.left == LEAF {
                let leaf = node.right as usize;
                for (k, mean) in compiled.mean.iter_mut().enumerate() {
                    *mean += edge.reach * compiled.values[leaf * width + k];
                }
            }
        }
        Ok(compiled)
    }
}

/// What a walk from the root learns about the edge into each node.
struct Shape {
    edges: Vec<Edge>,
    depth: usize,
    /// Largest number of different features on one path.
    unique: usize,
}

#[derive(Clone)]
struct Edge {
    feature: Option<u32>,
    depth: u32,
    unique: u32,
    ancestor: u32,
    ratio: f64,
    /// Product of the ratios of this feature's edges on the path, with and without this one.
    share: f64,
    share_before: f64,
    /// Product of all ratios from the root.
    reach: f64,
}

impl Shape {
    fn of(tree: &Tree) -> Result<Self, ShapError> {
        let root = Edge {
            feature: None,
            depth: 0,
            unique: 0,
            ancestor: NO_ANCESTOR,
            ratio: 1.0,
            share: 1.0,
            share_before: 1.0,
            reach: 1.0,
        };
        let mut shape = Self { edges: vec![root; tree.nodes.len()], depth: 0, unique: 0 };
        let mut last_edge = HashMap::new();
        shape.descend(tree, 0, &mut last_edge)?;
        Ok(shape)
    }

    fn descend(&mut self, tree: &Tree, node: usize, last_edge: &mut HashMap<u32, usize>) -> Result<(), ShapError> {
        let here = self.edges[node].clone();
        let split = &tree.nodes[node];
        self.depth = self.depth.max(here.depth as usize);
        self.unique = self.unique.max(here.unique as usize);
        if split.left == LEAF {
            return Ok(());
        }
        if here.depth as usize >= MAX_DEPTH {
            return Err(ShapError::TooDeep { limit: MAX_DEPTH });
        }
        let ratios = cover_shares(tree, node)?;
        let before = last_edge.get(&split.feature).copied();
        for (child, ratio) in [(split.left as usize, ratios[0]), (split.right as usize, ratios[1])] {
            let share_before = before.map_or(1.0, |e| self.edges[e].share);
            self.edges[child] = Edge {
                feature: Some(split.feature),
                depth: here.depth + 1,
                unique: here.unique + u32::from(before.is_none()),
                ancestor: before.map_or(NO_ANCESTOR, |e| self.edges[e].depth),
                ratio,
                share: share_before * ratio,
                share_before,
                reach: here.reach * ratio,
            };
            last_edge.insert(split.feature, child);
            self.descend(tree, child, last_edge)?;
        }
        match before {
            Some(edge) => last_edge.insert(split.feature, edge),
            None => last_edge.remove(&split.feature),
        };
        Ok(())
    }
}

/// Shares of the two children in their common cover; a half each where no training weight arrived.
pub(super) fn cover_shares(tree: &Tree, node: usize) -> Result<[f64; 2], ShapError> {
    let split = &tree.nodes[node];
    let (left, right) = (tree.nodes[split.left as usize].cover, tree.nodes[split.right as usize].cover);
    let sum = left + right;
    if !(left >= 0.0 && right >= 0.0 && sum.is_finite()) {
        return Err(ShapError::NoCover);
    }
    Ok(if sum == 0.0 { [0.5, 0.5] } else { [left / sum, right / sum] })
}

/// With `g(o, z, t) = t o + (1 - t) z`, the factor of an edge is `g(after) / g(before)` and the extraction coefficient
/// is `(o - z) / g` after minus before. A feature that was violated earlier keeps `o = 0`: its factor is the ratio and
/// its extraction 0, both without a table.
fn push_factors(factors: &mut Vec<f64>, edge: &Edge, rule: &GaussLegendre) {
    let satisfied = |z: f64, t: f64| z + t * (1.0 - z);
    let gain = |z: f64, t: f64| (1.0 - z) / satisfied(z, t);
    let (before, after) = (edge.share_before, edge.share);
    factors.extend(rule.nodes.iter().map(|&t| satisfied(after, t) / satisfied(before, t)));
    factors.extend(rule.nodes.iter().map(|&t| (1.0 - t) * after / satisfied(before, t)));
    factors.extend(rule.nodes.iter().map(|&t| gain(after, t) - gain(before, t)));
    factors.extend(rule.nodes.iter().map(|&t| -1.0 / (1.0 - t) - gain(before, t)));
}
