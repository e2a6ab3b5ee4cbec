//! The end of an account: every row and every file that belongs to a person.

use crate::{Action, Kind, Store, StoreError, analyses, db, now_ms};

impl Store {
    /// Deletes everything of a person: keys and sessions first, so that nothing new begins, then audits (running ones
    /// lose their lease), files, the account. What remains of the trail names nobody and nothing. Files are deleted last,
    /// and again by [`Store::erase_doomed`] until it has worked.
    ///
    /// # Errors
    /// When the database fails; the same call goes on where it broke off.
    pub async fn delete_account(&self, owner: &str) -> Result<(), StoreError> {
        for statement in ["DELETE FROM api_keys WHERE owner_id = $1", "DELETE FROM sessions WHERE user_id = $1"] {
            sqlx::query(statement).bind(owner).execute(&self.db).await?;
        }
        self.end_uploads_of(owner).await?;
        loop {
            let rows: Vec<(String,)> = sqlx::query_as("SELECT id FROM analyses WHERE owner_id = $1 LIMIT 100")
                .bind(owner)
                .fetch_all(&self.db)
                .await?;
            for (id,) in &rows {
                self.doom_analysis(owner, id).await?;
            }
            if rows.is_empty() {
                break;
            }
        }
        let mut tx = self.begin().await?;
        for (table, kind) in [("datasets", Kind::Dataset), ("models", Kind::Model)] {
            let delete = sqlx::AssertSqlSafe(format!("DELETE FROM {table} WHERE owner_id = $1 RETURNING id"));
            let rows: Vec<(String,)> = sqlx::query_as(delete).bind(owner).fetch_all(&mut *tx).await?;
            for (id,) in rows {
                doom(&mut tx, &kind.key(&id)).await?;
            }
        }
        sqlx::query(
            "UPDATE trail SET owner_id = NULL, key_id = NULL, subject = NULL, address = NULL WHERE owner_id = $1",
        )
        .bind(owner)
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM users WHERE id = $1").bind(owner).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO trail (id, created_at, actor, action) VALUES ($1, $2, 'person', $3)")
            .bind(uuid::Uuid::now_v7().to_string())
            .bind(now_ms())
            .bind(Action::AccountDelete.as_str())
            .execute(&mut *tx)
            .await?;
        db::commit(tx).await?;
        self.erase_doomed().await
    }

    /// One audit a transaction.
    async fn doom_analysis(&self, owner: &str, id: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let Some((job, key)) = analyses::remove(&mut tx, owner, id).await? else { return Ok(()) };
        if let Some(key) = key {
            doom(&mut tx, &key).await?;
        }
        db::commit(tx).await?;
        self.wake.notify(&job);
        Ok(())
    }

    /// Deletes files whose rows are gone.
    ///
    /// # Errors
    /// When the database or the file store fails; the rest is deleted at the next call.
    pub async fn erase_doomed(&self) -> Result<(), StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT file_key FROM doomed_files ORDER BY created_at LIMIT 1000")
            .fetch_all(&self.db)
            .await?;
        for (key,) in rows {
            self.files.delete(&key).await?;
            sqlx::query("DELETE FROM doomed_files WHERE file_key = $1").bind(&key).execute(&self.db).await?;
        }
        Ok(())
    }
}

async fn doom(db: &mut sqlx::AnyConnection, key: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO doomed_files (file_key, created_at) VALUES ($1, $2) ON CONFLICT (file_key) DO NOTHING")
        .bind(key)
        .bind(now_ms())
        .execute(db)
        .await?;
    Ok(())
}
