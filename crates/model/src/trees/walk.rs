//! Walking many rows down many trees.
//!
//! Nodes are laid out again with siblings side by side, so that one step is `left + goes_right` without a branch; leaves
//! point at themselves, so that eight rows can take the same number of steps in lock-step.

use rayon::prelude::*;

use super::sliced::Sliced;
use super::{Cast, Forest, Missing, NUMERIC, Sum, Tree};

/// Rows walked together. Fixed, so that results never depend on the number of threads.
const BLOCK_ROWS: usize = 512;
/// Rows in lock-step.
const LANES: usize = 8;
/// Flag of [`Cell::split`]: a missing value goes left.
const MISSING_LEFT: u32 = 1 << 31;
/// The feature index in [`Cell::split`].
const FEATURE: u32 = MISSING_LEFT - 1;

#[derive(Clone, Copy, Debug)]
struct Cell {
    threshold: f64,
    left: u32,
    split: u32,
}

#[derive(Clone, Debug)]
enum Layout {
    /// Numeric splits with a side for missing values: the fast walk.
    Flat { cells: Vec<Cell>, leaves: Vec<u32>, depth: usize },
    /// Category sets or zero-as-missing rules: walked on the tree itself.
    Plain,
}

/// The fast form of one forest. It is used together with the forest it was made from.
#[derive(Clone, Debug)]
pub struct Walker {
    layouts: Vec<Layout>,
    /// Trees that add to each output, for [`Sum::Mean`].
    counts: Vec<f64>,
    refuses_missing: bool,
    sliced: Option<Sliced>,
}

impl Walker {
    /// Lays out the nodes of a forest. Linear in the number of nodes.
    pub fn new(forest: &Forest) -> Self {
        let counts = (0..forest.outputs)
            .map(|k| forest.trees.iter().filter(|t| t.output.is_none_or(|o| o as usize == k)).count() as f64)
            .collect();
        Self {
            layouts: forest.trees.iter().map(Layout::new).collect(),
            counts,
            refuses_missing: forest.refuses_missing(),
            sliced: Sliced::new(forest),
        }
    }

    /// The form for many rows at once, when the forest has one.
    pub(crate) fn sliced(&self) -> Option<&Sliced> {
        self.sliced.as_ref()
    }

    /// [`Forest::refuses_missing`], found once.
    pub fn refuses_missing(&self) -> bool {
        self.refuses_missing
    }

    /// Margins (before the link) of encoded rows, row-major `[rows x outputs]`.
    pub fn margins(&self, forest: &Forest, rows: usize, values: &[f64]) -> Vec<f64> {
        let (width, outputs) = (forest.features, forest.outputs);
        let mut margins = vec![0.0; rows * outputs];
        margins.par_chunks_mut((BLOCK_ROWS * outputs).max(1)).enumerate().for_each(|(block, out)| {
            let start = block * BLOCK_ROWS;
            let end = start + out.len() / outputs;
            self.block(forest, &values[start * width..end * width], out);
        });
        margins
    }

    /// Margins of one block of rows; `out` is overwritten.
    fn block(&self, forest: &Forest, values: &[f64], out: &mut [f64]) {
        let cast: Vec<f64> = values.iter().map(|x| forest.cast.apply(*x)).collect();
        let nan = cast.iter().any(|x| x.is_nan());
        let start: &[f64] = &forest.base;
        for row in out.chunks_exact_mut(forest.outputs) {
            if forest.sum == Sum::Mean {
                row.fill(0.0);
            } else {
                row.copy_from_slice(start);
            }
        }
        let mut leaves = vec![0_u32; out.len() / forest.outputs.max(1)];
        for (tree, layout) in forest.trees.iter().zip(&self.layouts) {
            layout.walk(tree, &cast, forest.features, nan, &mut leaves);
            add(forest, tree, &leaves, out);
        }
        if forest.sum == Sum::Mean {
            for row in out.chunks_exact_mut(forest.outputs) {
                for ((m, base), n) in row.iter_mut().zip(start).zip(&self.counts) {
                    *m = base + if *n > 0.0 { *m / n } else { 0.0 };
                }
            }
        }
    }
}

