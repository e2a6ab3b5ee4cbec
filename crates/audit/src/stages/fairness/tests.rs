use fine_table::{Column, NumberKind};
use serde_json::{Value, json};

use super::*;
use crate::estimate::Estimate;
use crate::finding::{Outcome, Severity};
use crate::fixture;

fn golden() -> Value {
    let text = include_str!("../../../../../golden/stage-fairness/expected.json");
    serde_json::from_str(text).expect("a golden case")
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn subject(case: &Value) -> Subject {
    let letters = case["g"].as_str().expect("groups").chars().map(|c| Some(c.to_string()));
    fixture::binary(&list(&case["y"]), &list(&case["p"]), vec![Column::text("g", letters)])
}

fn run_with(subject: &Subject, params: Value) -> Result<Report, StageError> {
    let params: Params = serde_json::from_value(params).expect("parameters");
    Fairness::run(subject, &params, &Context::new(&|_, _| true))
}

fn run(subject: &Subject) -> Report {
    run_with(subject, json!({})).expect("a report")
}

fn close(what: &str, a: f64, b: &Value, tolerance: f64) {
    let b = b.as_f64().expect("a number");
    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a} against {b}");
}

fn ends(what: &str, e: &Estimate, ci: &Value) {
    close(what, e.low.expect("low"), &ci[0], 1e-9);
    close(what, e.high.expect("high"), &ci[1], 1e-9);
}

fn gap<'a>(report: &'a Report, id: &str) -> &'a report::Gap {
    report.attributes[0].gaps.iter().find(|g| g.id == id).unwrap_or_else(|| panic!("no {id}"))
}

fn judged(report: &Report, check: &str) -> Finding {
    findings::findings(report, Task::Binary, &Policy::default())
        .into_iter()
        .find(|f| f.check == check)
        .expect("a finding")
}

#[test]
fn groups_and_gaps_equal_fairlearn() {
    let case = golden();
    let report = run(&subject(&case));
    let attribute = &report.attributes[0];
    assert_eq!((attribute.reference.as_str(), report.positive.as_str(), attribute.unknown), ("a", "1", 0));
    for own in &attribute.groups {
        let want = &case["groups"][&own.group];
        assert_eq!(own.counts.to_vec(), list(&want["counts"]).iter().map(|c| *c as u64).collect::<Vec<_>>());
        let rates = [
            ("selection_rate", &own.selection_rate),
            ("tpr", &own.tpr),
            ("fpr", &own.fpr),
            ("ppv", &own.ppv),
            ("npv", &own.npv),
            ("accuracy", &own.accuracy),
            ("roc_auc", &own.roc_auc),
            ("calibration_gap", &own.calibration_gap),
        ];
        for (id, e) in rates {
            close(id, e.value.expect("a value"), &want[id], 1e-10);
            assert!(e.low.is_some(), "{id}");
        }
        let mut ranges =
            vec![("calibration_slope", &own.calibration_slope), ("calibration_intercept", &own.calibration_intercept)];
        match own.counts[1] >= 10 {
            true => ranges.push(("treatment_ratio", &own.treatment_ratio)),
            false => assert_eq!(own.treatment_ratio.value, None),
        }
        for (id, e) in ranges {
            close(id, e.value.expect("a value"), &want[id][0], 1e-8);
            close(id, e.low.expect("low"), &want[id][1], 1e-8);
            close(id, e.high.expect("high"), &want[id][2], 1e-8);
        }
        close("mcb", own.miscalibration.expect("enough rows"), &want["miscalibration"], 1e-10);
        let omission = own.false_omission_rate.value.expect("a rate") + own.npv.value.expect("a rate");
        assert!((omission - 1.0).abs() < 1e-12);
    }
    for (id, want) in case["gaps"].as_object().expect("gaps") {
        let e = &gap(&report, id).estimate;
        close(id, e.value.expect("a value"), want, 1e-10);
        assert!(e.low.expect("low") <= e.value.expect("v") && e.value.expect("v") <= e.high.expect("high"), "{id}");
    }
    for (id, want) in case["p_raw"].as_object().expect("p") {
        close(id, gap(&report, id).p_raw.expect("a test"), want, 1e-9);
    }
}

