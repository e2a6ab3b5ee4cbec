#![doc = include_str!("README.md")]

mod conformal;
mod findings;
mod measure;
mod params;
pub mod report;
mod split;
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

/// Do prediction sets and intervals hold the truth as often as they promise?
#[derive(Clone, Copy, Debug)]
pub struct Uncertainty;

impl Stage for Uncertainty {
    const ID: &'static str = "uncertainty";
    const VERSION: u32 = 2;
    const CHECKS: &'static [&'static str] = &["UNC-COVERAGE", "UNC-GROUP-COVERAGE", "UNC-CLASS-COVERAGE"];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, params: &Params) -> Result<(), &'static str> {
        match (subject.task, subject.prediction.kind) {
            (Task::Regression, _) | (_, ScoreKind::Probability) => split::Split::new(subject, params).map(|_| ()),
            _ => Err("no-probability"),
        }
    }

    fn cost(subject: &Subject, _: &Params) -> Cost {
        let rows = subject.rows() as u64;
        let groups = 4 * (1 + subject.roles.protected.len() as u64);
        let each = match subject.task {
            Task::Regression => 40 * subject.feature_columns.len() as u64 + 40,
            // APS adds up the likelier classes for every class.
            Task::Binary | Task::Multiclass => 60 + (subject.classes.len() as u64).pow(2),
        };
        Cost { predicted_rows: 0, row_operations: rows * each * groups }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::findings(report, subject, policy)
    }
}
