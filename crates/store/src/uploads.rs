//! Files on their way.

use std::path::Path;
use std::time::Duration;

use sqlx::FromRow;

use crate::files::{Buckets, Link, SMALL_BYTES};
use crate::{Kind, Store, StoreError, now_ms};

/// How a file comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// This server sends it on to an object store.
    Forwarded,
    /// To a signed address.
    Signed,
    /// In pieces, by the protocol of resumable uploads.
    Resumable,
}

impl Way {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forwarded => "forwarded",
            Self::Signed => "signed",
            Self::Resumable => "resumable",
        }
    }
}

/// A file on its way.
#[derive(Clone, Debug, FromRow)]
pub struct Upload {
    /// UUIDv7; also the id of the dataset or model that it becomes.
    pub id: String,
    /// The only one who sees it.
    pub owner_id: String,
    /// `datasets` or `models`.
    pub kind: String,
    /// A [`Way`].
    pub way: String,
    /// Name as announced; never used as a path.
    pub filename: String,
    /// Media type as announced.
    pub content_type: String,
    /// Size as announced.
    pub bytes: i64,
    /// Lower-case hex, as announced.
    pub sha256: Option<String>,
    /// Id of an upload in parts at the object store.
    pub multipart_id: Option<String>,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds; when somebody last went on with it.
    pub touched_at: i64,
}

impl Upload {
    /// What it becomes.
    pub fn becomes(&self) -> Kind {
        if self.kind == Kind::Model.folder() { Kind::Model } else { Kind::Dataset }
    }

    /// The key of the file that it becomes.
    pub fn key(&self) -> String {
        self.becomes().key(&self.id)
    }
}

