use fine_table::{Column, NumberKind, Table, Values};

use super::report::{BinKind, Kind};
use super::*;
use crate::finding::{Outcome, Scope};
use crate::fixture::{self, spread};
use crate::subject::{DataFile, Reference};

pub(super) fn number(name: &str, values: Vec<f64>) -> Column {
    Column::number(name, NumberKind::Float, values)
}

/// A subject whose features are all columns given; target and predictions are equal in both tables.
pub(super) fn with_reference(reference: Vec<Column>, audited: Vec<Column>) -> Subject {
    let features = audited.len();
    let side = |columns: Vec<Column>| {
        let n = columns.first().map_or(0, Column::len);
        let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
        fixture::binary(&y, &spread(n, 0.3), columns)
    };
    let (own, mut s) = (side(reference), side(audited));
    s.feature_columns = (2..2 + features).collect();
    s.reference = Some(Reference {
        file: DataFile::default(),
        table: own.table,
        target: Some(own.target),
        prediction: Some(own.prediction),
    });
    s
}

pub(super) fn run(subject: &Subject) -> (Report, Vec<Finding>) {
    run_with(subject, &Params::default())
}

fn run_with(subject: &Subject, params: &Params) -> (Report, Vec<Finding>) {
    let report = Drift::run(subject, params, &Context::new(&|_, _| true)).expect("a report");
    let value = serde_json::to_value(&report).expect("a report is JSON");
    let back: Report = serde_json::from_value(value).expect("every number is finite");
    assert_eq!(back.rows, report.rows);
    let findings = Drift::findings(&report, subject, params, &Policy::default());
    let value = serde_json::to_value(&report).expect("a report is JSON");
    for f in &findings {
        assert!(value.pointer(&f.evidence).is_some(), "{} {}", f.check, f.evidence);
        assert!(Drift::CHECKS.contains(&f.check.as_str()));
    }
    assert!(Drift::CHECKS.iter().all(|check| findings.iter().any(|f| f.check == *check)), "every check speaks");
    (report, findings)
}

/// Approximately normal numbers by the inverse distribution function of evenly spread shares.
pub(super) fn normal(n: usize, start: f64, mean: f64) -> Vec<f64> {
    spread(n, start).iter().map(|u| mean + crate::stats::normal::quantile(u.clamp(1e-6, 1.0 - 1e-6))).collect()
}

fn of<'a>(findings: &'a [Finding], check: &str) -> Vec<&'a Finding> {
    findings.iter().filter(|f| f.check == check).collect()
}

fn outcome(findings: &[Finding], check: &str) -> Outcome {
    of(findings, check).iter().map(|f| f.outcome).max().expect("a finding")
}

fn category(name: &str, n: usize, of: impl Fn(usize) -> &'static str) -> Column {
    Column::text(name, (0..n).map(|i| Some(of(i))))
}

#[test]
fn without_reference_data_the_stage_does_not_apply() {
    let s = fixture::binary(&[0.0, 1.0], &[0.2, 0.8], Vec::new());
    assert_eq!(Drift::applies(&s, &Params::default()), Err("no-reference"));
    assert_eq!(
        Drift::applies(&with_reference(vec![number("a", vec![1.0])], vec![number("a", vec![1.0])]), &Params::default()),
        Ok(())
    );
}

#[test]
fn identical_tables_have_no_drift() {
    let columns = || {
        vec![
            number("a", normal(800, 0.1, 0.0)),
            category("c", 800, |i| ["x", "y", "z"][i % 3]),
            number("holes", spread(800, 0.2).into_iter().map(|v| if v < 0.1 { f64::NAN } else { v }).collect()),
        ]
    };
    let (report, findings) = run(&with_reference(columns(), columns()));
    for c in report.features.iter().chain(&report.label).chain(&report.predictions) {
        assert_eq!((c.psi.value, c.jensen_shannon.value, c.moved), (Some(0.0), Some(0.0), 0.0), "{}", c.name);
        assert_eq!(c.missing.change.value, Some(0.0));
    }
    let bad = |f: &&Finding| matches!(f.outcome, Outcome::Issue | Outcome::Watch);
    assert_eq!(findings.iter().filter(bad).count(), 0);
    for check in ["DRIFT-PSI", "DRIFT-KS", "DRIFT-WASSERSTEIN", "DRIFT-CRAMER-V", "DRIFT-LABEL", "DRIFT-MULTIVARIATE"] {
        assert_eq!(outcome(&findings, check), Outcome::Pass, "{check}");
    }
}

