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
    /// Most pairs of numbers that are swapped, those with the most alike ranges first.
    pub swaps: u32,
    /// Fall of the confidence up to which a row that is nonsense counts as answered with the same confidence.
    pub confidence_slack: f64,
    /// Shares of the rows that resilience looks at, above 0 and up to 1.
    pub shares: Vec<f64>,
    /// Clusters of the worst-cluster scenario, at least 2.
    pub clusters: u32,
    /// Share of the rows that is compared with the rest feature by feature.
    pub compared_share: f64,
    /// All rows up to this number are attacked, else a seeded stratified sample of it; 0 attacks none.
    pub attack_rows: u64,
    /// Radii of the attack and of certificates, in standard deviations of each feature, above 0.
    pub radii: Vec<f64>,
    /// Most features that an attack changes at once when it may change each as it likes.
    pub most_changes: u32,
    /// Features that no attack may change, beside protected attributes.
    pub immutable: Vec<String>,
}

impl Default for Params {
    fn default() -> Self {
        let tenths = || (1..=10).map(|i| f64::from(i) / 10.0);
        Self {
            max_rows: 25_000,
            repeats: 10,
            noise_levels: tenths().collect(),
            missing_levels: vec![0.01, 0.05, 0.10],
            metric: None,
            swaps: 10,
            confidence_slack: 0.05,
            shares: tenths().collect(),
            clusters: 10,
            compared_share: 0.2,
            attack_rows: 200,
            radii: vec![0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0],
            most_changes: 3,
            immutable: Vec::new(),
        }
    }
}

impl Params {
    /// What is wrong with a value, if anything.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let is_share = |v: &f64| v.is_finite() && *v > 0.0 && *v <= 1.0;
        if !self.shares.iter().all(is_share) || !is_share(&self.compared_share) {
            return Some("shares and compared_share must lie above 0 and up to 1");
        }
        if self.radii.is_empty() || !self.radii.iter().all(|r| r.is_finite() && *r > 0.0) {
            return Some("radii must be finite and above 0, and there must be one");
        }
        if !self.confidence_slack.is_finite() || self.confidence_slack < 0.0 {
            return Some("confidence_slack must be finite and not below 0");
        }
        None
    }

    /// The largest radius.
    pub(super) fn reach(&self) -> f64 {
        self.radii.iter().copied().fold(0.0, f64::max)
    }
}
