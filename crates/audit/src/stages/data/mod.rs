#![doc = include_str!("README.md")]

mod cells;
mod findings;
mod measure;
mod params;
pub mod report;

pub use params::Params;
pub use report::Report;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// Profile of the audited table.
pub struct Data;

impl Stage for Data {
    const ID: &'static str = "data";
    const VERSION: u32 = 3;
    const CHECKS: &'static [&'static str] = &[
        "DATA-CONSTANT",
        "DATA-DUPLICATES",
        "DATA-CONFLICTING-LABELS",
        "DATA-MISSING",
        "DATA-CORRELATED",
        "DATA-MINORITY",
        "DATA-OUTLIERS",
        "DATA-CATEGORY-VARIANTS",
        "DATA-SYMBOLS-ONLY",
        "DATA-NULL-SPELLINGS",
        "DATA-MIXED-TYPES",
    ];
    type Params = Params;
    type Report = Report;

    fn applies(_: &Subject, _: &Params) -> Result<(), &'static str> {
        Ok(())
    }

    fn cost(subject: &Subject, _: &Params) -> Cost {
        let rows = subject.rows() as u64;
        let columns = subject.table.columns().len() as u64;
        let features = subject.feature_columns.len() as u64;
        let sort = rows * u64::from(rows.max(2).ilog2());
        let pairs = features * features.saturating_sub(1) / 2;
        Cost { predicted_rows: 0, row_operations: sort * (columns + 2) + rows * (2 * columns + 4 * pairs) }
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::judge(report, subject, policy)
    }
}

#[cfg(test)]
mod tests;
