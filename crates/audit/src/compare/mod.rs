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
use serde_json::{Map, Value};

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

/// Why two audits are not compared. [`CompareError::code`] and [`CompareError::args`] are for problem documents, the
/// message completes "failed to …".
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompareError {
    /// Other rows: the files differ.
    #[error(
        "compare the audits: they are about different tables, {old:?} and {new:?}; audit both models on the same file"
    )]
    Table {
        /// Data file of the old audit.
        old: String,
        /// Data file of the new one.
        new: String,
    },
    /// Another truth.
    #[error("compare the audits: one predicts {old:?} and the other {new:?}; audit both models with the same target")]
    Target {
        /// Target of the old audit.
        old: String,
        /// Target of the new one.
        new: String,
    },
    /// Other tasks.
    #[error("compare the audits: one model answers a {} question and the other a {} one", question(*.old), question(*.new))]
    Task {
        /// Task of the old model.
        old: Task,
        /// Task of the new one.
        new: Task,
    },
    /// Rows count differently.
    #[error("compare the audits: they have other weights or entities; audit both models with the same roles")]
    Weights,
    /// Other classes.
    #[error("compare the audits: the models know different classes, {} and {}", .old.join(", "), .new.join(", "))]
    Classes {
        /// Classes of the old model.
        old: Vec<String>,
        /// Classes of the new one.
        new: Vec<String>,
    },
    /// Another class is the positive one.
    #[error(
        "compare the audits: the positive class is {old:?} in one and {new:?} in the other; audit both with the same one"
    )]
    Positive {
        /// Positive class of the old audit.
        old: String,
        /// Positive class of the new one.
        new: String,
    },
    /// The same table and target, read as other truths.
    #[error("compare the audits: they read other truths from the target; audit both models with the same roles")]
    Truths,
    /// Stopped, or a statistic failed.
    #[error(transparent)]
    Stage(#[from] StageError),
}

impl CompareError {
    /// Stable id.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Table { .. } => "compare-table",
            Self::Target { .. } => "compare-target",
            Self::Task { .. } => "compare-task",
            Self::Weights => "compare-weights",
            Self::Classes { .. } => "compare-classes",
            Self::Positive { .. } => "compare-positive",
            Self::Truths => "compare-truths",
            Self::Stage(_) => "compare-failed",
        }
    }

    /// The values of the message, by name.
    pub fn args(&self) -> Map<String, Value> {
        let pair = |old: Value, new: Value| Map::from_iter([("old".to_owned(), old), ("new".to_owned(), new)]);
        match self {
            Self::Table { old, new } | Self::Target { old, new } | Self::Positive { old, new } => {
                pair(old.as_str().into(), new.as_str().into())
            }
            Self::Task { old, new } => pair(question(*old).into(), question(*new).into()),
            Self::Classes { old, new } => pair(old.clone().into(), new.clone().into()),
            Self::Weights | Self::Truths | Self::Stage(_) => Map::new(),
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
    if old.data_file.sha256 != new.data_file.sha256 {
        return Err(CompareError::Table { old: old.data_file.name.clone(), new: new.data_file.name.clone() });
    }
    if old.roles.target != new.roles.target {
        return Err(CompareError::Target { old: old.roles.target.clone(), new: new.roles.target.clone() });
    }
    if old.task != new.task {
        return Err(CompareError::Task { old: old.task, new: new.task });
    }
    if old.roles.weight != new.roles.weight || old.roles.entity != new.roles.entity {
        return Err(CompareError::Weights);
    }
    let place = |class: &String| new.classes.iter().position(|other| other == class);
    let places: Option<Places> = old.classes.iter().map(place).collect();
    let places = match places {
        Some(places) if old.classes.len() == new.classes.len() => places,
        _ => return Err(CompareError::Classes { old: old.classes.clone(), new: new.classes.clone() }),
    };
    let positive = |subject: &Subject| subject.classes.get(subject.positive).cloned().unwrap_or_default();
    if old.task == Task::Binary && positive(old) != positive(new) {
        return Err(CompareError::Positive { old: positive(old), new: positive(new) });
    }
    let same = |(a, b): (&f64, &f64)| match old.task {
        Task::Regression => a == b,
        _ => places[*a as usize] == *b as usize,
    };
    match old.rows() == new.rows() && old.target.iter().zip(&new.target).all(same) {
        true => Ok(places),
        false => Err(CompareError::Truths),
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
    let settled = |check: &str| {
        let unsettled = |f: &Finding| matches!(f.outcome, Outcome::Errored | Outcome::NotApplicable);
        new.iter().any(|(_, f)| f.check == check && !unsettled(f))
    };
    let mut note = |shown: &Finding, before: Option<&Finding>, after: Option<&Finding>| match kind(before, after) {
        None => same += u64::from(after.is_some()),
        Some(kind) => changes.push(FindingChange {
            // What a stage did not get to look at is not gone.
            kind: if kind == ChangeKind::Closed && !settled(&shown.check) { ChangeKind::Other } else { kind },
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
        (true, false) if new.is_none_or(|f| f.outcome == Outcome::Pass) => Some(ChangeKind::Closed),
        (true, false) => Some(ChangeKind::Other),
        (true, true) if rank(new) > rank(old) => Some(ChangeKind::Worse),
        (true, true) if rank(new) < rank(old) => Some(ChangeKind::Better),
        (false, false) if old.map(|f| f.outcome) != new.map(|f| f.outcome) => Some(ChangeKind::Other),
        _ => None,
    }
}
