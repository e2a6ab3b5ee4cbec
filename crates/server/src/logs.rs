//! Log lines.

use std::io::IsTerminal;

use fine_store::{ACQUIRE_LINES, STATEMENT_LINES};
use tracing_subscriber::filter::Directive;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::LogFormat;
use crate::telemetry::Statements;

/// Starts logging to standard error. A second start in one process is ignored.
pub(crate) fn start(format: LogFormat, filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // What the database driver says of every statement is for the metrics; of the slow ones it warns.
    let quiet = [STATEMENT_LINES, ACQUIRE_LINES].map(|lines| format!("{lines}=warn").parse::<Directive>());
    let filter = quiet.into_iter().flatten().fold(filter, EnvFilter::add_directive);
    let registry = tracing_subscriber::registry().with(Statements::layer());
    // An error means that logging is already on.
    let _ = match format {
        LogFormat::Human => {
            let colour = std::io::stderr().is_terminal();
            let lines = fmt::layer().with_target(false).with_ansi(colour).with_writer(std::io::stderr);
            registry.with(lines.with_filter(filter)).try_init()
        }
        LogFormat::Json => {
            let lines = fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
            registry.with(lines.with_filter(filter)).try_init()
        }
    };
}
