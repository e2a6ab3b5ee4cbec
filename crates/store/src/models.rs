//! Uploaded model files.

use sqlx::FromRow;

use crate::{Page, Store, StoreError};

/// A model file. `details` is what the reader saw, as JSON.
#[derive(Clone, Debug, FromRow)]
pub struct Model {
    /// UUIDv7.
    pub id: String,
    /// The only one who sees it.
    pub owner_id: String,
    /// Name as uploaded; never used as a path.
    pub filename: String,
    /// Size.
    pub bytes: i64,
    /// Lower-case hex.
    pub sha256: String,
    /// `joblib`, `xgboost-json`, …
    pub format: String,
    /// `scikit-learn`, …
    pub library: String,
    /// As stored in the file.
    pub library_version: Option<String>,
    /// `binary`, `multiclass`, `regression`; `None` when the model cannot be run.
    pub task: Option<String>,
    /// 1 when it can predict.
    pub runnable: i64,
    /// JSON.
    pub details: String,
    /// How it is read, as JSON: a part of the file, files before it.
    pub reading: String,
    /// Milliseconds.
    pub created_at: i64,
}

impl Store {
    /// Adds a model whose file is already in place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_model(&self, m: &Model) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO models (id, owner_id, filename, bytes, sha256, format, library, library_version, task, \
             runnable, details, reading, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(&m.id)
        .bind(&m.owner_id)
        .bind(&m.filename)
        .bind(m.bytes)
        .bind(&m.sha256)
        .bind(&m.format)
        .bind(&m.library)
        .bind(m.library_version.as_deref())
        .bind(m.task.as_deref())
        .bind(m.runnable)
        .bind(&m.details)
        .bind(&m.reading)
        .bind(m.created_at)
        .execute(&self.db)
        .await?;
        Ok(())
    }

    /// Replaces how a model is read and what was seen then; `false` when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_model_anew(&self, m: &Model) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE models SET library = $3, library_version = $4, task = $5, runnable = $6, details = $7, reading = $8 \
             WHERE id = $1 AND owner_id = $2",
        )
        .bind(&m.id)
        .bind(&m.owner_id)
        .bind(&m.library)
        .bind(m.library_version.as_deref())
        .bind(m.task.as_deref())
        .bind(m.runnable)
        .bind(&m.details)
        .bind(&m.reading)
        .execute(&self.db)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// A model of this owner that is read with this file before it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_behind(&self, owner: &str, file_id: &str) -> Result<Option<Model>, StoreError> {
        // Ids are UUIDs, so a quoted one is found nowhere else in the JSON.
        let row = sqlx::query_as("SELECT * FROM models WHERE owner_id = $1 AND reading LIKE $2 LIMIT 1")
            .bind(owner)
            .bind(format!("%\"{file_id}\"%"));
        Ok(row.fetch_optional(&self.db).await?)
    }

    /// A model of this owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model(&self, owner: &str, id: &str) -> Result<Option<Model>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM models WHERE id = $1 AND owner_id = $2").bind(id).bind(owner);
        Ok(row.fetch_optional(&self.db).await?)
    }

    /// The newest model of this owner with these bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_by_digest(&self, owner: &str, sha256: &str) -> Result<Option<Model>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM models WHERE owner_id = $1 AND sha256 = $2 ORDER BY id DESC LIMIT 1")
            .bind(owner)
            .bind(sha256);
        Ok(row.fetch_optional(&self.db).await?)
    }

    /// Models of this owner, newest first, after `cursor`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn models(&self, owner: &str, cursor: Option<&str>, limit: u32) -> Result<Page<Model>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT * FROM models WHERE owner_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3",
        )
        .bind(owner)
        .bind(cursor.unwrap_or_default())
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.db)
        .await?;
        Ok(Page::cut(rows, limit, |m: &Model| m.id.clone()))
    }

    /// Deletes a model's row; `false` when this owner has none with the id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_model(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM models WHERE id = $1 AND owner_id = $2").bind(id).bind(owner);
        Ok(done.execute(&self.db).await?.rows_affected() > 0)
    }
}
