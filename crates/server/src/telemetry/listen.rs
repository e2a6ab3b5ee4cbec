//! `/metrics`: who may read it, and a port of its own for it.
//!
//! Metrics name no person and no file, but they tell how busy an installation is, which is nobody's business outside. So the
//! server's own port answers `/metrics` only with the token, or while it listens on this machine alone. The separate port is
//! for a network that only the collector reaches, and listens on this machine unless told otherwise.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use anyhow::{Context, Result};

use crate::app::ready;
use crate::auth::bearer;
use crate::problem::{ApiError, TOKEN_INVALID};
use crate::state::App;

/// `/metrics` on the server's own port.
pub(crate) async fn answer(State(app): State<App>, headers: HeaderMap) -> Response {
    let open = app.config.host.is_loopback() && app.config.telemetry.token.is_none();
    if !open && app.config.telemetry.token.is_none() {
        return ApiError::not_found().into_response();
    }
    guarded(&app, &headers)
}

async fn behind_the_port(State(app): State<App>, headers: HeaderMap) -> Response {
    guarded(&app, &headers)
}

fn guarded(app: &App, headers: &HeaderMap) -> Response {
    if let Some(token) = &app.config.telemetry.token
        && !bearer(headers).is_some_and(|given| token.is(given))
    {
        return ApiError::new(TOKEN_INVALID).detail("Send FINE_METRICS_TOKEN as a bearer token.").into_response();
    }
    super::look(app);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render()).into_response()
}

/// Opens the separate port, when there is to be one: `/metrics`, `/healthz` and `/readyz`.
///
/// # Errors
/// When the port is taken.
pub(crate) async fn listen(app: &App) -> Result<Option<JoinHandle<()>>> {
    let telemetry = &app.config.telemetry;
    let Some(port) = telemetry.port else { return Ok(None) };
    let address = (telemetry.host, port);
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("listen on {}:{port} (FINE_METRICS_PORT and FINE_METRICS_HOST choose another)", telemetry.host)
    })?;
    let address = listener.local_addr().context("find the own address")?;
    tracing::info!(%address, "metrics are served");
    let router = Router::new()
        .route("/metrics", get(behind_the_port))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .with_state(app.clone());
    let mut stop = app.stop.subscribe();
    Ok(Some(tokio::spawn(async move {
        let serve = axum::serve(listener, router).with_graceful_shutdown(async move {
            // A dropped sender means the process ends, too.
            let _ = stop.wait_for(|stopped| *stopped).await;
        });
        if let Err(e) = serve.await {
            tracing::error!(error = %e, "metrics are no longer served");
        }
    })))
}
