//! Keys, the trail, the end of an account, and limits in Redis.

use std::time::Duration;

use fine_services::Redis;

use super::{On, claim, on_both, queued};
use crate::{
    Action, Address, ApiKey, Dataset, Ending, Kind, NewTrail, Rate, SharedRates, StoreError, TrailFilter, now_ms,
};

on_both! {
    keys_are_good_until_they_expire_or_are_revoked,
    keys_are_limited_also_at_once,
    the_trail_is_the_owners_and_is_forgotten,
    a_deleted_account_takes_everything_of_its_own,
    files_of_a_deleted_account_are_deleted_until_it_works,
}

fn key(owner: &str, id: &str, expires_at: i64) -> ApiKey {
    ApiKey {
        id: id.into(),
        owner_id: owner.into(),
        name: "CI".into(),
        hint: "fine_abcd".into(),
        scopes: "read audit".into(),
        created_at: now_ms(),
        expires_at,
        last_used_at: None,
    }
}

const HOUR: i64 = 3_600_000;

async fn keys_are_good_until_they_expire_or_are_revoked(on: On) {
    let (store, later) = (&on.store, now_ms() + HOUR);
    let user = store.add_user("ana@example.org", "hash", "{}").await.unwrap().unwrap();
    assert!(store.add_api_key(&key(&user.id, "1", later), "h1", 9).await.unwrap());
    assert!(store.add_api_key(&key(&user.id, "2", now_ms() - 1), "h2", 9).await.unwrap());
    assert!(store.add_api_key(&key("elsewhere", "3", later), "h3", 9).await.unwrap());
    let used = store.use_api_key("h1").await.unwrap().unwrap();
    assert_eq!((used.id.as_str(), used.owner_id, used.email.as_str()), ("1", user.id.clone(), "ana@example.org"));
    assert_eq!(store.use_api_key("h3").await.unwrap().unwrap().email, "", "whose accounts are kept elsewhere");
    assert!(store.use_api_key("h2").await.unwrap().is_none(), "it has expired");
    assert!(store.use_api_key("h4").await.unwrap().is_none());
    let keys = store.api_keys(&user.id).await.unwrap();
    assert_eq!(
        keys.iter().map(|k| (k.id.as_str(), k.last_used_at.is_some())).collect::<Vec<_>>(),
        [("2", false), ("1", true)]
    );

    assert!(!store.revoke_api_key("elsewhere", "1").await.unwrap(), "only its owner");
    assert!(store.api_key_is_good("1").await.unwrap());
    assert!(store.revoke_api_key(&user.id, "1").await.unwrap());
    assert!(!store.api_key_is_good("1").await.unwrap() && store.use_api_key("h1").await.unwrap().is_none());
    assert_eq!(store.sweep_api_keys(now_ms()).await.unwrap(), 1);
}

async fn keys_are_limited_also_at_once(on: On) {
    let (store, later) = (&on.store, now_ms() + HOUR);
    assert!(store.add_api_key(&key("ana", "expired", 1), "h", 3).await.unwrap());
    assert!(store.add_api_key(&key("ana", "first", later), "h0", 3).await.unwrap());
    let adding = (0..8).map(|n| async move {
        store.add_api_key(&key("ana", &format!("k{n}"), later), &format!("k{n}"), 3).await.unwrap()
    });
    let added = futures::future::join_all(adding).await;
    assert_eq!(added.iter().filter(|added| **added).count(), 2, "with the one that was there, and not the expired one");
    assert!(store.add_api_key(&key("bo", "other", later), "h1", 3).await.unwrap());
}

async fn note(on: &On, owner: Option<&str>, action: Action) {
    let new = NewTrail { owner, key: None, action, subject: Some("dataset/1"), address: Some("192.0.2.7") };
    on.store.add_trail(new).await.unwrap();
}

async fn the_trail_is_the_owners_and_is_forgotten(on: On) {
    note(&on, Some("ana"), Action::SignIn).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    note(&on, Some("ana"), Action::Upload).await;
    note(&on, Some("bo"), Action::SignIn).await;
    note(&on, None, Action::SignInRefused).await;
    let page = on.store.trail("ana", None, 1).await.unwrap();
    assert_eq!(page.items[0].action, "upload");
    let next = on.store.trail("ana", page.next_cursor.as_deref(), 1).await.unwrap();
    assert_eq!((next.items[0].action.as_str(), next.next_cursor), ("sign-in", None));
    let count = async |filter: TrailFilter| on.store.whole_trail(&filter, 100).await.unwrap().len();
    assert_eq!(count(TrailFilter::default()).await, 4);
    assert_eq!(count(TrailFilter { action: "sign-in".into(), ..TrailFilter::default() }).await, 2);
    assert_eq!(count(TrailFilter { owner: "bo".into(), ..TrailFilter::default() }).await, 1);
    assert_eq!(count(TrailFilter { since: now_ms() + HOUR, ..TrailFilter::default() }).await, 0);
    assert_eq!(on.store.sweep_trail(now_ms() - HOUR).await.unwrap(), 0);
    assert_eq!(on.store.sweep_trail(now_ms() + HOUR).await.unwrap(), 4);
}

async fn dataset(on: &On, owner: &str, id: &str) {
    let row = Dataset {
        id: id.into(),
        owner_id: owner.into(),
        filename: "loans.csv".into(),
        bytes: 3,
        sha256: "00".into(),
        format: "csv".into(),
        row_count: 1,
        column_count: 1,
        preview: "{}".into(),
        created_at: 0,
    };
    on.store.files.put(&Kind::Dataset.key(id), b"a,b".to_vec()).await.unwrap();
    on.store.add_dataset(&row).await.unwrap();
}