#[test]
fn comparisons_and_inequality_equal_statsmodels_and_scipy() {
    let case = golden();
    let report = run(&subject(&case));
    let attribute = &report.attributes[0];
    for (i, own) in attribute.comparisons.iter().enumerate() {
        let want = &case["comparisons"][&own.group];
        ends("difference", &own.selection_difference, &want["difference"]);
        ends("ratio", &own.selection_ratio, &want["ratio"]);
        close("ks", own.score_ks.expect("ks"), &want["ks"], 1e-12);
        close("cross", own.cross_auc.value.expect("auc"), &want["cross_auc"], 1e-12);
        close("cross", own.cross_auc_reference.value.expect("auc"), &want["cross_auc_reference"], 1e-12);
        assert!(own.cross_auc.low < own.cross_auc.value && own.cross_auc.value < own.cross_auc.high);
        close("p", own.p_adjusted.expect("p"), &case["comparisons_adjusted"][i], 1e-9);
    }
    close("theil", attribute.inequality.theil, &case["theil"], 1e-10);
    close("between", attribute.inequality.between, &case["between"], 1e-10);
    close("epsilon", attribute.differential_epsilon.expect("eps"), &case["epsilon"], 1e-10);
}

/// Two bootstraps agree up to their own noise.
#[test]
fn the_stratified_bootstrap_agrees_with_scipy() {
    let case = golden();
    let report = run(&subject(&case));
    let (e, want) = (&gap(&report, "demographic_parity_diff").estimate, list(&case["parity_bootstrap"]));
    let slack = 0.06 * (want[1] - want[0]);
    assert!((e.low.expect("low") - want[0]).abs() < slack && (e.high.expect("high") - want[1]).abs() < slack, "{e:?}");
}

/// The defect's neighbour: a ratio of errors over few false positives, read as a number.
#[test]
fn few_false_positives_give_no_treatment_ratio() {
    assert_eq!(counts::treatment(&[50, 9, 20, 50]).value, None);
    let none_missed = counts::treatment(&[50, 20, 0, 50]);
    assert_eq!((none_missed.value, none_missed.low), (Some(0.0), Some(0.0)));
    assert!(none_missed.high.is_some_and(|h| h > 0.05 && h < 1.0));
}

/// Two groups of `n` rows; `hits` of them are selected; truth alternates.
fn two_groups(n: [usize; 2], hits: [usize; 2]) -> Subject {
    let (mut y, mut p, mut g) = (Vec::new(), Vec::new(), Vec::new());
    for group in 0..2 {
        for i in 0..n[group] {
            y.push((i % 2) as f64);
            p.push(if i < hits[group] { 0.9 } else { 0.1 });
            g.push(Some(["M", "F"][group]));
        }
    }
    fixture::binary(&y, &p, vec![Column::text("sex", g)])
}

/// The defect: AIR with numerator and denominator swapped, which hides the worse-off group behind a ratio above 1.
#[test]
fn the_ratio_is_lowest_over_highest_and_never_above_one() {
    let report = run(&two_groups([600, 500], [360, 150]));
    let ratio = gap(&report, "disparate_impact");
    assert_eq!(ratio.estimate.value, Some(0.5));
    assert_eq!(ratio.extremes, Some(["F".into(), "M".into()]));
    let c = &report.attributes[0].comparisons[0];
    assert_eq!((c.group.as_str(), c.selection_ratio.value, c.impact_ratio), ("F", Some(0.5), Some(0.5)));
    let f = judged(&report, "FAIR-SELECTION-RATIO");
    assert_eq!((f.outcome, f.limit.map(|l| l.origin)), (Outcome::Issue, Some("four-fifths-rule".into())));
    let more = report.attributes[0].ratio_one_more.expect("a ratio");
    assert!((more - 151.0 / 300.0).abs() < 1e-12);
}

