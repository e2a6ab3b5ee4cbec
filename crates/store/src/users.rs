//! People who sign in to the embedded auth service.

use sqlx::FromRow;
use uuid::Uuid;

use crate::{Store, StoreError, now_ms};

/// A registered person.
#[derive(Clone, Debug, FromRow)]
pub struct User {
    /// UUIDv7.
    pub id: String,
    /// Lower case.
    pub email: String,
    /// PHC string.
    pub password_hash: String,
    /// `user_metadata` as JSON.
    pub metadata: String,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds.
    pub updated_at: i64,
    /// Milliseconds.
    pub last_sign_in_at: Option<i64>,
}

impl Store {
    /// Adds a person; `None` when the address is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_user(&self, email: &str, hash: &str, metadata: &str) -> Result<Option<User>, StoreError> {
        let now = now_ms();
        let added = sqlx::query_as(
            "INSERT INTO users (id, email, password_hash, metadata, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING RETURNING *",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(email)
        .bind(hash)
        .bind(metadata)
        .bind(now)
        .bind(now)
        .fetch_optional(&self.db)
        .await?;
        Ok(added)
    }

    /// The person with this address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>, StoreError> {
        Ok(sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email).fetch_optional(&self.db).await?)
    }

    /// The person with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, id: &str) -> Result<Option<User>, StoreError> {
        Ok(sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_optional(&self.db).await?)
    }

    /// Changes what is given; `None` leaves as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_user(
        &self,
        id: &str,
        hash: Option<&str>,
        metadata: Option<&str>,
    ) -> Result<Option<User>, StoreError> {
        let changed = sqlx::query_as(
            "UPDATE users SET password_hash = COALESCE($2, password_hash), metadata = COALESCE($3, metadata), \
             updated_at = $4 WHERE id = $1 RETURNING *",
        )
        .bind(id)
        .bind(hash)
        .bind(metadata)
        .bind(now_ms())
        .fetch_optional(&self.db)
        .await?;
        Ok(changed)
    }
}
