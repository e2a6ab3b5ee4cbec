//! The one place where uploaded files are read: tables, models, and both together as the subject of an audit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fine_audit::subject::{DataFile, Inputs, Subject, SubjectError};
use fine_model::Label;
use fine_model::import::{ImportError, Opened};
use fine_store::{Dataset, FieldProblem, Kind, Problem, StoreError};
use fine_table::{ReadTable, TableError};

pub(crate) use fine_table::Preview;
use serde_json::{Map, Value};

use crate::api::{ModelDetails, Plan};
use crate::problem::{ApiError, NOT_RUNNABLE, UNREADABLE_DATASET, UNREADABLE_MODEL};
use crate::state::App;

/// Seed of an audit whose request names none; the command line has the same.
const DEFAULT_SEED: u64 = 42;

/// What the upload of a table found.
pub(crate) struct ReadDataset {
    pub(crate) format: String,
    pub(crate) rows: u64,
    pub(crate) preview: Preview,
}

/// Why a plan has no subject.
pub(crate) enum Refusal {
    /// A field of the request: the files do not belong together, or one cannot be read.
    Field(Box<FieldProblem>),
    /// A failure of our own.
    Ours(ApiError),
}

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(e: E) -> Self {
        Self::Ours(e.into())
    }
}

/// Reads a table for its preview.
///
/// # Errors
/// 422 with the reader's slug when the file is no table.
pub(crate) async fn preview(app: &App, path: &Path, name: &str) -> Result<ReadDataset, ApiError> {
    let _permit = app.heavy.acquire().await.map_err(|e| ApiError::internal(&e))?;
    let (path, name) = (path.to_owned(), name.to_owned());
    let limits = table_limits(app);
    tokio::task::spawn_blocking(move || {
        let read = read_table(&path, &name, &limits)?.map_err(|e| table_problem(&e))?;
        let suggestion = fine_table::infer::<&str>(&read.table, None, None);
        Ok(ReadDataset {
            format: read.facts.format.id().to_owned(),
            rows: read.table.rows() as u64,
            preview: fine_table::preview(&read.table, &read.facts, &suggestion),
        })
    })
    .await?
}

/// Opens a model file; answers what the reader saw, and the task when the model can be run.
///
/// # Errors
/// 422 with the reader's slug when the file is no model at all.
pub(crate) async fn describe_model(
    app: &App,
    path: &Path,
    name: &str,
) -> Result<(ModelDetails, Option<String>), ApiError> {
    let _permit = app.heavy.acquire().await.map_err(|e| ApiError::internal(&e))?;
    let (path, name) = (path.to_owned(), name.to_owned());
    tokio::task::spawn_blocking(move || {
        let opened = open_model(&path, &name)?.map_err(|e| model_problem(UNREADABLE_MODEL, &name, &e))?;
        let mut details =
            ModelDetails { facts: opened.facts, features: Vec::new(), classes: Vec::new(), problem: None };
        let task = match opened.model {
            Ok(model) => {
                details.classes = model.classes.iter().map(Label::text).collect();
                details.features = model.features;
                serde_json::to_value(model.task)?.as_str().map(str::to_owned)
            }
            Err(e) => {
                details.problem = Some(model_problem(NOT_RUNNABLE, &name, &e).into_problem());
                None
            }
        };
        Ok((details, task))
    })
    .await?
}

/// Reads the files of a plan and matches them.
pub(crate) async fn subject(app: &App, plan: &Plan) -> Result<Subject, Refusal> {
    let _permit = app.heavy.acquire().await.map_err(|e| ApiError::internal(&e))?;
    let sources = Sources::of(app, plan);
    tokio::task::spawn_blocking(move || sources.subject()).await?
}

/// Where the files of a plan are.
pub(crate) struct Sources {
    data: Source,
    reference: Option<Source>,
    model: PathBuf,
    model_name: String,
    roles: fine_table::Roles,
    seed: u64,
    limits: fine_table::Limits,
}

struct Source {
    path: PathBuf,
    row: Dataset,
}

impl Sources {
    pub(crate) fn of(app: &App, plan: &Plan) -> Self {
        let files = &app.store.files;
        let source = |row: &Dataset| Source { path: files.local_path(Kind::Dataset, &row.id), row: row.clone() };
        Self {
            data: source(&plan.dataset),
            reference: plan.reference.as_ref().map(source),
            model: files.local_path(Kind::Model, &plan.model.id),
            model_name: plan.model.filename.clone(),
            roles: plan.roles.clone(),
            seed: plan.request.seed.unwrap_or(DEFAULT_SEED),
            limits: table_limits(app),
        }
    }

