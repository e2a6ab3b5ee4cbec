//! `SplineTransformer`: B-spline basis functions of each column.

use super::lane::{Lane, Plan, Slot};
use super::{WidthError, expect};
use crate::{Feature, PredictError};
use rayon::prelude::*;

/// What happens beyond the knots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extrapolation {
    /// It is refused.
    Refuse,
    /// The values at the border.
    Constant,
    /// Straight lines from the border.
    Linear,
    /// The polynomials of the border pieces go on.
    Continue,
    /// The range repeats.
    Periodic,
}

/// The basis of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    knots: Vec<f64>,
    degree: usize,
    /// Row-major `[basis functions x outputs]`.
    coefficients: Vec<f64>,
    outputs: usize,
}

/// B-spline basis functions of each column.
#[derive(Clone, Debug, PartialEq)]
pub struct Spline {
    /// One a column.
    pub columns: Vec<Basis>,
    /// Beyond the knots.
    pub extrapolation: Extrapolation,
    /// False without the last function of each column.
    pub bias: bool,
    /// A missing cell gives zeros; it is refused otherwise.
    pub missing_zeros: bool,
}

impl Basis {
    /// `None` when the parts do not fit each other.
    pub fn new(knots: Vec<f64>, degree: usize, coefficients: Vec<f64>, outputs: usize) -> Option<Self> {
        const STEEPEST: usize = 100;
        let functions = knots.len().checked_sub(degree.checked_add(1)?)?;
        let fits = degree <= STEEPEST
            && functions > degree
            && outputs > 0
            && functions.checked_mul(outputs) == Some(coefficients.len())
            && knots.is_sorted()
            && knots.iter().chain(&coefficients).all(|value| value.is_finite());
        fits.then_some(Self { knots, degree, coefficients, outputs })
    }

    /// Number of functions with coefficients.
    fn functions(&self) -> usize {
        self.knots.len() - self.degree - 1
    }

    fn range(&self) -> (f64, f64) {
        (self.knots[self.degree], self.knots[self.functions()])
    }

    /// Values (or first derivatives) of all outputs at a point, by the recursion of de Boor as in scipy's
    /// `_deBoor_D`; beyond the knots, the border pieces go on.
    fn at(&self, x: f64, derivative: bool) -> Vec<f64> {
        let (k, t) = (self.degree, &self.knots);
        let last = self.functions() - 1;
        let piece = t.partition_point(|knot| *knot <= x).saturating_sub(1).clamp(k, last);
        let mut values = vec![0.0; k + 1];
        values[0] = 1.0;
        let plain = k - usize::from(derivative && k > 0);
        for j in 1..=k {
            let previous = values[..j].to_vec();
            values[0] = 0.0;
            for n in 1..=j {
                let (right, left) = (t[piece + n], t[piece + n - j]);
                if right == left {
                    values[n] = 0.0;
                    continue;
                }
                let w = previous[n - 1] / (right - left);
                if j <= plain {
                    values[n - 1] += w * (right - x);
                    values[n] = w * (x - left);
                } else {
                    values[n - 1] -= j as f64 * w;
                    values[n] = j as f64 * w;
                }
            }
        }
        if derivative && k == 0 {
            values[0] = 0.0;
        }
        let mut out = vec![0.0; self.outputs];
        for (n, value) in values.iter().enumerate() {
            let row = &self.coefficients[(piece + n - k) * self.outputs..][..self.outputs];
            out.iter_mut().zip(row).for_each(|(out, c)| *out += c * value);
        }
        out
    }

    /// `None` for a refused cell.
    fn of(&self, x: f64, extrapolation: Extrapolation, border: &Border) -> Option<Vec<f64>> {
        let (low, high) = self.range();
        let zeros = || vec![0.0; self.outputs];
        if x.is_nan() {
            return Some(zeros());
        }
        Some(match extrapolation {
            Extrapolation::Refuse if !(low..=high).contains(&x) => return None,
            Extrapolation::Refuse | Extrapolation::Continue => self.at(x, false),
            Extrapolation::Periodic => {
                let period = high - low;
                let x = if period > 0.0 { low + modulo(x - low, period) } else { 0.0 };
                self.at(x, false)
            }
            _ if (low..=high).contains(&x) => self.at(x, false),
            other => {
                let (edge, value, slope) = match x < low {
                    true => (low, &border.low, &border.low_slope),
                    false => (high, &border.high, &border.high_slope),
                };
                // Only the outermost functions go on; a straight line moves the two of degree 1 (or 0).
                let linear = other == Extrapolation::Linear;
                let moved = if linear { self.degree + usize::from(self.degree <= 1) } else { self.degree };
                let mut out = zeros();
                for j in 0..moved.min(self.outputs) {
                    let j = if x < low { j } else { self.outputs - 1 - j };
                    out[j] = if linear { value[j] + (x - edge) * slope[j] } else { value[j] };
                }
                out
            }
        })
    }

