//! Against pandas, NumPy and SciPy: `golden/stage-data`.

use fine_table::{Column, Limits, NumberKind, Roles, Table};
use serde_json::Value;

use super::*;
use crate::finding::{Outcome, Scope, Severity};
use crate::fixture;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../../../golden/stage-data/expected.json")).expect("a golden case")
}

/// The golden table as a subject: every column but `y` is a feature.
fn golden_subject() -> Subject {
    let csv = include_bytes!("../../../../../golden/stage-data/data.csv");
    let table = fine_table::read(csv, "data.csv", &Limits::default()).expect("a table").table;
    let y = table.column("y").expect("the target");
    let target: Vec<f64> = (0..table.rows()).map(|r| f64::from(u8::from(y.str_at(r) == Some("yes")))).collect();
    let mut subject = fixture::binary(&target, &fixture::spread(target.len(), 0.1), Vec::new());
    subject.feature_columns = (0..table.columns().len() - 1).collect();
    subject.classes = vec!["no".into(), "yes".into()];
    subject.roles = Roles { target: "y".into(), protected: vec!["flag".into()], ..Roles::default() };
    subject.table = table;
    subject
}

fn run(subject: &Subject, params: &Params) -> (Report, Vec<Finding>) {
    let report = Data::run(subject, params, &Context::new(&|_, _| true)).expect("a report");
    let findings = Data::findings(&report, subject, params, &Policy::default());
    (report, findings)
}

fn close(a: f64, b: &Value, what: &str) {
    let b = b.as_f64().expect("a number");
    assert!((a - b).abs() <= 1e-10 * b.abs().max(1.0), "{what}: {a} is not {b}");
}

#[test]
fn columns_and_rows_equal_pandas() {
    let (golden, (report, _)) = (golden(), run(&golden_subject(), &Params::default()));
    assert_eq!(report.duplicate_rows, golden["duplicate_rows"]);
    assert_eq!(report.conflicting_rows, golden["conflicting_rows"]);
    assert_eq!(report.outlier_rows, golden["outlier_rows"]);
    assert_eq!(report.outlier_share, golden["outlier_rows"].as_f64().map(|n| n / 240.0));
    for class in &report.classes {
        assert_eq!(class.count, golden["classes"][&class.class]);
    }
    let columns = golden["columns"].as_array().expect("columns");
    assert_eq!(report.columns.len(), columns.len());
    for (column, expected) in report.columns.iter().zip(columns) {
        let name = &column.name;
        assert_eq!(name, &expected["name"]);
        assert_eq!(column.missing, expected["missing"], "{name}");
        assert_eq!(column.distinct, expected["distinct"], "{name}");
        close(column.top_share, &expected["top_share"], name);
        if let Some(written) = expected.get("written") {
            assert_eq!(column.variant_cells, written["variant_cells"], "{name}");
            assert_eq!(column.case_variants.len(), written["variant_groups"], "{name}");
            assert_eq!(column.symbols_only, written["symbols_only"], "{name}");
            assert_eq!(column.numeric_like, written["numeric_like"], "{name}");
            let hidden: Value = column.hidden_missing.iter().map(|(s, n)| (s.clone(), Value::from(*n))).collect();
            assert_eq!(hidden, written["hidden_missing"], "{name}");
        }
        let Some(numbers) = &column.numbers else {
            assert_eq!(column.categories[0].1, expected["top"], "{name}");
            continue;
        };
        let expected = &expected["numbers"];
        for (value, key) in [(numbers.mean, "mean"), (numbers.sd, "sd"), (numbers.min, "min"), (numbers.max, "max")] {
            close(value, &expected[key], &format!("{name} {key}"));
        }
        for (i, q) in numbers.quartiles.iter().enumerate() {
            close(*q, &expected["quartiles"][i], &format!("{name} quartile {i}"));
        }
        assert_eq!(numbers.outliers, expected["outliers"], "{name}");
        assert_eq!(numbers.infinite, expected["infinite"], "{name}");
        assert_eq!(serde_json::json!(numbers.histogram.counts), expected["counts"], "{name}");
        for (i, edge) in numbers.histogram.edges.iter().enumerate() {
            close(*edge, &expected["edges"][i], &format!("{name} edge {i}"));
        }
    }
}

