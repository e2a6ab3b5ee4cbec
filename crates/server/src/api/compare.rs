//! `POST /audit/compare`.

use axum::Json;
use axum::extract::State;
use fine_audit::compare::Comparison;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::analyses::AnalysisSummary;
use super::body::Body;
use super::finished::{Finished, Needs};
use crate::auth::Owner;
use crate::problem::ApiError;
use crate::reading;
use crate::state::App;

/// Two finished audits of the same rows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompareRequest {
    /// Id of the audit of the model in use.
    old: String,
    /// Id of the audit of the model that may replace it.
    new: String,
}

/// What the new model does differently.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CompareAnswer {
    old: AnalysisSummary,
    new: AnalysisSummary,
    /// Differences with their uncertainty, and what became of the findings.
    #[schema(value_type = Object)]
    comparison: Comparison,
}

/// Compares two finished audits of the same rows: both files are read and predicted again.
#[utoipa::path(post, path = "/audit/compare", tag = "vault", request_body = CompareRequest,
    responses((status = 200, body = CompareAnswer), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn compare(
    State(app): State<App>,
    owner: Owner,
    Body(request): Body<CompareRequest>,
) -> Result<Json<CompareAnswer>, ApiError> {
    let old = Finished::find(&app, &owner.id, &request.old, Needs::Rows).await?;
    let new = Finished::find(&app, &owner.id, &request.new, Needs::Rows).await?;
    let results = [(&old.plan, old.result().await?), (&new.plan, new.result().await?)];
    let comparison = reading::compare(&app, results).await?;
    Ok(Json(CompareAnswer { old: old.analysis.into(), new: new.analysis.into(), comparison }))
}
