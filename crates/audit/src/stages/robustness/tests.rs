//! Tests of the `robustness` stage.

use fine_model::trees::Missing;
use fine_table::{Column, Task};

use super::report::{Numbers, Report};
use super::{Params, Robustness};
use crate::finding::{Outcome, Scope};
use crate::policy::Policy;
use crate::rerun::fixture;
use crate::rerun::metric::Metric;
use crate::stage::{Context, Stage, StageError};
use crate::subject::Subject;

fn quick() -> Params {
    Params { repeats: 3, noise_levels: vec![0.1, 0.5, 1.0], attack_rows: 40, ..Params::default() }
}

#[test]
fn noise_costs_more_the_stronger_it_is() {
    for (task, metric, name) in [
        (Task::Binary, None, "accuracy"),
        (Task::Binary, Some(Metric::RocAuc), "roc_auc"),
        (Task::Regression, None, "r2"),
    ] {
        let subject = fixture::linear(1500, task);
        let report = fixture::run::<Robustness>(&subject, &Params { metric, ..quick() });
        assert_eq!(report.metric, name);
        assert!(report.noise.windows(2).all(|w| w[0].drop.value < w[1].drop.value), "{:?}", report.noise);
        for level in &report.noise {
            assert!((report.baseline - level.value - level.drop.value.unwrap()).abs() < 1e-12);
            assert!(level.drop.low < level.drop.value && level.drop.value < level.drop.high);
        }
        assert_eq!(report.metric_drop, report.noise[1].drop);
    }
}

/// The same numbers as masking by hand.
#[test]
fn masking_fills_medians_and_modes() {
    let subject = fixture::linear(801, Task::Binary);
    let report = fixture::run::<Robustness>(&subject, &quick());
    let by_name = |name: &str| report.masked.iter().find(|m| m.feature == name).unwrap();
    let mut income = subject.table.column("income").unwrap().numbers().unwrap().to_vec();
    income.sort_by(f64::total_cmp);
    assert_eq!(by_name("income").fill, format!("{}", income[400]));
    assert_eq!(by_name("region").fill, "north");
    assert_eq!(by_name("member").fill, "false");
    let masked = fine_table::Column::number("income", fine_table::NumberKind::Float, vec![income[400]; 801]);
    let table = subject.table.with_column(masked).unwrap();
    let labels = subject.model.predict(&table).unwrap().labels;
    let accuracy = |labels: &[u32]| {
        labels.iter().zip(&subject.target).filter(|(l, t)| f64::from(**l) == **t).count() as f64 / 801.0
    };
    let expected = accuracy(&subject.prediction.labels) - accuracy(&labels);
    assert!((by_name("income").drop.value.unwrap() - expected).abs() < 1e-12);
    assert_eq!(by_name("noise").drop.value, Some(0.0));
    assert_eq!(by_name("noise").flip_rate, Some(0.0));
    assert_eq!(
        report.missing_feature_impact.value,
        Some(by_name("income").drop.value.unwrap().max(by_name("rate").drop.value.unwrap()))
    );
}

#[test]
fn a_model_that_refuses_missing_values_is_no_error() {
    let table = fixture::table(600);
    let refusing = fixture::forest_model(&table, Task::Binary, Missing::Refused);
    for subject in [fixture::subject(table, refusing), fixture::linear(600, Task::Binary)] {
        let report = fixture::run::<Robustness>(&subject, &quick());
        assert!(report.missing_refused && report.missing.is_empty());
        let findings = Robustness::findings(&report, &subject, &quick(), &Policy::default());
        let missing = findings.iter().find(|f| f.check == "ROB-MISSING-DROP").unwrap();
        assert_eq!(missing.outcome, Outcome::NotApplicable);
        assert_eq!(missing.reason.as_deref(), Some("missing-refused"));
    }
}

#[test]
fn one_feature_that_everything_rests_on_is_named() {
    let subject = fixture::subject(fixture::table(1500), fixture::income_model());
    let report = fixture::run::<Robustness>(&subject, &quick());
    let findings = Robustness::findings(&report, &subject, &quick(), &Policy::default());
    let single = findings.iter().filter(|f| f.check == "ROB-SINGLE-FEATURE").collect::<Vec<_>>();
    assert_eq!(single.len(), 1);
    assert_eq!(single[0].scope, Scope::Feature { feature: "income".into() });
    assert!(matches!(single[0].outcome, Outcome::Watch | Outcome::Issue), "{:?}", single[0]);
    assert_eq!(single[0].evidence, "/masked/0/drop");
}

/// AUDIT-SPEC section 5: robustness without a seed changes from run to run.
#[test]
fn robustness_is_seeded_and_the_same_for_one_and_two_threads() {
    let mut subject = fixture::forest(2500, Task::Binary);
    let params = Params { max_rows: 2200, ..quick() };
    let one = fixture::bytes_with_threads::<Robustness>(&subject, &params, 1);
    assert_eq!(one, fixture::bytes_with_threads::<Robustness>(&subject, &params, 2));
    assert_eq!(one, fixture::bytes_with_threads::<Robustness>(&subject, &params, 2));
    subject.seed = 8;
    assert_ne!(one, fixture::bytes_with_threads::<Robustness>(&subject, &params, 1));
}

