//! Stored events of jobs, and the wake-up of those who wait for them.

use std::sync::Arc;

use sqlx::{AnyConnection, FromRow};
use tokio::sync::{broadcast, watch};

use crate::{Snapshot, Store, StoreError, news, now_ms};

/// An event as stored: the whole snapshot as JSON.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StoredEvent {
    /// Rises by one an event, over restarts too.
    pub seq: i64,
    /// JSON of a [`Snapshot`].
    pub snapshot: String,
}

/// Wakes waiting readers of this process when a job has news, whichever process wrote it ([`Store::listen`]).
#[derive(Clone, Debug)]
pub struct Wake(Arc<broadcast::Sender<String>>);

/// In place of a job's id: for the readers of all jobs.
const EVERYBODY: &str = "";

impl Default for Wake {
    fn default() -> Self {
        Self(Arc::new(broadcast::Sender::new(256)))
    }
}

impl Wake {
    /// News of a job.
    pub fn notify(&self, job: &str) {
        // No reader is fine.
        let _ = self.0.send(job.to_owned());
    }

    /// News of other processes may have been missed: everybody looks.
    pub(crate) fn notify_all(&self) {
        let _ = self.0.send(EVERYBODY.to_owned());
    }

    /// Whether what was received by [`Wake::subscribe`] is for readers of this job.
    pub fn concerns(received: &str, job: &str) -> bool {
        received == job || received == EVERYBODY
    }

    /// From now on, the ids of jobs with news.
    pub fn subscribe(&self) -> broadcast::Receiver<String> {
        self.0.subscribe()
    }
}

impl Store {
    /// Passes news of other processes on to the readers of this one, until `stop` turns true.
    pub async fn listen(&self, stop: watch::Receiver<bool>) {
        if let Some(address) = &self.database {
            let pass_on = |job: Option<&str>| match job {
                Some(job) => self.wake.notify(job),
                None => self.wake.notify_all(),
            };
            news::hear(address, news::EVENTS, pass_on, stop).await;
        }
    }

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

/// Numbers and stores an event. The caller holds the job's row: it wrote it in this transaction.
pub(crate) async fn append(db: &mut AnyConnection, job: &str, snapshot: &Snapshot) -> Result<(), StoreError> {
    let text = serde_json::to_string(snapshot)?;
    let (seq,): (i64,) =
        sqlx::query_as("UPDATE jobs SET event_seq = event_seq + 1, snapshot = $2 WHERE id = $1 RETURNING event_seq")
            .bind(job)
            .bind(&text)
            .fetch_one(&mut *db)
            .await?;
    sqlx::query("INSERT INTO events (job_id, seq, snapshot, created_at) VALUES ($1, $2, $3, $4)")
        .bind(job)
        .bind(seq)
        .bind(&text)
        .bind(now_ms())
        .execute(&mut *db)
        .await?;
    news::announce(db, news::EVENTS, job).await
}
