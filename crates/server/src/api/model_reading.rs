//! `PUT /models/{id}/reading`: which part of a file is the model, and the files that stand before it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, Path};
use super::models::{ModelDetail, detail, task_name};
use super::request::problem;
use crate::auth::Owner;
use crate::problem::{ApiError, IN_USE, INVALID};
use crate::reading;
use crate::state::App;

/// Most files before a model.
const MOST: usize = 16;

/// How a model is read from its files. All of it may be left out: the whole file is the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelReading {
    /// Ids of model files with fitted transformers, in the order in which they are applied before the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) before: Vec<String>,
    /// Key of the model in a file that holds a dictionary, or its position in a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pick: Option<String>,
    /// Step of a pipeline from which on it is run: the table holds what the steps before it make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from_step: Option<String>,
    /// One target, from 0, of a model that predicts several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<u32>,
}

impl ModelReading {
    /// The part of the file.
    pub(crate) fn part(&self) -> fine_model::import::Part {
        fine_model::import::Part {
            pick: self.pick.clone(),
            from_step: self.from_step.clone(),
            output: self.output.map(|output| output as usize),
        }
    }
}

/// A stored model with the files that stand before it.
pub(crate) struct Chain {
    pub(crate) before: Vec<fine_store::Model>,
    pub(crate) model: fine_store::Model,
    pub(crate) reading: ModelReading,
}

impl Chain {
    /// A model of this owner as it is read; `None` without one.
    ///
    /// # Errors
    /// 404 for a file before it that is gone.
    pub(crate) async fn find(app: &App, owner: &str, id: &str) -> Result<Option<Self>, ApiError> {
        let Some(model) = app.store.model(owner, id).await? else { return Ok(None) };
        let reading: ModelReading = serde_json::from_str(&model.reading)?;
        Self::with(app, owner, model, reading).await.map(Some)
    }

    async fn with(app: &App, owner: &str, model: fine_store::Model, reading: ModelReading) -> Result<Self, ApiError> {
        let mut before = Vec::new();
        for (at, id) in reading.before.iter().enumerate() {
            let refused = |code, detail: &str| {
                let field = problem(&format!("/before/{at}"), code, detail.to_owned(), serde_json::json!({}));
                ApiError::new(INVALID).detail(detail).fields(vec![field])
            };
            if at >= MOST {
                return Err(refused("too-many-files", "There are too many files before the model."));
            }
            if *id == model.id || reading.before[..at].contains(id) {
                return Err(refused("file-twice", "A file stands there twice."));
            }
            before.push(app.store.model(owner, id).await?.ok_or_else(ApiError::not_found)?);
        }
        Ok(Self { before, model, reading })
    }
}

/// Chooses how a model is read, and reads it again. The answer is what is seen then, also when it cannot be audited.
#[utoipa::path(put, path = "/models/{id}/reading", tag = "models", params(("id" = String, Path)),
    request_body = ModelReading,
    responses((status = 200, body = ModelDetail), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn choose(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Body(reading): Body<ModelReading>,
) -> Result<Json<ModelDetail>, ApiError> {
    let model = app.store.model(&owner.id, &id).await?.ok_or_else(ApiError::not_found)?;
    if app.store.is_in_use(&owner.id, &id).await? {
        return Err(ApiError::new(IN_USE).detail("Cancel the audit or wait for its end."));
    }
    let chain = Chain::with(&app, &owner.id, model, reading).await?;
    let described = reading::describe_chain(&app, &chain).await?;
    let Chain { model, reading, .. } = chain;
    let row = fine_store::Model {
        task: described.task.map(task_name),
        runnable: i64::from(described.details.problem.is_none()),
        library: described.details.facts.library.clone(),
        library_version: described.details.facts.library_version.clone(),
        details: serde_json::to_string(&described.details)?,
        reading: serde_json::to_string(&reading)?,
        ..model
    };
    if !app.store.read_model_anew(&row).await? {
        return Err(ApiError::not_found());
    }
    detail(row).map(Json)
}
