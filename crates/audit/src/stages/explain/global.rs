//! Importance over all explained rows: means, intervals, rank stability, direction, points.

use fine_table::{Column, Values};
use rand::RngExt;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::attribution::Explained;
use super::{Explain, Params};
use crate::estimate::{Estimate, IntervalMethod};
use crate::rerun::shift::quantile;
use crate::rng::unit_rng;
use crate::stage::Stage;
use crate::subject::Subject;

/// Random groups of rows that the bootstrap draws from; with fewer rows every row is its own group.
const GROUPS: usize = 1000;
/// Points of a feature's beeswarm.
const POINTS: usize = 200;

/// Importance of one raw feature.
pub(super) struct Importance {
    pub(super) mean_abs: Estimate,
    pub(super) mean: f64,
    pub(super) direction: Option<f64>,
    /// Output slot that mean, direction and points are about: where the feature matters most.
    pub(super) slot: usize,
    pub(super) points: Vec<[Option<f64>; 2]>,
}

/// Importance of each raw feature, in model order, and the rank stability.
pub(super) fn importance(subject: &Subject, explained: &Explained, params: &Params) -> (Vec<Importance>, Option<f64>) {
    let shap = &explained.shap;
    let replicates = replicates(subject, explained, params.bootstrap);
    let shown = shown_rows(subject, explained.rows.len());
    let features = (0..shap.players)
        .into_par_iter()
        .map(|f| {
            let slots = (0..shap.outputs).map(|k| mean(explained, |row| shap.row(row, k)[f].abs()));
            let slots = slots.collect::<Vec<_>>();
            let slot = (0..slots.len()).fold(0, |best, k| if slots[k] > slots[best] { k } else { best });
            let value = slots.iter().sum::<f64>() / slots.len().max(1) as f64;
            let column = &subject.table.columns()[subject.feature_columns[f]];
            let ranks = ranks_of(column, &explained.rows);
            let values = (0..shap.rows).map(|row| shap.row(row, slot)[f]).collect::<Vec<_>>();
            Importance {
                mean_abs: interval(value, &replicates, f, shap.rows),
                mean: mean(explained, |row| values[row]),
                direction: ranks.as_ref().and_then(|r| spearman(r, &values)),
                slot,
                points: shown.iter().map(|r| [ranks.as_ref().and_then(|v| v[*r]), Some(values[*r])]).collect(),
            }
        })
        .collect();
    (features, stability(&replicates))
}

fn mean(explained: &Explained, value: impl Fn(usize) -> f64) -> f64 {
    let rows = explained.shap.rows;
    (0..rows).map(value).sum::<f64>() / rows.max(1) as f64
}

/// Bootstrap replicates of the mean |SHAP| (over rows and outputs), one vector a replicate. With more than [`GROUPS`]
/// rows, rows are first put into random groups of almost equal size, and groups are drawn: the variance is the same
/// and the cost does not grow with the rows.
fn replicates(subject: &Subject, explained: &Explained, count: u32) -> Vec<Vec<f64>> {
    let shap = &explained.shap;
    let groups = shap.rows.min(GROUPS);
    let mut order = (0..shap.rows).collect::<Vec<_>>();
    if groups < shap.rows {
        order.shuffle(&mut unit_rng(subject.seed, &format!("{}/groups", Explain::ID), 0));
    }
    let mut sums = vec![vec![0.0; shap.players]; groups];
    let mut sizes = vec![0.0; groups];
    for (position, row) in order.into_iter().enumerate() {
        let group = position % groups;
        sizes[group] += shap.outputs as f64;
        for k in 0..shap.outputs {
            sums[group].iter_mut().zip(shap.row(row, k)).for_each(|(s, v)| *s += v.abs());
        }
    }
    let replicate = |unit: u32| {
        let mut rng = unit_rng(subject.seed, &format!("{}/bootstrap", Explain::ID), u64::from(unit));
        let (mut total, mut size) = (vec![0.0; shap.players], 0.0);
        for _ in 0..groups {
            let group = rng.random_range(0..groups);
            size += sizes[group];
            total.iter_mut().zip(&sums[group]).for_each(|(t, s)| *t += s);
        }
        total.iter_mut().for_each(|t| *t /= size);
        total
    };
    (0..count).into_par_iter().map(replicate).collect()
}

