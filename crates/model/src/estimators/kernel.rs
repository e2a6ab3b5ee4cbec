//! Support vector machines: `SVC`, `NuSVC`, `SVR`, `NuSVR`, `OneClassSVM`.
//!
//! Decision values and votes are those of LIBSVM (`svm_predict_values`); probabilities are its Platt scaling with
//! pairwise coupling by the second method of Wu, Lin and Weng (2004), here also for two classes, as scikit-learn runs it.

use super::{Answer, Estimator, Points, one_vs_rest_of_pairs};
use crate::PredictError;
use crate::predict::first_max;

/// A kernel of two points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel {
    /// `x·y`.
    Linear,
    /// `(γ x·y + c)^d`.
    Polynomial {
        /// γ.
        gamma: f64,
        /// c.
        offset: f64,
        /// d.
        degree: i32,
    },
    /// `exp(-γ |x - y|²)`.
    Radial {
        /// γ.
        gamma: f64,
    },
    /// `tanh(γ x·y + c)`.
    Sigmoid {
        /// γ.
        gamma: f64,
        /// c.
        offset: f64,
    },
    /// `exp(-γ Σ |x - y|)`.
    Laplacian {
        /// γ.
        gamma: f64,
    },
    /// `x·y / (|x| |y|)`; the points have length 1 already ([`Kernel::stored`]).
    Cosine,
}

/// Platt scaling of each pair of classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Platt {
    /// Slopes.
    pub a: Vec<f64>,
    /// Offsets.
    pub b: Vec<f64>,
}

/// What the sums over the support vectors mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Margin {
    /// A predicted number.
    Value,
    /// Outlier (class 0) or inlier (class 1).
    Novelty,
    /// One decision value a pair of classes.
    Classes {
        /// Support vectors of each class, in class order.
        support: Vec<usize>,
        /// With `probability=True`.
        platt: Option<Platt>,
        /// `decision_function` has a column a class, else a column a pair; `None` for files of versions whose values
        /// depend on the other rows.
        per_class: Option<bool>,
        /// The label is the largest decision value instead of the most votes.
        break_ties: bool,
    },
}

/// A support vector machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// The kernel.
    pub kernel: Kernel,
    /// Support vectors.
    pub vectors: Points,
    /// Dual coefficients, row-major `[classes - 1 x vectors]`, one row for a number or a novelty.
    pub dual: Vec<f64>,
    /// One a pair of classes.
    pub intercept: Vec<f64>,
    /// What the sums mean.
    pub margin: Margin,
}

/// The vector over its length; zeros stay.
fn unit(vector: &[f64]) -> impl Iterator<Item = f64> {
    let length = vector.iter().fold(0.0, |sum, x| sum + x * x).sqrt();
    let length = if length == 0.0 { 1.0 } else { length };
    vector.iter().map(move |x| x / length)
}

impl Kernel {
    /// Row-major rows as the points that the kernel compares with.
    pub(crate) fn stored(self, width: usize, rows: &[f64]) -> Points {
        match self {
            Self::Cosine => {
                let units: Vec<f64> = rows.chunks_exact(width.max(1)).flat_map(unit).collect();
                Points::new(width, &units)
            }
            _ => Points::new(width, rows),
        }
    }

    /// Kernel values of row-major rows: `[rows x vectors]`.
    pub(crate) fn values(self, vectors: &Points, rows: &[f64]) -> Vec<f64> {
        let dots = || vectors.sums(rows, |sum, _, x, y| sum + x * y);
        match self {
            Self::Linear => dots(),
            Self::Polynomial { gamma, offset, degree } => {
                dots().into_iter().map(|dot| (gamma * dot + offset).powi(degree)).collect()
            }
            Self::Sigmoid { gamma, offset } => dots().into_iter().map(|dot| (gamma * dot + offset).tanh()).collect(),
            Self::Radial { gamma } => {
                let squares = vectors.sums(rows, |sum, _, x, y| sum + (x - y) * (x - y));
                squares.into_iter().map(|square| (-gamma * square).exp()).collect()
            }
            Self::Laplacian { gamma } => {
                let sums = vectors.sums(rows, |sum, _, x, y| sum + (x - y).abs());
                sums.into_iter().map(|sum| (-gamma * sum).exp()).collect()
            }
            Self::Cosine => {
                let units: Vec<f64> = rows.chunks_exact(vectors.width()).flat_map(unit).collect();
                vectors.sums(&units, |sum, _, x, y| sum + x * y)
            }
        }
    }
}

impl Machine {
    fn weighted(&self, row: usize, values: &[f64], from: usize, to: usize, start: f64) -> f64 {
        let dual = &self.dual[row * self.vectors.count()..][from..to];
        dual.iter().zip(&values[from..to]).fold(start, |sum, (dual, value)| sum + dual * value)
    }

    /// One decision value a pair of classes, positive for the first.
    fn pairs(&self, support: &[usize], values: &[f64]) -> Vec<f64> {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(support.iter().scan(0, |sum, count| {
                *sum += count;
                Some(*sum)
            }))
            .collect();
        let classes = support.len();
        let pairs = (0..classes).flat_map(|i| (i + 1..classes).map(move |j| (i, j)));
        pairs
            .zip(&self.intercept)
            .map(|((i, j), intercept)| {
                let sum = self.weighted(j - 1, values, starts[i], starts[i + 1], 0.0);
                self.weighted(i, values, starts[j], starts[j + 1], sum) + intercept
            })
            .collect()
    }
}

