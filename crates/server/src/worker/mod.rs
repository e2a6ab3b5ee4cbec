//! The worker: takes the jobs that are due, runs audits, and gives back what it cannot finish. It may be called for nothing
//! and for a job that somebody else took: the row decides.

mod measure;
mod progress;
mod reconcile;
mod team;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use fine_report::Language;
use fine_store::{Claim, Ending, Kind, MAX_ATTEMPTS, Member, SHORT, Snapshot, StoreError};
use serde_json::value::RawValue;
use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument;
use tracing::field::Empty;
use uuid::Uuid;

use crate::api::{AuditRequest, Plan, write_in_time};
use crate::problem::{ATTEMPTS, ApiError, NOT_FOUND};
use crate::reading::{self, Held};
use crate::sandbox::{Failure, Message, Refusal, Task};
use crate::state::App;
use crate::telemetry::{AUDIT_SECONDS, AUDITS_ENDED, PLACES, Span};
use progress::{Progress, Stop};
use team::{Crew, Role};

pub(crate) use reconcile::{reconcile, sweep};

/// A lease is kept this often; it lasts three times as long.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// A cancellation is seen this fast.
const WATCH: Duration = Duration::from_millis(400);
/// Snapshots are stored at most this often, and at every end of a stage.
const FLUSH: Duration = Duration::from_millis(250);
/// A worker with a free place looks for jobs this often, were it never called.
const LOOK: Duration = Duration::from_secs(1);
/// The end of a try is written again after a failure of the database, this often and after this pause.
const WRITES: u32 = 60;
const REWRITE: Duration = Duration::from_secs(1);

/// Takes and runs jobs until the process stops; then gives back what runs.
pub(crate) async fn run(app: App) {
    let called = Arc::new(Notify::new());
    let transport = {
        let (transport, called, stop) = (app.transport.clone(), called.clone(), app.stop.subscribe());
        tokio::spawn(async move { transport.run(called, stop).await })
    };
    take(&app, &called).await;
    if let Err(e) = transport.await {
        tracing::error!(error = %e, "the transport crashed");
    }
}

