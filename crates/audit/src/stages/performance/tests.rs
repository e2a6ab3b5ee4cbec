use serde_json::Value;

use super::*;
use crate::estimate::{Estimate, IntervalMethod};
use crate::finding::Outcome;
use crate::fixture;

fn golden() -> Value {
    let text = include_str!("../../../../../golden/stage-performance/expected.json");
    serde_json::from_str(text).expect("a golden case")
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn flat(v: &Value) -> Vec<f64> {
    v.as_array().expect("rows").iter().flat_map(list).collect()
}

fn run(subject: &Subject) -> Report {
    Performance::run(subject, &Params::default(), &Context::new(&|_, _| true)).expect("a report")
}

fn metric(report: &Report, id: &str) -> Estimate {
    report.metrics.iter().find(|m| m.id == id).unwrap_or_else(|| panic!("no {id}")).estimate.clone()
}

fn value(report: &Report, id: &str) -> f64 {
    metric(report, id).value.unwrap_or_else(|| panic!("no value of {id}"))
}

fn close(what: &str, a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a} against {b}");
}

fn same_metrics(report: &Report, expected: &Value) {
    for (id, v) in expected.as_object().expect("metrics") {
        close(id, value(report, id), v.as_f64().expect("a number"), 1e-10);
    }
}

/// Lift and distance at every share that is kept, against scikit-learn's ROC points.
fn ranking_curves(report: &Report, case: &Value) {
    let expected = case["ranking"].as_array().expect("points").iter().map(list).collect::<Vec<_>>();
    let at = |share: f64| expected.iter().find(|e| (e[0] - share).abs() < 1e-9).expect("a distinct score");
    let curves = &report.curves[0];
    assert!(curves.lift.len() > 20 && curves.ks_curve.len() > 20);
    for [share, lift] in &curves.lift {
        close("lift", *lift, at(*share)[1], 1e-12);
    }
    for [share, distance] in curves.ks_curve.iter().skip(1) {
        close("distance", *distance, at(*share)[2], 1e-12);
    }
}

fn binary(case: &Value) -> Subject {
    let mut s = fixture::binary(&list(&case["y"]), &list(&case["p"]), Vec::new());
    s.weights = case["w"].is_array().then(|| list(&case["w"]));
    s
}

#[test]
fn binary_metrics_equal_scikit_learn() {
    let case = &golden()["binary"];
    let report = run(&binary(case));
    same_metrics(&report, &case["metrics"]);
    assert_eq!(report.confusion.concat(), flat(&case["confusion"]));
    close("ks", report.curves[0].ks.expect("ks")[0], case["ks"].as_f64().expect("ks"), 1e-12);
    ranking_curves(&report, case);
    for (threshold, row) in case["thresholds"].as_object().expect("rows") {
        let threshold: f64 = threshold.parse().expect("a number");
        let own = report.thresholds.iter().find(|t| (t.threshold - threshold).abs() < 1e-9).expect("a row");
        close("volume", own.volume, row["volume"].as_f64().expect("v"), 1e-12);
        close("precision", own.precision.expect("p"), row["precision"].as_f64().expect("p"), 1e-12);
        close("recall", own.recall.expect("r"), row["recall"].as_f64().expect("r"), 1e-12);
    }
}

#[test]
fn weighted_metrics_equal_scikit_learn() {
    let case = &golden()["weighted"];
    let report = run(&binary(case));
    assert!(report.weighted);
    same_metrics(&report, &case["metrics"]);
    close("ks", report.curves[0].ks.expect("ks")[0], case["ks"].as_f64().expect("ks"), 1e-12);
    ranking_curves(&report, case);
    let (own, expected) = (report.confusion.concat(), flat(&case["confusion"]));
    own.iter().zip(expected).for_each(|(a, b)| close("cell", *a, b, 1e-12));
}

#[test]
fn intervals_equal_statsmodels_and_delong() {
    let case = &golden()["binary"];
    let report = run(&binary(case));
    for (id, ci) in case["wilson"].as_object().expect("intervals") {
        let e = metric(&report, id);
        assert_eq!(e.method, IntervalMethod::Wilson);
        close(id, e.low.expect("low"), list(ci)[0], 1e-9);
        close(id, e.high.expect("high"), list(ci)[1], 1e-9);
    }
    let (auc, delong) = (metric(&report, "roc_auc"), &case["delong"]);
    assert_eq!(auc.method, IntervalMethod::DelongLogit);
    close("auc low", auc.low.expect("low"), delong["low"].as_f64().expect("low"), 1e-9);
    close("auc high", auc.high.expect("high"), delong["high"].as_f64().expect("high"), 1e-9);
}