#[test]
fn planted_drift_is_found_where_it_is() {
    let columns = |n: usize, start: f64, shift: f64| {
        vec![
            number("moved", normal(n, start, shift)),
            number("still", normal(n, start + 0.37, 0.0)),
            category("city", n, move |i| if shift > 0.0 && i % 4 == 0 { "new" } else { ["a", "b", "c"][i % 3] }),
        ]
    };
    let s = with_reference(columns(900, 0.11, 0.0), columns(600, 0.29, 0.8));
    let (report, findings) = run(&s);
    let about = |check: &str, feature: &str, wanted: Outcome| {
        let scope = Scope::Feature { feature: feature.into() };
        of(&findings, check).iter().any(|f| f.scope == scope && f.outcome == wanted)
    };
    for check in ["DRIFT-PSI", "DRIFT-KS", "DRIFT-WASSERSTEIN", "DRIFT-JENSEN-SHANNON"] {
        assert!(about(check, "moved", Outcome::Issue), "{check}");
        assert!(!about(check, "still", Outcome::Issue), "{check}");
    }
    assert!(about("DRIFT-NEW-CATEGORIES", "city", Outcome::Watch));
    let city = report.features.iter().find(|c| c.name == "city").expect("the column");
    assert_eq!(city.new_names, [("new".to_owned(), 150)]);
    assert_eq!(outcome(&findings, "DRIFT-MULTIVARIATE"), Outcome::Issue);
    let domain = report.domain.expect("a classifier");
    assert!(domain.features.iter().take(2).any(|f| f.feature == "moved"), "{:?}", domain.features);
    assert!(domain.auc.value.is_some_and(|auc| auc > 0.7) && domain.roc.len() > 10);
}

/// A joint change that no single column shows.
#[test]
fn only_the_classifier_sees_a_change_of_association() {
    let pair = |n: usize, turned: bool| {
        let (a, b) = (normal(n, 0.1, 0.0), normal(n, 0.1, 0.0));
        let b = b.iter().map(|v| if turned { -v } else { *v }).collect();
        vec![number("a", a), number("b", b)]
    };
    let (_, findings) = run(&with_reference(pair(800, false), pair(800, true)));
    assert_ne!(outcome(&findings, "DRIFT-PSI"), Outcome::Issue);
    assert_ne!(outcome(&findings, "DRIFT-KS"), Outcome::Issue);
    assert_eq!(outcome(&findings, "DRIFT-MULTIVARIATE"), Outcome::Issue);
}

/// The defect of section 5: a large number without evidence is no drift, and not a pass either.
#[test]
fn an_effect_without_evidence_is_not_settled() {
    let a = vec![number("a", normal(14, 0.1, 0.0))];
    let b = vec![number("a", normal(12, 0.7, 0.6))];
    let (report, findings) = run(&with_reference(a, b));
    assert!(report.features[0].psi.value.is_some_and(|v| v > 0.1), "small samples are far apart by chance");
    let psi = of(&findings, "DRIFT-PSI");
    assert_eq!(psi[0].outcome, Outcome::Inconclusive);
    assert!(matches!(psi[0].reason.as_deref(), Some("not-significant" | "too-few-rows")), "{:?}", psi[0].reason);
}

