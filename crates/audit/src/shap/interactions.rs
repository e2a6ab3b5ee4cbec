//! SHAP interaction values of tree ensembles.

use fine_model::trees::{Cast, Forest, Tree};
use fine_model::{Encoded, MIXED};
use rayon::prelude::*;

use super::ShapError;
use super::interventional::scales;
use super::paths::{MAX_DEPTH, cover_shares};
use super::quadrature::GaussLegendre;
use crate::stage::StageError;

/// Rows of a block: the outcomes of one test are one word.
const LANES: usize = 64;
/// One number a row.
type Lane = [f64; LANES];

/// A forest prepared for path-dependent SHAP interaction values on the margin scale.
///
/// The interaction index of two features (Fujimoto, Kojadinovic and Marichal 2006; Lundberg et al. 2020) of a leaf with value
/// `v` is `v (o_j - z_j)(o_k - z_k) Int_0^1 prod_{l != j, k} (t o_l + (1 - t) z_l) dt`, in the terms of
/// [`TreeExplainer`](super::TreeExplainer); Gauss-Legendre points are exact here too. As in the library `shap`, each of the two
/// cells of a pair holds half of it, and the diagonal holds what is left of the feature's SHAP value: its main effect.
#[derive(Clone, Debug)]
pub struct TreeInteractions {
    trees: Vec<LeafTree>,
    rules: Vec<GaussLegendre>,
    scale: Vec<f64>,
    cast: Cast,
    players: usize,
    outputs: usize,
}

/// Interaction values of some rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interactions {
    /// Number of rows.
    pub rows: usize,
    /// Number of explained outputs.
    pub outputs: usize,
    /// Number of players (raw features).
    pub players: usize,
    /// Row-major `[rows x outputs x players x players]`, symmetric; a line of a player sums to its SHAP value.
    pub values: Vec<f64>,
}

impl Interactions {
    /// The `[players x players]` values of one row and output.
    pub fn row(&self, row: usize, output: usize) -> &[f64] {
        let cells = self.players * self.players;
        &self.values[(row * self.outputs + output) * cells..][..cells]
    }
}

/// One tree as its leaves.
#[derive(Clone, Debug)]
struct LeafTree {
    tree: Tree,
    leaves: Vec<Leaf>,
}

/// A leaf with the features on its path.
#[derive(Clone, Debug)]
struct Leaf {
    index: usize,
    parts: Vec<Part>,
}

/// All edges of one encoded feature on a path.
#[derive(Clone, Debug)]
struct Part {
    feature: u32,
    player: u32,
    /// Product of the cover ratios of the edges.
    ratio: f64,
    /// Node that is tested, and whether the path goes left there.
    edges: Vec<(u32, bool)>,
}

impl TreeInteractions {
    /// Prepares a forest. `origin[c]` is the player (raw feature, below `players`) of encoded column `c`; the values of all
    /// pairs of columns of two players are added up, and pairs inside of one player belong to its diagonal.
    ///
    /// # Errors
    /// [`ShapError::NoCover`] when the file stores no training weights, [`ShapError::TooDeep`] for trees beyond the depth
    /// limit, [`ShapError::Mixed`] when a column belongs to several players.
    pub fn new(forest: &Forest, origin: &[u32], players: usize) -> Result<Self, ShapError> {
        if origin.contains(&MIXED) {
            return Err(ShapError::Mixed);
        }
        if origin.len() != forest.features || origin.iter().any(|p| *p as usize >= players) {
            return Err(ShapError::Width { columns: origin.len(), expected: forest.features });
        }
        let trees = forest.trees.iter().map(|t| LeafTree::new(t, origin)).collect::<Result<Vec<_>, _>>()?;
        let most = trees.iter().flat_map(|t| &t.leaves).map(|l| l.parts.len()).max().unwrap_or(0);
        let rules = (1..=points(most)).map(GaussLegendre::new).collect();
        Ok(Self { trees, rules, scale: scales(forest), cast: forest.cast, players, outputs: forest.outputs })
    }