/// Two bootstraps agree up to their own noise: a twelfth of the width at 2 000 replicates.
#[test]
fn bootstrap_intervals_agree_with_scipy() {
    let case = &golden()["binary"];
    let report = run(&binary(case));
    for (id, ci) in case["bca"].as_object().expect("intervals") {
        let (e, ci) = (metric(&report, id), list(ci));
        let slack = 0.08 * (ci[1] - ci[0]);
        assert_eq!(e.method, IntervalMethod::Bca);
        assert!((e.low.expect("low") - ci[0]).abs() < slack, "{id} {e:?} {ci:?}");
        assert!((e.high.expect("high") - ci[1]).abs() < slack, "{id} {e:?} {ci:?}");
    }
}

#[test]
fn multiclass_metrics_equal_scikit_learn() {
    let case = &golden()["multiclass"];
    let s = fixture::multiclass(&["a", "b", "c", "d"], &list(&case["y"]), &flat(&case["p"]), Vec::new());
    let report = run(&s);
    same_metrics(&report, &case["metrics"]);
    for average in &report.averages {
        let expected = list(&case["averages"][&average.id]);
        close("precision", average.precision, expected[0], 1e-12);
        close("recall", average.recall, expected[1], 1e-12);
        close("f1", average.f1, expected[2], 1e-12);
    }
    for (own, expected) in report.per_class.iter().zip(case["per_class"].as_array().expect("classes")) {
        let pairs = [
            ("precision", &own.precision),
            ("recall", &own.recall),
            ("f1", &own.f1),
            ("specificity", &own.specificity),
            ("roc_auc", &own.roc_auc),
            ("average_precision", &own.average_precision),
        ];
        for (id, e) in pairs {
            close(id, e.value.expect("a value"), expected[id].as_f64().expect("a number"), 1e-10);
            assert!(e.low.expect("low") <= e.value.expect("v") && e.value.expect("v") <= e.high.expect("high"));
        }
    }
    for (k, share) in &report.top_k {
        close("top k", *share, case["top_k"][k.to_string()].as_f64().expect("a share"), 1e-12);
    }
    assert_eq!(report.top_k.len(), 3);
    assert!(metric(&report, "roc_auc").low.is_some() && metric(&report, "roc_auc_ovo").low.is_some());
}

#[test]
fn regression_metrics_equal_scikit_learn_scipy_and_statsmodels() {
    let case = &golden()["regression"];
    let report = run(&fixture::regression(&list(&case["y"]), &list(&case["p"]), Vec::new()));
    same_metrics(&report, &case["metrics"]);
    let (bias, t) = (metric(&report, "mean_residual"), list(&case["mean_t"]));
    close("t low", bias.low.expect("low"), t[0], 1e-9);
    close("t high", bias.high.expect("high"), t[1], 1e-9);
    let r = report.residuals.as_ref().expect("residuals");
    for (what, own) in [
        ("skewness", r.skewness),
        ("kurtosis", r.kurtosis),
        ("normality_p", r.normality_p),
        ("heteroscedasticity_p", r.heteroscedasticity_p),
    ] {
        close(what, own, case[what].as_f64().expect("a number"), 1e-9);
    }
    for id in ["mean", "median"] {
        let own = report.baselines.iter().find(|b| b.id == id).expect("a baseline");
        close(id, own.value, case["baselines"][id].as_f64().expect("rmse"), 1e-10);
    }
    assert_eq!(r.histogram.counts.iter().sum::<u64>(), 250);
}

#[test]
fn tree_equals_scikit_learn() {
    let case = &golden()["tree"];
    challengers::tests::equals(
        &flat(&case["x"]),
        &list(&case["y"]),
        &list(&case["z"]),
        &list(&case["probability"]),
        &list(&case["value"]),
    );
}

fn shuffled(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|i| (i * 7919) % n);
    order
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let case = &golden()["weighted"];
    let (y, p, w) = (list(&case["y"]), list(&case["p"]), list(&case["w"]));
    let order = shuffled(y.len());
    let pick = |v: &[f64]| -> Vec<f64> { order.iter().map(|i| v[*i]).collect() };
    let mut a = fixture::binary(&y, &p, Vec::new());
    let mut b = fixture::binary(&pick(&y), &pick(&p), Vec::new());
    (a.weights, b.weights) = (Some(w.clone()), Some(pick(&w)));
    let params = Params { tree: false, boosting: false, ..Params::default() };
    let of = |s: &Subject| Performance::run(s, &params, &Context::new(&|_, _| true)).expect("a report");
    assert_eq!(of(&a), of(&b));
}

