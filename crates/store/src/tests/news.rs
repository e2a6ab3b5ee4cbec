//! Wake-ups: between processes, and what they survive.

use std::sync::Arc;
use std::time::Duration;

use fine_services::Redis;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::{On, claim, queued};
use crate::{Address, Store, Transport};

/// Far less than the time after which readers and workers look by themselves would hide a lost message here: nobody looks.
const SOON: Duration = Duration::from_secs(20);

/// A running transport, the worker that it wakes, and how to stop it.
struct Running {
    worker: Arc<Notify>,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    fn start(transport: &Transport) -> Self {
        let (worker, stop) = (Arc::new(Notify::new()), watch::Sender::new(false));
        let (transport, called, stopped) = (transport.clone(), worker.clone(), stop.subscribe());
        let task = tokio::spawn(async move { transport.run(called, stopped).await });
        Self { worker, stop, task }
    }

    async fn is_called(&self) {
        timeout(SOON, self.worker.notified()).await.expect("the worker is called");
    }

    async fn end(self) {
        self.stop.send_replace(true);
        timeout(SOON, self.task).await.expect("the engine stops when asked").unwrap();
    }
}

#[tokio::test]
async fn the_embedded_engine_calls_and_may_lose_its_file() {
    let on = On::sqlite().await;
    let transport = Transport::open(&on.store, None).await.unwrap();
    let running = Running::start(&transport);
    for job in ["one", "two"] {
        transport.send(job).await.unwrap();
        running.is_called().await;
    }
    transport.sweep().await.unwrap();
    running.end().await;
    for name in ["transport.db", "transport.db-wal", "transport.db-shm"] {
        // What is not there cannot be lost.
        let _ = std::fs::remove_file(on.store.folder().join(name));
    }
    let fresh = Transport::open(&on.store, None).await.unwrap();
    let running = Running::start(&fresh);
    fresh.send("three").await.unwrap();
    running.is_called().await;
    running.end().await;
}

#[tokio::test]
async fn postgres_calls_workers_of_other_processes_with_the_commit() {
    let on = On::postgres().await;
    let running = Running::start(&Transport::open(&on.store, None).await.unwrap());
    // At the start it looks once, in case something was missed.
    running.is_called().await;
    queued(&on.store, "ana", "one").await;
    running.is_called().await;
    let claim = claim(&on.store).await.unwrap();
    on.store.end_job(&claim, claim.snapshot.clone(), crate::Ending::Released).await.unwrap();
    running.is_called().await;
    running.end().await;
}

#[tokio::test]
async fn redis_calls_also_after_it_lost_everything() {
    let on = On::postgres().await;
    let mut redis = Redis::start();
    let address = Address::redis(&redis.url()).unwrap();
    let transport = Transport::open(&on.store, Some(&address)).await.unwrap();
    let running = Running::start(&transport);
    for job in ["one", "two"] {
        transport.send(job).await.unwrap();
        running.is_called().await;
    }
    transport.sweep().await.unwrap();
    redis.kill();
    assert!(transport.send("three").await.is_err());
    redis.start_again();
    // The engine finds its place again; until then messages may be lost, which workers survive.
    let called = async {
        loop {
            let _ = transport.send("four").await;
            if timeout(Duration::from_millis(500), running.worker.notified()).await.is_ok() {
                return;
            }
        }
    };
    timeout(SOON, called).await.expect("the worker is called again");
    running.end().await;
}

#[tokio::test]
async fn postgres_passes_news_on_to_readers_of_other_processes() {
    let on = On::postgres().await;
    let other = Store::open(&on.place).await.unwrap();
    let stop = watch::Sender::new(false);
    let listening = tokio::spawn({
        let (other, stop) = (other.clone(), stop.subscribe());
        async move { other.listen(stop).await }
    });
    let new = queued(&on.store, "ana", "one").await;
    let mut reader = other.wake.subscribe(&new.job_id);
    // At the start everybody looks, in case something was missed.
    timeout(SOON, reader.news()).await.unwrap();
    let claim = claim(&on.store).await.unwrap();
    timeout(SOON, reader.news()).await.unwrap();
    on.store.end_job(&claim, claim.snapshot.clone(), crate::Ending::Cancelled).await.unwrap();
    timeout(SOON, reader.news()).await.unwrap();
    on.store.delete_analysis("ana", &new.id).await.unwrap();
    timeout(SOON, reader.news()).await.unwrap();
    stop.send_replace(true);
    timeout(SOON, listening).await.unwrap().unwrap();
}

#[tokio::test]
async fn news_whose_message_was_lost_are_found() {
    let on = On::sqlite().await;
    // Another process on the same file sends no messages at all.
    let other = Store::open(&on.place).await.unwrap();
    let stop = watch::Sender::new(false);
    let looking = tokio::spawn({
        let (other, stop) = (other.clone(), stop.subscribe());
        async move { other.listen(stop).await }
    });
    let new = queued(&on.store, "ana", "one").await;
    let mut reader = other.wake.subscribe(&new.job_id);
    timeout(SOON, reader.news()).await.expect("a job that was not known is looked at");
    claim(&on.store).await.unwrap();
    timeout(SOON, reader.news()).await.expect("it has gone on");
    let quiet = timeout(Duration::from_millis(2500), reader.news()).await;
    assert!(quiet.is_err(), "nothing has happened");
    on.store.delete_analysis("ana", &new.id).await.unwrap();
    timeout(SOON, reader.news()).await.expect("it is gone");
    stop.send_replace(true);
    timeout(SOON, looking).await.unwrap().unwrap();
}
