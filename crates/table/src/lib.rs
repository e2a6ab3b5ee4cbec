//! Typed tables for Fine: columns from CSV, Parquet, Arrow IPC and JSON lines, with role and task inference.
//!
//! The crate does no I/O: readers take bytes and [`Limits`] and return a [`Table`] or a typed [`TableError`].
//!
//! What counts as missing in CSV and TSV is [`NULL_SPELLINGS`], the default set of `pandas.read_csv`; in Parquet, Arrow
//! and JSON only nulls and `NaN` are missing. Dates in text stay text (models trained through pandas saw strings); only
//! real date and timestamp columns become [`NumberKind::Time`].
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod arrow;
mod builder;
mod column;
mod csv;
mod decompress;
mod error;
mod facts;
mod header;
mod identify;
mod infer;
mod interner;
mod json;
mod limits;
mod listed;
mod missing;
mod number;
mod part;
mod preview;
mod read;
mod roles;
mod table;
mod text;
mod write;

pub use column::{Column, MISSING, NumberKind, Values};
pub use error::{Problem, TableError};
pub use facts::{Compression, Encoding, Format, ReadFacts, ReadTable, Warning};
pub use infer::{ColumnRole, Reason, SuggestedRole, Suggestion, infer, task_of};
pub use limits::Limits;
pub use listed::listed;
pub use missing::NULL_SPELLINGS;
pub use preview::{ColumnPreview, Preview, Suggested, preview};
pub use read::read;
pub use roles::{Role, Roles, StoredPrediction, Task};
pub use table::Table;
pub use write::{WriteError, write_csv, write_parquet};
