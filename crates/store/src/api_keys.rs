//! Keys with which programs use the API in a person's name. Only hashes are stored.

use sqlx::FromRow;

use crate::{Store, StoreError, db, now_ms};

/// The last use is noted at most this often.
const NOTE_MS: i64 = 60 * 1000;

/// A key as its owner sees it.
#[derive(Clone, Debug, FromRow)]
pub struct ApiKey {
    /// UUIDv7.
    pub id: String,
    /// In whose name it is used.
    pub owner_id: String,
    /// Given by the owner.
    pub name: String,
    /// The first characters.
    pub hint: String,
    /// What it allows, separated by spaces.
    pub scopes: String,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds.
    pub expires_at: i64,
    /// Milliseconds, to the minute.
    pub last_used_at: Option<i64>,
}

/// A key that was presented and is good.
#[derive(Clone, Debug, FromRow)]
pub struct UsedKey {
    /// The key.
    pub id: String,
    /// In whose name it is used.
    pub owner_id: String,
    /// The owner's address; empty where accounts are kept elsewhere.
    pub email: String,
    /// What it allows, separated by spaces.
    pub scopes: String,
    last_used_at: Option<i64>,
}

impl Store {
    /// Adds a key, of which only the hash is kept; `false` when its owner has `limit` of them that have not expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_api_key(&self, key: &ApiKey, hash: &str, limit: i64) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Two that are made at once wait for each other at the rows that are there.
        sqlx::query("UPDATE api_keys SET owner_id = owner_id WHERE owner_id = $1")
            .bind(&key.owner_id)
            .execute(&mut *tx)
            .await?;
        let added = sqlx::query(
            "INSERT INTO api_keys (id, owner_id, name, hash, hint, scopes, created_at, expires_at) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE \
             (SELECT COUNT(*) FROM api_keys WHERE owner_id = $2 AND expires_at > $7) < $9",
        )
        .bind(&key.id)
        .bind(&key.owner_id)
        .bind(&key.name)
        .bind(hash)
        .bind(&key.hint)
        .bind(&key.scopes)
        .bind(key.created_at)
        .bind(key.expires_at)
        .bind(limit)
        .execute(&mut *tx)
        .await?;
        db::commit(tx).await?;
        Ok(added.rows_affected() > 0)
    }

    /// Keys of this owner, newest first, also expired ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_keys(&self, owner: &str) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, owner_id, name, hint, scopes, created_at, expires_at, last_used_at FROM api_keys \
             WHERE owner_id = $1 ORDER BY id DESC",
        )
        .bind(owner);
        Ok(rows.fetch_all(&self.db).await?)
    }

    /// Revokes a key; `false` when this owner has none with the id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_api_key(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM api_keys WHERE id = $1 AND owner_id = $2").bind(id).bind(owner);
        Ok(done.execute(&self.db).await?.rows_affected() > 0)
    }

    /// The key with this hash, when it has not expired; its use is noted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_api_key(&self, hash: &str) -> Result<Option<UsedKey>, StoreError> {
        let now = now_ms();
        let found: Option<UsedKey> = sqlx::query_as(
            "SELECT k.id, k.owner_id, COALESCE(u.email, '') AS email, k.scopes, k.last_used_at FROM api_keys k \
             LEFT JOIN users u ON u.id = k.owner_id WHERE k.hash = $1 AND k.expires_at > $2",
        )
        .bind(hash)
        .bind(now)
        .fetch_optional(&self.db)
        .await?;
        if let Some(key) = &found
            && key.last_used_at.is_none_or(|at| at < now - NOTE_MS)
        {
            sqlx::query("UPDATE api_keys SET last_used_at = $2 WHERE id = $1")
                .bind(&key.id)
                .bind(now)
                .execute(&self.db)
                .await?;
        }
        Ok(found)
    }

    /// Whether a key is still there and good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_key_is_good(&self, id: &str) -> Result<bool, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT id FROM api_keys WHERE id = $1 AND expires_at > $2")
            .bind(id)
            .bind(now_ms())
            .fetch_optional(&self.db)
            .await?;
        Ok(row.is_some())
    }

    /// Forgets keys that expired before this moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_api_keys(&self, expired_before: i64) -> Result<u64, StoreError> {
        let swept = sqlx::query("DELETE FROM api_keys WHERE expires_at < $1").bind(expired_before);
        Ok(swept.execute(&self.db).await?.rows_affected())
    }
}
