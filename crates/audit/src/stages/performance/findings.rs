//! Judges the `performance` report.

use fine_model::ScoreKind;
use fine_table::Task;

use super::challengers::TREE;
use super::report::{Baseline, Report};
use crate::estimate::Estimate;
use crate::finding::{Finding, Outcome, Scope};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::subject::Subject;

const STAGE: &str = "performance";

pub(super) fn findings(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let mut out = vec![beats_dummy(report, subject, policy)];
    out.push(tree_gain(report, subject, policy));
    out.extend(auc(report, subject, policy));
    out.push(degradation(report, subject, policy));
    out
}

fn main_metric(subject: &Subject) -> &'static str {
    if subject.task == Task::Regression { "rmse" } else { "accuracy" }
}

fn baseline<'a>(report: &'a Report, ids: &[&str], metric: &str) -> Option<(usize, &'a Baseline)> {
    report.baselines.iter().enumerate().find(|(_, b)| ids.contains(&b.id.as_str()) && b.metric == metric)
}

/// The advantage over the best constant must be above 0, with its whole interval.
fn beats_dummy(report: &Report, subject: &Subject, policy: &Policy) -> Finding {
    let measured = |e| Measured::new("PERF-BEATS-DUMMY", STAGE, e).strict();
    match baseline(report, &["majority", "mean"], main_metric(subject)) {
        Some((i, b)) => measured(b.advantage.clone()).evidence(format!("/baselines/{i}/advantage")).judge(policy),
        None => measured(Estimate::not_estimable(report.n)).evidence("/baselines").judge(policy),
    }
}

/// The effect is the part of the limit that is missing: 1 for a model that is no better than the tree.
fn tree_gain(report: &Report, subject: &Subject, policy: &Policy) -> Finding {
    const CHECK: &str = "PERF-TREE-GAIN";
    let Some((i, b)) = baseline(report, &[TREE], main_metric(subject)) else {
        let none = Measured::new(CHECK, STAGE, Estimate::not_estimable(report.n)).evidence("/baselines");
        return none.without_outcome(policy, Outcome::NotApplicable, "no-challenger");
    };
    let limit = policy.limits.get(CHECK).and_then(|l| l.issue.or(l.watch)).filter(|l| *l > 0.0);
    let mut measured = Measured::new(CHECK, STAGE, b.gain_interval.clone());
    if let (Some(limit), Some(gain)) = (limit, b.gain) {
        measured = measured.effect((1.0 - gain / limit).max(0.0));
    }
    measured.evidence(format!("/baselines/{i}/gain_interval")).judge(policy)
}

fn degradation(report: &Report, subject: &Subject, policy: &Policy) -> Finding {
    let measured = |e| Measured::new("PERF-DEGRADATION", STAGE, e);
    match &report.degradation {
        Some(d) => measured(d.relative_loss.clone()).evidence("/degradation/relative_loss").judge(policy),
        None => {
            let reason = match &subject.reference {
                None => "no-reference",
                Some(r) if r.prediction.is_none() => "no-reference-predictions",
                Some(_) => "not-estimable",
            };
            let none = measured(Estimate::not_estimable(report.n)).evidence("/degradation");
            none.without_outcome(policy, Outcome::NotApplicable, reason)
        }
    }
}

fn auc(report: &Report, subject: &Subject, policy: &Policy) -> Vec<Finding> {
    let measured = |e: Estimate| Measured::new("PERF-AUC", STAGE, e);
    let none = |reason| {
        let m = measured(Estimate::not_estimable(report.n)).evidence("/metrics");
        vec![m.without_outcome(policy, Outcome::NotApplicable, reason)]
    };
    if subject.task == Task::Regression {
        return none("regression");
    }
    if subject.prediction.kind == ScoreKind::Label {
        return none("no-probability");
    }
    let rows = report.n.max(1) as f64;
    report
        .per_class
        .iter()
        .enumerate()
        .filter(|(k, _)| subject.task == Task::Multiclass || *k == subject.positive)
        .map(|(k, c)| {
            measured(c.roc_auc.clone())
                .scope(Scope::Class { class: c.class.clone() })
                .share(if subject.task == Task::Binary { 1.0 } else { c.support as f64 / rows })
                .evidence(format!("/per_class/{k}/roc_auc"))
                .judge(policy)
        })
        .collect()
}
