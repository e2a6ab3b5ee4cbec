//! The queue's truth: leases, attempts, cancellation. Every write of a worker is guarded by its lease token.

use sqlx::{AnyConnection, AssertSqlSafe};
use uuid::Uuid;

use crate::clock::now_in;
use crate::{JobState, NewAnalysis, Problem, Snapshot, Store, StoreError, dead, events, news, now_ms, rfc3339, team};

/// How long a lease lasts without a heartbeat.
pub const LEASE_MS: i64 = 15_000;
/// Tries of one job.
pub const MAX_ATTEMPTS: i64 = 3;
/// Priority of a job that may take long.
pub const LONG: i64 = 0;
/// Priority of a job that is over soon: it goes before long ones, and each worker keeps a place for it.
pub const SHORT: i64 = 1;
/// One point of priority is worth this much waiting, so that nobody waits for ever.
const POINT_MS: i64 = 10 * 60 * 1000;
/// The first pause after a try that failed passingly; each later one is four times as long.
const PAUSE_MS: i64 = 5_000;

/// A job that a worker holds.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The job.
    pub job_id: String,
    /// Proof of the lease.
    pub token: String,
    /// Its priority.
    pub priority: i64,
    /// The analysis to make.
    pub analysis_id: String,
    /// Whose it is.
    pub owner_id: String,
    /// The state at the start of this try.
    pub snapshot: Snapshot,
}

/// How a try ends.
#[derive(Clone, Debug)]
pub enum Ending {
    /// With a result.
    Done {
        /// Key of the result file.
        result_key: String,
        /// Outcome id.
        verdict: String,
    },
    /// Without one, for good.
    Failed(Problem),
    /// Stopped by the owner.
    Cancelled,
    /// Given back to the queue because the worker stops; the try does not count.
    Released,
    /// Something passing failed: tried again after a pause. The cause is for operators.
    Again(String),
    /// The last try failed, too: without a result, and on the list of dead jobs.
    Dead(Problem, String),
}

/// What a cancellation met.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancelled {
    /// This is the job now; a running one stops within a second.
    Accepted(Snapshot),
    /// No such job of this owner.
    Unknown,
}

pub(crate) async fn insert(db: &mut AnyConnection, new: &NewAnalysis, now: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO jobs (id, analysis_id, owner_id, state, priority, attempt, max_attempts, cancel_requested, \
         event_seq, snapshot, created_at) VALUES ($1, $2, $3, 'queued', $4, 0, $5, 0, 0, '', $6)",
    )
    .bind(&new.job_id)
    .bind(&new.id)
    .bind(&new.owner_id)
    .bind(new.priority)
    .bind(MAX_ATTEMPTS)
    .bind(now)
    .execute(&mut *db)
    .await?;
    news::announce(db, news::JOBS, &new.job_id).await
}

