//! Losses by one and by two features, and by the leaves of a small tree.

use super::confirm::{FEWEST, Half};
use super::report::{Map, Profile, ProfileBin, TreeNode};
use crate::bins::Feature;
use crate::bins::tree::Tree;
use crate::stats::design::Design;

/// Features with a profile.
const PROFILES: usize = 6;
/// Maps of two features.
const MAPS: usize = 3;
/// Most bins of a feature on a map.
const MAP_BINS: usize = 12;

/// Part of the variance of the losses that cells explain, corrected for their number (epsilon squared): `1 - (SSE / (n -
/// cells)) / (SST / (n - 1))`, of (effective) rows; cells with fewer than 10 rows are one. `cell(i)` is the cell of the i-th
/// loss, below `cells`.
pub(super) fn explained(losses: &[f64], design: &Design, cells: usize, cell: impl Fn(usize) -> usize) -> f64 {
    let (mut sums, mut counts) = (vec![0.0; cells + 1], vec![0u64; cells + 1]);
    for i in 0..losses.len() {
        counts[cell(i)] += 1;
    }
    let place: Vec<usize> =
        counts[..cells].iter().enumerate().map(|(c, n)| if *n < FEWEST { cells } else { c }).collect();
    let mut sizes = vec![0.0; cells + 1];
    for (i, loss) in losses.iter().enumerate() {
        sums[place[cell(i)]] += design.weight(i) * loss;
        sizes[place[cell(i)]] += design.weight(i);
    }
    let n: f64 = design.total(0..losses.len());
    let mean = losses.iter().enumerate().map(|(i, l)| design.weight(i) * l).sum::<f64>() / n;
    let total: f64 = losses.iter().enumerate().map(|(i, l)| design.weight(i) * (l - mean) * (l - mean)).sum();
    let used: Vec<usize> = (0..=cells).filter(|c| sizes[*c] > 0.0).collect();
    let between: f64 = used.iter().map(|c| sizes[*c] * (sums[*c] / sizes[*c] - mean).powi(2)).sum();
    let free = n - used.len() as f64;
    if total <= 0.0 || free <= 0.0 { 0.0 } else { 1.0 - (total - between) / free / (total / (n - 1.0)) }
}

/// Features by how well their bins tell the losses apart, best first.
pub(super) fn telling(features: Vec<Feature>, rows: &[u32], losses: &[f64], design: &Design) -> Vec<(f64, Feature)> {
    let of = |f: &Feature| explained(losses, design, f.bins.len(), |i| f.codes[rows[i] as usize] as usize);
    let mut out: Vec<(f64, Feature)> = features.into_iter().map(|f| (of(&f), f)).collect();
    out.sort_by(|a, b| b.0.total_cmp(&a.0));
    out
}

/// The best features, whose `explained` are those of [`telling`].
pub(super) fn profiles(features: &[Feature], explained: &[f64], half: &Half<'_>) -> Vec<Profile> {
    let bin = |f: &Feature, bin: usize| ProfileBin {
        predicate: f.predicate(bin),
        loss: half.mean(|i| f.codes[half.rows[i] as usize] as usize == bin),
    };
    features
        .iter()
        .zip(explained)
        .take(PROFILES)
        .map(|(f, explained)| Profile {
            feature: f.name.clone(),
            explained: *explained,
            bins: (0..f.bins.len()).map(|b| bin(f, b)).collect(),
        })
        .collect()
}

fn code(feature: &Feature, row: u32) -> usize {
    feature.codes[row as usize] as usize
}

/// The pairs of the best features that tell the losses apart best.
pub(super) fn maps(features: &[Feature], rows: &[u32], losses: &[f64], design: &Design, half: &Half<'_>) -> Vec<Map> {
    let few: Vec<&Feature> = features.iter().take(PROFILES).filter(|f| f.bins.len() <= MAP_BINS).collect();
    let mut pairs: Vec<(f64, &Feature, &Feature)> = Vec::new();
    for (i, &a) in few.iter().enumerate() {
        for &b in &few[i + 1..] {
            let cell = |i: usize| code(a, rows[i]) * b.bins.len() + code(b, rows[i]);
            pairs.push((explained(losses, design, a.bins.len() * b.bins.len(), cell), a, b));
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let map = |(explained, a, b): &(f64, &Feature, &Feature)| Map {
        features: [a.name.clone(), b.name.clone()],
        explained: *explained,
        rows: (0..a.bins.len()).map(|bin| a.predicate(bin)).collect(),
        columns: (0..b.bins.len()).map(|bin| b.predicate(bin)).collect(),
        cells: (0..a.bins.len())
            .map(|down| {
                let at =
                    |across: usize| half.mean(|i| (code(a, half.rows[i]), code(b, half.rows[i])) == (down, across));
                (0..b.bins.len()).map(at).collect()
            })
            .collect(),
    };
    pairs.iter().take(MAPS).map(map).collect()
}

/// The tree grown on the losses of the discovery half, measured on the confirmation half.
pub(super) fn error_tree(
    features: &[Feature],
    table_losses: &[f64],
    discovery: &[u32],
    half: &Half<'_>,
) -> Vec<TreeNode> {
    let tree = Tree::grow(features, table_losses, discovery.to_vec());
    let leaves: Vec<usize> = half.rows.iter().map(|r| tree.leaf(|f| features[f].codes[*r as usize])).collect();
    let below = |mut at: usize, node: usize| loop {
        if at == node {
            return true;
        }
        match tree.nodes[at].parent {
            Some(parent) => at = parent,
            None => return false,
        }
    };
    // Bins of each feature that reach a node.
    let mut allowed: Vec<Vec<Vec<bool>>> = Vec::with_capacity(tree.nodes.len());
    for (at, node) in tree.nodes.iter().enumerate() {
        let mut own = match node.parent {
            Some(parent) => allowed[parent].clone(),
            None => features.iter().map(|f| vec![true; f.bins.len()]).collect(),
        };
        if let Some(split) = node.parent.and_then(|p| tree.nodes[p].split.as_ref()) {
            let first = split.children[0] == at;
            own[split.feature].iter_mut().zip(&split.first).for_each(|(a, f)| *a &= *f == first);
        }
        allowed.push(own);
    }
    let node = |(at, node): (usize, &crate::bins::tree::Node)| {
        let conditions = allowed[at].iter().zip(features).filter(|(a, _)| a.contains(&false));
        let bins = |a: &Vec<bool>| (0..a.len()).filter(|b| a[*b]).collect::<Vec<_>>();
        TreeNode {
            parent: node.parent.map(|p| p as u64),
            leaf: node.split.is_none(),
            predicates: conditions.map(|(a, f)| f.describe(&bins(a), true)).collect(),
            discovery_rows: node.rows as u64,
            discovery_loss: node.value,
            share: half.share(|i| below(leaves[i], at)),
            loss: half.mean(|i| below(leaves[i], at)),
        }
    };
    tree.nodes.iter().enumerate().map(node).collect()
}
