//! Decisions within strata.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// Odds of the favourable decision of a group against the reference group, among rows that are alike in some columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditional {
    /// Attribute.
    pub attribute: String,
    /// Columns whose values make the strata; numbers with more than ten values by quartile.
    pub columns: Vec<String>,
    /// Group.
    pub group: String,
    /// Reference group.
    pub reference: String,
    /// Strata with rows of either group.
    pub strata: u64,
    /// Strata that say something: both groups and both decisions occur.
    pub informative: u64,
    /// Rows left out because a value is unknown.
    pub unknown: u64,
    /// Odds ratio without strata (log method of Woolf).
    pub crude: Estimate,
    /// Common odds ratio over the strata (Mantel and Haenszel 1959; variance of Robins, Breslow and Greenland 1986).
    pub common: Estimate,
    /// Cochran-Mantel-Haenszel test that the common odds ratio is 1, without continuity correction.
    pub p_raw: Option<f64>,
    /// The same, BH-adjusted over all groups and attributes.
    pub p_adjusted: Option<f64>,
    /// Test that the odds ratio is the same in all strata.
    pub homogeneity: Option<Homogeneity>,
    /// The strata, largest first; empty when they are more than the largest number of groups.
    pub tables: Vec<Stratum>,
}

/// Breslow and Day's (1980) test with Tarone's (1985) correction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Homogeneity {
    /// Statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees: f64,
    /// P-value.
    pub p: f64,
}

/// Selection rates in one stratum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Values of the columns.
    pub name: String,
    /// Rows of both groups.
    pub n: u64,
    /// Selection rate of the group and of the reference; not estimable below 10 rows.
    pub rates: [Estimate; 2],
}