impl Store {
    /// The job of this owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job(&self, owner: &str, id: &str) -> Result<Option<Snapshot>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT snapshot FROM jobs WHERE id = $1 AND owner_id = $2")
            .bind(id)
            .bind(owner)
            .fetch_optional(&self.db)
            .await?;
        Ok(row.map(|(text,)| serde_json::from_str(&text)).transpose()?)
    }

    /// Takes the job that is due: of the owner with the fewest running jobs, then by priority and age. Only jobs of at
    /// least this priority are looked at. `None` when there is nothing to do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_job(&self, worker: &str, least_priority: i64) -> Result<Option<Claim>, StoreError> {
        let token = Uuid::now_v7().to_string();
        let mut tx = self.db.begin().await?;
        let now = now_in(&tx);
        // SQLite has one writer at a time and needs no such words.
        let skip_taken = if self.database.is_some() { "FOR UPDATE OF j SKIP LOCKED" } else { "" };
        let claim = format!(
            "UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_token = $1, lease_until = {now} + {LEASE_MS}, \
             worker = $2, started_at = COALESCE(started_at, {now}) WHERE id = (\
             SELECT j.id FROM jobs j LEFT JOIN (SELECT owner_id, COUNT(*) AS jobs FROM jobs \
             WHERE state = 'running' AND lease_until >= {now} GROUP BY owner_id) running ON running.owner_id = j.owner_id \
             WHERE j.cancel_requested = 0 AND j.attempt < j.max_attempts AND j.priority >= $3 \
             AND ((j.state = 'queued' AND j.run_at <= {now}) OR (j.state = 'running' AND j.lease_until < {now})) \
             ORDER BY COALESCE(running.jobs, 0), j.created_at - $4 * j.priority, j.id LIMIT 1 {skip_taken}) \
             RETURNING id, analysis_id, owner_id, attempt, priority, snapshot, started_at"
        );
        let row: Option<(String, String, String, i64, i64, String, i64)> = sqlx::query_as(AssertSqlSafe(claim))
            .bind(&token)
            .bind(worker)
            .bind(least_priority)
            .bind(POINT_MS)
            .fetch_optional(&mut *tx)
            .await?;
        let Some((job_id, analysis_id, owner_id, attempt, priority, text, started)) = row else { return Ok(None) };
        let mut snapshot: Snapshot = serde_json::from_str(&text)?;
        snapshot.restart(JobState::Running, attempt as u32);
        snapshot.started_at.get_or_insert_with(|| rfc3339(started));
        sqlx::query("DELETE FROM stage_records WHERE analysis_id = $1").bind(&analysis_id).execute(&mut *tx).await?;
        sqlx::query("UPDATE analyses SET state = 'running' WHERE id = $1").bind(&analysis_id).execute(&mut *tx).await?;
        events::append(&mut tx, &job_id, &snapshot).await?;
        tx.commit().await?;
        self.wake.notify(&job_id);
        Ok(Some(Claim { job_id, token, priority, analysis_id, owner_id, snapshot }))
    }

    /// Keeps the lease; answers whether the owner asked to cancel.
    ///
    /// # Errors
    /// [`StoreError::LostLease`] when the job is no longer this worker's.
    pub async fn keep_lease(&self, claim: &Claim) -> Result<bool, StoreError> {
        let mut db = self.db.acquire().await?;
        let row: Option<(i64,)> = sqlx::query_as(AssertSqlSafe(keep(&db, "RETURNING cancel_requested")))
            .bind(&claim.job_id)
            .bind(&claim.token)
            .fetch_optional(&mut *db)
            .await?;
        row.map(|(cancel,)| cancel != 0).ok_or_else(|| lost(claim))
    }

    /// Whether the owner asked to cancel; reads only.
    ///
    /// # Errors
    /// [`StoreError::LostLease`] when the job is no longer this worker's.
    pub async fn cancel_requested(&self, claim: &Claim) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(
            "SELECT cancel_requested FROM jobs WHERE id = $1 AND lease_token = $2 AND state = 'running'",
        )
        .bind(&claim.job_id)
        .bind(&claim.token)
        .fetch_optional(&self.db)
        .await?;
        row.map(|(cancel,)| cancel != 0).ok_or_else(|| lost(claim))
    }

    /// Stores an event, and the stages that ended since the last one as (position, record, findings).
    ///
    /// # Errors
    /// [`StoreError::LostLease`] when the job is no longer this worker's; nothing is written then.
    pub async fn report_progress(
        &self,
        claim: &Claim,
        snapshot: &Snapshot,
        ended: &[(i64, String, String)],
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        guard(&mut tx, claim).await?;
        for (position, record, findings) in ended {
            sqlx::query(
                "INSERT INTO stage_records (analysis_id, position, record, findings) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (analysis_id, position) DO UPDATE SET record = excluded.record, findings = excluded.findings",
            )
            .bind(&claim.analysis_id)
            .bind(*position)
            .bind(record)
            .bind(findings)
            .execute(&mut *tx)
            .await?;
        }
        events::append(&mut tx, &claim.job_id, snapshot).await?;
        tx.commit().await?;
        self.wake.notify(&claim.job_id);
        Ok(())
    }

    /// Ends a try: job, analysis and last event in one transaction.
    ///
    /// # Errors
    /// [`StoreError::LostLease`] when the job is no longer this worker's; nothing is written then.
    pub async fn end_job(&self, claim: &Claim, mut snapshot: Snapshot, ending: Ending) -> Result<Snapshot, StoreError> {
        let now = now_ms();
        let mut tx = self.db.begin().await?;
        guard(&mut tx, claim).await?;
        match ending {
            Ending::Released => requeue(&mut tx, claim, &mut snapshot, 1, 0, None).await?,
            Ending::Again(cause) => {
                let pause = PAUSE_MS * 4_i64.pow(snapshot.attempt.clamp(1, 6) - 1);
                requeue(&mut tx, claim, &mut snapshot, 0, pause, Some(&cause)).await?;
            }
            Ending::Done { result_key, verdict } => {
                snapshot.end(JobState::Done, None, rfc3339(now));
                finish(&mut tx, &snapshot, now, Some((&result_key, &verdict))).await?;
                sqlx::query("DELETE FROM stage_records WHERE analysis_id = $1")
                    .bind(&claim.analysis_id)
                    .execute(&mut *tx)
                    .await?;
            }
            Ending::Failed(problem) => {
                snapshot.end(JobState::Failed, Some(problem), rfc3339(now));
                finish(&mut tx, &snapshot, now, None).await?;
            }
            Ending::Dead(problem, cause) => {
                snapshot.end(JobState::Failed, Some(problem), rfc3339(now));
                dead::give_up(&mut tx, &claim.job_id, Some(&cause)).await?;
                finish(&mut tx, &snapshot, now, None).await?;
            }
            Ending::Cancelled => {
                snapshot.end(JobState::Cancelled, None, rfc3339(now));
                finish(&mut tx, &snapshot, now, None).await?;
            }
        }
        tx.commit().await?;
        self.wake.notify(&claim.job_id);
        Ok(snapshot)
    }

    /// Cancels: a waiting job ends at once, a running one is asked to stop, a finished one stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_job(&self, owner: &str, id: &str) -> Result<Cancelled, StoreError> {
        let now = now_ms();
        let mut tx = self.db.begin().await?;
        let row: Option<(String, String)> = sqlx::query_as(
            "UPDATE jobs SET cancel_requested = 1 WHERE id = $1 AND owner_id = $2 RETURNING state, snapshot",
        )
        .bind(id)
        .bind(owner)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((state, text)) = row else { return Ok(Cancelled::Unknown) };
        let mut snapshot: Snapshot = serde_json::from_str(&text)?;
        if state == "queued" {
            snapshot.end(JobState::Cancelled, None, rfc3339(now));
            finish(&mut tx, &snapshot, now, None).await?;
        }
        tx.commit().await?;
        self.wake.notify(id);
        Ok(Cancelled::Accepted(snapshot))
    }

    /// Lets every lease run out at once: at the start of the one server of a data folder, all earlier workers are gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_leases(&self) -> Result<u64, StoreError> {
        let expired = sqlx::query("UPDATE jobs SET lease_until = 0 WHERE state = 'running'");
        Ok(expired.execute(&self.db).await?.rows_affected())
    }

    /// Ends jobs that no worker holds and that may not be tried again: cancelled ones as cancelled, worn-out
    /// ones with this problem. Answers their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_abandoned_jobs(&self, worn_out: &Problem) -> Result<Vec<String>, StoreError> {
        let mut db = self.db.acquire().await?;
        let abandoned = format!(
            "((state = 'running' AND lease_until < {} AND (cancel_requested = 1 OR attempt >= max_attempts)) \
             OR (state = 'queued' AND attempt >= max_attempts))",
            now_in(&db)
        );
        let select = AssertSqlSafe(format!("SELECT id FROM jobs WHERE {abandoned} ORDER BY id"));
        let rows: Vec<(String,)> = sqlx::query_as(select).fetch_all(&mut *db).await?;
        drop(db);
        let mut ended = Vec::new();
        // A transaction each: two processes that end the same jobs never wait for each other crosswise.
        for (id,) in rows {
            let mut tx = self.db.begin().await?;
            let update = format!(
                "UPDATE jobs SET lease_token = NULL WHERE {abandoned} AND id = $1 RETURNING cancel_requested, snapshot"
            );
            let row: Option<(i64, String)> =
                sqlx::query_as(AssertSqlSafe(update)).bind(&id).fetch_optional(&mut *tx).await?;
            let Some((cancel, text)) = row else { continue };
            let now = now_ms();
            let mut snapshot: Snapshot = serde_json::from_str(&text)?;
            if cancel != 0 {
                snapshot.end(JobState::Cancelled, None, rfc3339(now));
            } else {
                snapshot.end(JobState::Failed, Some(worn_out.clone()), rfc3339(now));
                dead::give_up(&mut tx, &id, None).await?;
            }
            finish(&mut tx, &snapshot, now, None).await?;
            tx.commit().await?;
            self.wake.notify(&id);
            ended.push(id);
        }
        Ok(ended)
    }

    /// Whether this file is the result of the analysis: what is said after a write whose answer was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_result(&self, analysis: &str, key: &str) -> Result<bool, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT id FROM analyses WHERE id = $1 AND result_key = $2")
            .bind(analysis)
            .bind(key)
            .fetch_optional(&self.db)
            .await?;
        Ok(row.is_some())
    }

    /// Whether a job waits that could be taken now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_job_due(&self) -> Result<bool, StoreError> {
        let mut db = self.db.acquire().await?;
        let due = format!(
            "SELECT COUNT(*) FROM jobs WHERE state = 'queued' AND cancel_requested = 0 AND attempt < max_attempts AND run_at <= {}",
            now_in(&db)
        );
        let (due,): (i64,) = sqlx::query_as(AssertSqlSafe(due)).fetch_one(&mut *db).await?;
        Ok(due > 0)
    }

    /// Number of jobs that wait and that run, for the metrics.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_depth(&self) -> Result<(i64, i64), StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT state, COUNT(*) FROM jobs WHERE state IN ('queued', 'running') GROUP BY state ORDER BY state",
        )
        .fetch_all(&self.db)
        .await?;
        let count = |state: &str| rows.iter().find(|(s, _)| s == state).map_or(0, |(_, n)| *n);
        Ok((count("queued"), count("running")))
    }
}

