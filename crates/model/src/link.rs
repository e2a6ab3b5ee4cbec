//! From margins to scores, in the precision of the library that made the model.

use crate::trees::Link;

/// Number of scores that a link makes of `outputs` margins.
pub(crate) fn width(link: Link, outputs: usize) -> usize {
    let two = matches!(link, Link::Logistic { .. }) || (link == Link::Clipped && outputs == 1);
    if two { 2 * outputs } else { outputs }
}

/// XGBoost's `common::Sigmoid`, all in `f32` (src/common/math.h).
fn sigmoid_f32(x: f32) -> f32 {
    1.0 / ((-x).min(88.7).exp() + 1.0 + 1e-16)
}

/// The two probabilities of one logistic margin. `single` computes in `f32`, as XGBoost does.
pub(crate) fn logistic(scale: f64, single: bool, margin: f64) -> [f64; 2] {
    if single {
        let s = sigmoid_f32(scale as f32 * margin as f32);
        return [f64::from(1.0 - s), f64::from(s)];
    }
    let s = 1.0 / (1.0 + (-scale * margin).exp());
    [1.0 - s, s]
}

/// The scores of one row. `single` computes in `f32`, as XGBoost does.
pub(crate) fn scores(link: Link, single: bool, margins: &[f64], out: &mut Vec<f64>) {
    if single { single_scores(link, margins, out) } else { double_scores(link, margins, out) }
}

fn double_scores(link: Link, margins: &[f64], out: &mut Vec<f64>) {
    let start = out.len();
    match link {
        Link::Identity | Link::Probability => out.extend_from_slice(margins),
        Link::Exp => out.extend(margins.iter().map(|m| m.exp())),
        Link::SignedSquare => out.extend(margins.iter().map(|m| m * m.abs())),
        Link::Softplus => out.extend(margins.iter().map(|m| m.exp().ln_1p())),
        Link::Logistic { scale } => {
            out.extend(margins.iter().flat_map(|m| logistic(scale, false, *m)));
        }
        Link::OneVsRest { scale, normalise } => {
            out.extend(margins.iter().map(|m| 1.0 / (1.0 + (-scale * m).exp())));
            if normalise {
                let sum: f64 = out[start..].iter().sum();
                out[start..].iter_mut().for_each(|s| *s /= sum);
            }
        }
        Link::Clipped => {
            let clipped = |m: &f64| (m.clamp(-1.0, 1.0) + 1.0) / 2.0;
            if let [m] = margins {
                out.extend([1.0 - clipped(m), clipped(m)]);
                return;
            }
            out.extend(margins.iter().map(clipped));
            let sum: f64 = out[start..].iter().sum();
            let even = 1.0 / margins.len() as f64;
            out[start..].iter_mut().for_each(|s| *s = if sum == 0.0 { even } else { *s / sum });
        }
        Link::Softmax => {
            let top = margins.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut sum = 0.0;
            for m in margins {
                let e = (m - top).exp();
                sum += e;
                out.push(e);
            }
            out[start..].iter_mut().for_each(|s| *s /= sum);
        }
    }
}

fn single_scores(link: Link, margins: &[f64], out: &mut Vec<f64>) {
    match link {
        Link::Exp => out.extend(margins.iter().map(|m| f64::from((*m as f32).exp()))),
        Link::Logistic { scale } => {
            out.extend(margins.iter().flat_map(|m| logistic(scale, true, *m)));
        }
        Link::Softmax => {
            // src/common/math.h: exponentials in f32, their sum in f64, rounded to f32 before the division.
            let start = out.len();
            let top = margins.iter().map(|m| *m as f32).fold(f32::NEG_INFINITY, f32::max);
            let mut sum = 0.0_f64;
            for m in margins {
                let e = (*m as f32 - top).exp();
                sum += f64::from(e);
                out.push(f64::from(e));
            }
            let sum = sum as f32;
            out[start..].iter_mut().for_each(|s| *s = f64::from(*s as f32 / sum));
        }
        Link::Identity
        | Link::Probability
        | Link::SignedSquare
        | Link::Softplus
        | Link::Clipped
        | Link::OneVsRest { .. } => {
            double_scores(link, margins, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(link: Link, single: bool, margins: &[f64]) -> Vec<f64> {
        let mut out = Vec::new();
        scores(link, single, margins, &mut out);
        out
    }

    #[test]
    fn logistic_of_zero_is_a_half_in_both_precisions() {
        for single in [false, true] {
            assert_eq!(of(Link::Logistic { scale: 1.0 }, single, &[0.0]), [0.5, 0.5]);
        }
    }

    #[test]
    fn no_link_overflows() {
        for single in [false, true] {
            for m in [-1e4, 1e4] {
                for link in [Link::Logistic { scale: 1.0 }, Link::Softmax] {
                    assert!(of(link, single, &[m]).iter().all(|s| s.is_finite()));
                }
            }
        }
    }

    #[test]
    fn softmax_sums_to_one() {
        let p = of(Link::Softmax, false, &[1.0, 2.0, 3.0]);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-15 && p[2] > p[1]);
    }
}
