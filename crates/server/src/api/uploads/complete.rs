//! `POST /uploads/{id}/complete`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fine_store::{Action, Kind, StoreError, Upload as Row};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{find, touch};
use crate::api::body::{Body, Path};
use crate::api::datasets::{self, DatasetDetail, keep_dataset};
use crate::api::models::{self, ModelDetail, keep_model};
use crate::auth::Owner;
use crate::problem::{ApiError, UNAUTHENTICATED, UPLOAD_INCOMPLETE, UPLOAD_MISMATCH};
use crate::state::App;
use crate::trail;
use crate::upload::{Growing, Place, Upload, digest};

/// What the sender of a file knows at its end.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CompleteRequest {
    /// The `ETag` of each part in order, where `POST /uploads/presign` wanted them.
    #[serde(default)]
    tags: Vec<String>,
}

/// What the file has become.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::api) enum Completed {
    /// A dataset.
    Dataset(Box<DatasetDetail>),
    /// A model.
    Model(Box<ModelDetail>),
}

/// Ends an upload: the bytes are checked against what was announced and read as those of any upload; what cannot be read is
/// removed. A second time answers the same.
#[utoipa::path(post, path = "/uploads/{id}/complete", tag = "uploads", params(("id" = String, Path)),
    request_body = CompleteRequest,
    responses((status = 201, body = Completed), (status = 404), (status = 409), (status = 413), (status = 422),
        (status = 423), (status = 503), (status = 507)))]
pub(in crate::api) async fn complete(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Body(request): Body<CompleteRequest>,
) -> Result<(StatusCode, Json<Completed>), ApiError> {
    if let Some(kept) = kept(&app, &owner.id, &id).await? {
        return Ok((StatusCode::CREATED, Json(kept)));
    }
    let mut row = find(&app, &owner.id, &id).await?;
    touch(&app, &mut row).await?;
    let (outcome, _lock) = match app.store.files.is_local() {
        true => from_folder(&app, &row).await?,
        false => (from_store(&app, &row, request.tags).await, None),
    };
    let outcome = match outcome {
        Ok(upload) => keep(&app, &owner.id, &row, upload).await,
        Err(e) => Err(e),
    };
    match &outcome {
        Ok(_) if !owner.is_still_here(&app).await? => {
            // The account was deleted meanwhile.
            app.store.delete_dataset(&owner.id, &id).await?;
            app.store.delete_model(&owner.id, &id).await?;
            app.store.files.discard(&row.key()).await;
            return Err(ApiError::new(UNAUTHENTICATED).detail("The session has ended during the upload."));
        }
        Ok(completed) => {
            app.store.forget_upload(&row.id).await?;
            let kind = if matches!(completed, Completed::Model(_)) { "model" } else { "dataset" };
            trail::note(&app, &owner, Action::Upload, &format!("{kind}/{id}")).await;
        }
        // The file is to blame, and would be again.
        Err(e) if e.status() == 422 || e.status() == 413 => {
            app.store.end_upload(&row).await?;
        }
        Err(_) => {}
    }
    outcome.map(|completed| (StatusCode::CREATED, Json(completed)))
}

/// What an upload has become already.
async fn kept(app: &App, owner: &str, id: &str) -> Result<Option<Completed>, ApiError> {
    if let Some(row) = app.store.dataset(owner, id).await? {
        return Ok(Some(Completed::Dataset(Box::new(datasets::detail(row)?))));
    }
    let row = app.store.model(owner, id).await?;
    row.map(|row| Ok::<_, ApiError>(Completed::Model(Box::new(models::detail(row)?)))).transpose()
}

async fn keep(app: &App, owner: &str, row: &Row, upload: Upload) -> Result<Completed, ApiError> {
    match row.becomes() {
        Kind::Model => Ok(Completed::Model(Box::new(keep_model(app, owner, upload).await?))),
        _ => Ok(Completed::Dataset(Box::new(keep_dataset(app, owner, upload).await?))),
    }
}

type Arrived = (Result<Upload, ApiError>, Option<Growing>);

/// The bytes of an upload to this server's folder; nobody else goes on with them while the second value is held.
async fn from_folder(app: &App, row: &Row) -> Result<Arrived, ApiError> {
    let bytes = row.bytes.unsigned_abs();
    let Some(file) = Growing::open(&app.store.files.growing(&row.id), false)? else {
        // A request before this one may have moved it and then died.
        if app.store.files.size(&row.key()).await? != Some(bytes) {
            return Ok((Err(incomplete(row, 0)), None));
        }
        let file = app.store.files.fetch(row.becomes(), &row.id, bytes, "").await?;
        let (_, sha256) = digest(file.path()).await?;
        return Ok((Ok(Upload::arrived(row, Place::Kept(file), sha256)), None));
    };
    if file.bytes != bytes {
        return Ok((Err(incomplete(row, file.bytes)), Some(file)));
    }
    let (_, sha256) = digest(file.path()).await?;
    let arrived = if row.sha256.as_ref().is_some_and(|promised| *promised != sha256) {
        Err(other_digest(row))
    } else {
        Ok(Upload::arrived(row, Place::Growing(file.path().to_owned()), sha256))
    };
    Ok((arrived, Some(file)))
}

/// The bytes of an upload to the object store: what the store says about them is not enough, so they are fetched and hashed.
async fn from_store(app: &App, row: &Row, tags: Vec<String>) -> Result<Upload, ApiError> {
    let bytes = row.bytes.unsigned_abs();
    match app.store.join_parts(row, tags).await {
        Ok(true) => {}
        Ok(false) => return Err(incomplete(row, 0)),
        Err(e) => {
            // A store that is there and does not put the parts together does not have them.
            app.store.files.ping().await?;
            tracing::info!(upload = %row.id, error = %e, "parts not put together");
            return Err(incomplete(row, 0));
        }
    }
    match app.store.files.size(&row.key()).await? {
        None => return Err(incomplete(row, 0)),
        Some(found) if found == bytes => {}
        Some(found) => {
            return Err(ApiError::new(UPLOAD_MISMATCH)
                .detail(format!("{bytes} bytes were announced, {found} came."))
                .arg("bytes", bytes));
        }
    }
    let sha256 = row.sha256.clone().unwrap_or_default();
    match app.store.files.fetch(row.becomes(), &row.id, bytes, &sha256).await {
        Ok(file) => Ok(Upload::arrived(row, Place::Kept(file), sha256)),
        Err(StoreError::Altered { .. }) => Err(other_digest(row)),
        Err(e) => Err(e.into()),
    }
}

fn incomplete(row: &Row, received: u64) -> ApiError {
    ApiError::new(UPLOAD_INCOMPLETE)
        .detail(format!("Send all {} bytes first.", row.bytes))
        .arg("bytes", row.bytes)
        .arg("received", received)
}

/// The problem of bytes with another digest than announced.
pub(super) fn other_digest(row: &Row) -> ApiError {
    ApiError::new(UPLOAD_MISMATCH)
        .detail("The SHA-256 of the bytes is not the one that was announced; send the file again.")
        .arg("bytes", row.bytes)
}
