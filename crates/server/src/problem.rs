//! Errors of the API: RFC 9457 problem documents from one table.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fine_store::{FieldProblem, Problem, StoreError, is_disk_full};
use serde_json::{Map, Value};

use crate::observe::current_request_id;

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Stable id; the last part of the problem's type.
    pub slug: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Short and fixed.
    pub title: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $slug:literal, $status:literal, $title:literal;)*) => {
        $(pub(crate) const $name: &Kind = &Kind { slug: $slug, status: $status, title: $title };)*
        /// Every kind there is.
        pub const KINDS: &[&Kind] = &[$($name),*];
    };
}

kinds! {
    MALFORMED = "malformed-request", 400, "The request cannot be read";
    UNAUTHENTICATED = "unauthenticated", 401, "Sign in first";
    TOKEN_EXPIRED = "token-expired", 401, "The sign-in has expired";
    TOKEN_INVALID = "token-invalid", 401, "The sign-in is not valid";
    KEY_NOT_ALLOWED = "key-not-allowed", 403, "The key does not allow this";
    WRONG_PASSWORD = "wrong-password", 403, "The password is not right";
    SIGN_IN_AGAIN = "sign-in-again", 403, "This takes the password or a fresh sign-in";
    NOT_FOUND = "not-found", 404, "Not found";
    METHOD = "method-not-allowed", 405, "The method is not allowed here";
    UPLOAD_SIGNATURE = "upload-signature", 403, "The address of the upload is not valid";
    UPLOAD_EXPIRED = "upload-expired", 403, "The address of the upload has expired";
    UPLOAD_INCOMPLETE = "upload-incomplete", 409, "The upload is not complete";
    UPLOAD_OFFSET = "upload-offset", 409, "The upload does not go on there";
    UPLOAD_WAY = "upload-way", 409, "This upload goes another way";
    UPLOAD_PROTOCOL = "upload-protocol", 412, "The version of the upload protocol is not supported";
    UPLOAD_LOCKED = "upload-locked", 423, "Another request goes on with the upload";
    UPLOAD_MISMATCH = "upload-mismatch", 422, "The file is not what was announced";
    NO_LINK = "no-link", 409, "The files are not in an object store";
    IN_USE = "in-use", 409, "An audit that waits or runs needs it";
    FILE_BEFORE = "file-before-model", 409, "Another model is read with it";
    NOT_FINISHED = "not-finished", 409, "The audit is not finished";
    FILE_DELETED = "file-deleted", 409, "A file of the audit was deleted";
    CHANGED = "changed-since", 409, "The files are not what was audited";
    TOO_MANY_KEYS = "too-many-keys", 409, "There are too many keys";
    TOO_LARGE = "too-large", 413, "Too large";
    MEDIA_TYPE = "unsupported-media-type", 415, "The media type is not supported";
    INVALID = "invalid-request", 422, "The request is not valid";
    UNREADABLE_DATASET = "unreadable-dataset", 422, "The file cannot be read as a dataset";
    UNREADABLE_MODEL = "unreadable-model", 422, "The file cannot be read as a model";
    INCOMPLETE_UPLOAD = "incomplete-upload", 400, "The upload broke off";
    NOT_RUNNABLE = "model-not-runnable", 422, "The model cannot be run";
    READER_CRASHED = "reader-crashed", 422, "The reader of these files crashed";
    OUT_OF_MEMORY = "memory-limit", 422, "The files need more memory than allowed";
    OUT_OF_TIME = "time-limit", 422, "The files need more time than allowed";
    NOT_COMPARABLE = "not-comparable", 422, "The audits cannot be compared";
    UNANSWERABLE = "unanswerable", 422, "There is no answer";
    TOO_BIG_FOR_NOW = "too-large-for-synchronous", 422, "Too large to answer at once";
    RATE_LIMITED = "rate-limited", 429, "Too many requests";
    INTERNAL = "internal-error", 500, "Something went wrong on our side";
    ATTEMPTS = "attempts-exhausted", 500, "The audit was tried several times and did not finish";
    ISSUER_AWAY = "issuer-away", 503, "The sign-in service does not answer";
    TIMEOUT = "timeout", 503, "The answer took too long";
    FILES_AWAY = "files-unavailable", 503, "The file store does not answer";
    NO_SPACE = "no-space", 507, "There is no room left";
}

