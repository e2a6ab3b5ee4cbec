//! The leaf of each tree that a row falls into.

use crate::trees::Forest;

/// Numbers of leaves (`apply` of a forest, behind `RandomTreesEmbedding`).
#[derive(Clone, Debug, PartialEq)]
pub struct Leaves {
    /// The trees.
    forest: Forest,
    /// What the library calls each leaf of each tree.
    ids: Vec<Vec<f64>>,
}

impl Leaves {
    /// `None` when a leaf of a tree has no number.
    pub fn new(forest: Forest, ids: Vec<Vec<f64>>) -> Option<Self> {
        let named = |(tree, ids): (&crate::trees::Tree, &Vec<f64>)| {
            tree.nodes.iter().filter(|node| node.is_leaf()).all(|leaf| (leaf.right as usize) < ids.len())
        };
        let fits = ids.len() == forest.trees.len() && forest.trees.iter().zip(&ids).all(named);
        fits.then_some(Self { forest, ids })
    }

    /// Columns that it takes.
    pub fn inputs(&self) -> usize {
        self.forest.features
    }

    /// Columns that it makes: one a tree.
    pub fn outputs(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn of(&self, row: &[f64], out: &mut [f64]) {
        for ((cell, tree), ids) in out.iter_mut().zip(&self.forest.trees).zip(&self.ids) {
            *cell = ids[tree.leaf(row, self.forest.cast)];
        }
    }
}
