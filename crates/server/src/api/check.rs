//! `POST /audit/check`: what the last step before the start shows.

use axum::Json;
use axum::extract::State;
use fine_store::FieldProblem;
use fine_table::Task;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Body;
use super::request::{AuditRequest, Plan};
use crate::auth::Owner;
use crate::problem::ApiError;
use crate::reading;
use crate::sandbox::{Check, Expected, Failure, Refusal};
use crate::state::App;

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
    match reading::check(&app, &plan).await {
        Ok(checked) => Ok(Json(checked.into())),
        Err(Failure::Refused(Refusal::Field(problem))) => Ok(Json(CheckAnswer {
            ok: false,
            task: None,
            classes: Vec::new(),
            positive: None,
            rows: plan.dataset.row_count as u64,
            problems: vec![*problem],
            stages: Vec::new(),
        })),
        Err(failure) => Err(failure.into()),
    }
}

impl From<Check> for CheckAnswer {
    fn from(checked: Check) -> Self {
        let stage = |s: Expected| StagePlan {
            id: s.id,
            applies: s.reason.is_none(),
            reason: s.reason,
            cost: CostBody { predicted_rows: s.cost.predicted_rows, row_operations: s.cost.row_operations },
            expected_ms: s.expected_ms.round() as u64,
        };
        Self {
            ok: true,
            task: Some(checked.task),
            classes: checked.classes,
            positive: checked.positive,
            rows: checked.rows,
            problems: Vec::new(),
            stages: checked.stages.into_iter().map(stage).collect(),
        }
    }
}
