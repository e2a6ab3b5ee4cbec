//! Request bodies and queries, refused as problem documents with JSON pointers.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{ApiError, INVALID, MALFORMED, MEDIA_TYPE};
use crate::state::App;
use crate::upload::too_large;

use super::JSON_LIMIT;

/// How JSON writes a NUL character.
const NUL: &[u8] = b"\\u0000";

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if !is_json(&request) {
            return Err(ApiError::new(MEDIA_TYPE).detail("Send application/json."));
        }
        parse(&whole(request, app).await?).map(Self)
    }
}

/// A JSON body that may be left out.
pub(crate) struct MaybeBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<App> for MaybeBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let named = is_json(&request);
        let bytes = whole(request, app).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        if !named {
            return Err(ApiError::new(MEDIA_TYPE).detail("Send application/json."));
        }
        Ok(Self(parse::<Option<T>>(&bytes)?.unwrap_or_default()))
    }
}

/// The bytes of a body, which are few and must be there soon.
async fn whole(request: Request, app: &App) -> Result<Bytes, ApiError> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|e| !e.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(ApiError::new(MEDIA_TYPE).detail("Send the body without Content-Encoding."));
    }
    match tokio::time::timeout(app.timeout, Bytes::from_request(request, app)).await {
        Ok(read) => read.map_err(unread),
        Err(_) => Err(ApiError::new(MALFORMED).detail("The body did not come in time.")),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // No name has it, and no database takes it as text.
    if bytes.windows(NUL.len()).any(|w| w == NUL) {
        return Err(ApiError::new(INVALID).detail("The body has a NUL character in a text.").field(
            "",
            "invalid-field",
            "expected text without NUL characters",
        ));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|e| {
        let inner = e.inner();
        if inner.is_syntax() || inner.is_eof() {
            return ApiError::new(MALFORMED).detail(format!("The body is not JSON: {inner}"));
        }
        ApiError::new(INVALID).detail("A field of the body is not valid.").field(
            &pointer(e.path()),
            "invalid-field",
            inner.to_string(),
        )
    })
}

/// A JSON pointer of a path.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

fn is_json(request: &Request) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn unread(e: BytesRejection) -> ApiError {
    if e.status().as_u16() == 413 {
        too_large(JSON_LIMIT as u64)
    } else {
        ApiError::new(MALFORMED).detail("The body broke off.")
    }
}

/// Parts of a path. What cannot be read is no id of anything.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if parts.uri.path().contains("%00") {
            return Err(ApiError::not_found());
        }
        let read = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        read.map(|axum::extract::Path(value)| Self(value)).map_err(|_| ApiError::not_found())
    }
}

/// A query string.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if parts.uri.query().is_some_and(|q| q.contains("%00")) {
            return Err(ApiError::new(INVALID).detail("A parameter of the query has a NUL character.").field(
                "/query",
                "invalid-parameter",
                "expected text without NUL characters",
            ));
        }
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(e) => Err(ApiError::new(INVALID).detail("A parameter of the query is not valid.").field(
                "/query",
                "invalid-parameter",
                e.body_text(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Outer {
        #[expect(dead_code)]
        roles: Vec<u32>,
    }

    #[test]
    fn wrong_fields_are_named_by_pointer() {
        let problem = parse::<Outer>(br#"{"roles": [1, "x"]}"#).unwrap_err().into_problem();
        assert_eq!((problem.status, problem.errors[0].pointer.as_str()), (422, "/roles/1"));
        assert_eq!(parse::<Outer>(b"{").unwrap_err().status(), 400);
        assert_eq!(parse::<String>(br#""a\u0000b""#).unwrap_err().status(), 422);
    }
}
