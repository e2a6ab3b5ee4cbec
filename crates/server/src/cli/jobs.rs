//! `fine jobs`: the queue as an operator sees it.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use fine_store::{JobList, ListedJob, Place, Store, rfc3339};

use crate::config::PlaceArgs;

/// Options of `fine jobs`.
#[derive(Args, Clone, Debug)]
pub struct JobsArgs {
    #[command(subcommand)]
    command: JobsCommand,
}

#[derive(Clone, Debug, Subcommand)]
enum JobsCommand {
    /// Lists jobs: without more, those that the queue has given up.
    List {
        /// Which jobs.
        #[arg(long, value_enum, default_value = "dead")]
        state: Which,
        /// One JSON document instead of a table.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Puts jobs that were given up into the queue again, with all their tries.
    Retry(Named),
    /// Takes jobs that were given up off the list; their analyses stay failed.
    Drop(Named),
}

#[derive(Args, Clone, Debug)]
struct Named {
    /// Ids of jobs.
    #[arg(required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    Dead,
    Waiting,
    Running,
}

/// Runs the command. The exit code is 1 when a job was not found.
///
/// # Errors
/// A database that cannot be reached or is of another version.
pub fn jobs(args: JobsArgs) -> Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
    runtime.block_on(async {
        match args.command {
            JobsCommand::List { state, json, place } => {
                let store = open(&place).await?;
                let jobs = store.list_jobs(state.into()).await?;
                store.close().await;
                if json {
                    println!("{}", serde_json::to_string_pretty(&jobs)?);
                } else {
                    table(&jobs);
                }
                Ok(ExitCode::SUCCESS)
            }
            JobsCommand::Retry(named) => {
                let store = open(&named.place).await?;
                let mut all = true;
                for id in &named.ids {
                    all &= said(id, store.retry_dead_job(id).await?, "is in the queue again");
                }
                store.close().await;
                Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            JobsCommand::Drop(named) => {
                let store = open(&named.place).await?;
                let mut all = true;
                for id in &named.ids {
                    all &= said(id, store.drop_dead_job(id).await?, "is dropped");
                }
                store.close().await;
                Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
        }
    })
}

/// The database as it is: a look at the queue changes no tables.
async fn open(place: &PlaceArgs) -> Result<Store> {
    let place = Place { create: false, ..place.place(|name| std::env::var(name).ok())? };
    Ok(Store::open(&place).await?)
}

fn said(id: &str, found: bool, what: &str) -> bool {
    if found {
        println!("{id} {what}");
    } else {
        eprintln!("{id}: no such job among those that were given up");
    }
    found
}

fn table(jobs: &[ListedJob]) {
    if jobs.is_empty() {
        println!("No jobs.");
        return;
    }
    println!("{:<36}  {:<24}  {:>5}  {:<36}  NAME / LAST ERROR", "JOB", "QUEUED AT", "TRIES", "OWNER");
    for job in jobs {
        println!("{}  {}  {:>5}  {:<36}  {}", job.id, rfc3339(job.created_at), job.attempt, job.owner_id, job.name);
        if let Some(error) = &job.last_error {
            println!("{:>36}  {error}", "");
        }
    }
}

impl From<Which> for JobList {
    fn from(which: Which) -> Self {
        match which {
            Which::Dead => Self::Dead,
            Which::Waiting => Self::Waiting,
            Which::Running => Self::Running,
        }
    }
}
