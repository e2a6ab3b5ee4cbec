//! Counterfactuals: the smallest plausible changes of one row that change the model's answer.
//!
//! The search is deterministic and knows nothing of the model but its answers: single changes first, then pairs, then triples
//! of the most promising ones, each tried at values that were observed in that column. Every counterfactual that is given was
//! predicted again on its own.
//!
//! - *Sparse*: no more features change than have to, and never more than [`Params::changes`].
//! - *Plausible*: a number takes a value that some audited row has (so whole numbers stay whole, and nothing leaves the observed
//!   range), a category is one that was observed, and nothing becomes missing. Protected attributes and the features that
//!   [`Params::immutable`] names never change.
//!   A number may be told to rise or to fall only, and a distance may be set that no counterfactual exceeds.
//! - *Diverse*: no two counterfactuals of a row change the same feature.
//! - *Near*: the distance is the sum over changed features of the share of audited rows that lie between the two values
//!   (categories, and cells that were missing: 1), as in Gower's coefficient (1971) with ranks for ranges.
//!
//! Combinations of changes are searched greedily (a beam), so nothing nearer is ruled out by them. Only [`Search::seek`] with room
//! for every observed value says more: then no other single change by an observed value is nearer, or none suffices.
//!
//! Wachter, Mittelstadt and Russell (2018), Counterfactual explanations without opening the black box; Mothilal, Sharma and Tan
//! (2020), Explaining machine learning classifiers through diverse counterfactual explanations; Karimi et al. (2020),
//! Model-agnostic counterfactual explanations for consequential decisions.

mod aim;
mod case;
pub(crate) mod near;
mod search;
pub(crate) mod space;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub(crate) use case::display;
pub use case::{Case, CaseError, Cell};
pub use search::Search;
pub(crate) use search::{Extent, Reached};

use crate::stage::StageError;
use crate::subject::Subject;

/// What is searched for, and how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Features that never change, besides the protected attributes.
    pub immutable: Vec<String>,
    /// Protected attributes that may change all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<String>,
    /// Numbers that may only become larger.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_rise: Vec<String>,
    /// Numbers that may only become smaller.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_fall: Vec<String>,
    /// Counterfactuals a row.
    pub answers: u32,
    /// Features that one counterfactual may change.
    pub changes: u32,
    /// Values tried a feature: evenly spaced ranks of numbers, the most frequent categories.
    pub values: u32,
    /// Most predictions a row.
    pub queries: u64,
    /// Largest distance of a counterfactual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_distance: Option<f64>,
    /// What the answer shall become; any other class when left out. A regression has to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            immutable: Vec::new(),
            open: Vec::new(),
            only_rise: Vec::new(),
            only_fall: Vec::new(),
            answers: 3,
            changes: 3,
            values: 10,
            queries: 4_000,
            max_distance: None,
            goal: None,
        }
    }
}

/// What the answer shall become.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// This class.
    Class(String),
    /// A predicted number that is not below this.
    AtLeast(f64),
    /// A predicted number that is not above this.
    AtMost(f64),
    /// A predicted number from the first to the second, both included.
    Between(f64, f64),
}

/// What the model says of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Predicted class; `None` for regression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Score of the positive class (binary) or of the predicted class (multiclass), or the predicted number.
    pub score: f64,
}

/// One cell that changes, as a person would write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Feature.
    pub feature: String,
    /// Before; `None` when missing.
    pub from: Option<String>,
    /// After.
    pub to: String,
}

/// Changes that together reach the goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counterfactual {
    /// In the model's order of features.
    pub changes: Vec<Change>,
    /// Sum over the changes of the share of audited rows between the two values.
    pub distance: f64,
    /// What the model says then; predicted again on its own.
    pub outcome: Outcome,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What the model says of the row as it is.
    pub start: Outcome,
    /// Fewest changes first, then nearest; no two change the same feature.
    pub found: Vec<Counterfactual>,
    /// Predictions used.
    pub queries: u64,
    /// False when the budget ended before the search did.
    pub complete: bool,
    /// Why nothing was found: `already-there`, `nothing-found`, `budget-used`, `model-refused`, `nothing-may-change`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Searches counterfactuals of one row, which need not be an audited one. Keep a [`Search`] for many rows.
///
/// # Errors
/// As [`Search::new`] and [`Search::find`].
pub fn search(subject: &Subject, case: &Case, params: &Params) -> Result<Answer, StageError> {
    Search::new(subject, params)?.find(case, &|_| Ok(()))
}
