//! `fine user`: help with accounts of the embedded sign-in.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use fine_store::{Place, Store};

use crate::auth::gotrue::recovery_link;
use crate::config::PlaceArgs;

/// Options of `fine user`.
#[derive(Args, Clone, Debug)]
pub struct UserArgs {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Clone, Debug, Subcommand)]
enum UserCommand {
    /// Prints a link with which a person can choose a new password (good for one hour and one use).
    ResetLink {
        /// The person's address.
        email: String,
        #[command(flatten)]
        place: PlaceArgs,
        /// Address under which people reach the server.
        #[arg(long, env = "FINE_PUBLIC_URL", default_value = "http://127.0.0.1:8000")]
        public_url: String,
    },
}

/// Runs the command.
///
/// # Errors
/// When there is no such account or the data folder cannot be used.
#[expect(clippy::print_stdout, reason = "the link is the output of the command")]
pub fn run(args: UserArgs) -> Result<()> {
    let UserCommand::ResetLink { email, place, public_url } = args.command;
    let place = Place { create: false, ..place.place(|name| std::env::var(name).ok())? };
    if place.database.is_none() && !place.folder.join("fine.db").exists() {
        bail!("find a database in {}; --data-dir names the folder of the server", place.folder.display());
    }
    let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
    let link = runtime.block_on(async {
        let store = Store::open(&place).await?;
        let user = store.user_by_email(&email.trim().to_lowercase()).await?;
        let user = user.with_context(|| format!("find an account with the address {email}"))?;
        let base = public_url.trim_end_matches('/');
        let (link, _) = recovery_link(&store, &user, base, &format!("{base}/reset-password")).await?;
        store.close().await;
        anyhow::Ok(link)
    })?;
    println!("{link}");
    Ok(())
}
