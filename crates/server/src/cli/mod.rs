//! The command line on the same engine as the server: `fine audit`, `fine compare`, `fine inspect`, `fine predict`,
//! `fine policy`, `fine selftest`; and what a server needs: `fine migrate`, `fine jobs`, `fine trail`,
//! `fine backup`, `fine health`.
#![allow(clippy::print_stdout, reason = "a command line talks to a person")]

mod audit;
mod backup;
mod compare;
mod health;
mod inspect;
mod jobs;
mod migrate;
mod open;
mod policy;
mod predict;
mod progress;
mod sarif;
mod selftest;
mod setup;
mod trail;

pub use audit::{AuditArgs, audit};
pub use backup::{BackupArgs, backup};
pub use compare::{CompareArgs, compare};
pub use health::{HealthArgs, health};
pub use inspect::{InspectArgs, inspect};
pub use jobs::{JobsArgs, jobs};
pub use migrate::{MigrateArgs, migrate};
pub use policy::{PolicyArgs, policy};
pub(crate) use predict::prediction_table;
pub use predict::{PredictArgs, predict};
pub use selftest::{SelfTestArgs, selftest};
pub use trail::{TrailArgs, trail};
