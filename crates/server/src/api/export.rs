//! `GET /account/export`: everything of a person as one archive, written while it is sent.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use fine_report::Language;
use fine_store::{Action, AnalysisFilter, Kind, Page, StoreError, rfc3339};
use futures::{Stream, TryStreamExt};
use serde_json::{Value, json};

use super::analyses::AnalysisSummary;
use super::goodbye::TrailItem;
use super::{datasets, models};
use crate::auth::Owner;
use crate::problem::ApiError;
use crate::state::App;
use crate::trail;

mod tar;

/// Rows that are read at a time.
const PAGE: u32 = 100;

/// Everything of this account as a tar archive: uploads as they were, results, events, and JSON documents of all rows. It is
/// written while it is sent; one that breaks off has no end mark.
#[utoipa::path(get, path = "/account/export", tag = "account",
    responses((status = 200, content_type = "application/x-tar")))]
pub(super) async fn export(State(app): State<App>, owner: Owner) -> Result<Response, ApiError> {
    trail::note(&app, &owner, Action::Export, "").await;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-tar")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"fine-account.tar\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let archive = archive(app, owner).inspect_err(|e| tracing::error!(error = %e, "export broke off"));
    Ok((headers, Body::from_stream(archive)).into_response())
}

/// A part of the archive.
enum Entry {
    Document(String, Value),
    File(String, String),
}

fn archive(app: App, owner: Owner) -> impl Stream<Item = Result<Bytes, StoreError>> {
    async_stream::try_stream! {
        let entries = entries(&app, &owner);
        futures::pin_mut!(entries);
        while let Some(entry) = entries.try_next().await? {
            match entry {
                Entry::Document(name, value) => {
                    let text = serde_json::to_vec_pretty(&value)?;
                    yield tar::header(&name, text.len() as u64);
                    let padding = tar::padding(text.len() as u64);
                    yield Bytes::from(text);
                    yield padding;
                }
                Entry::File(name, key) => {
                    // A file that was deleted since its row was read is left out.
                    let (size, mut bytes) = match app.store.files.read(&key).await {
                        Ok(opened) => opened,
                        Err(e) if e.is_missing() => continue,
                        Err(e) => Err(e)?,
                    };
                    yield tar::header(&name, size);
                    while let Some(piece) = bytes.try_next().await? {
                        yield piece;
                    }
                    yield tar::padding(size);
                }
            }
        }
        yield tar::end();
    }
}

fn entries(app: &App, owner: &Owner) -> impl Stream<Item = Result<Entry, StoreError>> {
    let store = &app.store;
    async_stream::try_stream! {
        yield Entry::Document("account.json".to_owned(), account(app, owner).await?);
        let mut cursor = None;
        loop {
            let Page { items, next_cursor } = store.trail(&owner.id, cursor.as_deref(), PAGE).await?;
            let name = format!("trail/{}.json", items.first().map_or("empty", |entry| entry.id.as_str()));
            let items: Vec<TrailItem> = items.into_iter().map(TrailItem::from).collect();
            yield Entry::Document(name, json!(items));
            cursor = match next_cursor { Some(next) => Some(next), None => break };
        }
        let mut cursor = None;
        loop {
            let Page { items, next_cursor } = store.datasets(&owner.id, cursor.as_deref(), PAGE).await?;
            for row in items {
                let folder = format!("datasets/{}", row.id);
                yield Entry::File(format!("{folder}/{}", tar::plain(&row.filename)), Kind::Dataset.key(&row.id));
                yield Entry::Document(format!("{folder}.json"), datasets::document(row)?);
            }
            cursor = match next_cursor { Some(next) => Some(next), None => break };
        }
        let mut cursor = None;
        loop {
            let Page { items, next_cursor } = store.models(&owner.id, cursor.as_deref(), PAGE).await?;
            for row in items {
                let folder = format!("models/{}", row.id);
                yield Entry::File(format!("{folder}/{}", tar::plain(&row.filename)), Kind::Model.key(&row.id));
                yield Entry::Document(format!("{folder}.json"), models::document(row)?);
            }
            cursor = match next_cursor { Some(next) => Some(next), None => break };
        }
        let (mut cursor, all) = (None, AnalysisFilter::default());
        loop {
            let Page { items, next_cursor } = store.analyses(&owner.id, &all, cursor.as_deref(), PAGE).await?;
            for row in items {
                let folder = format!("analyses/{}", row.id);
                let request: Value = serde_json::from_str(&row.request)?;
                let events = store.events_after(&row.job_id, 0).await?;
                let events = events.iter().map(|e| serde_json::from_str(&e.snapshot)).collect::<Result<Vec<Value>, _>>()?;
                let (result, id) = (row.result_key.clone(), row.id.clone());
                let summary = serde_json::to_value(AnalysisSummary::from(row))?;
                yield Entry::Document(
                    format!("{folder}.json"),
                    json!({"analysis": summary, "request": request, "events": events}),
                );
                if let Some(key) = result {
                    yield Entry::File(format!("{folder}/result.json"), key);
                }
                for language in [Language::En, Language::Es] {
                    if let Some(text) = store.narrative(&owner.id, &id, language.tag()).await? {
                        let name = format!("{folder}/narrative-{}.json", language.tag());
                        yield Entry::Document(name, serde_json::from_str(&text)?);
                    }
                }
                let asked = store.exchanges(&owner.id, &id).await?;
                let asked = asked.iter().map(|e| serde_json::from_str(&e.document)).collect::<Result<Vec<Value>, _>>()?;
                if !asked.is_empty() {
                    yield Entry::Document(format!("{folder}/questions.json"), json!(asked));
                }
            }
            cursor = match next_cursor { Some(next) => Some(next), None => break };
        }
    }
}

/// The person, their sessions' times and their keys; no secret and no hash of one.
async fn account(app: &App, owner: &Owner) -> Result<Value, StoreError> {
    let user = app.store.user(&owner.id).await?.map(|user| {
        json!({
            "created_at": rfc3339(user.created_at),
            "updated_at": rfc3339(user.updated_at),
            "last_sign_in_at": user.last_sign_in_at.map(rfc3339),
            "metadata": serde_json::from_str::<Value>(&user.metadata).unwrap_or_default(),
        })
    });
    let sessions = app.store.session_times(&owner.id).await?;
    let sessions: Vec<Value> = sessions
        .into_iter()
        .map(|(started, refreshed)| json!({"started_at": rfc3339(started), "refreshed_at": rfc3339(refreshed)}))
        .collect();
    let keys: Vec<super::keys::KeySummary> = app.store.api_keys(&owner.id).await?.into_iter().map(Into::into).collect();
    Ok(json!({"id": owner.id, "email": owner.email, "account": user, "sessions": sessions, "keys": keys}))
}
