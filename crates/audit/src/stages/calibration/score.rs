//! Calibration of one score against one 0/1 outcome.

use super::corp;
use super::report::{Bin, ClassCalibration};
use crate::estimate::{Estimate, IntervalMethod};
use crate::stage::StageError;
use crate::stats::describe::{bin_of, quantile_sorted, weighted_mean};
use crate::stats::normal::Z;
use crate::stats::proportion::weighted_share;
use crate::stats::rank::clustered_variance;
use crate::stats::recalibration::{CLIP, logistic, spiegelhalter};

/// Probabilities and outcomes in ascending order of probability, then outcome, then weight.
pub(super) struct Score {
    pub(super) p: Vec<f64>,
    pub(super) y: Vec<f64>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) clusters: Option<Vec<u32>>,
}

/// Rows of one bin: first and one past the last.
type Span = (usize, usize);

impl Score {
    pub(super) fn new(p: &[f64], y: &[f64], weights: Option<&[f64]>, clusters: Option<&[u32]>) -> Self {
        let weight = |i: u32| weights.map_or(1.0, |w| w[i as usize]);
        let mut order: Vec<u32> = (0..p.len() as u32).collect();
        order.sort_by(|a, b| {
            let (i, j) = (*a as usize, *b as usize);
            p[i].total_cmp(&p[j]).then_with(|| y[i].total_cmp(&y[j])).then_with(|| weight(*a).total_cmp(&weight(*b)))
        });
        let pick = |v: &[f64]| -> Vec<f64> { order.iter().map(|i| v[*i as usize]).collect() };
        Self {
            p: pick(p),
            y: pick(y),
            weights: weights.map(pick),
            clusters: clusters.map(|c| order.iter().map(|i| c[*i as usize]).collect()),
        }
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |w| w[row])
    }

    pub(super) fn total(&self) -> f64 {
        self.weights.as_ref().map_or(self.p.len() as f64, |w| w.iter().sum())
    }

    pub(super) fn mean(&self, of: impl Fn(f64, f64) -> f64) -> f64 {
        let values: Vec<f64> = self.p.iter().zip(&self.y).map(|(p, y)| of(*p, *y)).collect();
        weighted_mean(&values, self.weights.as_deref())
    }

    /// Bins between edges as `sklearn.calibration.calibration_curve` cuts them; empty bins are left out.
    fn spans(&self, inner_edges: &[f64]) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut last = usize::MAX;
        for (row, p) in self.p.iter().enumerate() {
            let bin = bin_of(inner_edges, *p);
            match spans.last_mut() {
                Some(span) if bin == last => span.1 = row + 1,
                _ => spans.push((row, row + 1)),
            }
            last = bin;
        }
        spans
    }

    fn equal_mass(&self, bins: usize) -> Vec<Span> {
        let edges: Vec<f64> = (1..bins).map(|b| quantile_sorted(&self.p, b as f64 / bins as f64)).collect();
        self.spans(&edges)
    }

    fn equal_width(&self, bins: usize) -> Vec<Span> {
        let edges: Vec<f64> = (1..bins).map(|b| b as f64 / bins as f64).collect();
        self.spans(&edges)
    }

    /// Weight, mean probability and mean outcome of a bin.
    fn bin(&self, span: Span) -> (f64, f64, f64) {
        let (mut w, mut p, mut y) = (0.0, 0.0, 0.0);
        for row in span.0..span.1 {
            let weight = self.weight(row);
            w += weight;
            p += weight * self.p[row];
            y += weight * self.y[row];
        }
        (w, p / w, y / w)
    }

    fn bins(&self, spans: &[Span]) -> Vec<(f64, f64, f64)> {
        spans.iter().map(|s| self.bin(*s)).filter(|b| b.0 > 0.0).collect()
    }

    fn expected_error(&self, spans: &[Span]) -> f64 {
        self.bins(spans).iter().map(|(w, p, y)| w * (y - p).abs()).sum::<f64>() / self.total()
    }

    /// The calibration error with a normal interval, bins held fixed: the linearised error is the mean over rows of
    /// `sign(gap of its bin) (y - p)`.
    pub(super) fn mass_error(&self, bins: usize) -> Estimate {
        let spans = self.equal_mass(bins);
        let (value, total) = (self.expected_error(&spans), self.total());
        let mut influence = vec![0.0; self.p.len()];
        for span in &spans {
            let (_, p, y) = self.bin(*span);
            let sign = if y >= p { 1.0 } else { -1.0 };
            for (row, influence) in influence.iter_mut().enumerate().take(span.1).skip(span.0) {
                *influence = self.weight(row) * (sign * (self.y[row] - self.p[row]) - value) / total;
            }
        }
        let own: Vec<u32> = (0..self.p.len() as u32).collect();
        let variance = clustered_variance(&influence, self.clusters.as_deref().unwrap_or(&own));
        let half = Z * variance.sqrt();
        let n = self.p.len() as u64;
        Estimate::with_interval(value, (value - half).max(0.0), (value + half).min(1.0), n, IntervalMethod::Normal)
    }

    /// Kumar et al. 2019: each bin's squared gap less the variance of its observed share.
    fn debiased(&self, spans: &[Span]) -> f64 {
        let of = |span: &Span| {
            let (w, p, y) = self.bin(*span);
            let squares: f64 = (span.0..span.1).map(|r| self.weight(r).powi(2)).sum();
            let free = w * w / squares - 1.0;
            let noise = if free > 0.0 { y * (1.0 - y) / free } else { 0.0 };
            if w > 0.0 { w * ((y - p).powi(2) - noise) } else { 0.0 }
        };
        spans.iter().map(of).sum::<f64>() / self.total()
    }

    fn diagram(&self, spans: &[Span]) -> Vec<Bin> {
        let of = |span: &Span| {
            let (w, p, y) = self.bin(*span);
            let n = (span.1 - span.0) as u64;
            let squares: f64 = (span.0..span.1).map(|r| self.weight(r).powi(2)).sum();
            (w > 0.0).then(|| Bin { n, predicted: p, observed: weighted_share(y * w, w, squares, n) })
        };
        spans.iter().filter_map(of).collect()
    }

    fn distinct(&self) -> u64 {
        let steps = self.p.windows(2).filter(|w| w[0] != w[1]).count() as u64;
        steps + u64::from(!self.p.is_empty())
    }

    /// Everything about this score. `tick` is called between blocks of simulations.
    pub(super) fn calibrate(
        &self,
        class: &str,
        bins: usize,
        seed: u64,
        tick: impl Fn() -> Result<(), StageError>,
    ) -> Result<ClassCalibration, StageError> {
        let mass = self.equal_mass(bins);
        let weights = self.weights.as_deref();
        let (z, z_p) = spiegelhalter(&self.p, &self.y, weights);
        let (slope, intercept) = logistic(&self.p, &self.y, weights);
        let gaps: Vec<f64> = self.bins(&mass).iter().map(|(_, p, y)| (y - p).abs()).collect();
        let largest = gaps.iter().copied().fold(0.0, f64::max);
        let log_loss = |p: f64, y: f64| {
            let p = p.clamp(CLIP, 1.0 - CLIP);
            -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
        };
        Ok(ClassCalibration {
            class: class.to_owned(),
            ece_mass: self.mass_error(bins),
            ece_width: self.expected_error(&self.equal_width(bins)),
            ece2_debiased: self.debiased(&mass),
            mce: largest,
            ace: gaps.iter().sum::<f64>() / gaps.len().max(1) as f64,
            brier: self.mean(|p, y| (p - y) * (p - y)),
            log_loss: self.mean(log_loss),
            corp: corp::decompose(self, seed, &format!("calibration/{class}"), tick)?,
            spiegelhalter_z: z,
            spiegelhalter_p: z_p,
            slope,
            intercept,
            bins: self.diagram(&mass),
            distinct_scores: self.distinct(),
        })
    }
}
