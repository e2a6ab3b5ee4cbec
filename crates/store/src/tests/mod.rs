//! The store's promises, on both databases.

mod access;
mod accounts;
mod files;
mod jobs;
mod news;
mod schema;
mod team;
mod turns;
mod words;

use fine_services::{Database, Postgres};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Address, Claim, LONG, NewAnalysis, Origin, Place, Problem, Snapshot, Store};

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
            ..Place::local(folder.path())
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
            $(#[tokio::test] async fn $name() { super::$name(crate::tests::On::sqlite().await).await; })*
        }
        mod postgres {
            $(#[tokio::test] async fn $name() { super::$name(crate::tests::On::postgres().await).await; })*
        }
    };
}
use on_both;

async fn queued(store: &Store, owner: &str, name: &str) -> NewAnalysis {
    queued_as(store, owner, name, LONG).await
}

async fn queued_as(store: &Store, owner: &str, name: &str, priority: i64) -> NewAnalysis {
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
        priority,
        origin: Origin { request_id: Some(format!("request of {name}")), ..Origin::default() },
    };
    store.add_analysis(&new).await.unwrap();
    new
}

fn worn_out() -> Problem {
    serde_json::from_str(r#"{"type": "/problems/x", "title": "x", "status": 500, "slug": "x"}"#).unwrap()
}

/// Takes whatever is due.
async fn claim(store: &Store) -> Option<Claim> {
    store.claim_job("test", i64::MIN).await.unwrap()
}
