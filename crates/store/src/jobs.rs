//! The queue's truth: leases, attempts, cancellation. Every write of a worker is guarded by its lease token.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::change::Change;
use crate::clock::now_in;
use crate::{JobState, NewAnalysis, Origin, Problem, Snapshot, Store, StoreError, db, dead, events, now_ms, rfc3339};

/// How long a lease lasts without a heartbeat.
pub const LEASE_MS: i64 = 15_000;
/// Tries of one job.
pub const MAX_ATTEMPTS: i64 = 3;
/// Priority of a job that may take long.
pub const LONG: i64 = 0;
/// Priority of a job that is over soon: it goes before long ones, and each worker keeps a place for it.
pub const SHORT: i64 = 1;
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
    /// What started it.
    pub origin: Origin,
    /// Moment at which it was accepted, milliseconds.
    pub accepted_at: i64,
    /// True when no worker had it before.
    pub is_first: bool,
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
    let snapshot = serde_json::to_string(&new.snapshot)?;
    sqlx::query(
        "INSERT INTO jobs (id, analysis_id, owner_id, state, priority, attempt, max_attempts, cancel_requested, \
         event_seq, snapshot, created_at, origin) VALUES ($1, $2, $3, 'queued', $4, 0, $5, 0, 1, $8, $6, $7)",
    )
    .bind(&new.job_id)
    .bind(&new.id)
    .bind(&new.owner_id)
    .bind(new.priority)
    .bind(MAX_ATTEMPTS)
    .bind(now)
    .bind(new.origin.to_text())
    .bind(&snapshot)
    .execute(&mut *db)
    .await?;
    events::insert(db, &new.job_id, 1, &snapshot).await
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
        let mut change = Change::to(snapshot)?;
        change.only_with(claim);
        change.keep_lease();
        for (position, record, findings) in ended {
            let values =
                [change.value(*position), change.value(record.as_str()), change.value(findings.as_str())].join(", ");
            change.then(&format!(
                "INSERT INTO stage_records (analysis_id, position, record, findings) SELECT analysis_id, {values} FROM changed \
                 WHERE true ON CONFLICT (analysis_id, position) DO UPDATE SET record = excluded.record, findings = excluded.findings"
            ));
        }
        self.write_with(claim, &change).await
    }

    /// Ends a try: job, analysis and last event in one transaction.
    ///
    /// # Errors
    /// [`StoreError::LostLease`] when the job is no longer this worker's; nothing is written then.
    pub async fn end_job(&self, claim: &Claim, mut snapshot: Snapshot, ending: Ending) -> Result<Snapshot, StoreError> {
        let now = now_ms();
        let released = matches!(ending, Ending::Released);
        let mut change = match ending {
            Ending::Released => requeue(&mut snapshot, 1, 0, None)?,
            Ending::Again(cause) => {
                let pause = PAUSE_MS * 4_i64.pow(snapshot.attempt.clamp(1, 6) - 1);
                requeue(&mut snapshot, 0, pause, Some(&cause))?
            }
            Ending::Done { result_key, verdict } => {
                snapshot.end(JobState::Done, None, rfc3339(now));
                let mut change = finish(&snapshot, now, Some((&result_key, &verdict)))?;
                change.forget_stages();
                change
            }
            Ending::Failed(problem) => {
                snapshot.end(JobState::Failed, Some(problem), rfc3339(now));
                finish(&snapshot, now, None)?
            }
            Ending::Dead(problem, cause) => {
                snapshot.end(JobState::Failed, Some(problem), rfc3339(now));
                let mut change = finish(&snapshot, now, None)?;
                dead::give_up(&mut change, Some(&cause));
                change
            }
            Ending::Cancelled => {
                snapshot.end(JobState::Cancelled, None, rfc3339(now));
                finish(&snapshot, now, None)?
            }
        };
        change.only_with(claim);
        self.write_with(claim, &change).await?;
        if released {
            self.call_worker(&claim.job_id);
        }
        Ok(snapshot)
    }

    /// Writes a change of the worker that holds the job.
    async fn write_with(&self, claim: &Claim, change: &Change) -> Result<(), StoreError> {
        if !self.write(change).await? {
            return Err(lost(claim));
        }
        self.wake.notify(&claim.job_id);
        Ok(())
    }

    /// Cancels: a waiting job ends at once, a running one is asked to stop, a finished one stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_job(&self, owner: &str, id: &str) -> Result<Cancelled, StoreError> {
        let now = now_ms();
        let mut tx = self.begin().await?;
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
            finish(&snapshot, now, None)?.write(&mut tx).await?;
        }
        db::commit(tx).await?;
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
            let mut tx = self.begin().await?;
            let update = format!(
                "UPDATE jobs SET lease_token = NULL WHERE {abandoned} AND id = $1 RETURNING cancel_requested, snapshot"
            );
            let row: Option<(i64, String)> =
                sqlx::query_as(AssertSqlSafe(update)).bind(&id).fetch_optional(&mut *tx).await?;
            let Some((cancel, text)) = row else { continue };
            let now = now_ms();
            let mut snapshot: Snapshot = serde_json::from_str(&text)?;
            let problem = if cancel == 0 { Some(worn_out.clone()) } else { None };
            let state = if problem.is_some() { JobState::Failed } else { JobState::Cancelled };
            snapshot.end(state, problem, rfc3339(now));
            let mut change = finish(&snapshot, now, None)?;
            if state == JobState::Failed {
                dead::give_up(&mut change, None);
            }
            change.write(&mut tx).await?;
            db::commit(tx).await?;
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

    /// Whether a job of at least this priority waits that could be taken now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_job_due(&self, least_priority: i64) -> Result<bool, StoreError> {
        let mut db = self.db.acquire().await?;
        let due = format!(
            "SELECT COUNT(*) FROM jobs WHERE state = 'queued' AND cancel_requested = 0 AND attempt < max_attempts AND priority >= $1 \
             AND run_at <= {}",
            now_in(&db)
        );
        let (due,): (i64,) = sqlx::query_as(AssertSqlSafe(due)).bind(least_priority).fetch_one(&mut *db).await?;
        Ok(due > 0)
    }
}

