//! The tables' version: one list of migrations for both databases.

use sqlx::AnyPool;
use sqlx::migrate::{MigrateError, Migrator};

use crate::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The version that this program works with.
pub(crate) fn known() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The version of the tables; 0 when there are none.
pub(crate) async fn version(db: &AnyPool) -> Result<i64, StoreError> {
    let row = sqlx::query_as("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success").fetch_one(db);
    match row.await {
        Ok((version,)) => Ok(version),
        Err(sqlx::Error::Database(e)) if is_no_table(&*e) => Ok(0),
        Err(e) => Err(e.into()),
    }
}

/// PostgreSQL has a code for it, SQLite only words.
fn is_no_table(e: &dyn sqlx::error::DatabaseError) -> bool {
    e.code().as_deref() == Some("42P01") || e.message().starts_with("no such table")
}

/// Refuses tables of another version.
pub(crate) async fn check(db: &AnyPool) -> Result<(), StoreError> {
    let (found, known) = (version(db).await?, known());
    match found {
        _ if found < known => Err(StoreError::SchemaTooOld { found, known }),
        _ if found > known => Err(StoreError::SchemaTooNew { found, known }),
        _ => Ok(()),
    }
}

/// Brings the tables to this version; several processes may try at once. Answers the version before.
pub(crate) async fn migrate(db: &AnyPool) -> Result<i64, StoreError> {
    let (found, known) = (version(db).await?, known());
    if found > known {
        return Err(StoreError::SchemaTooNew { found, known });
    }
    match MIGRATIONS.run(db).await {
        Ok(()) => Ok(found),
        // A newer program was faster.
        Err(MigrateError::VersionMissing(found)) => Err(StoreError::SchemaTooNew { found, known }),
        Err(e) => Err(e.into()),
    }
}
