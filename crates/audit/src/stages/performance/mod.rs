#![doc = include_str!("README.md")]

mod challengers;
mod classification;
mod curves;
mod degradation;
mod findings;
mod params;
mod ranking;
mod regression;
pub mod report;
mod resample;
mod sample;
#[cfg(test)]
mod tests;

use fine_table::Task;

pub use params::Params;
pub use report::Report;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// How good the predictions are.
#[derive(Clone, Copy, Debug)]
pub struct Performance;

impl Stage for Performance {
    const ID: &'static str = "performance";
    const VERSION: u32 = 2;
    const CHECKS: &'static [&'static str] = &["PERF-BEATS-DUMMY", "PERF-TREE-GAIN", "PERF-AUC", "PERF-DEGRADATION"];
    type Params = Params;
    type Report = Report;

    fn applies(_: &Subject, _: &Params) -> Result<(), &'static str> {
        Ok(())
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let (rows, classes) = (subject.rows() as u64, subject.classes.len().max(1) as u64);
        let sorts = classes * classes * rows * u64::from(rows.max(2).ilog2());
        let replicates = 2500 * rows * (3 + classes.min(10));
        let features = subject.feature_columns.len() as u64;
        let tree = if params.tree { 15 * rows * features } else { 0 };
        let outputs = if classes <= 2 { 1 } else { classes };
        let fitted = (100_000_000 / (50 * outputs * features).max(1)).clamp(1000, 20_000).min(rows);
        let boosting = if params.boosting { 15 * 50 * outputs * (fitted * features + rows / 5) } else { 0 };
        Cost { predicted_rows: 0, row_operations: sorts + replicates + tree + boosting }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        match subject.task {
            Task::Regression => regression::measure(subject, params, ctx),
            Task::Binary | Task::Multiclass => classification::measure(subject, params, ctx),
        }
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::findings(report, subject, policy)
    }
}
