#![doc = include_str!("README.md")]

mod confidence;
mod confirm;
mod findings;
mod found;
mod maps;
mod measure;
mod params;
pub mod report;
mod search;
#[cfg(test)]
mod tests;

pub use params::{Loss, Params};
pub use report::Report;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// Where is the model worse than elsewhere?
#[derive(Clone, Copy, Debug)]
pub struct Slices;

impl Stage for Slices {
    const ID: &'static str = "slices";
    const VERSION: u32 = 2;
    const CHECKS: &'static [&'static str] = &["SLICE-LOSS"];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, params: &Params) -> Result<(), &'static str> {
        measure::defined(subject, params.loss)?;
        // Two halves that each have room for a slice and as many rows beside it.
        if (subject.rows() as u64) < 4 * measure::SUPPORT { Err("too-few-rows") } else { Ok(()) }
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let rows = subject.rows() as u64;
        let columns = (subject.feature_columns.len() + subject.roles.protected.len()) as u64;
        let features = columns.min(measure::FEATURES as u64);
        let bins = features * params.bins() as u64;
        // One word of 64 rows is one operation; bounds spare most of the triples.
        let words = rows / 128 + 1;
        let conjunctions = bins * bins / 2 * if params.predicates() > 2 { 1 + bins / 12 } else { 1 };
        Cost { predicted_rows: 0, row_operations: rows * (60 * columns + 200) + conjunctions * words }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, _: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::findings(report, policy)
    }
}
