#![doc = include_str!("README.md")]

mod counts;
mod findings;
mod gaps;
mod measure;
mod params;
pub mod report;
#[cfg(test)]
mod tests;

use fine_table::Task;

pub use params::{Params, Scalar, Values};
pub use report::Report;

use crate::finding::Finding;
use crate::groups::Grouping;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::stats::bootstrap::REPLICATES;
use crate::subject::Subject;

/// How decisions differ between groups.
#[derive(Clone, Copy, Debug)]
pub struct Fairness;

impl Stage for Fairness {
    const ID: &'static str = "fairness";
    const VERSION: u32 = 2;
    const CHECKS: &'static [&'static str] = &[
        "FAIR-PARITY-DIFFERENCE",
        "FAIR-SELECTION-RATIO",
        "FAIR-OPPORTUNITY-DIFFERENCE",
        "FAIR-FPR-DIFFERENCE",
        "FAIR-EQUALIZED-ODDS",
    ];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, _: &Params) -> Result<(), &'static str> {
        match subject.task {
            _ if subject.roles.protected.is_empty() => Err("no-protected-attribute"),
            Task::Binary => Ok(()),
            Task::Multiclass | Task::Regression => Err("not-binary"),
        }
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let rows = subject.rows() as u64;
        let mut cost = Cost::default();
        for column in subject.roles.protected.iter().filter_map(|name| subject.table.column(name)) {
            let grouping = Grouping::of(column);
            let groups = grouping.labels.len();
            cost.row_operations += rows * (20 + u64::from(rows.max(2).ilog2())) + (REPLICATES * groups * 40) as u64;
            if params.flips && measure::flips(subject, &column.name, groups, !grouping.edges.is_empty()) {
                cost.predicted_rows += rows * groups as u64;
            }
        }
        cost
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, _: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::findings(report, policy)
    }
}