/// Percentile interval.
fn interval(value: f64, replicates: &[Vec<f64>], feature: usize, rows: usize) -> Estimate {
    if replicates.len() < 2 || rows < 2 {
        return Estimate::plain(value, rows as u64);
    }
    let mut values = replicates.iter().map(|r| r[feature]).collect::<Vec<_>>();
    let (low, high) = (quantile(&mut values, 0.025), quantile(&mut values, 0.975));
    Estimate::with_interval(value, low, high, rows as u64, IntervalMethod::Percentile)
}

/// Mean Kendall tau between the rankings of neighbouring replicates, over features that matter at all.
fn stability(replicates: &[Vec<f64>]) -> Option<f64> {
    let used = (0..replicates.first()?.len()).filter(|f| replicates.iter().any(|r| r[*f] > 0.0)).collect::<Vec<_>>();
    let pairs = replicates.chunks_exact(2).take(100).collect::<Vec<_>>();
    if used.len() < 2 || pairs.is_empty() {
        return None;
    }
    let taus = pairs.par_iter().map(|p| kendall(&p[0], &p[1], &used)).collect::<Vec<_>>();
    Some(taus.iter().sum::<f64>() / taus.len() as f64)
}

/// Kendall's tau (ties count as neither agreement nor disagreement).
fn kendall(a: &[f64], b: &[f64], features: &[usize]) -> f64 {
    let sign = |x: f64, y: f64| f64::from(i8::from(x > y) - i8::from(x < y));
    let mut sum = 0.0;
    for (i, &f) in features.iter().enumerate() {
        sum += features[..i].iter().map(|&g| sign(a[f], a[g]) * sign(b[f], b[g])).sum::<f64>();
    }
    sum / (0.5 * features.len() as f64 * (features.len() as f64 - 1.0))
}

/// Positions among the explained rows that the beeswarm shows: a seeded sample, the same for all features.
fn shown_rows(subject: &Subject, rows: usize) -> Vec<usize> {
    let mut all = (0..rows).collect::<Vec<_>>();
    if rows > POINTS {
        all.shuffle(&mut unit_rng(subject.seed, &format!("{}/points", Explain::ID), 0));
        all.truncate(POINTS);
        all.sort_unstable();
    }
    all
}

/// Mid-ranks of a numeric column on the rows, rescaled to 0 to 1; `None` for text, and for missing cells.
fn ranks_of(column: &Column, rows: &[u32]) -> Option<Vec<Option<f64>>> {
    let Values::Number { values, .. } = &column.values else { return None };
    let values = rows.iter().map(|r| values[*r as usize]).collect::<Vec<_>>();
    let mut ranks = vec![None; values.len()];
    let mut order = (0..values.len()).filter(|i| !values[*i].is_nan()).collect::<Vec<_>>();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    let last = order.len().saturating_sub(1).max(1) as f64;
    let mut start = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let middle = start as f64 + 0.5 * (tied.len() as f64 - 1.0);
        tied.iter().for_each(|i| ranks[*i] = Some(middle / last));
        start += tied.len();
    }
    Some(ranks)
}

/// Spearman correlation of a feature's ranks with its SHAP values; `None` when either is constant.
fn spearman(ranks: &[Option<f64>], values: &[f64]) -> Option<f64> {
    let rows = (0..ranks.len()).filter(|i| ranks[*i].is_some()).map(|i| i as u32).collect::<Vec<_>>();
    let column = Column::number("", fine_table::NumberKind::Float, values.to_vec());
    let y = ranks_of(&column, &rows)?;
    let pairs = rows.iter().zip(&y).filter_map(|(i, y)| Some((ranks[*i as usize]?, (*y)?))).collect::<Vec<_>>();
    pearson(&pairs)
}

/// Pearson correlation; `None` when either side is constant.
fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let (mx, my) = pairs.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / n, y + p.1 / n));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
        xy += (x - mx) * (y - my);
    }
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}
