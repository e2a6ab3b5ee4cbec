//! Tables of other versions.

use super::{On, on_both};
use crate::{Place, Store, StoreError};

on_both! {
    tables_of_another_version_are_refused,
    only_migrate_makes_tables_when_told_so,
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
