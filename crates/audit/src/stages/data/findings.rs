//! Judges the table.

use fine_table::Task;

use super::cells;
use super::measure::interval;
use super::report::{ColumnProfile, Report};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::stats::proportion::share;
use crate::subject::Subject;

pub(super) const STAGE: &str = "data";

pub(super) fn judge(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let mut findings = constant(report, policy);
    findings.push(
        Measured::new("DATA-DUPLICATES", STAGE, share(report.duplicate_rows, report.rows))
            .share(report.duplicate_share)
            .evidence("/duplicate_share")
            .judge(policy),
    );
    findings.push(conflicting(report, subject, policy));
    findings.extend(missing(report, policy));
    findings.extend(correlated(report, subject, policy));
    findings.extend(minority(report, subject, policy));
    findings.extend(cells::judge(report, policy));
    findings
}

/// Columns that the audit uses, with their place in the report.
pub(super) fn used(report: &Report) -> impl Iterator<Item = (usize, &ColumnProfile)> {
    report.columns.iter().enumerate().filter(|(_, c)| !matches!(c.role.as_str(), "ignore" | "other"))
}

pub(super) fn column_scope(column: &ColumnProfile) -> Scope {
    Scope::Feature { feature: column.name.clone() }
}

fn constant(report: &Report, policy: &Policy) -> Vec<Finding> {
    let columns = used(report).count().max(1) as f64;
    let found: Vec<Finding> = used(report)
        .filter(|(_, c)| c.constant)
        .map(|(i, c)| {
            Measured::new("DATA-CONSTANT", STAGE, Estimate::plain(1.0, report.rows))
                .scope(column_scope(c))
                .effect(1.0 / columns)
                .evidence(format!("/columns/{i}"))
                .judge(policy)
        })
        .collect();
    if found.is_empty() {
        let none = Measured::new("DATA-CONSTANT", STAGE, Estimate::plain(0.0, report.rows)).evidence("/columns");
        return vec![none.judge(policy)];
    }
    found
}

/// A count of the audited rows, not an estimate: one conflicting pair is a conflict.
fn conflicting(report: &Report, subject: &Subject, policy: &Policy) -> Finding {
    let measured =
        Measured::new("DATA-CONFLICTING-LABELS", STAGE, Estimate::plain(report.conflicting_share, report.rows))
            .share(report.conflicting_share)
            .evidence("/conflicting_share");
    if subject.task == Task::Regression {
        return measured.without_outcome(policy, Outcome::NotApplicable, "regression");
    }
    measured.judge(policy)
}

fn missing(report: &Report, policy: &Policy) -> Vec<Finding> {
    let measured = |(i, c): (usize, &ColumnProfile)| {
        Measured::new("DATA-MISSING", STAGE, share(c.missing, report.rows))
            .share(c.missing_share)
            .evidence(format!("/columns/{i}/missing_share"))
            .scope(column_scope(c))
    };
    let worst = used(report).max_by(|a, b| a.1.missing.cmp(&b.1.missing).then(b.0.cmp(&a.0)));
    let judged = used(report).map(|c| measured(c).judge(policy));
    but_for_passes(judged, worst.map(|c| measured(c).scope(Scope::Global).judge(policy)))
}

/// Findings that are no pass; when all pass, the one given for all of them.
pub(super) fn but_for_passes(findings: impl Iterator<Item = Finding>, all: Option<Finding>) -> Vec<Finding> {
    let open: Vec<Finding> = findings.filter(|f| f.outcome != Outcome::Pass).collect();
    if open.is_empty() { all.into_iter().collect() } else { open }
}

fn correlated(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let check = "DATA-CORRELATED";
    let limit = policy.limits.get(check).and_then(|l| l.watch.or(l.issue)).filter(|l| *l > 0.0).unwrap_or(1.0);
    let measured = |i: usize| {
        let association = &report.associations[i];
        let [a, b] = &association.features;
        let estimate = match (subject.table.column(a), subject.table.column(b)) {
            (Some(a), Some(b)) => interval(association, a, b),
            _ => Estimate::not_estimable(association.n),
        };
        // Two features too many of all of them.
        Measured::new(check, STAGE, estimate)
            .effect(association.value.abs() / limit * 2.0 / subject.feature_columns.len().max(2) as f64)
            .share(association.n as f64 / report.rows.max(1) as f64)
            .evidence(format!("/associations/{i}"))
    };
    if report.associations.is_empty() {
        let nothing = Measured::new(check, STAGE, Estimate::not_estimable(report.rows)).evidence("/associations");
        return vec![nothing.without_outcome(policy, Outcome::NotApplicable, "no-pairs")];
    }
    let near = (0..report.associations.len()).filter(|i| report.associations[*i].value.abs() > limit / 2.0);
    let judged = near
        .map(|i| measured(i).scope(Scope::Pair { features: report.associations[i].features.clone() }).judge(policy));
    but_for_passes(judged, Some(measured(0).judge(policy)))
}

fn minority(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let check = "DATA-MINORITY";
    if subject.task == Task::Regression {
        let nothing = Measured::new(check, STAGE, Estimate::not_estimable(report.rows)).evidence("/target");
        return vec![nothing.without_outcome(policy, Outcome::NotApplicable, "regression")];
    }
    let measured = |i: usize| {
        let class = &report.classes[i];
        Measured::new(check, STAGE, share(class.count, report.rows))
            .share(class.share)
            .evidence(format!("/classes/{i}/share"))
    };
    let rarest = (0..report.classes.len()).min_by_key(|i| report.classes[*i].count);
    let judged = (0..report.classes.len())
        .map(|i| measured(i).scope(Scope::Class { class: report.classes[i].class.clone() }).judge(policy));
    but_for_passes(judged, rarest.map(|i| measured(i).judge(policy)))
}
