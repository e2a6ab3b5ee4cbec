//! Accumulated local effects.

use fine_table::{Column, Task, Values};
use rand::RngExt;
use rayon::prelude::*;

use super::report::{Ale, AlePoint};
use super::{Explain, Params};
use crate::rerun::{Progress, Rerun, sample};
use crate::rng::unit_rng;
use crate::stage::{Stage, StageError};
use crate::stats::describe::{bin_of, quantile_sorted, sorted};
use crate::subject::Subject;

/// Accumulated local effects of each feature asked for, in the order asked; `features` are (raw feature, class). `None` for
/// categories, which have no order, and for numbers that do not vary.
///
/// Apley and Zhu 2020 (Journal of the Royal Statistical Society B 82), equations 15 and 16: within bins of the feature the mean
/// change of the prediction when only the feature moves from the lower to the upper edge of the row's own bin, added up over the
/// bins, minus its mean over the rows. Rows are asked about values near their own only, so that correlated features ask for no
/// impossible rows. Edges are observed values (quantiles of type 1), so whole numbers stay whole. The band is a percentile
/// bootstrap over the rows of each bin.
pub(crate) fn effects(
    subject: &Subject,
    params: &Params,
    features: &[(usize, usize)],
    progress: &Progress<'_>,
) -> Result<Vec<Option<Ale>>, StageError> {
    let rows = sample::stratified(subject, params.ale_rows, &format!("{}/ale", Explain::ID));
    let rerun = Rerun::of_rows(subject, rows)?;
    progress.ctx.blocks("ale", features.len(), |place| {
        let (feature, class) = features[place];
        let class = if subject.task == Task::Regression { 0 } else { class };
        let column = &subject.table.columns()[subject.feature_columns[feature]];
        effect(&rerun, column, feature, class, params, progress)
    })
}

fn effect(
    rerun: &Rerun<'_>,
    column: &Column,
    feature: usize,
    class: usize,
    params: &Params,
    progress: &Progress<'_>,
) -> Result<Option<Ale>, StageError> {
    let Values::Number { kind, values } = &column.values else { return Ok(None) };
    let own = rerun.rows.iter().map(|r| values[*r as usize]).collect::<Vec<_>>();
    let edges = edges(&own, params.ale_bins as usize);
    if edges.len() < 2 {
        return Ok(None);
    }
    // A value on an edge belongs to the bin below it, the smallest one to the first.
    let bin = |v: f64| bin_of(&edges[1..edges.len() - 1], v);
    let moved = |start: usize, len: usize, upper: usize| {
        let cells = own[start..start + len].iter();
        let cells = cells.map(|v| if v.is_finite() { edges[bin(*v) + upper] } else { *v });
        Column::number(column.name.clone(), *kind, cells.collect())
    };
    let runs =
        rerun.repeat(2, &|chunk, upper| vec![(feature, moved(chunk.start, chunk.len(), upper as usize))], progress)?;
    let mut changes = vec![Vec::new(); edges.len() - 1];
    for (row, v) in own.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        changes[bin(*v)].push(runs[1].row(row)[class] - runs[0].row(row)[class]);
    }
    let counts = changes.iter().map(|c| c.len() as u64).collect::<Vec<_>>();
    let means = changes.iter().map(|c| c.iter().sum::<f64>() / c.len().max(1) as f64).collect::<Vec<_>>();
    let effects = accumulated(&means, &counts);
    let replicates = replicates(rerun.subject.seed, feature, &changes, &counts, params.bootstrap);
    let band = |edge: usize, q: f64| {
        let at = sorted(&replicates.iter().map(|r| r[edge]).collect::<Vec<_>>());
        if at.is_empty() { effects[edge] } else { quantile_sorted(&at, q) }
    };
    let point = |(edge, at): (usize, &f64)| AlePoint {
        at: *at,
        effect: effects[edge],
        low: band(edge, 0.025),
        high: band(edge, 0.975),
    };
    let points = edges.iter().enumerate().map(point).collect();
    Ok(Some(Ale { rows: counts.iter().sum(), points, counts }))
}

/// Ascending edges of at most `bins` bins with about as many rows each: the smallest value, and the value of rank
/// `ceil(n k / bins)` for each bin; all distinct values when they are no more than the edges.
fn edges(values: &[f64], bins: usize) -> Vec<f64> {
    let known = sorted(&values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<_>>());
    let (Some(first), bins) = (known.first(), bins.max(1)) else { return Vec::new() };
    let mut distinct = known.clone();
    distinct.dedup();
    if distinct.len() <= bins + 1 {
        return distinct;
    }
    let mut edges = vec![*first];
    edges.extend((1..=bins).map(|k| known[(known.len() * k).div_ceil(bins) - 1]));
    edges.dedup();
    edges
}

/// Effects at the edges from the mean changes of the bins, centred by the rows: a bin counts with the middle of its edges.
fn accumulated(means: &[f64], counts: &[u64]) -> Vec<f64> {
    let mut effects = vec![0.0];
    for mean in means {
        effects.push(effects[effects.len() - 1] + mean);
    }
    let rows = counts.iter().sum::<u64>().max(1) as f64;
    let middle = |b: usize| 0.5 * (effects[b] + effects[b + 1]) * counts[b] as f64;
    let centre = (0..counts.len()).map(middle).sum::<f64>() / rows;
    effects.iter_mut().for_each(|e| *e -= centre);
    effects
}

/// Effects of bootstrap replicates: the rows of each bin drawn with replacement.
fn replicates(seed: u64, feature: usize, changes: &[Vec<f64>], counts: &[u64], count: u32) -> Vec<Vec<f64>> {
    let key = format!("{}/ale-bootstrap/{feature}", Explain::ID);
    let replicate = |unit: u32| {
        let mut rng = unit_rng(seed, &key, u64::from(unit));
        let mut mean = |bin: &Vec<f64>| {
            let drawn = (0..bin.len()).map(|_| bin[rng.random_range(0..bin.len())]).sum::<f64>();
            drawn / bin.len().max(1) as f64
        };
        accumulated(&changes.iter().map(&mut mean).collect::<Vec<_>>(), counts)
    };
    (0..count).into_par_iter().map(replicate).collect()
}