/// The defect: small groups reported as a gap of 0.
#[test]
fn small_groups_are_not_estimable_and_no_gap_of_zero() {
    let report = run(&two_groups([500, 9], [300, 0]));
    let parity = gap(&report, "demographic_parity_diff");
    assert_eq!((parity.estimate.value, parity.p_raw), (None, None));
    let small = &report.attributes[0].groups[1];
    assert!(small.small && small.selection_rate.value.is_none() && small.selection_rate.n == 9);
    let f = judged(&report, "FAIR-PARITY-DIFFERENCE");
    assert_eq!((f.outcome, f.reason.as_deref()), (Outcome::Inconclusive, Some("not-estimable")));
}

#[test]
fn a_planted_gap_is_found_and_its_clean_twin_passes() {
    let unfair = run(&two_groups([2000, 2000], [1200, 700]));
    let f = judged(&unfair, "FAIR-PARITY-DIFFERENCE");
    assert_eq!((f.outcome, f.severity), (Outcome::Issue, Severity::Critical));
    assert!(f.p_value.is_some_and(|p| p < 1e-6));
    let clean = run(&two_groups([2000, 2000], [1000, 1001]));
    for f in findings::findings(&clean, Task::Binary, &Policy::default()) {
        assert_eq!(f.outcome, Outcome::Pass, "{}", f.check);
    }
}

#[test]
fn few_rows_stay_open_with_the_gap_they_could_show() {
    let report = run(&two_groups([40, 40], [20, 14]));
    let f = judged(&report, "FAIR-PARITY-DIFFERENCE");
    assert_eq!(f.outcome, Outcome::Inconclusive);
    assert!(f.detectable.is_some_and(|d| d > 0.2) && f.measured.n == 80);
    assert!(gap(&report, "demographic_parity_diff").power_at_10.is_some_and(|p| p < 0.3));
}

#[test]
fn unknown_values_are_counted_and_left_out() {
    let mut s = two_groups([100, 100], [50, 50]);
    let with_holes = (0..200).map(|i| if i % 10 == 0 { None } else { Some(if i < 100 { "M" } else { "F" }) });
    s.table = s.table.with_column(Column::text("sex", with_holes)).expect("the same length");
    let report = run(&s);
    assert_eq!(report.attributes[0].unknown, 20);
    assert_eq!(report.attributes[0].groups.iter().map(|g| g.n).sum::<u64>(), 180);
}

#[test]
fn inputs_of_the_first_design_are_accepted() {
    let s = two_groups([500, 300], [300, 100]);
    let report = run_with(&s, json!({"privileged_values": ["F"], "unprivileged_values": ["M"], "positive_label": 0}))
        .expect("a report");
    assert_eq!((report.positive.as_str(), report.attributes[0].reference.as_str()), ("0", "F"));
    assert_eq!(report.attributes[0].comparisons[0].group, "M");
    let by_name = run_with(&s, json!({"privileged_values": {"sex": ["F"]}})).expect("a report");
    assert_eq!(by_name.attributes[0].reference, "F");
    let unknown = run_with(&s, json!({"privileged_values": ["Z"]}));
    assert!(matches!(unknown, Err(StageError::Failed { id: "privileged-unknown", .. })));
    let unknown = run_with(&s, json!({"positive_label": "yes"}));
    assert!(matches!(unknown, Err(StageError::Failed { id: "positive-unknown", .. })));
    assert!(serde_json::from_value::<Params>(json!({"privileged": 1})).is_err());
}

