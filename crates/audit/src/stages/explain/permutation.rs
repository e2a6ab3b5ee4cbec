//! Permutation importance.

use rand::seq::SliceRandom;

use super::{Explain, Params};
use crate::estimate::Estimate;
use crate::rerun::metric::{self, Metric};
use crate::rerun::{Progress, Rerun};
use crate::rng::unit_rng;
use crate::stage::{Stage, StageError};
use crate::subject::Subject;

/// Rows that are used within the budget.
pub(super) fn rows(subject: &Subject, params: &Params) -> u64 {
    let runs = u64::from(params.repeats) * subject.feature_columns.len().max(1) as u64;
    let affordable = (params.permutation_budget / runs.max(1)).max(100);
    params.permutation_rows.min(affordable).min(subject.rows() as u64)
}

/// Drop of the metric when a raw column is shuffled among the rows, one estimate a feature (Breiman 2001; Fisher,
/// Rudin and Dominici 2019). A value, with an interval over rows of the mean of the repeats.
pub(super) fn importance(
    rerun: &Rerun<'_>,
    metric: Metric,
    params: &Params,
    progress: &Progress<'_>,
) -> Result<Vec<Estimate>, StageError> {
    let subject = rerun.subject;
    let baseline = metric::measure(metric, rerun, &rerun.baseline);
    progress.ctx.blocks("permutation", rerun.features(), |feature| {
        let orders = orders(rerun, feature, params.repeats);
        let source = &subject.table.columns()[subject.feature_columns[feature]];
        let runs = rerun.repeat(
            params.repeats,
            &|chunk, repeat| {
                let rows = &orders[repeat as usize][chunk.start..][..chunk.len()];
                vec![(feature, source.take(rows))]
            },
            progress,
        )?;
        let runs = runs.iter().map(|s| metric::measure(metric, rerun, s)).collect::<Option<Vec<_>>>();
        Ok(match (&baseline, runs) {
            (Some(baseline), Some(runs)) => metric::drop(baseline, &runs),
            _ => Estimate::not_estimable(rerun.rows.len() as u64),
        })
    })
}

fn orders(rerun: &Rerun<'_>, feature: usize, repeats: u32) -> Vec<Vec<u32>> {
    let key = format!("{}/permutation-importance", Explain::ID);
    (0..repeats)
        .map(|repeat| {
            let unit = u64::from(repeat) << 32 | feature as u64;
            let mut rows = rerun.rows.clone();
            rows.shuffle(&mut unit_rng(rerun.subject.seed, &key, unit));
            rows
        })
        .collect()
}
