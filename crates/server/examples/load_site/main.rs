//! The load that a site of Fine is measured with: `cargo xtask load` builds and runs it. Everything happens on this machine, on
//! loopback, and ends: each part has a fixed number of requests or a fixed time.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool that measures may give up, and talks to a person")]

mod api;
mod bare;
mod figures;
mod queue;
mod site;
mod storm;
mod streams;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use figures::Figures;
use site::Site;

/// Measures a server, a worker and the queue under load.
#[derive(Debug, Parser)]
struct Load {
    /// The program to measure.
    #[arg(long)]
    fine: PathBuf,
    /// People, each with an account.
    #[arg(long, default_value_t = 200)]
    users: usize,
    /// Audits that are started at once.
    #[arg(long, default_value_t = 2000)]
    audits: usize,
    /// Streams of live events that are open at once.
    #[arg(long, default_value_t = 2000)]
    streams: usize,
    /// Jobs without a body for the queue.
    #[arg(long, default_value_t = 5000)]
    jobs: usize,
    /// Seconds of each measurement of requests.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Longest wait for all audits, in seconds.
    #[arg(long, default_value_t = 3600)]
    patience: u64,
    /// Writes the figures into this page, between its markers.
    #[arg(long)]
    docs: Option<PathBuf>,
    /// Parts to measure: api, queue, streams, audits; all without.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Serves one constant answer; for this program itself.
    #[arg(long, hide = true)]
    bare: bool,
}

#[tokio::main]
async fn main() {
    let load = Load::parse();
    if load.bare {
        return bare::serve().await;
    }
    let _ = rlimit::increase_nofile_limit(65_536);
    fine_server::tls::choose_provider();
    let wanted = |part: &str| load.only.is_empty() || load.only.iter().any(|only| only == part);
    let mut figures = Figures::default();
    if wanted("queue") {
        queue::measure(load.jobs, &mut figures).await;
    }
    let site = Site::start(&load.fine);
    let people = site.people(load.users, &mut figures).await;
    if wanted("api") {
        let time = Duration::from_secs(load.seconds);
        api::measure(&site, &people, time, &mut figures).await;
    }
    if wanted("streams") {
        streams::measure(&site, &people, load.streams, &mut figures).await;
    }
    if wanted("audits") {
        let patience = Duration::from_secs(load.patience);
        storm::measure(&site, &people, load.audits, patience, &mut figures).await;
    }
    println!("\n{}", figures.table());
    if let Some(page) = load.docs {
        figures.write(&page);
    }
}
