//! Audits that several processes share (PostgreSQL only): who works on a job, and which blocks of it are taken and done.
//!
//! A member whose lease has run out has lost what it had taken. A block that is given twice has the same bytes, so the
//! first ones stay. All rows of a job go when it ends.

use sqlx::{AnyConnection, AssertSqlSafe};
use uuid::Uuid;

use crate::clock::POSTGRES_NOW;
use crate::{Claim, LEASE_MS, Store, StoreError, db};

/// A process's place among those that work on a job.
#[derive(Clone, Debug)]
pub struct Member {
    /// The job.
    pub job_id: String,
    /// Proof of the membership.
    pub token: String,
    /// The analysis that is made.
    pub analysis_id: String,
    /// Whose it is.
    pub owner_id: String,
}

/// What a member does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Compute this block.
    Take(u32),
    /// All blocks are there, in order.
    Done(Vec<Vec<u8>>),
    /// Others have what is left: ask again soon.
    Wait,
    /// The work is not wanted any more.
    Gone,
}

/// A stage as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// Another member has taken it.
    Running(u32),
    /// It is done, by whomever: its bytes.
    Done(u32, Vec<u8>),
}

/// Blocks of the part $3 of the stage $2; the stages themselves when $3 is empty.
const THESE: &str = "b.job_id = $1 AND b.part = $3 AND (b.part = '' OR b.stage = $2)";

/// Blocks that nobody works on: never taken, or by a member that is gone.
fn free(alias: &str) -> String {
    format!(
        "({alias}.bytes IS NULL AND ({alias}.token IS NULL OR NOT EXISTS (SELECT 1 FROM members m WHERE m.token = \
         {alias}.token AND m.lease_until >= {POSTGRES_NOW})))"
    )
}

impl Store {
    /// The job's own worker opens the job to others. What an earlier try of another build left is thrown away.
    ///
    /// # Errors
    /// [`StoreError::LostLease`] when the job is no longer this worker's.
    pub async fn open_to_members(&self, claim: &Claim, worker: &str, build: &str) -> Result<Member, StoreError> {
        let mut tx = self.begin().await?;
        let own = sqlx::query("SELECT id FROM jobs WHERE id = $1 AND lease_token = $2 FOR UPDATE");
        if own.bind(&claim.job_id).bind(&claim.token).fetch_optional(&mut *tx).await?.is_none() {
            return Err(StoreError::LostLease { job: claim.job_id.clone() });
        }
        let strangers = sqlx::query("DELETE FROM members WHERE job_id = $1 AND build <> $2");
        let strangers = strangers.bind(&claim.job_id).bind(build).execute(&mut *tx).await?.rows_affected();
        if strangers > 0 {
            sqlx::query("DELETE FROM blocks WHERE job_id = $1").bind(&claim.job_id).execute(&mut *tx).await?;
        }
        let member = Member {
            job_id: claim.job_id.clone(),
            token: claim.token.clone(),
            analysis_id: claim.analysis_id.clone(),
            owner_id: claim.owner_id.clone(),
        };
        join(&mut tx, &member, worker, build).await?;
        db::commit(tx).await?;
        Ok(member)
    }