async fn a_deleted_account_takes_everything_of_its_own(on: On) {
    let store = &on.store;
    let ana = store.add_user("ana@example.org", "hash", "{}").await.unwrap().unwrap().id;
    let bo = store.add_user("bo@example.org", "hash", "{}").await.unwrap().unwrap().id;
    let session = store.start_session(&ana, "t1").await.unwrap();
    assert!(store.session_started(&session, &ana).await.unwrap().is_some());
    for (owner, id) in [(&ana, "d1"), (&bo, "d2")] {
        dataset(&on, owner, id).await;
        note(&on, Some(owner), Action::Upload).await;
        assert!(store.add_api_key(&key(owner, id, now_ms() + HOUR), id, 9).await.unwrap());
    }
    // One audit done, one running, one waiting; and one of the other person.
    let (done, running) = (queued(store, &ana, "done").await, queued(store, &ana, "running").await);
    let first = claim(store).await.unwrap();
    assert_eq!(first.job_id, done.job_id);
    let result_key = Kind::Result.key("r1");
    store.files.put(&result_key, b"{}".to_vec()).await.unwrap();
    let ending = Ending::Done { result_key: result_key.clone(), verdict: "pass".into() };
    store.end_job(&first, first.snapshot.clone(), ending).await.unwrap();
    let second = claim(store).await.unwrap();
    assert_eq!(second.job_id, running.job_id);
    let (waiting, kept) = (queued(store, &ana, "waiting").await, queued(store, &bo, "of bo").await);

    store.delete_account(&ana).await.unwrap();
    assert!(matches!(store.keep_lease(&second).await, Err(StoreError::LostLease { .. })), "the worker stops");
    for new in [&done, &running, &waiting] {
        assert!(store.job(&ana, &new.job_id).await.unwrap().is_none());
        assert!(store.events_after(&new.job_id, 0).await.unwrap().is_empty());
    }
    assert!(store.user(&ana).await.unwrap().is_none() && store.dataset(&ana, "d1").await.unwrap().is_none());
    assert!(!store.session_is_open(&session, &ana).await.unwrap() && store.use_api_key("d1").await.unwrap().is_none());
    for gone in [Kind::Dataset.key("d1"), result_key] {
        assert!(store.files.get(&gone).await.unwrap_err().is_missing());
    }
    let trail = store.whole_trail(&TrailFilter::default(), 100).await.unwrap();
    let nameless: Vec<&str> = trail.iter().filter(|t| t.owner_id.is_none()).map(|t| t.action.as_str()).collect();
    assert_eq!(nameless, ["account-delete", "upload"]);
    assert!(trail.iter().filter(|t| t.owner_id.is_none()).all(|t| t.address.is_none() && t.subject.is_none()));

    assert!(store.dataset(&bo, "d2").await.unwrap().is_some() && store.use_api_key("d2").await.unwrap().is_some());
    assert_eq!(store.files.get(&Kind::Dataset.key("d2")).await.unwrap(), "a,b");
    assert!(store.job(&bo, &kept.job_id).await.unwrap().is_some());
    store.delete_account(&ana).await.unwrap();
}

async fn files_of_a_deleted_account_are_deleted_until_it_works(on: On) {
    dataset(&on, "ana", "d1").await;
    // A folder in the place of the file cannot be deleted as one.
    let path = on.store.folder().join("files").join(Kind::Dataset.key("d1"));
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert!(on.store.delete_account("ana").await.is_err());
    assert!(on.store.dataset("ana", "d1").await.unwrap().is_none(), "the rows are gone already");
    std::fs::remove_dir(&path).unwrap();
    std::fs::write(&path, "a,b").unwrap();
    on.store.erase_doomed().await.unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn redis_buckets_fill_at_their_rate_and_are_shared() {
    let mut redis = Redis::start();
    let address = Address::redis(&redis.url()).unwrap();
    let (one, two) = (SharedRates::new(&address).unwrap(), SharedRates::new(&address).unwrap());
    let rate = Rate { every: Duration::from_millis(500), burst: 4 };
    let mut left = Vec::new();
    for n in 0..4 {
        let taken = if n % 2 == 0 { &one } else { &two }.take("ana", rate).await.unwrap();
        assert!(taken.wait.is_none() && taken.full_in <= Duration::from_millis(500 * (n + 1)), "{taken:?}");
        left.push(taken.left);
    }
    assert_eq!(left, [3, 2, 1, 0]);
    let refused = two.take("ana", rate).await.unwrap();
    let wait = refused.wait.expect("the bucket is empty");
    assert!(wait <= Duration::from_millis(500) && refused.full_in <= Duration::from_secs(2), "{refused:?}");
    assert!(one.take("bo", rate).await.unwrap().wait.is_none(), "another bucket");
    tokio::time::sleep(wait + Duration::from_millis(20)).await;
    assert!(one.take("ana", rate).await.unwrap().wait.is_none(), "what was said holds");
    assert!(one.take("ana", rate).await.unwrap().wait.is_some());

    redis.kill();
    let begun = std::time::Instant::now();
    assert!(matches!(one.take("ana", rate).await, Err(StoreError::Transport(_))));
    assert!(begun.elapsed() < Duration::from_secs(1));
}