impl Estimator for Machine {
    fn features(&self) -> Option<usize> {
        Some(self.vectors.width())
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let count = self.vectors.count();
        let kernel = self.kernel.values(&self.vectors, values);
        let sums = || {
            let sum = |row: &[f64]| self.weighted(0, row, 0, count, 0.0) + self.intercept[0];
            kernel.chunks_exact(count).map(sum).collect::<Vec<f64>>()
        };
        let Margin::Classes { support, platt, per_class, break_ties } = &self.margin else {
            let sums = sums();
            if self.margin == Margin::Value {
                return Ok(Answer::of_values(sums));
            }
            let labels = sums.iter().map(|sum| u32::from(*sum > 0.0)).collect();
            return Ok(Answer { labels, ..Answer::default() }.with_decision(1, sums));
        };
        let classes = support.len();
        let mut answer = Answer { labels: Vec::with_capacity(rows), ..Answer::default() };
        let (mut decision, mut probability) = (Vec::new(), Vec::new());
        for row in kernel.chunks_exact(count) {
            let pairs = self.pairs(support, row);
            if let Some(platt) = platt {
                probability.extend(coupled(classes, &platt.pairwise(classes, &pairs)));
            }
            if classes == 2 {
                answer.labels.push(u32::from(pairs[0] <= 0.0));
                decision.push(-pairs[0]);
                continue;
            }
            let picks: Vec<bool> = pairs.iter().map(|d| *d < 0.0).collect();
            let minus: Vec<f64> = pairs.iter().map(|d| -d).collect();
            let mut scores = Vec::with_capacity(classes);
            one_vs_rest_of_pairs(classes, &picks, &minus, &mut scores);
            let winner = if *break_ties { first_max(&scores) } else { first_max(&votes(classes, &pairs)) };
            answer.labels.push(winner as u32);
            match per_class {
                Some(true) => decision.append(&mut scores),
                Some(false) => decision.extend(pairs),
                None => {}
            }
        }
        let width = match per_class {
            _ if classes == 2 => 1,
            Some(false) => self.intercept.len(),
            _ => classes,
        };
        if classes == 2 || per_class.is_some() {
            answer = answer.with_decision(width, decision);
            answer.pairwise = classes > 2 && *per_class == Some(false);
        }
        Ok(if platt.is_some() { answer.with_probability(classes, probability) } else { answer })
    }
}

/// A decision value above 0 is a vote for the first class of the pair.
fn votes(classes: usize, pairs: &[f64]) -> Vec<f64> {
    let mut votes = vec![0.0; classes];
    let classes = (0..classes).flat_map(|i| (i + 1..classes).map(move |j| (i, j)));
    classes.zip(pairs).for_each(|((i, j), value)| votes[if *value > 0.0 { i } else { j }] += 1.0);
    votes
}

impl Platt {
    /// `[classes x classes]` probabilities of the first class against the second.
    fn pairwise(&self, classes: usize, pairs: &[f64]) -> Vec<f64> {
        const LEAST: f64 = 1e-7;
        let mut out = vec![0.0; classes * classes];
        let which = (0..classes).flat_map(|i| (i + 1..classes).map(move |j| (i, j)));
        for ((i, j), (value, (a, b))) in which.zip(pairs.iter().zip(self.a.iter().zip(&self.b))) {
            let x = value * a + b;
            let p = if x >= 0.0 { (-x).exp() / (1.0 + (-x).exp()) } else { 1.0 / (1.0 + x.exp()) };
            let p = p.clamp(LEAST, 1.0 - LEAST);
            out[i * classes + j] = p;
            out[j * classes + i] = 1.0 - p;
        }
        out
    }
}

/// Class probabilities of pairwise ones: a few steps of a fixed-point iteration, stopped where LIBSVM stops.
fn coupled(classes: usize, pairwise: &[f64]) -> Vec<f64> {
    let r = |i: usize, j: usize| pairwise[i * classes + j];
    let mut q = vec![0.0; classes * classes];
    for t in 0..classes {
        for j in (0..classes).filter(|j| *j != t) {
            q[t * classes + t] += r(j, t) * r(j, t);
            q[t * classes + j] = if j < t { q[j * classes + t] } else { -r(j, t) * r(t, j) };
        }
    }
    let tolerance = 0.005 / classes as f64;
    let mut p = vec![1.0 / classes as f64; classes];
    for _ in 0..classes.max(100) {
        let mut qp: Vec<f64> =
            q.chunks_exact(classes).map(|row| row.iter().zip(&p).fold(0.0, |sum, (q, p)| sum + q * p)).collect();
        let mut pqp = p.iter().zip(&qp).fold(0.0, |sum, (p, qp)| sum + p * qp);
        if qp.iter().map(|qp| (qp - pqp).abs()).fold(0.0, f64::max) < tolerance {
            break;
        }
        for t in 0..classes {
            let own = q[t * classes + t];
            let step = (-qp[t] + pqp) / own;
            p[t] += step;
            pqp = (pqp + step * (step * own + 2.0 * qp[t])) / (1.0 + step) / (1.0 + step);
            for j in 0..classes {
                qp[j] = (qp[j] + step * q[t * classes + j]) / (1.0 + step);
                p[j] /= 1.0 + step;
            }
        }
    }
    p
}
