use fine_table::{Column, NumberKind, Table};
use serde_json::Value;

use super::*;
use crate::finding::Outcome;
use crate::fixture::{self, spread};
use crate::learn::{POWER_FOLDS as FOLDS, Question};
use crate::stats::normal::Z;
use crate::subject::{DataFile, Reference};

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../../../golden/stage-leakage/expected.json")).expect("a golden case")
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().unwrap_or(f64::NAN)).collect()
}

fn number(name: &str, values: Vec<f64>) -> Column {
    Column::number(name, NumberKind::Float, values)
}

fn run(subject: &Subject) -> (Report, Vec<Finding>) {
    let params = Params::default();
    let report = Leakage::run(subject, &params, &Context::new(&|_, _| true)).expect("a report");
    let value = serde_json::to_value(&report).expect("JSON");
    assert!(serde_json::from_value::<Report>(value.clone()).is_ok(), "every number is finite");
    let findings = Leakage::findings(&report, subject, &params, &Policy::default());
    for f in &findings {
        assert!(value.pointer(&f.evidence).is_some(), "{} {}", f.check, f.evidence);
    }
    assert!(Leakage::CHECKS.iter().all(|check| findings.iter().any(|f| f.check == *check)), "every check speaks");
    (report, findings)
}

fn outcome(findings: &[Finding], check: &str) -> Outcome {
    findings.iter().filter(|f| f.check == check).map(|f| f.outcome).max().expect("a finding")
}

fn reason<'a>(findings: &'a [Finding], check: &str) -> &'a str {
    findings.iter().find(|f| f.check == check).and_then(|f| f.reason.as_deref()).unwrap_or_default()
}

/// A binary subject of features; the model predicts the column `x` that the fixture adds.
fn subject(y: &[f64], features: Vec<Column>) -> Subject {
    let count = features.len();
    let x: Vec<f64> = spread(y.len(), 0.3);
    let scores: Vec<f64> = x.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
    let mut s = fixture::binary(y, &scores, features);
    s.table = s.table.with_column(number("x", x)).expect("the same rows");
    s.roles.protected.clear();
    s.feature_columns = (2..2 + count).collect();
    s
}

fn against(mut s: Subject, reference: Vec<Column>) -> Subject {
    let table = Table::new(reference).expect("equal columns");
    s.reference = Some(Reference { file: DataFile::default(), table, target: None, prediction: None });
    s
}

fn alternate(n: usize) -> Vec<f64> {
    (0..n).map(|i| f64::from(u8::from((i * 7919) % n < n / 2))).collect()
}

/// Scores and errors of trees with the same rules, by scikit-learn.
#[test]
fn predictive_power_equals_scikit_learn() {
    let golden = golden();
    assert_eq!(golden["folds"], FOLDS);
    let weights = list(&golden["weights"]);
    for (name, case) in golden["power"].as_object().expect("targets") {
        let y = list(&case["y"]);
        for (kind, w) in [("plain", None), ("weighted", Some(weights.as_slice()))] {
            let question = Question {
                target: &y,
                classes: case["classes"].as_u64().expect("a count") as usize,
                weights: w,
                clusters: None,
                folds: (0..y.len()).map(|row| row % FOLDS).collect(),
                depth: golden["depth"].as_u64().expect("a depth") as u32,
            };
            for (column, x) in golden["x"].as_object().expect("columns") {
                let table = Table::new(vec![number(column, list(x))]).expect("a table");
                let own = question.power(&table, 0).expect("a target that varies");
                let (expected, what) = (&case[kind][column], format!("{name} {kind} {column}"));
                let f = |key: &str| expected[key].as_f64().expect("a number");
                let close = |a: f64, b: f64, tolerance: f64| {
                    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a} is not {b}");
                };
                close(own.model, f("model"), 1e-9);
                close(own.naive, f("naive"), 1e-9);
                close(own.score.value.expect("a value"), f("score"), 1e-9);
                let high = (f("raw") + Z * f("error")).clamp(0.0, 1.0);
                close(own.score.high.expect("an end"), high, 1e-5);
            }
        }
    }
}

