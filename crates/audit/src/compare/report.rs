//! What a comparison says.

use fine_table::Task;
use serde::{Deserialize, Serialize};

use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::subject::DataFile;

/// Version of this document's form.
pub const SCHEMA: &str = "fine-compare/1";

/// Two models on the same rows: what the new one does differently from the old one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the engine.
    pub engine_version: String,
    /// The rows.
    pub data: DataFile,
    /// Their number.
    pub rows: u64,
    /// What is predicted.
    pub task: Task,
    /// Class labels in the order of the old model; empty for regression.
    pub classes: Vec<String>,
    /// The old model.
    pub old: Party,
    /// The new model.
    pub new: Party,
    /// Metrics of both, each difference with its interval.
    pub metrics: Vec<MetricChange>,
    /// Rows that only one of the two gets right (classification).
    pub hits: Option<Hits>,
    /// Rows whose answer changes.
    pub churn: Churn,
    /// What drives the predictions; empty where one audit has no explanations.
    pub importances: Vec<ImportanceChange>,
    /// Kendall's tau-b of the two importance rankings.
    pub importance_agreement: Option<f64>,
    /// Findings that differ.
    pub findings: Vec<FindingChange>,
    /// Findings that are the same in both.
    pub same_findings: u64,
}

impl Comparison {
    /// Whether a metric is worse with evidence, or an issue opened or got worse.
    pub fn is_worse(&self) -> bool {
        let metric = self.metrics.iter().any(|metric| metric.change == Change::Worse);
        let is_issue = |change: &FindingChange| change.new.as_ref().is_some_and(|new| new.outcome == Outcome::Issue);
        let worse = |change: &FindingChange| matches!(change.kind, ChangeKind::Opened | ChangeKind::Worse);
        metric || self.findings.iter().any(|change| worse(change) && is_issue(change))
    }
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Name of the model's file.
    pub model: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Verdict of its audit.
    pub verdict: Outcome,
}

/// One metric of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricChange {
    /// Metric id, as in the `performance` report.
    pub id: String,
    /// Of the old model.
    pub old: Option<f64>,
    /// Of the new model.
    pub new: Option<f64>,
    /// New minus old, on the same resampled rows (BCa) or by DeLong's variance (ROC AUC).
    pub difference: Estimate,
    /// Two-sided p-value where there is a test: McNemar for accuracy, DeLong for ROC AUC.
    pub p_value: Option<f64>,
    /// True when larger is better.
    pub higher_is_better: bool,
    /// What the interval says.
    pub change: Change,
}

/// What the evidence allows to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The whole interval is on the better side of no difference.
    Better,
    /// The whole interval is on the worse side.
    Worse,
    /// The interval holds no difference.
    Unclear,
}

/// Rows by which of the two gets them right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hits {
    /// Both.
    pub both: u64,
    /// Only the old model.
    pub only_old: u64,
    /// Only the new model.
    pub only_new: u64,
    /// Neither.
    pub neither: u64,
    /// McNemar's p-value that both are right equally often.
    pub p_value: f64,
    /// The exact mid-p form (below 25 discordant rows).
    pub exact: bool,
}

/// How many answers change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Churn {
    /// Classification: share of rows with another predicted class (Wilson). Regression: mean absolute difference of the
    /// predictions (t).
    pub overall: Estimate,
    /// Rows that were wrong and are right now (classification).
    pub mended: u64,
    /// Rows that were right and are wrong now.
    pub broken: u64,
    /// Rows that are wrong in another way.
    pub other: u64,
    /// The same within groups of rows, most changed first.
    pub groups: Vec<GroupChurn>,
}

/// Change within one group of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupChurn {
    /// Column.
    pub column: String,
    /// Group.
    pub group: String,
    /// Rows.
    pub n: u64,
    /// As [`Churn::overall`].
    pub churn: Estimate,
    /// Probability of such a difference to the other rows if there is none (two-proportion test; Benjamini-Hochberg over all
    /// groups listed); classification only.
    pub p_value: Option<f64>,
}

/// One feature for both models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportanceChange {
    /// Feature.
    pub feature: String,
    /// Share of all attributions of the old model; 0 for a feature that it does not have.
    pub old: Estimate,
    /// Of the new model.
    pub new: Estimate,
    /// Place of the old model, from 1.
    pub old_rank: Option<u32>,
    /// Place of the new model.
    pub new_rank: Option<u32>,
}

/// A finding that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingChange {
    /// What happened to it.
    pub kind: ChangeKind,
    /// Check code.
    pub check: String,
    /// What it is about.
    pub scope: Scope,
    /// In the old audit.
    pub old: Option<Finding>,
    /// In the new audit.
    pub new: Option<Finding>,
}

/// What happened to a finding; an open one is an issue or a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Open now, and not before.
    Opened,
    /// Open in both, worse now.
    Worse,
    /// Open in both, better now.
    Better,
    /// Open before; passed or not found any more now.
    Closed,
    /// Another outcome: open in neither, or open before and not settled now (which is no good news).
    Other,
}
