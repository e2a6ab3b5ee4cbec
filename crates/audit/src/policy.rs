//! The policy: limits, required checks, severity table. The default is embedded; a TOML file may change every number.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{AppliedLimit, Severity, Side};

const DEFAULT: &str = include_str!("policy.toml");

/// Limits and rules of judgement. Saved in every result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Name of the policy.
    pub name: String,
    /// Version of the policy.
    pub version: String,
    /// False discovery rate of families of tests.
    pub alpha: f64,
    /// Severity steps on `effect ratio x share affected`.
    pub severity: SeveritySteps,
    /// Limits by check code.
    pub limits: BTreeMap<String, Limit>,
    /// Checks whose worst outcome is the verdict.
    pub required: Vec<String>,
}

/// Lower ends of the severity bands of an issue (a watch is one band lower).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeveritySteps {
    /// From here on, medium.
    pub medium: f64,
    /// From here on, high.
    pub high: f64,
    /// From here on, critical.
    pub critical: f64,
}

/// The limits of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Past this with evidence is an issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<f64>,
    /// Past this is worth watching.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<f64>,
    /// Past this an issue is critical, whatever the share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<f64>,
    /// The good side.
    pub good: Side,
    /// Where the number comes from.
    pub origin: String,
}

/// A policy file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("read the policy: {0}")]
pub struct PolicyError(#[from] toml::de::Error);

impl Policy {
    /// Reads a policy from TOML text.
    ///
    /// # Errors
    /// When the text is not TOML, has an unknown key, or lacks one.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        Ok(toml::from_str(text)?)
    }

    /// The limit of a check as a finding shows it.
    pub fn applied(&self, check: &str) -> Option<AppliedLimit> {
        self.limits.get(check).map(|l| AppliedLimit {
            issue: l.issue,
            watch: l.watch,
            critical: l.critical,
            good: l.good,
            origin: l.origin.clone(),
        })
    }

    /// Severity of an issue by its product of effect ratio and share affected.
    pub fn severity(&self, product: f64) -> Severity {
        let s = &self.severity;
        if product >= s.critical {
            Severity::Critical
        } else if product >= s.high {
            Severity::High
        } else if product >= s.medium {
            Severity::Medium
        } else {
            Severity::Low
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::from_toml(DEFAULT).expect("the embedded policy is tested")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_policy_reads_and_requires_only_checks_it_has() {
        let p = Policy::default();
        for check in &p.required {
            assert!(p.limits.contains_key(check), "required check {check} has no limit");
        }
    }
}
