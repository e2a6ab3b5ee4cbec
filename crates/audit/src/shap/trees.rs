//! Exact path-dependent SHAP values of tree ensembles.

use fine_model::trees::{Cast, Forest, Sum};
use fine_model::{Encoded, MIXED};
use rayon::prelude::*;

use super::paths::PathTree;
use super::walk::{Block, LANES, Scratch, explain_tree};
use super::{Attribution, ShapError};
use crate::stage::StageError;

/// Steps of a block after which the work may be stopped: some tens of milliseconds.
const STEPS_BETWEEN_TICKS: usize = 300_000;

/// A forest prepared for path-dependent SHAP on the margin scale.
///
/// The value of a coalition is the tree's cover-weighted mean over the branches that features outside of the coalition
/// could take (Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for trees",
/// Nature Machine Intelligence 2, algorithm 1). Instead of its EXTEND/UNWIND recursion, the Shapley sum of a leaf with
/// value `v` is written as `v (o_j - z_j) Int_0^1 prod_{k != j} (t o_k + (1 - t) z_k) dt`, where `o_k` tells whether the
/// row satisfies every split on feature `k` and `z_k` is the product of the cover ratios of those splits. The integrand
/// has degree `d - 1` for `d` features on the path, so `ceil(d / 2)` Gauss-Legendre points are exact
/// (Quadrature-TreeSHAP, arXiv 2605.04497).
#[derive(Clone, Debug)]
pub struct TreeExplainer {
    trees: Vec<PathTree>,
    base: Vec<f64>,
    /// Factor on the sum of the trees, one an output.
    scale: Vec<f64>,
    cast: Cast,
    players: usize,
    width: usize,
}

impl TreeExplainer {
    /// Prepares a forest. `origin[c]` is the player (raw feature, below `players`) of encoded column `c`; the values of
    /// all columns of one player are added up.
    ///
    /// # Errors
    /// [`ShapError::NoCover`] when the file stores no training weights, [`ShapError::TooDeep`] for trees beyond the
    /// depth limit, [`ShapError::Mixed`] when a column belongs to several players.
    pub fn new(forest: &Forest, origin: &[u32], players: usize) -> Result<Self, ShapError> {
        if origin.contains(&MIXED) {
            return Err(ShapError::Mixed);
        }
        if origin.len() != forest.features || origin.iter().any(|p| *p as usize >= players) {
            return Err(ShapError::Width { columns: origin.len(), expected: forest.features });
        }
        let mut rules = Vec::new();
        let trees = (0..forest.trees.len())
            .map(|i| PathTree::new(forest, i, origin, &mut rules))
            .collect::<Result<Vec<_>, _>>()?;
        let mut base = vec![0.0; forest.outputs];
        let mut scale = vec![0.0; forest.outputs];
        for tree in &trees {
            for (k, mean) in tree.mean.iter().enumerate() {
                base[tree.output + k] += mean;
                scale[tree.output + k] += 1.0;
            }
        }
        for (s, b) in scale.iter_mut().zip(&mut base) {
            *s = if forest.sum == Sum::Mean && *s > 0.0 { 1.0 / *s } else { 1.0 };
            *b *= *s;
        }
        for (b, start) in base.iter_mut().zip(&forest.base) {
            *b += start;
        }
        Ok(Self { trees, base, scale, cast: forest.cast, players, width: forest.features })
    }

    /// Expected margin of each output: the value without any feature.
    pub fn base(&self) -> &[f64] {
        &self.base
    }

    /// Elementary steps a row and output: edges times quadrature points.
    pub fn steps_per_row(&self) -> u64 {
        self.trees.iter().map(|t| (t.nodes.len() * t.points) as u64).sum()
    }

    /// SHAP values of `outputs` (margin columns) for every row. `done(rows)` is called after each block and may stop
    /// the work.
    ///
    /// # Errors
    /// What `done` answers.
    pub fn explain(
        &self,
        x: &Encoded,
        outputs: &[usize],
        done: &(dyn Fn(u64) -> Result<(), StageError> + Sync),
    ) -> Result<Attribution, StageError> {
        let blocks = (0..x.rows.div_ceil(LANES))
            .into_par_iter()
            .map_init(
                || Scratch::new(&self.trees),
                |scratch, b| {
                    let rows = b * LANES..((b + 1) * LANES).min(x.rows);
                    let block = Block::new(&x.values[rows.start * x.width..rows.end * x.width], x.width, self.cast);
                    let values = self.explain_block(&block, rows.len(), outputs, scratch, done)?;
                    done(rows.len() as u64)?;
                    Ok(values)
                },
            )
            .collect::<Result<Vec<_>, StageError>>()?;
        let base = outputs.iter().map(|k| self.base[*k]).collect();
        Ok(Attribution { rows: x.rows, outputs: outputs.len(), players: self.players, values: blocks.concat(), base })
    }

    /// Row-major `[rows x outputs x players]` of one block. `done(0)` is asked between large trees.
    fn explain_block(
        &self,
        block: &Block,
        rows: usize,
        outputs: &[usize],
        scratch: &mut Scratch,
        done: &(dyn Fn(u64) -> Result<(), StageError> + Sync),
    ) -> Result<Vec<f64>, StageError> {
        let mut steps = 0;
        let mut values = vec![0.0; rows * outputs.len() * self.players];
        let mut lanes = vec![[0.0; LANES]; self.players];
        for (slot, &output) in outputs.iter().enumerate() {
            lanes.fill([0.0; LANES]);
            for tree in &self.trees {
                if let Some(column) = output.checked_sub(tree.output).filter(|c| *c < tree.width) {
                    explain_tree(tree, column, block, scratch, &mut lanes);
                    steps += tree.nodes.len() * tree.points;
                    if steps > STEPS_BETWEEN_TICKS {
                        steps = 0;
                        done(0)?;
                    }
                }
            }
            for (row, to) in values.chunks_exact_mut(outputs.len() * self.players).enumerate() {
                for (v, lane) in to[slot * self.players..].iter_mut().zip(&lanes) {
                    *v = lane[row] * self.scale[output];
                }
            }
        }
        Ok(values)
    }

    /// Number of encoded columns expected.
    pub fn width(&self) -> usize {
        self.width
    }
}
