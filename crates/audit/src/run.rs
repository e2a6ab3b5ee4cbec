//! Runs the stages: one failure never loses the rest, and nothing that did not run counts as good.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnosis::diagnose;
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope, Severity};
use crate::policy::Policy;
use crate::result::{AuditResult, Manifest, SCHEMA, StageRecord, StageStatus};
use crate::stage::{Context, Cost, StageError};
use crate::stages::{Entry, REGISTRY};
use crate::subject::Subject;
use crate::team::{STAGES, Seat, Team, Turn};

/// What to run, and by which rules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RunOptions {
    /// Limits and required checks.
    pub policy: Policy,
    /// Stage ids to run; `None` runs all. The order is always that of the registry.
    pub stages: Option<Vec<String>>,
    /// Parameters by stage id.
    pub params: BTreeMap<String, Value>,
    /// Largest cost that one stage may declare.
    pub budget: Budget,
}

/// Largest cost of one stage; `None` is unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Rows that the model predicts.
    pub predicted_rows: Option<u64>,
    /// Elementary row operations.
    pub row_operations: Option<u64>,
}

impl Budget {
    /// Whether a declared cost fits.
    pub fn allows(&self, cost: &Cost) -> bool {
        self.predicted_rows.is_none_or(|b| cost.predicted_rows <= b)
            && self.row_operations.is_none_or(|b| cost.row_operations <= b)
    }
}

/// An option that [`run_audit`] cannot honour.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OptionError {
    /// No stage has this id.
    #[error("find stage {0:?}")]
    UnknownStage(String),
    /// Parameters that are not the stage's.
    #[error("read the parameters of stage {stage:?}: {detail}")]
    Params {
        /// Stage id.
        stage: String,
        /// What is wrong.
        detail: String,
    },
    /// The policy requires or limits a check that no stage has.
    #[error("find the check {0:?} of the policy")]
    UnknownCheck(String),
}

impl RunOptions {
    /// All options that cannot be honoured, so that a caller can refuse them before the start. [`run_audit`] itself
    /// never skips them silently: it gives `errored` findings.
    pub fn problems(&self) -> Vec<OptionError> {
        let mut problems = Vec::new();
        let named = self.stages.iter().flatten().chain(self.params.keys());
        for id in named.filter(|id| crate::stages::find(id).is_none()) {
            problems.push(OptionError::UnknownStage(id.clone()));
        }
        for entry in REGISTRY {
            if let Err(detail) = entry.params(self.params.get(entry.id)) {
                problems.push(OptionError::Params { stage: entry.id.to_owned(), detail });
            }
        }
        let limits = self.policy.limits.keys().filter(|check| !self.policy.required.contains(check));
        for check in self.policy.required.iter().chain(limits) {
            if !REGISTRY.iter().any(|e| e.checks.contains(&check.as_str())) {
                problems.push(OptionError::UnknownCheck(check.clone()));
            }
        }
        problems
    }
}

/// What happens during an audit.
#[derive(Debug)]
pub enum Event<'a> {
    /// A stage starts.
    StageStarted {
        /// Stage id.
        id: &'static str,
        /// Its declared cost.
        cost: Cost,
    },
    /// A stage went on.
    Tick {
        /// Stage id.
        id: &'static str,
        /// Units done.
        done: u64,
        /// All units.
        total: u64,
    },
    /// A stage ended in any way, also one that did not run. Evidence pointers are already absolute.
    StageFinished {
        /// Its record.
        record: &'a StageRecord,
        /// Its findings.
        findings: &'a [Finding],
    },
}

/// Watches an audit, and may stop it.
pub trait Observer: Sync {
    /// Called in order from the thread that runs the audit; ticks may come from any thread.
    fn event(&self, event: &Event<'_>);

    /// Whether the audit should stop. Asked at every tick and between stages.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event<'_>) {}
}

/// Whether each stage would run on a subject, and its cost, in registry order.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedStage {
    /// Stage id.
    pub id: &'static str,
    /// The reason id when it would not run.
    pub applies: Result<(), String>,
    /// Declared cost.
    pub cost: Cost,
}

/// What [`run_audit`] would do.
pub fn plan_audit(subject: &Subject, options: &RunOptions) -> Vec<PlannedStage> {
    let plan = |entry: &Entry| match prepare(entry, subject, options) {
        Ok((cost, _)) => PlannedStage { id: entry.id, applies: Ok(()), cost },
        Err(r) => {
            let reason = match r.status {
                StageStatus::NotRun { reason } => reason,
                _ => "stage-failed".to_owned(),
            };
            PlannedStage { id: entry.id, applies: Err(reason), cost: r.cost }
        }
    };
    REGISTRY.iter().map(plan).collect()
}

/// Runs an audit. The same subject and options give the same result, byte for byte, for any number of threads.
pub fn run_audit(subject: &Subject, options: &RunOptions, observer: &dyn Observer) -> AuditResult {
    run_entries(subject, REGISTRY, options, observer)
}

