//! `fine trail`: who did what, as an operator sees it.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use fine_store::{Place, Store, TrailEntry, TrailFilter, now_ms, rfc3339};

use crate::config::PlaceArgs;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Options of `fine trail`.
#[derive(Args, Clone, Debug)]
pub struct TrailArgs {
    /// Only this account: its id, or its address in the embedded sign-in.
    #[arg(long)]
    user: Option<String>,
    /// Only this action, such as sign-in, sign-in-refused, upload, audit-start, delete, key-made, export, account-delete.
    #[arg(long)]
    action: Option<String>,
    /// Only the last days.
    #[arg(long)]
    days: Option<u32>,
    /// Most rows.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// One JSON document instead of a table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Runs the command.
///
/// # Errors
/// An account that is not there, a database that cannot be reached or is of another version.
pub fn trail(args: TrailArgs) -> Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
    runtime.block_on(async {
        let place = Place { create: false, ..args.place.place(|name| std::env::var(name).ok())? };
        let store = Store::open(&place).await?;
        let owner = match &args.user {
            Some(address) if address.contains('@') => {
                match store.user_by_email(&address.trim().to_lowercase()).await? {
                    Some(user) => user.id,
                    None => bail!("find an account with the address {address}"),
                }
            }
            other => other.clone().unwrap_or_default(),
        };
        let since = args.days.map_or(0, |days| now_ms() - i64::from(days) * DAY_MS);
        let filter = TrailFilter { owner, action: args.action.unwrap_or_default(), since };
        let rows = store.whole_trail(&filter, args.limit).await?;
        store.close().await;
        if args.json {
            println!("{}", serde_json::to_string_pretty(&rows)?);
        } else {
            table(&rows);
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn table(rows: &[TrailEntry]) {
    if rows.is_empty() {
        println!("Nothing was noted.");
        return;
    }
    println!("{:<24}  {:<36}  {:<6}  {:<16}  {:<39}  TO WHAT", "AT", "ACCOUNT", "BY", "ACTION", "ADDRESS");
    for row in rows {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        println!(
            "{:<24}  {:<36}  {:<6}  {:<16}  {:<39}  {}",
            rfc3339(row.created_at),
            or_dash(&row.owner_id),
            row.actor,
            row.action,
            or_dash(&row.address),
            or_dash(&row.subject)
        );
    }
}
