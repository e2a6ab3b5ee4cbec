//! What the `data` stage measures.

use serde::{Deserialize, Serialize};

use crate::stages::Histogram;

/// Profile of the audited table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows.
    pub rows: u64,
    /// One profile a column, in file order.
    pub columns: Vec<ColumnProfile>,
    /// Rows that repeat an earlier row in every column.
    pub duplicate_rows: u64,
    /// `duplicate_rows / rows`.
    pub duplicate_share: f64,
    /// Rows whose features equal those of a row with another target.
    pub conflicting_rows: u64,
    /// `conflicting_rows / rows`.
    pub conflicting_share: f64,
    /// Rows with an outlier in at least one numeric feature.
    #[serde(default)]
    pub outlier_rows: u64,
    /// `outlier_rows / rows`; `None` in reports before version 2.
    #[serde(default)]
    pub outlier_share: Option<f64>,
    /// Class balance (classification).
    pub classes: Vec<ClassShare>,
    /// Distribution of the target (regression).
    pub target: Option<Histogram>,
    /// Associations between feature pairs, strongest first (at most 50), and every pair past the limit.
    pub associations: Vec<Association>,
    /// Full matrix for the heat map, features in model order, at most 40 features (the strongest).
    pub matrix: AssociationMatrix,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Name.
    pub name: String,
    /// `bool`, `int`, `float`, `time`, `text`.
    pub kind: String,
    /// `target`, `feature`, `protected`, `weight`, `entity`, `time`, `ignore`, `other`.
    pub role: String,
    /// Missing cells.
    pub missing: u64,
    /// `missing / rows`.
    pub missing_share: f64,
    /// Distinct values, without missing.
    pub distinct: u64,
    /// Share of the most frequent value among all rows.
    pub top_share: f64,
    /// One value only.
    pub constant: bool,
    /// `top_share > 0.99`, not constant.
    pub near_constant: bool,
    /// Unique share above 0.95 in a text or whole-number column.
    pub identifier: bool,
    /// More than 50 categories.
    pub high_cardinality: bool,
    /// Cells of a text column that read as numbers (only where both kinds occur).
    pub numeric_like: u64,
    /// Spellings of "missing" that are read as such with their counts, when there is more than one with `hidden_missing`.
    pub null_spellings: Vec<(String, u64)>,
    /// Values that say "missing" (`?`, `unknown`, blanks) and are read as values, with their counts; at most 20.
    #[serde(default)]
    pub hidden_missing: Vec<(String, u64)>,
    /// Groups of categories that differ only in case or blanks.
    pub case_variants: Vec<Vec<String>>,
    /// Cells that are written otherwise than most cells of their group of variants.
    #[serde(default)]
    pub variant_cells: u64,
    /// Cells that hold only punctuation.
    pub symbols_only: u64,
    /// Numbers of a numeric column.
    pub numbers: Option<NumberProfile>,
    /// Most frequent categories, at most 20, most frequent first.
    pub categories: Vec<(String, u64)>,
}

/// Shape of a numeric column (missing left out).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberProfile {
    /// Mean.
    pub mean: f64,
    /// Standard deviation (n - 1).
    pub sd: f64,
    /// Smallest.
    pub min: f64,
    /// Quartiles.
    pub quartiles: [f64; 3],
    /// Largest.
    pub max: f64,
    /// Cells with |0.6745 (x - median) / MAD| > 3.5 (Iglewicz and Hoaglin 1993); where the MAD is 0, with
    /// |x - median| / (1.253314 MeanAD) > 3.5.
    pub outliers: u64,
    /// Infinite cells.
    pub infinite: u64,
    /// 20 equal-width bins.
    pub histogram: Histogram,
}

/// A class and its share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassShare {
    /// Class label.
    pub class: String,
    /// Rows.
    pub count: u64,
    /// Share of rows.
    pub share: f64,
}

/// Strength of association of two columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Association {
    /// Column names.
    pub features: [String; 2],
    /// `spearman`, `pearson`, `cramer-v` (bias corrected), `correlation-ratio`.
    pub method: String,
    /// Strength, -1 to 1 for correlations, 0 to 1 otherwise.
    pub value: f64,
    /// Rows with both values.
    pub n: u64,
}

/// Square matrix of association strengths.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AssociationMatrix {
    /// Feature names.
    pub features: Vec<String>,
    /// Row-major strengths, diagonal 1; `None` where not defined.
    pub values: Vec<Vec<Option<f64>>>,
}
