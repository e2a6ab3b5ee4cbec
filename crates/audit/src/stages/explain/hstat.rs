//! Friedman and Popescu's H: how much two features act together.

use fine_table::Task;
use serde::{Deserialize, Serialize};

use super::{Explain, Params};
use crate::rerun::{Progress, Rerun, sample};
use crate::stage::{Stage, StageError};
use crate::subject::Subject;

/// Effects below this part of the largest score difference are rounding.
const NOTHING: f64 = 1e-12;

/// How two features act together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Strength {
    /// `None` where the joint effect is constant.
    pub(super) h: Option<f64>,
    /// Standard deviation of the interaction, in units of the score.
    pub(super) sd: f64,
}

/// Rows that measuring so many pairs predicts, with all their features different.
pub(super) fn predicted_rows(subject: &Subject, params: &Params, pairs: u64) -> u64 {
    let rows = params.h_rows.min(subject.rows() as u64);
    let features = (2 * pairs).min(subject.feature_columns.len() as u64);
    (pairs + features) * rows * rows
}

/// H of each pair of raw features for the score of its class, and the rows behind it.
///
/// `H^2 = sum (PD_jk - PD_j - PD_k)^2 / sum PD_jk^2` over the rows of a sample, with centred partial dependence functions that
/// are means over the same rows at the rows' own values (Friedman and Popescu 2008, Annals of Applied Statistics 2, equation 44).
pub(super) fn strengths(
    subject: &Subject,
    params: &Params,
    pairs: &[([usize; 2], usize)],
    progress: &Progress<'_>,
) -> Result<(Vec<Strength>, u64), StageError> {
    let rows = sample::stratified(subject, params.h_rows, &format!("{}/h", Explain::ID));
    let rerun = Rerun::of_rows(subject, rows)?;
    let mut keys: Vec<(usize, usize)> = pairs.iter().flat_map(|(pair, class)| pair.map(|f| (f, *class))).collect();
    keys.sort_unstable();
    keys.dedup();
    let alone = |at: usize| dependence(&rerun, &[keys[at].0], keys[at].1, progress);
    let singles = progress.ctx.blocks("h-single", keys.len(), alone)?;
    let none = Vec::new();
    let single = |f: usize, class: usize| keys.binary_search(&(f, class)).map_or(&none, |at| &singles[at]);
    let unit = rerun.baseline.values.iter().fold(0.0f64, |m, v| m.max(v.abs())).max(f64::MIN_POSITIVE);
    let strength = |at: usize| {
        let (pair, class) = &pairs[at];
        let joint = dependence(&rerun, pair, *class, progress)?;
        let (one, other) = (single(pair[0], *class), single(pair[1], *class));
        let rest = joint.iter().zip(one.iter().zip(other)).map(|(j, (a, b))| (j - a - b).powi(2)).sum::<f64>();
        let whole = joint.iter().map(|j| j * j).sum::<f64>();
        let n = joint.len().max(1) as f64;
        let sd = (rest / n).sqrt();
        let h = ((whole / n).sqrt() > NOTHING * unit).then(|| (rest / whole).sqrt());
        Ok::<_, StageError>(Strength { h, sd })
    };
    let all = progress.ctx.blocks("h-pair", pairs.len(), strength)?;
    Ok((all, rerun.rows.len() as u64))
}

/// Centred partial dependence at the values of each row of the sample.
fn dependence(
    rerun: &Rerun<'_>,
    features: &[usize],
    class: usize,
    progress: &Progress<'_>,
) -> Result<Vec<f64>, StageError> {
    let subject = rerun.subject;
    let class = if subject.task == Task::Regression { 0 } else { class };
    let runs = rerun.repeat(
        rerun.rows.len() as u32,
        &|chunk, point| {
            let cells = vec![rerun.rows[point as usize]; chunk.len()];
            let column = |f: &usize| (*f, subject.table.columns()[subject.feature_columns[*f]].take(&cells));
            features.iter().map(column).collect()
        },
        progress,
    )?;
    let mean = |scores: &crate::rerun::Scores| {
        let sum = scores.values.iter().skip(class).step_by(scores.width.max(1)).sum::<f64>();
        sum / rerun.rows.len().max(1) as f64
    };
    let values = runs.iter().map(mean).collect::<Vec<_>>();
    let centre = values.iter().sum::<f64>() / values.len().max(1) as f64;
    Ok(values.into_iter().map(|v| v - centre).collect())
}
