//! Functions of one cell with fitted parts for each column: powers, quantiles, bins.

use super::normal;

/// Family of power functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `scipy.special.boxcox`; positive numbers only.
    BoxCox,
    /// Yeo-Johnson (2000); `stable` is `expm1(λ·log1p(x))/λ` (scikit-learn from 1.8 on), else `((x+1)^λ − 1)/λ`.
    YeoJohnson {
        /// Which of the two formulas.
        stable: bool,
    },
}

/// A function of (column, cell).
#[derive(Clone, Debug, PartialEq)]
pub enum Curve {
    /// 1 above the threshold, else 0 (`Binarizer`).
    Binarize(f64),
    /// As it is; a negative cell is refused.
    Counts,
    /// Cut to a range (`MaxAbsScaler(clip=True)`).
    Clip(f64, f64),
    /// `PowerTransformer` without its scaler.
    Power {
        /// Which power function.
        family: Family,
        /// One a column.
        lambdas: Vec<f64>,
    },
    /// `QuantileTransformer`.
    Quantile(Quantile),
    /// `KBinsDiscretizer`: the number of the bin.
    Bins {
        /// Ascending edges of each column.
        edges: Vec<Vec<f64>>,
        /// A cell just below an edge is lifted over it (scikit-learn before 1.1).
        lifted: bool,
    },
}

/// The empirical distribution function of each column.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantile {
    /// Ascending quantiles of each column.
    pub quantiles: Vec<Vec<f64>>,
    /// Their positions in 0 to 1, ascending.
    pub references: Vec<f64>,
    /// Results follow the normal distribution; the uniform one otherwise.
    pub normal: bool,
    /// Zeros stay (implicit zeros of a sparse matrix).
    pub zeros_stay: bool,
}

/// `BOUNDS_THRESHOLD` of `sklearn/preprocessing/_data.py`.
const BOUNDS: f64 = 1e-7;

impl Curve {
    /// Number of columns; `None` for any.
    pub(crate) fn width(&self) -> Option<usize> {
        match self {
            Self::Binarize(_) | Self::Counts | Self::Clip(..) => None,
            Self::Power { lambdas, .. } => Some(lambdas.len()),
            Self::Quantile(quantile) => Some(quantile.quantiles.len()),
            Self::Bins { edges, .. } => Some(edges.len()),
        }
    }

    /// The first row whose cell has no image.
    pub(crate) fn refused(&self, mut cells: impl Iterator<Item = f64>) -> Option<usize> {
        match self {
            Self::Power { family: Family::BoxCox, .. } => cells.position(|x| x <= 0.0),
            Self::Counts => cells.position(|x| x < 0.0),
            _ => None,
        }
    }

    /// True when refusing a cell is possible at all.
    pub(crate) fn refuses(&self) -> bool {
        matches!(self, Self::Counts | Self::Power { family: Family::BoxCox, .. })
    }

    pub(crate) fn of(&self, column: usize, x: f64) -> f64 {
        match self {
            Self::Binarize(threshold) => f64::from(u8::from(x > *threshold)),
            Self::Clip(low, _) if x < *low => *low,
            Self::Clip(_, high) if x > *high => *high,
            Self::Clip(..) | Self::Counts => x,
            Self::Power { family, lambdas } => family.of(x, lambdas[column]),
            Self::Quantile(quantile) => quantile.of(column, x),
            Self::Bins { edges, lifted } => bin(&edges[column], *lifted, x),
        }
    }
}

impl Family {
    fn of(self, x: f64, lambda: f64) -> f64 {
        match self {
            Self::BoxCox if lambda.abs() < 1e-19 => x.ln(),
            Self::BoxCox => {
                let exponent = lambda * x.ln();
                if exponent < 709.78 {
                    exponent.exp_m1() / lambda
                } else {
                    1f64.copysign(lambda) * (exponent - lambda.abs().ln()).exp() - 1.0 / lambda
                }
            }
            Self::YeoJohnson { .. } if x.is_nan() => x,
            Self::YeoJohnson { stable } if x >= 0.0 => {
                if lambda.abs() < f64::EPSILON {
                    x.ln_1p()
                } else if stable {
                    (lambda * x.ln_1p()).exp_m1() / lambda
                } else {
                    ((x + 1.0).powf(lambda) - 1.0) / lambda
                }
            }
            Self::YeoJohnson { stable } => {
                let rest = 2.0 - lambda;
                if rest.abs() <= f64::EPSILON {
                    -(-x).ln_1p()
                } else if stable {
                    -(rest * (-x).ln_1p()).exp_m1() / rest
                } else {
                    -((-x + 1.0).powf(rest) - 1.0) / rest
                }
            }
        }
    }
}

fn bin(edges: &[f64], lifted: bool, x: f64) -> f64 {
    let count = if lifted {
        let x = x + (1e-8 + 1e-5 * x.abs());
        let inner = edges.get(1..).unwrap_or_default();
        inner.partition_point(|edge| *edge <= x).min(edges.len().saturating_sub(2))
    } else {
        let inner = edges.get(1..edges.len().saturating_sub(1)).unwrap_or_default();
        inner.partition_point(|edge| *edge <= x)
    };
    count as f64
}