/// Runs an audit together with other processes that call the same on the same subject and options. The result is that of
/// [`run_audit`], and each process gets it; `None` when the team has no use for it any more, or the audit was stopped.
pub fn run_audit_together(
    subject: &Subject,
    options: &RunOptions,
    observer: &dyn Observer,
    team: &dyn Team,
) -> Option<AuditResult> {
    run_entries_together(subject, REGISTRY, options, observer, team)
}

/// A stage that ended, with its findings.
type Ended = (StageRecord, Vec<Finding>);

fn run_entries(subject: &Subject, entries: &[Entry], options: &RunOptions, observer: &dyn Observer) -> AuditResult {
    let runner = Runner { subject, entries, options, observer };
    let ended = (0..entries.len()).map(|index| runner.run(index, None)).collect();
    runner.assemble(ended)
}

fn run_entries_together(
    subject: &Subject,
    entries: &[Entry],
    options: &RunOptions,
    observer: &dyn Observer,
    team: &dyn Team,
) -> Option<AuditResult> {
    let runner = Runner { subject, entries, options, observer };
    while !observer.cancelled() {
        match team.take("", STAGES, entries.len() as u32) {
            Turn::Compute(taken) => {
                for index in taken {
                    let seat = Seat { team, stage: entries[index as usize].id };
                    let ended = runner.run(index as usize, Some(seat));
                    if ended.0.status != StageStatus::Cancelled {
                        team.give("", STAGES, index, serde_json::to_vec(&ended).ok()?);
                    }
                }
            }
            Turn::Done(all) => {
                let ended = all.iter().map(|bytes| serde_json::from_slice(bytes).ok()).collect::<Option<Vec<Ended>>>();
                return Some(runner.assemble(ended?));
            }
            Turn::Gone => return None,
        }
    }
    None
}

/// What all stages run with.
struct Runner<'a> {
    subject: &'a Subject,
    entries: &'a [Entry],
    options: &'a RunOptions,
    observer: &'a dyn Observer,
}

impl Runner<'_> {
    /// Runs a stage, and gives each of its checks an outcome.
    fn run(&self, index: usize, seat: Option<Seat<'_>>) -> Ended {
        let entry = &self.entries[index];
        let (record, mut findings) = run_stage(entry, self.subject, self.options, self.observer, seat);
        complete(entry, &record.status, &self.options.policy, &mut findings);
        for finding in &mut findings {
            finding.evidence = match record.report {
                Some(_) => format!("/stages/{index}/report{}", finding.evidence),
                None => format!("/stages/{index}/status"),
            };
        }
        // What was stopped in a team somebody else finished, or will.
        if seat.is_none() || record.status != StageStatus::Cancelled {
            self.observer.event(&Event::StageFinished { record: &record, findings: &findings });
        }
        (record, findings)
    }

    /// The result of all stages.
    fn assemble(&self, ended: Vec<Ended>) -> AuditResult {
        let (stages, findings): (Vec<StageRecord>, Vec<Vec<Finding>>) = ended.into_iter().unzip();
        let mut findings: Vec<Finding> = findings.into_iter().flatten().collect();
        let policy = &self.options.policy;
        unknown_checks(self.entries, policy, &mut findings);
        let manifest = manifest(self.subject, policy);
        let diagnosis = diagnose(&manifest, &stages, &findings);
        AuditResult {
            schema: SCHEMA.to_owned(),
            engine_version: env!("CARGO_PKG_VERSION").to_owned(),
            verdict: verdict(&findings, policy),
            manifest,
            diagnosis,
            stages,
            findings,
        }
    }
}

/// Worst outcome among the required checks: issue, errored, inconclusive, watch, pass. What does not apply never
/// counts as good; when nothing required applies, the audit settles nothing.
pub fn verdict(findings: &[Finding], policy: &Policy) -> Outcome {
    findings
        .iter()
        .filter(|f| policy.required.contains(&f.check) && f.outcome != Outcome::NotApplicable)
        .map(|f| f.outcome)
        .max()
        .unwrap_or(Outcome::Inconclusive)
}

fn run_stage(
    entry: &Entry,
    subject: &Subject,
    options: &RunOptions,
    observer: &dyn Observer,
    seat: Option<Seat<'_>>,
) -> Ended {
    let (cost, params) = match prepare(entry, subject, options) {
        Ok(ready) => ready,
        Err(record) => return (*record, Vec::new()),
    };
    let mut record = record(entry, StageStatus::Cancelled, cost, params);
    if observer.cancelled() {
        return (record, Vec::new());
    }
    observer.event(&Event::StageStarted { id: entry.id, cost });
    let tick = |done, total| {
        observer.event(&Event::Tick { id: entry.id, done, total });
        !observer.cancelled()
    };
    let ctx = Context::new(&tick).seated(seat);
    let run = AssertUnwindSafe(|| entry.run(subject, &record.params, &options.policy, &ctx));
    let mut findings = Vec::new();
    record.status = match catch_unwind(run) {
        Ok(Ok(measured)) => {
            record.report = Some(measured.report);
            findings = measured.findings;
            StageStatus::Done
        }
        Ok(Err(StageError::Cancelled)) => StageStatus::Cancelled,
        Ok(Err(StageError::Failed { id, detail })) => failed(id, detail),
        Err(panic) => failed("panic", panic_text(panic.as_ref())),
    };
    (record, findings)
}

