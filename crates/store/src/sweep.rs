//! What nobody owns: uploads that were given up, and files without a row.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use futures::TryStreamExt;
use uuid::Uuid;

use crate::files::Listed;
use crate::{Kind, Store, StoreError, now_ms};

/// Files that are looked up at once.
const CHUNK: usize = 500;

impl Store {
    /// Whether a file has a row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_kept(&self, kind: Kind, id: &str) -> Result<bool, StoreError> {
        Ok(!self.kept_keys(kind, id, id).await?.is_empty())
    }

    /// Keys of files of a kind that have a row, for ids between two.
    async fn kept_keys(&self, kind: Kind, first: &str, last: &str) -> Result<HashSet<String>, StoreError> {
        // Ids of one form compare the same in every collation.
        let statement = match kind {
            Kind::Dataset => "SELECT id FROM datasets WHERE id >= $1 AND id <= $2",
            Kind::Model => "SELECT id FROM models WHERE id >= $1 AND id <= $2",
            Kind::Result => "SELECT result_key FROM analyses WHERE id >= $1 AND id <= $2 AND result_key IS NOT NULL",
        };
        let rows: Vec<(String,)> = sqlx::query_as(statement).bind(first).bind(last).fetch_all(&self.db).await?;
        let key = |(found,): (String,)| if kind == Kind::Result { found } else { kind.key(&found) };
        Ok(rows.into_iter().map(key).collect())
    }

    /// Ids of uploads between two.
    async fn upload_ids(&self, first: &str, last: &str) -> Result<HashSet<String>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT id FROM uploads WHERE id >= $1 AND id <= $2")
            .bind(first)
            .bind(last)
            .fetch_all(&self.db)
            .await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Ends uploads that nobody has gone on with for this long. One that cannot be ended is met again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_uploads(&self, older: Duration) -> Result<usize, StoreError> {
        let mut ended = 0;
        for upload in self.left_uploads(now_ms() - older.as_millis() as i64).await? {
            match self.end_upload(&upload).await {
                Ok(true) => ended += 1,
                Ok(false) => {}
                Err(e) => tracing::warn!(upload = %upload.id, error = %e, "upload not ended; it is tried again"),
            }
        }
        for id in self.files.grown(older) {
            if self.upload_ids(&id, &id).await?.is_empty() && std::fs::remove_file(self.files.growing(&id)).is_ok() {
                ended += 1;
            }
        }
        Ok(ended)
    }

    /// Deletes files that were written this long ago and have neither a row nor an upload: results of workers that were
    /// killed, files whose rows were deleted while the store was away.
    ///
    /// # Errors
    /// When the database or the file store fails.
    pub async fn sweep_files(&self, older: Duration) -> Result<usize, StoreError> {
        let before = now_ms() - older.as_millis() as i64;
        let mut deleted = 0;
        for kind in [Kind::Dataset, Kind::Model, Kind::Result] {
            let mut chunks = self
                .files
                .list(kind)
                .try_filter(|listed| futures::future::ready(listed.written_at < before))
                .try_chunks(CHUNK);
            while let Some(chunk) = chunks.try_next().await.map_err(|e| e.1)? {
                deleted += self.sweep_chunk(kind, chunk).await?;
            }
        }
        Ok(deleted)
    }

    async fn sweep_chunk(&self, kind: Kind, chunk: Vec<Listed>) -> Result<usize, StoreError> {
        let ids: BTreeSet<&str> = chunk.iter().filter_map(|listed| id_of(&listed.key)).collect();
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(0) };
        // An upload that becomes a file has for a moment both rows, never none: this order sees one of them.
        let uploads = self.upload_ids(first, last).await?;
        let kept = self.kept_keys(kind, first, last).await?;
        let mut deleted = 0;
        for Listed { key, .. } in &chunk {
            if id_of(key).is_some_and(|id| !uploads.contains(id)) && !kept.contains(key) {
                self.files.delete(key).await?;
                tracing::info!(%key, "file without a row deleted");
                deleted += 1;
            }
        }
        Ok(deleted)
    }
}

/// The id in a key: of a file, or of the analysis of a result. `None` for what is not ours.
fn id_of(key: &str) -> Option<&str> {
    const UUID: usize = 36;
    let name = key.rsplit('/').next()?;
    let id = name.get(..UUID)?;
    let is_ours = Uuid::try_parse(id).is_ok() && !id.bytes().any(|b| b.is_ascii_uppercase());
    is_ours.then_some(id)
}
