//! Rows that make no sense: does the model say so?
//!
//! Every case changes one feature (or swaps two) in all rows. A row is nonsense where a new cell lies outside of everything that was
//! observed; others might be real, and count for the metric only. It is accepted silently when the model answers it without an
//! error and its confidence, the largest score, is at least that of the row itself less the slack of the parameters (a share of the
//! standard deviation where scores are no probabilities). A regression has no confidence: its answer must lie among those of
//! the real rows. A table in which the model refuses one row counts as refused.

use fine_model::ScoreKind;
use fine_table::{Column, NumberKind, Task, Values};
use serde::{Deserialize, Serialize};

use super::report::{Nonsense, StressLevel};
use super::stress::Stress;
use crate::estimate::Estimate;
use crate::rerun::noise::Scales;
use crate::rerun::{Changes, Chunk, Rerun, RerunError, Scores};
use crate::stage::StageError;
use crate::stats::describe::mean_t;
use crate::stats::proportion::share;

/// What all cases give together.
pub(super) struct Accepted {
    pub(super) cases: Vec<Nonsense>,
    pub(super) swaps_left_out: u64,
    /// Mean over rows of the share of a row's nonsense cases that are accepted silently.
    pub(super) silent: Option<Estimate>,
}

/// How the cells of a case come about.
enum Case {
    /// Times a factor.
    Unit(usize, f64),
    /// The same value in all rows.
    Fixed(usize, Column),
    Swapped(usize, usize),
}

/// What the model did with a case.
#[derive(Serialize, Deserialize)]
struct Tried {
    /// Of each row that is nonsense in this case whether it was accepted silently.
    silent: Vec<Option<bool>>,
    flip_rate: Option<f64>,
    /// None when the model refused it.
    level: Option<StressLevel>,
}

/// A feature's number column and its observed range.
struct Range<'a> {
    feature: usize,
    kind: NumberKind,
    values: &'a [f64],
    low: f64,
    high: f64,
}

pub(super) fn measure(stress: &Stress<'_>, scales: &Scales) -> Result<Accepted, StageError> {
    let rerun = stress.rerun;
    let ranges = ranges(rerun, scales);
    let (cases, swaps_left_out) = cases(rerun, scales, &ranges, stress.params.swaps as usize);
    let rows = rerun.rows.len();
    let sure = Confidence::new(rerun, stress.params.confidence_slack);
    let (mut accepted, mut asked) = (vec![0u64; rows], vec![0u64; rows]);
    let mut out = Vec::with_capacity(cases.len());
    let tried = stress.progress.ctx.blocks("nonsense", cases.len(), |at| {
        let case = &cases[at].1;
        let scores = match rerun.predict(&|chunk| changes(chunk, case), &stress.progress) {
            Ok(scores) => Some(scores),
            Err(RerunError::Refused(_)) => None,
            Err(RerunError::Stopped(e)) => return Err(e),
        };
        let taken = |row: usize| scores.as_ref().is_some_and(|s| sure.is_kept(rerun, s, row));
        let nonsense = nonsense_rows(rerun, case, &ranges);
        let silent = nonsense.iter().enumerate().map(|(row, is)| is.then(|| taken(row))).collect();
        let flip_rate = scores.as_ref().and_then(|s| stress.flips(s));
        let level = scores.map(|s| stress.level(0.0, &[s])).transpose()?;
        Ok(Tried { silent, flip_rate, level })
    })?;
    for ((kind, case), tried) in cases.iter().zip(tried) {
        let Tried { silent: taken, flip_rate, level } = tried;
        for (row, taken) in taken.iter().enumerate().filter_map(|(row, taken)| Some((row, (*taken)?))) {
            asked[row] += 1;
            accepted[row] += u64::from(taken);
        }
        let count = taken.iter().flatten().count() as u64;
        let silent = taken.iter().flatten().filter(|taken| **taken).count() as u64;
        let features = case.features().into_iter().map(|f| rerun.name(f).to_owned()).collect();
        out.push(Nonsense {
            kind: (*kind).to_owned(),
            features,
            rows: count,
            refused: level.is_none(),
            value: level.as_ref().map(|l| l.value),
            drop: level.map_or_else(|| Estimate::not_estimable(rows as u64), |l| l.drop),
            flip_rate,
            silent: share(silent, count),
        });
    }
    let shares: Vec<f64> =
        accepted.iter().zip(&asked).filter(|(_, n)| **n > 0).map(|(k, n)| *k as f64 / *n as f64).collect();
    let silent = (!shares.is_empty()).then(|| within(mean_t(&shares)));
    Ok(Accepted { cases: out, swaps_left_out, silent })
}

