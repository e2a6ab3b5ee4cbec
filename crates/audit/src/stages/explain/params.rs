//! Parameters of the `explain` stage.

use serde::{Deserialize, Serialize};

use crate::counterfactual;
use crate::rerun::metric::Metric;

/// What the value of a set of features is, for trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TreeValue {
    /// Absent features follow the training rows of the tree's branches: exact, on all rows.
    PathDependent,
    /// Absent features are those of a background: exact for each pair of rows.
    Interventional,
}

/// What is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// What the model adds up: margins of boosting and linear models, probabilities of forests and of what can only be asked.
    Native,
    /// Probabilities; refused where that has no exact method (a boosted or linear model of more than ten features).
    Probability,
}

/// How predictions are explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The value of a set of features, for trees.
    pub trees: TreeValue,
    /// The scale of the SHAP values.
    pub scale: Scale,
    /// Background rows of interventional tree values (from the reference data, else from the audited rows).
    pub tree_background: u64,
    /// Largest number of explained values, `rows x outputs x features`; beyond it a seeded stratified sample of rows.
    pub max_values: u64,
    /// Largest number of steps of the exact tree method, `rows x outputs x edges x quadrature points`; beyond it a
    /// sample of rows.
    pub max_steps: u64,
    /// Rows that the sampler explains (models without an exact method).
    pub sampler_rows: u64,
    /// Background rows of the sampler, one antithetic pair of feature orders each.
    pub background_rows: u64,
    /// Bootstrap replicates of the mean |SHAP|.
    pub bootstrap: u32,
    /// Repeats of the permutation importance.
    pub repeats: u32,
    /// Rows of the permutation importance (all up to this number).
    pub permutation_rows: u64,
    /// Largest number of rows predicted for the permutation importance of all features together; beyond it fewer rows.
    pub permutation_budget: u64,
    /// The metric of the permutation importance; `None` takes accuracy or R2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<Metric>,
    /// Rows of the partial dependence.
    pub dependence_rows: u64,
    /// Values a feature of the partial dependence.
    pub dependence_points: u32,
    /// Features with a partial dependence, most important first.
    pub dependence_features: u32,
    /// Single curves (ICE) a feature.
    pub ice_rows: u32,
    /// Features with single curves, most important first.
    pub ice_features: u32,
    /// Rows of the accumulated local effects.
    pub ale_rows: u64,
    /// Their bins a feature.
    pub ale_bins: u32,
    /// Rows of the SHAP interaction values.
    pub interaction_rows: u64,
    /// Features among which pairs are looked for, most important first.
    pub interaction_features: u32,
    /// Largest number of steps of the SHAP interaction values; beyond it fewer rows, or none.
    pub interaction_steps: u64,
    /// Pairs that are listed.
    pub pairs: u32,
    /// Rows of the H-statistic: each pair and each feature predicts the square of it.
    pub h_rows: u64,
    /// Rows a kind (prototypes, worst errors, boundary) that are explained one by one.
    pub local_rows: u32,
    /// Counterfactuals of these rows.
    pub counterfactuals: counterfactual::Params,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            trees: TreeValue::PathDependent,
            scale: Scale::Native,
            tree_background: 100,
            max_values: 50_000_000,
            max_steps: 50_000_000_000,
            sampler_rows: 200,
            background_rows: 20,
            bootstrap: 500,
            repeats: 10,
            permutation_rows: 25_000,
            permutation_budget: 20_000_000,
            metric: None,
            dependence_rows: 1_000,
            dependence_points: 20,
            dependence_features: 20,
            ice_rows: 25,
            ice_features: 6,
            ale_rows: 2_000,
            ale_bins: 20,
            interaction_rows: 500,
            interaction_features: 12,
            interaction_steps: 2_000_000_000,
            pairs: 10,
            h_rows: 50,
            local_rows: 3,
            counterfactuals: counterfactual::Params::default(),
        }
    }
}