    fn border(&self) -> Border {
        let (low, high) = self.range();
        let all = |x, derivative| self.at(x, derivative);
        Border { low: all(low, false), low_slope: all(low, true), high: all(high, false), high_slope: all(high, true) }
    }
}

/// Values and slopes at the outer knots.
struct Border {
    low: Vec<f64>,
    low_slope: Vec<f64>,
    high: Vec<f64>,
    high_slope: Vec<f64>,
}

/// numpy's `%`: the sign of the divisor.
fn modulo(x: f64, divisor: f64) -> f64 {
    let rest = x % divisor;
    if rest != 0.0 && (rest < 0.0) != (divisor < 0.0) { rest + divisor } else { rest }
}

impl Spline {
    fn made(&self, basis: &Basis) -> usize {
        basis.outputs - usize::from(!self.bias)
    }

    pub(super) fn outline(&self, mut slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        expect("SplineTransformer", self.columns.len(), &slots)?;
        plan.need_numbers(&mut slots);
        let of = |(slot, basis): (Slot, &Basis)| {
            (0..self.made(basis)).map(move |k| Slot { name: format!("{} spline {k}", slot.name), ..slot.clone() })
        };
        Ok(slots.into_iter().zip(&self.columns).flat_map(of).collect())
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        let pairs: Vec<_> = lanes.into_iter().zip(&self.columns).collect();
        let made = pairs.into_par_iter().map(|(lane, basis)| self.column(lane, basis, features));
        Ok(made.collect::<Result<Vec<_>, PredictError>>()?.into_iter().flatten().collect())
    }

    fn column<'a>(&self, lane: Lane<'a>, basis: &Basis, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        if !self.missing_zeros {
            lane.refuse_missing(features)?;
        }
        let name = lane.name(features);
        let lane = lane.into_numbers(features)?;
        let cells = lane.values();
        let border = basis.border();
        let mut out = vec![Vec::with_capacity(cells.len()); self.made(basis)];
        for (row, x) in cells.iter().enumerate() {
            let values = basis.of(*x, self.extrapolation, &border);
            let values =
                values.ok_or_else(|| PredictError::OutOfRange { name: name.clone(), row, value: x.to_string() })?;
            out.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
        Ok(out.into_iter().map(|values| Lane::numbers(lane.origin.clone(), values)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Degree 1 with knots 0, 1, 2: three hats.
    fn hats() -> Basis {
        let identity = vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        Basis::new(vec![-1.0, 0.0, 1.0, 2.0, 3.0], 1, identity, 3).unwrap()
    }

    fn of(x: f64, extrapolation: Extrapolation) -> Option<Vec<f64>> {
        hats().of(x, extrapolation, &hats().border())
    }

    #[test]
    fn hats_inside_and_beyond() {
        use Extrapolation as E;
        assert_eq!(of(0.25, E::Constant), Some(vec![0.75, 0.25, 0.0]));
        assert_eq!(of(2.0, E::Constant), Some(vec![0.0, 0.0, 1.0]));
        assert_eq!(of(5.0, E::Constant), Some(vec![0.0, 0.0, 1.0]));
        assert_eq!(of(-2.0, E::Linear), Some(vec![3.0, -2.0, 0.0]));
        assert_eq!(of(3.0, E::Continue), Some(vec![0.0, -1.0, 2.0]));
        assert_eq!(of(2.25, E::Periodic), Some(vec![0.75, 0.25, 0.0]));
        assert_eq!(of(2.25, E::Refuse), None);
        assert_eq!(of(f64::NAN, E::Constant), Some(vec![0.0; 3]));
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        assert_eq!(Basis::new(vec![0.0, 1.0], 1, vec![], 1), None);
        assert_eq!(Basis::new(vec![0.0, 1.0], usize::MAX, vec![1.0], 1), None);
        assert_eq!(Basis::new(vec![0.0, 2.0, 1.0, 3.0], 1, vec![1.0, 1.0], 1), None);
        assert_eq!(Basis::new(vec![0.0, 1.0, 2.0, 3.0], 1, vec![1.0; 3], 1), None);
    }
}
