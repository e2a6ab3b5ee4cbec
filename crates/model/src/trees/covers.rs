//! Training weights of nodes, from rows, for files that store none.

use super::Forest;

/// How many rows reach each node of a forest.
#[derive(Clone, Debug)]
pub struct Covers {
    counts: Vec<Vec<u64>>,
}

impl Covers {
    /// No rows yet.
    pub fn new(forest: &Forest) -> Self {
        Self { counts: forest.trees.iter().map(|tree| vec![0; tree.nodes.len()]).collect() }
    }

    /// Adds encoded rows, row-major `[rows x features of the forest]`.
    pub fn add(&mut self, forest: &Forest, values: &[f64]) {
        for row in values.chunks_exact(forest.features.max(1)) {
            for (tree, counts) in forest.trees.iter().zip(&mut self.counts) {
                let mut at = 0;
                loop {
                    counts[at] += 1;
                    let node = &tree.nodes[at];
                    if node.is_leaf() {
                        break;
                    }
                    let left = tree.goes_left(node, forest.cast.apply(row[node.feature as usize]));
                    at = if left { node.left } else { node.right } as usize;
                }
            }
        }
    }

    /// The forest with these counts as the weights of its nodes.
    pub fn into_forest(self, forest: &Forest) -> Forest {
        let mut covered = forest.clone();
        for (tree, counts) in covered.trees.iter_mut().zip(self.counts) {
            tree.nodes.iter_mut().zip(counts).for_each(|(node, count)| node.cover = count as f64);
        }
        covered
    }
}