#[test]
fn missing_rates_are_compared() {
    let holes = |n: usize, every: usize| {
        let v = normal(n, 0.2, 0.0);
        number("a", v.iter().enumerate().map(|(i, v)| if i % every == 0 { f64::NAN } else { *v }).collect())
    };
    let (report, findings) = run(&with_reference(vec![holes(1000, 100)], vec![holes(1000, 4)]));
    let missing = &report.features[0].missing;
    assert!((missing.shares[0] - 0.01).abs() < 1e-12 && (missing.shares[1] - 0.25).abs() < 1e-12);
    assert!((missing.change.value.expect("a value") - 0.24).abs() < 1e-12);
    assert_eq!(outcome(&findings, "DRIFT-MISSING"), Outcome::Issue);
    assert_eq!(report.features[0].bins.last().map(|b| b.kind), Some(BinKind::Missing));
}

#[test]
fn odd_columns_do_not_break_it() {
    let nan = || vec![f64::NAN; 60];
    let inf: Vec<f64> = (0..60).map(|i| if i % 9 == 0 { f64::INFINITY } else { f64::from(i % 7) }).collect();
    let huge: Vec<f64> = (0..60).map(|i| if i % 2 == 0 { 1e308 } else { -1e308 }).collect();
    let reference = vec![
        number("nothing", nan()),
        number("inf", inf.clone()),
        number("huge", huge.clone()),
        number("constant", vec![0.1; 60]),
        number("constant-moved", vec![0.1; 60]),
        number("all-inf", vec![f64::INFINITY; 60]),
        category("one", 60, |_| "x"),
        number("lost", spread(60, 0.3)),
        number("came", nan()),
        Column::text("text-nothing", (0..60).map(|_| None::<&str>)),
    ];
    let audited = vec![
        number("nothing", nan()),
        number("inf", inf),
        number("huge", huge),
        number("constant", vec![0.1; 60]),
        number("constant-moved", vec![0.2; 60]),
        number("all-inf", vec![f64::NEG_INFINITY; 60]),
        category("one", 60, |_| "x"),
        number("lost", nan()),
        number("came", spread(60, 0.3)),
        number("text-nothing", nan()),
    ];
    let (report, findings) = run(&with_reference(reference, audited));
    assert_eq!(report.features.len(), 10);
    let column = |name: &str| report.features.iter().find(|c| c.name == name).expect("the column");
    assert!(column("nothing").ks.is_none() && column("nothing").psi.value == Some(0.0));
    assert_eq!(column("inf").wasserstein.as_ref().and_then(|w| w.value), Some(0.0));
    assert_eq!(column("constant").wasserstein.as_ref().and_then(|w| w.value), Some(0.0));
    let moved = column("constant-moved");
    assert!(moved.psi.value.is_some_and(|v| v > 1.0) && moved.ks.as_ref().and_then(|k| k.value) == Some(1.0));
    assert_eq!(moved.wasserstein.as_ref().and_then(|w| w.value), None, "a reference without spread");
    assert_eq!(moved.out_of_range.as_ref().and_then(|o| o.value), Some(1.0));
    assert_eq!(column("all-inf").ks.as_ref().and_then(|k| k.value), Some(1.0));
    assert_eq!(column("one").cramer_v.as_ref().and_then(|v| v.value), Some(0.0));
    assert_eq!(column("lost").missing.shares, [0.0, 1.0]);
    assert!(column("came").out_of_range.is_none() && column("came").missing.shares == [1.0, 0.0]);
    assert_eq!(outcome(&findings, "DRIFT-MISSING"), Outcome::Issue);
}

