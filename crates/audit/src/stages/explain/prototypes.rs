//! Rows that stand for the others.

use rand::seq::SliceRandom;

use super::Explain;
use super::attribution::Explained;
use crate::rng::unit_rng;
use crate::stage::Stage;

/// Rows among which prototypes are looked for.
const CANDIDATES: usize = 400;
/// Exchanges of a prototype at most.
const SWAPS: usize = 50;

/// A typical row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Prototype {
    /// Position among the explained rows.
    pub(super) position: usize,
    /// Share of the explained rows that are nearer to it than to the other prototypes.
    pub(super) share: f64,
}

/// Up to `count` rows whose explanations are typical: the medoids of the explanations, by partitioning around medoids (Kaufman
/// and Rousseeuw 1990, BUILD and SWAP) with the Euclidean distance of the SHAP values, on a seeded sample of rows; every
/// explained row is then counted to its nearest medoid. Largest share first.
pub(super) fn prototypes(explained: &Explained, seed: u64, count: usize) -> Vec<Prototype> {
    let rows = explained.rows.len();
    let mut candidates = (0..rows).collect::<Vec<_>>();
    if rows > CANDIDATES {
        candidates.shuffle(&mut unit_rng(seed, &format!("{}/prototypes", Explain::ID), 0));
        candidates.truncate(CANDIDATES);
        candidates.sort_unstable();
    }
    let medoids = medoids(&Distances::of(explained, &candidates), count);
    let medoids = medoids.into_iter().map(|m| candidates[m]).collect::<Vec<_>>();
    let mut counts = vec![0usize; medoids.len()];
    for row in 0..rows {
        let nearest = (0..medoids.len()).min_by(|a, b| {
            let to = |m: &usize| distance(explained, row, medoids[*m]);
            to(a).total_cmp(&to(b)).then(a.cmp(b))
        });
        counts[nearest.unwrap_or(0)] += 1;
    }
    let share = |(position, count): (usize, usize)| Prototype { position, share: count as f64 / rows.max(1) as f64 };
    let mut all = medoids.into_iter().zip(counts).map(share).collect::<Vec<_>>();
    all.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.position.cmp(&b.position)));
    all
}

fn vector(explained: &Explained, position: usize) -> &[f64] {
    let shap = &explained.shap;
    let width = shap.outputs * shap.players;
    &shap.values[position * width..][..width]
}

fn distance(explained: &Explained, a: usize, b: usize) -> f64 {
    let both = vector(explained, a).iter().zip(vector(explained, b));
    both.map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

/// All distances of the candidates.
struct Distances {
    n: usize,
    values: Vec<f64>,
}

impl Distances {
    fn of(explained: &Explained, candidates: &[usize]) -> Self {
        let line = |a: &usize| candidates.iter().map(|b| distance(explained, *a, *b)).collect::<Vec<_>>();
        Self { n: candidates.len(), values: candidates.iter().flat_map(line).collect() }
    }

    fn between(&self, a: usize, b: usize) -> f64 {
        self.values[a * self.n + b]
    }

    /// Sum of the distances to the nearest of some medoids.
    fn total(&self, medoids: &[usize]) -> f64 {
        let nearest = |i: usize| medoids.iter().map(|m| self.between(i, *m)).fold(f64::INFINITY, f64::min);
        (0..self.n).map(nearest).sum()
    }
}

/// Fewer than `count` when the others would stand for nothing.
fn medoids(distances: &Distances, count: usize) -> Vec<usize> {
    let mut medoids: Vec<usize> = Vec::new();
    let mut cost = f64::INFINITY;
    while medoids.len() < count.min(distances.n) {
        let with = |m: usize| distances.total(&[medoids.as_slice(), &[m]].concat());
        let best = (0..distances.n).map(|m| (m, with(m))).min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        match best {
            Some((m, total)) if total < cost => {
                medoids.push(m);
                cost = total;
            }
            _ => break,
        }
    }
    for _ in 0..SWAPS {
        let swap = |i: usize, m: usize| {
            let mut swapped = medoids.clone();
            swapped[i] = m;
            swapped
        };
        let all = (0..medoids.len()).flat_map(|i| (0..distances.n).map(move |m| (i, m)));
        let best = all
            .map(|(i, m)| (distances.total(&swap(i, m)), i, m))
            .min_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        match best {
            Some((total, i, m)) if total < cost - 1e-12 * cost => {
                medoids[i] = m;
                cost = total;
            }
            _ => break,
        }
    }
    medoids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shap::Attribution;

    fn explained(values: &[[f64; 2]]) -> Explained {
        Explained {
            rows: (0..values.len() as u32).collect(),
            shap: Attribution { rows: values.len(), outputs: 1, players: 2, values: values.concat(), base: vec![0.0] },
            classes: Vec::new(),
            additivity_error: 0.0,
            sampling_error: None,
        }
    }

    #[test]
    fn medoids_are_the_middles_of_clouds_and_stand_for_them() {
        // Three clouds of 9, 5 and 3 rows on a line each, their middles at 4, 11 and 15.
        let mut rows = Vec::new();
        for (size, at) in [(9, 0.0), (5, 100.0), (3, -50.0)] {
            rows.extend((0..size).map(|i| [at + f64::from(i), at]));
        }
        let found = prototypes(&explained(&rows), 7, 3);
        let positions = found.iter().map(|p| p.position).collect::<Vec<_>>();
        assert_eq!(positions, [4, 11, 15]);
        let shares = found.iter().map(|p| p.share * 17.0).collect::<Vec<_>>();
        assert!(shares.iter().zip([9.0, 5.0, 3.0]).all(|(a, b)| (a - b).abs() < 1e-9));
    }

    #[test]
    fn equal_rows_have_one_prototype() {
        let found = prototypes(&explained(&[[1.0, 2.0]; 30]), 7, 3);
        assert_eq!(found, [Prototype { position: 0, share: 1.0 }]);
    }

    /// Against all sets of two rows.
    #[test]
    fn no_pair_of_rows_is_nearer_to_all_others() {
        let rows = (0..14).map(|i| [f64::from(i * i % 11), f64::from(i * 7 % 5)]).collect::<Vec<_>>();
        let all = explained(&rows);
        let candidates = (0..14).collect::<Vec<_>>();
        let distances = Distances::of(&all, &candidates);
        let best = (0..14).flat_map(|a| (0..a).map(move |b| [a, b])).map(|m| distances.total(&m));
        let best = best.fold(f64::INFINITY, f64::min);
        assert!((distances.total(&medoids(&distances, 2)) - best).abs() < 1e-12);
    }
}
