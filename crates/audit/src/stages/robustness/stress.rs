//! Noise, missing cells and masked features.

use fine_model::PredictError;
use fine_table::{Column, MISSING, NumberKind, Values};
use rand::RngExt;

use super::report::{MaskedFeature, StressLevel};
use super::{Params, Robustness};
use crate::rerun::metric::{self, Measured, Metric};
use crate::rerun::noise::{self, Draw, Kind, Scales};
use crate::rerun::{Progress, Rerun, RerunError, Scores};
use crate::rng::unit_rng;
use crate::stage::{Stage, StageError};

pub(super) fn undefined() -> StageError {
    StageError::Failed { id: "not-estimable", detail: "the metric is not defined on these rows".into() }
}

/// Rows under stress, and the metric that is watched.
pub(super) struct Stress<'a> {
    pub(super) rerun: &'a Rerun<'a>,
    pub(super) metric: Metric,
    pub(super) baseline: Measured,
    pub(super) params: &'a Params,
    pub(super) progress: Progress<'a>,
}

impl Stress<'_> {
    pub(super) fn level(&self, level: f64, runs: &[Scores]) -> Result<StressLevel, StageError> {
        let runs = runs
            .iter()
            .map(|scores| metric::measure(self.metric, self.rerun, scores).ok_or_else(undefined))
            .collect::<Result<Vec<_>, _>>()?;
        let value = runs.iter().map(|r| r.value).sum::<f64>() / runs.len() as f64;
        Ok(StressLevel { level, value, drop: metric::drop(&self.baseline, &runs) })
    }

    /// Share of rows whose label differs from the baseline's; `None` for regression.
    pub(super) fn flips(&self, scores: &Scores) -> Option<f64> {
        let baseline = &self.rerun.baseline.labels;
        let flips = baseline.iter().zip(&scores.labels).filter(|(a, b)| a != b).count();
        (!baseline.is_empty()).then(|| flips as f64 / self.rerun.rows.len() as f64)
    }

    pub(super) fn noise(&self, scales: &Scales) -> Result<Vec<StressLevel>, StageError> {
        let rerun = self.rerun;
        let levels = &self.params.noise_levels;
        self.progress.ctx.blocks("noise", levels.len(), |at| {
            let level = levels[at];
            let runs = rerun.repeat(
                self.params.repeats,
                &|chunk, repeat| {
                    let draw = |feature| Draw { stage: Robustness::ID, kind: Kind::Gaussian, feature, level, repeat };
                    (0..rerun.features()).map(|f| (f, scales.perturb(rerun, chunk, draw(f)))).collect()
                },
                &self.progress,
            )?;
            self.level(level, &runs)
        })
    }

    /// Levels with missing cells, or the feature at which the model refused them.
    #[allow(clippy::type_complexity)]
    pub(super) fn missing(&self) -> Result<(Vec<StressLevel>, Option<Option<String>>), StageError> {
        let rerun = self.rerun;
        let shares = &self.params.missing_levels;
        let levels = self.progress.ctx.blocks("missing", shares.len(), |at| {
            let share = shares[at];
            let runs = rerun.repeat(
                self.params.repeats,
                &|chunk, repeat| {
                    let empty = |feature: usize| {
                        let key = format!("{}/missing/{feature}", Robustness::ID);
                        let unit = u64::from(repeat) << 32 | chunk.index as u64;
                        let mut rng = unit_rng(rerun.subject.seed, &key, unit);
                        noise::with_missing(chunk.column(feature), |_| rng.random::<f64>() < share)
                    };
                    (0..rerun.features()).map(|f| (f, empty(f))).collect()
                },
                &self.progress,
            );
            match runs {
                Ok(runs) => Ok(Ok(self.level(share, &runs)?)),
                Err(RerunError::Refused(e)) => Ok(Err(refusing_feature(e))),
                Err(RerunError::Stopped(e)) => Err(e),
            }
        })?;
        Ok(match levels.into_iter().collect::<Result<Vec<StressLevel>, Option<String>>>() {
            Ok(levels) => (levels, None),
            Err(refused) => (Vec::new(), Some(refused)),
        })
    }

    pub(super) fn masked(&self, scales: &Scales) -> Result<Vec<MaskedFeature>, StageError> {
        let rerun = self.rerun;
        let subject = rerun.subject;
        self.progress.ctx.blocks("masked", rerun.features(), |feature| {
            let source = &subject.table.columns()[subject.feature_columns[feature]];
            let fill = fill(source, scales.is_number(feature));
            let change = |rows: usize| fill.take(&vec![0; rows]);
            let scores = rerun.predict(&|chunk| vec![(feature, change(chunk.len()))], &self.progress)?;
            Ok(MaskedFeature {
                feature: rerun.name(feature).to_owned(),
                fill: fill.display_at(0).unwrap_or_default(),
                flip_rate: self.flips(&scores),
                drop: self.level(0.0, &[scores])?.drop,
            })
        })
    }
}

/// The feature that a model refused, when the error names one.
fn refusing_feature(e: PredictError) -> Option<String> {
    match e {
        PredictError::MissingValue { name, .. }
        | PredictError::UnknownCategory { name, .. }
        | PredictError::NotNumeric { name, .. }
        | PredictError::OutOfRange { name, .. } => Some(name),
        _ => None,
    }
}

/// One cell: the median of a number, the most frequent value of a category (the smallest of several).
fn fill(source: &Column, number: bool) -> Column {
    match &source.values {
        Values::Number { kind, values } => {
            let mut sorted = values.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<_>>();
            sorted.sort_by(f64::total_cmp);
            let value = if number { median(&sorted) } else { mode(&sorted) };
            let whole = *kind != NumberKind::Int || value.fract() == 0.0;
            Column::number(String::new(), if whole { *kind } else { NumberKind::Float }, vec![value])
        }
        Values::Text { codes, dictionary } => {
            let mut counts = vec![0u64; dictionary.len()];
            codes.iter().filter(|c| **c != MISSING).for_each(|c| counts[*c as usize] += 1);
            let best = (0..dictionary.len())
                .filter(|i| counts[*i] > 0)
                .min_by(|a, b| counts[*b].cmp(&counts[*a]).then_with(|| dictionary[*a].cmp(&dictionary[*b])));
            let codes = vec![best.map_or(MISSING, |b| b as u32)];
            let values = Values::Text { codes, dictionary: dictionary.clone() };
            Column { name: String::new(), values, null_spellings: Vec::new() }
        }
    }
}

fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]),
    }
}

fn mode(sorted: &[f64]) -> f64 {
    let mut best = (0, f64::NAN);
    for run in sorted.chunk_by(|a, b| a == b) {
        if run.len() > best.0 {
            best = (run.len(), run[0]);
        }
    }
    best.1
}
