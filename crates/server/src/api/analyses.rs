//! The vault: `GET /audit/analyses`, `GET|DELETE /audit/analyses/{id}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fine_store::{Action, Analysis, AnalysisFilter, FindingCounts, JobState, rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::body::{Params, Path};
use super::listing::{self, Listing};
use crate::auth::Owner;
use crate::problem::ApiError;
use crate::state::App;
use crate::trail;

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Part of the name or of a file name.
    q: Option<String>,
    /// State of the job.
    #[param(value_type = Option<String>)]
    state: Option<JobState>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Items a page, 1 to 200; 50 when absent.
    limit: Option<u32>,
}

/// A file of an analysis; it may have been deleted since.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct FileRef {
    id: String,
    filename: String,
}

/// An audit in the vault.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AnalysisSummary {
    id: String,
    job_id: String,
    name: String,
    state: JobState,
    /// `pass`, `watch`, `inconclusive`, `errored`, `issue`; null until done.
    verdict: Option<String>,
    /// `binary`, `multiclass`, `regression`.
    task: Option<String>,
    dataset: FileRef,
    /// Null when stored predictions were audited.
    model: Option<FileRef>,
    rows: u64,
    counts: FindingCounts,
    created_at: String,
    finished_at: Option<String>,
}

/// What is there while the audit runs.
#[derive(Debug, Serialize, ToSchema)]
struct Partial {
    /// Stages that ended.
    #[schema(value_type = Vec<Object>)]
    stages: Vec<Box<RawValue>>,
    /// Their findings.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Value>,
}

/// An audit with its result, or what there is of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnalysisDetail {
    #[serde(flatten)]
    summary: AnalysisSummary,
    /// The finished result.
    #[schema(value_type = Option<Object>)]
    result: Option<Box<RawValue>>,
    /// Stages so far, while there is no result.
    partial: Option<Partial>,
}

impl From<Analysis> for AnalysisSummary {
    fn from(a: Analysis) -> Self {
        let state = serde_json::from_value(Value::from(a.state)).unwrap_or(JobState::Failed);
        Self {
            id: a.id,
            job_id: a.job_id,
            name: a.name,
            state,
            verdict: a.verdict,
            task: Some(a.task).filter(|t| !t.is_empty()),
            dataset: FileRef { id: a.dataset_id, filename: a.dataset_filename },
            model: Some(FileRef { id: a.model_id, filename: a.model_filename }).filter(|m| !m.id.is_empty()),
            rows: a.row_count as u64,
            counts: FindingCounts {
                issue: a.issues as u64,
                watch: a.watches as u64,
                inconclusive: a.inconclusives as u64,
                pass: a.passes as u64,
            },
            created_at: rfc3339(a.created_at),
            finished_at: a.finished_at.map(rfc3339),
        }
    }
}

/// Lists the owner's audits, newest first.
#[utoipa::path(get, path = "/audit/analyses", tag = "vault", params(ListQuery),
    responses((status = 200, body = Listing<AnalysisSummary>)))]
pub(super) async fn list(
    State(app): State<App>,
    owner: Owner,
    Params(query): Params<ListQuery>,
) -> Result<Json<Listing<AnalysisSummary>>, ApiError> {
    let (cursor, limit) = listing::page(query.cursor.as_deref(), query.limit)?;
    let filter = AnalysisFilter { text: query.q.filter(|q| !q.trim().is_empty()), state: query.state };
    let page = app.store.analyses(&owner.id, &filter, cursor, limit).await?;
    Ok(Json(Listing::of(page, AnalysisSummary::from)))
}

/// One audit with its result; while it runs, with the stages that ended.
#[utoipa::path(get, path = "/audit/analyses/{id}", tag = "vault", params(("id" = String, Path)),
    responses((status = 200, body = AnalysisDetail), (status = 404)))]
pub(super) async fn read(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<Json<AnalysisDetail>, ApiError> {
    let row = app.store.analysis(&owner.id, &id).await?.ok_or_else(ApiError::not_found)?;
    let (result, partial) = match &row.result_key {
        Some(key) => {
            let bytes = app.store.files.get(key).await?;
            (Some(serde_json::from_slice(&bytes)?), None)
        }
        None => (None, Some(partial(&app, &id).await?)),
    };
    Ok(Json(AnalysisDetail { summary: row.into(), result, partial }))
}

async fn partial(app: &App, id: &str) -> Result<Partial, ApiError> {
    let mut partial = Partial { stages: Vec::new(), findings: Vec::new() };
    for stage in app.store.stored_stages(id).await? {
        partial.stages.push(serde_json::from_str(&stage.record)?);
        let findings: Vec<Value> = serde_json::from_str(&stage.findings)?;
        partial.findings.extend(findings);
    }
    Ok(partial)
}

/// Deletes an audit with its result; a running one is stopped.
#[utoipa::path(delete, path = "/audit/analyses/{id}", tag = "vault", params(("id" = String, Path)),
    responses((status = 204), (status = 404)))]
pub(super) async fn delete(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if !app.store.delete_analysis(&owner.id, &id).await? {
        return Err(ApiError::not_found());
    }
    trail::note(&app, &owner, Action::Delete, &format!("analysis/{id}")).await;
    Ok(StatusCode::NO_CONTENT)
}
