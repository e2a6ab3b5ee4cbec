//! `POST /recover`, `POST /verify`, and the link of the recovery mail, `GET /verify`.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fine_store::{RecoveryCheck, User};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{AuthError, Body};
use super::{mail, session, signup};
use crate::auth::{ClientIp, passwords};
use crate::problem::ApiError;
use crate::state::App;

#[derive(Deserialize)]
pub(super) struct Redirect {
    redirect_to: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Recover {
    #[serde(default)]
    email: String,
}

/// Answers the same whether or not there is such an account.
pub(super) async fn handler(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    Query(query): Query<Redirect>,
    Body(request): Body<Recover>,
) -> Result<Json<Value>, AuthError> {
    let email = signup::address(&request.email)?;
    app.limits.sign_in(ip, &format!("recover {email}")).await.map_err(AuthError::Throttled)?;
    if let Some(user) = app.store.user_by_email(&email).await? {
        let target = allowed_target(&app, query.redirect_to.as_deref());
        let made = mail::recovery_link(&app.store, &user, &app.public_url, &target).await;
        let (link, code) = made.map_err(|e| ApiError::internal(&format!("{e:#}")))?;
        let service = session::service(&app)?;
        mail::lay_down(service, &user.email, &link, &code).map_err(|e| ApiError::internal(&format!("{e:#}")))?;
    }
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
pub(super) struct Verify {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    token_hash: String,
}

pub(super) async fn verify(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    Body(request): Body<Verify>,
) -> Result<Json<Value>, AuthError> {
    if !matches!(request.kind.as_str(), "recovery" | "email") {
        return Err(AuthError::new(400, "validation_failed", "Verify requires a verification type"));
    }
    let user = if request.token_hash.is_empty() {
        let email = signup::address(&request.email)?;
        app.limits.sign_in(ip, &format!("verify {email}")).await.map_err(AuthError::Throttled)?;
        user_of_code(&app, &email, &request.token).await?
    } else {
        app.limits.sign_in(ip, "verify").await.map_err(AuthError::Throttled)?;
        user_of_token(&app, &request.token_hash).await?
    };
    session::start(&app, &user.ok_or_else(expired)?, ip).await.map(Json)
}

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
    redirect_to: Option<String>,
}

/// Signs in by the link of the mail and goes to the page with the tokens after `#`, as supabase-js expects.
pub(super) async fn follow_link(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    Query(query): Query<Link>,
) -> Result<Response, AuthError> {
    app.limits.sign_in(ip, "verify").await.map_err(AuthError::Throttled)?;
    let target = allowed_target(&app, query.redirect_to.as_deref());
    let fragment = match user_of_token(&app, &query.token).await? {
        Some(user) => {
            let s = session::start(&app, &user, ip).await?;
            let text = |name: &str| s[name].as_str().map_or_else(|| s[name].to_string(), mail::encode);
            format!(
                "access_token={}&expires_at={}&expires_in={}&refresh_token={}&token_type=bearer&type=recovery",
                text("access_token"),
                text("expires_at"),
                text("expires_in"),
                text("refresh_token")
            )
        }
        None => "error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid+or+has+expired"
            .to_owned(),
    };
    let location = HeaderValue::from_str(&format!("{target}#{fragment}")).map_err(|e| ApiError::internal(&e))?;
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

async fn user_of_token(app: &App, token: &str) -> Result<Option<User>, AuthError> {
    match app.store.use_recovery_token(&passwords::digest(token)).await? {
        RecoveryCheck::Accepted { user_id } => Ok(app.store.user(&user_id).await?),
        RecoveryCheck::Refused => Ok(None),
    }
}

async fn user_of_code(app: &App, email: &str, code: &str) -> Result<Option<User>, AuthError> {
    let Some(user) = app.store.user_by_email(email).await? else { return Ok(None) };
    match app.store.use_recovery_code(&user.id, &passwords::digest(code.trim())).await? {
        RecoveryCheck::Accepted { .. } => Ok(Some(user)),
        RecoveryCheck::Refused => Ok(None),
    }
}

fn expired() -> AuthError {
    AuthError::new(403, "otp_expired", "Token has expired or is invalid")
}

/// Tokens only ever travel to our own pages and to the listed origins.
fn allowed_target(app: &App, wanted: Option<&str>) -> String {
    let home = || format!("{}/reset-password", app.public_url);
    let Some(wanted) = wanted.map(|w| w.split('#').next().unwrap_or_default()) else { return home() };
    let of_origin =
        |origin: &str| wanted.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let own = [app.public_url.as_str()].into_iter().chain(app.config.cors_origins.iter().map(String::as_str));
    // The same server under its other local name.
    let local = local_names(&app.public_url);
    let allowed = own.chain(local.iter().map(String::as_str)).any(of_origin);
    let clean = wanted.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if allowed && clean { wanted.to_owned() } else { home() }
}

fn local_names(public_url: &str) -> Vec<String> {
    let port = public_url.rsplit(':').next().filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
    match port {
        Some(port) if public_url.starts_with("http://127.0.0.1:") => vec![format!("http://localhost:{port}")],
        Some(port) if public_url.starts_with("http://localhost:") => vec![format!("http://127.0.0.1:{port}")],
        _ => Vec::new(),
    }
}
