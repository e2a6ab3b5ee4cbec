//! Leases, tries, cancellation.

use super::{On, claim, on_both, queued, worn_out};
use crate::{AnalysisFilter, Cancelled, Ending, JobList, JobState, MAX_ATTEMPTS, QueueDepth, StoreError};

on_both! {
    a_job_is_taken_once_however_often_it_is_named,
    a_worker_that_lost_its_lease_writes_nothing,
    a_released_job_waits_again_and_a_stop_costs_no_try,
    abandoned_jobs_are_tried_again_and_end_after_the_last_try,
    cancelling_ends_a_waiting_job_and_asks_a_running_one,
    deleting_an_analysis_takes_everything_of_it_and_nothing_else,
    two_that_delete_and_claim_never_wait_crosswise,
    the_queue_says_how_deep_it_is_and_a_job_what_started_it,
    work_that_is_dropped_midway_leaves_nothing_open,
}

async fn a_job_is_taken_once_however_often_it_is_named(on: On) {
    let store = &on.store;
    assert!(claim(store).await.is_none());
    let jobs = [queued(store, "ana", "one").await.job_id, queued(store, "bo", "two").await.job_id];
    let tries = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { claim(&store).await.map(|claim| claim.job_id) })
    });
    let mut taken: Vec<String> =
        futures::future::join_all(tries).await.into_iter().filter_map(|t| t.unwrap()).collect();
    taken.sort();
    assert_eq!(taken, jobs);
}

async fn a_worker_that_lost_its_lease_writes_nothing(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    let zombie = claim(store).await.unwrap();
    store.expire_leases().await.unwrap();
    let heir = claim(store).await.unwrap();
    assert_eq!((zombie.snapshot.attempt, heir.snapshot.attempt), (1, 2));
    let before = store.events_after(&new.job_id, 0).await.unwrap();

    let stage = [(0, "{\"zombie\":true}".to_owned(), "[]".to_owned())];
    let done = Ending::Done { result_key: "results/zombie".into(), verdict: "pass".into() };
    assert!(matches!(store.keep_lease(&zombie).await, Err(StoreError::LostLease { .. })));
    assert!(matches!(store.cancel_requested(&zombie).await, Err(StoreError::LostLease { .. })));
    let report = store.report_progress(&zombie, &zombie.snapshot, &stage).await;
    assert!(matches!(report, Err(StoreError::LostLease { .. })));
    let end = store.end_job(&zombie, zombie.snapshot.clone(), done.clone()).await;
    assert!(matches!(end, Err(StoreError::LostLease { .. })));
    assert_eq!(store.events_after(&new.job_id, 0).await.unwrap(), before);
    assert!(store.stored_stages(&new.id).await.unwrap().is_empty());

    store.report_progress(&heir, &heir.snapshot, &stage).await.unwrap();
    assert_eq!(store.stored_stages(&new.id).await.unwrap().len(), 1);
    let end = store.end_job(&heir, heir.snapshot.clone(), done.clone()).await.unwrap();
    assert_eq!((end.state, end.progress), (JobState::Done, 1.0));
    assert!(store.end_job(&heir, heir.snapshot.clone(), done).await.is_err(), "a job ends once");
    let analysis = store.analysis("ana", &new.id).await.unwrap().unwrap();
    assert_eq!((analysis.state.as_str(), analysis.verdict.as_deref()), ("done", Some("pass")));
    let seqs: Vec<i64> = store.events_after(&new.job_id, 0).await.unwrap().iter().map(|e| e.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5]);
}

async fn a_released_job_waits_again_and_a_stop_costs_no_try(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    for (ending, attempt) in [
        (Ending::Released, 1),
        (Ending::Again("the disk was full".into()), 1),
        (Ending::Again("the disk was full".into()), 2),
        (Ending::Released, 3),
        (Ending::Again("the disk was full".into()), 3),
    ] {
        let claim = claim(store).await.unwrap();
        assert_eq!(claim.snapshot.attempt, attempt);
        let pauses = matches!(ending, Ending::Again(_));
        let snapshot = store.end_job(&claim, claim.snapshot.clone(), ending).await.unwrap();
        assert_eq!(snapshot.state, JobState::Queued);
        assert_eq!(store.analysis("ana", &new.id).await.unwrap().unwrap().state, "queued");
        let waiting = &store.list_jobs(JobList::Waiting).await.unwrap()[0];
        let pause = waiting.run_at - crate::now_ms();
        if pauses {
            let expected = 5_000 * 4_i64.pow(attempt - 1);
            assert!((expected - 2_000..=expected).contains(&pause), "{pause}");
            assert_eq!(waiting.last_error.as_deref(), Some("the disk was full"));
            assert!(super::claim(store).await.is_none(), "not before the pause is over");
            sqlx::query("UPDATE jobs SET run_at = 0").execute(&store.db).await.unwrap();
        }
    }
    assert_eq!(MAX_ATTEMPTS, 3);
    assert!(claim(store).await.is_none(), "no fourth try");
    assert_eq!(store.end_abandoned_jobs(&worn_out()).await.unwrap(), [new.job_id]);
    assert_eq!(store.list_jobs(JobList::Dead).await.unwrap().len(), 1);
}

