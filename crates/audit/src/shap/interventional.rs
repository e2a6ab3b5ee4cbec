//! Exact interventional SHAP values of tree ensembles against a background.

use fine_model::trees::{Forest, Sum, Tree};
use fine_model::{Encoded, MIXED};
use rayon::prelude::*;

use super::paths::MAX_DEPTH;
use super::{Attribution, ShapError};
use crate::stage::StageError;

/// A forest prepared for interventional SHAP on the margin scale.
///
/// The value of a coalition is the mean margin over the background with the coalition's raw features taken from the
/// explained row. For one background row a tree is a game of few leaves: on the way to a leaf the features whose splits
/// tell the two rows apart are taken from the explained row (`a` of them) or from the background row (`b` of them), and a
/// leaf of value `v` gives `v (a - 1)! b! / (a + b)!` to each of the former and takes `v a! (b - 1)! / (a + b)!` from each of
/// the latter (Lundberg et al. 2020, Nature Machine Intelligence 2, algorithm 3). The result is the mean over all background
/// rows, none left out. All columns of one raw feature are exchanged together, so that no row with two categories at once is
/// ever asked about.
#[derive(Clone, Debug)]
pub struct TreeBackground {
    forest: Forest,
    origin: Vec<u32>,
    players: usize,
    /// Row-major, cast as the forest compares.
    background: Vec<f64>,
    base: Vec<f64>,
    /// Factor on the sum of the trees, one an output.
    scale: Vec<f64>,
    /// `weights[a * side + b] = (a - 1)! b! / (a + b)!`, and 0 for `a = 0`.
    weights: Vec<f64>,
    side: usize,
    /// Nodes that one pair of rows may visit at most, in all trees; an estimate.
    visits: u64,
}

/// Where a raw feature comes from on the way to a leaf.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Open,
    Own,
    Other,
}

impl TreeBackground {
    /// Prepares a forest and its background (encoded rows, at least one). `origin[c]` is the player (raw feature, below
    /// `players`) of encoded column `c`.
    ///
    /// # Errors
    /// [`ShapError::TooDeep`] for trees beyond the depth limit, [`ShapError::Mixed`] when a column belongs to several players,
    /// [`ShapError::Width`] when the columns do not belong to the model.
    pub fn new(forest: &Forest, origin: &[u32], players: usize, background: &Encoded) -> Result<Self, ShapError> {
        if origin.contains(&MIXED) {
            return Err(ShapError::Mixed);
        }
        if origin.len() != forest.features
            || background.width != forest.features
            || background.rows == 0
            || origin.iter().any(|p| *p as usize >= players)
        {
            return Err(ShapError::Width { columns: origin.len(), expected: forest.features });
        }
        let depths = forest.trees.iter().map(depth).collect::<Vec<_>>();
        let deepest = depths.iter().copied().max().unwrap_or(0);
        if deepest > MAX_DEPTH {
            return Err(ShapError::TooDeep { limit: MAX_DEPTH });
        }
        let visits = forest.trees.iter().zip(&depths).map(|(t, d)| t.nodes.len().min(8 * (d + 1)) as u64).sum();
        let side = deepest.min(players) + 2;
        let forest = Forest { sum: if forest.sum == Sum::F32 { Sum::F64 } else { forest.sum }, ..forest.clone() };
        let margins = forest.margins(background.rows, &background.values);
        let mean = |k: usize| margins.iter().skip(k).step_by(forest.outputs).sum::<f64>() / background.rows as f64;
        let base = (0..forest.outputs).map(mean).collect();
        let cells = background.values.iter().map(|v| forest.cast.apply(*v)).collect();
        let scale = scales(&forest);
        let origin = origin.to_vec();
        Ok(Self { origin, players, background: cells, base, scale, weights: weights(side), side, visits, forest })
    }

    /// Number of background rows.
    pub fn background_rows(&self) -> usize {
        self.background.len() / self.forest.features.max(1)
    }

    /// Elementary steps a row and output, estimated: nodes visited over all pairs.
    pub fn steps_per_row(&self) -> u64 {
        self.visits * self.background_rows() as u64
    }

    /// SHAP values of `outputs` (margin columns) for every row. `done(rows)` is called after each row and may stop the work.
    ///
    /// # Errors
    /// What `done` answers.
    pub fn explain(
        &self,
        x: &Encoded,
        outputs: &[usize],
        done: &(dyn Fn(u64) -> Result<(), StageError> + Sync),
    ) -> Result<Attribution, StageError> {
        let rows = (0..x.rows)
            .into_par_iter()
            .map(|row| {
                let values = self.explain_row(&x.values[row * x.width..][..x.width], outputs);
                done(1)?;
                Ok(values)
            })
            .collect::<Result<Vec<_>, StageError>>()?;
        let base = outputs.iter().map(|k| self.base[*k]).collect();
        Ok(Attribution { rows: x.rows, outputs: outputs.len(), players: self.players, values: rows.concat(), base })
    }

