//! Moves job ids to workers through apalis. A message says only "look at this job": it may be lost or come twice, the
//! rows of `jobs` decide. The engine has a database file of its own, which may be deleted at any time.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::{BackendExt, BoxDynError, Event, EventListenerExt, TaskBuilder, WorkerBuilder, WorkerError};
use apalis_sqlite::{Config, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use crate::StoreError;
use crate::db::sqlite_url;

const QUEUE: &str = "audits";
const HEARTBEAT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(250);
const RESTART: Duration = Duration::from_secs(1);

/// What a worker does with a job id. It must accept the same id twice.
pub type Handler = Arc<dyn Fn(String) -> BoxFuture<'static, ()> + Send + Sync>;

/// The engine that carries messages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {
    pool: SqlitePool,
}

impl Transport {
    /// Opens the engine's own file in the data folder.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(&sqlite_url(&folder.join("transport.db")))?
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        SqliteStorage::setup(&pool).await.map_err(transport_error)?;
        Ok(Self { pool })
    }

    /// Sends a job's id; answers the message's id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn send(&self, job: &str, priority: i64) -> Result<String, StoreError> {
        let message = Uuid::now_v7().to_string();
        let task = TaskBuilder::new(serde_json::to_vec(job)?)
            .idempotency_key(&message)
            .priority(usize::try_from(priority).unwrap_or(0))
            .max_attempts(1)
            .build();
        let mut tx = self.pool.begin().await?;
        apalis_sqlite::queries::push_tasks(&mut *tx, QUEUE, &[task]).await.map_err(transport_error)?;
        tx.commit().await?;
        Ok(message)
    }

    /// Whether the engine still has the message to deliver or under delivery.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn holds(&self, message: &str) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(
            "SELECT 1 FROM Jobs WHERE job_type = $1 AND idempotency_key = $2 \
             AND status IN ('Pending', 'Queued', 'Running')",
        )
        .bind(QUEUE)
        .bind(message)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// Forgets delivered messages.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM Jobs WHERE status IN ('Done', 'Failed', 'Killed')").execute(&self.pool).await?;
        Ok(())
    }

    /// Delivers messages to `handler`, at most `slots` at a time, until `stop` turns true. An engine that dies is
    /// started again under a fresh name, so that it never waits for its predecessor's locks.
    pub async fn run(&self, slots: usize, handler: Handler, stop: watch::Receiver<bool>) {
        let permits = Arc::new(Semaphore::new(slots));
        while !*stop.borrow() {
            let engine = tokio::spawn(deliver(&self.pool, permits.clone(), handler.clone(), stop.clone()));
            match engine.await {
                Ok(Ok(())) => {}
                Ok(Err(e)) => tracing::warn!(error = %e, "queue engine ended; it starts again"),
                Err(e) => tracing::error!(error = %e, "queue engine crashed; it starts again"),
            }
            if !*stop.borrow() {
                tokio::time::sleep(RESTART).await;
            }
        }
    }
}

fn deliver(
    pool: &SqlitePool,
    permits: Arc<Semaphore>,
    handler: Handler,
    mut stop: watch::Receiver<bool>,
) -> BoxFuture<'static, Result<(), WorkerError>> {
    let config = Config::default().queue(QUEUE).heartbeat_interval(HEARTBEAT).missed_heartbeats(2).batch_size(4);
    let backend = SqliteStorage::<String>::new(pool).with_config(config).poll_with_interval(POLL);
    let task = move |job: String| {
        let (permits, handler) = (permits.clone(), handler.clone());
        async move {
            let _permit = permits.acquire_owned().await?;
            handler(job).await;
            Ok::<(), BoxDynError>(())
        }
    };
    let worker = WorkerBuilder::new(format!("fine-{}", Uuid::now_v7()))
        .backend(backend)
        .on_event(|_, event| {
            if let Event::Error(e) = event {
                tracing::warn!(error = %e, "queue engine reports an error");
            }
        })
        .build(task);
    let signal = async move {
        // A dropped sender means the process ends, too.
        let _ = stop.wait_for(|stopped| *stopped).await;
        Ok::<(), WorkerError>(())
    };
    worker.run_until(signal.boxed()).boxed()
}

fn transport_error(e: apalis_sqlite::Error) -> StoreError {
    StoreError::Transport(e.to_string())
}
