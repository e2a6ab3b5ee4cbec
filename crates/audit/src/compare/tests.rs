//! Tests of comparisons.

use fine_table::Column;
use proptest::prelude::*;

use super::report::{Change, ChangeKind};
use super::*;
use crate::finding::{Scope, Severity};
use crate::fixture;
use crate::run::{RunOptions, Silent, run_audit};

fn audit(subject: &Subject) -> AuditResult {
    let options = RunOptions { stages: Some(vec!["performance".to_owned()]), ..RunOptions::default() };
    run_audit(subject, &options, &Silent)
}

fn both(old: &Subject, new: &Subject) -> Result<Comparison, CompareError> {
    let (before, after) = (audit(old), audit(new));
    let (old, new) = (Side { subject: old, result: &before }, Side { subject: new, result: &after });
    compare(old, new, &Context::new(&|_, _| true))
}

fn truths(n: usize) -> Vec<f64> {
    fixture::spread(n, 0.3).iter().map(|u| f64::from(u8::from(*u > 0.6))).collect()
}

/// Probabilities that are right with this share, by a fixed pattern.
fn scores(truth: &[f64], right: f64, start: f64) -> Vec<f64> {
    let luck = fixture::spread(truth.len(), start);
    let score = |(truth, luck): (&f64, &f64)| {
        let says = if *luck < right { *truth } else { 1.0 - truth };
        0.1 + 0.7 * says + 0.1 * luck
    };
    truth.iter().zip(&luck).map(score).collect()
}

fn change<'c>(comparison: &'c Comparison, id: &str) -> &'c report::MetricChange {
    comparison.metrics.iter().find(|metric| metric.id == id).unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn a_model_does_not_differ_from_itself() {
    let truth = truths(300);
    let subject = fixture::binary(&truth, &scores(&truth, 0.8, 0.1), Vec::new());
    let same = both(&subject, &subject).expect("comparable");
    for metric in &same.metrics {
        assert_eq!((metric.difference.value, metric.change), (Some(0.0), Change::Unclear), "{}", metric.id);
        assert_eq!(metric.old, metric.new);
    }
    assert_eq!(same.churn.overall.value, Some(0.0));
    assert!(same.findings.is_empty() && same.same_findings > 0);
    assert_eq!(same.hits.expect("a classifier").p_value, 1.0);
}

#[test]
fn a_better_model_is_better_with_evidence() {
    let truth = truths(400);
    let sex: Vec<Option<&str>> =
        truth.iter().enumerate().map(|(i, _)| Some(if i % 2 == 0 { "a" } else { "b" })).collect();
    let of = |right: f64| fixture::binary(&truth, &scores(&truth, right, 0.1), vec![Column::text("sex", sex.clone())]);
    let (old, new) = (of(0.7), of(0.9));
    let comparison = both(&old, &new).expect("comparable");
    let hits = comparison.hits.clone().expect("a classifier");
    // The same luck: whoever was right before is right now.
    assert_eq!(hits.only_old, 0);
    assert_eq!(hits.both + hits.only_new + hits.neither, 400);
    let accuracy = change(&comparison, "accuracy");
    let gain = hits.only_new as f64 / 400.0;
    assert!((accuracy.difference.value.expect("a value") - gain).abs() < 1e-12);
    assert_eq!((accuracy.change, accuracy.p_value), (Change::Better, Some(hits.p_value)));
    assert!(hits.p_value < 1e-6);
    // The interval of a difference of paired shares: Wald's is close at this size.
    let wald = 1.96 * ((gain - gain * gain) / 400.0).sqrt();
    let (low, high) = (accuracy.difference.low.expect("low"), accuracy.difference.high.expect("high"));
    assert!((low - (gain - wald)).abs() < 0.01 && (high - (gain + wald)).abs() < 0.01, "{low} {high} {gain} {wald}");
    assert_eq!(change(&comparison, "log_loss").change, Change::Better);
    assert_eq!(change(&comparison, "roc_auc").change, Change::Better);
    assert_eq!((comparison.churn.mended, comparison.churn.broken, comparison.churn.other), (hits.only_new, 0, 0));
    assert_eq!(comparison.churn.overall.value, Some(gain));
    let groups: u64 = comparison.churn.groups.iter().filter(|group| group.column == "sex").map(|group| group.n).sum();
    assert_eq!(groups, 400);
    // And the other way round everything is worse by the same numbers.
    let back = both(&new, &old).expect("comparable");
    let worse = change(&back, "accuracy");
    assert_eq!((worse.change, worse.difference.value), (Change::Worse, accuracy.difference.value.map(|v| -v)));
}

