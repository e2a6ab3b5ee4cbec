//! Why a filter is refused.

use fine_table::listed;
use serde_json::{Map, Value, json};

/// Why a filter is refused, and where. The message completes "failed to …"; characters count from 0 in the field and from
/// 1 in message and arguments.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("read the filter at character {}: {problem}", .at + 1)]
pub struct FilterError {
    /// Character of the filter, from 0.
    pub at: usize,
    /// What is wrong there.
    pub problem: FilterProblem,
}

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FilterProblem {
    /// More characters than allowed.
    #[error("it has {length} characters; at most {limit} are taken")]
    TooLong {
        /// Characters given.
        length: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// More parentheses and negations inside of each other than allowed.
    #[error("more than {limit} parentheses and negations stand inside of each other")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
    /// No name of a column where one must stand.
    #[error(
        "the name of a column is expected; write names with other signs than letters, digits, _, - and . in double quotes"
    )]
    NoColumn,
    /// A column without a condition on it.
    #[error("a condition is expected: =, !=, <, <=, >, >=, in (…), is missing")]
    NoCondition,
    /// No value where one must stand.
    #[error("a value is expected: a number, a word, or text in quotes")]
    NoValue,
    /// A list or a group without its end.
    #[error("a closing parenthesis is expected")]
    NotClosed,
    /// A list without its beginning.
    #[error("an opening parenthesis is expected")]
    NotOpened,
    /// `is` and something else.
    #[error("the word missing is expected")]
    NoMissing,
    /// Something that does not continue a finished condition.
    #[error("and, or, or the end of the filter is expected")]
    NoEnd,
    /// Quotes that never close.
    #[error("the text never ends; close its quotes, or double the quotes inside of it")]
    NoQuote,
    /// Not a finite number.
    #[error("{text:?} is not a number")]
    BadNumber {
        /// The text.
        text: String,
    },
    /// No column of the table.
    #[error("there is no column {name:?}; the columns are {}", listed(.available))]
    UnknownColumn {
        /// The name given.
        name: String,
        /// Column names of the table.
        available: Vec<String>,
    },
    /// A column of numbers compared with something else.
    #[error("the column {name:?} holds numbers; compare it with a number, not with {value:?}")]
    NotNumber {
        /// The column.
        name: String,
        /// The value given.
        value: String,
    },
    /// A column of truth values compared with something else.
    #[error("the column {name:?} holds true and false; compare it with one of them, not with {value:?}")]
    NotBool {
        /// The column.
        name: String,
        /// The value given.
        value: String,
    },
    /// A column of text compared with a number.
    #[error("the column {name:?} holds text; write {value} in quotes")]
    NotText {
        /// The column.
        name: String,
        /// The value given.
        value: String,
    },
    /// Smaller and larger mean nothing.
    #[error("the values of the column {name:?} have no order; use =, != or in (…)")]
    NoOrder {
        /// The column.
        name: String,
    },
    /// No row has the text.
    #[error("no row of the column {name:?} holds {value:?}; it holds {}", listed(.available))]
    UnknownValue {
        /// The column.
        name: String,
        /// The value given.
        value: String,
        /// Texts of the column.
        available: Vec<String>,
    },
}

impl FilterError {
    /// Stable id.
    pub fn code(&self) -> &'static str {
        match self.problem {
            FilterProblem::TooLong { .. } => "filter-too-long",
            FilterProblem::TooDeep { .. } => "filter-too-deep",
            FilterProblem::NoColumn => "filter-no-column",
            FilterProblem::NoCondition => "filter-no-condition",
            FilterProblem::NoValue => "filter-no-value",
            FilterProblem::NotClosed => "filter-not-closed",
            FilterProblem::NotOpened => "filter-not-opened",
            FilterProblem::NoMissing => "filter-no-missing",
            FilterProblem::NoEnd => "filter-no-end",
            FilterProblem::NoQuote => "filter-no-quote",
            FilterProblem::BadNumber { .. } => "filter-bad-number",
            FilterProblem::UnknownColumn { .. } => "filter-unknown-column",
            FilterProblem::NotNumber { .. } => "filter-not-number",
            FilterProblem::NotBool { .. } => "filter-not-bool",
            FilterProblem::NotText { .. } => "filter-not-text",
            FilterProblem::NoOrder { .. } => "filter-no-order",
            FilterProblem::UnknownValue { .. } => "filter-unknown-value",
        }
    }

    /// The values of the message, by name; `at` counts from 1.
    pub fn args(&self) -> Map<String, Value> {
        let mut args = match &self.problem {
            FilterProblem::TooLong { length, limit } => json!({"length": length, "limit": limit}),
            FilterProblem::TooDeep { limit } => json!({"limit": limit}),
            FilterProblem::BadNumber { text } => json!({"value": text}),
            FilterProblem::NotNumber { name, value }
            | FilterProblem::NotBool { name, value }
            | FilterProblem::NotText { name, value } => json!({"name": name, "value": value}),
            FilterProblem::UnknownColumn { name, available } => json!({"name": name, "available": available}),
            FilterProblem::NoOrder { name } => json!({"name": name}),
            FilterProblem::UnknownValue { name, value, available } => {
                json!({"name": name, "value": value, "available": available})
            }
            FilterProblem::NoColumn
            | FilterProblem::NoCondition
            | FilterProblem::NoValue
            | FilterProblem::NotClosed
            | FilterProblem::NotOpened
            | FilterProblem::NoMissing
            | FilterProblem::NoEnd
            | FilterProblem::NoQuote => json!({}),
        };
        args["at"] = json!(self.at + 1);
        match args {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}
