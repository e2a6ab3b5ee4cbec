//! What the child does. Errors that the files are to blame for become refusals here, with the same words everywhere.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use fine_audit::run::{PlannedStage, RunOptions, plan_audit, run_audit, run_audit_together};
use fine_audit::stage::Cost;
use fine_audit::subject::{DataFile, Inputs, Subject, SubjectError};
use fine_model::import::{ImportError, Opened};
use fine_model::{Label, Model};
use fine_store::FieldProblem;
use fine_table::{Preview, ReadTable, TableError, Task as Question};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::child::{Loaded, Relay};
use super::{Message, ModelFile, Refusal, Sources, TableFile, Task, asked};
use crate::api::ModelDetails;
use crate::problem::{ApiError, NOT_RUNNABLE, UNREADABLE_DATASET, UNREADABLE_MODEL};
use crate::reading::{sentence, subject_field};

/// Rows predicted to measure the model's speed.
const PROBE_ROWS: usize = 2_000;
/// Elementary row operations a millisecond; measured on one core of a small server.
const OPERATIONS_A_MS: f64 = 40_000.0;

/// What the upload of a table found.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReadDataset {
    pub(crate) format: String,
    pub(crate) rows: u64,
    pub(crate) preview: Preview,
}

/// What the upload of a model found, and its task when it can be run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Described {
    pub(crate) details: ModelDetails,
    pub(crate) task: Option<Question>,
}

/// What an audit would do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Check {
    pub(crate) task: Question,
    pub(crate) classes: Vec<String>,
    pub(crate) positive: Option<String>,
    pub(crate) rows: u64,
    pub(crate) stages: Vec<Expected>,
}

/// What one stage would do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Expected {
    pub(crate) id: String,
    /// Why it would not run.
    pub(crate) reason: Option<String>,
    pub(crate) cost: Cost,
    /// Time on this machine, roughly.
    pub(crate) expected_ms: f64,
}

/// A predicted table follows the answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Predicted {
    pub(crate) rows: usize,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TableFormat {
    Csv,
    Parquet,
}

/// An answer and the bytes that follow it.
pub(super) struct Answer {
    pub(super) value: Value,
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn of(value: &impl Serialize) -> Result<Self> {
        Ok(Self { value: serde_json::to_value(value)?, bytes: Vec::new() })
    }
}

/// Why there is none.
pub(super) enum Stop {
    Refused(Refusal),
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Stop {
    fn from(e: E) -> Self {
        Self::Failed(e.into())
    }
}

impl Task {
    /// The files that are read.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Preview(table) => vec![&table.path],
            Self::Describe(model) => model.paths().collect(),
            Self::Predict(model, table, _) => model.paths().chain([table.path.as_path()]).collect(),
            Self::Check(s, _) | Self::Audit(s, _) | Self::Ask(s, ..) => s.paths(),
            Self::Compare(both) => both.iter().flat_map(|audited| audited.sources.paths()).collect(),
        }
    }

    /// The model files.
    pub(super) fn models(&self) -> Vec<&Path> {
        match self {
            Self::Preview(_) => Vec::new(),
            Self::Describe(model) | Self::Predict(model, ..) => vec![&model.path],
            Self::Check(s, _) | Self::Audit(s, _) | Self::Ask(s, ..) => s.model_path().into_iter().collect(),
            Self::Compare(both) => both.iter().filter_map(|audited| audited.sources.model_path()).collect(),
        }
    }
}

impl Sources {
    fn paths(&self) -> Vec<&Path> {
        let reference = self.reference.as_ref().map(|r| r.path.as_path());
        let model = self.model.iter().flat_map(ModelFile::paths);
        std::iter::once(self.data.path.as_path()).chain(model).chain(reference).collect()
    }

    fn model_path(&self) -> Option<&Path> {
        self.model.as_ref().map(|m| m.path.as_path())
    }
}

