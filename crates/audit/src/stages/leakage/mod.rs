#![doc = include_str!("README.md")]

mod findings;
mod identifiers;
mod measure;
mod others;
mod params;
pub mod report;
mod same;
mod shared;

pub use params::Params;
pub use report::Report;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// Signs that the model, or its test, was told the answer.
#[derive(Clone, Copy, Debug)]
pub struct Leakage;

impl Stage for Leakage {
    const ID: &'static str = "leakage";
    const VERSION: u32 = 1;
    const CHECKS: &'static [&'static str] = &[
        "LEAK-FEATURE",
        "LEAK-IDENTIFIER",
        "LEAK-SHARED-ROWS",
        "LEAK-NEAR-DUPLICATES",
        "LEAK-SHARED-IDS",
        "LEAK-TIME-OVERLAP",
        "LEAK-BATCH",
        "LEAK-DETERMINISM",
    ];
    type Params = Params;
    type Report = Report;

    fn applies(_: &Subject, _: &Params) -> Result<(), &'static str> {
        Ok(())
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let rows = subject.rows() as u64;
        let features = subject.feature_columns.len() as u64;
        let reference = subject.reference.as_ref().map_or(0, |r| r.table.rows() as u64);
        let single = rows.min(params.single_rows as u64);
        let sort = rows * u64::from(rows.max(2).ilog2());
        let trees = features * (sort + 4 * u64::from(params.depth + 1) * rows);
        let hashes = if reference > 0 { 6 * features * (rows + reference) } else { 0 };
        Cost { predicted_rows: if subject.has_model { 4 * single } else { 0 }, row_operations: trees + hashes }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::findings(report, subject, policy)
    }
}

#[cfg(test)]
mod tests;
