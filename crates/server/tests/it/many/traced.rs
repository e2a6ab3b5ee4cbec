//! Traces: a collector on this machine receives the spans of a request, and of the audit that it started elsewhere.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;

use super::site::{Person, Process, Site};

/// What was posted to `/v1/traces`.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Bytes>>>);

impl Collector {
    /// Listens on a free port; answers its address.
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let receive = async |State(Collector(all)): State<Collector>, headers: HeaderMap, body: Bytes| {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            all.lock().unwrap().push(body);
        };
        let router = Router::new().route("/v1/traces", post(receive)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn spans(&self) -> Vec<Span> {
        let all = self.0.lock().unwrap();
        // ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2.
        let resources: Vec<&[u8]> = all.iter().flat_map(|body| inside(body, 1)).collect();
        let scopes = resources.into_iter().flat_map(|resource| inside(resource, 2));
        scopes.flat_map(|scope| inside(scope, 2)).map(Span::read).collect()
    }
}

/// The fields of a span that matter here.
#[derive(Debug)]
struct Span {
    trace: String,
    id: String,
    parent: String,
    name: String,
}

impl Span {
    fn read(bytes: &[u8]) -> Self {
        let field = |number| inside(bytes, number).first().copied().unwrap_or_default();
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let name = String::from_utf8(field(5).to_vec()).unwrap();
        Self { trace: hex(field(1)), id: hex(field(2)), parent: hex(field(4)), name }
    }
}

/// The fields of this number that have a length, of a protobuf message.
fn inside(mut bytes: &[u8], wanted: u64) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = number(&mut bytes);
        let length = match key & 7 {
            0 => {
                number(&mut bytes);
                0
            }
            1 => 8,
            5 => 4,
            2 => number(&mut bytes) as usize,
            other => panic!("wire type {other}"),
        };
        let (field, rest) = bytes.split_at(length);
        if key >> 3 == wanted && key & 7 == 2 {
            found.push(field);
        }
        bytes = rest;
    }
    found
}

fn number(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    value
}

fn sending(mut command: Command, endpoint: &str) -> Command {
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_SERVICE_NAME", "fine-test");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_of_a_request_and_of_its_audit_share_the_callers_trace() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const CALLER: &str = "b7ad6b7169203331";
    let (site, collector) = (Site::new(), Collector::default());
    let endpoint = collector.listen().await;
    let serve = sending(site.fine(&["serve", "--audits-at-once", "0"]), &endpoint);
    let mut work = sending(site.fine(&["worker", "--audits-at-once", "1"]), &endpoint);
    work.env("OPENAI_MODEL", "none").env("OPENAI_API_BASE", "http://127.0.0.1:9/v1").env("FINE_LLM_SECONDS", "2");
    let api = Process::logged(serve, "Listening on ", Stdio::null());
    let worker = Process::logged(work, "Working on ", Stdio::null());
    let ana = Person::at(&api, 2_000).await;
    let audit = ana.start_with(&api, &[("traceparent", &format!("00-{TRACE}-{CALLER}-01"))]).await;
    ana.done(&api, &audit).await;
    // What is not sent yet is sent at the end.
    worker.stop();
    api.stop();

    let spans = collector.spans();
    let of_trace: Vec<&Span> = spans.iter().filter(|span| span.trace == TRACE).collect();
    let named = |name: &str| {
        *of_trace.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name} in {spans:#?}"))
    };
    let request = named("POST /api/v1/audit/full");
    assert_eq!(request.parent, CALLER);
    let tried = named("audit");
    assert_eq!(tried.parent, request.id);
    for name in ["queue", "stage data", "stage performance", "stage fairness", "words"] {
        assert_eq!(named(name).parent, tried.id, "{name}");
    }
    let has_own = |span: &Span| span.trace != TRACE && span.name == "POST /api/v1/datasets";
    assert!(spans.iter().any(has_own), "each request has a trace of its own");
}
