//! `GET /settings`, `GET /health`, `GET /.well-known/jwks.json`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::error::AuthError;
use super::session;
use crate::auth::ClientIp;
use crate::state::App;

pub(super) async fn settings(_: ClientIp) -> Json<Value> {
    Json(json!({
        "external": {"email": true, "phone": false, "anonymous_users": false},
        "disable_signup": false,
        "mailer_autoconfirm": true,
        "phone_autoconfirm": false,
        "sms_provider": "",
        "saml_enabled": false,
    }))
}

pub(super) async fn health(_: ClientIp) -> Json<Value> {
    let version = concat!("fine-", env!("CARGO_PKG_VERSION"));
    Json(json!({"version": version, "name": "GoTrue", "description": "Embedded sign-in of Fine"}))
}

pub(super) async fn jwks(State(app): State<App>, _: ClientIp) -> Result<impl IntoResponse, AuthError> {
    let keys = session::service(&app)?.keys.published();
    let cache = [(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=600"))];
    Ok((cache, Json(keys)))
}
