//! `POST|GET /models`, `GET|DELETE /models/{id}`.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use fine_model::{Feature, ModelFacts};
use fine_store::{Action, Kind, Problem, now_ms, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Params, Path};
use super::datasets::FileUpload;
use super::listing::{Listing, PageQuery};
use super::model_reading::ModelReading;
use crate::auth::Owner;
use crate::problem::{ApiError, FILE_BEFORE, IN_USE, UNAUTHENTICATED};
use crate::reading;
use crate::sandbox::Described;
use crate::state::App;
use crate::trail;
use crate::upload::{self, Upload};

/// An uploaded model file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Model {
    /// UUIDv7.
    pub(crate) id: String,
    /// Name as uploaded.
    filename: String,
    /// Size.
    bytes: u64,
    /// Lower-case hex.
    sha256: String,
    /// `pickle`, `joblib`, `xgboost-json`, `xgboost-ubj`, `lightgbm-text`, `onnx`, …
    format: String,
    /// `scikit-learn`, `xgboost`, …; empty when unknown.
    library: String,
    /// As stored in the file.
    library_version: Option<String>,
    /// `binary`, `multiclass`, `regression`; null when it cannot be run.
    task: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// Whether it can predict.
    runnable: bool,
}

/// What the reader saw, as stored.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ModelDetails {
    /// Everything written in the file.
    #[schema(value_type = Object)]
    pub(crate) facts: ModelFacts,
    /// Raw input columns in model order.
    #[schema(value_type = Vec<FeatureSchema>)]
    pub(crate) features: Vec<Feature>,
    /// Class labels; empty for regression.
    pub(crate) classes: Vec<String>,
    /// Why it cannot be run.
    pub(crate) problem: Option<Problem>,
}

/// One raw input column of a model.
#[derive(ToSchema)]
#[schema(as = Feature)]
#[expect(dead_code, reason = "describes a type of another crate")]
pub(super) struct FeatureSchema {
    /// Name.
    name: String,
    /// `number`, `text` or `any`.
    kind: String,
}

/// An uploaded model file with what the reader saw.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModelDetail {
    #[serde(flatten)]
    pub(crate) model: Model,
    #[serde(flatten)]
    details: ModelDetails,
    /// How it is read from its files.
    reading: ModelReading,
}

impl From<fine_store::Model> for Model {
    fn from(m: fine_store::Model) -> Self {
        Self {
            id: m.id,
            filename: m.filename,
            bytes: m.bytes as u64,
            sha256: m.sha256,
            format: m.format,
            library: m.library,
            library_version: m.library_version,
            task: m.task,
            created_at: rfc3339(m.created_at),
            runnable: m.runnable != 0,
        }
    }
}

/// The row as it is given to its owner.
pub(super) fn document(m: fine_store::Model) -> serde_json::Result<serde_json::Value> {
    let (details, reading): (serde_json::Value, serde_json::Value) =
        (serde_json::from_str(&m.details)?, serde_json::from_str(&m.reading)?);
    let mut document = serde_json::to_value(Model::from(m))?;
    document["details"] = details;
    document["reading"] = reading;
    Ok(document)
}

/// A stored model as the API shows it.
pub(super) fn detail(m: fine_store::Model) -> Result<ModelDetail, ApiError> {
    let (details, reading) = (serde_json::from_str(&m.details)?, serde_json::from_str(&m.reading)?);
    Ok(ModelDetail { model: m.into(), details, reading })
}

/// Uploads a model file. Nothing in it is ever executed; what would run code is listed and not run.
#[utoipa::path(post, path = "/models", tag = "models",
    request_body(content = FileUpload, content_type = "multipart/form-data"),
    responses((status = 201, body = ModelDetail), (status = 413), (status = 415), (status = 422), (status = 503), (status = 507)))]
