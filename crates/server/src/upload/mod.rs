//! Uploads on their way: streamed to disk while hashing, with a size limit, leaving nothing when they break off.

mod growing;
mod signature;

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use fine_store::{Files, Kind, LocalFile, StoreError, Way, now_ms};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::problem::{ApiError, INCOMPLETE_UPLOAD, INVALID, MEDIA_TYPE, TOO_LARGE};
use crate::state::App;
use crate::telemetry::UPLOAD_BYTES;

pub(crate) use growing::{Growing, digest};
pub(crate) use signature::UploadKey;

/// Longest file name kept, in characters.
const NAME_LENGTH: usize = 200;

/// How much of an upload beyond the limit is read and thrown away, and for how long.
const DRAIN_BYTES: usize = 64 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// A complete upload that is not yet kept.
#[derive(Debug)]
pub(crate) struct Upload {
    /// UUIDv7, also of the dataset or model that it becomes.
    pub(crate) id: String,
    place: Place,
    /// Name as the client gave it, without folders and control characters.
    pub(crate) filename: String,
    /// Size.
    pub(crate) bytes: u64,
    /// Lower-case hex.
    pub(crate) sha256: String,
}

/// Where the bytes of a complete upload are.
#[derive(Debug)]
pub(crate) enum Place {
    /// In a file that is removed when this is dropped.
    Temporary(Temporary),
    /// In the file of an upload that has a row, which can be completed again when something fails.
    Growing(PathBuf),
    /// Under their key already.
    Kept(LocalFile),
}

/// A file that is removed when this is dropped, unless it was moved away.
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        match std::fs::remove_file(&self.0) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(path = %self.0.display(), error = %e, "upload could not be removed");
            }
            _ => {}
        }
    }
}

impl Upload {
    /// An upload whose bytes and digest were checked.
    pub(crate) fn arrived(row: &fine_store::Upload, place: Place, sha256: String) -> Self {
        let (id, filename) = (row.id.clone(), row.filename.clone());
        Self { id, place, filename, bytes: row.bytes.unsigned_abs(), sha256 }
    }

    /// Where the bytes are.
    pub(crate) fn path(&self) -> &Path {
        match &self.place {
            Place::Temporary(Temporary(path)) | Place::Growing(path) => path,
            Place::Kept(file) => file.path(),
        }
    }

    /// A copy of a local file, as if it had been uploaded.
    pub(crate) async fn copy(files: &Files, source: &Path) -> std::io::Result<Self> {
        let bytes = tokio::fs::read(source).await?;
        let name = source.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let mut upload = Self::fresh(files.incoming(), &name);
        (upload.bytes, upload.sha256) = (bytes.len() as u64, hex::encode(Sha256::digest(&bytes)));
        tokio::fs::write(upload.path(), bytes).await?;
        Ok(upload)
    }

    fn fresh(path: PathBuf, name: &str) -> Self {
        let place = Place::Temporary(Temporary(path));
        Self { id: Uuid::now_v7().to_string(), place, filename: clean_name(name), bytes: 0, sha256: String::new() }
    }

    /// Moves the bytes to their place and then adds the row. When that fails nothing is left, or the sweep finds it.
    pub(crate) async fn keep(
        &self,
        app: &App,
        owner: &str,
        kind: Kind,
        add: BoxFuture<'_, Result<(), StoreError>>,
    ) -> Result<(), ApiError> {
        let moved = match &self.place {
            Place::Kept(_) => Ok(()),
            _ => app.store.keep_file(self.path(), &self.row(owner, kind)).await,
        };
        let failure = match moved {
            Ok(()) => match add.await {
                Ok(()) => return Ok(()),
                Err(e) => e,
            },
            Err(e) => e,
        };
        // The row may be there: only the answer was lost, or somebody else completed the same upload. Who is not sure keeps
        // the file.
        match app.store.is_kept(kind, &self.id).await {
            Ok(true) => return Ok(()),
            Ok(false) if matches!(self.place, Place::Temporary(_)) => {
                app.store.files.discard(&kind.key(&self.id)).await
            }
            _ => {}
        }
        Err(failure.into())
    }

