//! Rows against rows that are like them.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// Consistency (Zemel et al. 2013): how far the answer of a row agrees with those of its nearest neighbours, the row itself
/// not among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consistency {
    /// Neighbours of a row.
    pub neighbours: u64,
    /// Classes: mean share of the neighbours with the same class. Numbers: 1 less the mean distance of the prediction from
    /// the mean of its neighbours', in standard deviations of the predictions. Interval: t over the rows looked up.
    pub value: Estimate,
    /// Rows among which neighbours are sought: all.
    pub rows: u64,
    /// Rows whose neighbours were looked up; fewer than `rows` in a seeded sample stratified by the truth.
    pub looked_up: u64,
    /// Half-width of the 95 % interval that is due to the sample alone; 0 when all rows were looked up.
    pub sampling_error: f64,
    /// Features that make the distance: standardised numbers and one-hot categories.
    pub features: Vec<String>,
    /// Features left out: constant, or text of too many categories.
    pub left_out: Vec<String>,
    /// The same within the groups of each attribute.
    pub groups: Vec<GroupConsistency>,
}

/// Consistency of the rows of one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupConsistency {
    /// Attribute.
    pub attribute: String,
    /// Group value.
    pub group: String,
    /// As [`Consistency::value`].
    pub value: Estimate,
}
