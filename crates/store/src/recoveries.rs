//! One-time secrets of password recovery. Only hashes are stored; a new request replaces the last one.

use crate::{Store, StoreError, db, now_ms};

/// How long a recovery mail is good for.
const VALID_MS: i64 = 60 * 60 * 1000;
/// Wrong codes until the recovery is void.
const MAX_ATTEMPTS: i64 = 5;

/// What became of a presented recovery secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecoveryCheck {
    /// Right; it cannot be used again.
    Accepted {
        /// Whose it was.
        user_id: String,
    },
    /// Wrong, used, or too old.
    Refused,
}

impl Store {
    /// Keeps a recovery of a user: the hash of the link's token and of the six-digit code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start_recovery(&self, user_id: &str, token_hash: &str, code_hash: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO recoveries (user_id, token_hash, code_hash, attempts, created_at) VALUES ($1, $2, $3, 0, $4) \
             ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, code_hash = excluded.code_hash, \
             attempts = 0, created_at = excluded.created_at",
        )
        .bind(user_id)
        .bind(token_hash)
        .bind(code_hash)
        .bind(now_ms())
        .execute(&self.db)
        .await?;
        Ok(())
    }

    /// Uses the token of a link.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_recovery_token(&self, token_hash: &str) -> Result<RecoveryCheck, StoreError> {
        let row: Option<(String,)> =
            sqlx::query_as("DELETE FROM recoveries WHERE token_hash = $1 AND created_at > $2 RETURNING user_id")
                .bind(token_hash)
                .bind(now_ms() - VALID_MS)
                .fetch_optional(&self.db)
                .await?;
        Ok(row.map_or(RecoveryCheck::Refused, |(user_id,)| RecoveryCheck::Accepted { user_id }))
    }

    /// Uses the six-digit code of a user; a few wrong ones void the recovery.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_recovery_code(&self, user_id: &str, code_hash: &str) -> Result<RecoveryCheck, StoreError> {
        let mut tx = self.begin().await?;
        let row: Option<(String,)> = sqlx::query_as(
            "DELETE FROM recoveries WHERE user_id = $1 AND code_hash = $2 AND created_at > $3 AND attempts < $4 \
             RETURNING user_id",
        )
        .bind(user_id)
        .bind(code_hash)
        .bind(now_ms() - VALID_MS)
        .bind(MAX_ATTEMPTS)
        .fetch_optional(&mut *tx)
        .await?;
        if row.is_none() {
            sqlx::query("UPDATE recoveries SET attempts = attempts + 1 WHERE user_id = $1")
                .bind(user_id)
                .execute(&mut *tx)
                .await?;
        }
        db::commit(tx).await?;
        Ok(row.map_or(RecoveryCheck::Refused, |(user_id,)| RecoveryCheck::Accepted { user_id }))
    }
}
