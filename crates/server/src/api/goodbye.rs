//! `DELETE /account`, and `GET /account/trail`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fine_store::{TrailEntry, now_ms, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{MaybeBody, Params};
use super::listing::{Listing, PageQuery};
use crate::auth::gotrue::forget_mails;
use crate::auth::{Access, Owner, is_right_password};
use crate::problem::{ApiError, RATE_LIMITED, SIGN_IN_AGAIN, WRONG_PASSWORD};
use crate::state::App;

/// A sign-in of this age or less stands for the password.
const FRESH_MS: i64 = 10 * 60 * 1000;

/// Proof that it is the person and not somebody at an open screen.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Goodbye {
    /// The password of the embedded sign-in; not needed within ten minutes of a sign-in.
    #[serde(default)]
    password: Option<String>,
}

/// Something that was done with an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrailItem {
    id: String,
    /// RFC 3339.
    at: String,
    /// `person` or `key`.
    by: String,
    /// The API key, when it was one.
    key_id: Option<String>,
    /// `sign-up`, `sign-in`, `sign-in-refused`, `sign-out`, `password-change`, `upload`, `audit-start`, `audit-cancel`, `delete`,
    /// `report-download`, `key-made`, `key-revoked`, `export`.
    action: String,
    /// What it was done to, as in `dataset/ID`.
    subject: Option<String>,
    /// The client's network address.
    address: Option<String>,
}

impl From<TrailEntry> for TrailItem {
    fn from(entry: TrailEntry) -> Self {
        Self {
            id: entry.id,
            at: rfc3339(entry.created_at),
            by: entry.actor,
            key_id: entry.key_id,
            action: entry.action,
            subject: entry.subject,
            address: entry.address,
        }
    }
}

/// Who did what with this account, newest first.
#[utoipa::path(get, path = "/account/trail", tag = "account", params(PageQuery),
    responses((status = 200, body = Listing<TrailItem>)))]
pub(super) async fn trail(
    State(app): State<App>,
    owner: Owner,
    Params(query): Params<PageQuery>,
) -> Result<Json<Listing<TrailItem>>, ApiError> {
    let (cursor, limit) = query.check()?;
    let page = app.store.trail(&owner.id, cursor, limit).await?;
    Ok(Json(Listing::of(page, TrailItem::from)))
}

/// Deletes the account with everything in it, at once and for good: files, audits (running ones are stopped), results, events,
/// keys, sessions. Takes the password, or a sign-in within the last ten minutes. Where Supabase signs people in, their account
/// there stays; what Fine holds of them goes.
#[utoipa::path(delete, path = "/account", tag = "account", request_body(content = Option<Goodbye>),
    responses((status = 204), (status = 403), (status = 422)))]
pub(super) async fn delete(
    State(app): State<App>,
    owner: Owner,
    MaybeBody(goodbye): MaybeBody<Goodbye>,
) -> Result<StatusCode, ApiError> {
    if app.embedded.is_some() {
        prove(&app, &owner, goodbye).await?;
    }
    // In a task of its own: a client that goes away does not stop it half-way.
    tokio::spawn(async move { forget(&app, &owner).await }).await??;
    tracing::info!("an account was deleted");
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes what is stored, and the mails that were laid down for the person.
async fn forget(app: &App, owner: &Owner) -> Result<(), ApiError> {
    app.store.delete_account(&owner.id).await?;
    match &app.embedded {
        Some(service) => forget_mails(service, &owner.email).map_err(|e| ApiError::internal(&format!("{e:#}"))),
        None => Ok(()),
    }
}

async fn prove(app: &App, owner: &Owner, goodbye: Goodbye) -> Result<(), ApiError> {
    if let Some(password) = goodbye.password {
        let counted = app.limits.sign_in(owner.address, &format!("delete {}", owner.id)).await;
        counted.map_err(|seconds| ApiError::new(RATE_LIMITED).arg("seconds", seconds).retry_after(seconds))?;
        let user = app.store.user(&owner.id).await?;
        if !is_right_password(password, user.map(|u| u.password_hash)).await? {
            return Err(ApiError::new(WRONG_PASSWORD).detail("Nothing was deleted."));
        }
        return Ok(());
    }
    let started = match &owner.access {
        Access::Session { id } => app.store.session_started(id, &owner.id).await?,
        Access::Key { .. } => None,
    };
    match started {
        Some(at) if now_ms() - at <= FRESH_MS => Ok(()),
        _ => {
            Err(ApiError::new(SIGN_IN_AGAIN).detail("Send the password, or sign in again first. Nothing was deleted."))
        }
    }
}
