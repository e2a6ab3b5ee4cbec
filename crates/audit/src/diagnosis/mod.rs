//! The words of an audit as ids and numbers: summary, risks and recommendations by rules over the findings.
//!
//! Nothing here is a sentence: a [`Statement`] names a catalogue key, its numbers, and pointers to the results that
//! carry them, so that every word of a report can be traced.

mod summary;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use serde_json::Map;

use crate::finding::{Finding, Outcome, Severity};
use crate::result::{Diagnosis, Manifest, StageRecord, Statement};

/// Raised whenever the rules may say something else about the same results.
const RULES_VERSION: &str = "2";

/// Applies the rules.
pub fn diagnose(manifest: &Manifest, stages: &[StageRecord], findings: &[Finding]) -> Diagnosis {
    let ranked = ranked(findings);
    Diagnosis {
        rules_version: RULES_VERSION.to_owned(),
        summary: summary::summary(manifest, stages, findings),
        risks: ranked
            .iter()
            .map(|(i, f)| statement(format!("checks.{}.{}", f.check, word(f.outcome)), *i, f))
            .collect(),
        recommendations: recommendations(&ranked),
    }
}

/// Issues, then watches; each by severity, then by effect and share, then in the engine's order. What is only for the
/// record ([`Severity::Info`]) is no risk.
fn ranked(findings: &[Finding]) -> Vec<(usize, &Finding)> {
    let mut ranked: Vec<(usize, &Finding)> = findings.iter().enumerate().filter(|(_, f)| is_risk(f)).collect();
    let weight = |f: &Finding| f.severity_basis.as_ref().map_or(0.0, |b| b.product);
    ranked.sort_by(|(_, a), (_, b)| {
        (Reverse(a.outcome), Reverse(a.severity))
            .cmp(&(Reverse(b.outcome), Reverse(b.severity)))
            .then_with(|| weight(b).total_cmp(&weight(a)))
    });
    ranked
}

/// Whether a finding asks for a decision: an issue, or a watch that is more than a note for the record.
pub fn is_risk(finding: &Finding) -> bool {
    match finding.outcome {
        Outcome::Issue => true,
        Outcome::Watch => finding.severity > Severity::Info,
        _ => false,
    }
}

/// One recommendation for each check and scope, in the order of the risks.
fn recommendations(ranked: &[(usize, &Finding)]) -> Vec<Statement> {
    let mut out: Vec<Statement> = Vec::new();
    for (i, finding) in ranked {
        let Some(id) = &finding.recommendation else { continue };
        let next = statement(format!("recommendations.{id}"), *i, finding);
        match out.iter_mut().find(|s| s.key == next.key && s.scope == next.scope) {
            Some(same) => same.evidence.extend(next.evidence),
            None => out.push(next),
        }
    }
    out
}

/// A statement about one finding; its numbers are read from the finding, which the evidence points to first.
fn statement(key: String, index: usize, finding: &Finding) -> Statement {
    Statement {
        key,
        severity: finding.severity,
        scope: Some(finding.scope.clone()),
        args: Map::new(),
        evidence: vec![format!("/findings/{index}"), finding.evidence.clone()],
    }
}

fn word(outcome: Outcome) -> &'static str {
    if outcome == Outcome::Issue { "issue" } else { "watch" }
}
