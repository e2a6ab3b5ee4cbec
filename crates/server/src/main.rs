//! The `fine` binary.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Audits tabular machine-learning models.
#[derive(Debug, Parser)]
#[command(name = "fine", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the web client, the API and the worker from one process.
    Serve(fine_server::config::ServeArgs),
    /// Helps with accounts of the embedded sign-in.
    User(fine_server::user::UserArgs),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => fine_server::serve::run(args),
        Command::User(args) => fine_server::user::run(args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: failed to {e:#}");
            ExitCode::from(2)
        }
    }
}
