#![doc = include_str!("README.md")]

mod curves;
mod findings;
mod measure;
mod params;
pub mod report;
#[cfg(test)]
mod tests;

pub use params::{Direction, Params};

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;
use report::Report;

/// The `sensitivity` stage.
#[derive(Clone, Copy, Debug)]
pub struct Sensitivity;

impl Stage for Sensitivity {
    const ID: &'static str = "sensitivity";
    const VERSION: u32 = 2;
    const CHECKS: &'static [&'static str] = &[findings::FLIP_RATE];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, params: &Params) -> Result<(), &'static str> {
        subject.needs_model()?;
        let possible = subject.rows() > 1 && !subject.feature_columns.is_empty();
        let asked = params.repeats > 0 && !params.levels.is_empty();
        if possible && asked { Ok(()) } else { Err("not-estimable") }
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let features = subject.feature_columns.len() as u64;
        let rows = params.max_rows.min(subject.rows() as u64);
        let perturbed = rows * u64::from(params.repeats) * (2 * params.levels.len() as u64 + features);
        let curves = params.curve_rows.min(rows) * u64::from(params.curve_points) * features;
        Cost { predicted_rows: perturbed + curves, row_operations: perturbed * features }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, _: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::judge(report, policy)
    }
}
