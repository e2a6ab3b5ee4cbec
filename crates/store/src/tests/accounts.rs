//! Sessions and recoveries.

use std::time::Duration;

use super::{On, on_both};
use crate::{RecoveryCheck, Refresh};

on_both! {
    refresh_tokens_rotate_and_reuse_ends_the_session,
    recoveries_are_good_once_and_for_few_guesses,
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
