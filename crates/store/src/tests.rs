//! The queue's promises, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fine_services::{Database, Postgres};
use futures::FutureExt;
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    Address, AnalysisFilter, Cancelled, Ending, Handler, JobState, MAX_ATTEMPTS, NewAnalysis, Place, Problem,
    RecoveryCheck, Refresh, Snapshot, Store, StoreError, Transport,
};

/// A store with an empty database.
struct On {
    store: Store,
    place: Place,
    _folder: TempDir,
    _database: Option<Database>,
}

impl On {
    async fn sqlite() -> Self {
        Self::new(false).await
    }

    async fn postgres() -> Self {
        Self::new(true).await
    }

    /// A place without tables, and what keeps it.
    fn bare(postgres: bool) -> (Place, TempDir, Option<Database>) {
        let folder = tempfile::tempdir().unwrap();
        let database = postgres.then(|| Postgres::shared().database());
        let place = Place {
            folder: folder.path().join("data with spaces % and #"),
            database: database.as_ref().map(|d| Address::postgres(&d.url()).unwrap()),
            create: true,
        };
        (place, folder, database)
    }

    async fn new(postgres: bool) -> Self {
        let (place, folder, database) = Self::bare(postgres);
        let store = Store::open(&place).await.unwrap();
        Self { store, place, _folder: folder, _database: database }
    }
}

