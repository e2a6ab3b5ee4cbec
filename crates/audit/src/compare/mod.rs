//! Two audits of the same rows: differences with their uncertainty, and what became of the findings.
//!
//! Everything is paired: both models answer the same resampled rows, so what is common to them cancels.

mod churn;
mod metrics;
pub mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use fine_table::Task;

pub use report::Comparison;
use report::{ChangeKind, FindingChange, ImportanceChange, Party};

use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome};
use crate::result::AuditResult;
use crate::stage::{Context, StageError};
use crate::stages::explain;
use crate::stats::paired::kendall_tau_b;
use crate::subject::{Subject, question};

/// One of the two: what was audited, and what the audit said.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The audited rows and predictions.
    pub subject: &'a Subject,
    /// Its audit.
    pub result: &'a AuditResult,
}

/// Why two audits are not compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompareError {
    /// The rows are not the same.
    #[error(
        "compare the audits: they are about different rows ({0}); audit both models on the same table with the same roles"
    )]
    Rows(&'static str),
    /// Other tasks.
    #[error("compare the audits: one model answers a {0} question and the other a {1} one")]
    Task(&'static str, &'static str),
    /// Other classes.
    #[error("compare the audits: the models know different classes, {} and {}", .0.join(", "), .1.join(", "))]
    Classes(Vec<String>, Vec<String>),
    /// Stopped, or a statistic failed.
    #[error(transparent)]
    Stage(#[from] StageError),
}

impl CompareError {
    /// Stable id.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rows(_) => "compare-rows",
            Self::Task(..) => "compare-task",
            Self::Classes(..) => "compare-classes",
            Self::Stage(_) => "compare-failed",
        }
    }
}

/// The new model's class at each place of the old model's classes.
type Places = Vec<usize>;

/// Compares two audits of the same rows.
///
/// # Errors
/// Audits that are not about the same rows, the same question and the same classes; [`CompareError::Stage`] when asked to
/// stop.
pub fn compare(old: Side<'_>, new: Side<'_>, ctx: &Context<'_>) -> Result<Comparison, CompareError> {
    let places = comparable(old.subject, new.subject)?;
    let pair = metrics::Pair::new(old.subject, new.subject, &places);
    let hits = pair.hits();
    let party = |side: &Side<'_>| Party {
        model: side.result.manifest.model.name.clone(),
        sha256: side.result.manifest.model.sha256.clone(),
        verdict: side.result.verdict,
    };
    let (importances, importance_agreement) = importances(old.result, new.result);
    let (findings, same_findings) = findings(&old.result.findings, &new.result.findings);
    Ok(Comparison {
        schema: report::SCHEMA.to_owned(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        data: old.subject.data_file.clone(),
        rows: old.subject.rows() as u64,
        task: old.subject.task,
        classes: old.subject.classes.clone(),
        old: party(&old),
        new: party(&new),
        metrics: pair.metrics(hits.as_ref(), ctx)?,
        churn: churn::churn(old.subject, new.subject, &places, &importances),
        hits,
        importances,
        importance_agreement,
        findings,
        same_findings,
    })
}

/// Refuses audits that have nothing to do with each other.
fn comparable(old: &Subject, new: &Subject) -> Result<Places, CompareError> {
    if old.task != new.task {
        return Err(CompareError::Task(question(old.task), question(new.task)));
    }
    if old.data_file.sha256 != new.data_file.sha256 {
        return Err(CompareError::Rows("another table"));
    }
    if old.roles.target != new.roles.target || old.rows() != new.rows() {
        return Err(CompareError::Rows("another target"));
    }
    if old.roles.weight != new.roles.weight || old.roles.entity != new.roles.entity {
        return Err(CompareError::Rows("other weights or entities"));
    }
    let place = |class: &String| new.classes.iter().position(|other| other == class);
    let places: Option<Places> = old.classes.iter().map(place).collect();
    let positive = |subject: &Subject| subject.classes.get(subject.positive).cloned();
    match places {
        Some(places) if old.classes.len() == new.classes.len() => {
            if old.task == Task::Binary && positive(old) != positive(new) {
                return Err(CompareError::Rows("another positive class"));
            }
            let same = |(a, b): (&f64, &f64)| match old.task {
                Task::Regression => a == b,
                _ => places[*a as usize] == *b as usize,
            };
            if !old.target.iter().zip(&new.target).all(same) {
                return Err(CompareError::Rows("other truths"));
            }
            Ok(places)
        }
        _ => Err(CompareError::Classes(old.classes.clone(), new.classes.clone())),
    }
}

