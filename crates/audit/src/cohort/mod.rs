//! Rows that fulfil a condition, and how good the model is on them.
//!
//! A filter is a condition on columns:
//!
//! ```text
//! filter    = all { "or" all }
//! all       = one { "and" one }
//! one       = "not" one | "(" filter ")" | column condition
//! condition = ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
//!           | [ "not" ] "in" "(" value { "," value } ")"
//!           | "is" [ "not" ] "missing"
//! column    = word | quoted
//! value     = number | word | quoted
//! ```
//!
//! Words hold letters, digits, `_`, `-` and `.`, and begin with a letter or `_`; quotes are `"`, `'` or `` ` ``, doubled
//! inside. The key words may be written in capitals. `==` and `<>` are other forms of `=` and `!=`. A comparison with a
//! missing cell does not hold, so that `!=` and `not` let missing cells in (as in pandas). Text is compared exactly and has
//! no order. Nothing in a filter is ever run: it is a tree of tests on columns.

mod bind;
mod error;
mod expr;
mod parse;
pub mod report;
#[cfg(test)]
mod tests;

use fine_model::Prediction;
use fine_table::Table;

pub use error::{FilterError, FilterProblem};
pub use report::{Cohort, Part};

use crate::stage::{Context, Stage, StageError};
use crate::stages::performance::{Params, Performance};
use crate::subject::{MIN_ROWS, Subject};
use expr::Expr;
use parse::Fault;

/// A condition on the rows of a table.
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    expr: Expr,
}

impl Filter {
    /// Reads a filter of at most 2 000 characters and 32 levels.
    ///
    /// # Errors
    /// The first place where it breaks the rules.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        match parse::parse(text) {
            Ok(expr) => Ok(Self { text: text.to_owned(), expr }),
            Err(fault) => Err(located(text, fault)),
        }
    }

    /// Which rows of the table fulfil the condition.
    ///
    /// # Errors
    /// A column that the table does not have, or a value that its column cannot hold.
    pub fn mask(&self, table: &Table) -> Result<Vec<bool>, FilterError> {
        bind::mask(&self.expr, table).map_err(|fault| located(&self.text, fault))
    }
}

/// The filter as it was understood.
impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.expr.fmt(f)
    }
}

fn located(text: &str, fault: Fault) -> FilterError {
    FilterError { at: text[..fault.at].chars().count(), problem: fault.problem }
}

/// Why there is no answer about a cohort.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CohortError {
    /// The filter is refused.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Stopped, or a statistic failed.
    #[error(transparent)]
    Stage(#[from] StageError),
}

/// Measures the model on the rows that fulfil a condition and on all others. Fewer than [`MIN_ROWS`] rows are counted only.
///
/// # Errors
/// A refused filter, or [`CohortError::Stage`] when asked to stop.
pub fn measure(subject: &Subject, filter: &str, ctx: &Context<'_>) -> Result<Cohort, CohortError> {
    let filter = Filter::parse(filter)?;
    let mask = filter.mask(&subject.table)?;
    let rows = |wanted: bool| -> Vec<u32> {
        mask.iter().zip(0u32..).filter(|(own, _)| **own == wanted).map(|(_, row)| row).collect()
    };
    let (inside, outside) = (rows(true), rows(false));
    Ok(Cohort {
        filter: filter.to_string(),
        rows: subject.rows() as u64,
        share: inside.len() as f64 / subject.rows().max(1) as f64,
        inside: part(subject, &inside, ctx)?,
        outside: part(subject, &outside, ctx)?,
    })
}

fn part(subject: &Subject, rows: &[u32], ctx: &Context<'_>) -> Result<Part, StageError> {
    let n = rows.len() as u64;
    if rows.len() < MIN_ROWS {
        return Ok(Part { n, metrics: Vec::new(), reason: Some("not-estimable".to_owned()) });
    }
    let params = Params { tree: false, boosting: false, ..Params::default() };
    let report = Performance::run(&taken(subject, rows), &params, ctx)?;
    Ok(Part { n, metrics: report.metrics, reason: None })
}

/// The subject of some rows alone, without reference data.
fn taken(subject: &Subject, rows: &[u32]) -> Subject {
    let at = |row: &u32| *row as usize;
    let Prediction { width, kind, scores, labels, .. } = &subject.prediction;
    let prediction = Prediction {
        rows: rows.len(),
        width: *width,
        kind: *kind,
        scores: rows.iter().flat_map(|row| scores[at(row) * width..][..*width].iter().copied()).collect(),
        labels: rows.iter().filter_map(|row| labels.get(at(row)).copied()).collect(),
    };
    Subject {
        table: subject.table.take(rows),
        reference: None,
        target: rows.iter().map(|row| subject.target[at(row)]).collect(),
        weights: subject.weights.as_ref().map(|weights| rows.iter().map(|row| weights[at(row)]).collect()),
        prediction,
        ..subject.clone()
    }
}
