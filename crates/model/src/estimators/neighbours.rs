//! `KNeighbors*` and `RadiusNeighbors*`, by comparing a row with every training row.
//!
//! Where training rows are equally far at rank k, the one that comes first is taken. The library's own search methods
//! disagree with each other there.

use super::{Answer, Estimator, Points};
use crate::PredictError;
use crate::predict::first_max;

/// A distance.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// `√Σ d²`.
    Euclidean,
    /// `Σ d²`.
    SquaredEuclidean,
    /// `Σ |d|`.
    Manhattan,
    /// `max |d|`.
    Chebyshev,
    /// `(Σ w |d|^p)^(1/p)`.
    Minkowski {
        /// p.
        power: f64,
        /// w, one a column; empty for ones.
        weights: Vec<f64>,
    },
    /// `1 - x·y / (|x| |y|)`.
    Cosine,
    /// Share of columns that differ.
    Hamming,
    /// `Σ |d| / (|x| + |y|)`.
    Canberra,
}

/// Which training rows count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    /// The nearest so many.
    Nearest(usize),
    /// All at most so far away.
    Within(f64),
}

/// What a row without neighbours gets from `RadiusNeighborsClassifier`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlier {
    /// An error.
    Refused,
    /// A class.
    Class(u32),
}

/// What the training rows are labelled with.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// Numbers.
    Values(Vec<f64>),
    /// Class indices of so many classes.
    Classes {
        /// One a training row.
        labels: Vec<u32>,
        /// Number of classes.
        count: usize,
        /// For a row without neighbours.
        outlier: Outlier,
    },
}

/// A search among training rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// Training rows.
    pub points: Points,
    /// How far they are.
    pub metric: Metric,
    /// Which of them count.
    pub reach: Reach,
    /// Nearer ones count more: by `1 / distance`, or alone at distance 0.
    pub by_distance: bool,
    /// Their targets.
    pub targets: Targets,
}

impl Metric {
    /// Numbers in the order of the distances: `[rows x points]`.
    pub(super) fn ranks(&self, points: &Points, rows: &[f64]) -> Vec<f64> {
        match self {
            Self::Euclidean | Self::SquaredEuclidean => points.sums(rows, |sum, _, x, y| sum + (x - y) * (x - y)),
            Self::Manhattan => points.sums(rows, |sum, _, x, y| sum + (x - y).abs()),
            Self::Chebyshev => points.sums(rows, |sum, _, x, y| sum.max((x - y).abs())),
            Self::Minkowski { power, weights } if weights.is_empty() => {
                points.sums(rows, |sum, _, x, y| sum + (x - y).abs().powf(*power))
            }
            Self::Minkowski { power, weights } => {
                points.sums(rows, |sum, j, x, y| sum + weights[j] * (x - y).abs().powf(*power))
            }
            Self::Hamming => {
                let width = points.width() as f64;
                let differ = points.sums(rows, |sum, _, x, y| if x == y { sum } else { sum + 1.0 });
                differ.into_iter().map(|count| count / width).collect()
            }
            Self::Canberra => points.sums(rows, |sum, _, x, y| {
                let size = x.abs() + y.abs();
                if size > 0.0 { sum + (x - y).abs() / size } else { sum }
            }),
            Self::Cosine => {
                let dots = points.sums(rows, |sum, _, x, y| sum + x * y);
                let lengths = points.sums(&rows[..points.width().min(rows.len())], |sum, _, _, y| sum + y * y);
                let length = |row: &[f64]| row.iter().fold(0.0, |sum, x| sum + x * x).sqrt();
                let unit = |length: f64| if length == 0.0 { 1.0 } else { length };
                let lengths: Vec<f64> = lengths.into_iter().map(|square| unit(square.sqrt())).collect();
                let rows = rows.chunks_exact(points.width()).map(|row| unit(length(row)));
                let of_row = |(own, dots): (f64, &[f64])| -> Vec<f64> {
                    let distance = |(dot, other): (&f64, &f64)| (1.0 - dot / own / other).clamp(0.0, 2.0);
                    dots.iter().zip(&lengths).map(distance).collect()
                };
                rows.zip(dots.chunks_exact(points.count())).flat_map(of_row).collect()
            }
        }
    }