/// Keeps the lease $2 of the job $1.
fn keep(db: &AnyConnection, returning: &str) -> String {
    let until = now_in(db);
    format!(
        "UPDATE jobs SET lease_until = {until} + {LEASE_MS} WHERE id = $1 AND lease_token = $2 AND state = 'running' {returning}"
    )
}

/// Puts a job back into the queue, not to be taken for a while.
fn requeue(snapshot: &mut Snapshot, refund: i64, pause_ms: i64, cause: Option<&str>) -> Result<Change, StoreError> {
    let attempt = snapshot.attempt;
    snapshot.restart(JobState::Queued, attempt);
    let mut change = Change::to(snapshot)?;
    change.set_state(JobState::Queued.as_str());
    let (refund, pause, cause) = (change.value(refund), change.value(pause_ms), change.value(cause));
    change.compute("attempt", &format!("attempt - {refund}"));
    change.compute("run_at", &format!("{{now}} + {pause}"));
    change.compute("last_error", &format!("COALESCE({cause}, last_error)"));
    end_lease(&mut change);
    change.forget_stages();
    Ok(change)
}

/// The final state of a job and of its analysis.
fn finish(snapshot: &Snapshot, now: i64, result: Option<(&str, &str)>) -> Result<Change, StoreError> {
    let mut change = Change::to(snapshot)?;
    change.set("state", snapshot.state.as_str());
    change.set("finished_at", now);
    end_lease(&mut change);
    let counts = &snapshot.findings;
    let (key, verdict) = (change.value(result.map(|(key, _)| key)), change.value(result.map(|(_, verdict)| verdict)));
    let [issues, watches, inconclusives, passes] =
        [counts.issue, counts.watch, counts.inconclusive, counts.pass].map(|count| change.value(count as i64));
    change.then(&format!(
        "UPDATE analyses SET state = changed.state, finished_at = changed.finished_at, result_key = {key}, verdict = {verdict}, \
         issues = {issues}, watches = {watches}, inconclusives = {inconclusives}, passes = {passes} FROM changed \
         WHERE analyses.id = $2"
    ));
    change.dissolve_team();
    Ok(change)
}

fn end_lease(change: &mut Change) {
    change.compute("lease_token", "NULL");
    change.compute("lease_until", "NULL");
}

fn lost(claim: &Claim) -> StoreError {
    StoreError::LostLease { job: claim.job_id.clone() }
}
