//! TUS 1.0.0: `POST /uploads`, `HEAD|PATCH|DELETE /uploads/{id}`. Creation, expiration, termination; the digest of the whole
//! file travels in the metadata.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fine_store::{Upload, Way};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::{Announced, Becomes, find, touch};
use crate::api::body::Path;
use crate::auth::Owner;
use crate::problem::{
    ApiError, INVALID, MALFORMED, MEDIA_TYPE, UPLOAD_LOCKED, UPLOAD_OFFSET, UPLOAD_PROTOCOL, UPLOAD_WAY,
};
use crate::state::App;
use crate::upload::Growing;

const VERSION: &str = "1.0.0";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// The version on every answer; a request of another version is refused.
pub(in crate::api) async fn version(request: Request, next: Next) -> Response {
    let wanted = request.headers().get(RESUMABLE);
    let mut response = if wanted.is_none_or(|v| v == VERSION) {
        next.run(request).await
    } else {
        ApiError::new(UPLOAD_PROTOCOL).detail(format!("Version {VERSION} of TUS is spoken here.")).into_response()
    };
    response.headers_mut().insert(RESUMABLE, HeaderValue::from_static(VERSION));
    response
}

/// What this server can do, for `OPTIONS` requests that are not a browser's question about origins.
pub(crate) async fn options(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_asked = request.method() == Method::OPTIONS
        && request.uri().path().starts_with("/api/v1/uploads")
        && !request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_asked {
        return next.run(request).await;
    }
    let most = app.config.max_dataset_bytes.max(app.config.max_model_bytes).to_string();
    let headers = [
        ("tus-resumable", VERSION.to_owned()),
        ("tus-version", VERSION.to_owned()),
        ("tus-extension", "creation,expiration,termination".to_owned()),
        ("tus-max-size", most),
    ];
    (StatusCode::NO_CONTENT, headers.map(|(name, value)| (HeaderName::from_static(name), value))).into_response()
}

/// Begins a resumable upload. `Upload-Length` is its size; `Upload-Metadata` holds `kind` (`datasets` or `models`),
/// `filename`, and may hold `filetype` and `sha256`.
#[utoipa::path(post, path = "/uploads", tag = "uploads",
    params(("Tus-Resumable" = String, Header), ("Upload-Length" = u64, Header), ("Upload-Metadata" = String, Header)),
    responses((status = 201, headers(("Location" = String), ("Upload-Expires" = String))), (status = 400), (status = 409),
        (status = 412), (status = 413), (status = 422)))]
pub(in crate::api) async fn create(
    State(app): State<App>,
    owner: Owner,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if !app.store.files.is_local() {
        return Err(ApiError::new(UPLOAD_WAY).detail("Files go to an object store; ask for signed addresses."));
    }
    let bytes = number(&headers, LENGTH)?;
    let metadata = metadata(&headers)?;
    let value = |name: &str| metadata.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
    let becomes = match value("kind").as_deref() {
        Some("datasets") => Becomes::Datasets,
        Some("models") => Becomes::Models,
        _ => {
            let detail = "Expected kind in Upload-Metadata: datasets or models, in Base64.";
            return Err(ApiError::new(INVALID).detail(detail).field("/kind", "missing", detail));
        }
    };
    let announced = Announced {
        becomes,
        filename: value("filename").unwrap_or_default(),
        content_type: value("filetype"),
        bytes,
        sha256: value("sha256"),
    };
    let upload = announced.upload(&app, &owner.id, Way::Resumable)?;
    app.store.add_upload(&upload).await?;
    let location = format!("/api/v1/uploads/{}", upload.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location), (EXPIRES, expires(&app, &upload))]).into_response())
}

/// Says how far an upload is.
#[utoipa::path(head, path = "/uploads/{id}", tag = "uploads", params(("id" = String, Path)),
    responses((status = 200, headers(("Upload-Offset" = u64), ("Upload-Length" = u64), ("Upload-Expires" = String))),
        (status = 404), (status = 412)))]
