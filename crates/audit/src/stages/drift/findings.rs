//! Judges the `drift` report.

use super::report::{ColumnDrift, Kind, Report, Test};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::subject::Subject;

const STAGE: &str = "drift";

/// A measure of a column: its check, its number, its test, and its place in the column's report.
struct Measure {
    check: &'static str,
    estimate: fn(&ColumnDrift) -> Option<&Estimate>,
    test: fn(&ColumnDrift) -> Option<&Test>,
    place: &'static str,
    /// Reason when no column has it.
    none: &'static str,
}

const MEASURES: [Measure; 5] = [
    Measure {
        check: "DRIFT-PSI",
        estimate: |c| Some(&c.psi),
        test: |c| c.chi_squared.as_ref(),
        place: "psi",
        none: "nothing-compared",
    },
    Measure {
        check: "DRIFT-JENSEN-SHANNON",
        estimate: |c| Some(&c.jensen_shannon),
        test: |c| c.chi_squared.as_ref(),
        place: "jensen_shannon",
        none: "nothing-compared",
    },
    Measure {
        check: "DRIFT-KS",
        estimate: |c| c.ks.as_ref(),
        test: |c| c.ks_test.as_ref(),
        place: "ks",
        none: "no-numbers",
    },
    Measure {
        check: "DRIFT-WASSERSTEIN",
        estimate: |c| c.wasserstein.as_ref(),
        test: |c| c.ks_test.as_ref(),
        place: "wasserstein",
        none: "no-numbers",
    },
    Measure {
        check: "DRIFT-CRAMER-V",
        estimate: |c| c.cramer_v.as_ref(),
        test: |c| c.chi_squared.as_ref(),
        place: "cramer_v",
        none: "no-categories",
    },
];

pub(super) fn findings(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let mut out: Vec<Finding> = MEASURES.iter().flat_map(|m| of_features(report, m, policy)).collect();
    out.extend(not_compared(report, policy));
    out.extend(missing(report, policy));
    out.extend(unseen(report, "DRIFT-NEW-CATEGORIES", "new_categories", |c| c.new_categories.as_ref(), policy));
    out.extend(unseen(report, "DRIFT-RANGE", "out_of_range", |c| c.out_of_range.as_ref(), policy));
    out.extend(label(report, subject, policy));
    out.extend(predictions(report, subject, policy));
    out.push(domain(report, policy));
    out
}

/// The lowest limit of a check.
fn limit(check: &str, policy: &Policy) -> Option<f64> {
    policy.limits.get(check).and_then(|l| l.watch.or(l.issue))
}

/// A number at or past its limit only counts with a test that agrees; the limit itself is past.
fn judged(measured: Measured, value: Option<f64>, check: &str, p: Option<f64>, policy: &Policy) -> Finding {
    let measured = measured.strict().p_value(p);
    let is_past = value.zip(limit(check, policy)).is_some_and(|(v, l)| v >= l);
    match p {
        None if is_past => measured.without_outcome(policy, Outcome::Inconclusive, "too-few-rows"),
        Some(p) if is_past && p >= policy.alpha => {
            measured.without_outcome(policy, Outcome::Inconclusive, "not-significant")
        }
        _ => measured.judge(policy),
    }
}

/// All issues and watches; of what is not settled the largest; when all pass, the one given for all.
fn settled(all: Vec<(f64, Finding)>, passed: impl FnOnce(&Finding) -> Finding) -> Vec<Finding> {
    let largest = |wanted: fn(&Finding) -> bool| {
        all.iter()
            .enumerate()
            .filter(|(_, (_, f))| wanted(f))
            .max_by(|(i, a), (j, b)| a.0.total_cmp(&b.0).then(j.cmp(i)))
            .map(|(_, (_, f))| f.clone())
    };
    let mut out: Vec<Finding> = all
        .iter()
        .filter(|(_, f)| matches!(f.outcome, Outcome::Issue | Outcome::Watch))
        .map(|(_, f)| f.clone())
        .collect();
    out.extend(largest(|f| f.outcome == Outcome::Inconclusive));
    if out.is_empty() {
        out.extend(largest(|_| true).map(|f| passed(&f)));
    }
    out
}

/// The pass of the worst column, for all of them.
fn of_all(worst: &Finding) -> Finding {
    Finding { scope: Scope::Global, ..worst.clone() }
}

fn none(check: &'static str, rows: u64, at: &str, reason: &str, policy: &Policy) -> Finding {
    let nothing = Measured::new(check, STAGE, Estimate::not_estimable(rows)).evidence(at);
    nothing.without_outcome(policy, Outcome::NotApplicable, reason)
}

fn scope(column: &ColumnDrift) -> Scope {
    Scope::Feature { feature: column.name.clone() }
}

fn of_features(report: &Report, m: &Measure, policy: &Policy) -> Vec<Finding> {
    let one = |(i, c): (usize, &ColumnDrift)| {
        let estimate = (m.estimate)(c)?;
        let measured = Measured::new(m.check, STAGE, estimate.clone())
            .scope(scope(c))
            .share(c.moved)
            .evidence(format!("/features/{i}/{}", m.place));
        let p = (m.test)(c).map(|t| t.p_adjusted);
        Some((estimate.value.unwrap_or(-1.0), judged(measured, estimate.value, m.check, p, policy)))
    };
    let all: Vec<_> = report.features.iter().enumerate().filter_map(one).collect();
    if all.is_empty() {
        return vec![none(m.check, report.rows[1], "/features", m.none, policy)];
    }
    settled(all, of_all)
}