/// Keeps the lease $2 of the job $1.
fn keep(db: &AnyConnection, returning: &str) -> String {
    let until = now_in(db);
    format!(
        "UPDATE jobs SET lease_until = {until} + {LEASE_MS} WHERE id = $1 AND lease_token = $2 AND state = 'running' {returning}"
    )
}

/// Takes the job's row for this transaction, or fails when the lease is lost.
async fn guard(db: &mut AnyConnection, claim: &Claim) -> Result<(), StoreError> {
    let held =
        sqlx::query(AssertSqlSafe(keep(db, ""))).bind(&claim.job_id).bind(&claim.token).execute(&mut *db).await?;
    if held.rows_affected() == 0 { Err(lost(claim)) } else { Ok(()) }
}

/// Puts a job back into the queue, not to be taken for a while.
async fn requeue(
    db: &mut AnyConnection,
    claim: &Claim,
    snapshot: &mut Snapshot,
    refund: i64,
    pause_ms: i64,
    cause: Option<&str>,
) -> Result<(), StoreError> {
    let requeue = format!(
        "UPDATE jobs SET state = 'queued', attempt = attempt - $2, lease_token = NULL, lease_until = NULL, \
         run_at = {} + $3, last_error = COALESCE($4, last_error) WHERE id = $1",
        now_in(db)
    );
    sqlx::query(AssertSqlSafe(requeue))
        .bind(&claim.job_id)
        .bind(refund)
        .bind(pause_ms)
        .bind(cause)
        .execute(&mut *db)
        .await?;
    sqlx::query("UPDATE analyses SET state = 'queued' WHERE id = $1")
        .bind(&claim.analysis_id)
        .execute(&mut *db)
        .await?;
    sqlx::query("DELETE FROM stage_records WHERE analysis_id = $1").bind(&claim.analysis_id).execute(&mut *db).await?;
    let attempt = snapshot.attempt;
    snapshot.restart(JobState::Queued, attempt);
    events::append(db, &claim.job_id, snapshot).await?;
    news::announce(db, news::JOBS, &claim.job_id).await
}

