//! `POST /token`: sign-in by password, and refresh with rotation.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{Query, State};
use fine_store::{Action, Refresh};
use serde::Deserialize;
use serde_json::Value;

use super::error::{AuthError, Body};
use super::{session, signup};
use crate::auth::{ClientIp, passwords};
use crate::state::App;
use crate::trail;

#[derive(Deserialize)]
pub(super) struct Grant {
    #[serde(default)]
    grant_type: String,
}

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    refresh_token: String,
}

pub(super) async fn handler(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    Query(grant): Query<Grant>,
    Body(request): Body<Request>,
) -> Result<Json<Value>, AuthError> {
    match grant.grant_type.as_str() {
        "password" => {
            let email = signup::address(&request.email).map_err(|_| AuthError::credentials())?;
            app.limits.sign_in(ip, &email).await.map_err(AuthError::Throttled)?;
            by_password(&app, &email, request.password, ip).await.map(Json)
        }
        "refresh_token" => by_refresh_token(&app, &request.refresh_token).await.map(Json),
        _ => Err(AuthError::new(400, "unsupported_grant_type", "unsupported_grant_type")),
    }
}

async fn by_password(app: &App, email: &str, password: String, ip: IpAddr) -> Result<Value, AuthError> {
    let user = app.store.user_by_email(email).await?;
    let right = passwords::is_right(password, user.as_ref().map(|u| u.password_hash.clone())).await?;
    match user {
        Some(user) if right => session::start(app, &user, ip).await,
        user => {
            trail::note_sign_in(app, user.as_ref().map(|u| u.id.as_str()), ip, Action::SignInRefused).await;
            metrics::counter!(crate::telemetry::SIGN_INS_REFUSED).increment(1);
            Err(AuthError::credentials())
        }
    }
}

async fn by_refresh_token(app: &App, old: &str) -> Result<Value, AuthError> {
    let new = passwords::secret();
    let rotated = app.store.rotate_refresh_token(&passwords::digest(old), &passwords::digest(&new)).await?;
    let (session_id, user_id) = match rotated {
        Refresh::Rotated { session_id, user_id } => (session_id, user_id),
        Refresh::Reused => {
            tracing::warn!("a used refresh token came again; its session is ended");
            return Err(AuthError::new(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used"));
        }
        Refresh::Unknown => {
            return Err(AuthError::new(
                400,
                "refresh_token_not_found",
                "Invalid Refresh Token: Refresh Token Not Found",
            ));
        }
    };
    let user = app.store.user(&user_id).await?.ok_or_else(AuthError::credentials)?;
    session::tokens(app, &user, &session_id, &new)
}
