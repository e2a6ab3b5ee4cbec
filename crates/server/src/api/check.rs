//! `POST /audit/check`: what the last step before the start shows.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use fine_audit::run::{RunOptions, plan_audit};
use fine_audit::stage::Cost;
use fine_audit::subject::Subject;
use fine_store::FieldProblem;
use fine_table::Task;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Body;
use super::request::{AuditRequest, Plan};
use crate::auth::Owner;
use crate::problem::ApiError;
use crate::reading::{self, Refusal};
use crate::state::App;

/// Rows predicted to measure the model's speed.
const PROBE_ROWS: usize = 2_000;
/// Elementary row operations a millisecond; measured on one core of a small server.
const OPERATIONS_A_MS: f64 = 40_000.0;

/// Whether the audit can run, and what it would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckAnswer {
    /// Nothing is in the way.
    ok: bool,
    /// What is predicted.
    #[schema(value_type = Option<String>)]
    task: Option<Task>,
    /// Class labels in model order.
    classes: Vec<String>,
    /// The positive class (binary).
    positive: Option<String>,
    /// Rows that would be audited.
    rows: u64,
    /// What is in the way.
    problems: Vec<FieldProblem>,
    /// Stages in order.
    stages: Vec<StagePlan>,
}

/// What one stage would do.
#[derive(Debug, Serialize, ToSchema)]
struct StagePlan {
    /// Stage id.
    id: String,
    /// It would run.
    applies: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Its cost.
    cost: CostBody,
    /// Its time on this machine, roughly.
    expected_ms: u64,
}

/// Cost of a stage.
#[derive(Debug, Serialize, ToSchema)]
struct CostBody {
    /// Rows that the model predicts.
    predicted_rows: u64,
    /// Other work, in elementary row operations.
    row_operations: u64,
}

/// Checks an audit without starting it.
#[utoipa::path(post, path = "/audit/check", tag = "audits", request_body = AuditRequest,
    responses((status = 200, body = CheckAnswer), (status = 404), (status = 422)))]
pub(super) async fn check(
    State(app): State<App>,
    owner: Owner,
    Body(request): Body<AuditRequest>,
) -> Result<Json<CheckAnswer>, ApiError> {
    let plan = Plan::make(&app, &owner.id, request).await?;
    if !plan.errors.is_empty() {
        let rows = plan.dataset.row_count as u64;
        return Ok(Json(CheckAnswer {
            ok: false,
            task: None,
            classes: Vec::new(),
            positive: None,
            rows,
            problems: plan.errors,
            stages: Vec::new(),
        }));
    }
    match reading::subject(&app, &plan).await {
        Ok(subject) => {
            let options = plan.options;
            let answer = tokio::task::spawn_blocking(move || describe(&subject, &options)).await?;
            Ok(Json(answer))
        }
        Err(Refusal::Ours(e)) => Err(e),
        Err(Refusal::Field(problem)) => Ok(Json(CheckAnswer {
            ok: false,
            task: None,
            classes: Vec::new(),
            positive: None,
            rows: plan.dataset.row_count as u64,
            problems: vec![*problem],
            stages: Vec::new(),
        })),
    }
}

fn describe(subject: &Subject, options: &RunOptions) -> CheckAnswer {
    let speed = Speed::measure(subject);
    let stages = plan_audit(subject, options)
        .into_iter()
        .map(|s| StagePlan {
            id: s.id.to_owned(),
            applies: s.applies.is_ok(),
            reason: s.applies.err(),
            cost: CostBody { predicted_rows: s.cost.predicted_rows, row_operations: s.cost.row_operations },
            expected_ms: speed.expected_ms(&s.cost).round() as u64,
        })
        .collect();
    CheckAnswer {
        ok: true,
        task: Some(subject.task),
        classes: subject.classes.clone(),
        positive: (subject.task == Task::Binary).then(|| subject.classes.get(subject.positive).cloned()).flatten(),
        rows: subject.rows() as u64,
        problems: Vec::new(),
        stages,
    }
}

/// How fast this model predicts here.
pub(crate) struct Speed {
    rows_a_ms: f64,
}

impl Speed {
    /// Predicts some rows and looks at the clock.
    pub(crate) fn measure(subject: &Subject) -> Self {
        let rows: Vec<u32> = (0..subject.rows().min(PROBE_ROWS) as u32).collect();
        let probe = subject.table.take(&rows);
        let started = Instant::now();
        let predicted = subject.model.predict(&probe).is_ok();
        let ms = (started.elapsed().as_secs_f64() * 1000.0).max(0.01);
        Self { rows_a_ms: if predicted { rows.len() as f64 / ms } else { 1_000.0 } }
    }

    /// Time of a cost, in milliseconds.
    pub(crate) fn expected_ms(&self, cost: &Cost) -> f64 {
        cost.predicted_rows as f64 / self.rows_a_ms + cost.row_operations as f64 / OPERATIONS_A_MS
    }
}
