//! Uploaded tables.

use sqlx::FromRow;

use crate::{Page, Store, StoreError};

/// A dataset. `preview` is the page after the upload, as JSON.
#[derive(Clone, Debug, FromRow)]
pub struct Dataset {
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
    /// `csv`, `parquet`, …
    pub format: String,
    /// Rows.
    pub row_count: i64,
    /// Columns.
    pub column_count: i64,
    /// JSON.
    pub preview: String,
    /// Milliseconds.
    pub created_at: i64,
}

impl Store {
    /// Adds a dataset whose file is already in place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_dataset(&self, d: &Dataset) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO datasets (id, owner_id, filename, bytes, sha256, format, row_count, column_count, preview, \
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&d.id)
        .bind(&d.owner_id)
        .bind(&d.filename)
        .bind(d.bytes)
        .bind(&d.sha256)
        .bind(&d.format)
        .bind(d.row_count)
        .bind(d.column_count)
        .bind(&d.preview)
        .bind(d.created_at)
        .execute(&self.db)
        .await?;
        Ok(())
    }

    /// A dataset of this owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dataset(&self, owner: &str, id: &str) -> Result<Option<Dataset>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM datasets WHERE id = $1 AND owner_id = $2").bind(id).bind(owner);
        Ok(row.fetch_optional(&self.db).await?)
    }

    /// The newest dataset of this owner with these bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dataset_by_digest(&self, owner: &str, sha256: &str) -> Result<Option<Dataset>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM datasets WHERE owner_id = $1 AND sha256 = $2 ORDER BY id DESC LIMIT 1")
            .bind(owner)
            .bind(sha256);
        Ok(row.fetch_optional(&self.db).await?)
    }

    /// Datasets of this owner, newest first, after `cursor`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn datasets(&self, owner: &str, cursor: Option<&str>, limit: u32) -> Result<Page<Dataset>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT * FROM datasets WHERE owner_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3",
        )
        .bind(owner)
        .bind(cursor.unwrap_or_default())
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.db)
        .await?;
        Ok(Page::cut(rows, limit, |d: &Dataset| d.id.clone()))
    }

    /// Deletes a dataset's row; `false` when this owner has none with the id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_dataset(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM datasets WHERE id = $1 AND owner_id = $2").bind(id).bind(owner);
        Ok(done.execute(&self.db).await?.rows_affected() > 0)
    }
}
