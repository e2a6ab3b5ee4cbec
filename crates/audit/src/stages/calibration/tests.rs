use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::finding::Outcome;
use crate::fixture;

fn golden() -> Value {
    let text = include_str!("../../../../../golden/stage-calibration/expected.json");
    serde_json::from_str(text).expect("a golden case")
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn flat(v: &Value) -> Vec<f64> {
    v.as_array().expect("rows").iter().flat_map(list).collect()
}

fn run(subject: &Subject) -> Report {
    Calibration::run(subject, &Params::default(), &Context::new(&|_, _| true)).expect("a report")
}

fn close(what: &str, a: f64, b: &Value, tolerance: f64) {
    let b = b.as_f64().expect("a number");
    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a} against {b}");
}

fn binary(case: &Value) -> Subject {
    fixture::binary(&list(&case["y"]), &list(&case["p"]), Vec::new())
}

#[test]
fn errors_and_tests_equal_scikit_learn_and_statsmodels() {
    let case = &golden()["binary"];
    let report = run(&binary(case));
    let (own, want) = (&report.classes[0], &case["plain"]);
    close("ece mass", own.ece_mass.value.expect("ece"), &want["ece_mass"], 1e-10);
    close("ece width", own.ece_width, &want["ece_width"], 1e-10);
    close("debiased", own.ece2_debiased, &want["ece2_debiased"], 1e-10);
    close("mce", own.mce, &want["mce"], 1e-10);
    close("ace", own.ace, &want["ace"], 1e-10);
    close("brier", own.brier, &want["brier"], 1e-10);
    close("log loss", own.log_loss, &want["log_loss"], 1e-10);
    close("z", own.spiegelhalter_z, &want["z"], 1e-10);
    close("z p", own.spiegelhalter_p, &want["z_p"], 1e-10);
    assert_eq!(own.distinct_scores, want["distinct"].as_u64().expect("a count"));
    for (what, e) in [("slope", &own.slope), ("intercept", &own.intercept)] {
        close(what, e.value.expect("v"), &want[what][0], 1e-8);
        close(what, e.low.expect("low"), &want[what][1], 1e-8);
        close(what, e.high.expect("high"), &want[what][2], 1e-8);
    }
    assert_eq!(own.bins.len(), want["bins"].as_array().expect("bins").len());
    for (bin, want) in own.bins.iter().zip(want["bins"].as_array().expect("bins")) {
        close("n", bin.n as f64, &want[0], 0.0);
        close("predicted", bin.predicted, &want[1], 1e-12);
        close("observed", bin.observed.value.expect("share"), &want[2], 1e-12);
    }
    assert_eq!(report.calibration_error, Some(own.ece_mass.clone()));
    close("headline brier", report.brier_score.as_ref().and_then(|b| b.value).expect("brier"), &want["brier"], 1e-10);
}

#[test]
fn corp_equals_isotonic_regression_of_scikit_learn() {
    let case = &golden()["binary"];
    let mut subject = binary(case);
    for which in ["plain", "weighted"] {
        if which == "weighted" {
            subject.weights = Some(list(&case["w"]));
        }
        let report = run(&subject);
        let (corp, want) = (&report.classes[0].corp, &case[which]);
        close("mcb", corp.mcb, &want["mcb"], 1e-10);
        close("dsc", corp.dsc, &want["dsc"], 1e-10);
        close("unc", corp.unc, &want["unc"], 1e-10);
        for point in want["isotonic"].as_array().expect("points") {
            let p = point[0].as_f64().expect("p");
            if let Some(own) = corp.curve.iter().find(|c| c[0] == p) {
                close("curve", own[1], &point[1], 1e-10);
            }
        }
        assert!(corp.curve.windows(2).all(|w| w[0][0] < w[1][0] && w[0][1] <= w[1][1]));
        assert!(corp.curve.iter().all(|c| c[2] <= c[3]) && corp.curve.len() <= 100);
    }
}

#[test]
fn multiclass_errors_equal_scikit_learn() {
    let case = &golden()["multiclass"];
    let s = fixture::multiclass(&["a", "b", "c"], &list(&case["y"]), &flat(&case["p"]), Vec::new());
    let report = run(&s);
    for (own, want) in report.classes.iter().zip(case["per_class"].as_array().expect("classes")) {
        close(&own.class, own.ece_mass.value.expect("ece"), want, 1e-10);
    }
    let top = report.classes.last().expect("top label");
    assert_eq!((top.class.as_str(), report.classes.len()), ("top-label", 4));
    close("top", top.ece_mass.value.expect("ece"), &case["top_label"], 1e-10);
    assert_eq!(report.calibration_error, Some(top.ece_mass.clone()));
    close("brier", report.brier_score.and_then(|b| b.value).expect("brier"), &case["brier"], 1e-10);
    close("adaptive", report.adaptive_error.expect("several classes"), &case["adaptive"], 1e-10);
}

#[test]
fn groups_equal_scikit_learn_and_statsmodels() {
    let case = &golden()["groups"];
    let letters = case["g"].as_str().expect("groups").chars().map(|c| Some(c.to_string()));
    let column = fine_table::Column::text("g", letters);
    let report = run(&fixture::binary(&list(&case["y"]), &list(&case["p"]), vec![column]));
    assert_eq!(report.groups.len(), 3);
    for own in &report.groups[..2] {
        let want = &case["groups"][&own.group];
        close("ece", own.ece_mass.value.expect("ece"), &want["ece_mass"], 1e-10);
        close("mcb", own.mcb.expect("mcb"), &want["mcb"], 1e-10);
        close("brier", own.brier.expect("brier"), &want["brier"], 1e-10);
        close("p", own.spiegelhalter_p.expect("p"), &want["spiegelhalter_p"], 1e-10);
        for (what, e) in [("slope", &own.slope), ("intercept", &own.intercept)] {
            close(what, e.value.expect("v"), &want[what][0], 1e-8);
            close(what, e.low.expect("low"), &want[what][1], 1e-8);
            close(what, e.high.expect("high"), &want[what][2], 1e-8);
        }
    }
    let small = &report.groups[2];
    assert_eq!((small.group.as_str(), small.n, small.mcb, small.slope.value), ("c", 30, None, None));
}

