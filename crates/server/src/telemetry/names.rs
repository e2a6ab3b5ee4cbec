//! Every metric by name: what it counts, its labels and its buckets. Nothing is recorded under another name.

use fine_store::{DATABASE_ERRORS, STORAGE_BYTES, STORAGE_OPERATIONS, STORAGE_SECONDS};

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// Only rises.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by upper limits, in seconds.
    Histogram(&'static [f64]),
}

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Name.
    pub name: &'static str,
    /// What it is.
    pub form: Form,
    /// Names of its labels; the values of each are a short fixed list.
    pub labels: &'static [&'static str],
    /// What it counts.
    pub help: &'static str,
}

pub(crate) const HTTP_REQUESTS: &str = "fine_http_requests_total";
pub(crate) const HTTP_SECONDS: &str = "fine_http_request_seconds";
pub(crate) const HTTP_OPEN: &str = "fine_http_requests_open";
pub(crate) const SIGN_INS: &str = "fine_sign_ins_total";
pub(crate) const SIGN_INS_REFUSED: &str = "fine_sign_ins_refused_total";
pub(crate) const UPLOAD_BYTES: &str = "fine_upload_bytes_total";
pub(crate) const SSE_STREAMS: &str = "fine_sse_streams_open";
pub(crate) const SSE_EVENTS: &str = "fine_sse_events_total";
pub(crate) const QUEUE_JOBS: &str = "fine_queue_jobs";
pub(crate) const QUEUE_OLDEST: &str = "fine_queue_oldest_seconds";
pub(crate) const QUEUE_WAIT: &str = "fine_queue_wait_seconds";
pub(crate) const JOB_TRIES: &str = "fine_job_tries_total";
pub(crate) const AUDITS_STARTED: &str = "fine_audits_started_total";
pub(crate) const AUDITS_ENDED: &str = "fine_audits_ended_total";
pub(crate) const AUDIT_SECONDS: &str = "fine_audit_seconds";
pub(crate) const STAGE_SECONDS: &str = "fine_stage_seconds";
pub(crate) const PLACES: &str = "fine_worker_places";
pub(crate) const DB_CONNECTIONS: &str = "fine_db_connections";
pub(crate) const DB_CONNECTIONS_MOST: &str = "fine_db_connections_max";
pub(crate) const DB_ACQUIRE: &str = "fine_db_acquire_seconds";
pub(crate) const DB_QUERY: &str = "fine_db_query_seconds";
pub(crate) const LLM_REQUESTS: &str = "fine_llm_requests_total";
pub(crate) const LLM_SECONDS: &str = "fine_llm_seconds";
pub(crate) const LLM_TOKENS: &str = "fine_llm_tokens_total";
pub(crate) const LLM_SENTENCES: &str = "fine_llm_sentences_total";
pub(crate) const BUILD: &str = "fine_build_info";
pub(crate) const MEMORY: &str = "process_resident_memory_bytes";
pub(crate) const PROCESSOR: &str = "process_cpu_seconds_total";
pub(crate) const FILES: &str = "process_open_fds";

/// A request: from a millisecond to the longest synchronous stage.
const REQUEST: Form =
    Form::Histogram(&[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0]);
/// From accepted to started: 50 ms is the aim when idle, hours are a queue.
const WAIT: Form = Form::Histogram(&[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0]);
const AUDIT: Form =
    Form::Histogram(&[0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1800.0, 3600.0, 21600.0]);
const STAGE: Form = Form::Histogram(&[0.005, 0.02, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0]);
const STORAGE: Form = Form::Histogram(&[0.0005, 0.002, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0]);
const DATABASE: Form =
    Form::Histogram(&[0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0]);

const fn metric(name: &'static str, form: Form, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, form, labels, help }
}

/// All metrics of Fine.
pub const METRICS: &[Metric] = &[
    metric(HTTP_REQUESTS, Form::Counter, &["method", "route", "status"], "requests answered"),
    metric(HTTP_SECONDS, REQUEST, &["method", "route"], "seconds until the answer begins"),
    metric(HTTP_OPEN, Form::Gauge, &[], "requests whose answer has not begun"),
    metric(SIGN_INS, Form::Counter, &[], "sessions begun at the embedded sign-in"),
    metric(SIGN_INS_REFUSED, Form::Counter, &[], "passwords refused there"),
    metric(UPLOAD_BYTES, Form::Counter, &[], "bytes of complete uploads"),
    metric(SSE_STREAMS, Form::Gauge, &[], "streams of live events that are open"),
    metric(SSE_EVENTS, Form::Counter, &[], "live events sent"),
    metric(QUEUE_JOBS, Form::Gauge, &["state"], "jobs in the queue of all processes: waiting, delayed, running, dead"),
    metric(QUEUE_OLDEST, Form::Gauge, &[], "seconds that the oldest job that is due has waited"),
    metric(
        QUEUE_WAIT,
        WAIT,
        &["lane"],
        "seconds from the moment an audit was accepted to its first start: short, long",
    ),
    metric(
        JOB_TRIES,
        Form::Counter,
        &["outcome"],
        "tries by how they ended: done, failed, cancelled, released, again, dead, lost, unwritten",
    ),
    metric(AUDITS_STARTED, Form::Counter, &[], "audits accepted"),
    metric(
        AUDITS_ENDED,
        Form::Counter,
        &["state"],
        "tries of audits that were written to their end, by the state after it",
    ),
    metric(AUDIT_SECONDS, AUDIT, &["state"], "seconds of such a try"),
    metric(
        STAGE_SECONDS,
        STAGE,
        &["stage", "outcome"],
        "seconds of a stage, by outcome: done, not-run, failed, cancelled",
    ),
    metric(PLACES, Form::Gauge, &["state"], "audits that this process may run at a time: free, taken"),
    metric(
        STORAGE_OPERATIONS,
        Form::Counter,
        &["operation", "outcome"],
        "operations of the file store: ok, not-found, error",
    ),
    metric(STORAGE_SECONDS, STORAGE, &["operation"], "seconds of an operation; of a get until its first byte"),
    metric(STORAGE_BYTES, Form::Counter, &["direction"], "bytes read and written in the file store"),
    metric(DB_CONNECTIONS, Form::Gauge, &["state"], "connections of this process to the database: idle, used"),
    metric(DB_CONNECTIONS_MOST, Form::Gauge, &[], "most connections of this process"),
    metric(DB_ACQUIRE, DATABASE, &[], "seconds that work waited for a connection"),
    metric(DB_QUERY, DATABASE, &[], "seconds of a statement"),
    metric(DATABASE_ERRORS, Form::Counter, &["kind"], "errors of the database: timeout, connection, statement"),
    metric(
        LLM_REQUESTS,
        Form::Counter,
        &["outcome"],
        "questions to the language model: ok, timeout, unreachable, malformed, refused, rate-limited, budget",
    ),
    metric(LLM_SECONDS, AUDIT, &[], "seconds of such a question, with what was tried again"),
    metric(
        LLM_TOKENS,
        Form::Counter,
        &["direction"],
        "tokens that the language model read and wrote, as its server says",
    ),
    metric(LLM_SENTENCES, Form::Counter, &["outcome"], "its sentences: kept, rejected"),
    metric(BUILD, Form::Gauge, &["version"], "always 1"),
    metric(MEMORY, Form::Gauge, &[], "memory of this process (Linux)"),
    metric(PROCESSOR, Form::Counter, &[], "processor time of this process in whole seconds (Linux)"),
    metric(FILES, Form::Gauge, &[], "open files and sockets of this process (Linux)"),
];