/// Adds the leaf values of one tree to the margins of a block.
fn add(forest: &Forest, tree: &Tree, leaves: &[u32], out: &mut [f64]) {
    let outputs = forest.outputs;
    let single = forest.sum == Sum::F32;
    let plus = |a: f64, v: f64| {
        if single { f64::from(a as f32 + tree.weight as f32 * v as f32) } else { a + tree.weight * v }
    };
    if let Some(output) = tree.output {
        for (row, leaf) in out.chunks_exact_mut(outputs).zip(leaves) {
            let m = &mut row[output as usize];
            *m = plus(*m, tree.values[*leaf as usize]);
        }
    } else {
        for (row, leaf) in out.chunks_exact_mut(outputs).zip(leaves) {
            let values = &tree.values[*leaf as usize * outputs..][..outputs];
            for (m, v) in row.iter_mut().zip(values) {
                *m = plus(*m, *v);
            }
        }
    }
}

impl Layout {
    fn new(tree: &Tree) -> Self {
        let plain = |n: &super::Node| {
            !n.is_leaf()
                && (n.set != NUMERIC
                    || matches!(n.missing, Missing::ZeroLeft | Missing::ZeroRight)
                    || n.feature > FEATURE)
        };
        if tree.nodes.iter().any(plain) {
            return Self::Plain;
        }
        let mut cells = Vec::with_capacity(tree.nodes.len());
        let mut leaves = Vec::with_capacity(tree.nodes.len());
        // (node, depth) in the new order; both children of a node are pushed together.
        let mut order = vec![(0_u32, 0_usize)];
        let mut depth = 0;
        let mut next = 0;
        while next < order.len() {
            let (at, level) = order[next];
            let node = &tree.nodes[at as usize];
            if node.is_leaf() {
                cells.push(Cell { threshold: f64::INFINITY, left: next as u32, split: MISSING_LEFT });
                leaves.push(node.right);
                depth = depth.max(level);
            } else {
                let left = node.missing.side(f64::NAN, node.threshold) == Some(true);
                cells.push(Cell {
                    threshold: node.threshold,
                    left: order.len() as u32,
                    split: node.feature | if left { MISSING_LEFT } else { 0 },
                });
                leaves.push(0);
                order.push((node.left, level + 1));
                order.push((node.right, level + 1));
            }
            next += 1;
        }
        Self::Flat { cells, leaves, depth }
    }

    /// Leaf index of each row; `values` are already cast.
    fn walk(&self, tree: &Tree, values: &[f64], width: usize, nan: bool, out: &mut [u32]) {
        match self {
            Self::Flat { leaves, depth: 0, .. } => out.fill(leaves[0]),
            Self::Flat { cells, leaves, depth } if nan => walk::<true>(cells, leaves, *depth, values, width, out),
            Self::Flat { cells, leaves, depth } => walk::<false>(cells, leaves, *depth, values, width, out),
            Self::Plain if width == 0 => out.fill(tree.leaf(&[], Cast::F64) as u32),
            Self::Plain => {
                for (row, leaf) in values.chunks_exact(width).zip(out) {
                    *leaf = tree.leaf(row, Cast::F64) as u32;
                }
            }
        }
    }
}

#[inline(always)]
fn step<const NAN: bool>(cells: &[Cell], at: u32, row: &[f64]) -> u32 {
    let cell = cells[at as usize];
    let x = row[(cell.split & FEATURE) as usize];
    // `!(x <= t)` and not `x > t`: NaN must go right unless the flag says left.
    #[allow(clippy::neg_cmp_op_on_partial_ord)]
    let mut right = !(x <= cell.threshold);
    if NAN {
        right &= !(x.is_nan() & (cell.split & MISSING_LEFT != 0));
    }
    cell.left + u32::from(right)
}

