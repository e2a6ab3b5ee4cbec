//! What an operator sees: metrics for Prometheus, and traces for an OpenTelemetry collector.

mod listen;
mod names;
mod process;
mod statements;
mod trace;

use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::state::App;

pub(crate) use listen::{answer, listen};
pub(crate) use names::*;
pub use names::{Form, METRICS, Metric};
pub(crate) use statements::Statements;
pub(crate) use trace::{Span, SpanKind, start as start_traces, stop as stop_traces};

/// The queue is looked at, and histograms are tidied, this often.
const EVERY: Duration = Duration::from_secs(2);

/// The recorder of this process: metrics are global.
pub(crate) fn recorder() -> Result<PrometheusHandle> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let mut builder = PrometheusBuilder::new();
    for metric in METRICS {
        if let Form::Histogram(buckets) = metric.form {
            let name = Matcher::Full(metric.name.to_owned());
            builder = builder.set_buckets_for_metric(name, buckets).context("set up the metrics")?;
        }
    }
    let handle = builder.install_recorder();
    // A second start in one process (tests) may come between the two lines; the first recorder stays.
    let handle = match handle {
        Ok(handle) => RECORDER.get_or_init(|| handle).clone(),
        Err(e) => RECORDER.get().cloned().ok_or(e).context("set up the metrics")?,
    };
    describe();
    Ok(handle)
}

fn describe() {
    for metric in METRICS {
        match metric.form {
            Form::Counter => metrics::describe_counter!(metric.name, metric.help),
            Form::Gauge => metrics::describe_gauge!(metric.name, metric.help),
            Form::Histogram(_) => metrics::describe_histogram!(metric.name, metric.help),
        }
    }
    metrics::gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    // What has not happened yet is 0 and not absent, so that the first time is a rise.
    for kind in ["timeout", "connection", "statement"] {
        metrics::counter!(fine_store::DATABASE_ERRORS, "kind" => kind).absolute(0);
    }
    for name in [AUDITS_STARTED, SSE_EVENTS, SIGN_INS, SIGN_INS_REFUSED] {
        metrics::counter!(name).absolute(0);
    }
    metrics::gauge!(SSE_STREAMS).increment(0.0);
}

/// Takes the measures that nobody brings, until the process stops.
pub(crate) async fn watch(app: App) {
    let mut stop = app.stop.subscribe();
    loop {
        match app.store.queue_depth().await {
            Ok(depth) => {
                let states = [
                    ("waiting", depth.waiting),
                    ("delayed", depth.delayed),
                    ("running", depth.running),
                    ("dead", depth.dead),
                ];
                for (state, jobs) in states {
                    metrics::gauge!(QUEUE_JOBS, "state" => state).set(jobs as f64);
                }
                metrics::gauge!(QUEUE_OLDEST).set(depth.oldest_ms as f64 / 1000.0);
            }
            Err(e) => tracing::debug!(error = %e, "the queue could not be measured"),
        }
        look(&app);
        // Without this, observations pile up for as long as nobody fetches the metrics.
        app.metrics.run_upkeep();
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
    }
}

/// Measures that cost nothing.
fn look(app: &App) {
    let connections = app.store.connections();
    metrics::gauge!(DB_CONNECTIONS, "state" => "idle").set(connections.idle);
    metrics::gauge!(DB_CONNECTIONS, "state" => "used").set(connections.used);
    metrics::gauge!(DB_CONNECTIONS_MOST).set(connections.most);
    process::look();
}
