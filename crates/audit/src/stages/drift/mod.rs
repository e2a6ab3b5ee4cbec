#![doc = include_str!("README.md")]

mod bins;
mod column;
mod domain;
mod findings;
mod measure;
mod params;
pub mod report;
mod shape;

pub use params::Params;
pub use report::Report;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// The audited rows against the reference rows.
#[derive(Clone, Copy, Debug)]
pub struct Drift;

impl Stage for Drift {
    const ID: &'static str = "drift";
    const VERSION: u32 = 1;
    const CHECKS: &'static [&'static str] = &[
        "DRIFT-PSI",
        "DRIFT-JENSEN-SHANNON",
        "DRIFT-KS",
        "DRIFT-WASSERSTEIN",
        "DRIFT-CRAMER-V",
        "DRIFT-MISSING",
        "DRIFT-NEW-CATEGORIES",
        "DRIFT-RANGE",
        "DRIFT-LABEL",
        "DRIFT-PREDICTION",
        "DRIFT-MULTIVARIATE",
    ];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, _: &Params) -> Result<(), &'static str> {
        if subject.reference.is_some() { Ok(()) } else { Err("no-reference") }
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let reference = subject.reference.as_ref().map_or(0, |r| r.table.rows());
        let rows = (subject.rows() + reference) as u64;
        let features = subject.feature_columns.len() as u64;
        let sorts = 3 * rows * u64::from(rows.max(2).ilog2());
        let fitted = (100_000_000 / (50 * features).max(1)).clamp(1000, 20_000).min(rows);
        let trees = if params.domain { 15 * 50 * (fitted * features + rows / 5) } else { 0 };
        Cost { predicted_rows: 0, row_operations: (features + 3) * (sorts + 10 * rows) + trees }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::findings(report, subject, policy)
    }
}

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
