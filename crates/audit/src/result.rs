//! The result of an audit: one document, the same bytes for the same inputs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use fine_model::{Feature, ModelFacts};
use fine_table::{Roles, Task};

use crate::finding::{Finding, Outcome, Scope, Severity};
use crate::policy::Policy;
use crate::stage::Cost;
use crate::subject::DataFile;

/// Version of this document's form.
pub const SCHEMA: &str = "fine-audit/1";

/// A finished audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditResult {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the engine.
    pub engine_version: String,
    /// What was audited and how: enough to do it again.
    pub manifest: Manifest,
    /// Worst outcome among the policy's required checks.
    pub verdict: Outcome,
    /// Summary, risks and recommendations as ids and numbers.
    pub diagnosis: Diagnosis,
    /// Stages in registry order.
    pub stages: Vec<StageRecord>,
    /// All findings in registry order, then in the stage's own order.
    pub findings: Vec<Finding>,
}

/// Inputs and settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The audited data.
    pub data: DataFile,
    /// Rows audited.
    pub rows: u64,
    /// Columns of the table.
    pub columns: u64,
    /// Rows dropped for a missing target.
    pub dropped_rows: u64,
    /// The reference data, if given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<DataFile>,
    /// The model file.
    pub model: ModelFacts,
    /// Raw input features of the model.
    pub features: Vec<Feature>,
    /// What is predicted.
    pub task: Task,
    /// Class labels; empty for regression.
    pub classes: Vec<String>,
    /// The positive class (binary).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positive: Option<String>,
    /// Column roles.
    pub roles: Roles,
    /// Seed.
    pub seed: u64,
    /// The policy used.
    pub policy: Policy,
}

/// What happened to one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageRecord {
    /// Stage id.
    pub id: String,
    /// Stage version.
    pub version: u32,
    /// How it ended.
    pub status: StageStatus,
    /// Declared cost.
    pub cost: Cost,
    /// Parameters used.
    pub params: Value,
    /// The stage's report when done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Value>,
}

/// How a stage ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum StageStatus {
    /// Report present.
    Done,
    /// Not asked for, or without meaning here.
    NotRun {
        /// Reason id.
        reason: String,
    },
    /// Crashed or refused.
    Failed {
        /// Error id.
        error: String,
        /// Technical detail.
        detail: String,
    },
    /// Stopped by the user.
    Cancelled,
}

/// The words of the audit, as ids and numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Version of the rule file.
    pub rules_version: String,
    /// Sentences of the summary, in order.
    pub summary: Vec<Statement>,
    /// Risks, worst first.
    pub risks: Vec<Statement>,
    /// Recommendations, most urgent first.
    pub recommendations: Vec<Statement>,
}

/// One sentence: a catalogue key, its numbers, and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Catalogue key (`diagnosis.summary.verdict-issue`).
    pub key: String,
    /// Severity of the worst finding behind it.
    pub severity: Severity,
    /// Scope, when it is about one thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Values for the sentence, by name.
    pub args: serde_json::Map<String, Value>,
    /// JSON pointers into the result: the receipts.
    pub evidence: Vec<String>,
}