/// Every test once for each database.
macro_rules! on_both {
    ($($name:ident,)*) => {
        mod sqlite {
            $(#[tokio::test] async fn $name() { super::$name(super::On::sqlite().await).await; })*
        }
        mod postgres {
            $(#[tokio::test] async fn $name() { super::$name(super::On::postgres().await).await; })*
        }
    };
}

on_both! {
    a_job_is_taken_once_however_often_it_is_named,
    a_worker_that_lost_its_lease_writes_nothing,
    a_released_job_waits_again_and_a_stop_costs_no_try,
    abandoned_jobs_are_tried_again_and_end_after_the_last_try,
    cancelling_ends_a_waiting_job_and_asks_a_running_one,
    deleting_an_analysis_takes_everything_of_it_and_nothing_else,
    the_transport_delivers_and_survives_the_loss_of_its_file,
    refresh_tokens_rotate_and_reuse_ends_the_session,
    recoveries_are_good_once_and_for_few_guesses,
    tables_of_another_version_are_refused,
    only_migrate_makes_tables_when_told_so,
    two_that_delete_and_claim_never_wait_crosswise,
}

async fn queued(store: &Store, owner: &str, name: &str) -> NewAnalysis {
    let (id, job_id) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let new = NewAnalysis {
        snapshot: Snapshot::queued(&job_id, &id, &["data", "explain"], crate::rfc3339(0)),
        id,
        job_id,
        owner_id: owner.into(),
        name: name.into(),
        task: "binary".into(),
        row_count: 10,
        dataset: ("d".into(), "data.csv".into()),
        model: Some(("m".into(), "model.json".into())),
        reference_id: None,
        request: "{}".into(),
        priority: 0,
    };
    store.add_analysis(&new).await.unwrap();
    new
}

fn worn_out() -> Problem {
    serde_json::from_str(r#"{"type": "/problems/x", "title": "x", "status": 500, "slug": "x"}"#).unwrap()
}

async fn a_job_is_taken_once_however_often_it_is_named(on: On) {
    let store = &on.store;
    let job = queued(store, "ana", "one").await.job_id;
    let tries = (0..8).map(|_| {
        let (store, job) = (store.clone(), job.clone());
        tokio::spawn(async move { store.claim_job(&job).await.unwrap().is_some() })
    });
    let taken = futures::future::join_all(tries).await;
    assert_eq!(taken.into_iter().filter(|t| *t.as_ref().unwrap()).count(), 1);
    assert!(store.claim_job("unknown").await.unwrap().is_none());
}

async fn a_worker_that_lost_its_lease_writes_nothing(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    let zombie = store.claim_job(&new.job_id).await.unwrap().unwrap();
    store.expire_leases().await.unwrap();
    let heir = store.claim_job(&new.job_id).await.unwrap().unwrap();
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
    for (refund, attempt) in [(true, 1), (false, 1), (false, 2), (false, 3)] {
        let claim = store.claim_job(&new.job_id).await.unwrap().unwrap();
        assert_eq!(claim.snapshot.attempt, attempt);
        let snapshot = store.end_job(&claim, claim.snapshot.clone(), Ending::Released { refund }).await.unwrap();
        assert_eq!(snapshot.state, JobState::Queued);
        assert_eq!(store.overdue_jobs().await.unwrap().len(), 1);
    }
    assert_eq!(MAX_ATTEMPTS, 3);
    assert!(store.claim_job(&new.job_id).await.unwrap().is_none(), "no fourth try");
    assert_eq!(store.end_abandoned_jobs(&worn_out()).await.unwrap(), [new.job_id]);
}

async fn abandoned_jobs_are_tried_again_and_end_after_the_last_try(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    for _ in 0..MAX_ATTEMPTS {
        assert!(store.claim_job(&new.job_id).await.unwrap().is_some());
        assert!(store.overdue_jobs().await.unwrap().is_empty(), "its worker lives");
        assert!(store.end_abandoned_jobs(&worn_out()).await.unwrap().is_empty());
        store.expire_leases().await.unwrap();
        assert_eq!(store.overdue_jobs().await.unwrap().len(), 1);
    }
    assert_eq!(store.end_abandoned_jobs(&worn_out()).await.unwrap(), std::slice::from_ref(&new.job_id));
    let snapshot = store.job("ana", &new.job_id).await.unwrap().unwrap();
    assert_eq!((snapshot.state, snapshot.error.unwrap().slug.as_str()), (JobState::Failed, "x"));
    assert!(store.overdue_jobs().await.unwrap().is_empty());
    assert_eq!(store.queue_depth().await.unwrap(), (0, 0));
}

async fn cancelling_ends_a_waiting_job_and_asks_a_running_one(on: On) {
    let store = &on.store;
    let waiting = queued(store, "ana", "waiting").await.job_id;
    assert_eq!(store.cancel_job("bo", &waiting).await.unwrap(), Cancelled::Unknown);
    let Cancelled::Accepted(snapshot) = store.cancel_job("ana", &waiting).await.unwrap() else { panic!() };
    assert_eq!(snapshot.state, JobState::Cancelled);
    assert!(store.claim_job(&waiting).await.unwrap().is_none());

    let running = queued(store, "ana", "running").await.job_id;
    let claim = store.claim_job(&running).await.unwrap().unwrap();
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
    let claim = store.claim_job(&one.job_id).await.unwrap().unwrap();
    assert!(!store.delete_analysis("bo", &one.id).await.unwrap());
    assert!(store.delete_analysis("ana", &one.id).await.unwrap());
    assert!(store.events_after(&one.job_id, 0).await.unwrap().is_empty());
    assert!(matches!(store.keep_lease(&claim).await, Err(StoreError::LostLease { .. })));
    assert_eq!(store.analyses("ana", &AnalysisFilter::default(), None, 10).await.unwrap().items[0].id, two.id);
    assert_eq!(store.events_after(&two.job_id, 0).await.unwrap().len(), 1);
}

async fn the_transport_delivers_and_survives_the_loss_of_its_file(on: On) {
    let store = &on.store;
    let transport = Transport::open(store.folder()).await.unwrap();
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = seen.clone();
    let handler: Handler = Arc::new(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        async {}.boxed()
    });
    let stop = watch::Sender::new(false);
    let run = tokio::spawn({
        let (transport, stop) = (transport.clone(), stop.subscribe());
        async move { transport.run(2, handler, stop).await }
    });
    let message = transport.send("job", 0).await.unwrap();
    for _ in 0..400 {
        if seen.load(Ordering::SeqCst) == 1 && !transport.holds(&message).await.unwrap() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    assert!(!transport.holds(&message).await.unwrap() && !transport.holds("never sent").await.unwrap());
    transport.sweep().await.unwrap();
    stop.send_replace(true);
    tokio::time::timeout(Duration::from_secs(20), run).await.expect("the engine stops when asked").unwrap();

    // An empty engine holds nothing, so the reconciler sends again.
    let fresh = Transport::open(on._folder.path()).await.unwrap();
    assert!(!fresh.holds(&message).await.unwrap());
}

async fn refresh_tokens_rotate_and_reuse_ends_the_session(on: On) {
    let store = &on.store;
    let user = store.add_user("ana@example.org", "hash", "{}").await.unwrap().unwrap();
    assert!(store.add_user("ana@example.org", "other", "{}").await.unwrap().is_none());
    let session = store.start_session(&user.id, "t1").await.unwrap();
    let rotated = Refresh::Rotated { session_id: session.clone(), user_id: user.id.clone() };
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(store.rotate_refresh_token("t1", "t2").await.unwrap(), rotated);
    assert_eq!(store.rotate_refresh_token("t1", "t2b").await.unwrap(), rotated, "two tabs at once");
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(store.rotate_refresh_token("t2", "t3").await.unwrap(), rotated);
    assert_eq!(store.rotate_refresh_token("t1", "t4").await.unwrap(), Refresh::Reused);
    assert!(!store.session_is_open(&session, &user.id).await.unwrap());
    assert_eq!(store.rotate_refresh_token("t3", "t5").await.unwrap(), Refresh::Unknown);
}

async fn recoveries_are_good_once_and_for_few_guesses(on: On) {
    let store = &on.store;
    let user = store.add_user("ana@example.org", "hash", "{}").await.unwrap().unwrap();
    let accepted = RecoveryCheck::Accepted { user_id: user.id.clone() };
    store.start_recovery(&user.id, "token", "code").await.unwrap();
    store.start_recovery(&user.id, "token2", "code2").await.unwrap();
    assert_eq!(store.use_recovery_token("token").await.unwrap(), RecoveryCheck::Refused, "replaced");
    assert_eq!(store.use_recovery_token("token2").await.unwrap(), accepted);
    assert_eq!(store.use_recovery_token("token2").await.unwrap(), RecoveryCheck::Refused, "used");
    store.start_recovery(&user.id, "token3", "code3").await.unwrap();
    for _ in 0..5 {
        assert_eq!(store.use_recovery_code(&user.id, "guess").await.unwrap(), RecoveryCheck::Refused);
    }
    assert_eq!(store.use_recovery_code(&user.id, "code3").await.unwrap(), RecoveryCheck::Refused, "void");
}

async fn tables_of_another_version_are_refused(on: On) {
    let strict = Place { create: false, ..on.place.clone() };
    Store::open(&strict).await.unwrap().close().await;
    let known = crate::schema::known();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (99999, 'of the future', true, '', 0)",
    )
    .execute(&on.store.db)
    .await
    .unwrap();
    for place in [&strict, &on.place] {
        let refusal = Store::open(place).await.unwrap_err();
        assert!(matches!(refusal, StoreError::SchemaTooNew { found: 99999, known: k } if k == known), "{refusal}");
        assert!(refusal.to_string().contains("start the newer program"), "{refusal}");
    }
    let refusal = Store::migrate(&on.place).await.unwrap_err();
    assert!(matches!(refusal, StoreError::SchemaTooNew { .. }), "{refusal}");

    sqlx::query("DELETE FROM _sqlx_migrations WHERE version > 1").execute(&on.store.db).await.unwrap();
    let refusal = Store::open(&strict).await.unwrap_err();
    assert!(matches!(refusal, StoreError::SchemaTooOld { found: 1, known: k } if k == known), "{refusal}");
    assert!(refusal.to_string().contains("run `fine migrate`"), "{refusal}");
}

async fn only_migrate_makes_tables_when_told_so(on: On) {
    // A second, empty database.
    let empty = On::bare(on._database.is_some());
    let strict = Place { create: false, ..empty.0.clone() };
    let refusal = Store::open(&strict).await.unwrap_err();
    assert!(matches!(refusal, StoreError::SchemaTooOld { found: 0, .. }), "{refusal}");
    assert_eq!(Store::migrate(&strict).await.unwrap(), (0, crate::schema::known()));
    assert_eq!(Store::migrate(&strict).await.unwrap().0, crate::schema::known(), "a second time changes nothing");
    Store::open(&strict).await.unwrap().close().await;
}

async fn two_that_delete_and_claim_never_wait_crosswise(on: On) {
    for round in 0..20 {
        let new = queued(&on.store, "ana", "one").await;
        let (one, two) = (on.store.clone(), on.store.clone());
        let (id, job) = (new.id.clone(), new.job_id.clone());
        let delete = tokio::spawn(async move { one.delete_analysis("ana", &id).await });
        let claim = tokio::spawn(async move { two.claim_job(&job).await });
        assert!(delete.await.unwrap().unwrap(), "round {round}");
        // Taken or gone, but never an error of the database.
        let _ = claim.await.unwrap().unwrap();
        assert!(on.store.analysis("ana", &new.id).await.unwrap().is_none());
    }
}
