//! `POST|GET /datasets`, `GET|DELETE /datasets/{id}`.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use fine_store::{Action, Kind, now_ms, rfc3339};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Params, Path};
use super::listing::{Listing, PageQuery};
use crate::auth::Owner;
use crate::problem::{ApiError, IN_USE, UNAUTHENTICATED};
use crate::reading;
use crate::state::App;
use crate::trail;
use crate::upload::{self, Upload};

/// An uploaded table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Dataset {
    /// UUIDv7.
    pub(crate) id: String,
    /// Name as uploaded.
    filename: String,
    /// Size.
    bytes: u64,
    /// Lower-case hex.
    sha256: String,
    /// `csv`, `tsv`, `parquet`, `arrow-file`, `arrow-stream`, `json-lines`, `json-array`.
    format: String,
    /// Rows.
    rows: u64,
    /// Columns.
    columns: u64,
    /// RFC 3339.
    created_at: String,
}

/// An uploaded table with what the reader saw.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DatasetDetail {
    #[serde(flatten)]
    pub(crate) dataset: Dataset,
    /// First rows, columns and suggested roles.
    #[schema(value_type = Object)]
    preview: fine_table::Preview,
}

/// A multipart upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body")]
pub(super) struct FileUpload {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

impl From<fine_store::Dataset> for Dataset {
    fn from(d: fine_store::Dataset) -> Self {
        Self {
            id: d.id,
            filename: d.filename,
            bytes: d.bytes as u64,
            sha256: d.sha256,
            format: d.format,
            rows: d.row_count as u64,
            columns: d.column_count as u64,
            created_at: rfc3339(d.created_at),
        }
    }
}

/// The row as it is given to its owner.
pub(super) fn document(d: fine_store::Dataset) -> serde_json::Result<serde_json::Value> {
    let preview: serde_json::Value = serde_json::from_str(&d.preview)?;
    let mut document = serde_json::to_value(Dataset::from(d))?;
    document["preview"] = preview;
    Ok(document)
}

pub(super) fn detail(d: fine_store::Dataset) -> Result<DatasetDetail, ApiError> {
    let preview = serde_json::from_str(&d.preview)?;
    Ok(DatasetDetail { dataset: d.into(), preview })
}

/// Uploads a table: CSV, TSV, Parquet, Arrow IPC or JSON lines, also under gzip or Zstandard.
#[utoipa::path(post, path = "/datasets", tag = "datasets",
    request_body(content = FileUpload, content_type = "multipart/form-data"),
    responses((status = 201, body = DatasetDetail), (status = 413), (status = 415), (status = 422), (status = 503), (status = 507)))]
pub(super) async fn upload(
    State(app): State<App>,
    owner: Owner,
    body: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<DatasetDetail>), ApiError> {
    let upload = upload::receive(body, &app.store.files, app.config.max_dataset_bytes).await?;
    let kept = keep_dataset(&app, &owner.id, upload).await?;
    let id = &kept.dataset.id;
    if !owner.is_still_here(&app).await? {
        // The account was deleted meanwhile.
        remove(&app, &owner.id, id).await?;
        return Err(ApiError::new(UNAUTHENTICATED).detail("The session has ended during the upload."));
    }
    trail::note(&app, &owner, Action::Upload, &format!("dataset/{id}")).await;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// Reads a complete upload and keeps it when it is a table.
pub(crate) async fn keep_dataset(app: &App, owner: &str, upload: Upload) -> Result<DatasetDetail, ApiError> {
    let read = reading::preview(app, upload.path(), &upload.filename).await?;
    let row = fine_store::Dataset {
        id: upload.id.clone(),
        owner_id: owner.to_owned(),
        filename: upload.filename.clone(),
        bytes: upload.bytes as i64,
        sha256: upload.sha256.clone(),
        format: read.format,
        row_count: read.rows as i64,
        column_count: read.preview.columns.len() as i64,
        preview: serde_json::to_string(&read.preview)?,
        created_at: now_ms(),
    };
    upload.keep(app, owner, Kind::Dataset, Box::pin(app.store.add_dataset(&row))).await?;
    tracing::info!(dataset = %row.id, rows = row.row_count, columns = row.column_count, "dataset kept");
    detail(row)
}

/// Lists the owner's datasets.
#[utoipa::path(get, path = "/datasets", tag = "datasets", params(PageQuery),
    responses((status = 200, body = Listing<Dataset>)))]
pub(super) async fn list(
    State(app): State<App>,
    owner: Owner,
    Params(query): Params<PageQuery>,
) -> Result<Json<Listing<Dataset>>, ApiError> {
    let (cursor, limit) = query.check()?;
    let page = app.store.datasets(&owner.id, cursor, limit).await?;
    Ok(Json(Listing::of(page, Dataset::from)))
}

/// One dataset with its preview and the roles suggested for its columns.
#[utoipa::path(get, path = "/datasets/{id}", tag = "datasets", params(("id" = String, Path)),
    responses((status = 200, body = DatasetDetail), (status = 404)))]
pub(super) async fn read(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<Json<DatasetDetail>, ApiError> {
    let row = app.store.dataset(&owner.id, &id).await?.ok_or_else(ApiError::not_found)?;
    detail(row).map(Json)
}

/// Deletes a dataset. Finished audits keep their results.
#[utoipa::path(delete, path = "/datasets/{id}", tag = "datasets", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409)))]
pub(super) async fn delete(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if app.store.is_in_use(&owner.id, &id).await? {
        return Err(ApiError::new(IN_USE).detail("Cancel the audit or wait for its end."));
    }
    if !remove(&app, &owner.id, &id).await? {
        return Err(ApiError::not_found());
    }
    trail::note(&app, &owner, Action::Delete, &format!("dataset/{id}")).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(app: &App, owner: &str, id: &str) -> Result<bool, ApiError> {
    let there = app.store.delete_dataset(owner, id).await?;
    if there {
        app.store.files.delete(&Kind::Dataset.key(id)).await?;
    }
    Ok(there)
}