#[test]
fn regression_deciles_equal_scipy() {
    let case = &golden()["regression"];
    let s = fixture::regression(&list(&case["y"]), &list(&case["p"]), Vec::new());
    let report = run(&s);
    let want = case["deciles"].as_array().expect("deciles");
    assert_eq!(report.deciles.len(), want.len());
    for (own, want) in report.deciles.iter().zip(want) {
        let e = &own.residual;
        let numbers =
            [own.n as f64, own.predicted, own.observed, e.value.expect("v"), e.low.expect("l"), e.high.expect("h")];
        numbers.iter().enumerate().for_each(|(i, v)| close("decile", *v, &want[i], 1e-9));
    }
    let f = Calibration::findings(&report, &s, &Params::default(), &Policy::default());
    assert_eq!((f[0].outcome, f[0].reason.as_deref()), (Outcome::NotApplicable, Some("regression")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn corp_identity_is_exact(rows in prop::collection::vec((0u8..=50, any::<bool>(), 1u8..5), 20..80)) {
        let p: Vec<f64> = rows.iter().map(|r| f64::from(r.0) / 50.0).collect();
        let y: Vec<f64> = rows.iter().map(|r| f64::from(u8::from(r.1))).collect();
        let w: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
        for weights in [None, Some(w.as_slice())] {
            let s = score::Score::new(&p, &y, weights, None);
            let c = s.calibrate("1", 15, 1, || Ok(())).expect("no stop");
            prop_assert!((c.corp.mcb - c.corp.dsc + c.corp.unc - c.brier).abs() < 1e-12);
            prop_assert!(c.corp.mcb >= -1e-15 && c.corp.dsc >= -1e-15);
        }
    }
}

/// A sample whose outcomes come from its own probabilities, and the same with probabilities pushed to the ends.
fn planted(n: usize, stretch: f64) -> Subject {
    let (u, v) = (fixture::spread(n, 0.13), fixture::spread(n, 0.71));
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| v[(a * 31) % n].total_cmp(&v[(b * 31) % n]));
    let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(v[order[i]] < u[i]))).collect();
    let p: Vec<f64> = u.iter().map(|u| (0.5 + stretch * (u - 0.5)).clamp(0.01, 0.99)).collect();
    fixture::binary(&y, &p, Vec::new())
}

fn outcome(s: &Subject) -> Outcome {
    Calibration::findings(&run(s), s, &Params::default(), &Policy::default())[0].outcome
}

#[test]
fn planted_miscalibration_is_found_and_its_clean_twin_is_not() {
    assert_eq!(outcome(&planted(3000, 1.0)), Outcome::Pass);
    assert_eq!(outcome(&planted(3000, 2.2)), Outcome::Issue);
    let clean = run(&planted(3000, 1.0));
    assert!(clean.classes[0].corp.mcb_p > 0.05, "{}", clean.classes[0].corp.mcb_p);
    let inside = clean.classes[0].corp.curve.iter().filter(|c| c[1] >= c[2] && c[1] <= c[3]).count();
    assert!(inside * 10 >= clean.classes[0].corp.curve.len() * 9);
}

#[test]
fn empty_bins_are_left_out_and_not_read_as_zero() {
    let y: Vec<f64> = (0..100).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
    let p: Vec<f64> = (0..100).map(|i| if i < 50 { 0.1 } else { 0.9 }).collect();
    let report = run(&fixture::binary(&y, &p, Vec::new()));
    let c = &report.classes[0];
    assert_eq!((c.bins.len(), c.distinct_scores), (2, 2));
    assert!((c.ece_width - 0.4).abs() < 1e-12 && (c.mce - 0.4).abs() < 1e-12);
}

#[test]
fn few_rows_are_inconclusive() {
    let s = planted(60, 1.0);
    let f = Calibration::findings(&run(&s), &s, &Params::default(), &Policy::default());
    assert_eq!(f[0].outcome, Outcome::Inconclusive);
    assert!(f[0].detectable.is_some());
}

#[test]
fn decision_values_and_labels_have_no_calibration() {
    let mut s = planted(60, 1.0);
    s.prediction.kind = ScoreKind::Decision;
    assert_eq!(Calibration::applies(&s, &Params::default()), Err("no-probability"));
}

#[test]
fn groups_have_gaps_and_small_ones_no_error() {
    let mut s = planted(300, 1.0);
    let sex = fine_table::Column::text("sex", (0..300).map(|i| Some(if i < 30 { "F" } else { "M" })));
    s = fixture::binary(&s.target, &s.positive_scores(), vec![sex]);
    let report = run(&s);
    assert_eq!(report.groups.iter().map(|g| (g.group.as_str(), g.n)).collect::<Vec<_>>(), [("M", 270), ("F", 30)]);
    assert!(report.groups[1].ece_mass.value.is_none() && report.groups[1].mean_gap.low.is_some());
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let a = planted(500, 1.4);
    let order: Vec<usize> = (0..500).map(|i| (i * 77) % 500).collect();
    let pick = |v: &[f64]| -> Vec<f64> { order.iter().map(|i| v[*i]).collect() };
    let b = fixture::binary(&pick(&a.target), &pick(&a.positive_scores()), Vec::new());
    assert_eq!(run(&a), run(&b));
}
