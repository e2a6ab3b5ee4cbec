//! Streaming uploads: to disk while hashing, with a size limit, leaving nothing when they break off.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use fine_store::{Files, Kind};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::problem::{ApiError, INCOMPLETE_UPLOAD, INVALID, MEDIA_TYPE, TOO_LARGE};

/// Longest file name kept, in characters.
const NAME_LENGTH: usize = 200;

/// How much of an upload beyond the limit is read and thrown away, and for how long.
const DRAIN_BYTES: usize = 64 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// A complete upload that is not yet kept; dropping it removes the file.
#[derive(Debug)]
pub(crate) struct Upload {
    path: PathBuf,
    kept: bool,
    /// Name as the client gave it, without folders and control characters.
    pub(crate) filename: String,
    /// Size.
    pub(crate) bytes: u64,
    /// Lower-case hex.
    pub(crate) sha256: String,
}

impl Upload {
    /// Where the bytes are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A copy of a local file, as if it had been uploaded.
    pub(crate) async fn copy(files: &Files, source: &Path) -> std::io::Result<Self> {
        let bytes = tokio::fs::read(source).await?;
        let path = files.incoming();
        let name = source.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let (size, sha256) = (bytes.len() as u64, hex::encode(Sha256::digest(&bytes)));
        let upload = Self { path, kept: false, filename: clean_name(&name), bytes: size, sha256 };
        tokio::fs::write(&upload.path, bytes).await?;
        Ok(upload)
    }

    /// Moves the file to its place.
    pub(crate) async fn keep(mut self, files: &Files, kind: Kind, id: &str) -> Result<(), ApiError> {
        files.keep(&self.path, &kind.key(id)).await?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.kept
            && let Err(e) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(path = %self.path.display(), error = %e, "upload could not be removed");
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
    let filename = clean_name(field.file_name().unwrap_or_default());
    let path = files.incoming();
    let file = tokio::fs::File::create_new(&path).await.map_err(|e| ApiError::internal(&e))?;
    // From here on, every way out that does not keep the file removes it.
    let mut upload = Upload { path, kept: false, filename, bytes: 0, sha256: String::new() };
    let mut out = tokio::io::BufWriter::with_capacity(1 << 20, file);
    let mut digest = Sha256::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        upload.bytes += chunk.len() as u64;
        if upload.bytes > limit {
            drain(field).await;
            return Err(file_too_large(&upload.filename, limit));
        }
        digest.update(&chunk);
        out.write_all(&chunk).await.map_err(|e| ApiError::internal(&e))?;
    }
    out.flush().await.map_err(|e| ApiError::internal(&e))?;
    out.get_ref().sync_all().await.map_err(|e| ApiError::internal(&e))?;
    upload.sha256 = hex::encode(digest.finalize());
    metrics::counter!("fine_upload_bytes_total").increment(upload.bytes);
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

fn file_too_large(name: &str, limit: u64) -> ApiError {
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
