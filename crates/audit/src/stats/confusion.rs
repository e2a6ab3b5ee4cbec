//! Metrics that are functions of the confusion matrix.

/// A confusion matrix of (weighted) counts, row-major, rows truth, columns prediction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Confusion<'a> {
    pub(crate) cells: &'a [f64],
    pub(crate) classes: usize,
}

/// Precision, recall and F1 of a class or a mean over classes; NaN where undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Triple {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
}

impl Confusion<'_> {
    pub(crate) fn total(&self) -> f64 {
        self.cells.iter().sum()
    }

    pub(crate) fn hits(&self) -> f64 {
        (0..self.classes).map(|k| self.cells[k * self.classes + k]).sum()
    }

    /// Weight of rows that are of class `k`.
    pub(crate) fn truth(&self, k: usize) -> f64 {
        self.cells[k * self.classes..][..self.classes].iter().sum()
    }

    /// Weight of rows called `k`.
    pub(crate) fn called(&self, k: usize) -> f64 {
        self.cells.iter().skip(k).step_by(self.classes).sum()
    }

    fn tp(&self, k: usize) -> f64 {
        self.cells[k * self.classes + k]
    }

    pub(crate) fn accuracy(&self) -> f64 {
        self.hits() / self.total()
    }

    /// Share of the largest class.
    pub(crate) fn majority(&self) -> f64 {
        (0..self.classes).map(|k| self.truth(k)).fold(0.0, f64::max) / self.total()
    }

    /// Expected accuracy of a random guess by class shares.
    pub(crate) fn stratified(&self) -> f64 {
        let n = self.total();
        (0..self.classes).map(|k| (self.truth(k) / n).powi(2)).sum()
    }

    /// Mean recall over the classes that occur.
    pub(crate) fn balanced_accuracy(&self) -> f64 {
        self.mean(|k| if self.truth(k) > 0.0 { self.tp(k) / self.truth(k) } else { f64::NAN })
    }

    pub(crate) fn specificity(&self, k: usize) -> f64 {
        let negative = self.total() - self.truth(k);
        (negative - (self.called(k) - self.tp(k))) / negative
    }

    pub(crate) fn mean_specificity(&self) -> f64 {
        self.mean(|k| if self.truth(k) > 0.0 { self.specificity(k) } else { f64::NAN })
    }

    fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        let defined: Vec<f64> = (0..self.classes).map(of).filter(|v| v.is_finite()).collect();
        defined.iter().sum::<f64>() / defined.len() as f64
    }

    pub(crate) fn of_class(&self, k: usize) -> Triple {
        let (tp, truth, called) = (self.tp(k), self.truth(k), self.called(k));
        Triple { precision: tp / called, recall: tp / truth, f1: 2.0 * tp / (truth + called) }
    }

    /// Means over the classes that occur or are predicted; a class that is never predicted counts with precision 0, one
    /// that never occurs with recall 0 (scikit-learn's convention).
    fn average(&self, weight: impl Fn(usize) -> f64) -> Triple {
        let mut sum = [0.0; 4];
        for k in (0..self.classes).filter(|k| self.truth(*k) + self.called(*k) > 0.0) {
            let t = self.of_class(k);
            let w = weight(k);
            let zero = |v: f64| if v.is_finite() { v } else { 0.0 };
            for (s, v) in sum.iter_mut().zip([zero(t.precision), zero(t.recall), zero(t.f1), 1.0]) {
                *s += w * v;
            }
        }
        Triple { precision: sum[0] / sum[3], recall: sum[1] / sum[3], f1: sum[2] / sum[3] }
    }

    pub(crate) fn macro_mean(&self) -> Triple {
        self.average(|_| 1.0)
    }

    pub(crate) fn weighted_mean(&self) -> Triple {
        self.average(|k| self.truth(k))
    }

    /// Micro means: all three are the accuracy when every row has one label.
    pub(crate) fn micro_mean(&self) -> Triple {
        let a = self.accuracy();
        Triple { precision: a, recall: a, f1: a }
    }

    /// Matthews correlation, in Gorodkin's (2004) form for any number of classes; NaN when truth or prediction is constant.
    pub(crate) fn mcc(&self) -> f64 {
        let n = self.total();
        let (mut tp, mut pp, mut tt) = (0.0, 0.0, 0.0);
        for k in 0..self.classes {
            let (t, p) = (self.truth(k), self.called(k));
            tp += t * p;
            pp += p * p;
            tt += t * t;
        }
        (self.hits() * n - tp) / ((n * n - pp).sqrt() * (n * n - tt).sqrt())
    }

    /// Cohen's (1960) kappa; NaN when agreement by chance is certain.
    pub(crate) fn kappa(&self) -> f64 {
        let n = self.total();
        let chance: f64 = (0..self.classes).map(|k| self.truth(k) * self.called(k)).sum::<f64>() / (n * n);
        (self.accuracy() - chance) / (1.0 - chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The defect: multiclass precision and recall computed as micro means, which are both the accuracy.
    #[test]
    fn macro_precision_and_recall_are_not_the_accuracy() {
        let c = Confusion { cells: &[50.0, 5.0, 0.0, 10.0, 20.0, 5.0, 0.0, 1.0, 9.0], classes: 3 };
        let (m, accuracy) = (c.macro_mean(), c.accuracy());
        assert!((m.precision - (50.0 / 60.0 + 20.0 / 26.0 + 9.0 / 14.0) / 3.0).abs() < 1e-12);
        assert!((m.recall - (50.0 / 55.0 + 20.0 / 35.0 + 0.9) / 3.0).abs() < 1e-12);
        assert!((m.precision - accuracy).abs() > 0.01 && (m.recall - accuracy).abs() > 0.001);
        assert_ne!(m.precision, m.recall);
        assert_eq!(c.micro_mean().precision, accuracy);
    }

    #[test]
    fn constant_predictions_have_no_correlation_rather_than_zero() {
        let c = Confusion { cells: &[30.0, 0.0, 10.0, 0.0], classes: 2 };
        assert!(c.mcc().is_nan() && c.of_class(1).precision.is_nan());
        assert_eq!((c.kappa(), c.of_class(1).f1), (0.0, 0.0));
    }
}