#[test]
fn neither_the_order_of_rows_nor_that_of_classes_matters() {
    let names = ["a", "b", "c"];
    let truth: Vec<f64> = (0..240).map(|i| f64::from(i % 3)).collect();
    let scores = |start: f64, right: f64| -> Vec<f64> {
        let luck = fixture::spread(240, start);
        let row = |(truth, luck): (&f64, &f64)| {
            let says = if *luck < right { *truth as usize } else { (*truth as usize + 1) % 3 };
            (0..3).map(|k| if k == says { 0.6 + 0.1 * luck } else { 0.2 - 0.05 * luck }).collect::<Vec<f64>>()
        };
        truth.iter().zip(&luck).flat_map(row).collect()
    };
    let (first, second) = (scores(0.2, 0.6), scores(0.7, 0.8));
    let old = fixture::multiclass(&names, &truth, &first, Vec::new());
    let new = fixture::multiclass(&names, &truth, &second, Vec::new());
    let plain = both(&old, &new).expect("comparable");
    // The new model with its classes in another order.
    let order = [2usize, 0, 1];
    let place = |class: usize| order.iter().position(|own| *own == class).expect("a class");
    let turned_truth: Vec<f64> = truth.iter().map(|t| place(*t as usize) as f64).collect();
    let turned: Vec<f64> = second.chunks(3).flat_map(|row| order.map(|class| row[class])).collect();
    let turned = fixture::multiclass(&order.map(|class| names[class]), &turned_truth, &turned, Vec::new());
    let other = both(&old, &turned).expect("comparable");
    assert_eq!((&plain.metrics, &plain.hits), (&other.metrics, &other.hits));
    assert_eq!(plain.churn.overall, other.churn.overall);
    // All rows backwards.
    let back = |values: &[f64], width: usize| -> Vec<f64> { values.chunks(width).rev().flatten().copied().collect() };
    let old = fixture::multiclass(&names, &back(&truth, 1), &back(&first, 3), Vec::new());
    let new = fixture::multiclass(&names, &back(&truth, 1), &back(&second, 3), Vec::new());
    assert_eq!(both(&old, &new).expect("comparable").metrics, plain.metrics);
}

#[test]
fn regressions_are_compared_by_their_errors() {
    let truth: Vec<f64> = fixture::spread(300, 0.4).iter().map(|u| 10.0 * u).collect();
    let noisy = |scale: f64| -> Vec<f64> {
        truth.iter().zip(fixture::spread(300, 0.9)).map(|(y, u)| y + scale * (u - 0.5)).collect()
    };
    let (old, new) =
        (fixture::regression(&truth, &noisy(4.0), Vec::new()), fixture::regression(&truth, &noisy(1.0), Vec::new()));
    let comparison = both(&old, &new).expect("comparable");
    for id in ["mae", "mse", "rmse", "r2"] {
        assert_eq!(change(&comparison, id).change, Change::Better, "{id}");
    }
    assert!(comparison.hits.is_none() && comparison.churn.overall.value > Some(0.0));
}