pub(super) fn perform(task: Task, loaded: &Loaded, relay: &Relay) -> Result<Answer, Stop> {
    match task {
        Task::Preview(table) => Ok(Answer::of(&preview(&table, loaded)?)?),
        Task::Describe(model) => Ok(Answer::of(&describe(&model, loaded)?)?),
        Task::Check(sources, options) => Ok(Answer::of(&check(&subject(*sources, loaded)?, &options))?),
        Task::Audit(sources, options) => {
            let subject = subject(*sources, loaded)?;
            relay.say(&Message::Weights(weights(&subject, &options)))?;
            if relay.is_shared() {
                return Ok(Answer::of(&run_audit_together(&subject, &options, relay, relay))?);
            }
            Ok(Answer::of(&run_audit(&subject, &options, relay))?)
        }
        Task::Predict(model, table, format) => predict(&model, &table, format, loaded),
        Task::Compare(both) => Ok(Answer::of(&asked::compare(*both, loaded, relay)?)?),
        Task::Ask(sources, manifest, options, question) => {
            asked::ask(*sources, &manifest, &options, question, loaded, relay)
        }
    }
}

fn preview(file: &TableFile, loaded: &Loaded) -> Result<ReadDataset, Stop> {
    let read = table(file, loaded).map_err(|e| {
        let problem = ApiError::new(UNREADABLE_DATASET).slug(e.slug()).detail(sentence(&e)).args(e.args());
        Stop::Refused(Refusal::File(Box::new(problem.into_problem())))
    })?;
    let suggestion = fine_table::infer::<&str>(&read.table, None, None);
    Ok(ReadDataset {
        format: read.facts.format.id().to_owned(),
        rows: read.table.rows() as u64,
        preview: fine_table::preview(&read.table, &read.facts, &suggestion),
    })
}

fn describe(file: &ModelFile, loaded: &Loaded) -> Result<Described, Stop> {
    let problem = |kind, e: &ImportError| {
        let problem = ApiError::new(kind).slug(e.code()).code(e.stable_code()).detail(model_sentence(&file.title(), e));
        problem.args(model_args(&file.title(), e)).into_problem()
    };
    let opened =
        open(file, loaded).map_err(|e| Stop::Refused(Refusal::File(Box::new(problem(UNREADABLE_MODEL, &e)))))?;
    let mut details = ModelDetails { facts: opened.facts, features: Vec::new(), classes: Vec::new(), problem: None };
    let mut task = None;
    match opened.model {
        Ok(model) => {
            details.classes = model.classes.iter().map(Label::text).collect();
            details.features = model.features;
            task = Some(model.task);
        }
        Err(e) => details.problem = Some(problem(NOT_RUNNABLE, &e)),
    }
    Ok(Described { details, task })
}

pub(super) fn subject(sources: Sources, loaded: &Loaded) -> Result<Subject, Stop> {
    let data = audited_data(&sources, loaded)?;
    subject_of(data, sources, loaded)
}

/// The table to audit and its file.
pub(super) fn audited_data(sources: &Sources, loaded: &Loaded) -> Result<(fine_table::Table, DataFile), Stop> {
    data(&sources.data, "/dataset_id", loaded)
}

/// The subject of a table that was read.
pub(super) fn subject_of(
    (table, data_file): (fine_table::Table, DataFile),
    sources: Sources,
    loaded: &Loaded,
) -> Result<Subject, Stop> {
    let reference = sources.reference.as_ref().map(|r| data(r, "/reference_id", loaded)).transpose()?;
    let model = sources.model.as_ref().map(|m| runnable(m, loaded)).transpose()?;
    let inputs = Inputs { table, data_file, roles: sources.roles, model, reference, seed: sources.seed };
    Subject::build(inputs).map_err(|e| field(subject_field(&e)))
}

fn data(file: &TableFile, pointer: &str, loaded: &Loaded) -> Result<(fine_table::Table, DataFile), Stop> {
    let read = table(file, loaded).map_err(|e| {
        field(FieldProblem {
            pointer: pointer.to_owned(),
            code: e.slug().to_owned(),
            stable_code: None,
            detail: sentence(&e),
            args: e.args(),
        })
    })?;
    let known = file.known.clone().unwrap_or_else(|| {
        let bytes = loaded.bytes(&file.path);
        DataFile {
            name: file.name.clone(),
            format: read.facts.format.id().to_owned(),
            bytes: bytes.len() as u64,
            sha256: hex::encode(Sha256::digest(bytes)),
        }
    });
    Ok((read.table, known))
}

fn runnable(file: &ModelFile, loaded: &Loaded) -> Result<Arc<Model>, Stop> {
    let refused = |e: ImportError| {
        field(FieldProblem {
            pointer: "/model_id".to_owned(),
            code: e.code().to_owned(),
            stable_code: Some(e.stable_code().to_owned()),
            detail: model_sentence(&file.title(), &e),
            args: model_args(&file.title(), &e),
        })
    };
    let opened = open(file, loaded).map_err(refused)?;
    Ok(Arc::new(opened.model.map_err(refused)?))
}

