//! The policy: limits, required checks, severity table. The default is embedded; a TOML file may change every number.
//!
//! A file is a whole policy, or says `extends = "fine-default"` and holds only what differs: a limit replaces the limit of
//! the same check, everything else replaces its namesake.

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
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML, an unknown key, or one that is missing.
    #[error("read the policy: {0}")]
    Toml(#[from] toml::de::Error),
    /// A value that has no meaning.
    #[error("take the policy: {place} {problem}")]
    Rule {
        /// Key in the file (`limits.FAIR-SELECTION-RATIO`).
        place: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Policy {
    /// Name of the embedded policy, which a file can extend.
    pub const BASE: &'static str = "fine-default";

    /// The embedded policy as written, with its comments.
    pub fn default_toml() -> &'static str {
        DEFAULT
    }

    /// Reads a policy from TOML text.
    ///
    /// # Errors
    /// When the text is not TOML, has an unknown key, lacks one, or a value has no meaning.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let own: toml::Table = toml::from_str(text)?;
        let policy: Self = if own.contains_key("extends") { extended(own)? } else { toml::from_str(text)? };
        policy.check()?;
        Ok(policy)
    }

    /// Refuses values that would make judgement meaningless.
    fn check(&self) -> Result<(), PolicyError> {
        let rule = |place: &str, holds: bool, problem| match holds {
            true => Ok(()),
            false => Err(PolicyError::Rule { place: place.to_owned(), problem }),
        };
        rule("name", !self.name.trim().is_empty(), "is empty")?;
        rule("version", !self.version.trim().is_empty(), "is empty")?;
        rule("alpha", self.alpha > 0.0 && self.alpha < 1.0, "must lie between 0 and 1")?;
        let SeveritySteps { medium, high, critical } = self.severity;
        let ascending = 0.0 < medium && medium < high && high < critical && critical.is_finite();
        rule("severity", ascending, "must rise from medium over high to critical, all above 0")?;
        for (check, limit) in &self.limits {
            let place = format!("limits.{check}");
            let steps: Vec<f64> = [limit.watch, limit.issue, limit.critical].into_iter().flatten().collect();
            rule(&place, limit.watch.is_some() || limit.issue.is_some(), "has neither a watch nor an issue limit")?;
            rule(&place, limit.critical.is_none() || limit.issue.is_some(), "is critical without an issue limit")?;
            rule(&place, steps.iter().all(|step| step.is_finite()), "must be a finite number")?;
            let worse = |pair: &[f64]| match limit.good {
                Side::Below => pair[0] <= pair[1],
                Side::Above => pair[0] >= pair[1],
            };
            rule(&place, steps.windows(2).all(worse), "does not get worse from watch over issue to critical")?;
            rule(&place, !limit.origin.trim().is_empty(), "does not say where the number comes from")?;
        }
        let without = self.required.iter().find(|check| !self.limits.contains_key(*check));
        rule(without.map_or("required", String::as_str), without.is_none(), "is required and has no limit")
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

/// The embedded policy with what a file changes of it.
fn extended(mut own: toml::Table) -> Result<Policy, PolicyError> {
    let base = own.remove("extends");
    if base.as_ref().and_then(toml::Value::as_str) != Some(Policy::BASE) {
        return Err(PolicyError::Rule { place: "extends".to_owned(), problem: "can only be \"fine-default\"" });
    }
    let mut all: toml::Table = toml::from_str(DEFAULT)?;
    for (key, value) in own {
        match (all.get_mut(&key), value) {
            (Some(toml::Value::Table(all)), toml::Value::Table(own)) => all.extend(own),
            (_, value) => {
                all.insert(key, value);
            }
        }
    }
    Ok(all.try_into()?)
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
        assert_eq!(p.name, Policy::BASE);
    }

    #[test]
    fn a_file_may_hold_only_what_differs() {
        let text = r#"
            extends = "fine-default"
            name = "bank"
            version = "3"
            alpha = 0.01
            [limits.FAIR-SELECTION-RATIO]
            watch = 0.9
            issue = 0.85
            good = "above"
            origin = "bank rule 7"
        "#;
        let own = Policy::from_toml(text).expect("a policy");
        let base = Policy::default();
        assert_eq!((own.name.as_str(), own.alpha), ("bank", 0.01));
        assert_eq!(own.limits["FAIR-SELECTION-RATIO"].watch, Some(0.9));
        assert_eq!(own.limits["CAL-ERROR"], base.limits["CAL-ERROR"]);
        assert_eq!((own.limits.len(), &own.required), (base.limits.len(), &base.required));
        // Written out in full it is the same policy.
        let full = toml::to_string(&own).expect("TOML");
        assert_eq!(Policy::from_toml(&full), Ok(own));
    }

    #[test]
    fn values_without_meaning_are_refused_by_place() {
        let place = |change: &str| match Policy::from_toml(&format!("extends = \"fine-default\"\n{change}")) {
            Err(PolicyError::Rule { place, .. }) => place,
            other => panic!("{change}: {other:?}"),
        };
        assert_eq!(place("alpha = 1.0"), "alpha");
        assert_eq!(place("alpha = nan"), "alpha");
        assert_eq!(place("name = \" \""), "name");
        assert_eq!(place("required = [\"NO-SUCH\"]"), "NO-SUCH");
        assert_eq!(place("[severity]\nmedium = 1.0\nhigh = 0.5\ncritical = 2.0"), "severity");
        let limit = |rest: &str| place(&format!("[limits.CAL-ERROR]\ngood = \"below\"\norigin = \"x\"\n{rest}"));
        for rest in ["", "critical = 1", "watch = 0.2\nissue = 0.1", "issue = inf", "issue = 0.1\ncritical = 0.05"] {
            assert_eq!(limit(rest), "limits.CAL-ERROR", "{rest}");
        }
        assert_eq!(
            place("[limits.CAL-ERROR]\ngood = \"above\"\nwatch = 1\nissue = 2\norigin = \"x\""),
            "limits.CAL-ERROR"
        );
        assert!(matches!(Policy::from_toml("extends = \"other\""), Err(PolicyError::Rule { .. })));
        assert!(matches!(Policy::from_toml("extends = \"fine-default\"\nlimit = 1"), Err(PolicyError::Toml(_))));
        assert!(matches!(Policy::from_toml("name = \"half\""), Err(PolicyError::Toml(_))));
    }
}
