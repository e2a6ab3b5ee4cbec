//! What a running audit says, collected into snapshots.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fine_audit::finding::{Finding, Outcome};
use fine_audit::result::{StageRecord, StageStatus};
use fine_audit::run::{Event, Observer};
use fine_store::{Claim, FindingCounts, Snapshot, StageState, StoreError};
use tokio::sync::Notify;

use super::measure::Clock;
use crate::sandbox::Message;
use crate::state::App;
use crate::telemetry::Span;

/// Every stage weighs at least this many milliseconds in the progress.
const LEAST_MS: f64 = 20.0;

/// Why an audit was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Stop {
    /// By its owner.
    Cancelled = 1,
    /// The server stops.
    Shutdown = 2,
    /// Another worker may hold the job.
    LostLease = 3,
}

/// A stage that ended: position, record, findings.
pub(super) type Ended = (i64, String, String);

/// Progress of one try, written by the engine's threads and stored by the flusher.
pub(super) struct Progress {
    inner: Mutex<Inner>,
    stop: AtomicU8,
    ended: Notify,
}

struct Inner {
    snapshot: Snapshot,
    /// Expected milliseconds by stage id.
    weights: HashMap<String, f64>,
    pending: Vec<Ended>,
    changed: bool,
    clock: Clock,
}

impl Progress {
    pub(super) fn new(snapshot: Snapshot, span: Span) -> Self {
        let clock = Clock::below(span);
        let inner = Inner { snapshot, weights: HashMap::new(), pending: Vec::new(), changed: false, clock };
        Self { inner: Mutex::new(inner), stop: AtomicU8::new(0), ended: Notify::new() }
    }

    /// Takes in what the child says.
    pub(super) fn hear(&self, message: &Message) {
        match message {
            // Each stage's share of the bar is its expected time.
            Message::Weights(ms) => {
                self.lock().weights = ms.iter().map(|(id, ms)| (id.clone(), ms + LEAST_MS)).collect();
            }
            Message::Inside(lockdown) => tracing::debug!(?lockdown, "the reader has shut itself in"),
            message => {
                if let Some(event) = message.event() {
                    self.event(&event);
                }
            }
        }
    }

    /// A stage runs in another process.
    pub(super) fn is_elsewhere(&self, id: &str) {
        let mut inner = self.lock();
        let waits = |s: &fine_store::StageProgress| s.id == id && s.state == StageState::Waiting;
        if inner.snapshot.stages.iter().any(waits) {
            inner.stage(id, |s| s.state = StageState::Running);
            inner.changed = true;
        }
    }

    /// Asks the engine to stop; the first reason stays.
    pub(super) fn stop(&self, reason: Stop) {
        // A reason that is already there stays: the failed exchange needs no answer.
        let _ = self.stop.compare_exchange(0, reason as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub(super) fn stopped(&self) -> Option<Stop> {
        match self.stop.load(Ordering::Relaxed) {
            1 => Some(Stop::Cancelled),
            2 => Some(Stop::Shutdown),
            3 => Some(Stop::LostLease),
            _ => None,
        }
    }

    /// The state now, and the stages that ended since the last store.
    pub(super) fn take(&self) -> (Snapshot, Vec<Ended>) {
        let mut inner = self.lock();
        inner.changed = false;
        (inner.snapshot.clone(), std::mem::take(&mut inner.pending))
    }

    /// Stores snapshots while there is something new, until the lease is lost.
    pub(super) async fn flush(self: Arc<Self>, app: App, claim: Claim, every: Duration) -> StoreError {
        loop {
            tokio::select! {
                () = self.ended.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
            if !self.lock().changed {
                continue;
            }
            let (snapshot, ended) = self.take();
            match app.store.report_progress(&claim, &snapshot, &ended).await {
                Ok(()) => {}
                Err(lost @ StoreError::LostLease { .. }) => {
                    self.stop(Stop::LostLease);
                    return lost;
                }
                Err(e) => {
                    tracing::warn!(job = %claim.job_id, error = %e, "progress not stored; it is tried again");
                    let mut inner = self.lock();
                    inner.changed = true;
                    inner.pending.splice(0..0, ended);
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic of the engine leaves the numbers as they were: still good to show.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        let mut inner = self.lock();
        match event {
            Event::StageStarted { id, .. } => {
                inner.clock.begin(id);
                inner.snapshot.step = Some((*id).to_owned());
                inner.stage(id, |s| s.state = StageState::Running);
            }
            Event::Tick { id, done, total } => inner.stage(id, |s| {
                s.done = s.done.max(*done);
                s.total = *total;
            }),
            Event::StageFinished { record, findings } => {
                inner.clock.end(record);
                inner.finish(record, findings);
                self.ended.notify_one();
            }
        }
        inner.changed = true;
        inner.measure();
    }

    fn cancelled(&self) -> bool {
        self.stopped().is_some()
    }
}

impl Inner {
    fn stage(&mut self, id: &str, change: impl FnOnce(&mut fine_store::StageProgress)) {
        if let Some(stage) = self.snapshot.stages.iter_mut().find(|s| s.id == id) {
            change(stage);
        }
    }

    fn finish(&mut self, record: &StageRecord, findings: &[Finding]) {
        let open = |s: &fine_store::StageProgress| {
            s.id == record.id && matches!(s.state, StageState::Waiting | StageState::Running)
        };
        // Two processes may finish the same stage, with the same bytes.
        if !self.snapshot.stages.iter().any(open) {
            return;
        }
        let (state, reason) = match &record.status {
            StageStatus::Done => (StageState::Done, None),
            StageStatus::NotRun { reason } => (StageState::NotRun, Some(reason.clone())),
            StageStatus::Failed { error, .. } => (StageState::Failed, Some(error.clone())),
            StageStatus::Cancelled => (StageState::Cancelled, None),
        };
        self.snapshot.step = None;
        self.stage(&record.id, |s| {
            s.state = state;
            s.reason = reason;
            if state == StageState::Done {
                s.total = s.total.max(1);
                s.done = s.total;
            }
        });
        count(&mut self.snapshot.findings, findings);
        let position = self.snapshot.stages.iter().position(|s| s.id == record.id).unwrap_or(0) as i64;
        // Both are plain data; were one not, the result file would still have it.
        if let (Ok(record), Ok(findings)) = (serde_json::to_string(record), serde_json::to_string(findings)) {
            self.pending.push((position, record, findings));
        }
    }

    fn measure(&mut self) {
        let all: f64 = self.weights.values().sum();
        if all <= 0.0 {
            return;
        }
        let done: f64 = self
            .snapshot
            .stages
            .iter()
            .map(|s| {
                let share = match s.state {
                    StageState::Waiting => 0.0,
                    StageState::Running if s.total == 0 => 0.0,
                    StageState::Running => (s.done as f64 / s.total as f64).min(1.0),
                    _ => 1.0,
                };
                share * self.weights.get(&s.id).copied().unwrap_or(0.0)
            })
            .sum();
        // Never back, and full only at the end.
        self.snapshot.progress = (done / all).min(0.99).max(self.snapshot.progress);
    }
}

/// Adds findings by outcome; what errored settles nothing and counts as inconclusive.
fn count(counts: &mut FindingCounts, findings: &[Finding]) {
    for finding in findings {
        match finding.outcome {
            Outcome::Issue => counts.issue += 1,
            Outcome::Watch => counts.watch += 1,
            Outcome::Inconclusive | Outcome::Errored => counts.inconclusive += 1,
            Outcome::Pass => counts.pass += 1,
            Outcome::NotApplicable => {}
        }
    }
}