/// Features without numbers are named, so that none is passed over.
fn not_compared(report: &Report, policy: &Policy) -> Vec<Finding> {
    let one = |(i, n): (usize, &super::report::NotCompared)| Finding {
        scope: Scope::Feature { feature: n.feature.clone() },
        ..none("DRIFT-PSI", report.rows[1], &format!("/not_compared/{i}"), &n.reason, policy)
    };
    report.not_compared.iter().enumerate().map(one).collect()
}

/// The size of the change in either direction.
fn size(change: &Estimate) -> Estimate {
    let (low, high) = match (change.low, change.high) {
        (Some(l), Some(h)) if l <= 0.0 && h >= 0.0 => (Some(0.0), Some(h.max(-l))),
        (Some(l), Some(h)) => (Some(l.abs().min(h.abs())), Some(l.abs().max(h.abs()))),
        ends => ends,
    };
    Estimate { value: change.value.map(f64::abs), low, high, n: change.n, method: change.method }
}

fn missing(report: &Report, policy: &Policy) -> Vec<Finding> {
    const CHECK: &str = "DRIFT-MISSING";
    let one = |(i, c): (usize, &ColumnDrift)| {
        let change = size(&c.missing.change);
        let value = change.value;
        let measured = Measured::new(CHECK, STAGE, change)
            .scope(scope(c))
            .share(value.unwrap_or(0.0))
            .evidence(format!("/features/{i}/missing/change"));
        (value.unwrap_or(-1.0), judged(measured, value, CHECK, Some(c.missing.p_adjusted), policy))
    };
    let all: Vec<_> = report.features.iter().enumerate().map(one).collect();
    if all.is_empty() {
        return vec![none(CHECK, report.rows[1], "/features", "nothing-compared", policy)];
    }
    settled(all, of_all)
}

/// Values that the reference does not have: a share of the audited values, judged by its interval.
fn unseen(
    report: &Report,
    check: &'static str,
    place: &str,
    of: impl Fn(&ColumnDrift) -> Option<&Estimate>,
    policy: &Policy,
) -> Vec<Finding> {
    let one = |(i, c): (usize, &ColumnDrift)| {
        let share = of(c)?;
        let measured = Measured::new(check, STAGE, share.clone())
            .scope(scope(c))
            .share(share.value.unwrap_or(0.0))
            .evidence(format!("/features/{i}/{place}"));
        Some((share.value.unwrap_or(-1.0), measured.judge(policy)))
    };
    let all: Vec<_> = report.features.iter().enumerate().filter_map(one).collect();
    if all.is_empty() {
        let reason = if check == "DRIFT-RANGE" { "no-numbers" } else { "no-categories" };
        return vec![none(check, report.rows[1], "/features", reason, policy)];
    }
    settled(all, of_all)
}

/// What a label or a prediction is judged by: Cramér's V of classes, the Kolmogorov-Smirnov distance of numbers.
fn main_measure(column: &ColumnDrift) -> (Estimate, Option<&Test>, &'static str) {
    let none = || Estimate::not_estimable(column.psi.n);
    match column.kind {
        Kind::Number => (column.ks.clone().unwrap_or_else(none), column.ks_test.as_ref(), "ks"),
        Kind::Category => (column.cramer_v.clone().unwrap_or_else(none), column.chi_squared.as_ref(), "cramer_v"),
    }
}

fn of_column(check: &'static str, column: &ColumnDrift, at: &str, policy: &Policy) -> (f64, Finding) {
    let (estimate, test, place) = main_measure(column);
    let value = estimate.value;
    let measured = Measured::new(check, STAGE, estimate).share(column.moved).evidence(format!("{at}/{place}"));
    (value.unwrap_or(-1.0), judged(measured, value, check, test.map(|t| t.p_adjusted), policy))
}

fn label(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    const CHECK: &str = "DRIFT-LABEL";
    match &report.label {
        Some(column) => vec![of_column(CHECK, column, "/label", policy).1],
        None => {
            let known = subject.reference.as_ref().is_some_and(|r| r.target.is_some());
            let reason = if known { "too-few-rows" } else { "no-reference-target" };
            vec![none(CHECK, report.rows[1], "/label", reason, policy)]
        }
    }
}

fn predictions(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    const CHECK: &str = "DRIFT-PREDICTION";
    if report.predictions.is_empty() {
        let known = subject.reference.as_ref().is_some_and(|r| r.prediction.is_some());
        let reason = if known { "too-few-rows" } else { "no-reference-predictions" };
        return vec![none(CHECK, report.rows[1], "/predictions", reason, policy)];
    }
    let one = |(i, c): (usize, &ColumnDrift)| of_column(CHECK, c, &format!("/predictions/{i}"), policy);
    settled(report.predictions.iter().enumerate().map(one).collect(), of_all)
}

fn domain(report: &Report, policy: &Policy) -> Finding {
    const CHECK: &str = "DRIFT-MULTIVARIATE";
    match &report.domain {
        Some(d) => Measured::new(CHECK, STAGE, d.separation.clone())
            .strict()
            .share(d.told_apart)
            .evidence("/domain/separation")
            .judge(policy),
        None => none(CHECK, report.rows[1], "/domain", "no-classifier", policy),
    }
}
