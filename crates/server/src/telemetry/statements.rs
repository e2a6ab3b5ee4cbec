//! The database driver says how long each statement and each wait for a connection took; this makes metrics of it.

use fine_store::{ACQUIRE_LINES, STATEMENT_LINES};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::{DB_ACQUIRE, DB_QUERY};

/// Listens to the driver.
pub(crate) struct Statements;

impl Statements {
    /// The layer, which hears nothing else.
    pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
        let targets = [(STATEMENT_LINES, tracing::Level::INFO), (ACQUIRE_LINES, tracing::Level::INFO)];
        Layer::<S>::with_filter(Self, targets.into_iter().collect::<Targets>())
    }
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut seconds = Seconds(None);
        event.record(&mut seconds);
        let Seconds(Some(seconds)) = seconds else { return };
        if event.metadata().target() == ACQUIRE_LINES {
            metrics::histogram!(DB_ACQUIRE).record(seconds);
        } else {
            metrics::histogram!(DB_QUERY).record(seconds);
        }
    }
}

struct Seconds(Option<f64>);

impl Visit for Seconds {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if matches!(field.name(), "elapsed_secs" | "acquired_after_secs") {
            self.0 = Some(value);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
