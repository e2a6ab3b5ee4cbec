//! `POST /uploads/presign`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use fine_store::{Link, Way, now_ms, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Announced, Becomes};
use crate::api::account::own_address;
use crate::api::body::Body;
use crate::auth::Owner;
use crate::problem::ApiError;
use crate::state::App;

/// A file that is to be sent to signed addresses.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PresignRequest {
    /// What it becomes.
    kind: Becomes,
    /// Its name; folders in it are dropped.
    filename: String,
    /// Its size.
    bytes: u64,
    /// Its SHA-256 in hexadecimal digits.
    sha256: String,
    /// Its media type; `application/octet-stream` without.
    #[serde(default)]
    content_type: Option<String>,
}

/// Where to send a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::api) struct Presigned {
    /// For `POST /uploads/{id}/complete`.
    id: String,
    /// The file goes there in this order, each part with a `PUT` of its own.
    parts: Vec<SignedPart>,
    /// Whether the `ETag` of each answer is wanted by `POST /uploads/{id}/complete`.
    tags: bool,
    /// RFC 3339; the addresses are good until then.
    expires_at: String,
}

/// One signed address.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct SignedPart {
    /// Address for a `PUT`, without a token.
    url: String,
    /// Headers to send: they are part of the signature.
    headers: BTreeMap<String, String>,
    /// Bytes to send.
    bytes: u64,
}

/// Answers signed addresses for a file: of the object store where there is one, else of this server. Name, type and digest
/// are bound to the upload; size, type and digest are part of the signature of an address for a whole file.
#[utoipa::path(post, path = "/uploads/presign", tag = "uploads", request_body = PresignRequest,
    responses((status = 201, body = Presigned), (status = 413), (status = 422), (status = 503)))]
pub(in crate::api) async fn presign(
    State(app): State<App>,
    owner: Owner,
    headers: HeaderMap,
    Body(request): Body<PresignRequest>,
) -> Result<(StatusCode, Json<Presigned>), ApiError> {
    let announced = Announced {
        becomes: request.kind,
        filename: request.filename,
        content_type: request.content_type,
        bytes: request.bytes,
        sha256: Some(request.sha256),
    };
    let mut upload = announced.upload(&app, &owner.id, Way::Signed)?;
    let valid = app.config.storage.upload_link;
    let expires_s = now_ms() / 1000 + valid.as_secs() as i64;
    let links = match app.store.sign_upload(&mut upload, valid).await? {
        Some(links) => links,
        None => {
            let signature = app.upload_key.sign(&upload, expires_s);
            let base = own_address(&app, &headers);
            let url = format!("{base}/api/v1/uploads/{}/content?expires={expires_s}&signature={signature}", upload.id);
            let headers = vec![("content-type".to_owned(), upload.content_type.clone())];
            vec![Link { url, headers, bytes: request.bytes }]
        }
    };
    app.store.add_upload(&upload).await?;
    let part =
        |link: Link| SignedPart { url: link.url, headers: link.headers.into_iter().collect(), bytes: link.bytes };
    let presigned = Presigned {
        tags: upload.multipart_id.is_some(),
        id: upload.id,
        parts: links.into_iter().map(part).collect(),
        expires_at: rfc3339(expires_s * 1000),
    };
    Ok((StatusCode::CREATED, Json(presigned)))
}