#[test]
fn stops_when_asked_and_declares_its_cost() {
    let subject = fixture::forest(500, Task::Regression);
    fixture::stops_when_asked::<Robustness>(&subject, &quick());
    // Noise and missing cells, masked features, 4 numbers x 4 kinds of nonsense, 3 swaps, 1 category (booleans have no other value).
    assert_eq!(Robustness::cost(&subject, &quick()).predicted_rows, 500 * (3 * 6 + 6 + 16 + 3 + 1));
    let mut constant = subject;
    constant.target.fill(1.0);
    assert_eq!(Robustness::applies(&constant, &quick()), Err("not-estimable"));
}

fn numbers(report: &Report) -> &Numbers {
    report.adversarial.as_ref().and_then(|a| a.numbers.as_ref()).unwrap()
}

/// Distance of a row of the linear fixture from its boundary: `|margin| / Σ |weight| sd`, over the numbers that move.
fn linear_distances(subject: &Subject, moves: &[(&str, f64)]) -> Vec<f64> {
    let sd = |name: &str| {
        let v = subject.table.column(name).unwrap().numbers().unwrap();
        let n = v.len() as f64;
        let mean = v.iter().sum::<f64>() / n;
        (v.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt()
    };
    let slope: f64 = moves.iter().map(|(name, w)| w.abs() * sd(name)).sum();
    let margin = |row: usize| {
        let p = subject.prediction.scores[2 * row + 1];
        (p / (1.0 - p)).ln() / 2.0
    };
    (0..subject.rows()).map(|r| margin(r).abs() / slope).collect()
}

/// The walk asks labels only; for a linear model the true distance is known.
#[test]
fn the_walk_ends_near_the_boundary_of_a_linear_model() {
    let subject = fixture::linear(120, Task::Binary);
    let params = Params { attack_rows: 120, radii: (1..=40).map(|i| f64::from(i) / 20.0).collect(), ..quick() };
    let report = fixture::run::<Robustness>(&subject, &params);
    let n = numbers(&report);
    assert_eq!((n.method.as_str(), n.certificate_reason.as_deref()), ("boundary-walk", Some("not-trees")));
    assert_eq!(n.axes.iter().map(|a| a.feature.as_str()).collect::<Vec<_>>(), ["income", "rate", "age", "noise"]);
    let held = |name: &str| {
        let held = &report.adversarial.as_ref().unwrap().held;
        held.iter().find(|h| h.feature == name).map(|h| h.reason.as_str())
    };
    // `region` is protected in the fixture.
    assert_eq!((held("member"), held("region")), (Some("category"), Some("protected")));
    let mut known = linear_distances(&subject, &[("income", 1.5 / 20_000.0), ("rate", 100.0)]);
    known.sort_by(f64::total_cmp);
    let share = |radius: f64| known.iter().filter(|d| **d <= radius).count() as f64 / 120.0;
    for p in &n.curve {
        let found = p.changed.value.unwrap();
        assert!(found <= share(p.radius) + 1e-9, "{} at {}: more than there are", found, p.radius);
        assert!(found >= share(0.8 * p.radius) - 0.05, "{} at {}: {}", found, p.radius, share(0.8 * p.radius));
    }
    let median = n.median.unwrap();
    assert!(median >= known[59] && median <= 1.15 * known[59], "{median} {}", known[59]);
}

#[test]
fn trees_are_attacked_and_certified_and_the_shares_never_cross() {
    let subject = fixture::forest(400, Task::Binary);
    let report = fixture::run::<Robustness>(&subject, &Params { attack_rows: 100, ..quick() });
    let a = report.adversarial.as_ref().unwrap();
    let n = numbers(&report);
    assert_eq!((n.method.as_str(), n.queries, a.rows, a.sampled), ("leaf-boxes", 0, 100, true));
    // `age` and `noise` are in no tree.
    assert_eq!(n.axes.iter().map(|a| a.feature.as_str()).collect::<Vec<_>>(), ["income", "rate"]);
    assert!(a.held.iter().any(|h| h.feature == "noise" && h.reason == "not-followed"));
    for p in &n.curve {
        let (changed, certified) = (p.changed.value.unwrap(), p.certified.as_ref().unwrap().value.unwrap());
        assert!(certified <= 1.0 - changed + 1e-12, "{p:?}");
    }
    assert!(n.curve.windows(2).all(|w| w[0].changed.value <= w[1].changed.value));
    let c = n.certificate.as_ref().unwrap();
    assert!(c.tightness.unwrap() <= 1.0 && c.tightness.unwrap() > 0.5, "{c:?}");
    assert!(n.found > 50 && n.median.unwrap() >= c.median);
    let at = n.curve.iter().find(|p| p.radius == 0.1).unwrap();
    assert_eq!(report.adversarial_robustness.as_ref().unwrap().value, Some(1.0 - at.changed.value.unwrap()));
    assert_eq!(report.certified_share, at.certified);
    let findings = Robustness::findings(&report, &subject, &quick(), &Policy::default());
    for check in ["ROB-ADVERSARIAL", "ROB-CERTIFIED", "ROB-SILENT-NONSENSE", "ROB-OUTER-DROP"] {
        assert_eq!(findings.iter().filter(|f| f.check == check).count(), 1, "{check}");
    }
}

#[test]
fn what_is_declared_immutable_stays_and_unknown_names_are_refused() {
    let subject = fixture::subject(fixture::table(300), fixture::income_model());
    let params = |name: &str| Params { immutable: vec![name.into()], ..quick() };
    let report = fixture::run::<Robustness>(&subject, &params("income"));
    let n = numbers(&report);
    assert_eq!((n.found, n.median, n.axes.len()), (0, None, 3));
    let few = &report.adversarial.as_ref().unwrap().few;
    assert!(few.turned.iter().all(|t| t.value == Some(0.0)));
    // Without the ban, income alone turns every decision.
    let few = fixture::run::<Robustness>(&subject, &quick()).adversarial.unwrap().few;
    assert_eq!((few.alone[0].feature.as_str(), few.alone[0].turned.value), ("income", Some(1.0)));
    assert!(few.alone[1..].iter().all(|f| f.turned.value == Some(0.0)));
    let ctx = Context::new(&|_, _| true);
    let error = Robustness::run(&subject, &params("salary"), &ctx).unwrap_err();
    assert!(matches!(error, StageError::Failed { id: "params", .. }));
    let error = Robustness::run(&subject, &Params { radii: vec![-1.0], ..quick() }, &ctx).unwrap_err();
    assert!(matches!(error, StageError::Failed { id: "params", .. }));
}

#[test]
fn nonsense_is_answered_silently_or_refused() {
    let subject = fixture::linear(500, Task::Binary);
    let report = fixture::run::<Robustness>(&subject, &quick());
    let case = |kind: &str, feature: &str| {
        report.nonsense.iter().find(|n| n.kind == kind && n.features[0] == feature).unwrap()
    };
    // An encoder that refuses what it does not know accepts nothing.
    let region = case("unseen-category", "region");
    assert!(region.refused && region.silent.value == Some(0.0) && region.rows == 500 && region.value.is_none());
    // A thousandfold income makes a linear model surer than ever: no error, only the wrong answers.
    let income = case("unit-x1000", "income");
    assert!(!income.refused && income.rows > 490, "{income:?}");
    assert!(income.silent.value.unwrap() > 0.95 && income.drop.value.unwrap() > 0.1, "{income:?}");
    // By hand.
    let values = subject.table.column("income").unwrap().numbers().unwrap().to_vec();
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let ten = case("unit-x10", "income");
    let outside = |v: &&f64| **v * 10.0 > high || **v * 10.0 < low;
    assert_eq!(ten.rows, values.iter().filter(outside).count() as u64);
    let changed = Column::number("income", fine_table::NumberKind::Float, vec![2.0 * high - low; 500]);
    let table = subject.table.with_column(changed).unwrap();
    let new = subject.model.predict(&table).unwrap();
    let top = |s: &[f64], r: usize| s[2 * r].max(s[2 * r + 1]);
    let kept = (0..500).filter(|r| top(&new.scores, *r) >= top(&subject.prediction.scores, *r) - 0.05).count();
    assert_eq!(case("above-range", "income").silent.value, Some(kept as f64 / 500.0));
    // A feature that no weight touches changes nothing.
    assert_eq!(case("above-range", "noise").silent.value, Some(1.0));
    assert_eq!(report.nonsense.iter().filter(|n| n.kind == "swapped").count(), 3);
    assert_eq!(report.swaps_left_out, 0);
    let silent = report.silent_acceptance.as_ref().unwrap();
    assert!(silent.low.unwrap() < silent.value.unwrap() && silent.n == 500);
}

/// Results of the first version still read.
#[test]
fn reports_of_the_first_version_still_read() {
    let subject = fixture::linear(300, Task::Regression);
    let report = fixture::run::<Robustness>(&subject, &quick());
    assert_eq!((&report.adversarial, report.adversarial_reason.as_deref()), (&None, Some("regression")));
    let mut value = serde_json::to_value(&report).unwrap();
    for new in ["nonsense", "swaps_left_out", "silent_acceptance", "resilience", "outer_drop", "adversarial"] {
        value.as_object_mut().unwrap().remove(new);
    }
    for new in ["adversarial_reason", "adversarial_robustness", "certified_share", "costs"] {
        value.as_object_mut().unwrap().remove(new);
    }
    let old: Report = serde_json::from_value(value).unwrap();
    assert_eq!((old.noise.len(), old.resilience.len(), old.silent_acceptance.is_none()), (3, 0, true));
}