#[test]
fn associations_and_intervals_equal_scipy() {
    let subject = golden_subject();
    let (golden, (report, _)) = (golden(), run(&subject, &Params { pairs: 1000, ..Params::default() }));
    let expected = golden["associations"].as_object().expect("associations");
    assert_eq!(report.associations.len(), expected.len());
    for a in &report.associations {
        let key = a.features.join("|");
        let expected = &expected[&key];
        assert_eq!(a.method, expected["method"], "{key}");
        assert_eq!(a.n, expected["n"], "{key}");
        close(a.value, &expected["value"], &key);
        let [x, y] = a.features.each_ref().map(|f| subject.table.column(f).expect("the column"));
        let estimate = measure::interval(a, x, y);
        let tolerance = if a.method == "cramer-v" { 1e-6 } else { 1e-10 };
        for (end, expected) in [estimate.low, estimate.high].iter().zip(expected["interval"].as_array().expect("ends"))
        {
            let (end, expected) = (end.expect("an end"), expected.as_f64().expect("an end"));
            assert!((end - expected).abs() < tolerance, "{key}: {end} is not {expected}");
        }
    }
    let strengths: Vec<f64> = report.associations.iter().map(|a| a.value.abs()).collect();
    assert!(strengths.windows(2).all(|w| w[0] >= w[1]));
}

#[test]
fn planted_defects_are_described() {
    let (report, _) = run(&golden_subject(), &Params::default());
    let column = |name: &str| report.columns.iter().find(|c| c.name == name).expect("the column");
    assert!(column("constant").constant && !column("near").constant && column("near").near_constant);
    assert!(column("code").identifier && column("code").high_cardinality && !column("city").high_cardinality);
    assert!(!column("income").identifier, "decimal numbers are no identifiers");
    let city: Vec<Vec<String>> = column("city")
        .case_variants
        .iter()
        .map(|g| {
            let mut g = g.clone();
            g.sort();
            g
        })
        .collect();
    assert!(
        city.contains(&vec!["Arica".into(), "arica ".into()]) && city.contains(&vec!["LIMA".into(), "Lima".into()])
    );
    let mixed = column("mixed");
    assert!(mixed.numeric_like > 0 && mixed.symbols_only > 0 && mixed.numeric_like + mixed.symbols_only < 240);
    assert_eq!(column("spotty").null_spellings.len(), 2);
    assert_eq!((column("flag").role.as_str(), column("y").role.as_str()), ("protected", "target"));
    assert_eq!(report.matrix.features.len(), 15);
    let at = |name: &str| report.matrix.features.iter().position(|f| f == name).expect("in the matrix");
    assert_eq!(report.matrix.values[at("constant")][at("age")], None);
    assert_eq!(report.matrix.values[at("age")][at("zone")], report.matrix.values[at("zone")][at("age")]);
}

#[test]
fn planted_defects_are_judged() {
    let (_, findings) = run(&golden_subject(), &Params::default());
    let of = |check: &str| findings.iter().filter(|f| f.check == check).collect::<Vec<_>>();
    let constant = of("DATA-CONSTANT");
    assert_eq!(constant.len(), 1);
    assert_eq!((constant[0].outcome, constant[0].severity), (Outcome::Issue, Severity::Low));
    assert_eq!(constant[0].scope, Scope::Feature { feature: "constant".into() });
    assert_eq!(of("DATA-DUPLICATES")[0].outcome, Outcome::Pass);
    let conflicting = of("DATA-CONFLICTING-LABELS")[0];
    assert_eq!((conflicting.outcome, conflicting.measured.value), (Outcome::Issue, Some(2.0 / 240.0)));
    let missing = of("DATA-MISSING");
    let spotty = missing.iter().find(|f| f.scope == Scope::Feature { feature: "spotty".into() }).expect("a finding");
    assert_eq!(spotty.outcome, Outcome::Watch);
    assert!(missing.iter().all(|f| f.outcome != Outcome::Pass));
    let pairs = of("DATA-CORRELATED");
    let income = Scope::Pair { features: ["income".into(), "income_k".into()] };
    assert!(pairs.iter().any(|f| f.scope == income && f.outcome == Outcome::Issue));
    assert!(pairs.iter().all(|f| f.outcome != Outcome::Pass));
    let rare = of("DATA-MINORITY");
    assert_eq!(rare[0].scope, Scope::Class { class: "yes".into() });
    assert!(matches!(rare[0].outcome, Outcome::Watch | Outcome::Inconclusive));
    let at = |name: &str| Scope::Feature { feature: name.into() };
    let watched = |check: &str| -> Vec<Scope> {
        of(check).iter().filter(|f| f.outcome == Outcome::Watch).map(|f| f.scope.clone()).collect()
    };
    assert_eq!(watched("DATA-CATEGORY-VARIANTS"), [at("city"), at("habit")]);
    assert_eq!(watched("DATA-SYMBOLS-ONLY"), [at("mixed"), at("habit")]);
    assert_eq!(watched("DATA-NULL-SPELLINGS"), [at("mixed"), at("spotty"), at("habit")]);
    assert_eq!(watched("DATA-MIXED-TYPES"), [at("mixed"), at("habit")]);
    assert!(watched("DATA-OUTLIERS").contains(&at("rank")));
    for check in Data::CHECKS {
        assert!(!of(check).is_empty(), "{check}");
    }
}