pub(in crate::api) async fn offset(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let upload = find(&app, &owner.id, &id).await?;
    let bytes = Growing::length(&app.store.files.growing(&upload.id))?;
    let headers = [
        (OFFSET, bytes.to_string()),
        (LENGTH, upload.bytes.to_string()),
        (METADATA, described(&upload)),
        (EXPIRES, expires(&app, &upload)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

/// Appends bytes at `Upload-Offset`. What came before a broken connection is kept.
#[utoipa::path(patch, path = "/uploads/{id}", tag = "uploads",
    params(("id" = String, Path), ("Tus-Resumable" = String, Header), ("Upload-Offset" = u64, Header)),
    request_body(content = String, content_type = "application/offset+octet-stream"),
    responses((status = 204, headers(("Upload-Offset" = u64), ("Upload-Expires" = String))), (status = 400), (status = 404),
        (status = 409), (status = 412), (status = 415), (status = 422), (status = 423), (status = 507)))]
pub(in crate::api) async fn append(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let mut upload = find(&app, &owner.id, &id).await?;
    if upload.way != Way::Resumable.as_str() {
        return Err(ApiError::new(UPLOAD_WAY).detail("Send it to the addresses that were signed for it."));
    }
    if headers.get(header::CONTENT_TYPE).is_none_or(|v| v != "application/offset+octet-stream") {
        return Err(ApiError::new(MEDIA_TYPE).detail("Send application/offset+octet-stream."));
    }
    let at = number(&headers, OFFSET)?;
    touch(&app, &mut upload).await?;
    let Some(mut file) = Growing::open(&app.store.files.growing(&upload.id), true)? else {
        return Err(ApiError::not_found());
    };
    if file.bytes != at {
        return Err(ApiError::new(UPLOAD_OFFSET)
            .detail(format!("The upload goes on at byte {}.", file.bytes))
            .arg("offset", file.bytes));
    }
    let before = file.bytes;
    let appended = file.append(body, upload.bytes.unsigned_abs()).await;
    metrics::counter!("fine_upload_bytes_total").increment(file.bytes - before);
    appended.map_err(|broken| broken.problem(upload.bytes))?;
    touch(&app, &mut upload).await?;
    let headers = [(OFFSET, file.bytes.to_string()), (EXPIRES, expires(&app, &upload))];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Gives an upload up, whichever way it came; its bytes are removed.
#[utoipa::path(delete, path = "/uploads/{id}", tag = "uploads", params(("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 412), (status = 423), (status = 503)))]
pub(in crate::api) async fn end(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let upload = find(&app, &owner.id, &id).await?;
    if app.store.end_upload(&upload).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::new(UPLOAD_LOCKED).detail("Try again in a moment.").retry_after(1))
}

fn number(headers: &HeaderMap, name: HeaderName) -> Result<u64, ApiError> {
    let value = headers.get(&name).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    value.ok_or_else(|| ApiError::new(MALFORMED).detail(format!("Send {name} with a number of bytes.")))
}

/// `name base64, name base64, …`.
fn metadata(headers: &HeaderMap) -> Result<Vec<(String, String)>, ApiError> {
    let text = headers.get(METADATA).map_or(Ok(""), |v| v.to_str());
    let malformed = || ApiError::new(MALFORMED).detail("Upload-Metadata is not as TUS says.");
    let text = text.map_err(|_| malformed())?;
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = BASE64_STANDARD.decode(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Ok((name.to_owned(), value.ok_or_else(malformed)?))
        })
        .collect()
}

/// The metadata of an upload as a client would send them.
fn described(upload: &Upload) -> String {
    let mut pairs = vec![
        ("kind", upload.kind.as_str()),
        ("filename", upload.filename.as_str()),
        ("filetype", upload.content_type.as_str()),
    ];
    pairs.extend(upload.sha256.as_deref().map(|digest| ("sha256", digest)));
    let pairs = pairs.into_iter().map(|(name, value)| format!("{name} {}", BASE64_STANDARD.encode(value)));
    pairs.collect::<Vec<_>>().join(",")
}

/// The moment after which the upload is removed when nobody goes on with it, as HTTP writes it.
fn expires(app: &App, upload: &Upload) -> String {
    let at = upload.touched_at / 1000 + app.config.storage.sweep_after.as_secs() as i64;
    let written = OffsetDateTime::from_unix_timestamp(at).ok().and_then(|at| at.format(&Rfc2822).ok());
    written.unwrap_or_default().replace("+0000", "GMT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_are_read_as_the_protocol_writes_them() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(METADATA, text.parse().unwrap());
            metadata(&headers)
        };
        let pairs = read("kind ZGF0YXNldHM=,filename YcOxby5jc3Y=, private").unwrap();
        assert_eq!(pairs[0], ("kind".to_owned(), "datasets".to_owned()));
        assert_eq!(pairs[1].1, "año.csv");
        assert_eq!(pairs[2], ("private".to_owned(), String::new()));
        assert_eq!(metadata(&HeaderMap::new()).unwrap(), []);
        for wrong in ["kind ???", "filename /w=="] {
            assert_eq!(read(wrong).unwrap_err().status(), 400, "{wrong}");
        }
    }
}