    /// Elementary steps a row and output: pairs of features on the paths times quadrature points.
    pub fn steps_per_row(&self) -> u64 {
        let steps = |l: &Leaf| (l.parts.len() * (l.parts.len() + 3) / 2 * points(l.parts.len())) as u64;
        self.trees.iter().flat_map(|t| &t.leaves).map(steps).sum()
    }

    /// Interaction values of `outputs` (margin columns) for every row. `done(0)` is called after each block and output and
    /// may stop the work.
    ///
    /// # Errors
    /// What `done` answers.
    pub fn explain(
        &self,
        x: &Encoded,
        outputs: &[usize],
        done: &(dyn Fn(u64) -> Result<(), StageError> + Sync),
    ) -> Result<Interactions, StageError> {
        let cells = self.players * self.players;
        let blocks = (0..x.rows.div_ceil(LANES))
            .into_par_iter()
            .map(|b| {
                let rows = b * LANES..((b + 1) * LANES).min(x.rows);
                let cast = |v: &f64| self.cast.apply(*v);
                let block = x.values[rows.start * x.width..rows.end * x.width].iter().map(cast).collect::<Vec<_>>();
                let mut values = vec![0.0; rows.len() * outputs.len() * cells];
                for (slot, &output) in outputs.iter().enumerate() {
                    let lanes = self.explain_block(&block, x.width, rows.len(), output);
                    for (row, to) in values.chunks_exact_mut((outputs.len() * cells).max(1)).enumerate() {
                        self.settle(&lanes, row, self.scale[output], &mut to[slot * cells..][..cells]);
                    }
                    done(0)?;
                }
                Ok(values)
            })
            .collect::<Result<Vec<_>, StageError>>()?;
        Ok(Interactions { rows: x.rows, outputs: outputs.len(), players: self.players, values: blocks.concat() })
    }

    /// Sums over all leaves: SHAP values on the diagonal, whole interaction indices above it.
    fn explain_block(&self, block: &[f64], width: usize, rows: usize, output: usize) -> Vec<Lane> {
        let mut sums = vec![[0.0; LANES]; self.players * self.players];
        let mut masks = Vec::new();
        let mut scratch = Scratch::default();
        for LeafTree { tree, leaves } in &self.trees {
            let (stride, column) = match tree.output {
                None => (self.outputs, output),
                Some(k) if k as usize == output => (1, 0),
                Some(_) => continue,
            };
            test(tree, block, width, rows, &mut masks);
            for leaf in leaves {
                let value = tree.weight * tree.values[leaf.index * stride + column];
                if value != 0.0 && !leaf.parts.is_empty() {
                    self.leaf(leaf, value, &masks, &mut scratch, &mut sums);
                }
            }
        }
        sums
    }

    fn leaf(&self, leaf: &Leaf, value: f64, masks: &[u64], scratch: &mut Scratch, sums: &mut [Lane]) {
        let rule = &self.rules[points(leaf.parts.len()) - 1];
        scratch.kept.clear();
        scratch.kept.extend(leaf.parts.iter().map(|part| part.satisfied(masks)));
        scratch.gains.resize(leaf.parts.len(), [0.0; LANES]);
        for (&t, &weight) in rule.nodes.iter().zip(&rule.weights) {
            let mut product = [value * weight; LANES];
            for ((part, kept), gains) in leaf.parts.iter().zip(&scratch.kept).zip(&mut scratch.gains) {
                let z = part.ratio;
                let (with, without) = (z + t * (1.0 - z), (1.0 - t) * z);
                // `(o - z) / (t o + (1 - t) z)`; a branch that nobody took and that the row does not take has no part in anything.
                let gain_with = (1.0 - z) / with;
                let gain_without = if z > 0.0 { -1.0 / (1.0 - t) } else { 0.0 };
                for (lane, (p, g)) in product.iter_mut().zip(gains.iter_mut()).enumerate() {
                    let own = kept >> lane & 1 == 1;
                    *p *= if own { with } else { without };
                    *g = if own { gain_with } else { gain_without };
                }
            }
            for (j, one) in leaf.parts.iter().enumerate() {
                let p = one.player as usize;
                let mut gained = product;
                gained.iter_mut().zip(&scratch.gains[j]).for_each(|(g, c)| *g *= c);
                sums[p * self.players + p].iter_mut().zip(&gained).for_each(|(s, g)| *s += g);
                for (other, gains) in leaf.parts.iter().zip(&scratch.gains).skip(j + 1) {
                    let q = other.player as usize;
                    if p != q {
                        let to = &mut sums[p.min(q) * self.players + p.max(q)];
                        to.iter_mut().zip(gained.iter().zip(gains)).for_each(|(s, (g, c))| *s += g * c);
                    }
                }
            }
        }
    }

