//! What stands for an attribute.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// How well the other features of the model tell one attribute, by models of our own that did not see the row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proxies {
    /// Attribute.
    pub attribute: String,
    /// The attribute itself is a feature of the model.
    pub is_feature: bool,
    /// Rows with a known group.
    pub rows: u64,
    /// Most rows that one fold was fitted on (a seeded random part, where the work of a fit is bounded).
    pub fitted_rows: u64,
    /// Folds of the cross-fit.
    pub folds: u64,
    /// Why it was not measured.
    pub reason: Option<String>,
    /// The largest separation of [`Proxies::groups`].
    pub separation: Estimate,
    /// The group that is told best.
    pub group: Option<String>,
    /// Of two groups the smaller one; of several each one against all others.
    pub groups: Vec<ProxyGroup>,
    /// Features, by their predictive power for the attribute.
    pub features: Vec<ProxyFeature>,
}

/// How well one group is told from all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProxyGroup {
    /// Group value.
    pub group: String,
    /// ROC AUC of the cross-fitted probabilities (DeLong; by entity where there are entities).
    pub auc: Estimate,
    /// `2 AUC - 1`.
    pub separation: Estimate,
}

/// What one feature says about the attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProxyFeature {
    /// Feature.
    pub feature: String,
    /// Predictive power score of this feature alone (as in the stage `leakage`); `None` where it has none.
    pub power: Option<Estimate>,
    /// Association with the attribute: bias-corrected Cramér's V of categories, correlation ratio of a number.
    pub association: Option<f64>,
    /// `cramer-v` or `correlation-ratio`.
    pub measure: String,
    /// Share of what all features add to the model that tells the attribute, over the folds; `None` where the feature
    /// cannot be used by it.
    pub share: Option<Estimate>,
    /// It was declared as a proxy.
    pub declared: bool,
}
