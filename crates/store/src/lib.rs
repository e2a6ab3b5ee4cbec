//! Database, files, queue and events of Fine: plain structs and functions, the only place with SQL.
//!
//! The text of every statement runs on SQLite and PostgreSQL alike: `$1` placeholders, text and 64-bit integers only. What changes
//! a job is one statement on PostgreSQL and a few on SQLite, of the same text.
//! A transaction starts with a write, so that SQLite takes its write lock at once and never has to upgrade one.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod accounts;
mod analyses;
mod api_keys;
mod change;
mod claim;
mod clock;
mod copy;
mod datasets;
mod db;
mod dead;
mod depth;
mod error;
mod events;
mod files;
mod jobs;
mod measured;
mod models;
mod news;
mod origin;
mod place;
mod rates;
mod recoveries;
mod schema;
mod sessions;
mod snapshot;
mod sweep;
mod team;
#[cfg(test)]
mod tests;
mod trail;
mod transport;
mod uploads;
mod users;
mod wake;
mod words;

pub use analyses::{Analysis, AnalysisFilter, NewAnalysis, StoredStage};
pub use api_keys::{ApiKey, UsedKey};
pub use clock::{now_ms, rfc3339};
pub use datasets::Dataset;
pub use db::{ACQUIRE_LINES, Connections, Page, STATEMENT_LINES, Store};
pub use dead::{JobList, ListedJob};
pub use depth::QueueDepth;
pub use error::{DATABASE_ERRORS, StoreError, is_disk_full};
pub use events::StoredEvent;
pub use files::{Files, Kind, Link, Listed, LocalFile};
pub use jobs::{Cancelled, Claim, Ending, LEASE_MS, LONG, MAX_ATTEMPTS, SHORT};
pub use measured::{STORAGE_BYTES, STORAGE_OPERATIONS, STORAGE_SECONDS};
pub use models::Model;
pub use origin::Origin;
pub use place::{Address, Place, S3, Secret};
pub use rates::{Rate, SharedRates, Taken};
pub use recoveries::RecoveryCheck;
pub use sessions::Refresh;
pub use snapshot::{FieldProblem, FindingCounts, JobState, Problem, Snapshot, StageProgress, StageState};
pub use team::{Elsewhere, Member, Turn};
pub use trail::{Action, NewTrail, TrailEntry, TrailFilter};
pub use transport::Transport;
pub use uploads::{Upload, Way};
pub use users::User;
pub use wake::{Reader, Wake};
pub use words::Exchange;
