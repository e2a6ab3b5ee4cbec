//! What a check says about one number.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;

/// The outcome of a check, from best to worst for the verdict (`NotApplicable` never counts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The check has no meaning here; `reason` says why.
    NotApplicable,
    /// The whole interval is on the good side of the limit.
    Pass,
    /// Past the watch limit, not past the issue limit.
    Watch,
    /// Effect and evidence disagree, or too few rows.
    Inconclusive,
    /// The stage crashed, ran out of its budget, or was cancelled.
    Errored,
    /// Past the limit, and the evidence agrees.
    Issue,
}

/// How much an issue matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For the record.
    Info,
    /// Small.
    Low,
    /// Worth a decision.
    Medium,
    /// Mend before use.
    High,
    /// Do not use as it is.
    Critical,
}

/// What part of the audit a finding is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Scope {
    /// The whole audit.
    Global,
    /// One column.
    Feature {
        /// Column name.
        feature: String,
    },
    /// Two columns.
    Pair {
        /// Column names.
        features: [String; 2],
    },
    /// A group of a protected attribute.
    Group {
        /// Attribute.
        attribute: String,
        /// Group value; `None` when the finding is about the whole attribute.
        group: Option<String>,
        /// The group compared with.
        reference: Option<String>,
    },
    /// A class of the target.
    Class {
        /// Class label.
        class: String,
    },
    /// Rows that fulfil conditions on some features.
    Slice {
        /// The conditions, all of which hold.
        predicates: Vec<Predicate>,
    },
}

/// A condition on one feature: a number from `low` to `high` (both inside, open where `None`), or one of the values;
/// `rare` and `missing` let further rows in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Predicate {
    /// Column name.
    pub feature: String,
    /// Smallest number.
    pub low: Option<f64>,
    /// Largest number.
    pub high: Option<f64>,
    /// Values as a person would write them.
    pub values: Vec<String>,
    /// Values that are too rare to be named.
    pub rare: bool,
    /// No value.
    pub missing: bool,
}

/// How the severity came about: `effect x share`, looked up in the policy's table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeverityBasis {
    /// Size of the effect in multiples of the limit.
    pub effect_ratio: f64,
    /// Share of rows affected, 0 to 1.
    pub share_affected: f64,
    /// `effect_ratio x share_affected`.
    pub product: f64,
}

/// A judged number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code of the check, e.g. `FAIR-SELECTION-RATIO`.
    pub check: String,
    /// The stage that measured.
    pub stage: String,
    /// The outcome.
    pub outcome: Outcome,
    /// How much it matters; `Info` unless the outcome is `Issue` or `Watch`.
    pub severity: Severity,
    /// The arithmetic of the severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_basis: Option<SeverityBasis>,
    /// What it is about.
    pub scope: Scope,
    /// The measured value with its interval and n.
    pub measured: Estimate,
    /// The limit that separates pass from issue, and where it comes from; `None` for findings without a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<AppliedLimit>,
    /// BH-adjusted p-value where a test was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// Minimum detectable effect of an inconclusive check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detectable: Option<f64>,
    /// Id of the reason for `not-applicable`, `inconclusive` and `errored`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// JSON pointer into the audit result.
    pub evidence: String,
    /// Id of the recommendation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<String>,
}

/// The limits a finding was judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppliedLimit {
    /// Past this with evidence is an issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<f64>,
    /// Past this is worth watching.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch: Option<f64>,
    /// Past this an issue is critical, whatever its severity arithmetic gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<f64>,
    /// Which side is good.
    pub good: Side,
    /// Where the limit comes from (`fine-default`, `four-fifths-rule`, `user`, …).
    pub origin: String,
}

/// The good side of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Good is at or below the limit.
    Below,
    /// Good is at or above the limit.
    Above,
}
