//! What can go wrong in the store.

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or failed.
    #[error("reach the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought to this version.
    #[error("bring the database to this version: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The tables are older than this program.
    #[error(
        "use the database: its tables are at version {found}, this program needs version {known}; run `fine migrate`, or \
         start with AUTO_CREATE_DB=true"
    )]
    SchemaTooOld {
        /// Version of the tables.
        found: i64,
        /// Version that is needed.
        known: i64,
    },
    /// The tables are newer than this program.
    #[error(
        "use the database: a newer program has brought its tables to version {found}, this one knows version {known}; \
         start the newer program, or restore a backup that was made before"
    )]
    SchemaTooNew {
        /// Version of the tables.
        found: i64,
        /// Newest version that is known.
        known: i64,
    },
    /// The file store failed.
    #[error("reach the file store: {0}")]
    Files(#[from] object_store::Error),
    /// A local file could not be read or written.
    #[error("use {path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A stored document has another form than this version expects.
    #[error("read a stored document: {0}")]
    Document(#[from] serde_json::Error),
    /// The transport failed; workers find the job by themselves.
    #[error("wake a worker: {0}")]
    Transport(String),
    /// The worker no longer holds the job, and nothing was written.
    #[error("keep the lease of job {job}: another worker may hold it")]
    LostLease {
        /// The job.
        job: String,
    },
}

impl StoreError {
    pub(crate) fn transport(source: impl std::fmt::Display) -> Self {
        Self::Transport(source.to_string())
    }

    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), source }
    }

    /// Whether the same may succeed a moment later: the database is away or busy.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Database(e) if !matches!(e, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)))
    }

    /// Whether a unique key was already there.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
}
