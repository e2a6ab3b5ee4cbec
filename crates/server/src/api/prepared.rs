//! `GET /audit/prepared`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::request::AuditRequest;
use crate::auth::Owner;
use crate::demo::is_there;
use crate::problem::ApiError;
use crate::state::App;

/// An audit that waits for a click.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PreparedAudit {
    /// Name of the table's file.
    dataset: String,
    /// Rows of the table.
    rows: u64,
    /// Name of the model's file.
    model: Option<String>,
    /// The body for `POST /audit/full`.
    request: AuditRequest,
}

/// Audits of the demo workspace that were prepared and not yet started.
#[utoipa::path(get, path = "/audit/prepared", tag = "audits", responses((status = 200, body = Vec<PreparedAudit>)))]
pub(super) async fn list(State(app): State<App>, owner: Owner) -> Result<Json<Vec<PreparedAudit>>, ApiError> {
    let mut waiting = Vec::new();
    let prepared = app.prepared.get().filter(|(of, _)| *of == owner.id).map(|(_, requests)| requests.as_slice());
    for request in prepared.unwrap_or_default() {
        let dataset = app.store.dataset(&owner.id, &request.dataset_id).await?;
        let model = match &request.model_id {
            Some(id) => app.store.model(&owner.id, id).await?,
            None => None,
        };
        // A file that its owner deleted takes the suggestion with it.
        let Some(dataset) = dataset else { continue };
        if model.is_none() && request.model_id.is_some() {
            continue;
        }
        if is_there(&app, &owner.id, request.name.as_deref().unwrap_or_default()).await? {
            continue;
        }
        waiting.push(PreparedAudit {
            dataset: dataset.filename,
            rows: dataset.row_count as u64,
            model: model.map(|m| m.filename),
            request: request.clone(),
        });
    }
    Ok(Json(waiting))
}
