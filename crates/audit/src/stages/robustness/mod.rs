#![doc = include_str!("README.md")]

mod findings;
mod measure;
mod params;
pub mod report;
#[cfg(test)]
mod tests;

pub use params::Params;

use fine_table::Task;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;
use report::Report;

/// The `robustness` stage.
#[derive(Clone, Copy, Debug)]
pub struct Robustness;

impl Stage for Robustness {
    const ID: &'static str = "robustness";
    const VERSION: u32 = 1;
    const CHECKS: &'static [&'static str] = &[findings::NOISE_DROP, findings::MISSING_DROP, findings::SINGLE_FEATURE];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, params: &Params) -> Result<(), &'static str> {
        subject.needs_model()?;
        let constant = subject.target.windows(2).all(|w| w[0] == w[1]);
        let possible = subject.rows() > 1 && !subject.feature_columns.is_empty() && params.repeats > 0;
        if !possible || subject.task == Task::Regression && constant { Err("not-estimable") } else { Ok(()) }
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let features = subject.feature_columns.len() as u64;
        let rows = params.max_rows.min(subject.rows() as u64);
        let levels = (params.noise_levels.len() + params.missing_levels.len()) as u64;
        let predicted_rows = rows * (u64::from(params.repeats) * levels + features);
        Cost { predicted_rows, row_operations: predicted_rows * features }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, _: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::judge(report, policy)
    }
}
