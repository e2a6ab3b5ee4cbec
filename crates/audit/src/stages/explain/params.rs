//! Parameters of the `explain` stage.

use serde::{Deserialize, Serialize};

use crate::rerun::metric::Metric;

/// How predictions are explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
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
    /// Rows a kind (prototypes, worst errors, boundary) that are explained one by one.
    pub local_rows: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
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
            local_rows: 3,
        }
    }
}