#[test]
fn a_column_whose_type_changed_is_compared_as_categories() {
    let reference = number("a", (0..200).map(|i| f64::from(i % 3)).collect());
    let same = Column::text("a", (0..200).map(|i| Some([" 0", "1.0", "2"][i % 3])));
    let (report, _) = run(&with_reference(vec![reference.clone()], vec![same]));
    let c = &report.features[0];
    assert!(c.type_changed && c.kind == Kind::Category);
    assert_eq!((c.psi.value, c.new_categories.as_ref().and_then(|n| n.value)), (Some(0.0), Some(0.0)));
    let other = Column::text("a", (0..200).map(|i| Some(["low", "high"][i % 2])));
    let (report, findings) = run(&with_reference(vec![reference], vec![other]));
    assert_eq!(report.features[0].new_categories.as_ref().and_then(|n| n.value), Some(1.0));
    assert_eq!(outcome(&findings, "DRIFT-CRAMER-V"), Outcome::Issue);
    let bool_and_int = [NumberKind::Bool, NumberKind::Int]
        .map(|kind| vec![Column::number("b", kind, (0..100).map(|i| f64::from(i % 2)).collect())]);
    let [bools, ints] = bool_and_int;
    let (report, _) = run(&with_reference(bools, ints));
    assert!(!report.features[0].type_changed && report.features[0].psi.value == Some(0.0));
}

#[test]
fn what_cannot_be_compared_is_named() {
    let ids = |from: usize| Column::text("id", (0..300).map(move |i| Some(format!("k{}", from + i))));
    let mut s = with_reference(
        vec![ids(0), number("gone", spread(300, 0.1))],
        vec![ids(300), number("here", spread(300, 0.1))],
    );
    let (report, findings) = run(&s);
    let reasons: Vec<(&str, &str)> =
        report.not_compared.iter().map(|n| (n.feature.as_str(), n.reason.as_str())).collect();
    assert_eq!(reasons, [("id", "too-many-categories"), ("here", "column-missing")]);
    let named: Vec<&Finding> = of(&findings, "DRIFT-PSI");
    assert!(named.iter().all(|f| f.outcome == Outcome::NotApplicable) && named.len() == 3);
    assert_eq!(of(&findings, "DRIFT-MULTIVARIATE")[0].reason.as_deref(), Some("no-classifier"));
    // Without target and predictions of the reference.
    let reference = s.reference.as_mut().expect("reference data");
    (reference.target, reference.prediction) = (None, None);
    let (_, findings) = run(&s);
    assert_eq!(of(&findings, "DRIFT-LABEL")[0].reason.as_deref(), Some("no-reference-target"));
    assert_eq!(of(&findings, "DRIFT-PREDICTION")[0].reason.as_deref(), Some("no-reference-predictions"));
}

#[test]
fn tables_of_one_row_have_a_report() {
    let one = || vec![number("a", vec![1.0]), category("c", 1, |_| "x"), number("n", vec![f64::NAN])];
    let (report, _) = run(&with_reference(one(), one()));
    assert_eq!((report.rows, report.domain.is_none()), ([1, 1], true));
    let many = vec![number("a", normal(200, 0.1, 3.0)), category("c", 200, |_| "y"), number("n", vec![f64::NAN; 200])];
    let (report, findings) = run(&with_reference(one(), many));
    assert_eq!(report.rows, [1, 200]);
    assert!(!findings.iter().any(|f| f.outcome == Outcome::Issue), "one row is no evidence");
}

#[test]
fn labels_and_predictions_are_compared() {
    let n = 600;
    let x = || vec![number("a", normal(n, 0.1, 0.0))];
    let mut s = with_reference(x(), x());
    let other: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 5 == 0))).collect();
    let moved = fixture::binary(&other, &spread(n, 0.3).iter().map(|p| p * 0.5).collect::<Vec<_>>(), x());
    (s.target, s.prediction) = (moved.target, moved.prediction);
    let (report, findings) = run(&s);
    assert_eq!(report.predictions.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["label", "score"]);
    assert_eq!(outcome(&findings, "DRIFT-LABEL"), Outcome::Issue);
    assert_eq!(outcome(&findings, "DRIFT-PREDICTION"), Outcome::Issue);
    // A regression compares values.
    let mut s = with_reference(x(), x());
    let (y, z) = (fixture::regression(&normal(n, 0.1, 0.0), &normal(n, 0.2, 0.0), x()), normal(n, 0.1, 1.0));
    (s.task, s.classes, s.prediction) = (y.task, Vec::new(), y.prediction.clone());
    s.target = z;
    let reference = s.reference.as_mut().expect("reference data");
    (reference.target, reference.prediction) = (Some(y.target), Some(y.prediction));
    let (report, findings) = run(&s);
    assert_eq!(report.label.map(|l| l.kind), Some(Kind::Number));
    assert_eq!(
        (outcome(&findings, "DRIFT-LABEL"), outcome(&findings, "DRIFT-PREDICTION")),
        (Outcome::Issue, Outcome::Pass)
    );
}