pub(super) async fn upload(
    State(app): State<App>,
    owner: Owner,
    body: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<ModelDetail>), ApiError> {
    let upload = upload::receive(body, &app.store.files, app.config.max_model_bytes).await?;
    let kept = keep_model(&app, &owner.id, upload).await?;
    let id = &kept.model.id;
    if !owner.is_still_here(&app).await? {
        // The account was deleted meanwhile.
        remove(&app, &owner.id, id).await?;
        return Err(ApiError::new(UNAUTHENTICATED).detail("The session has ended during the upload."));
    }
    trail::note(&app, &owner, Action::Upload, &format!("model/{id}")).await;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// Opens a complete upload and keeps it when it is a model, also one that cannot be run.
pub(crate) async fn keep_model(app: &App, owner: &str, upload: Upload) -> Result<ModelDetail, ApiError> {
    let Described { details, task } = reading::describe_model(app, upload.path(), &upload.filename).await?;
    let row = fine_store::Model {
        id: upload.id.clone(),
        owner_id: owner.to_owned(),
        filename: upload.filename.clone(),
        bytes: upload.bytes as i64,
        sha256: upload.sha256.clone(),
        format: details.facts.format.clone(),
        library: details.facts.library.clone(),
        library_version: details.facts.library_version.clone(),
        task: task.map(task_name),
        runnable: i64::from(details.problem.is_none()),
        details: serde_json::to_string(&details)?,
        reading: "{}".to_owned(),
        created_at: now_ms(),
    };
    upload.keep(app, owner, Kind::Model, Box::pin(app.store.add_model(&row))).await?;
    tracing::info!(model = %row.id, format = %row.format, library = %row.library, runnable = row.runnable, "model kept");
    detail(row)
}

/// A task as the API writes it.
pub(super) fn task_name(task: fine_table::Task) -> String {
    match task {
        fine_table::Task::Binary => "binary",
        fine_table::Task::Multiclass => "multiclass",
        fine_table::Task::Regression => "regression",
    }
    .to_owned()
}

/// Lists the owner's models.
#[utoipa::path(get, path = "/models", tag = "models", params(PageQuery),
    responses((status = 200, body = Listing<Model>)))]
pub(super) async fn list(
    State(app): State<App>,
    owner: Owner,
    Params(query): Params<PageQuery>,
) -> Result<Json<Listing<Model>>, ApiError> {
    let (cursor, limit) = query.check()?;
    let page = app.store.models(&owner.id, cursor, limit).await?;
    Ok(Json(Listing::of(page, Model::from)))
}

/// One model with everything written in its file.
#[utoipa::path(get, path = "/models/{id}", tag = "models", params(("id" = String, Path)),
    responses((status = 200, body = ModelDetail), (status = 404)))]
pub(super) async fn read(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<Json<ModelDetail>, ApiError> {
    let row = app.store.model(&owner.id, &id).await?.ok_or_else(ApiError::not_found)?;
    detail(row).map(Json)
}

/// Deletes a model. Finished audits keep their results.
#[utoipa::path(delete, path = "/models/{id}", tag = "models", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 409)))]
pub(super) async fn delete(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if app.store.is_in_use(&owner.id, &id).await? {
        return Err(ApiError::new(IN_USE).detail("Cancel the audit or wait for its end."));
    }
    if let Some(model) = app.store.model_behind(&owner.id, &id).await? {
        return Err(ApiError::new(FILE_BEFORE)
            .detail(format!("{:?} is read with it; choose other files there, or delete it first.", model.filename))
            .arg("model", model.filename));
    }
    if !remove(&app, &owner.id, &id).await? {
        return Err(ApiError::not_found());
    }
    trail::note(&app, &owner, Action::Delete, &format!("model/{id}")).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(app: &App, owner: &str, id: &str) -> Result<bool, ApiError> {
    let there = app.store.delete_model(owner, id).await?;
    if there {
        app.store.files.delete(&Kind::Model.key(id)).await?;
    }
    Ok(there)
}