    fn row(&self, owner: &str, kind: Kind) -> fine_store::Upload {
        let now = now_ms();
        fine_store::Upload {
            id: self.id.clone(),
            owner_id: owner.to_owned(),
            kind: kind.folder().to_owned(),
            way: Way::Forwarded.as_str().to_owned(),
            filename: self.filename.clone(),
            content_type: String::new(),
            bytes: self.bytes as i64,
            sha256: Some(self.sha256.clone()),
            multipart_id: None,
            created_at: now,
            touched_at: now,
        }
    }
}

/// Reads the field `file` of a multipart body to disk.
pub(crate) async fn receive(
    body: Result<Multipart, MultipartRejection>,
    files: &Files,
    limit: u64,
) -> Result<Upload, ApiError> {
    let mut body = body.map_err(|e| {
        ApiError::new(MEDIA_TYPE).detail(format!("Send multipart/form-data with one field named file. {e}"))
    })?;
    while let Some(field) = body.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            return write(field, files, limit).await;
        }
    }
    Err(ApiError::new(INVALID).detail("The body has no field named file.").field(
        "/file",
        "missing",
        "a multipart field named file is needed",
    ))
}

async fn write(mut field: Field<'_>, files: &Files, limit: u64) -> Result<Upload, ApiError> {
    // From here on, every way out that does not keep the file removes it.
    let mut upload = Upload::fresh(files.incoming(), field.file_name().unwrap_or_default());
    let file = tokio::fs::File::create_new(upload.path()).await?;
    let mut out = tokio::io::BufWriter::with_capacity(1 << 20, file);
    let mut digest = Sha256::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        upload.bytes += chunk.len() as u64;
        if upload.bytes > limit {
            drain(field).await;
            return Err(file_too_large(&upload.filename, limit));
        }
        digest.update(&chunk);
        if let Err(e) = out.write_all(&chunk).await {
            drain(field).await;
            return Err(e.into());
        }
    }
    out.flush().await?;
    out.get_ref().sync_all().await?;
    upload.sha256 = hex::encode(digest.finalize());
    metrics::counter!(UPLOAD_BYTES).increment(upload.bytes);
    Ok(upload)
}

/// Reads on for a moment, so that a client that still sends gets to see the answer instead of a cut connection.
async fn drain(mut field: Field<'_>) {
    let mut left = DRAIN_BYTES;
    let read = async {
        while let Ok(Some(chunk)) = field.chunk().await
            && left > chunk.len()
        {
            left -= chunk.len();
        }
    };
    // Whether all of it came does not matter: the answer is the same.
    let _ = tokio::time::timeout(DRAIN_TIME, read).await;
}

/// A request body beyond the limit.
pub(crate) fn too_large(limit: u64) -> ApiError {
    ApiError::new(TOO_LARGE).detail(format!("The limit is {limit} bytes.")).arg("limit", limit)
}

pub(crate) fn file_too_large(name: &str, limit: u64) -> ApiError {
    let detail = format!(
        "Failed to take {name:?}: the file is larger than {limit} bytes, the limit; send a smaller one, such as a sample of \
         the rows, or raise the server's limit with --max-dataset-bytes or --max-model-bytes."
    );
    too_large(limit).detail(detail).arg("file", name)
}

fn broken(e: MultipartError) -> ApiError {
    ApiError::new(INCOMPLETE_UPLOAD).detail(format!("The upload broke off or is malformed: {}", e.body_text()))
}

/// The last part of a path, without control characters, cut to a sane length.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(NAME_LENGTH).collect();
    let clean = clean.trim().to_owned();
    if clean.is_empty() || clean.chars().all(|c| c == '.') { "unnamed".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_control_characters() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\data\\tabla año.csv"), "tabla año.csv");
        assert_eq!(clean_name("a\r\nb.csv"), "ab.csv");
        for empty in ["", "..", "x/", "\u{7}"] {
            assert_eq!(clean_name(empty), "unnamed");
        }
        assert_eq!(clean_name(&"é".repeat(500)).chars().count(), NAME_LENGTH);
    }
}
