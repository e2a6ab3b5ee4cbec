#![doc = include_str!("README.md")]

mod findings;
mod params;
pub mod report;
#[cfg(test)]
mod tests;

pub use params::Params;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;
use report::Report;

/// The `model-file` stage.
#[derive(Clone, Copy, Debug)]
pub struct ModelFile;

impl Stage for ModelFile {
    const ID: &'static str = "model-file";
    const VERSION: u32 = 1;
    const CHECKS: &'static [&'static str] =
        &[findings::DANGEROUS_CALL, findings::CUSTOM_CODE, findings::LIBRARY_VERSION];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, _: &Params) -> Result<(), &'static str> {
        subject.needs_model()
    }

    fn cost(_: &Subject, _: &Params) -> Cost {
        Cost { predicted_rows: 0, row_operations: 1 }
    }

    fn run(subject: &Subject, _: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        let report = Report {
            facts: subject.model.facts.clone(),
            features: subject.model.features.clone(),
            classes: subject.classes.clone(),
            proof: subject.proof.clone(),
        };
        ctx.tick(1, 1)?;
        Ok(report)
    }

    fn findings(report: &Report, _: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::judge(report, policy)
    }
}
