//! The whole of the HTTP face: routes and the layers around them.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;

use crate::auth::gotrue;
use crate::problem::ApiError;
use crate::state::App;
use crate::{api, observe, spa, steady, telemetry};

/// Routes with everything around them.
pub fn router(app: App) -> Router {
    let mut router = Router::new()
        .nest("/api/v1", api::router(&app))
        .route("/api/v1/openapi.json", get(api::openapi_json))
        .merge(api::swagger())
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .route("/metrics", get(telemetry::answer));
    if app.embedded.is_some() {
        router = router.nest("/auth/v1", gotrue::router());
    }
    router
        .fallback(spa::serve)
        .method_not_allowed_fallback(api::method_not_allowed)
        .layer(DefaultBodyLimit::max(api::JSON_LIMIT))
        .layer(middleware::from_fn(steady::steady))
        .layer(CompressionLayer::new())
        .layer(cors(&app.config.cors_origins))
        .layer(middleware::from_fn_with_state(app.clone(), api::upload_options))
        .layer(CatchPanicLayer::custom(crashed))
        .layer(middleware::from_fn_with_state(app.clone(), observe::observe))
        .with_state(app)
}

/// Ready when database and files answer.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let looked = async {
        app.store.ping().await?;
        app.store.files.ping().await
    };
    match looked.await {
        Ok(()) => "ready".into_response(),
        Err(e) => {
            tracing::error!(error = %e, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response()
        }
    }
}

/// Only listed origins; never all of them, and never with cookies: the token travels in a header.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|o| HeaderValue::from_str(o).ok()).collect();
    let names = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::ACCEPT_LANGUAGE,
        HeaderName::from_static("apikey"),
        HeaderName::from_static("last-event-id"),
        HeaderName::from_static("x-client-info"),
        HeaderName::from_static("traceparent"),
        HeaderName::from_static("tracestate"),
        HeaderName::from_static("x-request-id"),
        HeaderName::from_static("x-supabase-api-version"),
        HeaderName::from_static("tus-resumable"),
        HeaderName::from_static("upload-length"),
        HeaderName::from_static("upload-metadata"),
        HeaderName::from_static("upload-offset"),
    ];
    let exposed = [
        header::CONTENT_DISPOSITION,
        header::LOCATION,
        header::RETRY_AFTER,
        HeaderName::from_static("ratelimit"),
        HeaderName::from_static("ratelimit-policy"),
        HeaderName::from_static("tus-resumable"),
        HeaderName::from_static("upload-expires"),
        HeaderName::from_static("upload-length"),
        HeaderName::from_static("upload-offset"),
        HeaderName::from_static("x-request-id"),
    ];
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(names)
        .expose_headers(exposed)
        .max_age(std::time::Duration::from_secs(600))
}

fn crashed(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    ApiError::internal(&format!("panic: {words}")).into_response()
}
