//! Tests of probabilities against outcomes.

use super::design::Design;
use super::normal::{Z, two_sided};
use crate::estimate::{Estimate, IntervalMethod};

/// Spiegelhalter's (1986) Z and its two-sided p-value:
/// `Σ w (y - p)(1 - 2p) / sqrt(Σ w² (1 - 2p)² p (1 - p))`, with p clipped by [`CLIP`], so that a certain prediction that
/// fails counts as overwhelming evidence. When every p is 1/2 nothing is tested: (0, 1).
pub(crate) fn spiegelhalter(p: &[f64], y: &[f64], weights: Option<&[f64]>) -> (f64, f64) {
    let (mut top, mut variance) = (0.0, 0.0);
    for i in 0..p.len() {
        let (w, p) = (weights.map_or(1.0, |w| w[i]), p[i].clamp(CLIP, 1.0 - CLIP));
        let lever = 1.0 - 2.0 * p;
        top += w * (y[i] - p) * lever;
        variance += w * w * lever * lever * p * (1.0 - p);
    }
    let z = top / variance.sqrt();
    if z.is_finite() { (z, two_sided(z)) } else { (0.0, 1.0) }
}

/// Probabilities are clipped to `[CLIP, 1 - CLIP]` before their logit is taken.
pub(crate) const CLIP: f64 = 1e-15;

/// Logistic recalibration `logit P(y = 1) = intercept + slope logit(p)` (Cox 1958) by Newton's method, with Wald
/// intervals: (slope, intercept). The variance is the inverse information, or with weights the sandwich. Not estimable
/// when the classes are separated by p.
pub(crate) fn logistic(p: &[f64], y: &[f64], weights: Option<&[f64]>) -> (Estimate, Estimate) {
    let plain = Design::default();
    fit(p, y, weights, weights.map(|_| &plain))
}

/// The same of the rows of a design: the sandwich has the scores of an entity summed (Liang and Zeger 1986), with
/// `G / (G - 1)` where there are entities.
pub(crate) fn logistic_of(p: &[f64], y: &[f64], design: &Design) -> (Estimate, Estimate) {
    fit(p, y, design.weights(), (!design.is_plain()).then_some(design))
}

fn fit(p: &[f64], y: &[f64], weights: Option<&[f64]>, robust: Option<&Design>) -> (Estimate, Estimate) {
    let n = p.len() as u64;
    let none = || (Estimate::not_estimable(n), Estimate::not_estimable(n));
    let x: Vec<f64> = p.iter().map(|p| logit(p.clamp(CLIP, 1.0 - CLIP))).collect();
    let (mut a, mut b) = (0.0, 1.0);
    for _ in 0..60 {
        let step = newton_step(&x, y, weights, a, b);
        let Some((da, db)) = step else { return none() };
        // Halving a step that leaves the region where the logistic function can be told from 0 or 1.
        let scale = (4.0 / da.abs().max(db.abs())).min(1.0);
        (a, b) = (a + scale * da, b + scale * db);
        if a.abs() > 1e3 || b.abs() > 1e3 {
            return none();
        }
        if da.abs().max(db.abs()) < 1e-12 * (1.0 + a.abs().max(b.abs())) {
            return intervals(&x, y, weights, (a, b), robust, n).unwrap_or_else(none);
        }
    }
    none()
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// Score and information `(s0, s1, i00, i01, i11)` and the outer products of the scores.
fn moments(x: &[f64], y: &[f64], weights: Option<&[f64]>, a: f64, b: f64) -> ([f64; 2], [f64; 3], [f64; 3]) {
    let (mut s, mut info, mut outer) = ([0.0; 2], [0.0; 3], [0.0; 3]);
    for i in 0..x.len() {
        let w = weights.map_or(1.0, |w| w[i]);
        let q = 1.0 / (1.0 + (-(a + b * x[i])).exp());
        let r = w * (y[i] - q);
        let v = w * q * (1.0 - q);
        s[0] += r;
        s[1] += r * x[i];
        for (sum, t) in [(&mut info, v), (&mut outer, r * r)] {
            sum[0] += t;
            sum[1] += t * x[i];
            sum[2] += t * x[i] * x[i];
        }
    }
    (s, info, outer)
}

fn inverse(m: [f64; 3]) -> Option<[f64; 3]> {
    let det = m[0] * m[2] - m[1] * m[1];
    let usable = det.is_finite() && det > 1e-12 * m[0].abs() * m[2].abs();
    usable.then(|| [m[2] / det, -m[1] / det, m[0] / det])
}

fn newton_step(x: &[f64], y: &[f64], weights: Option<&[f64]>, a: f64, b: f64) -> Option<(f64, f64)> {
    let (s, info, _) = moments(x, y, weights, a, b);
    let v = inverse(info)?;
    Some((v[0] * s[0] + v[1] * s[1], v[1] * s[0] + v[2] * s[1]))
}

fn intervals(
    x: &[f64],
    y: &[f64],
    w: Option<&[f64]>,
    (a, b): (f64, f64),
    robust: Option<&Design>,
    n: u64,
) -> Option<(Estimate, Estimate)> {
    let (_, info, outer) = moments(x, y, w, a, b);
    let v = inverse(info)?;
    let variance = match robust {
        None => [v[0], v[2]],
        Some(design) if design.clusters().is_none() => sandwich(v, outer),
        Some(design) => {
            let score = |i: usize| {
                let r = design.weight(i) * (y[i] - 1.0 / (1.0 + (-(a + b * x[i])).exp()));
                (i, [r, r * x[i]])
            };
            let ([[s00, s01], [_, s11]], _) = design.covariance(&(0..x.len()).map(score).collect::<Vec<_>>());
            sandwich(v, [s00, s01, s11])
        }
    };
    let wald = |value: f64, variance: f64| {
        let half = Z * variance.max(0.0).sqrt();
        Estimate::with_interval(value, value - half, value + half, n, IntervalMethod::Normal)
    };
    Some((wald(b, variance[1]), wald(a, variance[0])))
}

/// Diagonal of `V M V`.
fn sandwich(v: [f64; 3], m: [f64; 3]) -> [f64; 2] {
    [
        v[0] * v[0] * m[0] + 2.0 * v[0] * v[1] * m[1] + v[1] * v[1] * m[2],
        v[1] * v[1] * m[0] + 2.0 * v[1] * v[2] * m[1] + v[2] * v[2] * m[2],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separated_classes_cannot_be_recalibrated() {
        let (slope, intercept) = logistic(&[0.1, 0.2, 0.8, 0.9], &[0.0, 0.0, 1.0, 1.0], None);
        assert_eq!((slope.value, intercept.value), (None, None));
    }

    #[test]
    fn a_certain_prediction_that_fails_is_overwhelming_and_even_odds_test_nothing() {
        assert!(spiegelhalter(&[0.0, 1.0, 1.0], &[0.0, 1.0, 0.0], None).1 < 1e-12);
        assert!(spiegelhalter(&[0.0, 1.0], &[0.0, 1.0], None).1 > 0.9);
        assert_eq!(spiegelhalter(&[0.5, 0.5], &[0.0, 1.0], None), (0.0, 1.0));
        assert!(spiegelhalter(&[0.2, 0.8], &[0.0, 1.0], None).0 < 0.0, "outcomes more certain than said");
    }
}