    /// Joins the running job that has work nobody does and the fewest members; `None` when there is none of this build.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn help(&self, worker: &str, build: &str) -> Result<Option<Member>, StoreError> {
        if self.database.is_none() {
            return Ok(None);
        }
        let mut tx = self.begin().await?;
        let find = format!(
            "SELECT j.id, j.analysis_id, j.owner_id FROM jobs j JOIN members own ON own.token = j.lease_token AND own.build = $1 \
             WHERE j.state = 'running' AND j.cancel_requested = 0 AND j.lease_until >= {POSTGRES_NOW} \
             AND EXISTS (SELECT 1 FROM blocks b WHERE b.job_id = j.id AND {}) \
             ORDER BY (SELECT COUNT(*) FROM members m WHERE m.job_id = j.id AND m.lease_until >= {POSTGRES_NOW}), j.id LIMIT 1",
            free("b")
        );
        let row: Option<(String, String, String)> =
            sqlx::query_as(AssertSqlSafe(find)).bind(build).fetch_optional(&mut *tx).await?;
        let Some((job_id, analysis_id, owner_id)) = row else { return Ok(None) };
        let member = Member { job_id, token: Uuid::now_v7().to_string(), analysis_id, owner_id };
        join(&mut tx, &member, worker, build).await?;
        db::commit(tx).await?;
        Ok(Some(member))
    }

    /// Keeps the membership; false when the job has ended, is to be cancelled, or has another worker's build.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_membership(&self, member: &Member) -> Result<bool, StoreError> {
        let keep = format!(
            "UPDATE members SET lease_until = {POSTGRES_NOW} + $2 WHERE token = $1 AND EXISTS (SELECT 1 FROM jobs j \
             WHERE j.id = members.job_id AND j.state = 'running' AND j.cancel_requested = 0)"
        );
        let kept = sqlx::query(AssertSqlSafe(keep)).bind(&member.token).bind(LEASE_MS).execute(&self.db).await?;
        Ok(kept.rows_affected() > 0)
    }

    /// Gives back what the member has taken and not done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave(&self, member: &Member) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM members WHERE token = $1").bind(&member.token).execute(&self.db).await?;
        Ok(())
    }

    /// The stage to run next, of these (id, expected milliseconds): the longest that nobody has, or else one whose parts can be
    /// shared.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_stage(&self, member: &Member, stages: &[(String, i64)]) -> Result<Turn, StoreError> {
        let mut tx = self.begin().await?;
        if !is_wanted(&mut tx, member, None).await? {
            return Ok(Turn::Gone);
        }
        let mut opened = false;
        if count(&mut tx, member, "", "", "TRUE").await? == 0 {
            for (block, (stage, weight)) in stages.iter().enumerate() {
                sqlx::query(
                    "INSERT INTO blocks (job_id, stage, part, block, weight) VALUES ($1, $2, '', $3, $4) ON CONFLICT DO NOTHING",
                )
                .bind(&member.job_id)
                .bind(stage)
                .bind(block as i64)
                .bind(*weight)
                .execute(&mut *tx)
                .await?;
            }
            opened = true;
        }
        let turn = match claim(&mut tx, member, "", "").await? {
            Some(turn) => turn,
            None => {
                let shared = format!(
                    "SELECT b.block FROM blocks b WHERE b.job_id = $1 AND b.part = '' AND b.bytes IS NULL AND EXISTS (SELECT 1 FROM blocks p \
                     WHERE p.job_id = b.job_id AND p.stage = b.stage AND p.part <> '' AND {}) ORDER BY b.weight DESC, b.block LIMIT 1",
                    free("p")
                );
                let row: Option<(i64,)> =
                    sqlx::query_as(AssertSqlSafe(shared)).bind(&member.job_id).fetch_optional(&mut *tx).await?;
                row.map_or(Turn::Wait, |(block,)| Turn::Take(block as u32))
            }
        };
        db::commit(tx).await?;
        if opened {
            // Whoever has a free place may come.
            self.call_worker(&member.job_id);
        }
        Ok(turn)
    }

    /// The block of a part to compute next.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_block(&self, member: &Member, stage: &str, part: &str, blocks: u32) -> Result<Turn, StoreError> {
        let mut tx = self.begin().await?;
        if !is_wanted(&mut tx, member, Some(stage)).await? {
            return Ok(Turn::Gone);
        }
        let mut opened = false;
        if count(&mut tx, member, stage, part, "TRUE").await? == 0 {
            sqlx::query(
                "INSERT INTO blocks (job_id, stage, part, block, weight) SELECT $1, $2, $3, g, 0 \
                 FROM generate_series(0, $4 - 1) g ON CONFLICT DO NOTHING",
            )
            .bind(&member.job_id)
            .bind(stage)
            .bind(part)
            .bind(i64::from(blocks))
            .execute(&mut *tx)
            .await?;
            opened = true;
        }
        let turn = claim(&mut tx, member, stage, part).await?;
        db::commit(tx).await?;
        if opened {
            self.call_worker(&member.job_id);
        }
        Ok(turn.unwrap_or(Turn::Wait))
    }

    /// Stores a computed block; one that is there stays. The parts of a stage that is done go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_block(
        &self,
        member: &Member,
        stage: &str,
        part: &str,
        block: u32,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE blocks SET bytes = $5, token = $6 WHERE job_id = $1 AND stage = $2 AND part = $3 AND block = $4 \
             AND bytes IS NULL",
        )
        .bind(&member.job_id)
        .bind(stage)
        .bind(part)
        .bind(i64::from(block))
        .bind(bytes)
        .bind(&member.token)
        .execute(&mut *tx)
        .await?;
        if part.is_empty() {
            sqlx::query("DELETE FROM blocks WHERE job_id = $1 AND stage = $2 AND part <> ''")
                .bind(&member.job_id)
                .bind(stage)
                .execute(&mut *tx)
                .await?;
        }
        db::commit(tx).await?;
        Ok(())
    }

    /// Stages that other members have or had, but for the done ones of `known`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn elsewhere(&self, member: &Member, known: &[u32]) -> Result<Vec<Elsewhere>, StoreError> {
        let rows: Vec<(i64, bool)> = sqlx::query_as(
            "SELECT block, bytes IS NOT NULL FROM blocks WHERE job_id = $1 AND part = '' AND token IS NOT NULL AND token <> $2 \
             ORDER BY block",
        )
        .bind(&member.job_id)
        .bind(&member.token)
        .fetch_all(&self.db)
        .await?;
        let mut all = Vec::new();
        for (block, done) in rows {
            match done {
                false => all.push(Elsewhere::Running(block as u32)),
                true if known.contains(&(block as u32)) => {}
                true => {
                    let (bytes,): (Vec<u8>,) =
                        sqlx::query_as("SELECT bytes FROM blocks WHERE job_id = $1 AND part = '' AND block = $2")
                            .bind(&member.job_id)
                            .bind(block)
                            .fetch_one(&self.db)
                            .await?;
                    all.push(Elsewhere::Done(block as u32, bytes));
                }
            }
        }
        Ok(all)
    }
}

