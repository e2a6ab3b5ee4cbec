#![doc = include_str!("README.md")]

mod axes;
mod binary;
mod conditional;
mod consistency;
mod counts;
mod findings;
mod gaps;
mod individual;
mod labels;
mod measure;
mod mitigation;
mod outcomes;
mod params;
mod proxies;
pub mod report;
mod thresholds;
mod values;

use fine_table::Task;

pub use params::{Params, Scalar, Values};
pub use report::Report;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::stats::bootstrap::REPLICATES;
use crate::subject::Subject;

/// How decisions, classes or numbers differ between groups.
#[derive(Clone, Copy, Debug)]
pub struct Fairness;

impl Stage for Fairness {
    const ID: &'static str = "fairness";
    const VERSION: u32 = 4;
    const CHECKS: &'static [&'static str] = &[
        "FAIR-PARITY-DIFFERENCE",
        "FAIR-SELECTION-RATIO",
        "FAIR-OPPORTUNITY-DIFFERENCE",
        "FAIR-FPR-DIFFERENCE",
        "FAIR-EQUALIZED-ODDS",
        "FAIR-INTERSECTION-PARITY",
        "FAIR-INTERSECTION-ODDS",
        "FAIR-LABEL-DISTANCE",
        "FAIR-LABEL-ERRORS",
        "FAIR-PREDICTION-DISTANCE",
        "FAIR-GROUP-LOSS",
        "FAIR-PROXY",
    ];
    type Params = Params;
    type Report = Report;

    fn applies(subject: &Subject, _: &Params) -> Result<(), &'static str> {
        if subject.roles.protected.is_empty() { Err("no-protected-attribute") } else { Ok(()) }
    }

    fn cost(subject: &Subject, params: &Params) -> Cost {
        let (axes, _) = axes::axes(subject, params).unwrap_or_default();
        let rows = subject.rows() as u64;
        let sort = u64::from(rows.max(2).ilog2());
        let by_row = subject.weights.is_some() || subject.roles.entity.is_some();
        let mut cost = Cost::default();
        for axis in &axes {
            let groups = axis.labels().len();
            cost.row_operations += rows * (20 + sort)
                + match subject.task {
                    // Rows that are weighted or belong to entities are drawn themselves, not as counts.
                    Task::Binary if by_row => REPLICATES as u64 * rows * 2,
                    Task::Multiclass if by_row => REPLICATES as u64 * rows * 2 * (2 + 2 * subject.classes.len() as u64),
                    Task::Regression if by_row => REPLICATES as u64 * rows * 8 + rows * groups as u64 * sort,
                    Task::Binary => (REPLICATES * groups * 40) as u64,
                    Task::Multiclass => (REPLICATES * groups * 20 * subject.classes.len()) as u64,
                    // All rows are weighted anew in every replicate.
                    Task::Regression => REPLICATES as u64 * rows * 3 + rows * groups as u64 * sort,
                };
            cost.predicted_rows += rows * individual::Wanted::of(subject, params, axis).predictions(groups);
            if axis.is_single() {
                cost.row_operations += if params.tell_attributes { proxies::operations(subject, groups) } else { 0 };
                let remedies = params.mitigation && subject.task == Task::Binary;
                cost.row_operations += if remedies { mitigation::operations(subject) } else { 0 };
            }
        }
        cost.row_operations += consistency::operations(subject, params.consistency_rows);
        cost
    }

    fn run(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
        measure::measure(subject, params, ctx)
    }

    fn findings(report: &Report, subject: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
        findings::findings(report, subject.task, policy)
    }
}

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod sampling_tests;
#[cfg(test)]
mod tests;