#[test]
fn flips_are_counted_when_only_the_attribute_changes() {
    // The fixture's model says 1 when its single feature `x` is above 0.
    let x: Vec<f64> = (0..100).map(|i| if i % 4 == 0 { -1.0 } else { 1.0 }).collect();
    let y: Vec<f64> = (0..100).map(|i| (i % 2) as f64).collect();
    let scores: Vec<f64> = x.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
    let mut s = fixture::binary(&y, &scores, Vec::new());
    s.table = s.table.with_column(Column::number("x", NumberKind::Int, x)).expect("the same length");
    s.roles.protected = vec!["x".into()];
    let flips = run(&s).attributes[0].flip_rate.clone().expect("a feature");
    assert_eq!((flips.value, flips.n), (Some(1.0), 100));
    assert_eq!(Fairness::cost(&s, &Params::default()).predicted_rows, 200);
    assert!(run_with(&s, json!({"flips": false})).expect("a report").attributes[0].flip_rate.is_none());
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let case = golden();
    let a = subject(&case);
    let order: Vec<u32> = (0..700).map(|i| (i * 37) % 700).collect();
    let pick = |v: &[f64]| -> Vec<f64> { order.iter().map(|i| v[*i as usize]).collect() };
    let g = a.table.column("g").expect("g").take(&order);
    let b = fixture::binary(&pick(&a.target), &pick(&a.positive_scores()), vec![g]);
    // What is fitted on seeded parts of the rows depends on their order.
    let params = json!({"flips": false, "tell_attributes": false, "mitigation": false});
    assert_eq!(run_with(&a, params.clone()), run_with(&b, params));
}

#[test]
fn every_task_is_measured_and_nothing_protected_does_not_apply() {
    let mut s = two_groups([20, 20], [5, 5]);
    for task in [Task::Binary, Task::Multiclass, Task::Regression] {
        s.task = task;
        assert_eq!(Fairness::applies(&s, &Params::default()), Ok(()));
    }
    s.roles.protected.clear();
    assert_eq!(Fairness::applies(&s, &Params::default()), Err("no-protected-attribute"));
}

/// A report of the version before intersections, proxies and remedies.
#[test]
fn a_stored_report_of_an_earlier_version_still_reads() {
    let report = run(&two_groups([100, 100], [50, 40]));
    let mut value = serde_json::to_value(&report).expect("JSON");
    let map = value.as_object_mut().expect("an object");
    map.retain(|key, _| ["positive", "attributes"].contains(&key.as_str()));
    for attribute in map["attributes"].as_array_mut().expect("a list") {
        attribute
            .as_object_mut()
            .expect("an object")
            .retain(|key, _| !["of", "proxy_flip_rate"].contains(&key.as_str()));
    }
    let old: Report = serde_json::from_value(value).expect("the form of version 2");
    assert_eq!((old.attributes.len(), old.proxies.len(), old.consistency), (1, 0, None));
}

/// With no difference planted, the checks of a clean audit raise an issue in at most about 5 % of samples.
#[test]
fn false_alarms_are_rare_on_clean_data() {
    let alarms = (0..60u64)
        .filter(|seed| {
            use rand::RngExt;
            let mut rng = crate::rng::unit_rng(*seed, "clean", 0);
            let n = 240;
            let y: Vec<f64> = (0..n).map(|_| f64::from(u8::from(rng.random::<f64>() < 0.4))).collect();
            let p: Vec<f64> = (0..n).map(|_| rng.random::<f64>()).collect();
            let g: Vec<Option<&str>> = (0..n).map(|_| Some(["a", "b", "c", "d"][rng.random_range(0..4)])).collect();
            let s = fixture::binary(&y, &p, vec![Column::text("g", g)]);
            let report = run(&s);
            let tested = ["FAIR-PARITY-DIFFERENCE", "FAIR-OPPORTUNITY-DIFFERENCE", "FAIR-FPR-DIFFERENCE"];
            tested.iter().any(|c| {
                let f = judged(&report, c);
                f.outcome == Outcome::Issue && f.p_value.is_some_and(|p| p < 0.05)
            })
        })
        .count();
    assert!(alarms <= 7, "{alarms} of 60");
}