fn walk<const NAN: bool>(cells: &[Cell], leaves: &[u32], depth: usize, values: &[f64], width: usize, out: &mut [u32]) {
    let mut groups = out.chunks_exact_mut(LANES);
    let mut rows = values.chunks_exact(width * LANES);
    for (group, rows) in groups.by_ref().zip(rows.by_ref()) {
        let mut at = [0_u32; LANES];
        let mut steps = 0;
        while steps < depth {
            let until = if depth <= 8 { depth } else { (steps + 4).min(depth) };
            for _ in steps..until {
                for (lane, at) in at.iter_mut().enumerate() {
                    *at = step::<NAN>(cells, *at, &rows[lane * width..][..width]);
                }
            }
            steps = until;
            if at.iter().all(|a| cells[*a as usize].left == *a) {
                break;
            }
        }
        for (leaf, at) in group.iter_mut().zip(at) {
            *leaf = leaves[at as usize];
        }
    }
    for (leaf, row) in groups.into_remainder().iter_mut().zip(rows.remainder().chunks_exact(width)) {
        let mut at = 0;
        while cells[at as usize].left != at {
            at = step::<NAN>(cells, at, row);
        }
        *leaf = leaves[at as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees::{LEAF, Link, Node};

    /// A complete tree of the given depth over `features`, thresholds and values from a fixed mixer.
    fn tree(seed: u64, depth: u32, features: u32, zero: bool) -> Tree {
        let mix = |i: u64| (i.wrapping_add(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) as u32;
        let inner = (1_u32 << depth) - 1;
        let mut nodes = Vec::new();
        for i in 0..2 * inner + 1 {
            let leaf = i >= inner;
            nodes.push(Node {
                feature: mix(u64::from(i)) % features,
                left: if leaf { LEAF } else { 2 * i + 1 },
                right: if leaf { i - inner } else { 2 * i + 2 },
                set: NUMERIC,
                threshold: f64::from(mix(u64::from(i) + 77) % 1000) / 500.0 - 1.0,
                missing: match mix(u64::from(i) + 5) % 3 {
                    0 => Missing::Left,
                    1 => Missing::Right,
                    _ if zero => Missing::ZeroLeft,
                    _ => Missing::AsZero,
                },
                cover: f64::NAN,
            });
        }
        let values = (0..=inner).map(|i| f64::from(mix(u64::from(i) + 999) % 100)).collect();
        Tree { nodes, sets: Vec::new(), values, output: Some(0), weight: 1.0 }
    }

    fn values(rows: usize, features: usize) -> Vec<f64> {
        (0..rows * features)
            .map(|i| match i % 13 {
                0 => f64::NAN,
                1 => 0.0,
                _ => ((i * 7919) % 2003) as f64 / 1000.0 - 1.0,
            })
            .collect()
    }

    #[test]
    fn the_fast_walk_equals_the_plain_one() {
        for (depth, zero) in [(0, false), (1, false), (6, false), (11, false), (5, true)] {
            let forest = Forest {
                features: 5,
                outputs: 1,
                trees: (0..7).map(|s| tree(s, depth, 5, zero)).collect(),
                base: vec![0.5],
                cast: Cast::F32,
                sum: Sum::F64,
                link: Link::Identity,
            };
            let x = values(1037, 5);
            let fast = forest.margins(1037, &x);
            for (row, m) in x.chunks_exact(5).zip(&fast) {
                let plain: f64 = forest.trees.iter().map(|t| t.values[t.leaf(row, Cast::F32)]).sum();
                assert_eq!(*m, 0.5 + plain);
            }
        }
    }

    #[test]
    fn a_mean_divides_by_the_trees_of_each_output() {
        let mut trees: Vec<Tree> = (0..4).map(|s| tree(s, 0, 1, false)).collect();
        for (i, t) in trees.iter_mut().enumerate() {
            t.output = Some((i % 2) as u32);
            t.values = vec![i as f64];
        }
        let forest = Forest {
            features: 1,
            outputs: 2,
            trees,
            base: vec![0.0; 2],
            cast: Cast::F64,
            sum: Sum::Mean,
            link: Link::Identity,
        };
        assert_eq!(forest.margins(1, &[0.0]), [1.0, 2.0]);
    }
}
