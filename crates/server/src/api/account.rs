//! `GET /me`, `GET /config`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{ClientIp, Owner};
use crate::config::AuthMode;
use crate::demo::{DEMO_EMAIL, DEMO_PASSWORD};
use crate::problem::ApiError;
use crate::state::App;

/// The signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    id: String,
    email: String,
}

/// Who is signed in.
#[utoipa::path(get, path = "/me", tag = "account", responses((status = 200, body = Me)))]
pub(super) async fn me(owner: Owner) -> Json<Me> {
    Json(Me { id: owner.id, email: owner.email })
}

/// What a client must know before anybody signs in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PublicConfig {
    version: &'static str,
    auth: AuthConfig,
    limits: SizeLimits,
    /// Whether uploads can be resumed (TUS at `/uploads`); otherwise files go to an object store.
    resumable_uploads: bool,
    /// The demo workspace is loaded.
    demo: bool,
    /// Its sign-in, for the login page.
    #[serde(skip_serializing_if = "Option::is_none")]
    demo_account: Option<DemoAccount>,
}

/// Where supabase-js signs in.
#[derive(Debug, Serialize, ToSchema)]
struct AuthConfig {
    /// `embedded` or `supabase`.
    mode: &'static str,
    /// First argument of `createClient`.
    url: String,
    /// Second argument of `createClient`.
    anon_key: String,
}

/// Sizes in bytes.
#[derive(Debug, Serialize, ToSchema)]
struct SizeLimits {
    dataset_bytes: u64,
    model_bytes: u64,
}

/// Sign-in of the demo workspace.
#[derive(Debug, Serialize, ToSchema)]
struct DemoAccount {
    email: &'static str,
    password: &'static str,
}

/// Settings of this server for the web client.
#[utoipa::path(get, path = "/config", tag = "account", security(()), responses((status = 200, body = PublicConfig)))]
pub(super) async fn config(
    State(app): State<App>,
    _: ClientIp,
    headers: HeaderMap,
) -> Result<Json<PublicConfig>, ApiError> {
    let auth = match &app.config.auth {
        AuthMode::Embedded => AuthConfig {
            mode: "embedded",
            url: own_address(&app, &headers),
            // The embedded service needs no key, but supabase-js refuses an empty one.
            anon_key: "embedded".to_owned(),
        },
        AuthMode::Supabase { url, anon_key, .. } => {
            AuthConfig { mode: "supabase", url: url.clone(), anon_key: anon_key.clone() }
        }
    };
    let demo = app.config.demo.is_some();
    Ok(Json(PublicConfig {
        version: env!("CARGO_PKG_VERSION"),
        auth,
        limits: SizeLimits { dataset_bytes: app.config.max_dataset_bytes, model_bytes: app.config.max_model_bytes },
        resumable_uploads: app.store.files.is_local(),
        demo,
        demo_account: demo.then_some(DemoAccount { email: DEMO_EMAIL, password: DEMO_PASSWORD }),
    }))
}

/// The address the client used, so that its requests stay on one origin; the public one when that is set.
pub(super) fn own_address(app: &App, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    match host {
        Some(host) if app.config.public_url.is_none() => format!("http://{host}"),
        _ => app.public_url.clone(),
    }
}
