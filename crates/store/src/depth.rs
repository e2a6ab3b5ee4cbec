//! How much is in the queue, for the metrics.

use sqlx::AssertSqlSafe;

use crate::clock::now_in;
use crate::{Store, StoreError};

/// Jobs by what they are waiting for, over all processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Due, and not taken yet.
    pub waiting: i64,
    /// In a pause after a try that failed passingly.
    pub delayed: i64,
    /// Held by a worker.
    pub running: i64,
    /// Given up by the queue, until an operator looks.
    pub dead: i64,
    /// How long the oldest job that is due has waited, milliseconds; 0 without one.
    pub oldest_ms: i64,
}

impl Store {
    /// The queue as it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_depth(&self) -> Result<QueueDepth, StoreError> {
        let mut db = self.db.acquire().await?;
        let now = now_in(&db);
        let open = format!(
            "SELECT COALESCE(SUM(CASE WHEN state = 'queued' AND run_at <= {now} THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN state = 'queued' AND run_at > {now} THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END), 0), \
             {now} - COALESCE(MIN(CASE WHEN state = 'queued' AND run_at <= {now} THEN created_at ELSE {now} END), {now}) \
             FROM jobs WHERE state IN ('queued', 'running')",
        );
        let open: (i64, i64, i64, i64) = sqlx::query_as(AssertSqlSafe(open)).fetch_one(&mut *db).await?;
        let (dead,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM jobs WHERE dead = 1").fetch_one(&mut *db).await?;
        let (waiting, delayed, running, oldest_ms) = open;
        Ok(QueueDepth { waiting, delayed, running, dead, oldest_ms: oldest_ms.max(0) })
    }
}
