//! Taking the next job. Whose turn it is takes a look at everything that waits; such a look is good for a turn of each owner, and for a
//! moment. Each job is then found by an index, however many wait.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use crate::change::Change;
use crate::clock::now_in;
use crate::{Claim, JobState, Origin, Snapshot, Store, StoreError, rfc3339};

/// How long a look at the queue is good.
const GOOD: Duration = Duration::from_secs(1);
/// Most owners of one look.
const OWNERS: i64 = 1000;

/// Owners whose turn comes next, by the least priority that was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<i64, Look>>>);

#[derive(Debug)]
struct Look {
    at: Instant,
    owners: VecDeque<String>,
}

impl Turns {
    fn next(&self, least: i64) -> Option<String> {
        let mut all = self.lock();
        let look = all.get_mut(&least)?;
        if look.at.elapsed() > GOOD {
            return None;
        }
        look.owners.pop_front()
    }

    fn set(&self, least: i64, owners: VecDeque<String>) {
        self.lock().insert(least, Look { at: Instant::now(), owners });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Look>> {
        // Nothing in here can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A job that could be taken.
#[derive(FromRow)]
struct Candidate {
    id: String,
    analysis_id: String,
    owner_id: String,
    attempt: i64,
    priority: i64,
    event_seq: i64,
    snapshot: String,
    origin: String,
    created_at: i64,
    started_at: i64,
}

/// The first job of an owner. One point of priority is worth ten minutes of waiting, so that nobody waits for ever; the order is that
/// of the index `jobs_next`.
const OF_OWNER: &str = "state = 'queued' AND owner_id = $2 AND run_at <= {now} AND cancel_requested = 0 \
                        AND attempt < max_attempts AND priority >= $1 ORDER BY created_at - 600000 * priority, id";
/// A job whose worker is gone. Its owner had the turn already.
const ABANDONED: &str = "state = 'running' AND lease_until < {now} AND cancel_requested = 0 AND attempt < max_attempts \
                         AND priority >= $1 ORDER BY lease_until, id";
/// Owners of waiting jobs, found one by one in an index, in the order of their turns: who has the fewest running jobs, then who has
/// the first job.
const TURNS: &str = "WITH RECURSIVE owners (owner_id) AS (SELECT MIN(owner_id) FROM jobs WHERE state = 'queued' UNION ALL \
     SELECT (SELECT MIN(j.owner_id) FROM jobs j WHERE j.state = 'queued' AND j.owner_id > owners.owner_id) FROM owners \
     WHERE owners.owner_id IS NOT NULL) \
     SELECT owner_id FROM (SELECT o.owner_id, \
     (SELECT COUNT(*) FROM jobs r WHERE r.state = 'running' AND r.owner_id = o.owner_id AND r.lease_until >= {now}) AS held, \
     (SELECT MIN(q.created_at - 600000 * q.priority) FROM jobs q WHERE q.state = 'queued' AND q.owner_id = o.owner_id \
     AND q.run_at <= {now} AND q.cancel_requested = 0 AND q.attempt < q.max_attempts AND q.priority >= $1) AS due \
     FROM owners o WHERE o.owner_id IS NOT NULL) turns WHERE due IS NOT NULL ORDER BY held, due, owner_id LIMIT $2";

impl Store {
    /// Takes the job that is due: of the owner with the fewest running jobs, then by priority and age; one whose worker is gone
    /// goes before. Only jobs of at least this priority are looked at. `None` when there is nothing to do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_job(&self, worker: &str, least_priority: i64) -> Result<Option<Claim>, StoreError> {
        let mut looked = false;
        loop {
            if let Some(owner) = self.turns.next(least_priority) {
                if let Some(claim) = self.take(worker, least_priority, Some(&owner)).await? {
                    return Ok(Some(claim));
                }
            } else if looked {
                return Ok(None);
            } else {
                looked = true;
                if let Some(claim) = self.take(worker, least_priority, None).await? {
                    return Ok(Some(claim));
                }
                let mut db = self.db.acquire().await?;
                let turns = AssertSqlSafe(TURNS.replace("{now}", now_in(&db)));
                let turns = sqlx::query_as(turns).bind(least_priority).bind(OWNERS);
                let rows: Vec<(String,)> = turns.fetch_all(&mut *db).await?;
                self.turns.set(least_priority, rows.into_iter().map(|(owner,)| owner).collect());
            }
        }
    }

    /// Takes a job of this owner, or one that was abandoned.
    async fn take(&self, worker: &str, least: i64, owner: Option<&str>) -> Result<Option<Claim>, StoreError> {
        let which = if owner.is_some() { OF_OWNER } else { ABANDONED };
        let find = format!(
            "SELECT id, analysis_id, owner_id, attempt, priority, event_seq, snapshot, origin, created_at, \
             COALESCE(started_at, {{now}}) AS started_at FROM jobs WHERE {which} LIMIT 1"
        );
        let mut db = self.db.acquire().await?;
        let mut find =
            sqlx::query_as::<sqlx::Any, Candidate>(AssertSqlSafe(find.replace("{now}", now_in(&db)))).bind(least);
        if let Some(owner) = owner {
            find = find.bind(owner);
        }
        let row = find.fetch_optional(&mut *db).await?;
        drop(db);
        let Some(row) = row else { return Ok(None) };
        let mut snapshot: Snapshot = serde_json::from_str(&row.snapshot)?;
        snapshot.restart(JobState::Running, row.attempt as u32 + 1);
        let is_first = snapshot.started_at.is_none();
        snapshot.started_at.get_or_insert_with(|| rfc3339(row.started_at));
        let token = Uuid::now_v7().to_string();
        let mut change = Change::to(&snapshot)?;
        // Whatever happened to it since the look is an event, but for these two.
        let seen = change.value(row.event_seq);
        change.only_if(&format!("event_seq = {seen} AND cancel_requested = 0"));
        change.only_if("(state = 'queued' OR state = 'running' AND lease_until < {now})");
        change.set_state(JobState::Running.as_str());
        change.compute("attempt", "attempt + 1");
        change.set("lease_token", token.as_str());
        change.set("worker", worker);
        change.set("started_at", row.started_at);
        change.keep_lease();
        if !is_first {
            change.forget_stages();
        }
        if !self.write(&change).await? {
            // Another worker was faster; it is the next owner's turn.
            return Ok(None);
        }
        self.wake.notify(&row.id);
        Ok(Some(Claim {
            job_id: row.id,
            token,
            priority: row.priority,
            analysis_id: row.analysis_id,
            owner_id: row.owner_id,
            snapshot,
            origin: Origin::from_text(&row.origin),
            accepted_at: row.created_at,
            is_first,
        }))
    }
}
