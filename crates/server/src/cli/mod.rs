//! The command line on the same engine as the server: `fine audit`, `fine inspect`, `fine predict`, `fine policy`.
#![allow(clippy::print_stdout, reason = "a command line talks to a person")]

mod audit;
mod inspect;
mod open;
mod policy;
mod predict;
mod progress;
mod sarif;

pub use audit::{AuditArgs, audit};
pub use inspect::{InspectArgs, inspect};
pub use policy::{PolicyArgs, policy};
pub(crate) use predict::prediction_table;
pub use predict::{PredictArgs, predict};
