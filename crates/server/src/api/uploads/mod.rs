//! Uploads in other ways than one multipart body: to signed addresses (`POST /uploads/presign`), or in pieces that survive a
//! broken connection (TUS 1.0.0, `POST /uploads`); both end with `POST /uploads/{id}/complete`.

pub(super) mod complete;
pub(super) mod content;
pub(super) mod presign;
pub(super) mod tus;

use fine_store::{Upload, Way, now_ms};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{ApiError, INVALID};
use crate::state::App;
use crate::upload::{clean_name, file_too_large};

/// What a file becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Becomes {
    /// A dataset.
    Datasets,
    /// A model.
    Models,
}

impl Becomes {
    fn kind(self) -> fine_store::Kind {
        match self {
            Self::Datasets => fine_store::Kind::Dataset,
            Self::Models => fine_store::Kind::Model,
        }
    }
}

/// What is said about a file before it comes.
struct Announced {
    becomes: Becomes,
    filename: String,
    content_type: Option<String>,
    bytes: u64,
    sha256: Option<String>,
}

impl Announced {
    /// A row for it, when it may come.
    fn upload(self, app: &App, owner: &str, way: Way) -> Result<Upload, ApiError> {
        let refused = |pointer, code, detail: &str| ApiError::new(INVALID).detail(detail).field(pointer, code, detail);
        let filename = clean_name(&self.filename);
        let limit = match self.becomes {
            Becomes::Datasets => app.config.max_dataset_bytes,
            Becomes::Models => app.config.max_model_bytes,
        };
        if self.bytes == 0 {
            return Err(refused("/bytes", "empty-file", "The file is empty."));
        }
        if self.bytes > limit {
            return Err(file_too_large(&filename, limit));
        }
        let is_digest = |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if self.sha256.as_ref().is_some_and(|text| !is_digest(text)) {
            return Err(refused("/sha256", "invalid-digest", "Expected the SHA-256 in 64 hexadecimal digits."));
        }
        let content_type = self.content_type.filter(|t| !t.is_empty());
        let content_type = content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        let is_type = content_type.len() <= 200 && content_type.bytes().all(|b| (b' '..=b'~').contains(&b));
        if !is_type || !content_type.contains('/') {
            return Err(refused("/content_type", "invalid-type", "Expected a media type such as text/csv."));
        }
        let now = now_ms();
        Ok(Upload {
            id: Uuid::now_v7().to_string(),
            owner_id: owner.to_owned(),
            kind: self.becomes.kind().folder().to_owned(),
            way: way.as_str().to_owned(),
            filename,
            content_type,
            bytes: self.bytes as i64,
            sha256: self.sha256.map(|text| text.to_ascii_lowercase()),
            multipart_id: None,
            created_at: now,
            touched_at: now,
        })
    }
}

/// The owner's upload with this id.
async fn find(app: &App, owner: &str, id: &str) -> Result<Upload, ApiError> {
    app.store.upload(owner, id).await?.ok_or_else(ApiError::not_found)
}

/// Notes that somebody goes on with it.
async fn touch(app: &App, upload: &mut Upload) -> Result<(), ApiError> {
    if app.store.touch_upload(upload).await? { Ok(()) } else { Err(ApiError::not_found()) }
}