async fn take(app: &App, called: &Notify) {
    let mut stop = app.stop.subscribe();
    let slots = app.config.audits_at_once;
    // Long audits leave one place to short ones, where there are several.
    let lanes = Arc::new(Semaphore::new(slots.saturating_sub(1).max(1)));
    let name = format!("{}-{}", std::process::id(), Uuid::now_v7().simple());
    let mut running = JoinSet::new();
    while !*stop.borrow() {
        metrics::gauge!(PLACES, "state" => "taken").set(running.len() as f64);
        metrics::gauge!(PLACES, "state" => "free").set(slots.saturating_sub(running.len()) as f64);
        if running.len() < slots {
            let lane = lanes.clone().try_acquire_owned().ok();
            let least = if lane.is_some() { i64::MIN } else { SHORT };
            match app.store.claim_job(&name, least).await {
                Ok(Some(claim)) => {
                    let lane = lane.filter(|_| claim.priority < SHORT);
                    let (app, name) = (app.clone(), name.clone());
                    running.spawn(async move {
                        attempt(&app, claim, name).await;
                        drop(lane);
                    });
                    continue;
                }
                Ok(None) => {
                    if let Some(member) = to_help(app, &name).await {
                        let (app, name) = (app.clone(), name.clone());
                        running.spawn(async move { help(&app, member, name, least).await });
                        continue;
                    }
                }
                Err(e) => tracing::warn!(error = %e, "no job could be taken; it is tried again"),
            }
        }
        tokio::select! {
            // A place is free again, also after a crash: the lease of that job runs out.
            Some(_) = running.join_next() => {}
            () = called.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.wait_for(|stopped| *stopped) => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// A running job whose work nobody does, of the same program.
async fn to_help(app: &App, name: &str) -> Option<Member> {
    if app.store.is_embedded() {
        return None;
    }
    let found = async {
        let build = team::build(&app.sandbox.executable).await?;
        Ok::<_, anyhow::Error>(app.store.help(name, &build).await?)
    };
    found.await.unwrap_or_else(|e| {
        tracing::warn!(error = format!("{e:#}"), "no job could be helped with; it is tried again");
        None
    })
}

/// Works on somebody else's job until nothing is left, or a job of at least this priority waits for the place.
async fn help(app: &App, member: Member, name: String, least: i64) {
    let job = member.job_id.clone();
    tracing::info!(%job, "helping");
    let helped = do_help(app, &member, name, least).await;
    if let Err(e) = app.store.leave(&member).await {
        tracing::warn!(%job, error = %e, "the membership runs out");
    }
    match helped {
        Ok(()) => tracing::info!(%job, "helped"),
        Err(cause) => {
            tracing::warn!(%job, %cause, "the job cannot be helped with");
            // The same would happen again at once.
            tokio::time::sleep(HEARTBEAT).await;
        }
    }
}

async fn do_help(app: &App, member: &Member, name: String, least: i64) -> Result<(), String> {
    let prepared = prepare(app, &member.owner_id, &member.analysis_id).await.map_err(|e| e.into_problem().title)?;
    let snapshot = Snapshot::queued(&member.job_id, &member.analysis_id, &[], String::new());
    let progress = Arc::new(Progress::new(snapshot, Span::default()));
    let crew = Crew::new(app.clone(), Role::Help(member.clone(), least), name, Arc::default());
    let _guard = StopOnDrop(progress.clone());
    tokio::select! {
        outcome = in_sandbox(app, prepared, crew, progress.clone()) => match outcome {
            // Somebody ended the job or this process.
            _ if progress.stopped().is_some() => Ok(()),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(failure)) => Err(failure.to_string()),
            Err(crash) => Err(crash.to_string()),
        },
        () = team::keep_membership(app.clone(), member.clone(), progress.clone()) => Ok(()),
    }
}

async fn attempt(app: &App, claim: Claim, name: String) {
    let job = claim.job_id.clone();
    let span = measure::taken(&claim);
    let request = claim.origin.request_id.clone().unwrap_or_default();
    let log = tracing::error_span!("audit", %job, analysis = %claim.analysis_id, request, trace = Empty);
    if let Some(trace) = span.trace_id() {
        log.record("trace", trace);
    }
    let tried = async {
        match work(app, claim, name, &span).await {
            Ok(()) => {}
            Err(StoreError::LostLease { .. }) => {
                measure::count_try("lost");
                span.fail("lease lost");
                tracing::warn!(%job, "lease lost; the work is thrown away");
            }
            Err(e) => {
                measure::count_try("unwritten");
                span.fail("not brought to an end");
                tracing::error!(%job, error = %e, "job not brought to an end; its lease will run out");
            }
        }
    };
    tried.instrument(log).await;
    span.end();
}

/// One try of a job. Every write is guarded by the lease.
async fn work(app: &App, claim: Claim, name: String, span: &Span) -> Result<(), StoreError> {
    let (job, begun) = (&claim.job_id, Instant::now());
    tracing::info!(%job, attempt = claim.snapshot.attempt, "audit starts");
    let progress = Arc::new(Progress::new(claim.snapshot.clone(), span.clone()));
    let member = Arc::new(OnceLock::new());
    let ending = {
        let watch = keep_watch(app.clone(), claim.clone(), progress.clone(), member.clone());
        let flush = progress.clone().flush(app.clone(), claim.clone(), FLUSH);
        let others = team::hear_others(app.clone(), member.clone(), progress.clone());
        let crew = Crew::new(app.clone(), Role::Own(claim.clone()), name, member.clone());
        tokio::select! {
            ending = run_audit(app, &claim, crew, progress.clone(), &member, span) => ending,
            lost = watch => return Err(lost),
            lost = flush => return Err(lost),
            lost = others => return Err(lost),
        }
    };
    let (snapshot, ended) = progress.take();
    if !ended.is_empty() && matches!(ending, Ending::Failed(_) | Ending::Cancelled) {
        match app.store.report_progress(&claim, &snapshot, &ended).await {
            Err(e) if !matches!(e, StoreError::LostLease { .. }) => {
                tracing::warn!(%job, error = %e, "the last stages are not stored");
            }
            other => other?,
        }
    }
    let snapshot = match end(app, &claim, snapshot, ending.clone()).await {
        Ok(snapshot) => snapshot,
        Err(e) => {
            let key = result_key(&claim);
            // The write may have been done and only its answer lost. Who is not sure keeps the file.
            if !app.store.is_result(&claim.analysis_id, &key).await.unwrap_or(true) {
                app.store.files.discard(&key).await;
            }
            return Err(e);
        }
    };
    let state = snapshot.state.as_str();
    measure::tried(&ending, span);
    metrics::counter!(AUDITS_ENDED, "state" => state).increment(1);
    metrics::histogram!(AUDIT_SECONDS, "state" => state).record(begun.elapsed().as_secs_f64());
    tracing::info!(%job, state, attempt = snapshot.attempt, "audit ended");
    Ok(())
}

/// Writes how a try ends, also when the database is away for a while.
async fn end(app: &App, claim: &Claim, snapshot: Snapshot, ending: Ending) -> Result<Snapshot, StoreError> {
    for _ in 1..WRITES {
        match app.store.end_job(claim, snapshot.clone(), ending.clone()).await {
            Err(e) if e.is_passing() => {
                tracing::warn!(job = %claim.job_id, error = %e, "the end is not stored; it is tried again");
                tokio::time::sleep(REWRITE).await;
            }
            other => return other,
        }
    }
    app.store.end_job(claim, snapshot, ending).await
}

/// Runs the audit and stores its result; says how the try ends.
async fn run_audit(
    app: &App,
    claim: &Claim,
    crew: Crew,
    progress: Arc<Progress>,
    member: &OnceLock<Member>,
    span: &Span,
) -> Ending {
    let prepared = match prepare(app, &claim.owner_id, &claim.analysis_id).await {
        Ok(prepared) => prepared,
        Err(e) => {
            let problem = e.into_problem();
            // What is wrong with the request stays wrong; what is wrong here may pass.
            return if problem.status >= 500 { try_again(claim, problem.title) } else { Ending::Failed(problem) };
        }
    };
    let _guard = StopOnDrop(progress.clone());
    let outcome = in_sandbox(app, prepared, crew, progress.clone()).await;
    if let Some(member) = member.get()
        && let Err(e) = team::hear_once(app, member, &progress, &mut Vec::new()).await
    {
        // Their findings would be missing in the counts.
        return try_again(claim, e.to_string());
    }
    match (progress.stopped(), outcome) {
        (Some(Stop::Cancelled), _) => Ending::Cancelled,
        (Some(Stop::Shutdown), _) => Ending::Released,
        (_, Ok(Ok((result, _)))) if result.get() == "null" => match app.store.cancel_requested(claim).await {
            Ok(true) => Ending::Cancelled,
            _ => try_again(claim, "the work broke off".to_owned()),
        },
        (_, Ok(Ok((result, _)))) => {
            in_words(app, claim, &result, &progress, span).await;
            if progress.stopped() == Some(Stop::Cancelled) {
                Ending::Cancelled
            } else {
                keep(app, claim, &result).await
            }
        }
        (_, Ok(Err(Failure::Refused(Refusal::Field(field))))) => Ending::Failed(reading::late_problem(*field)),
        // The files are to blame, and would be again.
        (
            _,
            Ok(Err(
                failure @ (Failure::Refused(_)
                | Failure::Crashed { .. }
                | Failure::Memory { .. }
                | Failure::Time { .. }),
            )),
        ) => Ending::Failed(ApiError::from(failure).into_problem()),
        (_, Ok(Err(failure))) => try_again(claim, failure.to_string()),
        (_, Err(crash)) => try_again(claim, crash.to_string()),
    }
}

/// Has the language model, where there is one, write about the result. It has its own time, and ends when the job does.
async fn in_words(app: &App, claim: &Claim, result: &RawValue, progress: &Progress, span: &Span) {
    let Some(model) = &app.model else { return };
    let language = claim.origin.language.as_deref().and_then(Language::from_tag).unwrap_or(Language::En);
    let stopped = async {
        while progress.stopped().is_none() {
            tokio::time::sleep(WATCH).await;
        }
    };
    let span = measure::words(span, language.tag());
    tokio::select! {
        written = write_in_time(app, &claim.owner_id, &claim.analysis_id, language, model, result.get()) => {
            measure::told(&span, written.as_ref());
        }
        () = stopped => span.fail("stopped"),
    }
    span.end();
}

/// What the child answers, or why there is nothing.
type Outcome = Result<Result<(Box<RawValue>, Vec<u8>), Failure>, JoinError>;

/// Runs an audit in a child; others may work on it, too.
async fn in_sandbox(app: &App, (task, _held): Prepared, mut crew: Crew, progress: Arc<Progress>) -> Outcome {
    let (sandbox, log) = (app.sandbox.clone(), tracing::Span::current());
    tokio::task::spawn_blocking(move || {
        let _inside = log.entered();
        let mut talk = |message: Message, bytes| {
            progress.hear(&message);
            crew.hear(&message, bytes)
        };
        sandbox.run_raw(task, &mut talk, &|| progress.stopped().is_some())
    })
    .await
}

/// An audit with its files on this machine.
type Prepared = (Task, Held);

/// The audit as it was asked for, on the files as they are now.
async fn prepare(app: &App, owner: &str, analysis: &str) -> Result<Prepared, ApiError> {
    let analysis = app.store.analysis(owner, analysis).await?;
    let analysis = analysis.ok_or_else(|| ApiError::new(NOT_FOUND))?;
    let request: AuditRequest = serde_json::from_str(&analysis.request)?;
    let plan = Plan::make(app, owner, request).await?.valid()?;
    let (sources, held) = reading::sources(app, &plan).await?;
    Ok((Task::Audit(Box::new(sources), Box::new(plan.options)), held))
}

/// Each try writes its own file, so that one that lost its lease overwrites nothing.
fn result_key(claim: &Claim) -> String {
    Kind::Result.key(&format!("{}-{}.json", claim.analysis_id, claim.token))
}

/// Stores the result as the child wrote it.
async fn keep(app: &App, claim: &Claim, result: &RawValue) -> Ending {
    #[derive(serde::Deserialize)]
    struct Verdict {
        verdict: String,
    }
    let key = result_key(claim);
    let verdict = match serde_json::from_str::<Verdict>(result.get()) {
        Ok(Verdict { verdict }) => verdict,
        Err(e) => return try_again(claim, e.to_string()),
    };
    match app.store.files.put(&key, result.get().as_bytes().to_vec()).await {
        Ok(()) => Ending::Done { result_key: key, verdict },
        Err(e) => try_again(claim, e.to_string()),
    }
}

fn try_again(claim: &Claim, cause: String) -> Ending {
    if i64::from(claim.snapshot.attempt) < MAX_ATTEMPTS {
        tracing::warn!(job = %claim.job_id, %cause, "audit tried again after a pause");
        return Ending::Again(cause);
    }
    tracing::error!(job = %claim.job_id, %cause, "audit given up");
    Ending::Dead(worn_out(), cause)
}

/// The problem of a job that was tried too often.
fn worn_out() -> fine_store::Problem {
    ApiError::new(ATTEMPTS)
        .detail(format!("The audit was tried {MAX_ATTEMPTS} times. The log of the server says why it did not finish."))
        .arg("attempts", MAX_ATTEMPTS)
        .into_problem()
}

/// Keeps the lease and looks for a cancellation until the lease is lost.
async fn keep_watch(app: App, claim: Claim, progress: Arc<Progress>, member: Arc<OnceLock<Member>>) -> StoreError {
    let mut kept = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(WATCH).await;
        if *app.stop.borrow() {
            progress.stop(Stop::Shutdown);
        }
        let due = kept.elapsed() >= HEARTBEAT;
        let looked = if due { app.store.keep_lease(&claim).await } else { app.store.cancel_requested(&claim).await };
        match looked {
            Ok(cancel) => {
                if due {
                    kept = tokio::time::Instant::now();
                    if let Some(member) = member.get()
                        && let Err(e) = app.store.keep_membership(member).await
                    {
                        tracing::warn!(job = %claim.job_id, error = %e, "membership not kept; it is tried again");
                    }
                }
                if cancel {
                    progress.stop(Stop::Cancelled);
                }
            }
            Err(lost @ StoreError::LostLease { .. }) => {
                progress.stop(Stop::LostLease);
                return lost;
            }
            // A busy database is tried again; the lease runs out by itself when it stays away.
            Err(e) => tracing::warn!(job = %claim.job_id, error = %e, "heartbeat failed"),
        }
    }
}

/// Stops the engine when nobody waits for it any more.
struct StopOnDrop(Arc<Progress>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop(Stop::LostLease);
    }
}
