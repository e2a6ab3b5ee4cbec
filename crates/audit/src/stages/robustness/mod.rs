#![doc = include_str!("README.md")]

mod adversarial;
mod cost;
mod findings;
mod measure;
mod nonsense;
mod params;
pub mod report;
mod resilience;
mod stress;
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
    const VERSION: u32 = 2;
    const CHECKS: &'static [&'static str] = &[
        findings::NOISE_DROP,
        findings::MISSING_DROP,
        findings::SINGLE_FEATURE,
        findings::SILENT,
        findings::OUTER_DROP,
        findings::ADVERSARIAL,
        findings::CERTIFIED,
    ];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, params: &Params) -> Result<(), &'static str> {
        subject.needs_model()?;
        let constant = subject.target.windows(2).all(|w| w[0] == w[1]);
        let possible = subject.rows() > 1 && !subject.feature_columns.is_empty() && params.repeats > 0;
        if !possible || subject.task == Task::Regression && constant { Err("not-estimable") } else { Ok(()) }
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let parts = cost::parts(subject, params);
        let sum = |of: fn(&report::PartCost) -> u64| parts.iter().map(of).sum();
        Cost { predicted_rows: sum(|p| p.predicted_rows), row_operations: sum(|p| p.row_operations) }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::judge(report, subject.task, policy)
    }
}
