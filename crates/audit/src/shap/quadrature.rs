//! Gauss-Legendre quadrature on `[0, 1]`.

use std::f64::consts::PI;

/// Nodes and weights of the `q`-point rule, exact for polynomials of degree `2q - 1`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GaussLegendre {
    /// Nodes, ascending, strictly inside of `(0, 1)`.
    pub(crate) nodes: Vec<f64>,
    /// Positive weights that sum to 1.
    pub(crate) weights: Vec<f64>,
}

impl GaussLegendre {
    /// The rule with `points >= 1` nodes, by Newton's method on the Legendre polynomial (Press et al., Numerical
    /// Recipes, 3rd ed., section 4.6.1), mapped from `[-1, 1]`.
    pub(crate) fn new(points: usize) -> Self {
        let n = points.max(1);
        let mut rule = Self { nodes: vec![0.0; n], weights: vec![0.0; n] };
        for i in 0..n.div_ceil(2) {
            let mut x = libm::cos(PI * (i as f64 + 0.75) / (n as f64 + 0.5));
            let mut slope = 1.0;
            for _ in 0..100 {
                let (value, derivative) = legendre(n, x);
                slope = derivative;
                let step = value / derivative;
                x -= step;
                if step.abs() <= 1e-16 {
                    break;
                }
            }
            let weight = 1.0 / ((1.0 - x * x) * slope * slope);
            rule.nodes[i] = 0.5 * (1.0 - x);
            rule.nodes[n - 1 - i] = 0.5 * (1.0 + x);
            rule.weights[i] = weight;
            rule.weights[n - 1 - i] = weight;
        }
        rule
    }
}

/// Legendre polynomial of degree `n` and its derivative at `x` in `(-1, 1)`.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut previous, mut current) = (0.0, 1.0);
    for k in 0..n {
        let k = k as f64;
        (previous, current) = (current, ((2.0 * k + 1.0) * x * current - k * previous) / (k + 1.0));
    }
    (current, n as f64 * (x * current - previous) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_monomials_exactly() {
        for points in 1..=24 {
            let rule = GaussLegendre::new(points);
            for degree in 0..2 * points {
                let sum: f64 = rule.nodes.iter().zip(&rule.weights).map(|(t, w)| w * t.powi(degree as i32)).sum();
                assert!((sum - 1.0 / (degree as f64 + 1.0)).abs() < 1e-14, "points {points}, degree {degree}: {sum}");
            }
        }
    }
}
