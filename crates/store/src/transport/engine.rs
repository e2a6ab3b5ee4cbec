//! What apalis needs on every back end: a fresh name at every start, and somebody who starts it again.

use std::time::Duration;

use apalis::prelude::{Task, TaskBuilder, WorkerError};
use futures::future::BoxFuture;
use tokio::sync::watch;
use uuid::Uuid;

use crate::StoreError;

pub(super) const QUEUE: &str = "audits";
pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);
const RESTART: Duration = Duration::from_secs(1);

/// A message. Its content is for people who look into the engine: a worker takes the job that is due.
pub(super) fn task(job: &str) -> Result<Task<Vec<u8>>, StoreError> {
    Ok(TaskBuilder::new(serde_json::to_vec(job)?).max_attempts(1).build())
}

/// A name that no process had before, so that the engine never waits for the locks of a predecessor.
pub(super) fn fresh_name() -> String {
    format!("fine-{}", Uuid::now_v7())
}

/// Runs an engine until `stop` turns true, and again whenever it ends, fails or crashes.
pub(super) async fn supervised(
    stop: watch::Receiver<bool>,
    mut start: impl FnMut(watch::Receiver<bool>) -> BoxFuture<'static, Result<(), WorkerError>>,
) {
    while !*stop.borrow() {
        match tokio::spawn(start(stop.clone())).await {
            Ok(Ok(())) => {}
            Ok(Err(e)) => tracing::warn!(error = %e, "queue engine ended; it starts again"),
            Err(e) => tracing::error!(error = %e, "queue engine crashed; it starts again"),
        }
        if !*stop.borrow() {
            tokio::time::sleep(RESTART).await;
        }
    }
}

/// A future that takes messages from a back end and wakes the worker at each. It ends at the first error of the engine,
/// which may have lost its place (a Redis without its data knows no worker), to be started under a fresh name.
macro_rules! deliver {
    ($backend:expr, $worker:expr, $stop:expr) => {{
        use apalis::prelude::{BoxDynError, Event, EventListenerExt, WorkerBuilder, WorkerError};
        use futures::FutureExt;
        let (worker, mut stop) = ($worker, $stop);
        let wake = move |_job: String| {
            worker.notify_one();
            async { Ok::<(), BoxDynError>(()) }
        };
        let engine = WorkerBuilder::new($crate::transport::engine::fresh_name())
            .backend($backend)
            .on_event(|engine, event| {
                if let Event::Error(e) = event {
                    tracing::warn!(error = %e, "queue engine reports an error; it starts again");
                    // An engine that is about to stop needs no second word.
                    let _ = engine.stop();
                }
            })
            .build(wake);
        let signal = async move {
            // A dropped sender means the process ends, too.
            let _ = stop.wait_for(|stopped| *stopped).await;
            Ok::<(), WorkerError>(())
        };
        engine.run_until(signal.boxed()).boxed()
    }};
}
pub(super) use deliver;
