//! The words of an audit as ids and numbers: summary, risks and recommendations by the rules of `rules.toml` over results and
//! findings.
//!
//! Nothing here is a sentence: a [`Statement`] names a catalogue key, its numbers, and pointers to the results that
//! carry them, so that every word of a report can be traced.

mod path;
mod rules;
mod summary;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use serde_json::{Map, json};

use crate::finding::{Finding, Outcome, Scope};
use crate::result::{Diagnosis, Manifest, StageRecord, Statement};

use rules::{RULES, Rank};

/// Applies the rules.
pub fn diagnose(manifest: &Manifest, stages: &[StageRecord], findings: &[Finding]) -> Diagnosis {
    let ranked = ranked(findings);
    Diagnosis {
        rules_version: RULES.version.clone(),
        summary: summary::summary(manifest, stages, findings),
        risks: ranked.iter().map(|(i, f)| statement(risk_key(f), *i, f)).collect(),
        recommendations: recommendations(&ranked),
    }
}

/// The risks in the order of the rules, then in the engine's.
fn ranked(findings: &[Finding]) -> Vec<(usize, &Finding)> {
    let mut ranked: Vec<(usize, &Finding)> = findings.iter().enumerate().filter(|(_, f)| is_risk(f)).collect();
    ranked.sort_by(|(_, a), (_, b)| {
        RULES.rank.iter().map(|by| compare(*by, b, a)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    ranked
}

fn compare(by: Rank, a: &Finding, b: &Finding) -> Ordering {
    let basis = |f: &Finding| f.severity_basis.as_ref().map_or((0.0, 0.0), |b| (b.share_affected, b.effect_ratio));
    match by {
        Rank::Outcome => a.outcome.cmp(&b.outcome),
        Rank::Severity => a.severity.cmp(&b.severity),
        Rank::Share => basis(a).0.total_cmp(&basis(b).0),
        Rank::Effect => basis(a).1.total_cmp(&basis(b).1),
    }
}

/// Whether a finding asks for a decision: an issue, or a watch that is more than a note for the record.
pub fn is_risk(finding: &Finding) -> bool {
    RULES.risk.iter().any(|risk| finding.outcome == risk.outcome && finding.severity >= risk.least)
}

fn risk_key(finding: &Finding) -> String {
    let word = if finding.outcome == Outcome::Issue { "issue" } else { "watch" };
    match RULES.checks.get(&finding.check) {
        Some(rule) => format!("{}.{word}", rule.says),
        None => format!("checks.{}.{word}", finding.check),
    }
}

/// One recommendation for each advice, about what is worst; of how many others it holds as well stands in `more`. In the order of
/// the risks.
fn recommendations(ranked: &[(usize, &Finding)]) -> Vec<Statement> {
    let mut out: Vec<(Statement, Vec<&Scope>)> = Vec::new();
    for (i, finding) in ranked {
        let Some(id) = &finding.recommendation else { continue };
        let key = RULES.checks.get(id).map_or_else(|| format!("recommendations.{id}"), |rule| rule.advises.clone());
        let next = statement(key, *i, finding);
        match out.iter_mut().find(|(same, _)| same.key == next.key) {
            Some((same, scopes)) => {
                same.evidence.extend(next.evidence);
                if !scopes.contains(&&finding.scope) {
                    scopes.push(&finding.scope);
                    same.args.insert("more".to_owned(), json!(scopes.len() - 1));
                }
            }
            None => out.push((next, vec![&finding.scope])),
        }
    }
    out.into_iter().map(|(statement, _)| statement).collect()
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
