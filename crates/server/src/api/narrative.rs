//! `GET|POST /audit/analyses/{id}/narrative`: what a language model has written about a finished audit.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use bytes::Bytes;
use fine_audit::result::AuditResult;
use fine_report::Language;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::body::{Body, Params, Path};
use super::reports::{asked_language, language};
use crate::auth::Owner;
use crate::narrator::{self, Model, Narrative, NarrativeState};
use crate::problem::{ApiError, NOT_FINISHED};
use crate::state::{App, State as Shared};

/// Language of a narrative.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NarrativeQuery {
    /// `en` or `es`; absent follows Accept-Language.
    language: Option<String>,
}

/// Language of a narrative.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NarrativeRequest {
    /// `en` or `es`.
    language: String,
}

/// What a language model has written about a finished audit in this language. Each sentence was verified against the results and
/// cites them; those that could not be were dropped and counted. Without a language model the state is `off`, and nothing is missing:
/// the words of the report are made by rules.
#[utoipa::path(get, path = "/audit/analyses/{id}/narrative", tag = "vault",
    params(("id" = String, Path), NarrativeQuery),
    responses((status = 200, body = Narrative), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn narrative(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Params(query): Params<NarrativeQuery>,
    headers: HeaderMap,
) -> Result<Json<Narrative>, ApiError> {
    let language = asked_language(query.language.as_deref(), "/query/language", &headers)?;
    finished(&app, &owner.id, &id).await?;
    Ok(Json(stored(&app, &owner.id, &id, language).await?))
}

/// Has the language model write about a finished audit, anew where there is something already; takes up to the time that it has
/// (`FINE_LLM_SECONDS`). It is sent aggregates under aliases: no row, no name of a column or category.
#[utoipa::path(post, path = "/audit/analyses/{id}/narrative", tag = "vault", params(("id" = String, Path)),
    request_body = NarrativeRequest,
    responses((status = 200, body = Narrative), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn write_narrative(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Body(request): Body<NarrativeRequest>,
) -> Result<Json<Narrative>, ApiError> {
    let language = language(&request.language, "/language")?;
    let key = finished(&app, &owner.id, &id).await?;
    let Some(model) = &app.model else { return Ok(Json(Narrative::absent(NarrativeState::Off, language, None))) };
    app.limits.words(&owner.id).await?;
    let result = read(app.store.files.get(&key).await?).await?;
    let narrative = narrator::narrate(model, &result, language).await;
    keep(&app, &owner.id, &id, &narrative).await?;
    Ok(Json(narrative))
}

/// The key of the result of an owner's finished audit.
async fn finished(app: &App, owner: &str, id: &str) -> Result<String, ApiError> {
    let analysis = app.store.analysis(owner, id).await?.ok_or_else(ApiError::not_found)?;
    let unfinished = || ApiError::new(NOT_FINISHED).detail("The audit has no result.").arg("name", analysis.name);
    analysis.result_key.ok_or_else(unfinished)
}

/// Results have megabytes: they are read where nothing waits.
async fn read(document: Bytes) -> Result<AuditResult, ApiError> {
    Ok(tokio::task::spawn_blocking(move || serde_json::from_slice(&document)).await??)
}

/// The narrative that is kept, or that there is none.
pub(crate) async fn stored(app: &Shared, owner: &str, id: &str, language: Language) -> Result<Narrative, ApiError> {
    if let Some(text) = app.store.narrative(owner, id, language.tag()).await? {
        return Ok(serde_json::from_str(&text)?);
    }
    let state = if app.model.is_some() { NarrativeState::Missing } else { NarrativeState::Off };
    Ok(Narrative::absent(state, language, app.model.as_ref()))
}

/// Keeps a narrative; a failed one takes the place of no written one.
pub(crate) async fn keep(app: &Shared, owner: &str, id: &str, narrative: &Narrative) -> Result<(), ApiError> {
    if narrative.state == NarrativeState::Failed
        && app.store.narrative(owner, id, &narrative.language).await?.is_some_and(|text| is_written(&text))
    {
        return Ok(());
    }
    app.store.keep_narrative(owner, id, &narrative.language, &serde_json::to_string(narrative)?).await?;
    Ok(())
}

fn is_written(text: &str) -> bool {
    serde_json::from_str::<Narrative>(text).is_ok_and(|narrative| narrative.state == NarrativeState::Written)
}

/// Writes the narrative of an audit that has just been made, before it is called done. Whatever goes wrong with it is no reason
/// to hold the audit up.
pub(crate) async fn write_in_time(
    app: &Shared,
    owner: &str,
    id: &str,
    language: Language,
    model: &Model,
    result: &str,
) -> Option<Narrative> {
    let result = match read(result.to_owned().into()).await {
        Ok(result) => result,
        Err(e) => {
            tracing::warn!(error = ?e, "the result cannot be put into words");
            return None;
        }
    };
    let narrative = narrator::narrate(model, &result, language).await;
    tracing::info!(kept = narrative.kept, rejected = narrative.rejected, problem = ?narrative.problem, "audit put into words");
    if let Err(e) = keep(app, owner, id, &narrative).await {
        tracing::warn!(error = ?e, "what was written is not kept");
    }
    Some(narrative)
}