    /// Reads and matches. Takes a core for its time.
    pub(crate) fn subject(self) -> Result<Subject, Refusal> {
        let (table, data_file) = self.data.read("/dataset_id", &self.limits)?;
        let reference = self.reference.as_ref().map(|r| r.read("/reference_id", &self.limits)).transpose()?;
        let refused = |e: ImportError| model_field(&self.model_name, &e);
        let opened = open_model(&self.model, &self.model_name)?.map_err(refused)?;
        let model = Arc::new(opened.model.map_err(refused)?);
        let inputs = Inputs { table, data_file, roles: self.roles, model, reference, seed: self.seed };
        Subject::build(inputs).map_err(|e| Refusal::Field(Box::new(subject_field(&e))))
    }
}

impl Source {
    fn read(&self, pointer: &str, limits: &fine_table::Limits) -> Result<(fine_table::Table, DataFile), Refusal> {
        let read = read_table(&self.path, &self.row.filename, limits)?.map_err(|e| {
            Refusal::Field(Box::new(FieldProblem {
                pointer: pointer.to_owned(),
                code: e.slug().to_owned(),
                detail: sentence(&e),
                args: e.args(),
            }))
        })?;
        let file = DataFile {
            name: self.row.filename.clone(),
            format: self.row.format.clone(),
            bytes: self.row.bytes as u64,
            sha256: self.row.sha256.clone(),
        };
        Ok((read.table, file))
    }
}

fn read_table(path: &Path, name: &str, limits: &fine_table::Limits) -> Result<Result<ReadTable, TableError>, ApiError> {
    let bytes = read_file(path)?;
    Ok(fine_table::read(&bytes, name, limits))
}

fn open_model(path: &Path, name: &str) -> Result<Result<Opened, ImportError>, ApiError> {
    let bytes = read_file(path)?;
    let runtime = fine_onnx::Runtime::find();
    let runtime = runtime.as_ref().map(|r| r as &dyn fine_model::GraphRuntime);
    let opened = fine_model::import::open(&bytes, &fine_model::import::Limits::default(), runtime);
    Ok(opened.map(|opened| opened.named(name)))
}

fn read_file(path: &Path) -> Result<Vec<u8>, ApiError> {
    std::fs::read(path).map_err(|source| StoreError::Io { path: path.display().to_string(), source }.into())
}

fn table_limits(app: &App) -> fine_table::Limits {
    let defaults = fine_table::Limits::default();
    fine_table::Limits { bytes: app.config.max_dataset_bytes, columns: app.config.max_columns, ..defaults }
}

fn table_problem(e: &TableError) -> ApiError {
    ApiError::new(UNREADABLE_DATASET).slug(e.slug()).detail(sentence(e)).args(e.args())
}

fn model_problem(kind: &crate::problem::Kind, name: &str, e: &ImportError) -> ApiError {
    ApiError::new(kind).slug(e.code()).detail(model_sentence(name, e)).args(model_args(name, e))
}

fn model_sentence(name: &str, e: &ImportError) -> String {
    format!("Failed to open {name:?}: {e}.")
}

fn model_args(name: &str, e: &ImportError) -> Map<String, Value> {
    let args = e.args().into_iter().map(|(k, v)| (k, Value::from(v)));
    args.chain([("file".to_owned(), Value::from(name))]).collect()
}

fn model_field(name: &str, e: &ImportError) -> Refusal {
    Refusal::Field(Box::new(FieldProblem {
        pointer: "/model_id".to_owned(),
        code: e.code().to_owned(),
        detail: model_sentence(name, e),
        args: model_args(name, e),
    }))
}

/// The problem of a field of an audit request.
pub(crate) fn subject_field(e: &SubjectError) -> FieldProblem {
    FieldProblem { pointer: e.pointer().to_owned(), code: e.code().to_owned(), detail: sentence(e), args: e.args() }
}

/// The messages of our errors complete "failed to …".
fn sentence(e: &dyn std::fmt::Display) -> String {
    format!("Failed to {e}.")
}

impl From<&FieldProblem> for ApiError {
    fn from(field: &FieldProblem) -> Self {
        Self::new(crate::problem::INVALID).slug(&field.code).detail(field.detail.clone()).args(field.args.clone())
    }
}

/// The problem of an audit that was taken and then met a field that is not valid.
pub(crate) fn late_problem(field: FieldProblem) -> Problem {
    ApiError::from(&field).fields(vec![field]).into_problem()
}
