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
    /// Runs audits that a server has queued, as a process of its own.
    Worker(fine_server::config::WorkerArgs),
    /// Shows the queue, and tries again or drops what it has given up.
    Jobs(fine_server::cli::JobsArgs),
    /// Shows who did what.
    Trail(fine_server::cli::TrailArgs),
    /// Brings the tables of the database to this version.
    Migrate(fine_server::cli::MigrateArgs),
    /// Copies the data folder, also of a server that runs.
    Backup(fine_server::cli::BackupArgs),
    /// Asks a server or worker of this machine whether it is ready.
    Health(fine_server::cli::HealthArgs),
    /// Audits a model on a table.
    Audit(fine_server::cli::AuditArgs),
    /// Compares two models on the same table.
    Compare(fine_server::cli::CompareArgs),
    /// Shows what is inside a model file; nothing in it is executed.
    Inspect(fine_server::cli::InspectArgs),
    /// Predicts the rows of a table as the model's own library would.
    Predict(fine_server::cli::PredictArgs),
    /// Shows and checks the limits that audits are judged by.
    Policy(fine_server::cli::PolicyArgs),
    /// Plants known defects and counts how often each check finds them.
    Selftest(fine_server::cli::SelfTestArgs),
    /// Reads files for another process of Fine.
    #[command(hide = true)]
    Sandboxed,
    /// Helps with accounts of the embedded sign-in.
    User(fine_server::user::UserArgs),
}

fn main() -> ExitCode {
    fine_server::tls::choose_provider();
    let outcome = match Cli::parse().command {
        Command::Serve(args) => fine_server::serve::run(args).map(|()| ExitCode::SUCCESS),
        Command::Worker(args) => fine_server::serve::work(&args).map(|()| ExitCode::SUCCESS),
        Command::Jobs(args) => fine_server::cli::jobs(args),
        Command::Trail(args) => fine_server::cli::trail(args),
        Command::Migrate(args) => fine_server::cli::migrate(&args),
        Command::Backup(args) => fine_server::cli::backup(&args),
        Command::Health(args) => fine_server::cli::health(&args),
        Command::Audit(args) => fine_server::cli::audit(&args),
        Command::Compare(args) => fine_server::cli::compare(&args),
        Command::Inspect(args) => fine_server::cli::inspect(&args),
        Command::Predict(args) => fine_server::cli::predict(&args),
        Command::Policy(args) => fine_server::cli::policy(&args),
        Command::Selftest(args) => fine_server::cli::selftest(&args),
        Command::Sandboxed => Ok(fine_server::sandboxed()),
        Command::User(args) => fine_server::user::run(args).map(|()| ExitCode::SUCCESS),
    };
    match outcome {
        Ok(code) => code,
        Err(e) => {
            eprintln!("error: failed to {e:#}");
            ExitCode::from(2)
        }
    }
}
