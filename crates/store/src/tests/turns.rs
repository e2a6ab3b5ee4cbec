//! Whose turn it is, and what happens to jobs that are given up.

use super::{On, claim, on_both, queued, queued_as, worn_out};
use crate::{Ending, JobList, JobState, LONG, SHORT, now_ms};

on_both! {
    nobody_is_stuck_behind_the_many_jobs_of_another,
    short_jobs_go_first_but_long_ones_do_not_wait_for_ever,
    jobs_that_are_given_up_can_be_retried_and_dropped,
    a_job_is_found_by_its_result,
}

async fn nobody_is_stuck_behind_the_many_jobs_of_another(on: On) {
    let store = &on.store;
    for _ in 0..4 {
        queued(store, "ana", "one of many").await;
    }
    queued(store, "bo", "single").await;
    queued(store, "cy", "single").await;
    let mut turns = Vec::new();
    while let Some(claim) = claim(store).await {
        turns.push(claim.owner_id);
    }
    assert_eq!(turns, ["ana", "bo", "cy", "ana", "ana", "ana"]);
}

async fn short_jobs_go_first_but_long_ones_do_not_wait_for_ever(on: On) {
    let store = &on.store;
    let long = queued_as(store, "ana", "long", LONG).await;
    let short = queued_as(store, "ana", "short", SHORT).await;
    let old = queued_as(store, "ana", "long and old", LONG).await;
    let then = now_ms() - 11 * 60 * 1000;
    sqlx::query("UPDATE jobs SET created_at = $1 WHERE id = $2")
        .bind(then)
        .bind(&old.job_id)
        .execute(&store.db)
        .await
        .unwrap();
    let only_short = store.claim_job("test", SHORT).await.unwrap().unwrap();
    assert_eq!((only_short.job_id.as_str(), only_short.priority), (short.job_id.as_str(), SHORT));
    assert!(store.claim_job("test", SHORT).await.unwrap().is_none(), "the others are long");
    store.end_job(&only_short, only_short.snapshot.clone(), Ending::Released).await.unwrap();
    let mut turns = Vec::new();
    while let Some(claim) = claim(store).await {
        turns.push(claim.job_id);
    }
    assert_eq!(turns, [old.job_id, short.job_id, long.job_id]);
}

async fn jobs_that_are_given_up_can_be_retried_and_dropped(on: On) {
    let store = &on.store;
    let (one, two) = (queued(store, "ana", "one").await, queued(store, "ana", "two").await);
    // A job that failed because of its files is nobody's work but its owner's.
    let refused = queued(store, "ana", "refused").await;
    for new in [&one, &two, &refused] {
        let claim = claim(store).await.unwrap();
        assert_eq!(claim.job_id, new.job_id);
        let ending = if new.job_id == refused.job_id {
            Ending::Failed(worn_out())
        } else {
            Ending::Dead(worn_out(), "the disk was full".into())
        };
        store.end_job(&claim, claim.snapshot.clone(), ending).await.unwrap();
    }
    let dead = store.list_jobs(JobList::Dead).await.unwrap();
    assert_eq!(dead.iter().map(|j| &j.id).collect::<Vec<_>>(), [&one.job_id, &two.job_id]);
    assert_eq!((dead[0].last_error.as_deref(), dead[0].worker.as_deref()), (Some("the disk was full"), Some("test")));

    assert!(
        !store.retry_dead_job(&refused.job_id).await.unwrap() && !store.drop_dead_job(&refused.job_id).await.unwrap()
    );
    assert!(store.drop_dead_job(&two.job_id).await.unwrap() && !store.retry_dead_job(&two.job_id).await.unwrap());
    assert!(store.retry_dead_job(&one.job_id).await.unwrap() && !store.retry_dead_job(&one.job_id).await.unwrap());
    assert!(store.list_jobs(JobList::Dead).await.unwrap().is_empty());

    let again = claim(store).await.unwrap();
    assert_eq!((again.job_id.as_str(), again.snapshot.attempt), (one.job_id.as_str(), 1));
    let events = store.events_after(&one.job_id, 0).await.unwrap();
    let seqs: Vec<i64> = events.iter().map(|e| e.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5], "events go on");
    let done = Ending::Done { result_key: "results/one".into(), verdict: "pass".into() };
    store.end_job(&again, again.snapshot.clone(), done).await.unwrap();
    let snapshot = store.job("ana", &one.job_id).await.unwrap().unwrap();
    assert_eq!((snapshot.state, snapshot.error), (JobState::Done, None));
}

async fn a_job_is_found_by_its_result(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    let claim = claim(store).await.unwrap();
    assert!(!store.is_result(&new.id, "results/one").await.unwrap());
    let done = Ending::Done { result_key: "results/one".into(), verdict: "pass".into() };
    store.end_job(&claim, claim.snapshot.clone(), done).await.unwrap();
    assert!(store.is_result(&new.id, "results/one").await.unwrap());
    assert!(!store.is_result(&new.id, "results/other").await.unwrap());
}
