//! Gaussian processes: `GaussianProcessRegressor`, and the Laplace approximation behind `GaussianProcessClassifier`.
//!
//! Rasmussen and Williams (2006), algorithms 2.1 and 3.2. The probability of a class integrates the logistic function over
//! the latent value as a sum of five error functions (Williams and Barber 1998, appendix A), as scikit-learn does.

use super::{Answer, Estimator, Points};
use crate::PredictError;

/// How smooth a Matérn covariance is (ν).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smoothness {
    /// ν = 1/2: `exp(-d)`.
    Half,
    /// ν = 3/2: `(1 + √3 d) exp(-√3 d)`.
    ThreeHalves,
    /// ν = 5/2: `(1 + √5 d + 5 d²/3) exp(-√5 d)`.
    FiveHalves,
    /// ν = ∞: `exp(-d²/2)`.
    Infinite,
}

/// A covariance of two points (`sklearn.gaussian_process.kernels`). Length scales are one a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Covariance {
    /// The same for all points.
    Constant(f64),
    /// Noise: of a point with itself only, and a predicted row is no training row.
    White(f64),
    /// `exp(-½ Σ ((x - y) / l)²)`.
    Radial(Vec<f64>),
    /// With `d = √Σ ((x - y) / l)²`.
    Matern(Vec<f64>, Smoothness),
    /// `(1 + |x - y|² / (2 α l²))^-α`.
    Rational {
        /// α.
        alpha: f64,
        /// l.
        length: f64,
    },
    /// `exp(-2 (sin(π |x - y| / p) / l)²)`.
    Periodic {
        /// l.
        length: f64,
        /// p.
        period: f64,
    },
    /// `x·y + σ²`.
    Dot {
        /// σ².
        square: f64,
    },
    /// Of both, added.
    Sum(Box<Covariance>, Box<Covariance>),
    /// Of both, multiplied.
    Product(Box<Covariance>, Box<Covariance>),
    /// To this power.
    Power(Box<Covariance>, f64),
}

fn both(a: Vec<f64>, b: &[f64], of: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    a.into_iter().zip(b).map(|(a, b)| of(a, *b)).collect()
}

impl Covariance {
    /// With every training row, of row-major rows: `[rows x points]`.
    fn values(&self, points: &Points, rows: &[f64]) -> Vec<f64> {
        let scaled = |lengths: &[f64]| {
            points.sums(rows, |sum, j, x, y| {
                let d = x / lengths[j] - y / lengths[j];
                sum + d * d
            })
        };
        let squares = || points.sums(rows, |sum, _, x, y| sum + (x - y) * (x - y));
        let each = |values: Vec<f64>, of: &dyn Fn(f64) -> f64| -> Vec<f64> { values.into_iter().map(of).collect() };
        match self {
            Self::Constant(value) => vec![*value; rows.len() / points.width() * points.count()],
            Self::White(_) => vec![0.0; rows.len() / points.width() * points.count()],
            Self::Radial(lengths) => each(scaled(lengths), &|square| (-0.5 * square).exp()),
            Self::Matern(lengths, smoothness) => each(scaled(lengths), &|square| {
                let distance = square.sqrt();
                match smoothness {
                    Smoothness::Half => (-distance).exp(),
                    Smoothness::ThreeHalves => {
                        let k = distance * 3.0_f64.sqrt();
                        (1.0 + k) * (-k).exp()
                    }
                    Smoothness::FiveHalves => {
                        let k = distance * 5.0_f64.sqrt();
                        (1.0 + k + k * k / 3.0) * (-k).exp()
                    }
                    Smoothness::Infinite => (-square / 2.0).exp(),
                }
            }),
            Self::Rational { alpha, length } => {
                each(squares(), &|square| (1.0 + square / (2.0 * alpha * length * length)).powf(-alpha))
            }
            Self::Periodic { length, period } => each(squares(), &|square| {
                let sine = (std::f64::consts::PI * square.sqrt() / period).sin() / length;
                (-2.0 * sine * sine).exp()
            }),
            Self::Dot { square } => each(points.sums(rows, |sum, _, x, y| sum + x * y), &|dot| dot + square),
            Self::Sum(a, b) => both(a.values(points, rows), &b.values(points, rows), |a, b| a + b),
            Self::Product(a, b) => both(a.values(points, rows), &b.values(points, rows), |a, b| a * b),
            Self::Power(inner, exponent) => each(inner.values(points, rows), &|value| value.powf(*exponent)),
        }
    }

