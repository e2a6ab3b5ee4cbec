//! Weighted sums over the rows of groups, and distances between two of them.

use super::FEWEST;
use crate::stats::bootstrap::share_beyond;
use crate::stats::design::{Design, whole};
use crate::subject::Subject;

/// Prediction and error of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Place in the table.
    pub(super) at: usize,
    pub(super) weight: f64,
    pub(super) prediction: f64,
    /// The same less a constant of all rows, so that sums of squares lose no digits.
    centred: f64,
    /// Truth less prediction.
    pub(super) residual: f64,
}

/// The rows of a group in ascending order of prediction, then of residual, so that no sum depends on the order of the file.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) rows: Vec<Row>,
    /// Effective number of rows.
    pub(super) support: f64,
}

impl Group {
    /// `centre` is any number in the middle of all predictions.
    pub(super) fn of(subject: &Subject, design: &Design, rows: &[usize], centre: f64) -> Self {
        let support = design.support(rows.iter().copied());
        let row = |r: &usize| {
            let prediction = subject.prediction.scores[*r];
            let (at, weight) = (*r, design.weight(*r));
            Row { at, weight, prediction, centred: prediction - centre, residual: subject.target[*r] - prediction }
        };
        let mut rows: Vec<Row> = rows.iter().map(row).collect();
        rows.sort_by(|a, b| a.prediction.total_cmp(&b.prediction).then(a.residual.total_cmp(&b.residual)));
        Self { rows, support }
    }

    /// At least [`FEWEST`] rows, or effective ones.
    pub(super) fn is_enough(&self) -> bool {
        whole(self.support) >= FEWEST
    }

    pub(super) fn mean(&self, of: impl Fn(&Row) -> f64) -> f64 {
        let total: f64 = self.rows.iter().map(|r| r.weight).sum();
        self.rows.iter().map(|r| r.weight * of(r)).sum::<f64>() / total
    }

    pub(super) fn weights(&self) -> Vec<f64> {
        self.rows.iter().map(|r| r.weight).collect()
    }
}

/// Weighted sums of one group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) weight: f64,
    prediction: f64,
    prediction_square: f64,
    pub(super) residual: f64,
    pub(super) absolute: f64,
    pub(super) square: f64,
}

impl Totals {
    /// Of every group; `weights` are those of all rows, group after group, in place of their own.
    pub(super) fn of(groups: &[Group], weights: Option<&[f64]>) -> Vec<Self> {
        let mut at = 0;
        let mut one = |group: &Group| {
            let mut sum = Self::default();
            for row in &group.rows {
                let w = weights.map_or(row.weight, |w| w[at]);
                at += 1;
                sum.weight += w;
                sum.prediction += w * row.centred;
                sum.prediction_square += w * row.centred * row.centred;
                sum.residual += w * row.residual;
                sum.absolute += w * row.residual.abs();
                sum.square += w * row.residual * row.residual;
            }
            sum
        };
        groups.iter().map(&mut one).collect()
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        Self {
            weight: self.weight + other.weight,
            prediction: self.prediction + other.prediction,
            prediction_square: self.prediction_square + other.prediction_square,
            residual: self.residual + other.residual,
            absolute: self.absolute + other.absolute,
            square: self.square + other.square,
        }
    }

    /// Sum of squared deviations of the predictions.
    fn deviations(&self) -> f64 {
        (self.prediction_square - self.prediction * self.prediction / self.weight).max(0.0)
    }

    /// Standard deviation of the predictions (divisor n - 1).
    pub(super) fn spread(&self) -> f64 {
        (self.deviations() / (self.weight - 1.0)).sqrt()
    }

    /// Mean prediction of `b` less that of `a`, over the pooled standard deviation (Cohen 1988).
    pub(super) fn standardised(a: &Self, b: &Self) -> f64 {
        let pooled = (a.deviations() + b.deviations()) / (a.weight + b.weight - 2.0);
        (b.prediction / b.weight - a.prediction / a.weight) / pooled.sqrt()
    }
}

/// The rows of two groups in one ascending order of prediction.
pub(super) struct Distances {
    /// Prediction, whether of the second group, and place in its group.
    order: Vec<(f64, bool, u32)>,
    weights: [Vec<f64>; 2],
}

impl Distances {
    pub(super) fn of(a: &Group, b: &Group) -> Self {
        let side = |group: &Group, second: bool| {
            let place = move |(i, row): (usize, &Row)| (row.prediction, second, i as u32);
            group.rows.iter().enumerate().map(place).collect::<Vec<_>>()
        };
        let mut order = [side(a, false), side(b, true)].concat();
        order.sort_by(|x, y| x.0.total_cmp(&y.0));
        Self { order, weights: [a.weights(), b.weights()] }
    }

    /// Kolmogorov-Smirnov and Wasserstein-1 distance.
    pub(super) fn of_shares(&self) -> (f64, f64) {
        self.weighted(&self.weights[0], &self.weights[1])
    }

    /// Distribution function of the second group less that of the first after each row but the last, NaN between equal
    /// predictions.
    fn apart(&self, a: &[f64], b: &[f64]) -> Vec<f64> {
        let totals = [a.iter().sum::<f64>(), b.iter().sum::<f64>()];
        let mut below = [0.0; 2];
        let step = |(i, (value, second, place)): (usize, &(f64, bool, u32))| {
            below[usize::from(*second)] += if *second { b } else { a }[*place as usize];
            let next = self.order.get(i + 1)?.0;
            Some(if next > *value { below[1] / totals[1] - below[0] / totals[0] } else { f64::NAN })
        };
        self.order.iter().enumerate().map_while(step).collect()
    }

    /// P-value that both distributions are the same: the share of replicates in which their difference moves as far from that
    /// of the data as the data's is from 0 (van der Vaart and Wellner 1996, section 3.7; valid for entities and weights).
    /// `draw` gives replicates of a statistic of the weights of both groups, one after the other.
    pub(super) fn same_p(&self, draw: impl Fn(&(dyn Fn(&[f64]) -> f64 + Sync)) -> Vec<f64>) -> Option<f64> {
        let observed = self.apart(&self.weights[0], &self.weights[1]);
        let largest =
            |steps: &mut dyn Iterator<Item = f64>| steps.filter(|d| !d.is_nan()).fold(0.0f64, |l, d| l.max(d.abs()));
        let distance = largest(&mut observed.iter().copied());
        let moved = |weights: &[f64]| {
            let (a, b) = weights.split_at(self.weights[0].len());
            if a.iter().sum::<f64>() <= 0.0 || b.iter().sum::<f64>() <= 0.0 {
                return f64::NAN;
            }
            largest(&mut self.apart(a, b).iter().zip(&observed).map(|(own, data)| own - data))
        };
        share_beyond(&draw(&moved), distance)
    }

    /// The same distances of weighted rows.
    pub(super) fn weighted(&self, a: &[f64], b: &[f64]) -> (f64, f64) {
        let totals = [a.iter().sum::<f64>(), b.iter().sum::<f64>()];
        let (mut below, mut largest, mut area) = ([0.0; 2], 0.0f64, 0.0);
        for (i, (value, second, place)) in self.order.iter().enumerate() {
            let weights = if *second { b } else { a };
            below[usize::from(*second)] += weights[*place as usize];
            let Some(next) = self.order.get(i + 1).map(|n| n.0) else { break };
            if next > *value {
                let apart = (below[0] / totals[0] - below[1] / totals[1]).abs();
                largest = largest.max(apart);
                area += apart * (next - value);
            }
        }
        (largest, area)
    }
}
