//! `POST /logout`.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::error::AuthError;
use super::session;
use crate::auth::ClientIp;
use crate::state::App;

#[derive(Deserialize)]
pub(super) struct Scope {
    scope: Option<String>,
}

pub(super) async fn handler(
    State(app): State<App>,
    _: ClientIp,
    Query(query): Query<Scope>,
    headers: HeaderMap,
) -> Result<StatusCode, AuthError> {
    let (user, claims) = session::signed_in(&app, &headers).await?;
    match query.scope.as_deref().unwrap_or("global") {
        "global" => app.store.end_sessions(&user.id, None).await?,
        "local" => app.store.end_session(&claims.session_id).await?,
        "others" => app.store.end_sessions(&user.id, Some(&claims.session_id)).await?,
        _ => return Err(AuthError::new(400, "validation_failed", "Unsupported logout scope")),
    }
    Ok(StatusCode::NO_CONTENT)
}
