#![doc = include_str!("README.md")]

mod association;
mod attribution;
mod dependence;
mod findings;
mod global;
#[cfg(test)]
mod linear_tests;
mod local;
mod measure;
mod params;
mod permutation;
pub mod report;
#[cfg(test)]
mod tests;

pub use params::Params;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;
use report::Report;

/// The `explain` stage.
#[derive(Clone, Copy, Debug)]
pub struct Explain;

impl Stage for Explain {
    const ID: &'static str = "explain";
    const VERSION: u32 = 2;
    const CHECKS: &'static [&'static str] = &[findings::ADDITIVITY, findings::PROTECTED_TOP, findings::UNUSED];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, params: &Params) -> Result<(), &'static str> {
        subject.needs_model()?;
        let possible = subject.rows() > 1 && !subject.feature_columns.is_empty();
        let asked = params.repeats > 0 && params.background_rows > 0 && params.sampler_rows > 0;
        if possible && asked { Ok(()) } else { Err("not-estimable") }
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        measure::cost(subject, params)
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::judge(report, subject, policy)
    }
}