/// Shared, nearly shared and repeated rows as pandas finds them.
#[test]
fn shared_rows_equal_pandas() {
    let golden = golden();
    let tables = &golden["tables"];
    let columns = |side: &str| -> Vec<Column> {
        let mut out: Vec<Column> = ["a", "b", "c", "d", "f"].map(|c| number(c, list(&tables[side][c]))).to_vec();
        let text = tables[side]["e"].as_array().expect("a list").iter().map(Value::as_str).collect::<Vec<_>>();
        out.push(Column::text("e", text));
        out
    };
    let s = against(subject(&alternate(60), columns("audited")), columns("reference"));
    let (report, findings) = run(&s);
    let shared = report.shared.expect("reference data");
    let count = |e: &crate::estimate::Estimate| (e.value.unwrap_or(0.0) * e.n as f64).round() as u64;
    assert_eq!(count(&shared.rows), tables["shared"]);
    assert_eq!(shared.near.as_ref().map(count), tables["near"].as_u64());
    assert_eq!(count(&shared.repeated), tables["repeated"]);
    let by: serde_json::Map<String, Value> =
        shared.near_by_feature.iter().map(|(c, n)| (c.clone(), (*n).into())).collect();
    assert_eq!(Value::from(by), tables["near_by_feature"]);
    assert_eq!(shared.examples.len() as u64, count(&shared.rows).min(10));
    for [own, other] in &shared.examples {
        for c in ["a", "c", "d", "f"] {
            let cell = |side: &str, row: u64| tables[side][c][row as usize].clone();
            assert_eq!(cell("audited", *own), cell("reference", *other), "{c}");
        }
    }
    assert_eq!(outcome(&findings, "LEAK-SHARED-ROWS"), Outcome::Issue);
}

#[test]
fn a_feature_that_knows_the_answer_is_an_issue_and_noise_passes() {
    let n = 400;
    let y = alternate(n);
    let told: Vec<f64> = y.iter().zip(spread(n, 0.2)).map(|(y, u)| y * 2.0 + u).collect();
    let text = Column::text("text", y.iter().map(|y| Some(if *y > 0.5 { "paid" } else { "owed" })));
    let (report, findings) = run(&subject(&y, vec![number("told", told), number("noise", spread(n, 0.7)), text]));
    let score = |c: &str| report.features.iter().find(|p| p.column == c).and_then(|p| p.score.value).expect("a score");
    assert!(score("told") > 0.97 && score("text") > 0.97 && score("noise") < 0.3);
    let issues = findings.iter().filter(|f| f.check == "LEAK-FEATURE" && f.outcome == Outcome::Issue).count();
    assert_eq!(issues, 2);
    let (_, findings) = run(&subject(&y, vec![number("noise", spread(n, 0.7))]));
    assert_eq!(outcome(&findings, "LEAK-FEATURE"), Outcome::Pass);
}

#[test]
fn a_number_that_is_the_target_is_an_issue_for_a_regression() {
    let y: Vec<f64> = spread(600, 0.1).iter().map(|u| (3.0 * u).exp()).collect();
    let mut s = fixture::regression(&y, &y, vec![number("copy", y.iter().map(|v| v * 3.0 - 1.0).collect())]);
    (s.feature_columns, s.has_model) = (vec![2], false);
    let (report, findings) = run(&s);
    assert_eq!(report.metric, "mae");
    assert!(report.features[0].score.value.is_some_and(|v| v > 0.9), "{:?}", report.features[0]);
    assert_eq!(outcome(&findings, "LEAK-FEATURE"), Outcome::Issue);
    assert_eq!(
        (reason(&findings, "LEAK-BATCH"), reason(&findings, "LEAK-SHARED-ROWS")),
        ("predictions-only", "no-reference")
    );
}

#[test]
fn an_identifier_in_the_order_of_the_outcome_is_an_issue() {
    let n = 400;
    let sorted: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i >= n / 2))).collect();
    let ids = || Column::text("id", (0..n).map(|i| Some(format!("k{i}"))).collect::<Vec<_>>());
    let mut s = subject(&sorted, vec![number("a", spread(n, 0.2)), ids()]);
    s.feature_columns = vec![2];
    let (report, findings) = run(&s);
    assert_eq!(report.identifiers.len(), 1);
    assert_eq!(outcome(&findings, "LEAK-IDENTIFIER"), Outcome::Issue);
    // The same names in an order that says nothing.
    let mut s = subject(&alternate(n), vec![number("a", spread(n, 0.2)), ids()]);
    s.feature_columns = vec![2];
    let (_, findings) = run(&s);
    assert_ne!(outcome(&findings, "LEAK-IDENTIFIER"), Outcome::Issue);
    // As a feature it has too many categories for a score of its own, and that is said.
    s.feature_columns = vec![2, 3];
    let (report, _) = run(&s);
    assert_eq!((report.skipped.len(), report.skipped[0].reason.as_str()), (1, "too-many-categories"));
    assert_eq!(report.identifiers.len(), 1);
    s.roles.ignore = vec!["id".into()];
    s.feature_columns = vec![2];
    let (report, findings) = run(&s);
    assert!(report.identifiers.is_empty() && reason(&findings, "LEAK-IDENTIFIER") == "no-identifier");
}