/// Writes the final state of a job and of its analysis, and the last event.
async fn finish(
    db: &mut AnyConnection,
    snapshot: &Snapshot,
    now: i64,
    result: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    team::dissolve(db, &snapshot.job_id).await?;
    let counts = &snapshot.findings;
    sqlx::query("UPDATE jobs SET state = $2, lease_token = NULL, lease_until = NULL, finished_at = $3 WHERE id = $1")
        .bind(&snapshot.job_id)
        .bind(snapshot.state.as_str())
        .bind(now)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "UPDATE analyses SET state = $2, finished_at = $3, result_key = $4, verdict = $5, issues = $6, watches = $7, \
         inconclusives = $8, passes = $9 WHERE id = $1",
    )
    .bind(&snapshot.analysis_id)
    .bind(snapshot.state.as_str())
    .bind(now)
    .bind(result.map(|(key, _)| key))
    .bind(result.map(|(_, verdict)| verdict))
    .bind(counts.issue as i64)
    .bind(counts.watch as i64)
    .bind(counts.inconclusive as i64)
    .bind(counts.pass as i64)
    .execute(&mut *db)
    .await?;
    events::append(db, &snapshot.job_id, snapshot).await
}

fn lost(claim: &Claim) -> StoreError {
    StoreError::LostLease { job: claim.job_id.clone() }
}