#[test]
fn weights_and_entities_are_heard() {
    let a = || vec![number("a", normal(400, 0.1, 0.0)), number("w", (0..400).map(|i| f64::from(1 + i % 3)).collect())];
    let mut s = with_reference(a(), a());
    s.roles.weight = Some("w".into());
    s.weights = Some((0..400).map(|i| f64::from(1 + i % 3)).collect());
    let (report, _) = run(&s);
    assert_eq!((report.weighted, report.features[0].psi.value), ([true, true], Some(0.0)));
    assert!(report.effective_rows[0] < 400.0);
    // Weights of the reference that are none.
    let bad = vec![number("a", normal(400, 0.1, 0.0)), number("w", vec![-1.0; 400])];
    let mut broken = with_reference(bad, a());
    (broken.roles.weight, broken.weights) = (s.roles.weight.clone(), s.weights.clone());
    let error = Drift::run(&broken, &Params::default(), &Context::new(&|_, _| true)).expect_err("no weights");
    assert!(matches!(error, StageError::Failed { id: "reference-weights", .. }));
    // Four rows of one entity are the evidence of one.
    let four = |start: f64| {
        let v: Vec<f64> = normal(100, start, 0.0).iter().flat_map(|v| [*v; 4]).collect();
        let id = (0..400).map(|i| Some(format!("{start}-{}", i / 4))).collect::<Vec<_>>();
        vec![number("a", v), Column::text("id", id)]
    };
    let mut s = with_reference(four(0.1), four(0.7));
    s.roles.entity = Some("id".into());
    s.feature_columns = vec![2];
    let (grouped, _) = run(&s);
    assert_eq!(grouped.effective_rows, [100.0, 100.0]);
    s.roles.entity = None;
    let (alone, _) = run(&s);
    let p = |r: &Report| r.features[0].ks_test.as_ref().map_or(0.0, |t| t.p);
    assert!(p(&grouped) >= p(&alone));
}

#[test]
fn the_same_bytes_for_one_and_two_threads_and_a_stop_is_heard() {
    let columns = |start: f64| vec![number("a", normal(300, start, 0.0)), category("c", 300, |i| ["x", "y"][i % 2])];
    let s = with_reference(columns(0.1), columns(0.4));
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| serde_json::to_string(&run(&s).0).expect("JSON"))
    };
    assert!(bytes(1) == bytes(2));
    let stopped = Drift::run(&s, &Params::default(), &Context::new(&|_, _| false));
    assert_eq!(stopped, Err(StageError::Cancelled));
    let cost = Drift::cost(&s, &Params::default());
    assert!(
        cost.predicted_rows == 0
            && cost.row_operations > Drift::cost(&s, &Params { domain: false, ..Params::default() }).row_operations
    );
}

#[test]
fn long_lists_of_categories_are_cut_and_nothing_is_lost() {
    let names: Vec<String> = (0..40).map(|i| format!("c{i:02}")).collect();
    let column = |n: usize| Column::text("c", (0..n).map(|i| Some(names[i % 40].as_str())).collect::<Vec<_>>());
    let (report, _) = run(&with_reference(vec![column(4000)], vec![column(2000)]));
    let bins = &report.features[0].bins;
    assert_eq!((bins.len(), bins[20].kind), (21, BinKind::Rest));
    for s in 0..2 {
        assert!((bins.iter().map(|b| b.shares[s]).sum::<f64>() - 1.0).abs() < 1e-12);
    }
    let table = Table::new(vec![column(3)]).expect("a table");
    assert!(matches!(&table.columns()[0].values, Values::Text { .. }));
}
