//! The queue by itself: jobs without a body, accepted, taken and ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apalis::prelude::{BoxDynError, TaskBuilder, WorkerBuilder, WorkerError};
use apalis_core::backend::ext::BackendExt;
use apalis_redis::{Client, Config, RedisStorage};
use fine_audit::stages::REGISTRY;
use fine_services::{Postgres, Redis};
use fine_store::{Address, Ending, NewAnalysis, Origin, Place, SHORT, Snapshot, Store, now_ms, rfc3339};
use futures::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::figures::{Figures, Times, rate};

/// Pools of connections, as many as processes would have, and tasks on each.
const POOLS: usize = 4;
const TASKS: usize = 8;
/// Workers of bare apalis.
const WORKERS: usize = 8;

pub async fn measure(jobs: usize, figures: &mut Figures) {
    let bare = bare_apalis(jobs).await;
    figures.add("bare apalis on Redis, jobs that do nothing", format!("{bare:.0} jobs/s"), "");
    let (postgres, folder) = (Postgres::own(), tempfile::tempdir().unwrap());
    let database = postgres.database();
    let place = Place { database: Some(Address::postgres(&database.url()).unwrap()), ..Place::local(folder.path()) };
    let mut stores = Vec::new();
    for _ in 0..POOLS {
        stores.push(Store::open(&place).await.unwrap());
    }
    let begin = Instant::now();
    accept(&stores, jobs).await;
    let accepted = rate(jobs, begin.elapsed());
    figures.add("queue on PostgreSQL: jobs accepted", format!("{accepted:.0} jobs/s"), "");
    let begin = Instant::now();
    let waits = drain(&stores, jobs).await;
    let ours = rate(jobs, begin.elapsed());
    let share = 100.0 * ours / bare;
    figures.add(
        "queue on PostgreSQL: jobs taken and ended",
        format!("{ours:.0} jobs/s ({share:.0} % of bare apalis)"),
        "1 000 jobs/s",
    );
    figures.add("one job taken and ended", waits.words(), "");
    let depth = stores[0].queue_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.running, depth.dead), (0, 0, 0), "every job has ended");
    for store in stores {
        store.close().await;
    }
}

async fn accept(stores: &[Store], jobs: usize) {
    let left = Arc::new(AtomicUsize::new(jobs));
    let mut tasks = JoinSet::new();
    for store in stores.iter().flat_map(|store| std::iter::repeat_n(store, TASKS)) {
        let (store, left) = (store.clone(), left.clone());
        tasks.spawn(async move {
            while let Some(number) = take(&left) {
                store.add_analysis(&job(number)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
}

async fn drain(stores: &[Store], jobs: usize) -> Times {
    let left = Arc::new(AtomicUsize::new(jobs));
    let mut tasks = JoinSet::new();
    for store in stores.iter().flat_map(|store| std::iter::repeat_n(store, TASKS)) {
        let (store, left) = (store.clone(), left.clone());
        tasks.spawn(async move {
            let mut times = Vec::new();
            while take(&left).is_some() {
                let begin = Instant::now();
                let claim = loop {
                    // Two that look at once may both meet the other's row; then one of them looks again.
                    if let Some(claim) = store.claim_job("load", i64::MIN).await.unwrap() {
                        break claim;
                    }
                };
                let done = Ending::Done { result_key: "results/none".to_owned(), verdict: "pass".to_owned() };
                store.end_job(&claim, claim.snapshot.clone(), done).await.unwrap();
                times.push(begin.elapsed());
            }
            times
        });
    }
    Times::new(tasks.join_all().await.into_iter().flatten().collect())
}

fn take(left: &AtomicUsize) -> Option<usize> {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok()
}

fn job(number: usize) -> NewAnalysis {
    let (id, job_id) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let stages: Vec<&str> = REGISTRY.iter().map(|entry| entry.id).collect();
    NewAnalysis {
        snapshot: Snapshot::queued(&job_id, &id, &stages, rfc3339(now_ms())),
        id,
        job_id,
        owner_id: format!("owner {}", number % 200),
        name: "nothing to do".to_owned(),
        task: "binary".to_owned(),
        row_count: 0,
        dataset: ("d".to_owned(), "data.csv".to_owned()),
        model: None,
        reference_id: None,
        request: "{}".to_owned(),
        priority: SHORT,
        origin: Origin::default(),
    }
}

/// Apalis as it comes.
async fn bare_apalis(jobs: usize) -> f64 {
    let redis = Redis::start();
    let client = Client::open(redis.url()).unwrap();
    let mut connection = client.get_connection_manager().await.unwrap();
    let config = || Config::default().queue("bare").batch_size(64);
    let task = || TaskBuilder::new(serde_json::to_vec("nothing").unwrap()).build();
    for _ in 0..jobs.div_ceil(500) {
        let tasks: Vec<_> = (0..500).map(|_| task()).collect();
        apalis_redis::queries::push_tasks(&mut connection, &config(), &tasks).await.unwrap();
    }
    let (left, stop) = (Arc::new(AtomicUsize::new(jobs)), watch::Sender::new(false));
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for number in 0..WORKERS {
        let storage = RedisStorage::<String>::new(client.get_connection_manager().await.unwrap()).with_config(config());
        let (left, mut stopped) = (left.clone(), stop.subscribe());
        let nothing = move |_job: String| {
            take(&left);
            async { Ok::<(), BoxDynError>(()) }
        };
        let worker = WorkerBuilder::new(format!("bare-{number}"))
            .backend(storage.poll_with_interval(Duration::from_millis(5)))
            .build(nothing);
        let signal = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
            Ok::<(), WorkerError>(())
        };
        tasks.spawn(worker.run_until(signal.boxed()).boxed());
    }
    while left.load(Ordering::Relaxed) > 0 {
        assert!(begin.elapsed() < Duration::from_secs(300), "apalis did not get on");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let speed = rate(jobs, begin.elapsed());
    stop.send_replace(true);
    tasks.join_all().await;
    speed
}
