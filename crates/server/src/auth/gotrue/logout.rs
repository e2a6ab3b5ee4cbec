//! `POST /logout`.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use fine_store::Action;
use serde::Deserialize;

use super::error::AuthError;
use super::session;
use crate::auth::ClientIp;
use crate::state::App;
use crate::trail;

#[derive(Deserialize)]
pub(super) struct Scope {
    scope: Option<String>,
}

pub(super) async fn handler(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
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
    trail::note_sign_in(&app, Some(&user.id), ip, Action::SignOut).await;
    Ok(StatusCode::NO_CONTENT)
}
