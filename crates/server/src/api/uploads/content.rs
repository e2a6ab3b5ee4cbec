//! `PUT /uploads/{id}/content`: the signed address of a server whose files are in a folder.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use fine_store::{Upload, now_ms};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{find, touch};
use crate::api::body::{Params, Path};
use crate::auth::Owner;
use crate::problem::{ApiError, RATE_LIMITED, UPLOAD_EXPIRED, UPLOAD_MISMATCH, UPLOAD_SIGNATURE, UPLOAD_WAY};
use crate::state::App;
use crate::upload::{Growing, digest};

/// The signature of an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Signature {
    /// Seconds since 1970.
    expires: Option<i64>,
    /// As `POST /uploads/presign` answered it.
    signature: Option<String>,
}

/// Takes a whole file that was announced. The address is signed; without a signature the token decides.
#[utoipa::path(put, path = "/uploads/{id}/content", tag = "uploads", params(("id" = String, Path), Signature),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 204), (status = 403), (status = 404), (status = 409), (status = 422), (status = 423),
        (status = 507)))]
pub(in crate::api) async fn put(
    State(app): State<App>,
    Path(id): Path<String>,
    owner: Result<Owner, ApiError>,
    Params(signature): Params<Signature>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let mut upload = allowed(&app, &id, owner, &signature).await?;
    if upload.way != "signed" || !app.store.files.is_local() {
        return Err(ApiError::new(UPLOAD_WAY).detail("Send it to the addresses that were signed for it."));
    }
    announced(&upload, &headers)?;
    touch(&app, &mut upload).await?;
    let Some(mut file) = Growing::open(&app.store.files.growing(&upload.id), true)? else {
        return Err(ApiError::not_found());
    };
    let received = receive(&upload, &mut file, body).await;
    if received.is_err() {
        // A whole file or nothing: who sends it again starts at its beginning.
        std::fs::remove_file(file.path())?;
    } else {
        metrics::counter!("fine_upload_bytes_total").increment(file.bytes);
    }
    received.map(|()| StatusCode::NO_CONTENT)
}

async fn allowed(
    app: &App,
    id: &str,
    owner: Result<Owner, ApiError>,
    signature: &Signature,
) -> Result<Upload, ApiError> {
    let (expires_s, text) = match (signature.expires, &signature.signature) {
        (None, None) => return find(app, &owner?.id, id).await,
        (expires, text) => (expires.unwrap_or_default(), text.as_deref().unwrap_or_default()),
    };
    if let Err(refused) = owner
        && refused.is(RATE_LIMITED)
    {
        return Err(refused);
    }
    // An unknown upload and a wrong signature look the same.
    let upload = app.store.signed_upload(id).await?.filter(|u| app.upload_key.is_signed(u, expires_s, text));
    let upload =
        upload.ok_or_else(|| ApiError::new(UPLOAD_SIGNATURE).detail("The address was not signed like this."))?;
    if expires_s < now_ms() / 1000 {
        return Err(ApiError::new(UPLOAD_EXPIRED).detail("Ask for a new address."));
    }
    Ok(upload)
}

/// What the headers say is what was announced.
fn announced(upload: &Upload, headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    if text(header::CONTENT_TYPE) != Some(upload.content_type.as_str()) {
        return Err(ApiError::new(UPLOAD_MISMATCH)
            .detail(format!("The media type {:?} was announced.", upload.content_type))
            .arg("type", upload.content_type.as_str()));
    }
    match text(header::CONTENT_LENGTH).map(str::parse::<i64>) {
        None => Ok(()),
        Some(Ok(bytes)) if upload.bytes == bytes => Ok(()),
        Some(_) => Err(short(upload)),
    }
}

fn short(upload: &Upload) -> ApiError {
    ApiError::new(UPLOAD_MISMATCH)
        .detail(format!("{} bytes were announced, not more or fewer.", upload.bytes))
        .arg("bytes", upload.bytes)
}

async fn receive(upload: &Upload, file: &mut Growing, body: Body) -> Result<(), ApiError> {
    file.cut(0)?;
    let most = upload.bytes.unsigned_abs();
    file.append(body, most).await.map_err(|broken| broken.problem(upload.bytes))?;
    if file.bytes != most {
        return Err(short(upload));
    }
    let (_, sha256) = digest(file.path()).await?;
    if upload.sha256.as_ref().is_some_and(|promised| *promised != sha256) {
        return Err(super::complete::other_digest(upload));
    }
    Ok(())
}
