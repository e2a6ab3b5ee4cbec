//! The one place where uploaded files are read: tables, models, and both together. All of it happens in the sandbox.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fine_audit::compare::Comparison;
use fine_audit::result::{AuditResult, Manifest};
use fine_audit::subject::{DataFile, SubjectError};
use fine_model::import::Part;
use fine_store::{Dataset, FieldProblem, Kind, LocalFile, Problem, StoreError};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::api::{Chain, Plan};
use crate::problem::{ApiError, CHANGED, FILE_DELETED, INVALID, OUT_OF_MEMORY, OUT_OF_TIME, READER_CRASHED};
use crate::sandbox::{
    Audited, Before, Check, Described, Failure, ModelFile, Question, ReadDataset, Refusal, Sandbox, Sources, TableFile,
    Task,
};
use crate::state::App;

/// Seed of an audit whose request names none; the command line has the same.
const DEFAULT_SEED: u64 = 42;
/// A reader that needs longer for one file has met something that it was not made for.
const READING: Duration = Duration::from_secs(300);

/// Reads a table for its preview.
///
/// # Errors
/// 422 with the reader's slug when the file is no table.
pub(crate) async fn preview(app: &App, path: &Path, name: &str) -> Result<ReadDataset, ApiError> {
    let file = TableFile { path: path.to_owned(), name: name.to_owned(), known: None, limits: table_limits(app) };
    Ok(run(app, Task::Preview(file), READING).await?)
}

/// Opens a model file; answers what the reader saw, and the task when the model can be run.
///
/// # Errors
/// 422 with the reader's slug when the file is no model at all.
pub(crate) async fn describe_model(app: &App, path: &Path, name: &str) -> Result<Described, ApiError> {
    let file = ModelFile {
        path: path.to_owned(),
        name: name.to_owned(),
        before: Vec::new(),
        part: Part::default(),
        listed_calls: None,
    };
    Ok(run(app, Task::Describe(file), READING).await?)
}

/// As [`describe_model`], for a stored model as it is to be read.
///
/// # Errors
/// As [`describe_model`].
pub(crate) async fn describe_chain(app: &App, chain: &Chain) -> Result<Described, ApiError> {
    let mut held = Held::default();
    let file = held.model(app, chain).await?;
    Ok(run(app, Task::Describe(file), READING).await?)
}

/// Reads the files of a plan, matches them, and says what an audit of them would do.
///
/// # Errors
/// Everything that a sandbox can fail with; [`Refusal::Field`] when the files do not belong together.
pub(crate) async fn check(app: &App, plan: &Plan) -> Result<Check, Failure> {
    let (sources, _held) = sources(app, plan).await?;
    let task = Task::Check(Box::new(sources), Box::new(plan.options.clone()));
    run(app, task, READING).await
}

/// Runs a plan to its end and answers at once. Stops when nobody waits for it any more.
///
/// # Errors
/// Everything that a sandbox can fail with.
pub(crate) async fn audit(app: &App, plan: &Plan) -> Result<fine_audit::result::AuditResult, Failure> {
    let (sources, _held) = sources(app, plan).await?;
    let task = Task::Audit(Box::new(sources), Box::new(plan.options.clone()));
    run(app, task, READING).await
}

/// Compares two finished audits, the old one first.
///
/// # Errors
/// Files that cannot be read any more or are read in another way, and audits that have nothing to do with each other.
pub(crate) async fn compare(app: &App, audited: [(&Plan, AuditResult); 2]) -> Result<Comparison, ApiError> {
    let [(old, old_result), (new, new_result)] = audited;
    let (old, _old_files) = sources(app, old).await?;
    let (new, _new_files) = sources(app, new).await?;
    let both = [Audited { sources: old, result: old_result }, Audited { sources: new, result: new_result }];
    Ok(run(app, Task::Compare(Box::new(both)), READING).await?)
}

/// Asks about a finished audit; the answer is the engine's document, which stands behind each [`Question`].
///
/// # Errors
/// Files that cannot be read any more or are read in another way, and questions without an answer.
pub(crate) async fn ask(
    app: &App,
    plan: &Plan,
    manifest: Manifest,
    question: Question,
) -> Result<Box<RawValue>, ApiError> {
    let (sources, _held) = sources(app, plan).await?;
    let task = Task::Ask(Box::new(sources), Box::new(manifest), Box::new(plan.options.clone()), question);
    Ok(run(app, task, READING).await?)
}

/// Where the files of a plan are on this machine, as long as the second value is held.
///
/// # Errors
/// A file that is not there any more, or not the one that was uploaded; an object store that does not answer.
pub(crate) async fn sources(app: &App, plan: &Plan) -> Result<(Sources, Held), ApiError> {
    let mut held = Held::default();
    let data = held.table(app, &plan.dataset).await?;
    let reference = match &plan.reference {
        Some(row) => Some(held.table(app, row).await?),
        None => None,
    };
    let model = match &plan.model {
        Some(chain) => Some(held.model(app, chain).await?),
        None => None,
    };
    let seed = plan.request.seed.unwrap_or(DEFAULT_SEED);
    Ok((Sources { data, reference, model, roles: plan.roles.clone(), seed }, held))
}

/// Files on this machine that stay there as long as this is held.
#[derive(Debug, Default)]
pub(crate) struct Held(Vec<LocalFile>);

