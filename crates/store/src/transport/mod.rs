//! Wakes workers. The rows of `jobs` are the queue: a worker that wakes up takes the job that is due, whichever it is. So a
//! wake-up may come twice, late, to the wrong worker, or never, and costs at most the time until a worker looks by itself.

mod engine;
mod redis;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use apalis_core::backend::ext::BackendExt;
use apalis_sqlite::{Config, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use tokio::sync::{Notify, watch};

use self::redis::Redis;
use crate::db::sqlite_url;
use crate::{Address, Store, StoreError, news};
use engine::{HEARTBEAT, QUEUE, deliver, supervised, task};

/// The embedded engine looks for messages this often.
const POLL: Duration = Duration::from_millis(250);

/// What carries wake-ups. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport(Carrier);

#[derive(Clone, Debug)]
enum Carrier {
    /// Apalis in a file of its own in the data folder, for the worker of this process.
    Embedded(SqlitePool, Arc<Notify>),
    /// The channel of the database; the row's own transaction sends.
    Postgres(Address),
    /// Apalis on Redis, for workers anywhere; the channel of the database calls them as well.
    Redis(Redis, Option<Address>),
}

impl Transport {
    /// The transport of a store: Redis where an address is given, otherwise the database's own.
    ///
    /// # Errors
    /// When the embedded engine's file or the address cannot be used. A Redis that does not answer is no error: it is
    /// tried again at every use.
    pub async fn open(store: &Store, redis: Option<&Address>) -> Result<Self, StoreError> {
        Ok(Self(match (redis, &store.database) {
            (Some(address), database) => Carrier::Redis(Redis::new(address)?, database.clone()),
            (None, Some(address)) => Carrier::Postgres(address.clone()),
            (None, None) => Carrier::Embedded(embedded(store.folder()).await?, Arc::default()),
        }))
    }

    /// Wakes a worker for a job that was just stored.
    ///
    /// # Errors
    /// When the engine fails. The job is taken all the same, a little later.
    pub async fn send(&self, job: &str) -> Result<(), StoreError> {
        match &self.0 {
            Carrier::Embedded(pool, called) => {
                // The worker is in this process: it need not wait until the engine looks.
                called.notify_one();
                let mut tx = pool.begin().await?;
                apalis_sqlite::queries::push_tasks(&mut *tx, QUEUE, &[task(job)?])
                    .await
                    .map_err(StoreError::transport)?;
                tx.commit().await?;
                Ok(())
            }
            Carrier::Postgres(_) => Ok(()),
            Carrier::Redis(redis, _) => redis.send(job).await,
        }
    }

    /// Forgets delivered messages.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        match &self.0 {
            Carrier::Embedded(pool, _) => {
                sqlx::query("DELETE FROM Jobs WHERE status IN ('Done', 'Failed', 'Killed')").execute(pool).await?;
                Ok(())
            }
            Carrier::Postgres(_) => Ok(()),
            Carrier::Redis(redis, _) => redis.sweep().await,
        }
    }

    /// Wakes `worker` at every message until `stop` turns true.
    pub async fn run(&self, worker: Arc<Notify>, stop: watch::Receiver<bool>) {
        match &self.0 {
            Carrier::Embedded(pool, called) => {
                let engine = supervised(stop, |stop| {
                    let config = Config::default().queue(QUEUE).heartbeat_interval(HEARTBEAT).missed_heartbeats(2);
                    let backend = SqliteStorage::<String>::new(pool).with_config(config).poll_with_interval(POLL);
                    deliver!(backend, worker.clone(), stop)
                });
                let mut engine = std::pin::pin!(engine);
                loop {
                    tokio::select! {
                        () = &mut engine => return,
                        () = called.notified() => worker.notify_one(),
                    }
                }
            }
            Carrier::Postgres(address) => news::hear(address, news::JOBS, |_| worker.notify_one(), stop).await,
            Carrier::Redis(redis, database) => {
                let from_redis = redis.run(worker.clone(), stop.clone());
                let Some(address) = database else { return from_redis.await };
                let from_database = news::hear(address, news::JOBS, |_| worker.notify_one(), stop);
                tokio::join!(from_redis, from_database);
            }
        }
    }
}

async fn embedded(folder: &Path) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::from_str(&sqlite_url(&folder.join("transport.db")))?
        .busy_timeout(Duration::from_secs(10));
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
    SqliteStorage::setup(&pool).await.map_err(StoreError::transport)?;
    Ok(pool)
}
