//! The state of a job as everyone sees it: one complete document an event.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker is on it.
    Running,
    /// Finished with a result.
    Done,
    /// Ended without a result.
    Failed,
    /// Stopped by its owner.
    Cancelled,
}

impl JobState {
    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing will happen any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// Where a stage of a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StageState {
    /// Not yet started.
    Waiting,
    /// Under way.
    Running,
    /// Its report can be read.
    Done,
    /// Not asked for, or without meaning here.
    NotRun,
    /// Crashed or refused.
    Failed,
    /// Stopped.
    Cancelled,
}

/// One stage of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageProgress {
    /// Stage id.
    pub id: String,
    /// Where it is.
    pub state: StageState,
    /// Units done.
    pub done: u64,
    /// All units; 0 until known.
    pub total: u64,
    /// Reason or error id when it did not run or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Findings so far, by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingCounts {
    /// Past a limit with evidence.
    pub issue: u64,
    /// Past the watch limit.
    pub watch: u64,
    /// Effect and evidence disagree, or too few rows.
    pub inconclusive: u64,
    /// On the good side.
    pub pass: u64,
}

/// A problem document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `/problems/<slug>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short and fixed.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Stable id, a key of the catalogues.
    pub slug: String,
    /// Short code of a model file's refusal (`E-CUSTOM`), the same in every language and interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Id of the request or job that met it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Values for the sentence, by name.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub args: Map<String, Value>,
    /// What is wrong, field by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer into the request.
    pub pointer: String,
    /// Stable id.
    pub code: String,
    /// The short code of a model's refusal, the same in every language (`E-FEATURES`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stable_code: Option<String>,
    /// In words, for logs and scripts.
    pub detail: String,
    /// Values for the sentence, by name.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub args: Map<String, Value>,
}

/// A job, completely: a client that lost every earlier event misses nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Snapshot {
    /// The job.
    pub job_id: String,
    /// The analysis it makes.
    pub analysis_id: String,
    /// Where it is.
    pub state: JobState,
    /// 0 to 1.
    pub progress: f64,
    /// The stage under way.
    pub step: Option<String>,
    /// All stages in order.
    pub stages: Vec<StageProgress>,
    /// Findings so far.
    pub findings: FindingCounts,
    /// 1 for the first try; 0 while queued.
    pub attempt: u32,
    /// Why it failed.
    pub error: Option<Problem>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub started_at: Option<String>,
    /// RFC 3339.
    pub finished_at: Option<String>,
}

impl Snapshot {
    /// A job that waits, with its stages.
    pub fn queued(job_id: &str, analysis_id: &str, stages: &[&str], created_at: String) -> Self {
        let waiting = |id: &&str| StageProgress {
            id: (*id).to_owned(),
            state: StageState::Waiting,
            done: 0,
            total: 0,
            reason: None,
        };
        Self {
            job_id: job_id.to_owned(),
            analysis_id: analysis_id.to_owned(),
            state: JobState::Queued,
            progress: 0.0,
            step: None,
            stages: stages.iter().map(waiting).collect(),
            findings: FindingCounts::default(),
            attempt: 0,
            error: None,
            created_at,
            started_at: None,
            finished_at: None,
        }
    }

    /// Back to the start of a try.
    pub fn restart(&mut self, state: JobState, attempt: u32) {
        self.state = state;
        self.attempt = attempt;
        self.progress = 0.0;
        self.step = None;
        self.findings = FindingCounts::default();
        self.error = None;
        for stage in &mut self.stages {
            *stage = StageProgress {
                id: std::mem::take(&mut stage.id),
                state: StageState::Waiting,
                done: 0,
                total: 0,
                reason: None,
            };
        }
    }

    /// To an end; stages that had not ended are cancelled.
    pub fn end(&mut self, state: JobState, error: Option<Problem>, finished_at: String) {
        self.state = state;
        self.step = None;
        self.error = error;
        self.finished_at = Some(finished_at);
        if state == JobState::Done {
            self.progress = 1.0;
        }
        for stage in &mut self.stages {
            if matches!(stage.state, StageState::Waiting | StageState::Running) {
                stage.state = StageState::Cancelled;
            }
        }
    }
}
