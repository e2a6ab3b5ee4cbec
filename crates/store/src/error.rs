//! What can go wrong in the store.

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or failed.
    #[error("reach the database: {0}")]
    Database(#[source] sqlx::Error),
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
    /// A bucket could not be looked into.
    #[error("use {variable}: {source}")]
    Bucket {
        /// Variable with the bucket's name.
        variable: &'static str,
        /// The server's reason.
        source: object_store::Error,
    },
    /// A file is not the one that was stored.
    #[error("read {key}: its bytes are not those that were stored")]
    Altered {
        /// The key.
        key: String,
    },
    /// Copies of objects take all the room they may take.
    #[error(
        "copy an object of {needed} bytes: copies in use take {taken} bytes of the {limit} that FINE_SCRATCH_BYTES allows"
    )]
    ScratchFull {
        /// Size of the object.
        needed: u64,
        /// Size of the copies in use.
        taken: u64,
        /// Most bytes.
        limit: u64,
    },
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

/// Whether a disk, a quota or a limit on the size of files leaves no room.
pub fn is_disk_full(e: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(e.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Errors of the database, by kind (`timeout` waiting for a connection, `connection`, `statement`).
pub const DATABASE_ERRORS: &str = "fine_db_errors_total";

/// Every error of the database comes through here, so here it is counted.
impl From<sqlx::Error> for StoreError {
    fn from(source: sqlx::Error) -> Self {
        let kind = match &source {
            sqlx::Error::PoolTimedOut => "timeout",
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                "connection"
            }
            _ => "statement",
        };
        metrics::counter!(DATABASE_ERRORS, "kind" => kind).increment(1);
        Self::Database(source)
    }
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

    /// Whether there is no room left: on a disk, for copies, or in the database.
    pub fn is_full(&self) -> bool {
        if matches!(self, Self::ScratchFull { .. }) {
            return true;
        }
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if error.downcast_ref().is_some_and(is_disk_full) {
                return true;
            }
            // SQLite's and PostgreSQL's codes of a full disk.
            if let Some(sqlx::Error::Database(e)) = error.downcast_ref()
                && matches!(e.code().as_deref(), Some("13" | "53100"))
            {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Whether the object store is away or busy, so that the same may succeed later.
    pub fn is_store_away(&self) -> bool {
        let source = match self {
            Self::Files(source) | Self::Bucket { source, .. } => source,
            _ => return false,
        };
        use object_store::Error::{Generic, PermissionDenied, Unauthenticated};
        matches!(source, Generic { store: "S3", .. } | PermissionDenied { .. } | Unauthenticated { .. })
    }

    /// Whether a file is not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Files(object_store::Error::NotFound { .. }))
    }

    /// Whether a unique key was already there.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
}
