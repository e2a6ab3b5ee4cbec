//! Sessions and their rotating refresh tokens. Only hashes of tokens are stored.

use uuid::Uuid;

use crate::{Store, StoreError, db, now_ms};

/// A used refresh token may come again within this time while its successor is unused: two tabs that refresh at once
/// are no theft.
const REUSE_MS: i64 = 10_000;

/// What became of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// The session lives on with the new token.
    Rotated {
        /// The session.
        session_id: String,
        /// Its owner.
        user_id: String,
    },
    /// The token was used before: the session is ended.
    Reused,
    /// No such token.
    Unknown,
}

impl Store {
    /// Starts a session with its first refresh token, and notes the sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start_session(&self, user_id: &str, refresh_hash: &str) -> Result<String, StoreError> {
        let (id, now) = (Uuid::now_v7().to_string(), now_ms());
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE users SET last_sign_in_at = $2 WHERE id = $1")
            .bind(user_id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO sessions (id, user_id, created_at, refreshed_at) VALUES ($1, $2, $3, $4)")
            .bind(&id)
            .bind(user_id)
            .bind(now)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)")
            .bind(refresh_hash)
            .bind(&id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        db::commit(tx).await?;
        Ok(id)
    }

    /// Trades a refresh token for the next one. A token that was used before ends the session, but for
    /// a moment's grace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_refresh_token(&self, old_hash: &str, new_hash: &str) -> Result<Refresh, StoreError> {
        let now = now_ms();
        let mut tx = self.begin().await?;
        let fresh: Option<(String,)> = sqlx::query_as(
            "UPDATE refresh_tokens SET used_at = COALESCE(used_at, $2) \
             WHERE hash = $1 AND (used_at IS NULL OR (used_at > $3 AND NOT EXISTS (\
             SELECT 1 FROM refresh_tokens t WHERE t.session_id = refresh_tokens.session_id \
             AND t.created_at > refresh_tokens.created_at AND t.used_at IS NOT NULL))) RETURNING session_id",
        )
        .bind(old_hash)
        .bind(now)
        .bind(now - REUSE_MS)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((session_id,)) = fresh else {
            let ended =
                sqlx::query("DELETE FROM sessions WHERE id IN (SELECT session_id FROM refresh_tokens WHERE hash = $1)")
                    .bind(old_hash)
                    .execute(&mut *tx)
                    .await?;
            db::commit(tx).await?;
            return Ok(if ended.rows_affected() > 0 { Refresh::Reused } else { Refresh::Unknown });
        };
        sqlx::query("INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)")
            .bind(new_hash)
            .bind(&session_id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        let (user_id,): (String,) =
            sqlx::query_as("UPDATE sessions SET refreshed_at = $2 WHERE id = $1 RETURNING user_id")
                .bind(&session_id)
                .bind(now)
                .fetch_one(&mut *tx)
                .await?;
        db::commit(tx).await?;
        Ok(Refresh::Rotated { session_id, user_id })
    }

    /// Whether the session of a user is still open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_is_open(&self, id: &str, user_id: &str) -> Result<bool, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT id FROM sessions WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user_id)
            .fetch_optional(&self.db)
            .await?;
        Ok(row.is_some())
    }

    /// When the open sessions of a user were started and refreshed last, in milliseconds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_times(&self, user_id: &str) -> Result<Vec<(i64, i64)>, StoreError> {
        let rows = sqlx::query_as("SELECT created_at, refreshed_at FROM sessions WHERE user_id = $1 ORDER BY id");
        Ok(rows.bind(user_id).fetch_all(&self.db).await?)
    }

    /// When a session was started, in milliseconds; `None` when it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_started(&self, id: &str, user_id: &str) -> Result<Option<i64>, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT created_at FROM sessions WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user_id)
            .fetch_optional(&self.db)
            .await?;
        Ok(row.map(|(at,)| at))
    }

    /// Ends one session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(&self.db).await?;
        Ok(())
    }

    /// Ends all sessions of a user, or all but one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions(&self, user_id: &str, keep: Option<&str>) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id <> $2")
            .bind(user_id)
            .bind(keep.unwrap_or_default())
            .execute(&self.db)
            .await?;
        Ok(())
    }
}
