//! What started a job, so that a worker's logs and traces continue those of the server.

use serde::{Deserialize, Serialize};

/// The request that started a job. Nothing depends on it: what is missing is missing in logs and traces only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// Id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// W3C trace context of the request's span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// What vendors add to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracestate: Option<String>,
    /// Language of the person, `en` or `es`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Origin {
    /// As stored.
    pub(crate) fn to_text(&self) -> String {
        // Plain strings have a form; were it otherwise, a job without an origin is as good.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// As it was stored, by any version.
    pub(crate) fn from_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}
