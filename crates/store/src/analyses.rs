//! The vault: audits of a person, waiting, running and finished.

use sqlx::{AnyConnection, FromRow};

use crate::{JobState, Origin, Page, Snapshot, Store, StoreError, db, jobs, now_ms};

/// An audit in the vault.
#[derive(Clone, Debug, FromRow)]
pub struct Analysis {
    /// UUIDv7.
    pub id: String,
    /// The only one who sees it.
    pub owner_id: String,
    /// The job that makes it.
    pub job_id: String,
    /// Name given by the owner.
    pub name: String,
    /// State of the job.
    pub state: String,
    /// Outcome id, when done.
    pub verdict: Option<String>,
    /// `binary`, `multiclass`, `regression`.
    pub task: String,
    /// Rows of the dataset.
    pub row_count: i64,
    /// The audited dataset.
    pub dataset_id: String,
    /// Its name, kept when it is deleted.
    pub dataset_filename: String,
    /// The model.
    pub model_id: String,
    /// Its name, kept when it is deleted.
    pub model_filename: String,
    /// The reference dataset.
    pub reference_id: Option<String>,
    /// The request, as JSON.
    pub request: String,
    /// Findings by outcome.
    pub issues: i64,
    /// Findings by outcome.
    pub watches: i64,
    /// Findings by outcome.
    pub inconclusives: i64,
    /// Findings by outcome.
    pub passes: i64,
    /// Key of the result file, when done.
    pub result_key: Option<String>,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds.
    pub finished_at: Option<i64>,
}

/// An audit to be put into the vault and the queue at once.
#[derive(Clone, Debug)]
pub struct NewAnalysis {
    /// UUIDv7.
    pub id: String,
    /// UUIDv7.
    pub job_id: String,
    /// Owner.
    pub owner_id: String,
    /// Name.
    pub name: String,
    /// `binary`, `multiclass`, `regression`.
    pub task: String,
    /// Rows of the dataset.
    pub row_count: i64,
    /// Dataset id and file name.
    pub dataset: (String, String),
    /// Model id and file name.
    pub model: Option<(String, String)>,
    /// The reference dataset.
    pub reference_id: Option<String>,
    /// The request, as JSON.
    pub request: String,
    /// [`LONG`](crate::LONG) or [`SHORT`](crate::SHORT).
    pub priority: i64,
    /// The first event.
    pub snapshot: Snapshot,
    /// What started it.
    pub origin: Origin,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct AnalysisFilter {
    /// Part of the name or of a file name, in any case.
    pub text: Option<String>,
    /// State of the job.
    pub state: Option<JobState>,
}

/// A finished stage of a running audit.
#[derive(Clone, Debug, FromRow)]
pub struct StoredStage {
    /// JSON of the stage record.
    pub record: String,
    /// JSON array of its findings.
    pub findings: String,
}

impl Store {
    /// Puts an audit into the vault and its job into the queue, in one transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_analysis(&self, new: &NewAnalysis) -> Result<(), StoreError> {
        let now = now_ms();
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO analyses (id, owner_id, job_id, name, state, task, row_count, dataset_id, dataset_filename, \
             model_id, model_filename, reference_id, request, issues, watches, inconclusives, passes, created_at) \
             VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, $13)",
        )
        .bind(&new.id)
        .bind(&new.owner_id)
        .bind(&new.job_id)
        .bind(&new.name)
        .bind(&new.task)
        .bind(new.row_count)
        .bind(&new.dataset.0)
        .bind(&new.dataset.1)
        .bind(new.model.as_ref().map_or("", |(id, _)| id))
        .bind(new.model.as_ref().map_or("", |(_, name)| name))
        .bind(new.reference_id.as_deref())
        .bind(&new.request)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        jobs::insert(&mut tx, new, now).await?;
        db::commit(tx).await?;
        self.wake.notify(&new.job_id);
        self.call_worker(&new.job_id);
        Ok(())
    }

    /// An analysis of this owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn analysis(&self, owner: &str, id: &str) -> Result<Option<Analysis>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM analyses WHERE id = $1 AND owner_id = $2").bind(id).bind(owner);
        Ok(row.fetch_optional(&self.db).await?)
    }

    /// Analyses of this owner, newest first, after `cursor`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn analyses(
        &self,
        owner: &str,
        filter: &AnalysisFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Analysis>, StoreError> {
        let text = filter.text.as_deref().map(like_pattern).unwrap_or_default();
        let rows = sqlx::query_as(
            "SELECT * FROM analyses WHERE owner_id = $1 AND ($2 = '' OR id < $2) AND ($3 = '' OR state = $3) \
             AND ($4 = '' OR LOWER(name) LIKE $4 ESCAPE '!' OR LOWER(dataset_filename) LIKE $4 ESCAPE '!' \
             OR LOWER(model_filename) LIKE $4 ESCAPE '!') ORDER BY id DESC LIMIT $5",
        )
        .bind(owner)
        .bind(cursor.unwrap_or_default())
        .bind(filter.state.map_or("", JobState::as_str))
        .bind(text)
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.db)
        .await?;
        Ok(Page::cut(rows, limit, |a: &Analysis| a.id.clone()))
    }

    /// Whether an audit that waits or runs needs this dataset or model.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_in_use(&self, owner: &str, file_id: &str) -> Result<bool, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT id FROM analyses WHERE owner_id = $1 AND state IN ('queued', 'running') \
             AND (dataset_id = $2 OR model_id = $2 OR reference_id = $2) LIMIT 1",
        )
        .bind(owner)
        .bind(file_id)
        .fetch_optional(&self.db)
        .await?;
        Ok(row.is_some())
    }

    /// Deletes an analysis with its job, events and result. A worker that is on it loses its lease.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_analysis(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let Some((job, key)) = remove(&mut tx, owner, id).await? else { return Ok(false) };
        db::commit(tx).await?;
        self.wake.notify(&job);
        if let Some(key) = key {
            self.files.discard(&key).await;
        }
        Ok(true)
    }

    /// Stages that a running audit has finished, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stored_stages(&self, analysis: &str) -> Result<Vec<StoredStage>, StoreError> {
        let rows =
            sqlx::query_as("SELECT record, findings FROM stage_records WHERE analysis_id = $1 ORDER BY position")
                .bind(analysis);
        Ok(rows.fetch_all(&self.db).await?)
    }
}

/// A `LIKE` pattern that finds the text anywhere, in any case, with `!` as the escape character.
fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// Deletes the row of an analysis with all that hangs on it; answers its job and the key of its result.
pub(crate) async fn remove(
    db: &mut AnyConnection,
    owner: &str,
    id: &str,
) -> Result<Option<(String, Option<String>)>, StoreError> {
    // First the job's row, then the analysis, as everybody does: two transactions never wait for each other crosswise.
    sqlx::query("UPDATE jobs SET cancel_requested = 1 WHERE analysis_id = $1 AND owner_id = $2")
        .bind(id)
        .bind(owner)
        .execute(&mut *db)
        .await?;
    let delete = sqlx::query_as("DELETE FROM analyses WHERE id = $1 AND owner_id = $2 RETURNING job_id, result_key");
    Ok(delete.bind(id).bind(owner).fetch_optional(db).await?)
}
