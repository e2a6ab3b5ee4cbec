//! The inner loop: one tree against a block of rows, rows in the lanes.

use fine_model::trees::{Cast, Missing};
use pulp::Arch;

use super::paths::{NO_ANCESTOR, PathNode, PathTree};

/// Rows of a block. Inner loops run over the lanes of a block, so that the compiler turns them into vector code.
pub(super) const LANES: usize = 64;

/// Magnitude that LightGBM's `missing_type=Zero` reads as missing.
const ZERO: f64 = 1e-35_f32 as f64;

/// One number a row.
pub(super) type Lane = [f64; LANES];
/// All ones where true, zero where false.
type Mask = [u64; LANES];

/// Rows of a block, feature-major, cast as the forest compares them.
pub(super) struct Block {
    columns: Vec<Lane>,
}

impl Block {
    /// Takes `rows <= LANES` rows of a row-major matrix; the lanes left over repeat the first row.
    pub(super) fn new(values: &[f64], width: usize, cast: Cast) -> Self {
        let rows = values.len().checked_div(width).unwrap_or(0);
        let mut columns = vec![[0.0; LANES]; width];
        for lane in 0..LANES {
            let row = if lane < rows { lane } else { 0 };
            for (column, v) in columns.iter_mut().zip(values[row * width..].iter()) {
                column[lane] = match cast {
                    Cast::F64 => *v,
                    Cast::F32 => f64::from(*v as f32),
                };
            }
        }
        Self { columns }
    }
}

/// Buffers of a walk, one set a thread.
pub(super) struct Scratch {
    /// Running products, `points` lanes a depth.
    products: Vec<Lane>,
    /// Sums over the leaves below, `points` lanes a depth.
    sums: Vec<Lane>,
    /// Is the feature of the edge still satisfied, one a depth.
    satisfied: Vec<Mask>,
    /// Which rows go to the child that is being visited, one a depth.
    goes: Vec<Mask>,
    /// Nodes from the root to here, each with its children already visited.
    path: Vec<(usize, usize)>,
}

impl Scratch {
    pub(super) fn new(trees: &[PathTree]) -> Self {
        let lanes = trees.iter().map(|t| (t.depth + 1) * t.points).max().unwrap_or(0);
        let depth = trees.iter().map(|t| t.depth + 1).max().unwrap_or(0);
        Self {
            products: vec![[0.0; LANES]; lanes],
            sums: vec![[0.0; LANES]; lanes],
            satisfied: vec![[0; LANES]; depth],
            goes: vec![[0; LANES]; depth],
            path: Vec::with_capacity(depth),
        }
    }
}

/// Adds the SHAP values of the `column`-th value of each leaf to `out` (one lane a player).
pub(super) fn explain_tree(tree: &PathTree, column: usize, block: &Block, scratch: &mut Scratch, out: &mut [Lane]) {
    scratch.products[..tree.points].fill([1.0; LANES]);
    let mut walk = Walk { tree, column, block, scratch, out };
    // The same code for each instruction set; the same operations in the same order, so the same numbers.
    Arch::new().dispatch(|| walk.run());
}

struct Walk<'a> {
    tree: &'a PathTree,
    column: usize,
    block: &'a Block,
    scratch: &'a mut Scratch,
    out: &'a mut [Lane],
}