#[test]
fn entities_and_times_of_both_tables_are_compared() {
    let n = 100;
    let columns = |first: usize, start: f64| {
        vec![
            number("a", spread(n, 0.2)),
            Column::text("id", (0..n).map(|i| Some(format!("p{}", first + i / 2))).collect::<Vec<_>>()),
            Column::number("day", NumberKind::Time, (0..n).map(|i| start + i as f64).collect()),
        ]
    };
    let with = |first: usize, start: f64| {
        let mut s = against(subject(&alternate(n), columns(0, 1000.0)), columns(first, start));
        (s.roles.entity, s.roles.time, s.feature_columns) = (Some("id".into()), Some("day".into()), vec![2]);
        s
    };
    let (report, findings) = run(&with(40, 950.0));
    let ids = report.ids.expect("entities");
    assert_eq!((ids.reference, ids.audited, ids.shared, ids.share.value), (50, 50, 10, Some(0.2)));
    let times = report.times.expect("times");
    assert_eq!((times.reference, times.audited, times.overlap.value), ([950.0, 1049.0], [1000.0, 1099.0], Some(0.5)));
    assert_eq!(outcome(&findings, "LEAK-SHARED-IDS"), Outcome::Issue);
    assert_eq!(outcome(&findings, "LEAK-TIME-OVERLAP"), Outcome::Issue);
    let (_, findings) = run(&with(50, 0.0));
    assert_eq!(outcome(&findings, "LEAK-SHARED-IDS"), Outcome::Pass);
    assert_eq!(outcome(&findings, "LEAK-TIME-OVERLAP"), Outcome::Pass);
    // What is not there is said.
    let mut s = with(0, 0.0);
    (s.roles.entity, s.roles.time) = (None, None);
    let (_, findings) = run(&s);
    assert_eq!(
        (reason(&findings, "LEAK-SHARED-IDS"), reason(&findings, "LEAK-TIME-OVERLAP")),
        ("no-entity", "no-time")
    );
    s.roles.time = Some("id".into());
    let (_, findings) = run(&s);
    assert_eq!(reason(&findings, "LEAK-TIME-OVERLAP"), "time-is-text");
    assert_eq!(reason(&findings, "LEAK-NEAR-DUPLICATES"), "too-few-features");
}

#[test]
fn predictions_that_are_not_the_models_are_an_issue() {
    let y = alternate(300);
    let s = subject(&y, vec![number("a", spread(300, 0.2))]);
    let (report, findings) = run(&s);
    let p = report.predictions.expect("a model");
    assert_eq!((p.rows, p.single_labels, p.again_labels), (200, 0, 0));
    assert!(p.single <= 1e-12 && p.again <= 1e-12, "{p:?}");
    assert_eq!(
        (outcome(&findings, "LEAK-BATCH"), outcome(&findings, "LEAK-DETERMINISM")),
        (Outcome::Pass, Outcome::Pass)
    );
    // As if all rows at once had been scaled by themselves.
    let mut moved = s.clone();
    moved.prediction.scores.iter_mut().for_each(|v| *v = *v * 0.99 + 0.005);
    let (_, findings) = run(&moved);
    assert_eq!(
        (outcome(&findings, "LEAK-BATCH"), outcome(&findings, "LEAK-DETERMINISM")),
        (Outcome::Issue, Outcome::Issue)
    );
}

