//! `QuadraticDiscriminantAnalysis` and `NearestCentroid`.

use super::{Answer, Estimator, Metric, Points, softmax};
use crate::PredictError;

/// One class of a quadratic discriminant.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Mean of each feature.
    pub mean: Vec<f64>,
    /// Row-major `[features x rank]`.
    pub rotation: Vec<f64>,
    /// Variances along the rotated axes.
    pub scaling: Vec<f64>,
    /// Prior probability.
    pub prior: f64,
}

/// A quadratic discriminant (Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, eq. 4.12).
#[derive(Clone, Debug, PartialEq)]
pub struct Quadratic {
    features: usize,
    classes: Vec<Scaled>,
}

#[derive(Clone, Debug, PartialEq)]
struct Scaled {
    mean: Vec<f64>,
    /// Rotation divided by the root of its scaling, one axis after the other.
    axes: Vec<f64>,
    log_scaling: f64,
    log_prior: f64,
}

impl Quadratic {
    /// Precomputes the scaled axes.
    pub fn new(features: usize, classes: Vec<Class>) -> Self {
        let scaled = |class: Class| {
            let rank = class.scaling.len();
            let axis = |axis: usize| {
                let scale = class.scaling[axis].powf(-0.5);
                class.rotation.iter().skip(axis).step_by(rank).map(move |value| value * scale)
            };
            Scaled {
                axes: (0..rank).flat_map(axis).collect(),
                log_scaling: class.scaling.iter().fold(0.0, |sum, scale| sum + scale.ln()),
                log_prior: class.prior.ln(),
                mean: class.mean,
            }
        };
        Self { features, classes: classes.into_iter().map(scaled).collect() }
    }
}

impl Estimator for Quadratic {
    fn features(&self) -> Option<usize> {
        Some(self.features)
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let mut scores = Vec::with_capacity(rows * self.classes.len());
        for row in values.chunks_exact(self.features) {
            for class in &self.classes {
                let centred: Vec<f64> = row.iter().zip(&class.mean).map(|(x, mean)| x - mean).collect();
                let along = |axis: &[f64]| axis.iter().zip(&centred).fold(0.0, |sum, (a, x)| sum + x * a);
                let square = class.axes.chunks_exact(self.features).map(along).fold(0.0, |sum, x| sum + x * x);
                scores.push(-0.5 * (square + class.log_scaling) + class.log_prior);
            }
        }
        Ok(discriminated(self.classes.len(), scores))
    }
}

/// Labels, decision values and probabilities of discriminant scores.
fn discriminated(classes: usize, scores: Vec<f64>) -> Answer {
    let answer = Answer::of_labels(classes, &scores);
    let answer = match classes {
        2 => answer.with_decision(1, scores.chunks_exact(2).map(|s| s[1] - s[0]).collect()),
        _ => answer.with_decision(classes, scores.clone()),
    };
    answer.with_probability(classes, softmax(classes, scores))
}

/// Nearest centroids.
#[derive(Clone, Debug, PartialEq)]
pub struct Centroids {
    /// One a class.
    pub points: Points,
    /// `Euclidean` or `Manhattan`.
    pub metric: Metric,
    /// The discriminant of version 1.6 and later.
    pub discriminant: Option<Discriminant>,
}

/// Scores from priors and distances in units of the deviation within classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Discriminant {
    /// Standard deviation within classes, 1 where it is 0.
    pub deviation: Vec<f64>,
    /// Centroids divided by it.
    pub points: Points,
    /// Prior of each class.
    pub prior: Vec<f64>,
}

impl Estimator for Centroids {
    fn features(&self) -> Option<usize> {
        Some(self.points.width())
    }

    fn answer(&self, _rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let classes = self.points.count();
        let nearest = || {
            let minus = self.metric.ranks(&self.points, values).into_iter().map(|d| -d).collect::<Vec<_>>();
            Answer::of_labels(classes, &minus)
        };
        let Some(Discriminant { deviation, points, prior }) = &self.discriminant else { return Ok(nearest()) };
        // numpy.isclose with its default tolerances.
        let even = 1.0 / classes as f64;
        let uniform = prior.iter().all(|p| (p - even).abs() <= 1e-8 + 1e-5 * even);
        let scaled: Vec<f64> = values.iter().zip(deviation.iter().cycle()).map(|(x, scale)| x / scale).collect();
        let distances = self.metric.ranks(points, &scaled);
        let square = |rank: f64| if self.metric == Metric::Euclidean { rank } else { rank * rank };
        let scores = distances.iter().zip(prior.iter().cycle()).map(|(d, p)| -square(*d) + 2.0 * p.ln()).collect();
        let mut answer = discriminated(classes, scores);
        if uniform {
            answer.labels = nearest().labels;
        }
        if self.metric != Metric::Euclidean {
            (answer.probability, answer.decision) = (None, None);
        }
        Ok(answer)
    }
}