/// The cost and full parameters of a stage that may start, else its record.
fn prepare(entry: &Entry, subject: &Subject, options: &RunOptions) -> Result<(Cost, Value), Box<StageRecord>> {
    let end = |status, cost, params| Err(Box::new(record(entry, status, cost, params)));
    let not_run = |reason: &str| StageStatus::NotRun { reason: reason.to_owned() };
    if options.stages.as_ref().is_some_and(|s| !s.iter().any(|id| id == entry.id)) {
        return end(not_run("not-selected"), Cost::default(), Value::Null);
    }
    let params = match entry.params(options.params.get(entry.id)) {
        Ok(params) => params,
        Err(detail) => return end(failed("params", detail), Cost::default(), Value::Null),
    };
    let plan = match catch_unwind(AssertUnwindSafe(|| entry.plan(subject, &params))) {
        Ok(Ok(plan)) => plan,
        Ok(Err(detail)) => return end(failed("params", detail), Cost::default(), params),
        Err(panic) => return end(failed("panic", panic_text(panic.as_ref())), Cost::default(), params),
    };
    match plan.applies {
        Err(reason) => end(not_run(reason), plan.cost, params),
        Ok(()) if !options.budget.allows(&plan.cost) => end(not_run("over-budget"), plan.cost, params),
        Ok(()) => Ok((plan.cost, params)),
    }
}

fn record(entry: &Entry, status: StageStatus, cost: Cost, params: Value) -> StageRecord {
    StageRecord { id: entry.id.to_owned(), version: entry.version, status, cost, params, report: None }
}

fn failed(error: &str, detail: String) -> StageStatus {
    StageStatus::Failed { error: error.to_owned(), detail }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Gives every check of a stage that did not finish an outcome, and every required check of one that did: none may be
/// lost because its stage did not speak.
fn complete(entry: &Entry, status: &StageStatus, policy: &Policy, findings: &mut Vec<Finding>) {
    let (outcome, reason) = match status {
        StageStatus::Done => (Outcome::Inconclusive, "no-result"),
        StageStatus::NotRun { reason } if reason == "over-budget" => (Outcome::Errored, "over-budget"),
        StageStatus::NotRun { reason } => (Outcome::NotApplicable, reason.as_str()),
        StageStatus::Failed { .. } => (Outcome::Errored, "stage-failed"),
        StageStatus::Cancelled => (Outcome::Errored, "stage-cancelled"),
    };
    let owed = |check: &&&str| *status != StageStatus::Done || policy.required.iter().any(|r| r == **check);
    for check in entry.checks.iter().filter(owed) {
        if !findings.iter().any(|f| f.check == *check) {
            findings.push(silent(check, entry.id, outcome, reason, policy));
        }
    }
}

fn unknown_checks(entries: &[Entry], policy: &Policy, findings: &mut Vec<Finding>) {
    for check in &policy.required {
        if !entries.iter().any(|e| e.checks.contains(&check.as_str())) {
            findings.push(silent(check, "", Outcome::Errored, "unknown-check", policy));
        }
    }
}

fn silent(check: &str, stage: &str, outcome: Outcome, reason: &str, policy: &Policy) -> Finding {
    Finding {
        check: check.to_owned(),
        stage: stage.to_owned(),
        outcome,
        severity: Severity::Info,
        severity_basis: None,
        scope: Scope::Global,
        measured: Estimate::not_estimable(0),
        limit: policy.applied(check),
        p_value: None,
        detectable: None,
        reason: Some(reason.to_owned()),
        evidence: String::new(),
        recommendation: None,
    }
}

fn manifest(subject: &Subject, policy: &Policy) -> Manifest {
    Manifest {
        data: subject.data_file.clone(),
        rows: subject.rows() as u64,
        columns: subject.table.columns().len() as u64,
        dropped_rows: subject.dropped_rows,
        reference: subject.reference.as_ref().map(|r| r.file.clone()),
        model: subject.model.facts.clone(),
        features: subject.model.features.clone(),
        task: subject.task,
        classes: subject.classes.clone(),
        positive: match subject.task {
            fine_table::Task::Binary => subject.classes.get(subject.positive).cloned(),
            _ => None,
        },
        roles: subject.roles.clone(),
        seed: subject.seed,
        policy: policy.clone(),
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
