//! `GET /report/analysis/{id}/download`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fine_audit::result::AuditResult;
use fine_report::{InWords, Language, text_report};
use fine_store::{Action, now_ms, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Params, Path};
use super::narrative;
use crate::auth::Owner;
use crate::narrator::{NarrativeState, Review};
use crate::problem::{ApiError, INVALID, NO_LINK, NOT_FINISHED};
use crate::state::App;
use crate::trail;

/// How long a signed address of a result is good.
const LINK: Duration = Duration::from_secs(300);

/// Form and language of a report.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// `txt` (default) or `json`.
    format: Option<String>,
    /// `en` (default) or `es`; absent follows Accept-Language.
    lang: Option<String>,
}

/// Downloads the report of a finished audit.
#[utoipa::path(get, path = "/report/analysis/{id}/download", tag = "vault",
    params(("id" = String, Path), ReportQuery),
    responses((status = 200, content_type = "text/plain"), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn download(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Params(query): Params<ReportQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = app.store.analysis(&owner.id, &id).await?.ok_or_else(ApiError::not_found)?;
    let language = asked_language(query.lang.as_deref(), "/query/lang", &headers)?;
    let format = query.format.as_deref().unwrap_or("txt");
    if !matches!(format, "txt" | "json") {
        return Err(refused("/query/format", "expected txt or json"));
    }
    let key = row.result_key.ok_or_else(|| ApiError::new(NOT_FINISHED).detail("There is no report yet."))?;
    let bytes = app.store.files.get(&key).await?;
    let (content_type, body) = if format == "json" {
        ("application/json", bytes.to_vec())
    } else {
        let (name, in_words) = (row.name.clone(), in_words(&app, &owner.id, &id, language).await?);
        let text = tokio::task::spawn_blocking(move || {
            serde_json::from_slice::<AuditResult>(&bytes)
                .map(|result| text_report(&result, &name, language, in_words.as_ref()))
        });
        ("text/plain; charset=utf-8", text.await??.into_bytes())
    };
    trail::note(&app, &owner, Action::ReportDownload, &format!("analysis/{id}")).await;
    let disposition = attachment(&row.name, format);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(|e| ApiError::internal(&e))?),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}

/// What a language model has written about the audit, for its report.
async fn in_words(app: &App, owner: &str, id: &str, language: Language) -> Result<Option<InWords>, ApiError> {
    let narrative = narrative::stored(app, owner, id, language).await?;
    if narrative.state != NarrativeState::Written {
        return Ok(None);
    }
    let part = |review: &Review| {
        let sentences = review.sentences.iter().map(|sentence| sentence.text.clone()).collect();
        (review.area.id().to_owned(), sentences)
    };
    Ok(Some(InWords {
        model: narrative.model.clone().unwrap_or_default(),
        parts: narrative.reviews.iter().map(part).collect(),
        kept: narrative.kept,
        rejected: narrative.rejected,
    }))
}

/// The language that the query asks for, at this place; without one, that of Accept-Language.
///
/// # Errors
/// When there is no such language.
pub(super) fn asked_language(tag: Option<&str>, pointer: &str, headers: &HeaderMap) -> Result<Language, ApiError> {
    match tag.filter(|tag| !tag.is_empty()) {
        Some(tag) => language(tag, pointer),
        None => Ok(accepted_language(headers)),
    }
}

/// The language with this tag.
///
/// # Errors
/// When there is none, at this place of the request.
pub(super) fn language(tag: &str, pointer: &str) -> Result<Language, ApiError> {
    Language::from_tag(tag).ok_or_else(|| refused(pointer, "expected en or es"))
}

fn refused(pointer: &str, expected: &str) -> ApiError {
    ApiError::new(INVALID).detail("A parameter is not valid.").field(pointer, "invalid-parameter", expected)
}

/// Where a result can be read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResultLink {
    /// Address for a `GET`, without a token.
    url: String,
    /// RFC 3339; the address is good until then.
    expires_at: String,
}

/// Answers a signed, short-lived address of the result of a finished audit (the JSON report) in the object store. The text
/// report is written from it when it is asked for, in the language asked for, so it comes from this server only.
#[utoipa::path(get, path = "/report/analysis/{id}/link", tag = "vault", params(("id" = String, Path)),
    responses((status = 200, body = ResultLink), (status = 404), (status = 409)))]
pub(super) async fn link(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<Json<ResultLink>, ApiError> {
    let row = app.store.analysis(&owner.id, &id).await?.ok_or_else(ApiError::not_found)?;
    let key = row.result_key.ok_or_else(|| ApiError::new(NOT_FINISHED).detail("There is no report yet."))?;
    let expires_at = rfc3339(now_ms() + LINK.as_millis() as i64);
    match app.store.files.link(&key, &filename(&row.name, "json"), LINK).await? {
        Some(url) => Ok(Json(ResultLink { url, expires_at })),
        None => Err(ApiError::new(NO_LINK).detail("Download the report from this server.")),
    }
}

/// The first language of `Accept-Language` that there is.
pub(crate) fn accepted_language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first = wanted.split(',').filter_map(|part| Language::from_tag(part.split(';').next()?.trim())).next();
    first.unwrap_or(Language::En)
}

/// `attachment` with the name of a download.
fn attachment(name: &str, extension: &str) -> String {
    format!("attachment; filename=\"{}\"", filename(name, extension))
}

/// A name of plain characters made of the audit's name.
fn filename(name: &str, extension: &str) -> String {
    let mut plain = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_lowercase()),
            _ if plain.ends_with('-') || plain.is_empty() => {}
            _ => plain.push('-'),
        }
    }
    let plain: String = plain.trim_matches('-').chars().take(80).collect();
    let plain = if plain.is_empty() { "audit".to_owned() } else { plain };
    format!("fine-{plain}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_downloads_are_plain() {
        assert_eq!(attachment("Income (Adult)\r\n\"x\"", "txt"), "attachment; filename=\"fine-income-adult-x.txt\"");
        assert_eq!(attachment("¿Año?", "json"), "attachment; filename=\"fine-a-o.json\"");
        assert_eq!(attachment("日本", "txt"), "attachment; filename=\"fine-audit.txt\"");
    }
}
