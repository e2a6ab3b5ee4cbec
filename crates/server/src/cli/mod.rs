//! The command line on the same engine as the server: `fine audit`, `fine inspect`, `fine predict`.
#![allow(clippy::print_stdout, reason = "a command line talks to a person")]

mod audit;
mod inspect;
mod open;
mod predict;
mod progress;
mod sarif;

pub use audit::{AuditArgs, audit};
pub use inspect::{InspectArgs, inspect};
pub(crate) use predict::prediction_table;
pub use predict::{PredictArgs, predict};