impl Walk<'_> {
    /// Depth first, left before right.
    #[inline(always)]
    fn run(&mut self) {
        let tree = self.tree;
        self.scratch.path.clear();
        self.scratch.path.push((0, 0));
        while let Some((node, visited)) = self.scratch.path.last_mut() {
            let (split, done) = (&tree.nodes[*node], *visited);
            *visited += 1;
            let depth = self.scratch.path.len() - 1;
            if split.is_leaf() {
                self.leaf(split, depth);
                self.scratch.path.pop();
                continue;
            }
            let children = [split.left as usize, split.right as usize];
            if done == 0 {
                self.split(split, depth);
            } else {
                self.extract(children[done - 1], depth + 1);
                self.add_up(depth);
                self.scratch.goes[depth].iter_mut().for_each(|m| *m = !*m);
            }
            match children.get(done) {
                Some(&child) => {
                    self.edge(child, depth + 1);
                    self.scratch.path.push((child, 0));
                }
                None => _ = self.scratch.path.pop(),
            }
        }
    }

    /// The sums of a leaf, from its products.
    #[inline(always)]
    fn leaf(&mut self, leaf: &PathNode, depth: usize) {
        let here = depth * self.tree.points;
        let value = self.tree.values[leaf.right as usize * self.tree.width + self.column];
        let (products, sums) = (&self.scratch.products[here..], &mut self.scratch.sums[here..]);
        for ((sum, product), weight) in sums.iter_mut().zip(products).zip(&self.tree.weights) {
            let scale = value * weight;
            for (s, p) in sum.iter_mut().zip(product) {
                *s = p * scale;
            }
        }
    }

    /// Clears the sums of an inner node and tests its rows.
    #[inline(always)]
    fn split(&mut self, split: &PathNode, depth: usize) {
        let here = depth * self.tree.points;
        self.scratch.sums[here..here + self.tree.points].fill([0.0; LANES]);
        test(split, self.tree, &self.block.columns[split.feature as usize], &mut self.scratch.goes[depth]);
    }

    /// Adds the sums of a child to those of the node at `depth`.
    #[inline(always)]
    fn add_up(&mut self, depth: usize) {
        let points = self.tree.points;
        let (above, below) = self.scratch.sums.split_at_mut((depth + 1) * points);
        for (sum, part) in above[depth * points..].iter_mut().zip(&*below) {
            for (s, p) in sum.iter_mut().zip(part) {
                *s += p;
            }
        }
    }

    /// Products of the child at `depth` from those of its parent.
    #[inline(always)]
    fn edge(&mut self, child: usize, depth: usize) {
        let goes = &self.scratch.goes[depth - 1];
        let points = self.tree.points;
        let node = &self.tree.nodes[child];
        let factors = &self.tree.factors[child * 4 * points..][..2 * points];
        let (above, below) = self.scratch.products.split_at_mut(depth * points);
        let above = &above[(depth - 1) * points..];
        if node.ancestor == NO_ANCESTOR {
            self.scratch.satisfied[depth] = *goes;
            for q in 0..points {
                let (kept, violated) = (factors[q].to_bits(), factors[points + q].to_bits());
                let flip = kept ^ violated;
                for ((to, from), m) in below[q].iter_mut().zip(&above[q]).zip(goes) {
                    *to = from * f64::from_bits(violated ^ (flip & m));
                }
            }
            return;
        }
        let (before, after) = self.scratch.satisfied.split_at_mut(depth);
        let before = &before[node.ancestor as usize];
        let after = &mut after[0];
        for ((a, b), m) in after.iter_mut().zip(before).zip(goes) {
            *a = b & m;
        }
        let ratio = node.ratio.to_bits();
        for q in 0..points {
            let (kept, violated) = (factors[q].to_bits(), factors[points + q].to_bits());
            let (flip, newly) = (kept ^ violated, violated ^ ratio);
            for (((to, from), b), a) in below[q].iter_mut().zip(&above[q]).zip(before).zip(&*after) {
                *to = from * f64::from_bits(ratio ^ (newly & b) ^ (flip & a));
            }
        }
    }

    /// What the edge into `child` adds to its player, from the sums of the leaves below it.
    #[inline(always)]
    fn extract(&mut self, child: usize, depth: usize) {
        let points = self.tree.points;
        let node = &self.tree.nodes[child];
        let factors = &self.tree.factors[(child * 4 + 2) * points..][..2 * points];
        let sums = &self.scratch.sums[depth * points..][..points];
        let satisfied = &self.scratch.satisfied[depth];
        let mut total = [0.0; LANES];
        for q in 0..points {
            let (kept, violated) = (factors[q].to_bits(), factors[points + q].to_bits());
            let flip = kept ^ violated;
            for ((t, h), m) in total.iter_mut().zip(&sums[q]).zip(satisfied) {
                *t += h * f64::from_bits(violated ^ (flip & m));
            }
        }
        if node.ancestor != NO_ANCESTOR {
            let before = &self.scratch.satisfied[node.ancestor as usize];
            for (t, b) in total.iter_mut().zip(before) {
                *t = f64::from_bits(t.to_bits() & b);
            }
        }
        for (o, t) in self.out[node.player as usize].iter_mut().zip(&total) {
            *o += t;
        }
    }
}

/// Which lanes go left.
#[inline(always)]
fn test(split: &PathNode, tree: &PathTree, x: &Lane, goes: &mut Mask) {
    if !split.is_numeric() {
        let set = &tree.sets[split.set as usize];
        fill(goes, x, |v| category_goes_left(set, split.missing, v));
        return;
    }
    let t = split.threshold;
    match split.missing {
        Missing::Left => fill(goes, x, |v| v <= t || v.is_nan()),
        Missing::Right | Missing::Refused => fill(goes, x, |v| v <= t),
        Missing::AsZero => fill(goes, x, |v| if v.is_nan() { 0.0 <= t } else { v <= t }),
        Missing::ZeroLeft => fill(goes, x, |v| v <= t || is_zero_or_nan(v)),
        Missing::ZeroRight => fill(goes, x, |v| v <= t && !is_zero_or_nan(v)),
    }
}

#[inline(always)]
fn fill(goes: &mut Mask, x: &Lane, left: impl Fn(f64) -> bool) {
    for (m, v) in goes.iter_mut().zip(x) {
        *m = mask(left(*v));
    }
}

#[inline(always)]
fn mask(left: bool) -> u64 {
    u64::from(left).wrapping_neg()
}

#[inline(always)]
fn is_zero_or_nan(v: f64) -> bool {
    v.is_nan() || v.abs() <= ZERO
}

fn category_goes_left(set: &[u32], missing: Missing, v: f64) -> bool {
    let v = match missing {
        Missing::Left | Missing::ZeroLeft if v.is_nan() => return true,
        Missing::Right | Missing::ZeroRight | Missing::Refused if v.is_nan() => return false,
        _ if v.is_nan() => 0.0,
        _ => v,
    };
    v > -1.0 && v < f64::from(u32::MAX) && set.binary_search(&(v as u32)).is_ok()
}