#[test]
fn a_perfect_model_passes_and_a_constant_one_is_an_issue() {
    let y: Vec<f64> = (0..200).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
    let perfect: Vec<f64> = y.iter().map(|y| 0.1 + 0.8 * y).collect();
    let find = |p: &[f64], check: &str| {
        let s = fixture::binary(&y, p, Vec::new());
        let f = Performance::findings(&run(&s), &s, &Params::default(), &Policy::default());
        f.into_iter().find(|f| f.check == check).expect("a finding")
    };
    assert_eq!(find(&perfect, "PERF-BEATS-DUMMY").outcome, Outcome::Pass);
    assert_eq!(find(&perfect, "PERF-AUC").outcome, Outcome::Pass);
    assert_eq!(find(&vec![0.3; 200], "PERF-BEATS-DUMMY").outcome, Outcome::Issue);
    let constant = run(&fixture::binary(&y, &vec![0.3; 200], Vec::new()));
    assert_eq!((metric(&constant, "precision").value, metric(&constant, "mcc").value), (None, None));
}

#[test]
fn degradation_is_measured_against_the_reference() {
    let (y, p) = (fixture::spread(300, 0.1), fixture::spread(300, 0.5));
    let y: Vec<f64> = y.iter().map(|v| v.round()).collect();
    let mut s = fixture::binary(&y, &p, Vec::new());
    let good = fixture::binary(&y, &y, Vec::new());
    s.reference = Some(crate::subject::Reference {
        file: crate::subject::DataFile::default(),
        table: good.table,
        target: Some(y),
        prediction: Some(good.prediction),
    });
    let report = run(&s);
    let d = report.degradation.as_ref().expect("reference data");
    assert_eq!(d.reference, 1.0);
    close("loss", d.relative_loss.value.expect("v"), 1.0 - d.audited, 1e-12);
    let f = Performance::findings(&report, &s, &Params::default(), &Policy::default());
    assert_eq!(f.last().map(|f| (f.check.as_str(), f.outcome)), Some(("PERF-DEGRADATION", Outcome::Issue)));
}

/// Baselines of a subject whose features say something, and what the checks make of them.
#[test]
fn challengers_are_baselines_with_the_rows_they_saw() {
    let x = fixture::spread(600, 0.3);
    // Every tenth row is wrong, so that nobody is perfect.
    let y: Vec<f64> = (0..600).map(|i| f64::from(u8::from((x[i] > 0.4) != (i % 10 == 0)))).collect();
    let p: Vec<f64> = x.iter().map(|x| 0.2 + 0.3 * x).collect();
    let mut s = fixture::binary(&y, &p, vec![fine_table::Column::number("f", fine_table::NumberKind::Float, x)]);
    s.feature_columns = vec![2];
    let report = run(&s);
    let ids: Vec<_> = report.baselines.iter().map(|b| (b.id.as_str(), b.metric.as_str(), b.fitted_rows)).collect();
    assert_eq!(
        ids[3..],
        [
            ("tree-depth-3", "accuracy", Some(480)),
            ("tree-depth-3", "log_loss", Some(480)),
            ("boosting", "accuracy", Some(480)),
            ("boosting", "log_loss", Some(480)),
        ]
    );
    assert!(report.baselines[3..].iter().all(|b| b.value > 0.85 || b.metric == "log_loss"));
    let f = Performance::findings(&report, &s, &Params::default(), &Policy::default());
    let tree = f.iter().find(|f| f.check == "PERF-TREE-GAIN").expect("a finding");
    assert_eq!(tree.outcome, Outcome::Issue, "the tree is far better than these scores");
    assert!(tree.severity_basis.as_ref().is_some_and(|b| b.effect_ratio > 1.0));
}

#[test]
fn what_was_not_measured_is_listed_with_its_reason() {
    let case = &golden()["binary"];
    let s = binary(case);
    let params = Params { tree: false, boosting: false, ..Params::default() };
    let report = Performance::run(&s, &params, &Context::new(&|_, _| true)).expect("a report");
    let f = Performance::findings(&report, &s, &params, &Policy::default());
    let reason = |check: &str| f.iter().find(|f| f.check == check).and_then(|f| f.reason.as_deref());
    assert_eq!((reason("PERF-TREE-GAIN"), reason("PERF-DEGRADATION")), (Some("no-challenger"), Some("no-reference")));
}

#[test]
fn every_finding_points_at_a_number_of_the_report() {
    let case = &golden()["binary"];
    let s = binary(case);
    let report = run(&s);
    let json = serde_json::to_value(&report).expect("json");
    for f in Performance::findings(&report, &s, &Params::default(), &Policy::default()) {
        let at = json.pointer(&f.evidence).unwrap_or_else(|| panic!("{}", f.evidence));
        assert_eq!(at["value"].as_f64(), f.measured.value);
        assert!(Performance::CHECKS.contains(&f.check.as_str()));
    }
}
