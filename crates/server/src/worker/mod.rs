//! The worker: takes jobs that the transport names, runs audits, and gives back what it cannot finish.

mod progress;
mod reconcile;

use std::sync::Arc;
use std::time::Duration;

use fine_store::{Claim, Ending, Handler, Kind, MAX_ATTEMPTS, StoreError};
use futures::FutureExt;
use serde_json::value::RawValue;

use crate::api::{AuditRequest, Plan};
use crate::problem::{ATTEMPTS, ApiError, NOT_FOUND};
use crate::reading;
use crate::sandbox::{Failure, Refusal, Task};
use crate::state::App;
use progress::{Progress, Stop};

pub(crate) use reconcile::reconcile;

/// A lease is kept this often; it lasts three times as long.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// A cancellation is seen this fast.
const WATCH: Duration = Duration::from_millis(400);
/// Snapshots are stored at most this often, and at every end of a stage.
const FLUSH: Duration = Duration::from_millis(250);

/// What the transport calls.
pub(crate) fn handler(app: App) -> Handler {
    Arc::new(move |job| {
        let app = app.clone();
        async move {
            if let Err(e) = work(&app, &job).await {
                match e {
                    StoreError::LostLease { .. } => tracing::warn!(%job, "lease lost; the work is thrown away"),
                    e => tracing::error!(%job, error = %e, "job not brought to an end; its lease will run out"),
                }
            }
        }
        .boxed()
    })
}

/// One try of a job. Every write is guarded by the lease.
async fn work(app: &App, job: &str) -> Result<(), StoreError> {
    if *app.stop.borrow() {
        return Ok(());
    }
    let Some(claim) = app.store.claim_job(job).await? else {
        tracing::debug!(%job, "nothing to do");
        return Ok(());
    };
    tracing::info!(%job, attempt = claim.snapshot.attempt, "audit starts");
    let progress = Arc::new(Progress::new(claim.snapshot.clone()));
    let ending = {
        let watch = keep_watch(app.clone(), claim.clone(), progress.clone());
        let flush = progress.clone().flush(app.clone(), claim.clone(), FLUSH);
        tokio::select! {
            ending = run(app, &claim, progress.clone()) => ending,
            lost = watch => return Err(lost),
            lost = flush => return Err(lost),
        }
    };
    let (snapshot, ended) = progress.take();
    if !ended.is_empty() && matches!(ending, Ending::Failed(_) | Ending::Cancelled) {
        app.store.report_progress(&claim, &snapshot, &ended).await?;
    }
    let result = app.store.end_job(&claim, snapshot, ending).await;
    let snapshot = match result {
        Ok(snapshot) => snapshot,
        Err(e) => {
            app.store.files.delete(&result_key(&claim)).await?;
            return Err(e);
        }
    };
    let state = snapshot.state.as_str();
    metrics::counter!("fine_audits_ended_total", "state" => state).increment(1);
    tracing::info!(%job, state, attempt = snapshot.attempt, "audit ended");
    Ok(())
}

/// Runs the audit and stores its result; says how the try ends.
async fn run(app: &App, claim: &Claim, progress: Arc<Progress>) -> Ending {
    let plan = match plan(app, claim).await {
        Ok(plan) => plan,
        Err(e) => return Ending::Failed(e.into_problem()),
    };
    let task = Task::Audit(Box::new(reading::sources(app, &plan)), Box::new(plan.options));
    let (sandbox, observer) = (app.sandbox.clone(), progress.clone());
    let _guard = StopOnDrop(progress.clone());
    let outcome = tokio::task::spawn_blocking(move || {
        sandbox.run_raw(task, &mut |message| observer.hear(&message), &|| observer.stopped().is_some())
    })
    .await;
    match (progress.stopped(), outcome) {
        (Some(Stop::Cancelled), _) => Ending::Cancelled,
        (Some(Stop::Shutdown), _) => Ending::Released { refund: true },
        (_, Ok(Ok((result, _)))) => keep(app, claim, &result).await,
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
        (_, Ok(Err(failure))) => try_again(claim, failure.into()),
        (_, Err(crash)) => try_again(claim, ApiError::internal(&crash)),
    }
}

/// The plan as it was asked for, on the files as they are now.
async fn plan(app: &App, claim: &Claim) -> Result<Plan, ApiError> {
    let analysis = app.store.analysis(&claim.owner_id, &claim.analysis_id).await?;
    let analysis = analysis.ok_or_else(|| ApiError::new(NOT_FOUND))?;
    let request: AuditRequest = serde_json::from_str(&analysis.request)?;
    Plan::make(app, &claim.owner_id, request).await?.valid()
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
        Err(e) => return try_again(claim, e.into()),
    };
    match app.store.files.put(&key, result.get().as_bytes().to_vec()).await {
        Ok(()) => Ending::Done { result_key: key, verdict },
        Err(e) => try_again(claim, e.into()),
    }
}

fn try_again(claim: &Claim, cause: ApiError) -> Ending {
    if i64::from(claim.snapshot.attempt) < MAX_ATTEMPTS {
        return Ending::Released { refund: false };
    }
    tracing::error!(job = %claim.job_id, problem = ?cause.into_problem(), "audit given up");
    Ending::Failed(worn_out())
}

/// The problem of a job that was tried too often.
fn worn_out() -> fine_store::Problem {
    ApiError::new(ATTEMPTS)
        .detail(format!("The audit was tried {MAX_ATTEMPTS} times. The log of the server says why it did not finish."))
        .arg("attempts", MAX_ATTEMPTS)
        .into_problem()
}

/// Keeps the lease and looks for a cancellation until the lease is lost.
async fn keep_watch(app: App, claim: Claim, progress: Arc<Progress>) -> StoreError {
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
