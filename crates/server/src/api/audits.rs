//! `POST /audit/full`, `GET|DELETE /audit/full/{job_id}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fine_audit::stages::REGISTRY;
use fine_store::{Action, Cancelled, JobState, LONG, NewAnalysis, SHORT, Snapshot, now_ms, rfc3339};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Path};
use super::models::task_name;
use super::request::{AuditRequest, Plan};
use crate::auth::Owner;
use crate::observe;
use crate::problem::{ApiError, UNAUTHENTICATED};
use crate::reading;
use crate::state::App;
use crate::telemetry::AUDITS_STARTED;
use crate::trail;

/// Files up to this size are read and matched before the audit is taken; beyond, the audit itself finds out.
const PROVE_BYTES: i64 = 32 << 20;

/// An audit that is expected to take no longer goes before long ones, in milliseconds.
const SHORT_MS: f64 = 60_000.0;

/// An audit in the queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Started {
    /// The job.
    pub(crate) job_id: String,
    /// `queued`.
    state: JobState,
    /// The analysis it makes.
    pub(crate) analysis_id: String,
}

/// Starts a full audit.
#[utoipa::path(post, path = "/audit/full", tag = "audits", request_body = AuditRequest,
    responses((status = 202, body = Started), (status = 404), (status = 422)))]
pub(super) async fn start(
    State(app): State<App>,
    owner: Owner,
    Body(request): Body<AuditRequest>,
) -> Result<(StatusCode, Json<Started>), ApiError> {
    let started = start_audit(&app, &owner.id, request).await?;
    if !owner.is_still_here(&app).await? {
        // The account was deleted meanwhile.
        app.store.delete_analysis(&owner.id, &started.analysis_id).await?;
        return Err(ApiError::new(UNAUTHENTICATED).detail("The session has ended."));
    }
    trail::note(&app, &owner, Action::AuditStart, &format!("analysis/{}", started.analysis_id)).await;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// Checks a request and puts the audit into vault and queue.
pub(crate) async fn start_audit(app: &App, owner: &str, request: AuditRequest) -> Result<Started, ApiError> {
    let plan = Plan::make(app, owner, request).await?.valid()?;
    let model_bytes = plan.model.as_ref().map_or(0, |chain| chain.model.bytes);
    let mut priority = LONG;
    let mut task = plan.model.as_ref().and_then(|chain| chain.model.task.clone());
    if plan.dataset.bytes.max(model_bytes) <= PROVE_BYTES {
        let checked = reading::check(app, &plan).await?;
        task = task.or_else(|| Some(task_name(checked.task)));
        let expected_ms: f64 = checked.stages.iter().filter(|s| s.reason.is_none()).map(|s| s.expected_ms).sum();
        if expected_ms <= SHORT_MS {
            priority = SHORT;
        }
    }
    let (id, job_id) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let stages: Vec<&str> = REGISTRY.iter().map(|e| e.id).collect();
    let new = NewAnalysis {
        name: plan.name(),
        owner_id: owner.to_owned(),
        task: task.unwrap_or_default(),
        row_count: plan.dataset.row_count,
        reference_id: plan.request.reference_id.clone(),
        request: serde_json::to_string(&plan.request)?,
        priority,
        snapshot: Snapshot::queued(&job_id, &id, &stages, rfc3339(now_ms())),
        dataset: (plan.dataset.id, plan.dataset.filename),
        model: plan.model.map(|chain| (chain.model.id, chain.model.filename)),
        origin: observe::origin(),
        id,
        job_id,
    };
    app.store.add_analysis(&new).await?;
    metrics::counter!(AUDITS_STARTED).increment(1);
    // The row is the truth: without a call, a worker finds it by itself.
    if let Err(e) = app.transport.send(&new.job_id).await {
        tracing::warn!(job = %new.job_id, error = %e, "no worker could be called");
    }
    tracing::info!(job = %new.job_id, analysis = %new.id, "audit queued");
    Ok(Started { job_id: new.job_id, state: JobState::Queued, analysis_id: new.id })
}

/// Where an audit is.
#[utoipa::path(get, path = "/audit/full/{job_id}", tag = "audits", params(("job_id" = String, Path)),
    responses((status = 200, body = Snapshot), (status = 404)))]
pub(super) async fn read(
    State(app): State<App>,
    owner: Owner,
    Path(job): Path<String>,
) -> Result<Json<Snapshot>, ApiError> {
    app.store.job(&owner.id, &job).await?.map(Json).ok_or_else(ApiError::not_found)
}

/// Cancels an audit. A running one stops within a second; a finished one stays as it is.
#[utoipa::path(delete, path = "/audit/full/{job_id}", tag = "audits", params(("job_id" = String, Path)),
    responses((status = 202, body = Snapshot), (status = 404)))]
pub(super) async fn cancel(
    State(app): State<App>,
    owner: Owner,
    Path(job): Path<String>,
) -> Result<(StatusCode, Json<Snapshot>), ApiError> {
    match app.store.cancel_job(&owner.id, &job).await? {
        Cancelled::Accepted(snapshot) => {
            trail::note(&app, &owner, Action::AuditCancel, &format!("analysis/{}", snapshot.analysis_id)).await;
            Ok((StatusCode::ACCEPTED, Json(snapshot)))
        }
        Cancelled::Unknown => Err(ApiError::not_found()),
    }
}
