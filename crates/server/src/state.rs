//! What every handler can reach.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fine_store::{Store, Transport};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Semaphore, watch};

use crate::api::AuditRequest;
use crate::auth::{Checked, Embedded, Verifier};
use crate::config::Config;
use crate::limits::Limits;
use crate::narrator::Model;
use crate::sandbox::Sandbox;
use crate::upload::UploadKey;

/// Shared state.
pub type App = Arc<State>;

/// What every handler can reach.
pub struct State {
    /// Checked settings.
    pub config: Config,
    /// Database and files.
    pub store: Store,
    /// Moves jobs to the worker.
    pub transport: Transport,
    /// Checks bearer tokens.
    pub verifier: Verifier,
    /// Tokens that were checked a moment ago.
    pub checked: Checked,
    /// The embedded sign-in, when it is on.
    pub embedded: Option<Embedded>,
    /// Signs addresses for uploads to this server.
    pub upload_key: UploadKey,
    /// Rate limits.
    pub limits: Limits,
    /// The language model that puts audits into words, where there is one.
    pub(crate) model: Option<Model>,
    /// Metrics.
    pub metrics: PrometheusHandle,
    /// Address of this server as people see it, without a slash at the end.
    pub public_url: String,
    /// Audits that were prepared for an owner and wait for a click; set once, by the demo workspace.
    pub(crate) prepared: OnceLock<(String, Vec<AuditRequest>)>,
    /// Turns true when the server stops.
    pub stop: watch::Sender<bool>,
    /// Where files are read.
    pub(crate) sandbox: Sandbox,
    /// Slots for work that fills a core: reading files, checks, synchronous stages.
    pub heavy: Semaphore,
    /// How long a request may take.
    pub timeout: Duration,
}