    /// The square of one row: halves off the diagonal, what is left on it.
    fn settle(&self, lanes: &[Lane], row: usize, scale: f64, to: &mut [f64]) {
        let n = self.players;
        for p in 0..n {
            to[p * n + p] += lanes[p * n + p][row] * scale;
            for q in p + 1..n {
                let half = 0.5 * scale * lanes[p * n + q][row];
                to[p * n + q] = half;
                to[q * n + p] = half;
                to[p * n + p] -= half;
                to[q * n + q] -= half;
            }
        }
    }
}

/// Buffers of a block.
#[derive(Default)]
struct Scratch {
    kept: Vec<u64>,
    gains: Vec<Lane>,
}

/// Quadrature points for a path of so many features: the SHAP value's integrand has degree `features - 1`.
fn points(features: usize) -> usize {
    features.div_ceil(2).max(1)
}

/// Which rows go left at each node, a bit a row.
fn test(tree: &Tree, block: &[f64], width: usize, rows: usize, masks: &mut Vec<u64>) {
    masks.clear();
    masks.extend(tree.nodes.iter().map(|node| {
        if node.is_leaf() {
            return 0;
        }
        let left = |row: usize| u64::from(tree.goes_left(node, block[row * width + node.feature as usize])) << row;
        (0..rows).map(left).fold(0, |mask, bit| mask | bit)
    }));
}

impl Part {
    /// The rows that satisfy every split of the feature.
    fn satisfied(&self, masks: &[u64]) -> u64 {
        let goes = |(node, left): &(u32, bool)| if *left { masks[*node as usize] } else { !masks[*node as usize] };
        self.edges.iter().map(goes).fold(u64::MAX, |all, mask| all & mask)
    }
}

impl LeafTree {
    fn new(tree: &Tree, origin: &[u32]) -> Result<Self, ShapError> {
        let mut leaves = Vec::new();
        // (node, path to it)
        let mut open = vec![(0u32, Vec::<Part>::new(), 0usize)];
        while let Some((at, path, depth)) = open.pop() {
            let node = &tree.nodes[at as usize];
            if node.is_leaf() {
                leaves.push(Leaf { index: node.right as usize, parts: path });
                continue;
            }
            if depth >= MAX_DEPTH {
                return Err(ShapError::TooDeep { limit: MAX_DEPTH });
            }
            let shares = cover_shares(tree, at as usize)?;
            for (child, left, share) in [(node.right, false, shares[1]), (node.left, true, shares[0])] {
                open.push((child, extended(&path, node.feature, origin, (at, left), share), depth + 1));
            }
        }
        Ok(Self { tree: tree.clone(), leaves })
    }
}

/// A path with one edge more.
fn extended(path: &[Part], feature: u32, origin: &[u32], edge: (u32, bool), share: f64) -> Vec<Part> {
    let mut path = path.to_vec();
    match path.iter_mut().find(|part| part.feature == feature) {
        Some(part) => {
            part.ratio *= share;
            part.edges.push(edge);
        }
        None => {
            path.push(Part { feature, player: origin[feature as usize], ratio: share, edges: vec![edge] });
        }
    }
    path
}