/// Shares of all attributions, largest of the new model first, and how far the rankings agree.
fn importances(old: &AuditResult, new: &AuditResult) -> (Vec<ImportanceChange>, Option<f64>) {
    let read = |result: &AuditResult| -> Option<Vec<(String, Estimate)>> {
        let record = result.stages.iter().find(|stage| stage.id == "explain")?;
        let report: explain::report::Report = serde_json::from_value(record.report.clone()?).ok()?;
        Some(report.features.into_iter().map(|feature| (feature.feature, feature.shap_share)).collect())
    };
    let (Some(old), Some(new)) = (read(old), read(new)) else { return (Vec::new(), None) };
    let find = |all: &[(String, Estimate)], name: &str| {
        all.iter().position(|own| own.0 == name).map(|at| (at as u32 + 1, all[at].1.clone()))
    };
    let gone = old.iter().filter(|own| find(&new, &own.0).is_none());
    let names = new.iter().chain(gone).map(|own| own.0.clone());
    let changes: Vec<ImportanceChange> = names
        .map(|feature| {
            let (before, after) = (find(&old, &feature), find(&new, &feature));
            let rank = |side: &Option<(u32, Estimate)>| side.as_ref().map(|own| own.0);
            let share =
                |side: &Option<(u32, Estimate)>| side.as_ref().map_or(Estimate::plain(0.0, 0), |own| own.1.clone());
            ImportanceChange {
                old_rank: rank(&before),
                new_rank: rank(&after),
                old: share(&before),
                new: share(&after),
                feature,
            }
        })
        .collect();
    let shares = |of: fn(&ImportanceChange) -> &Estimate| -> Vec<f64> {
        changes.iter().map(|change| of(change).value.unwrap_or(0.0)).collect()
    };
    let agreement = kendall_tau_b(&shares(|change| &change.old), &shares(|change| &change.new));
    (changes, agreement)
}

/// Findings that differ, what is open now first; and how many are the same.
fn findings(old: &[Finding], new: &[Finding]) -> (Vec<FindingChange>, u64) {
    // Several findings may share check and scope; they are told apart by their order.
    let keyed = |findings: &[Finding]| {
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut key = |finding: &Finding| {
            let scope = serde_json::to_string(&finding.scope).unwrap_or_default();
            let key = (finding.check.clone(), scope);
            let times = seen.entry(key.clone()).or_default();
            *times += 1;
            (key, *times)
        };
        findings.iter().map(|finding| (key(finding), finding.clone())).collect::<Vec<_>>()
    };
    let (old, new) = (keyed(old), keyed(new));
    let (mut changes, mut same) = (Vec::new(), 0);
    let mut note = |shown: &Finding, before: Option<&Finding>, after: Option<&Finding>| match kind(before, after) {
        None => same += u64::from(after.is_some()),
        Some(kind) => changes.push(FindingChange {
            kind,
            check: shown.check.clone(),
            scope: shown.scope.clone(),
            old: before.cloned(),
            new: after.cloned(),
        }),
    };
    for (key, after) in &new {
        note(after, old.iter().find(|(own, _)| own == key).map(|(_, before)| before), Some(after));
    }
    for (_, before) in old.iter().filter(|(key, _)| !new.iter().any(|(own, _)| own == key)) {
        note(before, Some(before), None);
    }
    changes.sort_by_key(|change| change.kind);
    (changes, same)
}

/// What happened between two findings of the same check and scope; `None` when nothing did.
fn kind(old: Option<&Finding>, new: Option<&Finding>) -> Option<ChangeKind> {
    let open =
        |finding: Option<&Finding>| finding.is_some_and(|f| matches!(f.outcome, Outcome::Issue | Outcome::Watch));
    let rank = |finding: Option<&Finding>| finding.map(|f| (f.outcome, f.severity));
    match (open(old), open(new)) {
        (false, true) => Some(ChangeKind::Opened),
        (true, false) => Some(ChangeKind::Closed),
        (true, true) if rank(new) > rank(old) => Some(ChangeKind::Worse),
        (true, true) if rank(new) < rank(old) => Some(ChangeKind::Better),
        (false, false) if old.map(|f| f.outcome) != new.map(|f| f.outcome) => Some(ChangeKind::Other),
        _ => None,
    }
}
