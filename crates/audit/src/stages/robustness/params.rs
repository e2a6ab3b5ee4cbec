//! Parameters of the `robustness` stage.

use serde::{Deserialize, Serialize};

use crate::rerun::metric::Metric;

/// What the model is put through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// All rows up to this number, else a seeded stratified sample of it.
    pub max_rows: u64,
    /// Seeded repeats of noise and of missing cells.
    pub repeats: u32,
    /// Noise in standard deviations; also the probability that a category is redrawn.
    pub noise_levels: Vec<f64>,
    /// Shares of cells that go missing.
    pub missing_levels: Vec<f64>,
    /// The metric watched; `None` takes accuracy or R2. ROC AUC is for two classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<Metric>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            max_rows: 25_000,
            repeats: 10,
            noise_levels: (1..=10).map(|i| f64::from(i) / 10.0).collect(),
            missing_levels: vec![0.01, 0.05, 0.10],
            metric: None,
        }
    }
}
