//! What an API key may do: one table of all operations. What is not in it is for people only.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A permission of an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Sees what its owner sees: files, audits, results, reports.
    Read,
    /// Uploads files, and checks, starts and cancels audits.
    Audit,
}

impl Scope {
    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Audit => "audit",
        }
    }
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, without a token.
    Anybody,
    /// A signed-in person, and a key with this scope.
    Key(Scope),
    /// A signed-in person.
    Person,
}

use Scope::{Audit, Read};
use Who::{Anybody, Key, Person};

/// Every operation of the API; a test holds it against the OpenAPI document.
pub const OPERATIONS: &[(&str, &str, Who)] = &[
    ("GET", "/config", Anybody),
    ("GET", "/me", Key(Read)),
    ("DELETE", "/account", Person),
    ("GET", "/account/export", Person),
    ("GET", "/account/trail", Person),
    ("GET", "/account/keys", Person),
    ("POST", "/account/keys", Person),
    ("DELETE", "/account/keys/{id}", Person),
    ("GET", "/datasets", Key(Read)),
    ("POST", "/datasets", Key(Audit)),
    ("GET", "/datasets/{id}", Key(Read)),
    ("DELETE", "/datasets/{id}", Person),
    ("POST", "/uploads", Key(Audit)),
    ("POST", "/uploads/presign", Key(Audit)),
    ("HEAD", "/uploads/{id}", Key(Audit)),
    ("PATCH", "/uploads/{id}", Key(Audit)),
    ("DELETE", "/uploads/{id}", Key(Audit)),
    ("PUT", "/uploads/{id}/content", Key(Audit)),
    ("POST", "/uploads/{id}/complete", Key(Audit)),
    ("GET", "/models", Key(Read)),
    ("POST", "/models", Key(Audit)),
    ("GET", "/models/{id}", Key(Read)),
    ("DELETE", "/models/{id}", Person),
    ("PUT", "/models/{id}/reading", Key(Audit)),
    ("POST", "/audit/check", Key(Audit)),
    ("GET", "/audit/prepared", Key(Read)),
    ("POST", "/audit/full", Key(Audit)),
    ("GET", "/audit/full/{job_id}", Key(Read)),
    ("DELETE", "/audit/full/{job_id}", Key(Audit)),
    ("GET", "/audit/full/{job_id}/events", Key(Read)),
    ("POST", "/audit/run", Key(Audit)),
    ("POST", "/audit/xai", Key(Audit)),
    ("POST", "/audit/sensitivity", Key(Audit)),
    ("POST", "/audit/robustness", Key(Audit)),
    ("POST", "/audit/fairness", Key(Audit)),
    ("POST", "/audit/diagnose", Key(Audit)),
    ("GET", "/audit/analyses", Key(Read)),
    ("GET", "/audit/analyses/{id}", Key(Read)),
    ("DELETE", "/audit/analyses/{id}", Person),
    ("POST", "/audit/analyses/{id}/explain", Key(Read)),
    ("POST", "/audit/analyses/{id}/what-if", Key(Read)),
    ("POST", "/audit/analyses/{id}/counterfactuals", Key(Read)),
    ("POST", "/audit/analyses/{id}/cohort", Key(Read)),
    ("GET", "/audit/analyses/{id}/narrative", Key(Read)),
    ("POST", "/audit/analyses/{id}/narrative", Key(Audit)),
    ("GET", "/audit/analyses/{id}/qa", Key(Read)),
    ("POST", "/audit/analyses/{id}/qa", Key(Read)),
    ("DELETE", "/audit/analyses/{id}/qa", Person),
    ("POST", "/audit/compare", Key(Read)),
    ("GET", "/report/analysis/{id}/download", Key(Read)),
    ("GET", "/report/analysis/{id}/link", Key(Read)),
];

/// Who may call an operation below `/api/v1`.
pub(super) fn who_may(method: &str, path: &str) -> Who {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let listed = |method: &str| OPERATIONS.iter().find(|(m, p, _)| *m == method && *p == path);
    // Without an operation of its own a HEAD request is a GET without its body.
    let found = listed(method).or_else(|| listed("GET").filter(|_| method == "HEAD"));
    found.map_or(Person, |(_, _, who)| *who)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_for_people() {
        assert_eq!(who_may("HEAD", "/api/v1/datasets/{id}"), Key(Read));
        assert_eq!(who_may("DELETE", "/api/v1/datasets/{id}"), Person);
        assert_eq!(who_may("POST", "/api/v1/something/new"), Person);
    }
}
