//! Monotonicity: steps of individual conditional expectation curves.

use fine_table::{Column, Task};

use super::params::Direction;
use super::{Params, Sensitivity};
use crate::rerun::noise::Scales;
use crate::rerun::{Progress, Rerun, Scores, sample};
use crate::stage::{Stage, StageError};
use crate::subject::Subject;

/// Steps at most this large count as no change.
const FLAT: f64 = 1e-12;
/// Above this share of all steps that change anything, those against the main direction make it `mixed`.
const MIXED: f64 = 1.0 / 3.0;

/// How the score follows one feature.
pub(super) struct Curve {
    pub(super) direction: &'static str,
    /// Share of all steps that go against the declared direction, or the main one.
    pub(super) violations: f64,
    pub(super) declared: Option<Direction>,
}

/// Curves of all features, and the rows behind them.
pub(super) struct Curves {
    pub(super) rows: u64,
    pub(super) features: Vec<Option<Curve>>,
}

/// Moves each numeric feature along its quantile grid for a sample of rows and counts steps of the score up and down.
/// `None` for categories, and for multiclass models, whose classes have directions of their own.
pub(super) fn measure(
    subject: &Subject,
    params: &Params,
    scales: &Scales,
    progress: &Progress<'_>,
) -> Result<Curves, StageError> {
    let asked = params.curve_rows.min(params.max_rows);
    if subject.task == Task::Multiclass || asked == 0 {
        return Ok(Curves { rows: 0, features: subject.feature_columns.iter().map(|_| None).collect() });
    }
    let rows = sample::stratified(subject, asked, &format!("{}/curves", Sensitivity::ID));
    let rerun = Rerun::of_rows(subject, rows)?;
    let features = (0..rerun.features())
        .map(|feature| {
            if !scales.is_number(feature) {
                return Ok(None);
            }
            let grid = scales.grid(feature, params.curve_points as usize);
            let runs = rerun.repeat(
                grid.len() as u32,
                &|chunk, point| {
                    let source = chunk.column(feature);
                    vec![(feature, at_value(source, grid[point as usize]))]
                },
                progress,
            )?;
            Ok(Some(curve(&rerun, &runs, params.monotone.get(rerun.name(feature)).copied())))
        })
        .collect::<Result<_, StageError>>()?;
    Ok(Curves { rows: rerun.rows.len() as u64, features })
}

fn at_value(source: &Column, value: f64) -> Column {
    let kind = match &source.values {
        fine_table::Values::Number { kind, .. } => *kind,
        fine_table::Values::Text { .. } => fine_table::NumberKind::Float,
    };
    Column::number(String::new(), kind, vec![value; source.len()])
}

fn curve(rerun: &Rerun<'_>, runs: &[Scores], declared: Option<Direction>) -> Curve {
    let class = if rerun.subject.task == Task::Binary { rerun.subject.positive } else { 0 };
    let (mut up, mut down, mut steps) = (0u64, 0u64, 0u64);
    for pair in runs.windows(2) {
        for row in 0..rerun.rows.len() {
            let step = pair[1].row(row)[class] - pair[0].row(row)[class];
            steps += 1;
            up += u64::from(step > FLAT);
            down += u64::from(step < -FLAT);
        }
    }
    let against = match declared {
        Some(Direction::Increasing) => down,
        Some(Direction::Decreasing) => up,
        None => up.min(down),
    };
    let direction = match up + down {
        0 => "flat",
        moved if up.min(down) as f64 > MIXED * moved as f64 => "mixed",
        _ if up >= down => "increasing",
        _ => "decreasing",
    };
    Curve { direction, declared, violations: if steps == 0 { 0.0 } else { against as f64 / steps as f64 } }
}
