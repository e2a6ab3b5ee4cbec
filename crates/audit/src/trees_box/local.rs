//! The trees as one row meets them: tests of features that are held are gone.

use super::Ensemble;
use super::shapes::{Sides, cut};
use super::thresholds::Test;

/// `axis` of a leaf.
pub(super) const LEAF: u32 = u32::MAX;

/// A split, or a leaf with its value in `at`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) axis: u32,
    /// Child of values up to `at`.
    pub(super) low: u32,
    /// Child of values above.
    pub(super) high: u32,
    pub(super) at: f64,
}

/// A leaf with the part of its box that a ball around the row cuts out, without the axes that the ball does not cut.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) sides: Sides,
    pub(super) value: f64,
}

/// One row's trees. Margins are signed: positive keeps the row's label.
pub(crate) struct Local {
    pub(super) nodes: Vec<Node>,
    pub(super) roots: Vec<u32>,
    pub(super) base: f64,
    pub(super) slack: f64,
}

impl Ensemble<'_> {
    /// The trees of a row with this encoded form and these coordinates (`NaN` where it has none: that axis is held); `label`
    /// is the model's answer, 0 or 1.
    pub(crate) fn local(&self, encoded: &[f64], point: &[f64], label: u32) -> Local {
        let sign = if label == 1 { 1.0 } else { -1.0 };
        let mut local = Local { nodes: Vec::new(), roots: Vec::new(), base: sign * self.base, slack: self.slack };
        for tree in 0..self.tests.len() {
            local.roots.push(local.nodes.len() as u32);
            let mut open = vec![(self.free(tree, 0, encoded, point), None)];
            while let Some((at, parent)) = open.pop() {
                let index = local.nodes.len() as u32;
                match parent {
                    Some((parent, true)) => local.nodes[parent as usize].high = index,
                    Some((parent, false)) => local.nodes[parent as usize].low = index,
                    None => {}
                }
                let node = &self.forest.trees[tree].nodes[at];
                match self.tests[tree][at] {
                    Test::Axis { axis, threshold, low_left } => {
                        local.nodes.push(Node { axis, low: LEAF, high: LEAF, at: threshold });
                        let (low, high) = if low_left { (node.left, node.right) } else { (node.right, node.left) };
                        for (child, is_high) in [(high, true), (low, false)] {
                            open.push((self.free(tree, child as usize, encoded, point), Some((index, is_high))));
                        }
                    }
                    _ => {
                        let value = sign * self.values[tree][node.right as usize];
                        local.nodes.push(Node { axis: LEAF, low: LEAF, high: LEAF, at: value });
                    }
                }
            }
        }
        local
    }

    /// The next node at which an axis decides, or the leaf.
    fn free(&self, tree: usize, mut at: usize, encoded: &[f64], point: &[f64]) -> usize {
        loop {
            let node = &self.forest.trees[tree].nodes[at];
            let left = match self.tests[tree][at] {
                Test::Leaf => return at,
                Test::Axis { axis, .. } if !point[axis as usize].is_nan() => return at,
                Test::Always { left } => left,
                Test::Axis { .. } | Test::Held => {
                    let value = self.forest.cast.apply(encoded[node.feature as usize]);
                    self.forest.trees[tree].goes_left(node, value)
                }
            };
            at = if left { node.left } else { node.right } as usize;
        }
    }
}

impl Local {
    /// The signed margin of a point.
    pub(crate) fn margin(&self, point: &[f64]) -> f64 {
        let leaf = |root: &u32| {
            let mut node = &self.nodes[*root as usize];
            while node.axis != LEAF {
                let next = if point[node.axis as usize] <= node.at { node.low } else { node.high };
                node = &self.nodes[next as usize];
            }
            node.at
        };
        self.base + self.roots.iter().map(leaf).sum::<f64>()
    }

    /// The other label, beyond the library's rounding.
    pub(crate) fn is_flip(&self, margin: f64) -> bool {
        margin < -self.slack
    }

    /// The leaves of a tree that some point between two corners (both inside) reaches.
    pub(super) fn leaves(&self, root: u32, low: &[f64], high: &[f64]) -> Vec<Leaf> {
        let mut out = Vec::new();
        let mut open: Vec<(u32, Sides)> = vec![(root, Vec::new())];
        while let Some((at, sides)) = open.pop() {
            let node = &self.nodes[at as usize];
            if node.axis == LEAF {
                out.push(Leaf { sides, value: node.at });
                continue;
            }
            // What the path has cut off narrows the ball.
            let own = sides.iter().find(|s| s.axis == node.axis);
            let axis = node.axis as usize;
            let below = low[axis] <= node.at && own.is_none_or(|s| s.low < node.at);
            let above = high[axis] > node.at && own.is_none_or(|s| s.high > node.at);
            match (below, above) {
                (true, true) => {
                    let mut rest = sides.clone();
                    cut(&mut rest, node.axis, node.at, true);
                    open.push((node.high, rest));
                    let mut kept = sides;
                    cut(&mut kept, node.axis, node.at, false);
                    open.push((node.low, kept));
                }
                (true, false) => open.push((node.low, sides)),
                (false, true) => open.push((node.high, sides)),
                (false, false) => {}
            }
        }
        out
    }

    /// The box of all points that reach the same leaves as `point`.
    pub(super) fn cell(&self, point: &[f64]) -> Sides {
        let mut sides = Sides::new();
        for root in &self.roots {
            let mut node = &self.nodes[*root as usize];
            while node.axis != LEAF {
                let high = point[node.axis as usize] > node.at;
                cut(&mut sides, node.axis, node.at, high);
                node = &self.nodes[if high { node.high } else { node.low } as usize];
            }
        }
        sides
    }
}
