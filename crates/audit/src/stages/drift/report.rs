//! What the `drift` stage measures. Every pair of numbers is reference first, audited second.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// How far the audited table is from the reference table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows of both tables.
    pub rows: [u64; 2],
    /// Rows that count as evidence: fewer where rows are weighted or belong to the same entity.
    pub effective_rows: [f64; 2],
    /// Whether rows are weighted.
    pub weighted: [bool; 2],
    /// The features that were compared, in model order.
    pub features: Vec<ColumnDrift>,
    /// Features that could not be compared.
    pub not_compared: Vec<NotCompared>,
    /// The target, where the reference has it.
    pub label: Option<ColumnDrift>,
    /// Predicted classes or values; for two classes the positive score too.
    pub predictions: Vec<ColumnDrift>,
    /// The classifier that tells the two tables apart.
    pub domain: Option<Domain>,
}

/// A feature without numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotCompared {
    /// Feature.
    pub feature: String,
    /// Reason id: `column-missing`, `too-many-categories`.
    pub reason: String,
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Numbers in the reference's quantile bins.
    Number,
    /// Categories.
    Category,
}

/// One column of both tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnDrift {
    /// Column name; `label` and `score` for predictions.
    pub name: String,
    /// How it is compared.
    pub kind: Kind,
    /// The two tables hold it as different types; both were compared as categories of equal text or number.
    pub type_changed: bool,
    /// Population stability index over `bins`.
    pub psi: Estimate,
    /// Jensen-Shannon distance (base 2, 0 to 1) over `bins`.
    pub jensen_shannon: Estimate,
    /// Kolmogorov-Smirnov distance of the numbers.
    pub ks: Option<Estimate>,
    /// Wasserstein distance in standard deviations of the reference.
    pub wasserstein: Option<Estimate>,
    /// Bias-corrected Cramér V of table by category.
    pub cramer_v: Option<Estimate>,
    /// Least share of rows that would have to change their bin for the two to be equal.
    pub moved: f64,
    /// Chi-squared test over bins of at least five expected rows.
    pub chi_squared: Option<Test>,
    /// Kolmogorov-Smirnov test.
    pub ks_test: Option<Test>,
    /// Missing cells.
    pub missing: Missing,
    /// Share of the audited values in a category that the reference does not have.
    pub new_categories: Option<Estimate>,
    /// The most frequent of them with their rows, at most 20.
    pub new_names: Vec<(String, u64)>,
    /// Share of the audited numbers outside the range of the reference.
    pub out_of_range: Option<Estimate>,
    /// Smallest and largest number of the reference.
    pub range: Option<[f64; 2]>,
    /// Shares in bins.
    pub bins: Vec<Bin>,
    /// Shares in bars of equal width, for the eye; numbers only.
    pub shape: Option<Shape>,
}

/// A test of equality.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Test statistic.
    pub statistic: f64,
    /// Degrees of freedom (0 for Kolmogorov-Smirnov).
    pub degrees: u64,
    /// P-value.
    pub p: f64,
    /// Adjusted over the features (Benjamini and Hochberg).
    pub p_adjusted: f64,
}

/// Missing cells of both tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    /// Shares of rows.
    pub shares: [f64; 2],
    /// Audited minus reference.
    pub change: Estimate,
    /// P-value of equality.
    pub p: f64,
    /// Adjusted over the features.
    pub p_adjusted: f64,
}

/// What a bin holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BinKind {
    /// Numbers above `low`, up to `high`.
    Range,
    /// One category.
    Category,
    /// Categories of fewer than five expected rows.
    Rare,
    /// Further categories, put together for the list only.
    Rest,
    /// Missing cells.
    Missing,
}

/// Shares of both tables in a bin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// What it holds.
    pub kind: BinKind,
    /// Above this; `None` without an end.
    pub low: Option<f64>,
    /// Up to this; `None` without an end.
    pub high: Option<f64>,
    /// The category.
    pub label: Option<String>,
    /// Shares of rows.
    pub shares: [f64; 2],
}

/// Shares of both tables in bars of equal width. The ends hold everything beyond them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Edges, ascending.
    pub edges: Vec<f64>,
    /// Shares of the reference numbers a bar.
    pub reference: Vec<f64>,
    /// Shares of the audited numbers a bar.
    pub audited: Vec<f64>,
}

/// A gradient boosting that is asked from which table a row is, cross-fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// `2 AUC - 1`: 0 when it cannot tell, 1 when it always can.
    pub separation: Estimate,
    /// ROC AUC.
    pub auc: Estimate,
    /// Largest distance of the curve from the diagonal: share of rows that can be told apart.
    pub told_apart: f64,
    /// Most rows that one fold was fitted on.
    pub fitted_rows: u64,
    /// ROC curve (reference rows called audited, audited rows called audited).
    pub roc: Vec<[f64; 2]>,
    /// What the trees split on most: share of all gains, over the folds.
    pub features: Vec<DomainFeature>,
}

/// A feature by which the tables differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DomainFeature {
    /// Feature.
    pub feature: String,
    /// Share of the gains, mean of the folds.
    pub share: Estimate,
}
