#![doc = include_str!("README.md")]

mod corp;
mod findings;
mod measure;
mod params;
pub mod report;
mod score;
#[cfg(test)]
mod tests;

use fine_model::ScoreKind;
use fine_table::Task;

pub use params::Params;
pub use report::Report;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// Do the probabilities mean what they say?
#[derive(Clone, Copy, Debug)]
pub struct Calibration;

impl Stage for Calibration {
    const ID: &'static str = "calibration";
    const VERSION: u32 = 2;
    const CHECKS: &'static [&'static str] = &["CAL-ERROR"];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, _: &Params) -> Result<(), &'static str> {
        match (subject.task, subject.prediction.kind) {
            (Task::Regression, _) | (_, ScoreKind::Probability) => Ok(()),
            _ => Err("no-probability"),
        }
    }

    fn cost(subject: &Subject, _: &Params) -> Cost {
        let rows = subject.rows() as u64;
        let scores = match subject.task {
            Task::Regression => return Cost { predicted_rows: 0, row_operations: 12 * rows },
            Task::Binary => 1,
            Task::Multiclass => subject.classes.len() as u64 + 1,
        };
        let simulations = (20_000_000 / rows.max(1)).clamp(100, 1000);
        Cost { predicted_rows: 0, row_operations: rows * (scores * (simulations * 2 + 60) + 2500) }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::findings(report, subject, policy)
    }
}