impl Store {
    /// Adds an upload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_upload(&self, u: &Upload) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO uploads (id, owner_id, kind, way, filename, content_type, bytes, sha256, multipart_id, created_at, \
             touched_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&u.id)
        .bind(&u.owner_id)
        .bind(&u.kind)
        .bind(&u.way)
        .bind(&u.filename)
        .bind(&u.content_type)
        .bind(u.bytes)
        .bind(u.sha256.as_deref())
        .bind(u.multipart_id.as_deref())
        .bind(u.created_at)
        .bind(u.touched_at)
        .execute(&self.db)
        .await?;
        Ok(())
    }

    /// An upload of this owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload(&self, owner: &str, id: &str) -> Result<Option<Upload>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM uploads WHERE id = $1 AND owner_id = $2 AND way <> 'ended'")
            .bind(id)
            .bind(owner);
        Ok(row.fetch_optional(&self.db).await?)
    }

    /// An upload whose id a signature vouches for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signed_upload(&self, id: &str) -> Result<Option<Upload>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM uploads WHERE id = $1 AND way = 'signed'").bind(id);
        Ok(row.fetch_optional(&self.db).await?)
    }

    /// Notes that somebody goes on with an upload; `false` when it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_upload(&self, u: &mut Upload) -> Result<bool, StoreError> {
        u.touched_at = now_ms();
        let touched = sqlx::query("UPDATE uploads SET touched_at = $2 WHERE id = $1 AND way <> 'ended'")
            .bind(&u.id)
            .bind(u.touched_at);
        Ok(touched.execute(&self.db).await?.rows_affected() > 0)
    }

    /// Forgets an upload whose file is in its place, or gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_upload(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM uploads WHERE id = $1").bind(id).execute(&self.db).await?;
        Ok(())
    }

    /// Ends an upload: its bytes go, then its row. A file that has a row of its own by now stays. `false` when somebody has
    /// gone on with it since `u` was read.
    ///
    /// # Errors
    /// When the database or the file store fails; then the sweep ends it.
    pub async fn end_upload(&self, u: &Upload) -> Result<bool, StoreError> {
        let claimed = sqlx::query("UPDATE uploads SET way = 'ended' WHERE id = $1 AND touched_at = $2")
            .bind(&u.id)
            .bind(u.touched_at);
        if claimed.execute(&self.db).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if let (Some(buckets), Some(multipart)) = (self.files.buckets(), &u.multipart_id) {
            buckets.abort(&u.key(), multipart).await?;
        }
        if self.files.is_local() {
            remove(&self.files.growing(&u.id))?;
        }
        if !self.is_kept(u.becomes(), &u.id).await? {
            self.files.delete(&u.key()).await?;
        }
        self.forget_upload(&u.id).await?;
        Ok(true)
    }

    /// Ends all uploads of an owner.
    ///
    /// # Errors
    /// When the database or the file store fails.
    pub async fn end_uploads_of(&self, owner: &str) -> Result<(), StoreError> {
        let rows: Vec<Upload> =
            sqlx::query_as("SELECT * FROM uploads WHERE owner_id = $1").bind(owner).fetch_all(&self.db).await?;
        for upload in &rows {
            self.end_upload(upload).await?;
        }
        Ok(())
    }

    /// Uploads that nobody has gone on with since this moment, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn left_uploads(&self, before: i64) -> Result<Vec<Upload>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM uploads WHERE touched_at < $1 ORDER BY touched_at LIMIT 1000");
        Ok(rows.bind(before).fetch_all(&self.db).await?)
    }

    /// Signed addresses for an upload to the object store: one, or one for each part of a large file; `None` for files in a
    /// folder. The upload gets the id of its parts.
    ///
    /// # Errors
    /// When the object store fails.
    pub async fn sign_upload(&self, u: &mut Upload, valid: Duration) -> Result<Option<Vec<Link>>, StoreError> {
        let Some(buckets) = self.files.buckets() else { return Ok(None) };
        let (key, bytes) = (u.key(), u.bytes.unsigned_abs());
        if bytes <= SMALL_BYTES {
            let digest = u.sha256.as_deref().unwrap_or_default();
            return Ok(Some(vec![buckets.sign_put(&key, &u.content_type, digest, bytes, valid).await?]));
        }
        let multipart = buckets.begin(&key).await?;
        let links = buckets.sign_parts(&key, &multipart, bytes, valid).await?;
        u.multipart_id = Some(multipart);
        Ok(Some(links))
    }

    /// Puts together the parts that were sent to the object store, unless that is done already; `false` when there is not a
    /// tag for each of them.
    ///
    /// # Errors
    /// When the object store fails or does not have the parts.
    pub async fn join_parts(&self, u: &Upload, tags: Vec<String>) -> Result<bool, StoreError> {
        let (Some(buckets), Some(multipart)) = (self.files.buckets(), &u.multipart_id) else { return Ok(true) };
        if self.files.size(&u.key()).await?.is_some() {
            return Ok(true);
        }
        let are_all = tags.len() as u64 == Buckets::parts(u.bytes.unsigned_abs());
        if are_all {
            buckets.complete(&u.key(), multipart, tags).await?;
        }
        Ok(are_all)
    }

    /// Moves a complete file of this machine to its place, all or nothing. On its way to an object store a large one has a
    /// row, so that what a killed server leaves there is found again.
    ///
    /// # Errors
    /// When a store fails; then nothing is left, or the sweep finds it.
    pub async fn keep_file(&self, path: &Path, u: &Upload) -> Result<(), StoreError> {
        let (key, bytes) = (u.key(), u.bytes.unsigned_abs());
        let Some(buckets) = self.files.buckets().filter(|_| bytes > SMALL_BYTES) else {
            return self.files.keep_whole(path, &key).await;
        };
        let multipart = buckets.begin(&key).await?;
        let row = Upload { multipart_id: Some(multipart.clone()), way: Way::Forwarded.as_str().into(), ..u.clone() };
        if let Err(e) = self.add_upload(&row).await {
            buckets.abort(&key, &multipart).await?;
            return Err(e);
        }
        let sent = buckets.send(&key, &multipart, path, bytes).await;
        let tidied = match &sent {
            Ok(()) => self.forget_upload(&row.id).await,
            Err(_) => self.end_upload(&row).await.map(drop),
        };
        if let Err(e) = tidied {
            tracing::warn!(upload = %row.id, error = %e, "what an upload left is not removed; the sweep does it");
        }
        sent
    }
}

/// Removes a file; one that is not there is fine.
fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(path, e)),
        _ => Ok(()),
    }
}