/// The interval of a share stays one.
fn within(e: Estimate) -> Estimate {
    Estimate { low: e.low.map(|v| v.max(0.0)), high: e.high.map(|v| v.min(1.0)), ..e }
}

fn ranges<'a>(rerun: &Rerun<'a>, scales: &Scales) -> Vec<Range<'a>> {
    let subject = rerun.subject;
    let of = |feature: usize| {
        let Values::Number { kind, values } = &subject.table.columns()[subject.feature_columns[feature]].values else {
            return None;
        };
        let known = || values.iter().copied().filter(|v| v.is_finite());
        let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
        (low <= high).then_some(Range { feature, kind: *kind, values, low, high })
    };
    (0..rerun.features()).filter(|f| scales.is_number(*f)).filter_map(of).collect()
}

/// The cases, and how many pairs of numbers are not swapped.
fn cases(rerun: &Rerun<'_>, scales: &Scales, ranges: &[Range<'_>], most: usize) -> (Vec<(&'static str, Case)>, u64) {
    let mut all = Vec::new();
    for r in ranges {
        let width = if r.high > r.low { r.high - r.low } else { r.high.abs().max(1.0) };
        let fixed = |v: f64| Case::Fixed(r.feature, Column::number(String::new(), r.kind, vec![v]));
        all.push(("unit-x10", Case::Unit(r.feature, 10.0)));
        all.push(("unit-x1000", Case::Unit(r.feature, 1000.0)));
        for (kind, value) in [("above-range", r.high + width), ("below-range", r.low - width)] {
            if value.is_finite() {
                all.push((kind, fixed(value)));
            }
        }
    }
    let mut pairs = pairs(ranges);
    let left_out = pairs.len().saturating_sub(most) as u64;
    pairs.truncate(most);
    all.extend(pairs.into_iter().map(|(a, b)| ("swapped", Case::Swapped(a, b))));
    let subject = rerun.subject;
    for feature in (0..rerun.features()).filter(|f| !scales.is_number(*f)) {
        let column = &subject.table.columns()[subject.feature_columns[feature]];
        all.extend(unseen(column).map(|cell| ("unseen-category", Case::Fixed(feature, cell))));
    }
    (all, left_out)
}

/// Pairs of numbers of the same kind, those that share most of their ranges first: the ones that are easily taken for each other.
fn pairs(ranges: &[Range<'_>]) -> Vec<(usize, usize)> {
    let shared = |a: &Range<'_>, b: &Range<'_>| {
        let all = a.high.max(b.high) - a.low.min(b.low);
        if all > 0.0 { ((a.high.min(b.high) - a.low.max(b.low)) / all).max(0.0) } else { 0.0 }
    };
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, a) in ranges.iter().enumerate().filter(|(_, r)| r.kind != NumberKind::Time) {
        let like = ranges[i + 1..].iter().filter(|b| b.kind == a.kind);
        pairs.extend(like.map(|b| (shared(a, b), a.feature, b.feature)));
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    pairs.into_iter().map(|p| (p.1, p.2)).collect()
}

/// A cell that the column never held; `None` for booleans and for a column without values.
fn unseen(column: &Column) -> Option<Column> {
    match &column.values {
        Values::Number { kind: NumberKind::Bool, .. } => None,
        Values::Number { kind, values } => {
            let high = values.iter().copied().filter(|v| v.is_finite()).fold(f64::NEG_INFINITY, f64::max);
            high.is_finite().then(|| Column::number(String::new(), *kind, vec![(high + 1.0).ceil()]))
        }
        Values::Text { dictionary, .. } => {
            let mut name = "unseen".to_owned();
            while dictionary.contains(&name) {
                name.push('*');
            }
            Some(Column::text("", [Some(name)]))
        }
    }
}

impl Case {
    fn features(&self) -> Vec<usize> {
        match self {
            Self::Unit(f, _) | Self::Fixed(f, _) => vec![*f],
            Self::Swapped(a, b) => vec![*a, *b],
        }
    }
}

fn changes(chunk: &Chunk<'_>, case: &Case) -> Changes {
    let numbers = |feature: usize| chunk.column(feature).numbers().unwrap_or_default();
    let like = |feature: usize, values: Vec<f64>| match &chunk.column(feature).values {
        Values::Number { kind, .. } => Column::number(String::new(), *kind, values),
        Values::Text { .. } => Column::number(String::new(), NumberKind::Float, values),
    };
    match case {
        // What is missing stays missing.
        Case::Unit(f, by) => vec![(*f, like(*f, numbers(*f).iter().map(|v| v * by).collect()))],
        Case::Fixed(f, cell) => vec![(*f, cell.take(&vec![0; chunk.len()]))],
        Case::Swapped(a, b) => vec![(*a, like(*a, numbers(*b).to_vec())), (*b, like(*b, numbers(*a).to_vec()))],
    }
}

/// Rows of the run in which a new cell lies outside of what was observed.
fn nonsense_rows(rerun: &Rerun<'_>, case: &Case, ranges: &[Range<'_>]) -> Vec<bool> {
    let range = |feature: usize| ranges.iter().find(|r| r.feature == feature);
    let outside = |r: &Range<'_>, v: f64| v.is_finite() && (v < r.low || v > r.high);
    let of = |row: usize| match case {
        Case::Unit(f, by) => range(*f).is_some_and(|r| outside(r, r.values[row] * by)),
        Case::Fixed(..) => true,
        Case::Swapped(a, b) => match (range(*a), range(*b)) {
            (Some(a), Some(b)) => outside(a, b.values[row]) || outside(b, a.values[row]),
            _ => false,
        },
    };
    rerun.rows.iter().map(|row| of(*row as usize)).collect()
}

/// How sure the model was of the rows themselves.
struct Confidence {
    regression: bool,
    /// Lowest and highest answer to the real rows.
    range: (f64, f64),
    slack: f64,
}

impl Confidence {
    fn new(rerun: &Rerun<'_>, slack: f64) -> Self {
        let values = &rerun.baseline.values;
        let range = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        let unit = match rerun.subject.prediction.kind {
            ScoreKind::Probability | ScoreKind::Label | ScoreKind::Value => 1.0,
            ScoreKind::Decision => {
                let tops: Vec<f64> = (0..rerun.rows.len()).map(|r| top(&rerun.baseline, r)).collect();
                let mean = tops.iter().sum::<f64>() / tops.len() as f64;
                (tops.iter().map(|t| (t - mean) * (t - mean)).sum::<f64>() / tops.len() as f64).sqrt()
            }
        };
        Self { regression: rerun.subject.task == Task::Regression, range, slack: slack * unit }
    }

    /// Whether a new answer is as confident as the one to the row itself.
    fn is_kept(&self, rerun: &Rerun<'_>, scores: &Scores, row: usize) -> bool {
        if self.regression {
            let value = scores.row(row)[0];
            return self.range.0 <= value && value <= self.range.1;
        }
        top(scores, row) >= top(&rerun.baseline, row) - self.slack
    }
}

fn top(scores: &Scores, row: usize) -> f64 {
    scores.row(row).iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
