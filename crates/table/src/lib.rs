//! Typed tables for Fine: columns from CSV, Parquet, Arrow IPC and JSON lines, with role and task inference.
//!
//! The crate does no I/O: readers take bytes and [`Limits`] and return a [`Table`] or a typed [`TableError`].
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod column;
mod roles;
mod table;

pub use column::{Column, MISSING, NumberKind, Values};
pub use roles::{Role, Roles, Task};
pub use table::Table;
