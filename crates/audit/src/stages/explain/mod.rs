#![doc = include_str!("README.md")]

pub(crate) mod ale;
mod association;
mod attribution;
pub(crate) mod dependence;
pub(crate) mod explainer;
mod findings;
mod global;
mod hstat;
mod interactions;
#[cfg(test)]
mod linear_tests;
mod local;
mod measure;
mod params;
mod permutation;
mod prototypes;
mod reasons;
pub mod report;
#[cfg(test)]
mod row_tests;
#[cfg(test)]
mod shape_tests;
#[cfg(test)]
mod tests;
mod trust;

pub use params::{Params, Scale, TreeValue};

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
    const VERSION: u32 = 3;
    const CHECKS: &'static [&'static str] =
        &[findings::ADDITIVITY, findings::PROTECTED_TOP, findings::PROXY_TOP, findings::UNUSED];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, params: &Params) -> Result<(), &'static str> {
        subject.needs_model()?;
        if explainer::scale_is_refused(subject, params) {
            return Err("probability-not-exact");
        }
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
