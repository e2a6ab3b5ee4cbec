//! Errors as GoTrue sends them: `{code, error_code, msg}`.

use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, extract::FromRequest};
use serde_json::json;

use crate::problem::ApiError;

/// An error of the sign-in service.
#[derive(Debug)]
pub(crate) enum AuthError {
    /// A known refusal: status, `error_code`, message.
    Refused(u16, &'static str, String),
    /// The password is too weak; GoTrue's reason ids.
    WeakPassword(&'static str, String),
    /// Too many attempts; seconds to wait.
    Throttled(u64),
    /// An error of the surrounding server.
    Api(ApiError),
}

impl AuthError {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(status, code, message.into())
    }

    pub(super) fn credentials() -> Self {
        Self::new(400, "invalid_credentials", "Invalid login credentials")
    }
}

impl<E: Into<ApiError>> From<E> for AuthError {
    fn from(e: E) -> Self {
        Self::Api(e.into())
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let wait_s = if let Self::Throttled(seconds) = &self { Some(*seconds) } else { None };
        let (status, code, message, reasons) = match self {
            Self::Api(e) => return api_error(e),
            Self::Refused(status, code, message) => (status, code, message, None),
            Self::WeakPassword(reason, message) => (422, "weak_password", message, Some(reason)),
            Self::Throttled(_) => (429, "over_request_rate_limit", "Request rate limit reached".to_owned(), None),
        };
        let mut body = json!({"code": status, "error_code": code, "msg": message});
        if let Some(reason) = reasons {
            body["weak_password"] = json!({"reasons": [reason]});
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = wait_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// An error of the surrounding server in GoTrue's form.
fn api_error(e: ApiError) -> Response {
    let retry = e.clone().into_response().headers().get(header::RETRY_AFTER).cloned();
    let problem = e.into_problem();
    let code = match problem.status {
        401 => "no_authorization",
        429 => "over_request_rate_limit",
        _ => "unexpected_failure",
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body =
        json!({"code": problem.status, "error_code": code, "msg": problem.title, "error_id": problem.request_id});
    let mut response = (status, Json(body)).into_response();
    if let Some(value) = retry {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// A JSON body, refused in GoTrue's form.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(AuthError))]
pub(super) struct Body<T>(pub(super) T);

impl From<JsonRejection> for AuthError {
    fn from(e: JsonRejection) -> Self {
        let status = e.status().as_u16();
        let message = match status {
            413 => "Request body is too large",
            _ => "Could not parse request body as JSON",
        };
        Self::new(if status == 413 { 413 } else { 400 }, "bad_json", message)
    }
}
