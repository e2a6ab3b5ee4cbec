//! One tree as a program of bitwise selections.

use super::{LEAVES, ONE, Plane, WORDS, ZERO};
use crate::trees::{Node, Tree};

/// `to = if test { right } else { left }`, bit by bit.
#[derive(Clone, Copy, Debug)]
struct Select {
    test: u16,
    left: u16,
    right: u16,
    to: u16,
}

/// One tree.
#[derive(Clone, Debug)]
pub(super) struct Program {
    steps: Vec<Select>,
    /// Planes of the bits of the leaf's number, lowest first.
    bits: [u16; 8],
    /// The output that a scalar leaf adds to.
    pub(super) output: Option<usize>,
    /// The tree's leaf for each number; numbers that no row gets have leaf 0.
    pub(super) leaves: [u32; LEAVES],
    /// Planes it works on after those of the tests.
    pub(super) temporary: usize,
}

/// Numbers the leaves and writes the program.
struct Compiler<'a, F> {
    tree: &'a Tree,
    /// By how much the numbers on the right exceed those on the left, a node.
    offset: Vec<u32>,
    plane: F,
    first: usize,
    free: Vec<u16>,
    used: usize,
    steps: Vec<Select>,
    leaves: [u32; LEAVES],
}

impl Program {
    /// `plane(node)` is the plane of the node's test: a one goes right. Planes from `first` on are free to use.
    /// `None` for more than [`LEAVES`] leaves, an unknown test or too many planes.
    pub(super) fn new(tree: &Tree, plane: impl Fn(&Node) -> Option<u16>, first: usize) -> Option<Self> {
        let mut compiler = Compiler {
            tree,
            offset: offsets(tree)?,
            plane,
            first,
            free: Vec::new(),
            used: 0,
            steps: Vec::new(),
            leaves: [0; LEAVES],
        };
        let bits = compiler.build(0, 0)?;
        Some(Self {
            steps: compiler.steps,
            bits,
            output: tree.output.map(|o| o as usize),
            leaves: compiler.leaves,
            temporary: compiler.used,
        })
    }

    #[inline(always)]
    pub(super) fn run(&self, planes: &mut [Plane]) {
        for step in &self.steps {
            let (test, left, right) =
                (planes[step.test as usize], planes[step.left as usize], planes[step.right as usize]);
            let to = &mut planes[step.to as usize];
            for w in 0..WORDS {
                to[w] = left[w] ^ ((left[w] ^ right[w]) & test[w]);
            }
        }
    }

    /// The leaf numbers of all rows, as bytes: row `64 w + 8 j + k` is byte `k` of word `w` of plane `j`.
    #[expect(clippy::needless_range_loop, reason = "two rows of the same array change places word by word")]
    #[inline(always)]
    pub(super) fn numbers(&self, planes: &[Plane]) -> [Plane; 8] {
        let mut x = self.bits.map(|bit| planes[bit as usize]);
        // Bytes between planes, then bits within words (Warren, Hacker's Delight, 2nd edition, section 7-3).
        for (distance, mask) in [(4, 0x0000_0000_FFFF_FFFF), (2, 0x0000_FFFF_0000_FFFF), (1, 0x00FF_00FF_00FF_00FF_u64)]
        {
            for i in (0..8).filter(|i| i & distance == 0) {
                for w in 0..WORDS {
                    let t = ((x[i][w] >> (8 * distance)) ^ x[i + distance][w]) & mask;
                    x[i + distance][w] ^= t;
                    x[i][w] ^= t << (8 * distance);
                }
            }
        }
        for plane in &mut x {
            for word in plane {
                for (shift, mask) in [(7, 0x00AA_00AA_00AA_00AA), (14, 0x0000_CCCC_0000_CCCC), (28, 0xF0F0_F0F0_u64)] {
                    let t = (*word ^ (*word >> shift)) & mask;
                    *word ^= t ^ (t << shift);
                }
            }
        }
        x
    }
}

/// Numbers of the leaves below each node relative to its own: paths where these fit into a byte, which makes most bits
/// the same on both sides, else places in order. `None` for more than [`LEAVES`] leaves.
fn offsets(tree: &Tree) -> Option<Vec<u32>> {
    let mut paths = vec![1_u32; tree.nodes.len()];
    let mut leaves = paths.clone();
    for (i, node) in tree.nodes.iter().enumerate().rev().filter(|(_, node)| !node.is_leaf()) {
        let (left, right) = (node.left as usize, node.right as usize);
        paths[i] = paths[left].max(paths[right]).saturating_mul(2);
        leaves[i] = leaves[left].saturating_add(leaves[right]);
    }
    let inner = |i: usize| !tree.nodes[i].is_leaf();
    let left_leaves = |i: usize| leaves[tree.nodes[i].left as usize];
    let indices = 0..tree.nodes.len();
    match (*paths.first()? as usize, leaves[0] as usize) {
        (0..=LEAVES, _) => Some(indices.map(|i| paths[i] / 2).collect()),
        (_, 0..=LEAVES) => Some(indices.map(|i| if inner(i) { left_leaves(i) } else { 0 }).collect()),
        _ => None,
    }
}

impl<F: Fn(&Node) -> Option<u16>> Compiler<'_, F> {
    /// Planes of the bits of the leaf's number below a node whose numbers start at `base`. As deep as there are leaves.
    fn build(&mut self, node: usize, base: u32) -> Option<[u16; 8]> {
        let split = &self.tree.nodes[node];
        if split.is_leaf() {
            self.leaves[base as usize] = split.right;
            return Some(std::array::from_fn(|bit| if base >> bit & 1 == 1 { ONE } else { ZERO }));
        }
        let left = self.build(split.left as usize, base)?;
        let right = self.build(split.right as usize, base + self.offset[node])?;
        let test = (self.plane)(split)?;
        let mut bits = [ZERO; 8];
        for ((bit, left), right) in bits.iter_mut().zip(left).zip(right) {
            *bit = self.select(test, left, right)?;
        }
        Some(bits)
    }

    fn select(&mut self, test: u16, left: u16, right: u16) -> Option<u16> {
        if left == right {
            return Some(left);
        }
        if (left, right) == (ZERO, ONE) {
            return Some(test);
        }
        // Every temporary plane is read once.
        let first = self.first;
        self.free.extend([left, right].into_iter().filter(|p| *p as usize >= first));
        let to = match self.free.pop() {
            Some(plane) => plane,
            None => {
                self.used += 1;
                u16::try_from(first + self.used - 1).ok()?
            }
        };
        self.steps.push(Select { test, left, right, to });
        Some(to)
    }
}
