//! A small regression tree on binned features (CART: Breiman et al. 1984, squared error). Numbers are split between
//! bins with missing ones at the lower side, categories in the order of their means.

use super::{Bin, Feature};

/// Depth of every tree.
pub(crate) const DEPTH: usize = 3;
/// Fewest rows of a leaf.
pub(crate) const LEAF_ROWS: usize = 20;

/// A tree; node 0 is the root, children come after their parents.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tree {
    /// The nodes.
    pub(crate) nodes: Vec<Node>,
}

/// One node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Index of the parent; `None` for the root.
    pub(crate) parent: Option<usize>,
    /// Mean of the values of its rows.
    pub(crate) value: f64,
    /// Rows that grew it.
    pub(crate) rows: usize,
    /// How it is split; `None` for a leaf.
    pub(crate) split: Option<Split>,
}

/// A split.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Split {
    /// The feature.
    pub(crate) feature: usize,
    /// Whether a bin goes to the first child; what has no bin goes to the second.
    pub(crate) first: Vec<bool>,
    /// The children.
    pub(crate) children: [usize; 2],
}

impl Tree {
    /// Grows a tree of depth [`DEPTH`] on `rows`; `values` holds one number a row of the table.
    pub(crate) fn grow(features: &[Feature], values: &[f64], rows: Vec<u32>) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        tree.node(features, values, rows, None, DEPTH);
        tree
    }

    fn node(
        &mut self,
        features: &[Feature],
        values: &[f64],
        rows: Vec<u32>,
        parent: Option<usize>,
        depth: usize,
    ) -> usize {
        let sum: f64 = rows.iter().map(|r| values[*r as usize]).sum();
        let at = self.nodes.len();
        let value = if rows.is_empty() { 0.0 } else { sum / rows.len() as f64 };
        self.nodes.push(Node { parent, value, rows: rows.len(), split: None });
        let best = match depth {
            0 => None,
            _ => (0..features.len())
                .filter_map(|f| Some((best_split(&features[f], values, &rows, sum)?, f)))
                .reduce(|a, b| if b.0.0 > a.0.0 { b } else { a }),
        };
        let Some(((_, first), feature)) = best else { return at };
        let codes = &features[feature].codes;
        let (left, right): (Vec<u32>, Vec<u32>) = rows.iter().partition(|r| goes_first(&first, codes[**r as usize]));
        let children = [left, right].map(|side| self.node(features, values, side, Some(at), depth - 1));
        self.nodes[at].split = Some(Split { feature, first, children });
        at
    }

    /// The leaf of a row; `code(feature)` is its bin.
    pub(crate) fn leaf(&self, code: impl Fn(usize) -> u32) -> usize {
        let mut at = 0;
        while let Some(split) = &self.nodes[at].split {
            at = split.children[usize::from(!goes_first(&split.first, code(split.feature)))];
        }
        at
    }
}

fn goes_first(first: &[bool], bin: u32) -> bool {
    first.get(bin as usize).copied().unwrap_or(false)
}

/// Gain in squared error and the bins of the first side of a feature's best split.
fn best_split(feature: &Feature, values: &[f64], rows: &[u32], total: f64) -> Option<(f64, Vec<bool>)> {
    let bins = feature.bins.len();
    let (mut sums, mut counts) = (vec![0.0; bins], vec![0usize; bins]);
    for row in rows {
        let bin = feature.codes[*row as usize] as usize;
        if bin < bins {
            sums[bin] += values[*row as usize];
            counts[bin] += 1;
        }
    }
    let order = order(feature, &sums, &counts);
    let purity = |sum: f64, n: usize| sum * sum / n as f64;
    let whole = purity(total, rows.len().max(1));
    let (mut sum, mut n) = (0.0, 0);
    let mut best: Option<(f64, usize)> = None;
    for (at, bin) in order.iter().enumerate() {
        sum += sums[*bin];
        n += counts[*bin];
        if counts[*bin] == 0 || n < LEAF_ROWS || rows.len() - n < LEAF_ROWS {
            continue;
        }
        let gain = purity(sum, n) + purity(total - sum, rows.len() - n) - whole;
        if gain > best.map_or(1e-9 * whole.abs(), |b| b.0) {
            best = Some((gain, at));
        }
    }
    let (gain, mut at) = best?;
    // Bins of numbers without a row here go to the nearer side, as a threshold half-way between the values would send them.
    if feature.ordered > 0
        && let Some(next) = (at + 1..order.len()).find(|place| counts[order[*place]] > 0)
    {
        at = at.midpoint(next);
    }
    let mut first = vec![false; bins];
    order[..=at].iter().for_each(|b| first[*b] = true);
    Some((gain, first))
}

/// All bins in the order in which they can be split; those of categories without rows come last.
fn order(feature: &Feature, sums: &[f64], counts: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sums.len()).collect();
    if feature.ordered > 0 {
        order.sort_by_key(|b| (feature.bins[*b] != Bin::Missing, *b));
    } else {
        let mean = |b: usize| if counts[b] > 0 { sums[b] / counts[b] as f64 } else { f64::INFINITY };
        order.sort_by(|a, b| mean(*a).total_cmp(&mean(*b)).then(a.cmp(b)));
    }
    order
}

#[cfg(test)]
mod tests {
    use fine_table::{Column, NumberKind};

    use super::*;

    #[test]
    fn a_step_and_a_category_are_found_and_leaves_keep_their_rows() {
        let n = 200;
        let x = Column::number("x", NumberKind::Float, (0..n).map(f64::from).collect());
        let c = Column::text("c", (0..n).map(|i| Some(["a", "b", "c"][i as usize % 3])));
        let features: Vec<Feature> = [x, c].iter().map(|c| Feature::of(c, 8, 10).expect("bins")).collect();
        let value = |i: i32| f64::from(i32::from(i >= 100) * 4 + i32::from(i % 3 == 1));
        let values: Vec<f64> = (0..n).map(value).collect();
        let tree = Tree::grow(&features, &values, (0..n as u32).collect());
        assert_eq!(tree.nodes[0].split.as_ref().map(|s| s.feature), Some(0));
        for (row, value) in values.iter().enumerate() {
            let leaf = tree.leaf(|f| features[f].codes[row]);
            assert!((tree.nodes[leaf].value - value).abs() < 1e-12, "row {row}");
        }
        let leaves = tree.nodes.iter().filter(|n| n.split.is_none());
        assert_eq!(leaves.map(|l| l.rows).inspect(|r| assert!(*r >= LEAF_ROWS)).sum::<usize>(), n as usize);
    }

    #[test]
    fn a_constant_has_one_leaf() {
        let x = Column::number("x", NumberKind::Float, (0..100).map(f64::from).collect());
        let features = [Feature::of(&x, 8, 10).expect("bins")];
        assert_eq!(Tree::grow(&features, &[0.3; 100], (0..100).collect()).nodes.len(), 1);
    }
}