#[test]
fn a_clean_table_passes_every_check() {
    let n = 4000;
    let target: Vec<f64> = (0..n).map(|i| f64::from(i % 2)).collect();
    let scores = fixture::spread(n as usize, 0.3);
    let (_, findings) = run(&fixture::binary(&target, &scores, Vec::new()), &Params::default());
    let open: Vec<(&str, Outcome)> =
        findings.iter().filter(|f| f.outcome != Outcome::Pass).map(|f| (f.check.as_str(), f.outcome)).collect();
    let nothing = Outcome::NotApplicable;
    let text = ["DATA-CATEGORY-VARIANTS", "DATA-SYMBOLS-ONLY", "DATA-MIXED-TYPES"].map(|check| (check, nothing));
    assert_eq!(open[0], ("DATA-CORRELATED", nothing), "one feature has no pairs");
    assert_eq!(open[1..], text, "there is no text");
    assert_eq!(findings.len(), Data::CHECKS.len());
}

#[test]
fn few_rows_are_inconclusive_not_passed() {
    let target = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    let (_, findings) = run(&fixture::binary(&target, &fixture::spread(8, 0.2), Vec::new()), &Params::default());
    let duplicates = findings.iter().find(|f| f.check == "DATA-DUPLICATES").expect("a finding");
    assert_eq!(duplicates.outcome, Outcome::Inconclusive);
    assert!(duplicates.detectable.is_some());
}

#[test]
fn regression_has_a_histogram_and_no_classes() {
    let target = fixture::spread(300, 0.5);
    let subject = fixture::regression(&target, &fixture::spread(300, 0.7), Vec::new());
    let (report, findings) = run(&subject, &Params::default());
    assert!(report.classes.is_empty());
    assert_eq!(report.target.map(|h| h.counts.iter().sum::<u64>()), Some(300));
    for check in ["DATA-MINORITY", "DATA-CONFLICTING-LABELS"] {
        let finding = findings.iter().find(|f| f.check == check).expect("a finding");
        assert_eq!((finding.outcome, finding.reason.as_deref()), (Outcome::NotApplicable, Some("regression")));
    }
}

#[test]
fn hard_numbers_give_a_report_without_nan() {
    let n = 60;
    let cells = |f: fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
    let extra = vec![
        Column::number("huge", NumberKind::Float, cells(|i| if i % 2 == 0 { f64::MAX } else { f64::MIN })),
        Column::number("tiny", NumberKind::Float, cells(|i| i as f64 * 5e-324)),
        Column::number("infinite", NumberKind::Float, cells(|_| f64::INFINITY)),
        Column::number("empty", NumberKind::Float, cells(|_| f64::NAN)),
        Column::number("when", NumberKind::Time, cells(|i| i as f64 * 1e15)),
        Column::text("void", (0..n).map(|_| None::<&str>)),
    ];
    let mut subject = fixture::binary(&cells(|i| (i % 2) as f64), &fixture::spread(n, 0.1), extra);
    subject.feature_columns = vec![0, 2, 3, 4, 5, 6, 7];
    let (report, findings) = run(&subject, &Params::default());
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(serde_json::from_value::<Report>(json).expect("no number was lost"), report);
    let huge = report.columns[2].numbers.as_ref().expect("numbers");
    assert_eq!(huge.quartiles, [f64::MIN, 0.0, f64::MAX]);
    assert!((huge.mean / f64::MAX).abs() < 1e-12);
    let constant = findings.iter().filter(|f| f.check == "DATA-CONSTANT").count();
    assert_eq!(constant, 3, "infinite, empty and void");
}

#[test]
fn threads_change_nothing_and_a_stop_is_heard() {
    let subject = golden_subject();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        serde_json::to_string(&pool.install(|| run(&subject, &Params::default()))).expect("JSON")
    };
    assert_eq!(with(1), with(2));
    let stopped = Data::run(&subject, &Params::default(), &Context::new(&|done, _| done < 16));
    assert_eq!(stopped, Err(StageError::Cancelled));
}

