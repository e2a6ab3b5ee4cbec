//! OpenTelemetry: spans of requests, audits and stages, sent by OTLP over HTTP. Without an endpoint nothing here does anything.
//!
//! Spans are made by hand and not out of log lines: what is traced does not depend on what is logged.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use axum::http::HeaderMap;
use fine_store::Origin;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
pub(crate) use opentelemetry::trace::SpanKind;
use opentelemetry::trace::{Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";
/// What is not sent by then at the end of the process is lost.
const LAST_WORDS: Duration = Duration::from_secs(5);

struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// Spans belong to a process, as metrics do.
static TRACES: OnceLock<Traces> = OnceLock::new();

/// Starts sending spans of this process (`serve` or `worker`); the standard variables say where to.
///
/// # Errors
/// An exporter that cannot be made of the variables.
pub(crate) fn start(role: &'static str) -> Result<()> {
    let exporter = SpanExporter::builder().with_http().build().context("use the OTEL_EXPORTER_OTLP_… variables")?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource(role)).build();
    let tracer = provider.tracer("fine");
    // One start a process; a second one has nothing to add.
    let _ = TRACES.set(Traces { provider, tracer });
    Ok(())
}

/// The standard variables name the service; without, it is `fine`.
fn resource(role: &'static str) -> Resource {
    let named = std::env::var("OTEL_SERVICE_NAME").is_ok_and(|name| !name.is_empty())
        || std::env::var("OTEL_RESOURCE_ATTRIBUTES").is_ok_and(|all| all.contains("service.name="));
    let builder = if named { Resource::builder() } else { Resource::builder().with_service_name("fine") };
    builder
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", uuid::Uuid::new_v4().to_string()),
            KeyValue::new("fine.role", role),
        ])
        .build()
}

/// Sends what is left. Blocks: not on a thread of the runtime.
pub(crate) fn stop() {
    if let Some(traces) = TRACES.get()
        && let Err(e) = traces.provider.shutdown_with_timeout(LAST_WORDS)
    {
        tracing::warn!(error = %e, "the last spans were not sent");
    }
}

/// A span, or nothing where traces are off. Clones are the same span.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span(Option<Context>);

impl Span {
    /// A span of this process whose parent, if any, is elsewhere. The attributes are only made when they are sent.
    pub(crate) fn begin<const N: usize>(
        parent: impl Parent,
        kind: SpanKind,
        describe: impl FnOnce() -> (String, [KeyValue; N]),
    ) -> Self {
        let Some(traces) = TRACES.get() else { return Self(None) };
        let above = TraceContextPropagator::new().extract_with_context(&Context::new(), &Carrier(&parent));
        Self(Some(make(traces, &above, kind, None, describe())))
    }

    /// A span inside this one. `since` is its beginning, in milliseconds since 1970, when that is not now.
    pub(crate) fn child<const N: usize>(
        &self,
        since: Option<i64>,
        describe: impl FnOnce() -> (String, [KeyValue; N]),
    ) -> Self {
        let (Some(traces), Some(above)) = (TRACES.get(), &self.0) else { return Self(None) };
        let since = since.map(|ms| UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
        Self(Some(make(traces, above, SpanKind::Internal, since, describe())))
    }

    pub(crate) fn set(&self, key: &'static str, value: impl Into<Value>) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(key, value));
        }
    }

    /// Marks it as failed. The words are for operators.
    pub(crate) fn fail(&self, why: impl Into<String>) {
        if let Some(context) = &self.0 {
            context.span().set_status(Status::error(why.into()));
        }
    }

    /// Ends it now; without, it ends when the last clone goes.
    pub(crate) fn end(&self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }

    /// The trace's id, for log lines.
    pub(crate) fn trace_id(&self) -> Option<String> {
        Some(self.0.as_ref()?.span().span_context().trace_id().to_string())
    }

    /// What a job has to carry so that its spans hang below this one.
    pub(crate) fn origin(&self, request_id: Option<String>) -> Origin {
        let mut origin = Origin { request_id, ..Origin::default() };
        if let Some(context) = &self.0 {
            TraceContextPropagator::new().inject_context(context, &mut Carried(&mut origin));
        }
        origin
    }
}

fn make<const N: usize>(
    traces: &Traces,
    above: &Context,
    kind: SpanKind,
    since: Option<SystemTime>,
    (name, attributes): (String, [KeyValue; N]),
) -> Context {
    let builder = traces.tracer.span_builder(name).with_kind(kind).with_attributes(attributes);
    let builder = match since {
        Some(since) => builder.with_start_time(since),
        None => builder,
    };
    above.with_span(builder.start_with_context(&traces.tracer, above))
}

/// Where a parent's context may stand.
pub(crate) trait Parent {
    fn get(&self, key: &str) -> Option<&str>;
}

impl Parent for &HeaderMap {
    fn get(&self, key: &str) -> Option<&str> {
        HeaderMap::get(self, key)?.to_str().ok()
    }
}

impl Parent for &Origin {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            PARENT => self.traceparent.as_deref(),
            STATE => self.tracestate.as_deref(),
            _ => None,
        }
    }
}

struct Carrier<'a, P>(&'a P);

impl<P: Parent> Extractor for Carrier<'_, P> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)
    }

    fn keys(&self) -> Vec<&str> {
        vec![PARENT, STATE]
    }
}

struct Carried<'a>(&'a mut Origin);

impl Injector for Carried<'_> {
    fn set(&mut self, key: &str, value: String) {
        match key {
            PARENT => self.0.traceparent = Some(value),
            STATE if !value.is_empty() => self.0.tracestate = Some(value),
            _ => {}
        }
    }
}