impl Quantile {
    /// True when every column has one quantile a reference, all ascending.
    pub(crate) fn is_even(&self) -> bool {
        let ascending = |values: &[f64]| values.iter().all(|v| v.is_finite()) && values.is_sorted();
        !self.references.is_empty()
            && ascending(&self.references)
            && self.quantiles.iter().all(|own| own.len() == self.references.len() && ascending(own))
    }

    /// `inverse_transform` of a cell of the first column.
    pub(crate) fn back(&self, x: f64) -> f64 {
        let own = &self.quantiles[0];
        let p = if self.normal { normal::distribution(x) } else { x };
        let (below, above) = match self.normal {
            true => (p - BOUNDS < 0.0, p + BOUNDS > 1.0),
            false => (p == 0.0, p == 1.0),
        };
        match (below, above) {
            _ if p.is_nan() => p,
            (true, _) => own[0],
            (_, true) => own[own.len() - 1],
            _ => interpolate(p, &self.references, own),
        }
    }

    fn of(&self, column: usize, x: f64) -> f64 {
        if x.is_nan() || (self.zeros_stay && x == 0.0) {
            return x;
        }
        let own = &self.quantiles[column];
        let (low, high) = (own[0], own[own.len() - 1]);
        let (below, above) = match self.normal {
            true => (x - BOUNDS < low, x + BOUNDS > high),
            false => (x == low, x == high),
        };
        // Equal quantiles: the middle between their first and last position. The lower bound is written last.
        let y = match (below, above) {
            (true, _) => 0.0,
            (_, true) => 1.0,
            _ => 0.5 * (interpolate(x, own, &self.references) - interpolate_down(x, own, &self.references)),
        };
        if !self.normal {
            return y;
        }
        let edge = BOUNDS - f64::EPSILON;
        normal::quantile(y).clamp(normal::quantile(edge), normal::quantile(1.0 - edge))
    }
}

/// `numpy.interp` for finite, ascending `xs`.
pub(super) fn interpolate(x: f64, xs: &[f64], ys: &[f64]) -> f64 {
    let last = xs.len() - 1;
    if x < xs[0] {
        return ys[0];
    }
    let at = xs.partition_point(|other| *other <= x) - 1;
    if at == last || xs[at] == x {
        return ys[at];
    }
    (ys[at + 1] - ys[at]) / (xs[at + 1] - xs[at]) * (x - xs[at]) + ys[at]
}

/// `numpy.interp(-x, -xs[::-1], -ys[::-1])`.
fn interpolate_down(x: f64, xs: &[f64], ys: &[f64]) -> f64 {
    let last = xs.len() - 1;
    if x > xs[last] {
        return -ys[last];
    }
    let at = xs.partition_point(|other| *other < x);
    if at == 0 || xs[at] == x {
        return -ys[at];
    }
    (-ys[at - 1] + ys[at]) / (-xs[at - 1] + xs[at]) * (-x + xs[at]) - ys[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n8_bins_by_version() {
        let edges = [0.0, 1.0, 2.0, 3.0];
        let all = |lifted| [-1.0, 0.5, 1.0, 1.999_999_9, 2.0, 9.0].map(|x| bin(&edges, lifted, x));
        assert_eq!(all(false), [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
        assert_eq!(all(true), [0.0, 0.0, 1.0, 2.0, 2.0, 2.0]);
    }

    #[test]
    fn n8_quantiles_take_the_middle_of_equal_ones() {
        let references = vec![0.0, 0.25, 0.5, 0.75, 1.0];
        let quantiles = vec![vec![0.0, 1.0, 1.0, 1.0, 3.0]];
        let uniform = Quantile { quantiles, references, normal: false, zeros_stay: false };
        assert!(uniform.is_even());
        let of = |x| uniform.of(0, x);
        assert_eq!([of(-1.0), of(0.0), of(0.5), of(1.0), of(2.0), of(3.0)], [0.0, 0.0, 0.125, 0.5, 0.875, 1.0]);
        let normal = Quantile { normal: true, ..uniform };
        assert!((normal.of(0, 9.0) - 5.199_337_582_703_42).abs() < 1e-12, "{}", normal.of(0, 9.0));
        assert!(normal.of(0, f64::NAN).is_nan());
    }

    #[test]
    fn powers_at_their_edges() {
        let yeo = Family::YeoJohnson { stable: false };
        assert_eq!((yeo.of(1.0, 0.0), yeo.of(-1.0, 2.0)), (2f64.ln(), -2f64.ln()));
        assert_eq!((yeo.of(3.0, 2.0), yeo.of(-3.0, 0.0)), (7.5, -7.5));
        assert_eq!((Family::BoxCox.of(2.0, 0.0), Family::BoxCox.of(4.0, 1.0)), (2f64.ln(), 3.0));
        assert!(yeo.of(f64::NAN, 1.0).is_nan());
    }
}
