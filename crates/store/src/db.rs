//! The connection pool and what hangs on it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, ConnectOptions};

use crate::{Files, StoreError, Wake};

/// Settings of every SQLite connection: readers never wait for the writer, a busy writer is waited for.
const PRAGMAS: [&str; 4] = [
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
];

/// The database and the files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: AnyPool,
    /// Uploaded files and results.
    pub files: Files,
    /// Wakes those who wait for events.
    pub wake: Wake,
    folder: PathBuf,
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
    /// Opens the data folder, making it and the database where they are missing.
    ///
    /// # Errors
    /// When the folder cannot be written or the database cannot be brought to this version.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
        let folder = std::path::absolute(folder).map_err(|e| StoreError::io(folder, e))?;
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(&sqlite_url(&folder.join("fine.db")))?.disable_statement_logging();
        let db = AnyPoolOptions::new()
            .max_connections(8)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    for pragma in PRAGMAS {
                        sqlx::query(pragma).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        sqlx::migrate!().run(&db).await?;
        let files = Files::local(&folder.join("files"))?;
        Ok(Self { db, files, wake: Wake::default(), folder })
    }

    /// The data folder, absolute.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.db).await?;
        Ok(())
    }

    /// Finishes open work and closes the connections.
    pub async fn close(&self) {
        self.db.close().await;
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
