//! `GET /user`, `PUT /user`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use fine_store::Action;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::{AuthError, Body};
use super::{session, signup};
use crate::auth::{ClientIp, passwords};
use crate::state::App;
use crate::trail;

#[derive(Deserialize)]
pub(super) struct Request {
    email: Option<String>,
    password: Option<String>,
    data: Option<Map<String, Value>>,
}

pub(super) async fn read(State(app): State<App>, _: ClientIp, headers: HeaderMap) -> Result<Json<Value>, AuthError> {
    let (user, _) = session::signed_in(&app, &headers).await?;
    Ok(Json(session::user_body(&user)))
}

/// Changes the password or the metadata. A new password ends all other sessions.
pub(super) async fn change(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    Body(request): Body<Request>,
) -> Result<Json<Value>, AuthError> {
    let (user, claims) = session::signed_in(&app, &headers).await?;
    if request.email.is_some_and(|e| signup::address(&e).is_ok_and(|e| e != user.email)) {
        return Err(AuthError::new(422, "email_provider_disabled", "The address of an account cannot be changed"));
    }
    let hash = match request.password {
        None => None,
        Some(password) => {
            signup::check_password(&password)?;
            if passwords::is_right(password.clone(), Some(user.password_hash.clone())).await? {
                let message = "New password should be different from the old password.";
                return Err(AuthError::new(422, "same_password", message));
            }
            Some(passwords::hash(password).await?)
        }
    };
    let metadata = match request.data {
        None => None,
        Some(data) => {
            let mut merged: Map<String, Value> = serde_json::from_str(&user.metadata)?;
            merged.extend(data);
            merged.retain(|_, v| !v.is_null());
            Some(signup::metadata(Some(merged))?)
        }
    };
    let changed = app.store.change_user(&user.id, hash.as_deref(), metadata.as_deref()).await?;
    if hash.is_some() {
        app.store.end_sessions(&user.id, Some(&claims.session_id)).await?;
        trail::note_sign_in(&app, Some(&user.id), ip, Action::PasswordChange).await;
        tracing::info!(user = %user.id, "password changed");
    }
    Ok(Json(session::user_body(&changed.unwrap_or(user))))
}