impl Held {
    async fn table(&mut self, app: &App, row: &Dataset) -> Result<TableFile, ApiError> {
        let path = self.fetch(app, Kind::Dataset, (&row.id, &row.filename), row.bytes, &row.sha256).await?;
        let known = DataFile {
            name: row.filename.clone(),
            format: row.format.clone(),
            bytes: row.bytes as u64,
            sha256: row.sha256.clone(),
        };
        Ok(TableFile { path, name: row.filename.clone(), known: Some(known), limits: table_limits(app) })
    }

    async fn model(&mut self, app: &App, chain: &Chain) -> Result<ModelFile, ApiError> {
        let mut before = Vec::new();
        for model in &chain.before {
            before.push(Before { path: self.model_path(app, model).await?, name: model.filename.clone() });
        }
        Ok(ModelFile {
            path: self.model_path(app, &chain.model).await?,
            name: chain.model.filename.clone(),
            before,
            part: chain.reading.part(),
            listed_calls: None,
        })
    }

    async fn model_path(&mut self, app: &App, row: &fine_store::Model) -> Result<PathBuf, ApiError> {
        self.fetch(app, Kind::Model, (&row.id, &row.filename), row.bytes, &row.sha256).await
    }

    async fn fetch(
        &mut self,
        app: &App,
        kind: Kind,
        (id, name): (&str, &str),
        bytes: i64,
        sha256: &str,
    ) -> Result<PathBuf, ApiError> {
        let file = app.store.files.fetch(kind, id, bytes.unsigned_abs(), sha256).await.map_err(|e| match e {
            e if e.is_missing() => {
                ApiError::new(FILE_DELETED).detail(format!("{name:?} is no longer stored.")).arg("file", name)
            }
            StoreError::Altered { .. } => {
                tracing::error!(error = %e, "a stored file was altered");
                ApiError::new(CHANGED).detail(format!("{name:?} is not the file that was uploaded.")).arg("file", name)
            }
            e => e.into(),
        })?;
        let path = file.path().to_owned();
        self.0.push(file);
        Ok(path)
    }
}

async fn run<A: DeserializeOwned + Send + 'static>(app: &App, task: Task, time: Duration) -> Result<A, Failure> {
    let gone = |e: &dyn std::fmt::Display| Failure::Io(std::io::Error::other(e.to_string()));
    let _permit = app.heavy.acquire().await.map_err(|e| gone(&e))?;
    let mut sandbox: Sandbox = app.sandbox.clone();
    sandbox.allowance.time = time.min(sandbox.allowance.time);
    let waits = StopOnDrop::default();
    let stop = waits.0.clone();
    tokio::task::spawn_blocking(move || sandbox.run(task, &mut |_| {}, &|| stop.load(Ordering::Relaxed)))
        .await
        .map_err(|e| gone(&e))?
}

/// Stops the work when the client goes away.
#[derive(Default)]
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn table_limits(app: &App) -> fine_table::Limits {
    let defaults = fine_table::Limits::default();
    fine_table::Limits { bytes: app.config.max_dataset_bytes, columns: app.config.max_columns, ..defaults }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let text = format!("Failed to {failure}.");
        match failure {
            Failure::Refused(Refusal::File(problem)) => Self::from(*problem),
            Failure::Refused(Refusal::Field(field)) => Self::from(*field),
            Failure::Crashed { how, trace } => {
                tracing::error!(%how, %trace, "a reader crashed");
                Self::new(READER_CRASHED).detail(text).arg("how", how)
            }
            Failure::Memory { limit_bytes } => Self::new(OUT_OF_MEMORY).detail(text).arg("limit", limit_bytes),
            Failure::Time { limit } => Self::new(OUT_OF_TIME).detail(text).arg("limit", limit.as_secs()),
            Failure::Stopped | Failure::Killed | Failure::Io(_) | Failure::Message(_) => Self::internal(&text),
        }
    }
}

/// Files that cannot be had are a reason to refuse the work on them.
impl From<ApiError> for Failure {
    fn from(e: ApiError) -> Self {
        Self::Refused(Refusal::File(Box::new(e.into_problem())))
    }
}

impl From<FieldProblem> for ApiError {
    fn from(field: FieldProblem) -> Self {
        Self::new(INVALID).detail(field.detail.clone()).fields(vec![field])
    }
}

/// The problem of a field of an audit request.
pub(crate) fn subject_field(e: &SubjectError) -> FieldProblem {
    let detail = match e.stable_code() {
        Some(code) => format!("Failed to {e} ({code})."),
        None => sentence(e),
    };
    FieldProblem {
        pointer: e.pointer().to_owned(),
        code: e.code().to_owned(),
        stable_code: e.stable_code().map(str::to_owned),
        detail,
        args: e.args(),
    }
}

/// The messages of our errors complete "failed to …".
pub(crate) fn sentence(e: &dyn std::fmt::Display) -> String {
    format!("Failed to {e}.")
}

/// The problem of an audit that was taken and then met a field that is not valid: the field says it best.
pub(crate) fn late_problem(field: FieldProblem) -> Problem {
    let mut error = ApiError::new(INVALID).slug(&field.code).detail(field.detail.clone()).args(field.args.clone());
    if let Some(code) = &field.stable_code {
        error = error.code(code);
    }
    error.fields(vec![field]).into_problem()
}