    /// `[outputs x players]` of one row: background rows in their order, trees in theirs.
    fn explain_row(&self, row: &[f64], outputs: &[usize]) -> Vec<f64> {
        let own = row.iter().map(|v| self.forest.cast.apply(*v)).collect::<Vec<_>>();
        let mut values = vec![0.0; outputs.len() * self.players];
        let mut sides = vec![Side::Open; self.players];
        for (&output, phi) in outputs.iter().zip(values.chunks_exact_mut(self.players.max(1))) {
            for other in self.background.chunks_exact(self.forest.features.max(1)) {
                for tree in &self.forest.trees {
                    let (width, column) = match tree.output {
                        None => (self.forest.outputs, output),
                        Some(k) if k as usize == output => (1, 0),
                        Some(_) => continue,
                    };
                    let mut pair =
                        Pair { of: self, tree, own: &own, other, width, column, sides: &mut sides, phi: &mut *phi };
                    pair.visit(0, 0, 0);
                }
            }
            let factor = self.scale[output] / self.background_rows() as f64;
            phi.iter_mut().for_each(|v| *v *= factor);
        }
        values
    }
}

/// One tree, one explained row, one background row.
struct Pair<'a> {
    of: &'a TreeBackground,
    tree: &'a Tree,
    own: &'a [f64],
    other: &'a [f64],
    width: usize,
    column: usize,
    sides: &'a mut [Side],
    phi: &'a mut [f64],
}

impl Pair<'_> {
    /// Sums over the leaves below a node that can be reached: what each feature taken from the explained row gets, and what
    /// each one taken from the background row gets.
    fn visit(&mut self, at: usize, owns: usize, others: usize) -> (f64, f64) {
        let node = &self.tree.nodes[at];
        if node.is_leaf() {
            let value = self.tree.weight * self.tree.values[node.right as usize * self.width + self.column];
            let weight = |a: usize, b: usize| self.of.weights[a * self.of.side + b];
            return (value * weight(owns, others), -value * weight(others, owns));
        }
        let feature = node.feature as usize;
        let child = |left: bool| if left { node.left } else { node.right } as usize;
        let own = child(self.tree.goes_left(node, self.own[feature]));
        let other = child(self.tree.goes_left(node, self.other[feature]));
        let player = self.of.origin[feature] as usize;
        match self.sides[player] {
            _ if own == other => self.visit(own, owns, others),
            Side::Own => self.visit(own, owns, others),
            Side::Other => self.visit(other, owns, others),
            Side::Open => {
                self.sides[player] = Side::Own;
                let (gain, loss) = self.visit(own, owns + 1, others);
                self.sides[player] = Side::Other;
                let (other_gain, other_loss) = self.visit(other, owns, others + 1);
                self.sides[player] = Side::Open;
                self.phi[player] += gain + other_loss;
                (gain + other_gain, loss + other_loss)
            }
        }
    }
}

/// `(a - 1)! b! / (a + b)! = 1 / (a C(a + b, a))`.
fn weights(side: usize) -> Vec<f64> {
    let mut choose = vec![1.0; side * side];
    for a in 1..side {
        for b in 1..side {
            choose[a * side + b] = choose[(a - 1) * side + b] + choose[a * side + b - 1];
        }
    }
    let at = |i: usize| if i < side { 0.0 } else { 1.0 / ((i / side) as f64 * choose[i]) };
    (0..side * side).map(at).collect()
}

/// Factor on the sum of the trees of each output.
pub(super) fn scales(forest: &Forest) -> Vec<f64> {
    let count = |k: usize| forest.trees.iter().filter(|t| t.output.is_none_or(|o| o as usize == k)).count() as f64;
    let scale = |n: f64| if forest.sum == Sum::Mean && n > 0.0 { 1.0 / n } else { 1.0 };
    (0..forest.outputs).map(|k| scale(count(k))).collect()
}

/// Edges on the longest path; children come after their parents.
fn depth(tree: &Tree) -> usize {
    let mut depths = vec![0usize; tree.nodes.len()];
    for (at, node) in tree.nodes.iter().enumerate().filter(|(_, n)| !n.is_leaf()) {
        for child in [node.left, node.right] {
            depths[child as usize] = depths[at] + 1;
        }
    }
    depths.into_iter().max().unwrap_or(0)
}