/// An error on its way to the client.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// Boxed, because results of handlers are moved a lot.
    problem: Box<Problem>,
    retry_after_s: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(kind: &Kind) -> Self {
        let problem = Problem {
            kind: format!("/problems/{}", kind.slug),
            title: kind.title.to_owned(),
            status: kind.status,
            detail: None,
            slug: kind.slug.to_owned(),
            code: None,
            request_id: None,
            args: Map::new(),
            errors: Vec::new(),
        };
        Self { problem: Box::new(problem), retry_after_s: None }
    }

    /// With a more exact slug, of the same status and title: what a reader found in a file.
    pub(crate) fn slug(mut self, slug: &str) -> Self {
        self.problem.kind = format!("/problems/{slug}");
        self.problem.slug = slug.to_owned();
        self
    }

    /// With the short code of a model file's refusal.
    pub(crate) fn code(mut self, code: &str) -> Self {
        self.problem.code = Some(code.to_owned());
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.problem.detail = Some(detail.into());
        self
    }

    pub(crate) fn args(mut self, args: Map<String, Value>) -> Self {
        self.problem.args = args;
        self
    }

    pub(crate) fn arg(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.problem.args.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn field(mut self, pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        self.problem.errors.push(FieldProblem {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            stable_code: None,
            detail: detail.into(),
            args: Map::new(),
        });
        self
    }

    pub(crate) fn fields(mut self, errors: Vec<FieldProblem>) -> Self {
        self.problem.errors = errors;
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds.max(1));
        self
    }

    pub(crate) fn not_found() -> Self {
        Self::new(NOT_FOUND).detail("There is nothing here, or it is not yours.")
    }

    /// A failure of our own: the cause goes to the log, the client gets a fixed text and the request's id.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "request failed");
        Self::new(INTERNAL).detail("The request failed. Its id is in the log of the server.")
    }

    fn no_space(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "no room left");
        Self::new(NO_SPACE)
            .detail("The server has no room left for the file; nothing of it was kept. Its operator can make some.")
    }

    /// Whether it is of this kind, with no more exact slug.
    pub(crate) fn is(&self, kind: &Kind) -> bool {
        self.problem.slug == kind.slug
    }

    /// The document, with the id of the request it belongs to.
    pub(crate) fn into_problem(mut self) -> Problem {
        if self.problem.request_id.is_none() {
            self.problem.request_id = current_request_id();
        }
        *self.problem
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.problem.status
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), retry_after_s: None }
    }
}

impl From<StoreError> for ApiError {
    fn from(e: StoreError) -> Self {
        if e.is_full() {
            return Self::no_space(&e);
        }
        if e.is_store_away() {
            tracing::error!(error = %e, "the file store is away");
            return Self::new(FILES_AWAY).detail("Try again in a moment; nothing was changed.").retry_after(5);
        }
        Self::internal(&e)
    }
}

impl From<std::io::Error> for ApiError {
    fn from(e: std::io::Error) -> Self {
        if is_disk_full(&e) { Self::no_space(&e) } else { Self::internal(&e) }
    }
}

impl From<tokio::task::JoinError> for ApiError {
    fn from(e: tokio::task::JoinError) -> Self {
        Self::internal(&e)
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(e: serde_json::Error) -> Self {
        Self::internal(&e)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let retry_after_s = self.retry_after_s;
        let problem = self.into_problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_has_a_problem_of_its_own() {
        for kind in [std::io::ErrorKind::StorageFull, std::io::ErrorKind::QuotaExceeded] {
            assert_eq!(ApiError::from(std::io::Error::from(kind)).status(), 507);
        }
        assert_eq!(ApiError::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe)).status(), 500);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_full_device_says_is_understood() {
        let full = std::fs::write("/dev/full", "x").unwrap_err();
        assert_eq!(ApiError::from(full).status(), 507);
    }

    #[test]
    fn slugs_are_unique_and_statuses_are_errors() {
        let mut slugs: Vec<_> = KINDS.iter().map(|k| k.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), KINDS.len());
        assert!(KINDS.iter().all(|k| (400..600).contains(&k.status)));
    }
}
