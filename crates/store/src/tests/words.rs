//! Narratives, questions and answers belong to an analysis and its owner.

use super::{On, on_both, queued};
use crate::words::Exchange;

on_both! {
    words_are_seen_by_the_owner_alone_and_go_with_the_analysis,
    the_oldest_questions_are_forgotten,
}

async fn words_are_seen_by_the_owner_alone_and_go_with_the_analysis(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    assert_eq!(store.narrative("ana", &new.id, "en").await.unwrap(), None);
    assert!(store.keep_narrative("ana", &new.id, "en", "{\"a\":1}").await.unwrap());
    assert!(store.keep_narrative("ana", &new.id, "en", "{\"a\":2}").await.unwrap(), "anew");
    assert!(!store.keep_narrative("bo", &new.id, "en", "{}").await.unwrap(), "not hers");
    assert_eq!(store.narrative("ana", &new.id, "en").await.unwrap().as_deref(), Some("{\"a\":2}"));
    assert_eq!(store.narrative("ana", &new.id, "es").await.unwrap(), None);
    assert_eq!(store.narrative("bo", &new.id, "en").await.unwrap(), None);

    let asked = |id: &str| Exchange { id: id.to_owned(), document: format!("{{\"id\":\"{id}\"}}") };
    assert!(store.keep_exchange("ana", &new.id, &asked("1")).await.unwrap());
    assert!(store.keep_exchange("ana", &new.id, &asked("2")).await.unwrap());
    assert!(!store.keep_exchange("bo", &new.id, &asked("3")).await.unwrap());
    assert_eq!(store.exchanges("ana", &new.id).await.unwrap(), [asked("1"), asked("2")]);
    assert!(store.exchanges("bo", &new.id).await.unwrap().is_empty());
    assert_eq!(store.forget_exchanges("bo", &new.id).await.unwrap(), 0);
    assert_eq!(store.forget_exchanges("ana", &new.id).await.unwrap(), 2);

    store.keep_exchange("ana", &new.id, &asked("4")).await.unwrap();
    assert!(store.delete_analysis("ana", &new.id).await.unwrap());
    for table in ["narratives", "exchanges"] {
        let (left,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")))
            .fetch_one(&store.db)
            .await
            .unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

async fn the_oldest_questions_are_forgotten(on: On) {
    let store = &on.store;
    let new = queued(store, "ana", "one").await;
    for number in 0..205 {
        let asked = Exchange { id: format!("{number:04}"), document: "{}".to_owned() };
        assert!(store.keep_exchange("ana", &new.id, &asked).await.unwrap());
    }
    let kept = store.exchanges("ana", &new.id).await.unwrap();
    assert_eq!((kept.len(), kept[0].id.as_str()), (200, "0005"));
}
