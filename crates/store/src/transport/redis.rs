//! Wake-ups through apalis on Redis. Nothing is lost with Redis: it holds messages, never jobs.

use std::sync::Arc;
use std::time::Duration;

use apalis_core::backend::Vacuum;
use apalis_core::backend::ext::BackendExt;
use apalis_redis::{Client, Config, ConnectionManager, RedisStorage};
use tokio::sync::{Notify, OnceCell, watch};

use super::engine::{HEARTBEAT, QUEUE, deliver, supervised, task};
use crate::{Address, StoreError};

/// The engine asks Redis this often; apalis has no blocking read. It is most of the time from accept to start.
const POLL: Duration = Duration::from_millis(20);
/// A Redis that does not answer must not hold up a request: the wake-up is dispensable.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(super) struct Redis {
    client: Client,
    connection: Arc<OnceCell<ConnectionManager>>,
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redis")
    }
}

impl Redis {
    pub(super) fn new(address: &Address) -> Result<Self, StoreError> {
        let client = Client::open(address.reveal()).map_err(StoreError::transport)?;
        Ok(Self { client, connection: Arc::default() })
    }

    /// The connection, which mends itself once it is there.
    async fn connection(&self) -> Result<ConnectionManager, StoreError> {
        let connect = self.connection.get_or_try_init(|| self.client.get_connection_manager());
        Ok(in_time(connect).await?.clone())
    }

    pub(super) async fn send(&self, job: &str) -> Result<(), StoreError> {
        let mut connection = self.connection().await?;
        let message = [task(job)?];
        in_time(apalis_redis::queries::push_tasks(&mut connection, &config(), &message)).await?;
        Ok(())
    }

    /// Apalis forgets the content of delivered messages, but keeps a list of their ids.
    pub(super) async fn sweep(&self) -> Result<(), StoreError> {
        let mut connection = self.connection().await?;
        let mut storage = RedisStorage::<String>::new(connection.clone()).with_config(config());
        in_time(storage.vacuum()).await?;
        let mut forget = redis::cmd("DEL");
        forget.arg(config().done_jobs_set()).arg(config().dead_jobs_set());
        in_time(forget.query_async::<()>(&mut connection)).await
    }

    pub(super) async fn run(&self, worker: Arc<Notify>, stop: watch::Receiver<bool>) {
        supervised(stop, |stop| {
            let (redis, worker) = (self.clone(), worker.clone());
            Box::pin(async move {
                let connection = match redis.connection().await {
                    Ok(connection) => connection,
                    Err(e) => {
                        tracing::warn!(error = %e, "Redis does not answer; workers look for jobs by themselves");
                        return Ok(());
                    }
                };
                let storage = RedisStorage::<String>::new(connection).with_config(config());
                deliver!(storage.poll_with_interval(POLL), worker, stop).await
            })
        })
        .await;
    }
}

fn config() -> Config {
    let config = Config::default().queue(format!("fine-{QUEUE}")).heartbeat_interval(HEARTBEAT).missed_heartbeats(2);
    config.lock_tasks(false).emit_events(false)
}

async fn in_time<T, E: std::fmt::Display>(work: impl Future<Output = Result<T, E>>) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(outcome) => outcome.map_err(StoreError::transport),
        Err(_) => Err(StoreError::Transport(format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}