#[test]
fn what_has_nothing_to_do_with_each_other_is_refused() {
    let truth = truths(60);
    let subject = fixture::binary(&truth, &scores(&truth, 0.8, 0.1), Vec::new());
    let refused = |change: &dyn Fn(&mut Subject)| {
        let mut other = subject.clone();
        change(&mut other);
        both(&subject, &other).expect_err("refused").code()
    };
    assert_eq!(refused(&|other| other.data_file.sha256 = "another".to_owned()), "compare-table");
    assert_eq!(refused(&|other| other.roles.target = "x".to_owned()), "compare-target");
    assert_eq!(refused(&|other| other.roles.entity = Some("x".to_owned())), "compare-weights");
    assert_eq!(refused(&|other| other.positive = 0), "compare-positive");
    assert_eq!(refused(&|other| other.target[0] = 1.0 - other.target[0]), "compare-truths");
    assert_eq!(refused(&|other| other.classes[0] = "zero".to_owned()), "compare-classes");
    let number = fixture::regression(&truth, &scores(&truth, 0.8, 0.1), Vec::new());
    assert_eq!(both(&subject, &number).expect_err("refused").code(), "compare-task");
    let result = audit(&subject);
    let side = Side { subject: &subject, result: &result };
    let stopped = compare(side, side, &Context::new(&|_, _| false)).expect_err("stopped");
    assert_eq!(stopped, CompareError::Stage(StageError::Cancelled));
}

#[test]
fn findings_open_close_and_change() {
    let subject = fixture::binary(&truths(60), &scores(&truths(60), 0.8, 0.1), Vec::new());
    let sample = audit(&subject).findings.remove(0);
    let finding = |check: &str, outcome, severity, feature: &str| Finding {
        check: check.to_owned(),
        outcome,
        severity,
        scope: Scope::Feature { feature: feature.to_owned() },
        ..sample.clone()
    };
    let (issue, pass) = (Outcome::Issue, Outcome::Pass);
    let (high, info) = (Severity::High, Severity::Info);
    let old = [
        finding("A", issue, high, "x"),
        finding("B", pass, info, "x"),
        finding("C", issue, high, "x"),
        finding("D", issue, Severity::Low, "x"),
        finding("E", pass, info, "x"),
        finding("F", issue, high, "gone"),
        finding("G", issue, high, "x"),
        finding("H", issue, high, "x"),
    ];
    let new = [
        finding("A", issue, high, "x"),
        finding("B", issue, high, "x"),
        finding("C", pass, info, "x"),
        finding("D", issue, high, "x"),
        finding("E", Outcome::Inconclusive, info, "x"),
        finding("F", Outcome::Watch, Severity::Low, "new"),
        finding("G", Outcome::Inconclusive, info, "x"),
        finding("H", Outcome::Errored, info, "the whole audit"),
    ];
    let (changes, same) = findings(&old, &new);
    let seen: Vec<(ChangeKind, &str)> = changes.iter().map(|change| (change.kind, change.check.as_str())).collect();
    use ChangeKind::{Closed, Opened, Other, Worse};
    let settled = [(Opened, "B"), (Opened, "F"), (Worse, "D"), (Closed, "C"), (Closed, "F")];
    assert_eq!(
        seen,
        [&settled[..], &[(Other, "E"), (Other, "G"), (Other, "H"), (Other, "H")]].concat(),
        "an open question closes nothing"
    );
    assert_eq!(same, 1);
    assert!(findings(&old, &old).0.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Of two classes, a row changes sides exactly when one of the two is right.
    #[test]
    fn hits_add_up(seed in 0.0f64..1.0, right in 0.2f64..0.95) {
        let truth = truths(80);
        let (old, new) = (scores(&truth, right, seed), scores(&truth, 0.7, (seed + 0.37).fract()));
        let of = |scores: &[f64]| fixture::binary(&truth, scores, Vec::new());
        let (old, new) = (of(&old), of(&new));
        let places = vec![0, 1];
        let pair = metrics::Pair::new(&old, &new, &places);
        let hits = pair.hits().expect("a classifier");
        prop_assert_eq!(hits.both + hits.only_old + hits.only_new + hits.neither, 80);
        let churn = churn::churn(&old, &new, &places, &[]);
        prop_assert_eq!(churn.mended, hits.only_new);
        prop_assert_eq!(churn.broken, hits.only_old);
        prop_assert_eq!(churn.other, 0);
    }
}