#[test]
fn odd_tables_have_a_report() {
    let y = alternate(40);
    let odd = || {
        vec![
            number("nothing", vec![f64::NAN; 40]),
            number("inf", (0..40).map(|i| if i % 3 == 0 { f64::INFINITY } else { f64::NEG_INFINITY }).collect()),
            number("huge", (0..40).map(|i| if i % 2 == 0 { 1e308 } else { -1e308 }).collect()),
            number("constant", vec![1.0; 40]),
            Column::text("one", (0..40).map(|_| Some("x"))),
            Column::text("none", (0..40).map(|_| None::<&str>)),
        ]
    };
    let mut other = odd();
    other[3] = Column::text("constant", (0..40).map(|_| Some("1.0")));
    let (report, findings) = run(&against(subject(&y, odd()), other));
    assert_eq!(report.features.len(), 6);
    let shared = report.shared.expect("reference data");
    assert_eq!(shared.rows.value, Some(1.0), "text that reads as the number is the number");
    assert_eq!(outcome(&findings, "LEAK-SHARED-ROWS"), Outcome::Issue);
    // One row, and a reference without any of the features.
    let one = subject(&[1.0], vec![number("a", vec![1.0])]);
    let (report, findings) = run(&against(one, vec![number("b", vec![1.0])]));
    assert_eq!((report.skipped[0].reason.as_str(), report.shared.is_none()), ("too-few-rows", true));
    assert_eq!(reason(&findings, "LEAK-SHARED-ROWS"), "nothing-compared");
    let (report, _) = run(&subject(&vec![1.0; 30], vec![number("a", spread(30, 0.1))]));
    assert_eq!(report.skipped[0].reason, "constant-target");
}

#[test]
fn the_same_bytes_for_one_and_two_threads_and_a_stop_is_heard() {
    let columns = || vec![number("a", spread(200, 0.2)), number("b", spread(200, 0.6))];
    let s = against(subject(&alternate(200), columns()), columns());
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| serde_json::to_string(&run(&s).0).expect("JSON"))
    };
    assert!(bytes(1) == bytes(2));
    let stopped = Leakage::run(&s, &Params::default(), &Context::new(&|_, _| false));
    assert_eq!(stopped, Err(StageError::Cancelled));
    let cost = Leakage::cost(&s, &Params::default());
    assert_eq!(cost.predicted_rows, 800);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Rows of the reference are all found, whatever the cells; a score is a share.
        #[test]
        fn copies_are_found(cells in prop::collection::vec((-3i8..3, -3i8..3, any::<bool>()), 8..60)) {
            let n = cells.len();
            let columns = || vec![
                number("a", cells.iter().map(|c| if c.0 == -3 { f64::NAN } else { f64::from(c.0) }).collect()),
                Column::text("b", cells.iter().map(|c| (c.1 != 2).then(|| format!("t{}", c.1))).collect::<Vec<_>>()),
            ];
            let y: Vec<f64> = cells.iter().map(|c| f64::from(u8::from(c.2))).collect();
            let s = against(subject(&y, columns()), columns());
            let (report, _) = run(&s);
            let shared = report.shared.expect("reference data");
            prop_assert_eq!(shared.rows.value, Some(1.0));
            for p in &report.features {
                let e = &p.score;
                prop_assert!(e.value.is_some_and(|v| (0.0..=1.0).contains(&v)), "{:?}", p);
                prop_assert!(e.low <= e.value && e.value <= e.high);
            }
            // A value that the reference never has takes a row out.
            let mut other = columns();
            other[0] = number("a", vec![77.0; n]);
            let (report, _) = run(&against(s, other));
            prop_assert_eq!(report.shared.and_then(|s| s.rows.value), Some(0.0));
        }
    }

    /// Scores of noise are past no limit, and their intervals reach 0 in about 95 % of tables.
    #[test]
    fn noise_has_no_power() {
        use rand::RngExt;
        let mut above = 0;
        for trial in 0..80u64 {
            let mut rng = crate::rng::unit_rng(5, "noise", trial);
            let y: Vec<f64> = (0..200).map(|_| f64::from(u8::from(rng.random::<f64>() < 0.4))).collect();
            let x: Vec<f64> = (0..200).map(|_| rng.random::<f64>()).collect();
            let mut s = subject(&y, vec![number("x2", x)]);
            s.has_model = false;
            let (report, findings) = run(&s);
            assert_eq!(outcome(&findings, "LEAK-FEATURE"), Outcome::Pass);
            above += u32::from(report.features[0].score.low.is_some_and(|l| l > 0.0));
        }
        // 5 % two-sided is 2.5 % above; three Monte Carlo errors more, and room for a tree's optimism.
        assert!(above <= 8, "{above} of 80");
    }
}
