//! What an operator sees of the queue, and the jobs that it has given up.

use serde::Serialize;
use sqlx::FromRow;

use crate::change::Change;
use crate::{JobState, Snapshot, Store, StoreError, db};

/// Most jobs of one list.
const LONGEST: i64 = 1000;

/// Which jobs are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobList {
    /// Given up by the queue.
    Dead,
    /// Waiting for a worker.
    Waiting,
    /// Held by a worker.
    Running,
}

/// A job as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct ListedJob {
    /// The job.
    pub id: String,
    /// Whose it is.
    pub owner_id: String,
    /// Name of its analysis.
    pub name: String,
    /// State.
    pub state: String,
    /// Higher goes first.
    pub priority: i64,
    /// Tries so far.
    pub attempt: i64,
    /// The process that took it last.
    pub worker: Option<String>,
    /// Why the last try that failed did.
    pub last_error: Option<String>,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds; it is not taken before.
    pub run_at: i64,
    /// Milliseconds; the end of the lease.
    pub lease_until: Option<i64>,
}

impl Store {
    /// Jobs of all owners, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_jobs(&self, list: JobList) -> Result<Vec<ListedJob>, StoreError> {
        let (state, dead) = match list {
            JobList::Dead => (JobState::Failed, 1_i64),
            JobList::Waiting => (JobState::Queued, 0),
            JobList::Running => (JobState::Running, 0),
        };
        let rows = sqlx::query_as(
            "SELECT j.id, j.owner_id, a.name, j.state, j.priority, j.attempt, j.worker, j.last_error, j.created_at, j.run_at, \
             j.lease_until FROM jobs j JOIN analyses a ON a.id = j.analysis_id WHERE j.state = $1 AND j.dead = $2 \
             ORDER BY j.id LIMIT $3",
        )
        .bind(state.as_str())
        .bind(dead)
        .bind(LONGEST);
        Ok(rows.fetch_all(&self.db).await?)
    }

    /// Puts a dead job into the queue again, with all its tries; `false` when there is no such dead job.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_dead_job(&self, id: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let row: Option<(String,)> = sqlx::query_as(
            "UPDATE jobs SET state = 'queued', dead = 0, attempt = 0, run_at = 0, cancel_requested = 0, finished_at = NULL \
             WHERE id = $1 AND dead = 1 RETURNING snapshot",
        )
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((text,)) = row else { return Ok(false) };
        let mut snapshot: Snapshot = serde_json::from_str(&text)?;
        snapshot.restart(JobState::Queued, 0);
        snapshot.finished_at = None;
        let mut change = Change::to(&snapshot)?;
        change.then("UPDATE analyses SET state = 'queued', finished_at = NULL WHERE id = $2");
        change.write(&mut tx).await?;
        db::commit(tx).await?;
        self.wake.notify(id);
        self.call_worker(id);
        Ok(true)
    }

    /// Takes a dead job off the list; its analysis stays failed. `false` when there is no such dead job.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_dead_job(&self, id: &str) -> Result<bool, StoreError> {
        let dropped = sqlx::query("UPDATE jobs SET dead = 0 WHERE id = $1 AND dead = 1").bind(id);
        Ok(dropped.execute(&self.db).await?.rows_affected() > 0)
    }
}

/// Puts the job that is ended on the list.
pub(crate) fn give_up(change: &mut Change, cause: Option<&str>) {
    let cause = change.value(cause);
    change.compute("dead", "1");
    change.compute("last_error", &format!("COALESCE({cause}, last_error)"));
}