async fn join(db: &mut AnyConnection, member: &Member, worker: &str, build: &str) -> Result<(), StoreError> {
    let join = format!(
        "INSERT INTO members (token, job_id, worker, build, lease_until) VALUES ($1, $2, $3, $4, {POSTGRES_NOW} + $5)"
    );
    sqlx::query(AssertSqlSafe(join))
        .bind(&member.token)
        .bind(&member.job_id)
        .bind(worker)
        .bind(build)
        .bind(LEASE_MS)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether the job runs, the member belongs to it, and the stage (if there is one) is not done.
async fn is_wanted(db: &mut AnyConnection, member: &Member, stage: Option<&str>) -> Result<bool, StoreError> {
    let row: Option<(i64,)> = sqlx::query_as(
        "SELECT CAST(1 AS BIGINT) FROM members m JOIN jobs j ON j.id = m.job_id WHERE m.token = $1 AND j.state = 'running' \
         AND j.cancel_requested = 0 AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.job_id = j.id AND b.stage = $2 \
         AND b.part = '' AND b.bytes IS NOT NULL)",
    )
    .bind(&member.token)
    .bind(stage.unwrap_or_default())
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Takes the heaviest free block of a part (of the stages, when both names are empty), or says that all are done; `None` when
/// others have what is left.
async fn claim(db: &mut AnyConnection, member: &Member, stage: &str, part: &str) -> Result<Option<Turn>, StoreError> {
    let take = format!(
        "UPDATE blocks SET token = $4 WHERE (job_id, stage, part, block) = (SELECT b.job_id, b.stage, b.part, b.block \
         FROM blocks b WHERE {THESE} AND {} ORDER BY b.weight DESC, b.block LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING block",
        free("b")
    );
    let taken: Option<(i64,)> = sqlx::query_as(AssertSqlSafe(take))
        .bind(&member.job_id)
        .bind(stage)
        .bind(part)
        .bind(&member.token)
        .fetch_optional(&mut *db)
        .await?;
    if let Some((block,)) = taken {
        return Ok(Some(Turn::Take(block as u32)));
    }
    if count(db, member, stage, part, "b.bytes IS NULL").await? > 0 {
        return Ok(None);
    }
    let all = format!("SELECT b.bytes FROM blocks b WHERE {THESE} ORDER BY b.block");
    let rows: Vec<(Vec<u8>,)> =
        sqlx::query_as(AssertSqlSafe(all)).bind(&member.job_id).bind(stage).bind(part).fetch_all(db).await?;
    Ok(Some(Turn::Done(rows.into_iter().map(|(bytes,)| bytes).collect())))
}

async fn count(
    db: &mut AnyConnection,
    member: &Member,
    stage: &str,
    part: &str,
    which: &str,
) -> Result<i64, StoreError> {
    let count = format!("SELECT COUNT(*) FROM blocks b WHERE {THESE} AND {which}");
    let (count,): (i64,) =
        sqlx::query_as(AssertSqlSafe(count)).bind(&member.job_id).bind(stage).bind(part).fetch_one(db).await?;
    Ok(count)
}
