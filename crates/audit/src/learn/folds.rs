//! Folds of a cross-fit.

use rand::seq::SliceRandom;

use crate::rng::unit_rng;

/// Rows in a seeded random order with their folds; rows of one cluster are in the same fold. `topic` keys the randomness.
pub(crate) fn folds(rows: usize, clusters: Option<&[u32]>, count: usize, seed: u64, topic: &str) -> Vec<(u32, usize)> {
    let units = clusters.map_or(rows, |c| c.iter().max().map_or(0, |most| *most as usize + 1));
    let mut order: Vec<u32> = (0..units as u32).collect();
    order.shuffle(&mut unit_rng(seed, topic, 0));
    let mut place = vec![0usize; units];
    order.iter().enumerate().for_each(|(at, unit)| place[*unit as usize] = at);
    let at = |row: u32| place[clusters.map_or(row, |c| c[row as usize]) as usize];
    let mut out: Vec<(u32, usize)> = (0..rows as u32).map(|row| (row, at(row) % count)).collect();
    out.sort_by_key(|(row, _)| (at(*row), *row));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_even_and_keep_clusters_together() {
        let alone = folds(100, None, 5, 1, "t");
        assert!((0..5).all(|f| alone.iter().filter(|(_, own)| *own == f).count() == 20));
        assert!(alone.windows(2).any(|w| w[0].0 > w[1].0), "shuffled");
        let clusters: Vec<u32> = (0..100).map(|row| row / 4).collect();
        let together = folds(100, Some(&clusters), 5, 1, "t");
        let mut fold_of = [usize::MAX; 25];
        for (row, fold) in together {
            let own = &mut fold_of[row as usize / 4];
            assert!(*own == usize::MAX || *own == fold);
            *own = fold;
        }
    }
}