    /// Indices and distances of the nearest so many, nearest first.
    pub(super) fn nearest(&self, ranks: &[f64], count: usize) -> Vec<(usize, f64)> {
        let mut order: Vec<usize> = (0..ranks.len()).collect();
        let nearer = |a: &usize, b: &usize| ranks[*a].total_cmp(&ranks[*b]).then(a.cmp(b));
        if count < order.len() {
            order.select_nth_unstable_by(count, nearer);
            order.truncate(count);
        }
        order.sort_unstable_by(nearer);
        order.into_iter().map(|index| (index, self.distance(ranks[index]))).collect()
    }

    /// The distance of a rank.
    fn distance(&self, rank: f64) -> f64 {
        match self {
            Self::Euclidean => rank.sqrt(),
            Self::Minkowski { power, .. } => rank.powf(1.0 / power),
            _ => rank,
        }
    }
}

impl Neighbours {
    /// Indices and weights of the rows that count, nearest first for a number of them.
    fn chosen(&self, ranks: &[f64]) -> Vec<(usize, f64)> {
        let mut chosen: Vec<(usize, f64)> = match self.reach {
            Reach::Nearest(count) => self.metric.nearest(ranks, count),
            Reach::Within(radius) => {
                let distances = ranks.iter().map(|rank| self.metric.distance(*rank)).enumerate();
                distances.filter(|(_, distance)| *distance <= radius).collect()
            }
        };
        let exact = chosen.iter().any(|(_, distance)| *distance == 0.0);
        for (_, weight) in &mut chosen {
            *weight = match (self.by_distance, exact) {
                (false, _) => 1.0,
                (true, true) => f64::from(u8::from(*weight == 0.0)),
                (true, false) => 1.0 / *weight,
            };
        }
        chosen
    }
}

impl Estimator for Neighbours {
    fn features(&self) -> Option<usize> {
        Some(self.points.width())
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        /// Rows whose distances are held together.
        const TILE: usize = 16;
        let width = self.points.width();
        let (mut scores, mut numbers, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for start in (0..rows).step_by(TILE) {
            let tile = &values[start * width..rows.min(start + TILE) * width];
            let ranks = self.metric.ranks(&self.points, tile);
            for (row, ranks) in ranks.chunks_exact(self.points.count()).enumerate() {
                let chosen = self.chosen(ranks);
                match &self.targets {
                    Targets::Values(_) if chosen.is_empty() => {
                        return Err(PredictError::NoNeighbours { row: start + row });
                    }
                    Targets::Values(targets) => {
                        let sum = chosen.iter().fold(0.0, |sum, (index, weight)| sum + targets[*index] * weight);
                        numbers.push(sum / chosen.iter().fold(0.0, |sum, (_, weight)| sum + weight));
                    }
                    Targets::Classes { labels: targets, count, outlier } => {
                        let mut votes = vec![0.0; *count];
                        for (index, weight) in &chosen {
                            votes[targets[*index] as usize] += weight;
                        }
                        if chosen.is_empty() {
                            match outlier {
                                Outlier::Refused => return Err(PredictError::NoNeighbours { row: start + row }),
                                Outlier::Class(class) => votes[*class as usize] = 1.0,
                            }
                        }
                        labels.push(first_max(&votes) as u32);
                        let sum = votes.iter().fold(0.0, |sum, vote| sum + vote);
                        scores.extend(votes.iter().map(|vote| vote / sum));
                    }
                }
            }
        }
        Ok(match &self.targets {
            Targets::Values(_) => Answer::of_values(numbers),
            Targets::Classes { count, .. } => Answer { labels, ..Answer::default() }.with_probability(*count, scores),
        })
    }
}
