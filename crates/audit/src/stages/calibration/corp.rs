//! CORP: the isotonic reliability curve and the decomposition it gives (Dimitriadis, Gneiting and Jordan 2021).

use rand::{Rng, RngExt};
use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;

use super::report::Corp;
use super::score::Score;
use crate::rng::unit_rng;
use crate::stage::StageError;
use crate::stats::describe::{quantile_sorted, sorted};
use crate::stats::isotonic::Fit;
use crate::stats::polyline::thin;

/// Most points of the curve.
const POINTS: usize = 100;
/// Simulated outcomes under perfect calibration: as many as this many row draws allow, 100 to 1000.
const DRAWS: usize = 20_000_000;
/// Simulations between two ticks.
const CHUNK: usize = 50;

/// Rows of equal probability.
struct Level {
    p: f64,
    /// Weights of its rows, where they differ from 1.
    weights: Vec<f64>,
    rows: u64,
    weight: f64,
    observed: f64,
}

/// Brier = MCB - DSC + UNC exactly; consistency bands and the p-value of MCB by simulation of outcomes from the
/// probabilities themselves (Dimitriadis et al. 2021, section 4).
pub(super) fn decompose(
    score: &Score,
    seed: u64,
    topic: &str,
    tick: impl Fn() -> Result<(), StageError>,
) -> Result<Corp, StageError> {
    let levels = levels(score);
    let weights: Vec<f64> = levels.iter().map(|l| l.weight).collect();
    let observed: Vec<f64> = levels.iter().map(|l| l.observed).collect();
    let total: f64 = weights.iter().sum();
    let fit = Fit::new(&observed, &weights).values(levels.len());
    let mean = weights.iter().zip(&observed).map(|(w, y)| w * y).sum::<f64>() / total;
    // Σ w (y - a)² within a level differs from Σ w (y - b)² by w ((m - a)² - (m - b)²), with m the level's mean.
    let loss = |forecast: &dyn Fn(usize) -> f64| -> f64 {
        levels.iter().enumerate().map(|(i, l)| l.weight * (l.observed - forecast(i)).powi(2)).sum::<f64>() / total
    };
    let recalibrated = loss(&|i| fit[i]);
    let mcb = loss(&|i| levels[i].p) - recalibrated;
    let dsc = loss(&|_| mean) - recalibrated;
    let curve: Vec<[f64; 2]> = levels.iter().zip(&fit).map(|(l, f)| [l.p, *f]).collect();
    let points = thin(&curve, POINTS);
    let at: Vec<usize> = points.iter().map(|q| levels.partition_point(|l| l.p < q[0])).collect();
    let simulations = (DRAWS / score.p.len().max(1)).clamp(100, 1000);
    let mut drawn: Vec<(f64, Vec<f64>)> = Vec::with_capacity(simulations);
    while drawn.len() < simulations {
        tick()?;
        let end = (drawn.len() + CHUNK).min(simulations);
        let chunk: Vec<_> = (drawn.len()..end)
            .into_par_iter()
            .map(|s| simulate(&levels, &weights, total, &at, &mut unit_rng(seed, topic, s as u64)))
            .collect();
        drawn.extend(chunk);
    }
    // Ties of a miscalibration of 0 count as at least as large, up to rounding.
    let larger = drawn.iter().filter(|d| d.0 >= mcb - 1e-12).count();
    let band = |i: usize| {
        let values = sorted(&drawn.iter().map(|d| d.1[i]).collect::<Vec<_>>());
        [points[i][0], points[i][1], quantile_sorted(&values, 0.025), quantile_sorted(&values, 0.975)]
    };
    Ok(Corp {
        mcb,
        dsc,
        unc: mean * (1.0 - mean),
        mcb_p: (1 + larger) as f64 / (1 + simulations) as f64,
        curve: (0..points.len()).map(band).collect(),
    })
}

fn levels(score: &Score) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for (row, p) in score.p.iter().enumerate() {
        if levels.last().is_none_or(|l| l.p != *p) {
            levels.push(Level { p: *p, weights: Vec::new(), rows: 0, weight: 0.0, observed: 0.0 });
        }
        if let Some(level) = levels.last_mut() {
            let weight = score.weight(row);
            level.rows += 1;
            level.weight += weight;
            level.observed += weight * score.y[row];
            if score.weights.is_some() {
                level.weights.push(weight);
            }
        }
    }
    levels.retain(|l| l.weight > 0.0);
    levels.iter_mut().for_each(|l| l.observed /= l.weight);
    levels
}

/// One set of outcomes with exactly these probabilities: its MCB, and its isotonic curve at some levels.
fn simulate(levels: &[Level], weights: &[f64], total: f64, at: &[usize], rng: &mut impl Rng) -> (f64, Vec<f64>) {
    let outcomes: Vec<f64> = levels.iter().map(|l| l.draw(rng)).collect();
    let fit = Fit::new(&outcomes, weights);
    let mut mcb = 0.0;
    let mut next = 0;
    let mut blocks = fit.blocks().peekable();
    while let Some((_, _, value)) = blocks.next() {
        let end = blocks.peek().map_or(levels.len(), |b| b.0);
        for i in next..end {
            mcb += weights[i] * ((outcomes[i] - levels[i].p).powi(2) - (outcomes[i] - value).powi(2));
        }
        next = end;
    }
    (mcb / total, at.iter().map(|i| fit.at(*i)).collect())
}

impl Level {
    /// Mean outcome of the level's rows.
    fn draw(&self, rng: &mut impl Rng) -> f64 {
        if !self.weights.is_empty() {
            let hits: f64 = self.weights.iter().filter(|_| rng.random::<f64>() < self.p).sum();
            return hits / self.weight;
        }
        if self.rows == 1 {
            return f64::from(u8::from(rng.random::<f64>() < self.p));
        }
        Binomial::new(self.rows, self.p).map_or(self.p, |b| b.sample(rng) as f64 / self.rows as f64)
    }
}
