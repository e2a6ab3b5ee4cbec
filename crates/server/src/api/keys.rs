//! `GET|POST /account/keys`, `DELETE /account/keys/{id}`: keys with which programs use the API in their owner's name.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fine_store::{Action, ApiKey, now_ms, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Path};
use crate::auth::{self, Owner, Scope};
use crate::problem::{ApiError, INVALID, TOO_MANY_KEYS};
use crate::state::App;
use crate::trail;

/// Most keys of one person that have not expired.
const MAX_KEYS: i64 = 20;
/// Longest name, in characters.
const NAME_LENGTH: usize = 60;
/// Life of a key, in days.
const DEFAULT_DAYS: u32 = 90;
const MAX_DAYS: u32 = 366;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A key without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeySummary {
    id: String,
    name: String,
    /// The first characters of the key.
    hint: String,
    scopes: Vec<Scope>,
    created_at: String,
    expires_at: String,
    /// To the minute; null when it was never used.
    last_used_at: Option<String>,
    /// It opens nothing any more.
    expired: bool,
}

/// All keys of a person, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyList {
    items: Vec<KeySummary>,
    /// Most keys that may be there at a time, expired ones not counted.
    limit: i64,
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// What it is for, 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// What it allows: `read` sees files, audits and reports; `audit` uploads and starts audits. Never the account.
    #[schema(min_items = 1)]
    scopes: Vec<Scope>,
    /// Days until it expires, 1 to 366; 90 when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 366)]
    expires_in_days: Option<u32>,
}

/// A fresh key.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeKey {
    /// The key itself. It is shown here and never again.
    secret: String,
    #[serde(flatten)]
    key: KeySummary,
}

impl From<ApiKey> for KeySummary {
    fn from(key: ApiKey) -> Self {
        let has = |scope: &Scope| key.scopes.split(' ').any(|s| s == scope.as_str());
        Self {
            scopes: [Scope::Read, Scope::Audit].into_iter().filter(has).collect(),
            created_at: rfc3339(key.created_at),
            expires_at: rfc3339(key.expires_at),
            last_used_at: key.last_used_at.map(rfc3339),
            expired: key.expires_at <= now_ms(),
            id: key.id,
            name: key.name,
            hint: key.hint,
        }
    }
}

/// The signed-in person's API keys, without their secrets.
#[utoipa::path(get, path = "/account/keys", tag = "account", responses((status = 200, body = KeyList)))]
pub(super) async fn list(State(app): State<App>, owner: Owner) -> Result<Json<KeyList>, ApiError> {
    let items = app.store.api_keys(&owner.id).await?.into_iter().map(KeySummary::from).collect();
    Ok(Json(KeyList { items, limit: MAX_KEYS }))
}

/// Makes an API key. The secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/account/keys", tag = "account", request_body = NewKey,
    responses((status = 201, body = MadeKey), (status = 409), (status = 422)))]
pub(super) async fn make(State(app): State<App>, owner: Owner, Body(new): Body<NewKey>) -> Result<Response, ApiError> {
    let (secret, hash, hint) = auth::new_api_key();
    let now = now_ms();
    let (name, scopes, days) = checked(new)?;
    let key = ApiKey {
        id: Uuid::now_v7().to_string(),
        owner_id: owner.id.clone(),
        name,
        hint,
        scopes: scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" "),
        created_at: now,
        expires_at: now + i64::from(days) * DAY_MS,
        last_used_at: None,
    };
    if !app.store.add_api_key(&key, &hash, MAX_KEYS).await? {
        return Err(ApiError::new(TOO_MANY_KEYS)
            .detail(format!("At most {MAX_KEYS} keys; revoke one that is not needed any more."))
            .arg("limit", MAX_KEYS));
    }
    trail::note(&app, &owner, Action::KeyMade, &format!("key/{}", key.id)).await;
    let cache = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::CREATED, cache, Json(MadeKey { secret, key: key.into() })).into_response())
}

fn checked(new: NewKey) -> Result<(String, Vec<Scope>, u32), ApiError> {
    let refuse = |pointer: &str, expected: &str| {
        Err(ApiError::new(INVALID).detail("A field of the body is not valid.").field(
            pointer,
            "invalid-field",
            expected,
        ))
    };
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_LENGTH || name.chars().any(char::is_control) {
        return refuse("/name", "expected 1 to 60 characters");
    }
    let days = new.expires_in_days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return refuse("/expires_in_days", "expected 1 to 366");
    }
    let scopes: Vec<Scope> = [Scope::Read, Scope::Audit].into_iter().filter(|s| new.scopes.contains(s)).collect();
    if scopes.is_empty() {
        return refuse("/scopes", "expected read, audit, or both");
    }
    Ok((name, scopes, days))
}

/// Revokes an API key: it opens nothing any more.
#[utoipa::path(delete, path = "/account/keys/{id}", tag = "account", params(("id" = String, Path)),
    responses((status = 204), (status = 404)))]
pub(super) async fn revoke(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if !app.store.revoke_api_key(&owner.id, &id).await? {
        return Err(ApiError::not_found());
    }
    trail::note(&app, &owner, Action::KeyRevoked, &format!("key/{id}")).await;
    Ok(StatusCode::NO_CONTENT)
}
