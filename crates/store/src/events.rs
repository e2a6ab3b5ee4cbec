//! Stored events of jobs.

use sqlx::{AnyConnection, FromRow};

use crate::{Store, StoreError, now_ms};

/// An event as stored: the whole snapshot as JSON.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StoredEvent {
    /// Rises by one an event, over restarts too.
    pub seq: i64,
    /// JSON of a [`Snapshot`].
    pub snapshot: String,
}

impl Store {
    /// Events of a job after `seq`, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_after(&self, job: &str, seq: i64) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = sqlx::query_as("SELECT seq, snapshot FROM events WHERE job_id = $1 AND seq > $2 ORDER BY seq")
            .bind(job)
            .bind(seq);
        Ok(rows.fetch_all(&self.db).await?)
    }

    /// Number of the newest event of a job; 0 when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_event(&self, job: &str) -> Result<i64, StoreError> {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT event_seq FROM jobs WHERE id = $1").bind(job).fetch_optional(&self.db).await?;
        Ok(row.map_or(0, |(seq,)| seq))
    }

    /// Number and snapshot of the newest event; `None` when the job is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_event(&self, job: &str) -> Result<Option<(i64, String)>, StoreError> {
        let row = sqlx::query_as("SELECT event_seq, snapshot FROM jobs WHERE id = $1").bind(job);
        Ok(row.fetch_optional(&self.db).await?)
    }
}

/// Stores an event whose number stands in the job's row already.
pub(crate) async fn insert(db: &mut AnyConnection, job: &str, seq: i64, text: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO events (job_id, seq, snapshot, created_at) VALUES ($1, $2, $3, $4)")
        .bind(job)
        .bind(seq)
        .bind(text)
        .bind(now_ms())
        .execute(&mut *db)
        .await?;
    Ok(())
}
