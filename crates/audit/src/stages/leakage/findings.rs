//! Judges the `leakage` report.

use super::others::{ids, times};
use super::report::{Power, Report};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::subject::Subject;

const STAGE: &str = "leakage";

pub(super) fn findings(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let mut out = features(report, policy);
    out.extend(skipped(report, policy));
    out.extend(identifiers(report, policy));
    out.extend(shared(report, subject, policy));
    out.push(shared_ids(report, subject, policy));
    out.push(overlap(report, subject, policy));
    out.extend(predictions(report, policy));
    out
}

fn none(check: &'static str, report: &Report, at: &str, reason: &str, policy: &Policy) -> Finding {
    let nothing = Measured::new(check, STAGE, Estimate::not_estimable(report.rows)).evidence(at);
    nothing.without_outcome(policy, Outcome::NotApplicable, reason)
}

/// Findings that are no pass; when all pass, the largest for all of them.
fn but_for_passes(all: Vec<(f64, Finding)>) -> Vec<Finding> {
    let open: Vec<Finding> = all.iter().filter(|(_, f)| f.outcome != Outcome::Pass).map(|(_, f)| f.clone()).collect();
    if !open.is_empty() {
        return open;
    }
    let largest = all.iter().enumerate().max_by(|(i, a), (j, b)| a.0.total_cmp(&b.0).then(j.cmp(i)));
    largest.map(|(_, (_, f))| Finding { scope: Scope::Global, ..f.clone() }).into_iter().collect()
}

fn scope(power: &Power) -> Scope {
    Scope::Feature { feature: power.column.clone() }
}

fn features(report: &Report, policy: &Policy) -> Vec<Finding> {
    const CHECK: &str = "LEAK-FEATURE";
    if report.features.is_empty() {
        return vec![none(CHECK, report, "/features", "nothing-compared", policy)];
    }
    let one = |(i, p): (usize, &Power)| {
        let measured = Measured::new(CHECK, STAGE, p.score.clone()).strict().scope(scope(p));
        (p.score.value.unwrap_or(-1.0), measured.evidence(format!("/features/{i}/score")).judge(policy))
    };
    but_for_passes(report.features.iter().enumerate().map(one).collect())
}

/// Features without a score are named, so that none is passed over.
fn skipped(report: &Report, policy: &Policy) -> Vec<Finding> {
    let one = |(i, s): (usize, &super::report::Skipped)| Finding {
        scope: Scope::Feature { feature: s.column.clone() },
        ..none("LEAK-FEATURE", report, &format!("/skipped/{i}"), &s.reason, policy)
    };
    report.skipped.iter().enumerate().map(one).collect()
}

/// A score of 0 is the floor of the measure, where nothing was found: it is judged as it is, without its interval.
fn identifiers(report: &Report, policy: &Policy) -> Vec<Finding> {
    const CHECK: &str = "LEAK-IDENTIFIER";
    if report.identifiers.is_empty() {
        return vec![none(CHECK, report, "/identifiers", "no-identifier", policy)];
    }
    let one = |(i, p): (usize, &Power)| {
        let estimate = match p.score.value {
            Some(v) if v <= 0.0 => Estimate::plain(0.0, p.score.n),
            _ => p.score.clone(),
        };
        let effect = p.score.value.unwrap_or(0.0);
        let measured = Measured::new(CHECK, STAGE, estimate).scope(scope(p)).share(effect);
        (effect, measured.evidence(format!("/identifiers/{i}/score")).judge(policy))
    };
    but_for_passes(report.identifiers.iter().enumerate().map(one).collect())
}

fn shared(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let reason = if subject.reference.is_some() { "nothing-compared" } else { "no-reference" };
    let Some(s) = &report.shared else {
        return ["LEAK-SHARED-ROWS", "LEAK-NEAR-DUPLICATES"]
            .map(|check| none(check, report, "/shared", reason, policy))
            .to_vec();
    };
    let judged = |check: &'static str, e: &Estimate, place: &str| {
        let share = e.value.unwrap_or(0.0);
        Measured::new(check, STAGE, e.clone()).share(share).evidence(format!("/shared/{place}")).judge(policy)
    };
    let near = match &s.near {
        Some(e) => judged("LEAK-NEAR-DUPLICATES", e, "near"),
        None => none("LEAK-NEAR-DUPLICATES", report, "/shared/near", "too-few-features", policy),
    };
    vec![judged("LEAK-SHARED-ROWS", &s.rows, "rows"), near]
}

fn shared_ids(report: &Report, subject: &Subject, policy: &Policy) -> Finding {
    const CHECK: &str = "LEAK-SHARED-IDS";
    let reason = match (&report.ids, &subject.reference) {
        (Some(own), _) => {
            let share = own.share.value.unwrap_or(0.0);
            let measured = Measured::new(CHECK, STAGE, own.share.clone()).share(share);
            return measured.evidence("/ids/share").judge(policy);
        }
        (None, None) => "no-reference",
        (None, Some(reference)) => ids(subject, reference).err().unwrap_or("no-result"),
    };
    none(CHECK, report, "/ids", reason, policy)
}

fn overlap(report: &Report, subject: &Subject, policy: &Policy) -> Finding {
    const CHECK: &str = "LEAK-TIME-OVERLAP";
    let reason = match (&report.times, &subject.reference) {
        (Some(own), _) => {
            let share = own.overlap.value.unwrap_or(0.0);
            let measured = Measured::new(CHECK, STAGE, own.overlap.clone()).share(share);
            return measured.evidence("/times/overlap").judge(policy);
        }
        (None, None) => "no-reference",
        (None, Some(reference)) => times(subject, reference).err().unwrap_or("no-result"),
    };
    none(CHECK, report, "/times", reason, policy)
}

/// A label that differs is past any tolerance.
fn predictions(report: &Report, policy: &Policy) -> Vec<Finding> {
    let checks = ["LEAK-BATCH", "LEAK-DETERMINISM"];
    let Some(p) = &report.predictions else {
        return checks.map(|check| none(check, report, "/predictions", "predictions-only", policy)).to_vec();
    };
    let judged = |check: &'static str, difference: f64, labels: u64, place: &str| {
        let value = if labels > 0 { difference.max(1.0) } else { difference };
        let measured = Measured::new(check, STAGE, Estimate::plain(value, p.rows)).effect(1.0);
        measured.evidence(format!("/predictions/{place}")).judge(policy)
    };
    vec![judged(checks[0], p.single, p.single_labels, "single"), judged(checks[1], p.again, p.again_labels, "again")]
}
