//! Wakes those who wait for events of a job, and nobody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::news::{self, Herald};
use crate::{Store, StoreError};

/// News whose message was lost on the way are found this often, by one question for all readers of this process.
const LOOK: Duration = Duration::from_secs(1);

/// Wakes waiting readers of this process when a job has news, whichever process wrote it ([`Store::listen`]).
#[derive(Clone, Debug, Default)]
pub struct Wake {
    readers: Arc<Mutex<HashMap<String, watch::Sender<()>>>>,
    herald: Herald,
}

/// Somebody who waits for events of one job.
#[derive(Debug)]
pub struct Reader {
    job: String,
    news: watch::Receiver<()>,
    wake: Wake,
}

impl Wake {
    /// A wake that tells other processes, too.
    pub(crate) fn with(herald: Herald) -> Self {
        Self { herald, ..Self::default() }
    }

    /// News of a job, which this process has written.
    pub fn notify(&self, job: &str) {
        self.heard(job);
        self.herald.tell(news::EVENTS, job);
    }

    /// News of a job, which any process has written.
    fn heard(&self, job: &str) {
        if let Some(readers) = self.lock().get(job) {
            readers.send_replace(());
        }
    }

    /// News of other processes may have been missed: everybody looks.
    pub(crate) fn notify_all(&self) {
        for readers in self.lock().values() {
            readers.send_replace(());
        }
    }

    /// From now on, news of this job.
    pub fn subscribe(&self, job: &str) -> Reader {
        let mut all = self.lock();
        let news = match all.get(job) {
            Some(readers) => readers.subscribe(),
            None => all.entry(job.to_owned()).or_insert_with(|| watch::Sender::new(())).subscribe(),
        };
        Reader { job: job.to_owned(), news, wake: self.clone() }
    }

    /// Jobs that somebody reads.
    fn jobs(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        // Nothing in here can be left half done.
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    /// Waits for news since the last wait, or since the subscription.
    pub async fn news(&mut self) {
        if self.news.changed().await.is_err() {
            // The sender stays for as long as there is a reader.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut all = self.wake.lock();
        // This one is still counted.
        if all.get(&self.job).is_some_and(|readers| readers.receiver_count() <= 1) {
            all.remove(&self.job);
        }
    }
}

impl Store {
    /// Calls a worker, wherever it is, for a job that waits.
    pub(crate) fn call_worker(&self, job: &str) {
        self.wake.herald.tell(news::JOBS, job);
    }

    /// Waits until other processes are told of everything.
    pub(crate) async fn tell_all(&self) {
        self.wake.herald.flush().await;
    }

    /// Passes news of other processes on to the readers of this one, until `stop` turns true.
    pub async fn listen(&self, stop: watch::Receiver<bool>) {
        let looking = self.look_for_news(stop.clone());
        let Some(address) = &self.database else { return looking.await };
        let pass_on = |job: Option<&str>| match job {
            Some(job) => self.wake.heard(job),
            None => self.wake.notify_all(),
        };
        tokio::join!(looking, news::hear(address, news::EVENTS, pass_on, stop));
    }

    /// For messages that were lost: wakes the readers of jobs that have gone on, ended or gone since the last look.
    async fn look_for_news(&self, mut stop: watch::Receiver<bool>) {
        let mut known: HashMap<String, i64> = HashMap::new();
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stopped| *stopped) => return,
            }
            let read = self.wake.jobs();
            if read.is_empty() {
                continue;
            }
            match self.open_jobs().await {
                Ok(open) => {
                    let is_news = |job: &&String| open.get(*job).is_none_or(|seq| known.get(*job) != Some(seq));
                    read.iter().filter(is_news).for_each(|job| self.wake.heard(job));
                    known = open;
                }
                Err(e) => tracing::debug!(error = %e, "nobody could look for news"),
            }
        }
    }

    /// Number of the newest event of each job that waits or runs.
    async fn open_jobs(&self) -> Result<HashMap<String, i64>, StoreError> {
        let open = sqlx::query_as("SELECT id, event_seq FROM jobs WHERE state IN ('queued', 'running')");
        let rows: Vec<(String, i64)> = open.fetch_all(&self.db).await?;
        Ok(rows.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_readers_of_the_job_wake_and_leave_nothing_behind() {
        let wake = Wake::default();
        wake.notify("nobody reads it");
        let (mut one, mut same, mut other) = (wake.subscribe("a"), wake.subscribe("a"), wake.subscribe("b"));
        wake.notify("a");
        one.news().await;
        same.news().await;
        let asleep = tokio::time::timeout(Duration::from_millis(20), other.news());
        assert!(asleep.await.is_err(), "it is not concerned");
        wake.notify_all();
        other.news().await;
        drop(one);
        assert_eq!(wake.jobs().len(), 2);
        drop((same, other));
        assert!(wake.jobs().is_empty());
    }
}
