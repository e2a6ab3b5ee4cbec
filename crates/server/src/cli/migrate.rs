//! `fine migrate`: brings the tables to this version.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use fine_store::Store;

use crate::config::PlaceArgs;

/// Options of `fine migrate`.
#[derive(Args, Clone, Debug)]
pub struct MigrateArgs {
    #[command(flatten)]
    place: PlaceArgs,
}

/// Runs the command.
///
/// # Errors
/// A database that cannot be reached, or whose tables a newer program has made.
pub fn migrate(args: &MigrateArgs) -> Result<ExitCode> {
    let place = args.place.place(|name| std::env::var(name).ok())?;
    let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
    let (before, now) = runtime.block_on(Store::migrate(&place)).context("migrate")?;
    match before {
        0 => println!("The tables were made, at version {now}."),
        _ if before == now => println!("The tables are at version {now} already."),
        _ => println!("The tables were brought from version {before} to version {now}."),
    }
    Ok(ExitCode::SUCCESS)
}