    /// Of each row with itself, noise included.
    fn own(&self, width: usize, rows: &[f64]) -> Vec<f64> {
        let all = |value: f64| vec![value; rows.len() / width];
        match self {
            Self::Constant(value) | Self::White(value) => all(*value),
            Self::Radial(_) | Self::Matern(..) | Self::Rational { .. } | Self::Periodic { .. } => all(1.0),
            Self::Dot { square } => {
                rows.chunks_exact(width).map(|row| row.iter().fold(0.0, |sum, x| sum + x * x) + square).collect()
            }
            Self::Sum(a, b) => both(a.own(width, rows), &b.own(width, rows), |a, b| a + b),
            Self::Product(a, b) => both(a.own(width, rows), &b.own(width, rows), |a, b| a * b),
            Self::Power(inner, exponent) => {
                inner.own(width, rows).into_iter().map(|value| value.powf(*exponent)).collect()
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

/// `GaussianProcessRegressor`: the mean of the posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// The fitted kernel.
    pub covariance: Covariance,
    /// Training rows.
    pub points: Points,
    /// One a training row (`alpha_`).
    pub weights: Vec<f64>,
    /// Of the targets at the fit.
    pub mean: f64,
    /// Of the targets at the fit.
    pub deviation: f64,
}

impl Estimator for Process {
    fn features(&self) -> Option<usize> {
        Some(self.points.width())
    }

    fn answer(&self, _: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let covariances = self.covariance.values(&self.points, values);
        let of_row = |row: &[f64]| self.deviation * dot(row, &self.weights) + self.mean;
        Ok(Answer::of_values(covariances.chunks_exact(self.points.count()).map(of_row).collect()))
    }
}

/// Two classes by the Laplace approximation of the posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct Laplace {
    /// The fitted kernel.
    pub covariance: Covariance,
    /// Training rows.
    pub points: Points,
    /// Label (0 or 1) less its probability at the mode, one a training row.
    pub residuals: Vec<f64>,
    /// Root of the curvature at the mode, one a training row (`W_sr_`).
    pub roots: Vec<f64>,
    /// Cholesky factor of `I + W½ K W½`, row-major and lower (`L_`).
    pub lower: Vec<f64>,
}

/// Error functions that make up the logistic function: width and weight of each.
const ERRORS: [(f64, f64); 5] =
    [(0.41, -1854.8214151), (0.4, 3516.89893646), (0.37, 221.29346712), (0.44, 128.12323805), (0.39, -2010.49422654)];

impl Laplace {
    /// Variance of the latent value: `k(x, x) - |L⁻¹ W½ k|²`.
    fn variance(&self, own: f64, row: &[f64]) -> f64 {
        let count = row.len();
        let mut solved: Vec<f64> = Vec::with_capacity(count);
        for (i, lower) in self.lower.chunks_exact(count).enumerate() {
            solved.push((self.roots[i] * row[i] - dot(lower, &solved)) / lower[i]);
        }
        own - dot(&solved, &solved)
    }
}

/// Probability of class 1 for a latent value of this mean and variance.
fn integral(mean: f64, variance: f64) -> f64 {
    use std::f64::consts::PI;
    let alpha = 1.0 / (2.0 * variance);
    let of = |(width, weight): &(f64, f64)| {
        let error = libm::erf(width * mean * (alpha / (alpha + width * width)).sqrt());
        weight * ((PI / alpha).sqrt() * error / (2.0 * (variance * 2.0 * PI).sqrt()))
    };
    let weights = ERRORS.iter().fold(0.0, |sum, (_, weight)| sum + weight);
    ERRORS.iter().map(of).fold(0.0, |sum, part| sum + part) + 0.5 * weights
}

impl Estimator for Laplace {
    fn features(&self) -> Option<usize> {
        Some(self.points.width())
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let covariances = self.covariance.values(&self.points, values);
        let own = self.covariance.own(self.points.width(), values);
        let (mut labels, mut probability) = (Vec::with_capacity(rows), Vec::with_capacity(2 * rows));
        for (row, own) in covariances.chunks_exact(self.points.count()).zip(own) {
            let mean = dot(row, &self.residuals);
            let p = integral(mean, self.variance(own, row));
            labels.push(u32::from(mean > 0.0));
            probability.extend([1.0 - p, p]);
        }
        Ok(Answer { labels, ..Answer::default() }.with_probability(2, probability))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_integral_is_that_of_the_logistic_function() {
        // scipy.integrate.quad of expit(z)·norm.pdf(z, 0.7, √0.5), to the four digits of the approximation.
        assert!((integral(0.7, 0.5) - 0.652_611_5).abs() < 3e-4);
        assert!((integral(0.0, 2.0) - 0.5).abs() < 1e-4);
        assert!((integral(-0.7, 0.5) + integral(0.7, 0.5) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_row_with_itself_has_the_noise_and_with_a_training_row_has_not() {
        let covariance = Covariance::Sum(
            Box::new(Covariance::Power(Box::new(Covariance::Dot { square: 1.0 }), 2.0)),
            Box::new(Covariance::White(0.25)),
        );
        let points = Points::new(2, &[1.0, 2.0]);
        assert_eq!(covariance.values(&points, &[1.0, 2.0]), [36.0]);
        assert_eq!(covariance.own(2, &[1.0, 2.0]), [36.25]);
    }
}
