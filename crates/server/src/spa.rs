//! The web client, built into the binary.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::ApiError;

/// `web/dist` as it was when this binary was built; read from disk in development builds.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Web;

/// Names the build of the web client, so that a new one builds this file again.
const _: Option<&str> = option_env!("FINE_WEB_BUILD");

const MISSING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Fine</title>\
<h1>The web client is not in this build</h1>\
<p>Build it and start again: <code>cargo xtask start</code>, or <code>npm ci</code> and <code>npm run build</code> in \
<code>web/</code>, then build the server.</p>\
<p>The API is here: <a href=\"/docs\">/docs</a>.</p></html>";

/// Serves a file of the client; any other path is a page of the client.
pub(crate) async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return crate::api::method_not_allowed().await.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("auth/") {
        return ApiError::not_found().into_response();
    }
    match Web::get(path).filter(|_| !path.is_empty()) {
        Some(found) => file(path, found, &request),
        // A missing file is missing; a path without an extension is a page.
        None if path.rsplit('/').next().is_some_and(|last| last.contains('.')) => ApiError::not_found().into_response(),
        None => match Web::get("index.html") {
            Some(index) => file("index.html", index, &request),
            None => (StatusCode::OK, [(header::CACHE_CONTROL, "no-store")], Html(MISSING)).into_response(),
        },
    }
}

fn file(path: &str, found: EmbeddedFile, request: &Request) -> Response {
    let tag = format!("\"{}\"", hex::encode(&found.metadata.sha256_hash()[..16]));
    // The build puts a hash of the content into the name of everything in this folder.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = found.data.into_owned().into_response();
        if let Ok(kind) = HeaderValue::from_str(&content_type(found.metadata.mimetype())) {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn content_type(mime: &str) -> String {
    let text = mime.starts_with("text/") || mime == "application/javascript" || mime == "application/json";
    if text && !mime.contains("charset") { format!("{mime}; charset=utf-8") } else { mime.to_owned() }
}
