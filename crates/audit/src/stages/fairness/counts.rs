//! Outcomes of a group as four counts, and the rates made of them.

use crate::estimate::{Estimate, IntervalMethod};
use crate::stats::normal::Z;

/// A rate needs at least this many rows in its denominator.
pub(super) const FEWEST: u64 = 10;

/// True positives, false positives, false negatives, true negatives.
pub(super) type Counts = [u64; 4];

/// A share of some rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rate {
    Selection,
    Base,
    Tpr,
    Fpr,
    Ppv,
    Npv,
    FalseOmission,
    Accuracy,
    /// False negatives among the errors.
    Missed,
}

impl Rate {
    /// Hits and rows, as the cells that they are sums of: `(tp, fp, fn, tn)`.
    pub(super) fn cells(self) -> ([bool; 4], [bool; 4]) {
        let (all, t, f) = ([true; 4], true, false);
        match self {
            Self::Selection => ([t, t, f, f], all),
            Self::Base => ([t, f, t, f], all),
            Self::Tpr => ([t, f, f, f], [t, f, t, f]),
            Self::Fpr => ([f, t, f, f], [f, t, f, t]),
            Self::Ppv => ([t, f, f, f], [t, t, f, f]),
            Self::Npv => ([f, f, f, t], [f, f, t, t]),
            Self::FalseOmission => ([f, f, t, f], [f, f, t, t]),
            Self::Accuracy => ([t, f, f, t], all),
            Self::Missed => ([f, f, t, f], [f, t, t, f]),
        }
    }

    /// Hits and rows.
    pub(super) fn of(self, counts: &Counts) -> (u64, u64) {
        let (hit, row) = self.cells();
        let sum = |mask: [bool; 4]| counts.iter().zip(mask).filter(|c| c.1).map(|c| c.0).sum();
        (sum(hit), sum(row))
    }

    /// The rate of resampled counts; NaN without rows.
    pub(super) fn value(self, counts: &[f64]) -> f64 {
        let (hit, row) = self.cells();
        let sum = |mask: [bool; 4]| counts.iter().zip(mask).filter(|c| c.1).map(|c| c.0).sum::<f64>();
        sum(hit) / sum(row)
    }

    /// The rate, when its denominator has at least [`FEWEST`] rows.
    pub(super) fn estimable(self, counts: &Counts) -> Option<f64> {
        let (k, n) = self.of(counts);
        (n >= FEWEST).then(|| k as f64 / n as f64)
    }
}

/// False negatives over false positives (treatment equality; Berk et al. 2021), with the log interval of a ratio of two
/// counts of one sample. Not estimable below [`FEWEST`] false positives.
pub(super) fn treatment(counts: &Counts) -> Estimate {
    let (missed, wrong) = (counts[2], counts[1]);
    let n = missed + wrong;
    if wrong < FEWEST {
        return Estimate::not_estimable(n);
    }
    // Without a false negative the upper end is that of half of one.
    let (a, b) = (if missed == 0 { 0.5 } else { missed as f64 }, wrong as f64);
    let half = Z * (1.0 / a + 1.0 / b).sqrt();
    let low = if missed == 0 { 0.0 } else { ((a / b).ln() - half).exp() };
    Estimate::with_interval(missed as f64 / b, low, ((a / b).ln() + half).exp(), n, IntervalMethod::LogDelta)
}

/// Theil index of the benefit `decision - truth + 1`, all and between groups (Speicher et al. 2018). Each row counts
/// once: the mean over rows of `(b/mean) ln(b/mean)`.
pub(super) fn theil(groups: &[[f64; 4]]) -> (f64, f64) {
    let n: f64 = groups.iter().flatten().sum();
    let benefit = |c: &[f64; 4]| c[0] + c[3] + 2.0 * c[1];
    let mean = groups.iter().map(benefit).sum::<f64>() / n;
    let term = |b: f64| if b > 0.0 { b / mean * (b / mean).ln() } else { 0.0 };
    if n == 0.0 || mean == 0.0 {
        return (0.0, 0.0);
    }
    let all = groups.iter().map(|c| (c[0] + c[3]) * term(1.0) + c[1] * term(2.0)).sum::<f64>() / n;
    let size = |c: &[f64; 4]| c.iter().sum::<f64>();
    let between = groups.iter().filter(|c| size(c) > 0.0).map(|c| size(c) / n * term(benefit(c) / size(c))).sum();
    (all, between)
}

/// Differential fairness (Foulds et al. 2020): largest |log ratio| of P(d) between groups over both decisions, with
/// Dirichlet smoothing 1. `None` below two groups.
pub(super) fn differential_epsilon(groups: &[[f64; 4]]) -> Option<f64> {
    let rate = |c: &[f64; 4]| (c[0] + c[1] + 1.0) / (c.iter().sum::<f64>() + 2.0);
    let spread = |rates: Vec<f64>| {
        let (low, high) = rates.iter().fold((f64::INFINITY, 0.0f64), |(l, h), r| (l.min(*r), h.max(*r)));
        (high / low).ln()
    };
    let chosen: Vec<f64> = groups.iter().map(rate).collect();
    let refused: Vec<f64> = chosen.iter().map(|r| 1.0 - r).collect();
    (groups.len() >= 2).then(|| spread(chosen).max(spread(refused)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_their_denominators() {
        let c = [30, 10, 20, 40];
        let rates = [Rate::Selection, Rate::Base, Rate::Tpr, Rate::Fpr, Rate::Ppv, Rate::Npv, Rate::FalseOmission];
        let expected = [(40, 100), (50, 100), (30, 50), (10, 50), (30, 40), (40, 60), (20, 60)];
        assert_eq!(rates.map(|r| r.of(&c)), expected);
        assert_eq!(Rate::Accuracy.value(&[30.0, 10.0, 20.0, 40.0]), 0.7);
    }

    /// The defect: generalised entropy divided by n twice, which shrinks with the rows.
    #[test]
    fn theil_does_not_change_when_every_row_is_doubled() {
        let groups = [[30.0, 10.0, 20.0, 40.0], [5.0, 15.0, 10.0, 30.0]];
        let doubled = groups.map(|g| g.map(|c| 2.0 * c));
        let ((a, b), (c, d)) = (theil(&groups), theil(&doubled));
        assert!((a - c).abs() < 1e-12 && (b - d).abs() < 1e-12 && a > b && b > 0.0);
        assert_eq!(theil(&[[5.0, 0.0, 0.0, 5.0]]), (0.0, 0.0));
    }
}