#[test]
fn rows_equal_only_when_every_cell_is() {
    let table = Table::new(vec![
        Column::number("a", NumberKind::Float, vec![0.0, -0.0, f64::NAN, f64::NAN, 1.0]),
        Column::text("t", [Some("x"), Some("x"), None, None, Some("x")]),
    ])
    .expect("equal lengths");
    let groups = measure::equal_rows(&table, &[0, 1]);
    assert_eq!(groups.len(), 2);
    assert!(groups.contains(&vec![0, 1]) && groups.contains(&vec![2, 3]));
}

/// A column that is zero for most rows has a scale all the same: not every other cell is far from the rest.
#[test]
fn a_column_of_zeros_with_a_tail_has_few_outliers() {
    let n = 1000;
    let gains = (0..n).map(|i| if i % 10 == 0 { f64::from(i % 7) + 1.0 } else { 0.0 }).collect();
    let target: Vec<f64> = (0..n).map(|i| f64::from(i % 2)).collect();
    let scores = fixture::spread(n as usize, 0.3);
    let mut subject = fixture::binary(&target, &scores, vec![Column::number("gain", NumberKind::Float, gains)]);
    subject.feature_columns = vec![0, 2];
    let (report, _) = run(&subject, &Params::default());
    let outliers = report.columns[2].numbers.as_ref().map(|c| c.outliers).expect("numbers");
    // The mean absolute deviation is about 0.4: values from 2 on are more than 3.5 x 1.2533 x 0.4 away.
    assert!(outliers > 0 && outliers < 100, "{outliers}");
    assert_eq!(report.outlier_rows, outliers);
}

/// A code is no measurement: neither a flag that one row in twenty has, nor the numbers of rare classes.
#[test]
fn flags_and_classes_have_no_outliers() {
    let n = 1000;
    let of = |rare: &dyn Fn(i32) -> f64| (0..n).map(rare).collect::<Vec<f64>>();
    let target = of(&|i| if i % 10 == 0 { f64::from(i % 7 + 1) } else { 0.0 });
    let flag = of(&|i| if i % 20 == 0 { 1.0 } else { 0.0 });
    let gain = of(&|i| f64::from(i % 30 / 29 * (i % 4 + 1)));
    let flags = vec![Column::number("flag", NumberKind::Int, flag), Column::number("gain", NumberKind::Float, gain)];
    let classes = ["0", "1", "2", "3", "4", "5", "6", "7"];
    let scores = fixture::spread(n as usize * classes.len(), 0.3);
    let subject = fixture::multiclass(&classes, &target, &scores, flags);
    let (report, findings) = run(&subject, &Params::default());
    let column = |name: &str| report.columns.iter().find(|c| c.name == name).expect("a column");
    assert_eq!(column("flag").numbers.as_ref().map(|c| c.outliers), Some(0));
    assert!(column("gain").numbers.as_ref().is_some_and(|c| c.outliers > 0));
    let judged: Vec<_> = findings.iter().filter(|f| f.check == "DATA-OUTLIERS").map(|f| &f.scope).collect();
    let role = |name: &str| column(name).role.as_str();
    assert!(
        report.columns.iter().any(|c| role(&c.name) == "target" && c.numbers.as_ref().is_some_and(|n| n.outliers > 0))
    );
    let of_target = |scope: &&Scope| matches!(scope, Scope::Feature { feature } if role(feature) == "target");
    assert!(!judged.is_empty() && !judged.iter().any(of_target), "{judged:?}");
}

#[test]
fn an_old_report_reads() {
    let (report, _) = run(&golden_subject(), &Params::default());
    let mut json = serde_json::to_value(&report).expect("JSON");
    let remove = |json: &mut Value, keys: &[&str]| {
        let map = json.as_object_mut().expect("an object");
        keys.iter().for_each(|key| assert!(map.remove(*key).is_some(), "{key}"));
    };
    remove(&mut json, &["outlier_rows", "outlier_share"]);
    let columns = json["columns"].as_array_mut().expect("columns");
    columns.iter_mut().for_each(|c| remove(c, &["hidden_missing", "variant_cells"]));
    let old: Report = serde_json::from_value(json).expect("the report of version 1");
    assert_eq!((old.outlier_share, old.columns.len()), (None, report.columns.len()));
}
