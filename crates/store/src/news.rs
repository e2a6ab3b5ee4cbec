//! PostgreSQL's channels: what one process writes wakes the others, with the commit and never before it.

use std::time::Duration;

use sqlx::AnyConnection;
use sqlx::postgres::PgListener;
use tokio::sync::watch;

use crate::{Address, StoreError};

/// A job has a new event.
pub(crate) const EVENTS: &str = "fine_events";
/// A job waits for a worker.
pub(crate) const JOBS: &str = "fine_jobs";

const RESTART: Duration = Duration::from_secs(1);

/// Tells the other processes when this transaction commits. SQLite has one process only.
pub(crate) async fn announce(db: &mut AnyConnection, channel: &str, job: &str) -> Result<(), StoreError> {
    if db.backend_name() == "PostgreSQL" {
        sqlx::query("SELECT pg_notify($1, $2)").bind(channel).bind(job).execute(db).await?;
    }
    Ok(())
}

/// Hears a channel until `stop` turns true: the job of each message, and `None` when messages may have been missed.
pub(crate) async fn hear(
    address: &Address,
    channel: &str,
    mut heard: impl FnMut(Option<&str>),
    mut stop: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            Err(e) = listen(address, channel, &mut heard) => {
                tracing::warn!(channel, error = %e, "the database's channel broke; it is opened again");
            }
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(RESTART) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
    }
}

async fn listen(address: &Address, channel: &str, heard: &mut impl FnMut(Option<&str>)) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(address.reveal()).await?;
    listener.listen(channel).await?;
    heard(None);
    loop {
        match listener.try_recv().await? {
            Some(message) => heard(Some(message.payload())),
            // The connection was lost and is there again.
            None => heard(None),
        }
    }
}
