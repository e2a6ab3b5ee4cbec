//! The connection pool and what hangs on it.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use log::LevelFilter;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyPool, ConnectOptions, Connection, Transaction};

use crate::claim::Turns;
use crate::news::Herald;
use crate::{Address, Files, Place, StoreError, Wake, schema};

/// Settings of every SQLite connection: readers never wait for the writer, a busy writer is waited for.
const SQLITE: &[&str] = &[
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
];

/// Settings of every PostgreSQL connection: nothing waits for ever.
const POSTGRES: &[&str] =
    &["SET lock_timeout = '10s'", "SET statement_timeout = '60s'", "SET idle_in_transaction_session_timeout = '60s'"];

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);

/// Target of the log lines in which the database driver says how long a statement took (`elapsed_secs`).
pub const STATEMENT_LINES: &str = "sqlx::query";
/// Target of the lines that say how long work waited for a connection (`acquired_after_secs`).
pub const ACQUIRE_LINES: &str = "sqlx::pool::acquire";

/// A statement that takes longer stands in the log.
const SLOW_STATEMENT: Duration = Duration::from_secs(2);

/// Most connections of one process.
const CONNECTIONS: u32 = 8;

/// Connections of this process to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Open and not in use.
    pub idle: u32,
    /// In use.
    pub used: u32,
    /// Most at a time.
    pub most: u32,
}

/// The database and the files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: AnyPool,
    /// Uploaded files and results.
    pub files: Files,
    /// Wakes those who wait for events.
    pub wake: Wake,
    /// Whose turn it is in the queue.
    pub(crate) turns: Turns,
    folder: PathBuf,
    /// PostgreSQL's address; `None` is the embedded database.
    pub(crate) database: Option<Address>,
}

/// One page of a list, newest first.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cuts `limit + 1` fetched rows to a page whose cursor is the id of its last row.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, id: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next_cursor = if more { items.last().map(id) } else { None };
        Self { items, next_cursor }
    }
}

impl Store {
    /// Opens the data folder, making it where it is missing, and the database, whose tables are then of this version.
    ///
    /// # Errors
    /// When the folder cannot be written, or the database cannot be reached or is of another version.
    pub async fn open(place: &Place) -> Result<Self, StoreError> {
        let store = Self::connect(place).await?;
        if place.create {
            schema::migrate(&store.db).await?;
        } else {
            schema::check(&store.db).await?;
        }
        Ok(store)
    }

    /// Brings the tables to this version; answers the version before and now.
    ///
    /// # Errors
    /// When the database cannot be reached, or a newer program has made its tables.
    pub async fn migrate(place: &Place) -> Result<(i64, i64), StoreError> {
        let store = Self::connect(place).await?;
        let before = schema::migrate(&store.db).await?;
        let now = schema::version(&store.db).await?;
        store.close().await;
        Ok((before, now))
    }

    async fn connect(place: &Place) -> Result<Self, StoreError> {
        let folder = &place.folder;
        std::fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
        let folder = std::path::absolute(folder).map_err(|e| StoreError::io(folder, e))?;
        sqlx::any::install_default_drivers();
        let (url, settings) = match &place.database {
            Some(address) => (address.reveal().to_owned(), POSTGRES),
            None => (sqlite_url(&folder.join("fine.db")), SQLITE),
        };
        // The server turns these lines into metrics and shows the slow ones; values are never among them.
        let options = AnyConnectOptions::from_str(&url)?
            .log_statements(LevelFilter::Info)
            .log_slow_statements(LevelFilter::Warn, SLOW_STATEMENT);
        if place.database.is_some() {
            // A pool asks again and again and then says only that it waited; one connection says what is wrong.
            let once = tokio::time::timeout(ACQUIRE, options.connect()).await;
            once.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await?;
        }
        let db = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .acquire_time_level(LevelFilter::Info)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    for setting in settings {
                        sqlx::query(*setting).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        let files = Files::open(&folder, place)?;
        let wake = match &place.database {
            Some(_) => Wake::with(Herald::start(db.clone())),
            None => Wake::default(),
        };
        Ok(Self { db, files, wake, turns: Turns::default(), folder, database: place.database.clone() })
    }

    /// Begins a transaction, to its end even when nobody waits for it any more: a `BEGIN` that was sent and not waited for would
    /// stay open on a connection that others get, and what they write there would be lost with it.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let db = self.db.clone();
        match tokio::spawn(async move { db.begin().await }).await {
            Ok(begun) => Ok(begun?),
            // The runtime ends.
            Err(_) => Err(sqlx::Error::PoolClosed.into()),
        }
    }

    /// The data folder, absolute.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the database is the embedded one, which one process has for itself.
    pub fn is_embedded(&self) -> bool {
        self.database.is_none()
    }

    /// Connections now.
    pub fn connections(&self) -> Connections {
        let (open, idle) = (self.db.size(), u32::try_from(self.db.num_idle()).unwrap_or(u32::MAX));
        Connections { idle: idle.min(open), used: open.saturating_sub(idle), most: CONNECTIONS }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.db).await?;
        Ok(())
    }

    /// Whether the tables are still of this version: a newer program may bring them to its own while this one runs.
    ///
    /// # Errors
    /// [`StoreError::SchemaTooNew`] when it did; also when the database fails.
    pub async fn check_tables(&self) -> Result<(), StoreError> {
        schema::check(&self.db).await
    }

    /// Finishes open work and closes the connections.
    pub async fn close(&self) {
        self.tell_all().await;
        self.db.close().await;
    }
}

/// Commits a transaction, to its end even when nobody waits for it any more: whoever is dropped in between would roll back on the
/// next occasion what is already committed, which PostgreSQL warns of.
pub(crate) async fn commit(tx: Transaction<'static, Any>) -> Result<(), StoreError> {
    match tokio::spawn(tx.commit()).await {
        Ok(committed) => Ok(committed?),
        // The runtime ends.
        Err(_) => Err(sqlx::Error::PoolClosed.into()),
    }
}

/// `sqlite:` URL of a path; forward slashes and percent signs make it work for any folder name and on Windows.
pub(crate) fn sqlite_url(path: &Path) -> String {
    let mut url = String::from("sqlite:");
    for c in path.to_string_lossy().chars() {
        match c {
            '\\' if cfg!(windows) => url.push('/'),
            ' ' | '"' | '#' | '%' | '<' | '>' | '?' | '`' | '{' | '}' | '\\' => {
                url.push_str(&format!("%{:02X}", c as u32))
            }
            c => url.push(c),
        }
    }
    url + "?mode=rwc"
}
