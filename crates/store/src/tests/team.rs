//! Audits that several processes share.

use super::{On, claim, queued, queued_as};
use crate::{Claim, Elsewhere, Ending, LONG, Member, SHORT, Store, Turn};

/// A shared job: its owner's claim and membership, and a helper.
async fn shared(store: &Store) -> (Claim, Member, Member) {
    queued(store, "ana", "a").await;
    let claim = claim(store).await.unwrap();
    let own = store.open_to_members(&claim, "first", "b1").await.unwrap();
    assert!(store.help("second", "b1").await.unwrap().is_none(), "nothing is to be done yet");
    assert_eq!(store.take_stage(&own, &stages()).await.unwrap(), Turn::Take(1));
    let helper = store.help("second", "b1").await.unwrap().expect("a job to help with");
    assert_eq!((&helper.job_id, helper.owner_id.as_str()), (&own.job_id, "ana"));
    (claim, own, helper)
}

fn stages() -> Vec<(String, i64)> {
    [("data", 10), ("explain", 300), ("fairness", 20)].map(|(id, ms)| (id.to_owned(), ms)).to_vec()
}

#[tokio::test]
async fn stages_go_by_weight_and_all_see_the_end() {
    let on = On::postgres().await;
    let (store, (claim, own, helper)) = (&on.store, shared(&on.store).await);
    assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), Turn::Take(2));
    assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), Turn::Take(0));
    assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), Turn::Wait);
    store.give_block(&helper, "fairness", "", 2, b"two").await.unwrap();
    let seen = store.elsewhere(&own, &[]).await.unwrap();
    assert_eq!(seen, [Elsewhere::Running(0), Elsewhere::Done(2, b"two".to_vec())]);
    assert_eq!(store.elsewhere(&own, &[2]).await.unwrap(), [Elsewhere::Running(0)]);
    store.give_block(&helper, "data", "", 0, b"zero").await.unwrap();
    store.give_block(&own, "explain", "", 1, b"one").await.unwrap();
    // Somebody who was late: the first answer stays.
    store.give_block(&helper, "explain", "", 1, b"other").await.unwrap();
    let all = Turn::Done(vec![b"zero".to_vec(), b"one".to_vec(), b"two".to_vec()]);
    assert_eq!(store.take_stage(&own, &stages()).await.unwrap(), all);
    assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), all);
    assert!(store.keep_membership(&helper).await.unwrap());
    store.end_job(&claim, claim.snapshot.clone(), Ending::Cancelled).await.unwrap();
    assert!(!store.keep_membership(&helper).await.unwrap());
    assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), Turn::Gone);
    let (left,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM blocks").fetch_one(&store.db).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn parts_are_shared_and_taken_back_from_who_is_gone() {
    let on = On::postgres().await;
    let (store, (_, own, helper)) = (&on.store, shared(&on.store).await);
    for block in 0..2 {
        assert_eq!(store.take_block(&own, "explain", "shap", 3).await.unwrap(), Turn::Take(block));
    }
    // All other stages first, then the parts of the one that has some left.
    for stage in [2, 0, 1] {
        assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), Turn::Take(stage));
    }
    assert_eq!(store.take_block(&helper, "explain", "shap", 3).await.unwrap(), Turn::Take(2));
    assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), Turn::Wait, "nothing of it is free");
    store.give_block(&helper, "explain", "shap", 2, &[0, 255]).await.unwrap();
    store.give_block(&own, "explain", "shap", 1, &[]).await.unwrap();
    assert_eq!(store.take_block(&helper, "explain", "shap", 3).await.unwrap(), Turn::Wait);
    sqlx::query("UPDATE members SET lease_until = 0 WHERE token = $1")
        .bind(&own.token)
        .execute(&store.db)
        .await
        .unwrap();
    assert_eq!(store.take_block(&helper, "explain", "shap", 3).await.unwrap(), Turn::Take(0));
    store.give_block(&helper, "explain", "shap", 0, b"x").await.unwrap();
    let all = Turn::Done(vec![b"x".to_vec(), vec![], vec![0, 255]]);
    assert_eq!(store.take_block(&helper, "explain", "shap", 3).await.unwrap(), all);
    store.give_block(&helper, "explain", "", 1, b"explained").await.unwrap();
    assert_eq!(store.take_block(&own, "explain", "shap", 3).await.unwrap(), Turn::Gone);
    store.leave(&helper).await.unwrap();
    assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), Turn::Gone);
}

#[tokio::test]
async fn only_the_same_program_helps_and_another_one_starts_anew() {
    let on = On::postgres().await;
    let (store, (claim_one, own, helper)) = (&on.store, shared(&on.store).await);
    assert!(store.help("third", "b2").await.unwrap().is_none());
    store.give_block(&own, "explain", "", 1, b"one").await.unwrap();
    sqlx::query("UPDATE jobs SET lease_until = 0").execute(&store.db).await.unwrap();
    assert!(store.help("third", "b1").await.unwrap().is_none(), "nobody holds the job");
    let heir = claim(store).await.unwrap();
    assert_eq!(heir.job_id, claim_one.job_id);
    store.open_to_members(&claim_one, "first", "b1").await.unwrap_err();
    let own = store.open_to_members(&heir, "heir", "b2").await.unwrap();
    assert_eq!(
        store.take_stage(&own, &stages()).await.unwrap(),
        Turn::Take(1),
        "what the other program did is not taken"
    );
    assert_eq!(store.take_stage(&helper, &stages()).await.unwrap(), Turn::Gone);
}

/// A place that is kept for short jobs is not given up for a long one, which could not take it.
#[tokio::test]
async fn a_helper_makes_room_only_for_who_may_have_its_place() {
    let on = On::postgres().await;
    let store = &on.store;
    assert!(!store.is_job_due(LONG).await.unwrap());
    queued_as(store, "ana", "long", LONG).await;
    assert!(store.is_job_due(LONG).await.unwrap() && !store.is_job_due(SHORT).await.unwrap());
    queued_as(store, "ana", "short", SHORT).await;
    assert!(store.is_job_due(SHORT).await.unwrap());
}

#[tokio::test]
async fn an_heir_of_the_same_program_keeps_what_is_done() {
    let on = On::postgres().await;
    let (store, (_, own, _)) = (&on.store, shared(&on.store).await);
    store.give_block(&own, "explain", "", 1, b"one").await.unwrap();
    sqlx::query("UPDATE jobs SET lease_until = 0").execute(&store.db).await.unwrap();
    let heir = claim(store).await.unwrap();
    let heir = store.open_to_members(&heir, "heir", "b1").await.unwrap();
    assert_eq!(store.take_stage(&heir, &stages()).await.unwrap(), Turn::Take(2));
}
