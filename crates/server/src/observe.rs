//! Request ids, request logs, metrics, traces and security headers: one layer around everything.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use fine_report::Language;
use fine_store::Origin;
use opentelemetry::KeyValue;
use tracing::Instrument;
use tracing::field::Empty;
use uuid::Uuid;

use crate::api::accepted_language;
use crate::config::AuthMode;
use crate::limits;
use crate::state::App;
use crate::telemetry::{HTTP_OPEN, HTTP_REQUESTS, HTTP_SECONDS, Span, SpanKind};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The request that a task answers.
#[derive(Clone)]
struct Current {
    id: String,
    span: Span,
    language: Language,
}

tokio::task_local! {
    static CURRENT: Current;
}

/// Id of the request that this task answers.
pub(crate) fn current_request_id() -> Option<String> {
    CURRENT.try_with(|current| current.id.clone()).ok()
}

/// What a job that this task starts has to know about its request.
pub(crate) fn origin() -> Origin {
    let of_request = |current: &Current| Origin {
        language: Some(current.language.tag().to_owned()),
        ..current.span.origin(Some(current.id.clone()))
    };
    CURRENT.try_with(of_request).unwrap_or_default()
}

/// Takes the client's request id, or makes one; logs, measures and traces the request; sets headers on the answer.
pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|v| v.to_str().ok())
        .filter(|v| is_request_id(v))
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
    let method = method_label(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |m| m.as_str().to_owned());
    let span = Span::begin(request.headers(), SpanKind::Server, || {
        let attributes = [
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", route.clone()),
            KeyValue::new("fine.request.id", id.clone()),
        ];
        (format!("{method} {route}"), attributes)
    });
    // A span of this level stands beside warnings, too, whatever FINE_LOG leaves out.
    let log = tracing::error_span!("request", id = %id, %method, route = %route, trace = Empty);
    if let Some(trace) = span.trace_id() {
        log.record("trace", trace);
    }
    let language = accepted_language(request.headers());
    let scope = CURRENT.scope(Current { id: id.clone(), span: span.clone(), language }, async move {
        let open = Open::new();
        let started = Instant::now();
        let response = limits::counted(next.run(request)).await;
        let elapsed = started.elapsed();
        drop(open);
        let status = response.status();
        let labels = [("method", method.to_owned()), ("route", route)];
        metrics::histogram!(HTTP_SECONDS, &labels).record(elapsed.as_secs_f64());
        let [method, route] = labels;
        let labels = [method, route, ("status", status.as_str().to_owned())];
        metrics::counter!(HTTP_REQUESTS, &labels).increment(1);
        tracing::debug!(status = status.as_u16(), ms = elapsed.as_millis() as u64, "answered");
        response
    });
    let mut response = scope.instrument(log).await;
    span.set("http.response.status_code", i64::from(response.status().as_u16()));
    if response.status().is_server_error() {
        span.fail("");
    }
    span.end();
    set_headers(&app, &id, &mut response);
    response
}

/// Anybody may invent methods: what is not well known gets no label of its own.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts an open request, also one whose client goes away.
struct Open;

impl Open {
    fn new() -> Self {
        metrics::gauge!(HTTP_OPEN).increment(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!(HTTP_OPEN).decrement(1.0);
    }
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