fn check(subject: &Subject, options: &RunOptions) -> Check {
    let speed = Speed::measure(subject);
    let expected = |s: PlannedStage| Expected {
        id: s.id.to_owned(),
        reason: s.applies.err(),
        cost: s.cost,
        expected_ms: speed.expected_ms(&s.cost),
    };
    Check {
        task: subject.task,
        classes: subject.classes.clone(),
        positive: (subject.task == Question::Binary).then(|| subject.classes.get(subject.positive).cloned()).flatten(),
        rows: subject.rows() as u64,
        stages: plan_audit(subject, options).into_iter().map(expected).collect(),
    }
}

/// Expected milliseconds of each stage that will run.
fn weights(subject: &Subject, options: &RunOptions) -> HashMap<String, f64> {
    let speed = Speed::measure(subject);
    let runs = plan_audit(subject, options).into_iter().filter(|s| s.applies.is_ok());
    runs.map(|s| (s.id.to_owned(), speed.expected_ms(&s.cost))).collect()
}

fn predict(model: &ModelFile, file: &TableFile, format: TableFormat, loaded: &Loaded) -> Result<Answer, Stop> {
    let runnable = runnable(model, loaded)?;
    let (table, _) = data(file, "/dataset_id", loaded)?;
    let prediction = runnable.predict(&table).map_err(|e| field(subject_field(&SubjectError::Predict(e))))?;
    let table = crate::cli::prediction_table(&runnable, &prediction)?;
    let bytes = match format {
        TableFormat::Csv => fine_table::write_csv(&table),
        TableFormat::Parquet => fine_table::write_parquet(&table),
    };
    let value = serde_json::to_value(Predicted { rows: prediction.rows })?;
    Ok(Answer { value, bytes: bytes.context("write the predictions")? })
}

fn table(file: &TableFile, loaded: &Loaded) -> Result<ReadTable, TableError> {
    fine_table::read(loaded.bytes(&file.path), &file.name, &file.limits)
}

fn open(file: &ModelFile, loaded: &Loaded) -> Result<Opened, ImportError> {
    let runtime = loaded.runtime.as_ref().map(|r| r as &dyn fine_model::GraphRuntime);
    let mut limits = fine_model::import::Limits::default();
    limits.listed_calls = file.listed_calls.unwrap_or(limits.listed_calls);
    let before = file.before.iter().map(|before| (before.name.as_str(), loaded.bytes(&before.path)));
    let files: Vec<(&str, &[u8])> = before.chain([(file.name.as_str(), loaded.bytes(&file.path))]).collect();
    Ok(fine_model::import::open_chain(&files, &file.part, &limits, runtime)?.named(&file.title()))
}

pub(super) fn field(problem: FieldProblem) -> Stop {
    Stop::Refused(Refusal::Field(Box::new(problem)))
}

fn model_sentence(name: &str, e: &ImportError) -> String {
    format!("Failed to open {name:?}: {e} ({}).", e.stable_code())
}

fn model_args(name: &str, e: &ImportError) -> Map<String, Value> {
    let args = e.args().into_iter().map(|(k, v)| (k, Value::from(v)));
    args.chain([("file".to_owned(), Value::from(name))]).collect()
}

/// How fast this model predicts here.
struct Speed {
    rows_a_ms: f64,
}

impl Speed {
    /// Predicts some rows and looks at the clock.
    fn measure(subject: &Subject) -> Self {
        let rows: Vec<u32> = (0..subject.rows().min(PROBE_ROWS) as u32).collect();
        let probe = subject.table.take(&rows);
        let started = Instant::now();
        let predicted = subject.model.predict(&probe).is_ok();
        let ms = (started.elapsed().as_secs_f64() * 1000.0).max(0.01);
        Self { rows_a_ms: if predicted { rows.len() as f64 / ms } else { 1_000.0 } }
    }

    /// Time of a cost, in milliseconds.
    fn expected_ms(&self, cost: &Cost) -> f64 {
        cost.predicted_rows as f64 / self.rows_a_ms + cost.row_operations as f64 / OPERATIONS_A_MS
    }
}