async fn abandoned_jobs_are_tried_again_and_end_after_the_last_try(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    for _ in 0..MAX_ATTEMPTS {
        assert!(claim(store).await.is_some());
        assert!(claim(store).await.is_none(), "its worker lives");
        assert!(store.end_abandoned_jobs(&worn_out()).await.unwrap().is_empty());
        store.expire_leases().await.unwrap();
    }
    assert_eq!(store.end_abandoned_jobs(&worn_out()).await.unwrap(), std::slice::from_ref(&new.job_id));
    let snapshot = store.job("ana", &new.job_id).await.unwrap().unwrap();
    assert_eq!((snapshot.state, snapshot.error.unwrap().slug.as_str()), (JobState::Failed, "x"));
    assert!(claim(store).await.is_none());
    assert_eq!(store.queue_depth().await.unwrap(), QueueDepth { dead: 1, ..QueueDepth::default() });
}

async fn cancelling_ends_a_waiting_job_and_asks_a_running_one(on: On) {
    let store = &on.store;
    let waiting = queued(store, "ana", "waiting").await.job_id;
    assert_eq!(store.cancel_job("bo", &waiting).await.unwrap(), Cancelled::Unknown);
    let Cancelled::Accepted(snapshot) = store.cancel_job("ana", &waiting).await.unwrap() else { panic!() };
    assert_eq!(snapshot.state, JobState::Cancelled);
    assert!(claim(store).await.is_none());

    let running = queued(store, "ana", "running").await.job_id;
    let claim = claim(store).await.unwrap();
    assert!(!store.cancel_requested(&claim).await.unwrap());
    store.cancel_job("ana", &running).await.unwrap();
    assert!(store.cancel_requested(&claim).await.unwrap() && store.keep_lease(&claim).await.unwrap());
    // Its worker dies before it obeys: the reconciler obeys.
    store.expire_leases().await.unwrap();
    assert_eq!(store.end_abandoned_jobs(&worn_out()).await.unwrap().len(), 1);
    assert_eq!(store.job("ana", &running).await.unwrap().unwrap().state, JobState::Cancelled);
}

async fn deleting_an_analysis_takes_everything_of_it_and_nothing_else(on: On) {
    let store = &on.store;
    let (one, two) = (queued(store, "ana", "one").await, queued(store, "ana", "two").await);
    let claim = claim(store).await.unwrap();
    assert!(!store.delete_analysis("bo", &one.id).await.unwrap());
    assert!(store.delete_analysis("ana", &one.id).await.unwrap());
    assert!(store.events_after(&one.job_id, 0).await.unwrap().is_empty());
    assert!(matches!(store.keep_lease(&claim).await, Err(StoreError::LostLease { .. })));
    assert_eq!(store.analyses("ana", &AnalysisFilter::default(), None, 10).await.unwrap().items[0].id, two.id);
    assert_eq!(store.events_after(&two.job_id, 0).await.unwrap().len(), 1);
}

async fn two_that_delete_and_claim_never_wait_crosswise(on: On) {
    for round in 0..20 {
        let new = queued(&on.store, "ana", "one").await;
        let (one, two) = (on.store.clone(), on.store.clone());
        let id = new.id.clone();
        let delete = tokio::spawn(async move { one.delete_analysis("ana", &id).await });
        let claim = tokio::spawn(async move { two.claim_job("test", i64::MIN).await });
        assert!(delete.await.unwrap().unwrap(), "round {round}");
        // Taken or gone, but never an error of the database.
        let _ = claim.await.unwrap().unwrap();
        assert!(on.store.analysis("ana", &new.id).await.unwrap().is_none());
    }
}

async fn the_queue_says_how_deep_it_is_and_a_job_what_started_it(on: On) {
    let store = &on.store;
    for name in ["one", "two", "three"] {
        queued(store, "ana", name).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let depth = store.queue_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.delayed, depth.running, depth.dead), (3, 0, 0, 0));
    assert!((20..60_000).contains(&depth.oldest_ms), "{depth:?}");

    let first = claim(store).await.unwrap();
    assert_eq!(first.origin.request_id.as_deref(), Some("request of one"));
    assert!(first.is_first && first.accepted_at > 0);
    let second = claim(store).await.unwrap();
    store.end_job(&first, first.snapshot.clone(), Ending::Again("the disk was full".into())).await.unwrap();
    store.end_job(&second, second.snapshot.clone(), Ending::Released).await.unwrap();
    let depth = store.queue_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.delayed, depth.running, depth.dead), (2, 1, 0, 0));
    let again = claim(store).await.unwrap();
    assert_eq!((again.job_id, again.is_first), (second.job_id, false), "its first start is over");
}

/// A client that goes away drops the work for it wherever it is. What others write afterwards must be there.
async fn work_that_is_dropped_midway_leaves_nothing_open(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    for turn in 0..300_u64 {
        // At every moment of a transaction, also at the very first.
        let dropped = store.cancel_job("ana", "no such job");
        let _ = tokio::time::timeout(std::time::Duration::from_micros(turn * 7), dropped).await;
    }
    let claim = claim(store).await.unwrap();
    // Statements of their own on every connection of the pool: a second process sees them at once.
    let other = crate::Store::open(&on.place).await.unwrap();
    for turn in 0..40 {
        let name = format!("turn {turn}");
        sqlx::query("UPDATE analyses SET name = $1 WHERE id = $2")
            .bind(&name)
            .bind(&new.id)
            .execute(&store.db)
            .await
            .unwrap();
        assert_eq!(other.analysis("ana", &new.id).await.unwrap().unwrap().name, name);
    }
    assert_eq!(claim.job_id, new.job_id);
}
