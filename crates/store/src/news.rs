//! PostgreSQL's channels: what one process writes wakes the others, after the commit and never before it.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::AnyPool;
use sqlx::postgres::PgListener;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{Address, StoreError};

/// A job has a new event.
pub(crate) const EVENTS: &str = "fine_events";
/// A job waits for a worker.
pub(crate) const JOBS: &str = "fine_jobs";

const RESTART: Duration = Duration::from_secs(1);
/// Most messages of one statement.
const TOGETHER: usize = 500;

/// Tells other processes what was committed here. Messages of the same moment go together and wait for no disk: a transaction
/// that sends them itself would keep all others from committing until it is on disk. What is lost on the way is found by those who look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Herald(Option<mpsc::UnboundedSender<Word>>);

#[derive(Debug)]
enum Word {
    /// Channel and job.
    News(&'static str, String),
    /// Answers when everything before it was sent.
    Flush(oneshot::Sender<()>),
}

impl Herald {
    /// Starts sending. SQLite has one process only, and a herald that does nothing.
    pub(crate) fn start(db: AnyPool) -> Self {
        let (send, words) = mpsc::unbounded_channel();
        tokio::spawn(pass_on(db, words));
        Self(Some(send))
    }

    /// Tells of a job on a channel, soon.
    pub(crate) fn tell(&self, channel: &'static str, job: &str) {
        if let Some(send) = &self.0 {
            // It is gone when the store is closed; then nobody has to know any more.
            let _ = send.send(Word::News(channel, job.to_owned()));
        }
    }

    /// Waits until everything told so far is sent.
    pub(crate) async fn flush(&self) {
        let (done, sent) = oneshot::channel();
        if self.0.as_ref().is_some_and(|send| send.send(Word::Flush(done)).is_ok()) {
            // An error means that there is nobody who sends.
            let _ = tokio::time::timeout(RESTART, sent).await;
        }
    }
}

async fn pass_on(db: AnyPool, mut words: mpsc::UnboundedReceiver<Word>) {
    while let Some(first) = words.recv().await {
        let (mut news, mut waiting) = (BTreeSet::new(), Vec::new());
        let mut next = Some(first);
        while let Some(word) = next {
            match word {
                Word::News(channel, job) => {
                    news.insert((channel, job));
                }
                Word::Flush(done) => waiting.push(done),
            }
            next = if news.len() < TOGETHER { words.try_recv().ok() } else { None };
        }
        if let Err(e) = send(&db, &news).await {
            tracing::debug!(error = %e, "news are not sent; those who wait look by themselves");
        }
        for done in waiting {
            // Who no longer waits needs no answer.
            let _ = done.send(());
        }
    }
}

async fn send(db: &AnyPool, news: &BTreeSet<(&'static str, String)>) -> Result<(), StoreError> {
    if !news.is_empty() {
        // Messages need not outlive a crash: this commit waits for no disk.
        let send = "SELECT pg_notify(word ->> 0, word ->> 1) FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick, \
                    json_array_elements(CAST($1 AS json)) AS word";
        sqlx::query(send).bind(serde_json::to_string(news)?).execute(db).await?;
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
