//! Request ids, request logs, metrics and security headers: one layer around everything.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

use crate::config::AuthMode;
use crate::limits;
use crate::state::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// Id of the request that this task answers.
pub(crate) fn current_request_id() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Takes the client's request id, or makes one; logs and measures the request; sets headers on the answer.
pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|v| v.to_str().ok())
        .filter(|v| is_request_id(v))
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |m| m.as_str().to_owned());
    let span = tracing::info_span!("request", id = %id, %method, route = %route);
    let started = Instant::now();
    let scope = CURRENT.scope(id.clone(), async move {
        let response = limits::counted(next.run(request)).await;
        let elapsed = started.elapsed();
        let status = response.status().as_u16();
        let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
        metrics::counter!("fine_http_requests_total", &labels).increment(1);
        metrics::histogram!("fine_http_request_seconds", &labels).record(elapsed.as_secs_f64());
        tracing::debug!(status, ms = elapsed.as_millis() as u64, "answered");
        response
    });
    let mut response = scope.instrument(span).await;
    set_headers(&app, &id, &mut response);
    response
}

fn is_request_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}

fn set_headers(app: &App, id: &str, response: &mut Response) {
    let docs = response.extensions_mut().remove::<DocsPage>().is_some();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-site"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&content_security_policy(&app.config.auth, docs)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    if app.public_url.starts_with("https://") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

/// Marks answers of the API browser, whose page brings inline styles of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DocsPage;

fn content_security_policy(auth: &AuthMode, docs: bool) -> String {
    let connect = match auth {
        AuthMode::Embedded => String::new(),
        AuthMode::Supabase { url, .. } => format!(" {url}"),
    };
    let style = if docs { " 'unsafe-inline'" } else { "" };
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self'{style}; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'{connect}; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}
