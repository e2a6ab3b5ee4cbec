//! Against SciPy and statsmodels: `golden/stage-performance`.

use serde_json::Value;

use super::{multiple, power, proportion};
use crate::estimate::Estimate;

fn cases(name: &str) -> Vec<Value> {
    let text = include_str!("../../../../golden/stage-performance/expected.json");
    let case: Value = serde_json::from_str(text).expect("a golden case");
    case["tests"][name].as_array().expect("a list of cases").clone()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn counts(v: &Value) -> [u64; 4] {
    let n = numbers(v);
    [n[0] as u64, n[1] as u64, n[2] as u64, n[3] as u64]
}

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{a} against {b}");
}

fn ends(e: &Estimate, expected: &Value) {
    let ci = numbers(expected);
    close(e.low.expect("a lower end"), ci[0], 1e-9);
    close(e.high.expect("an upper end"), ci[1], 1e-9);
}

#[test]
fn wilson_newcombe_and_log_ratio_equal_statsmodels() {
    for case in cases("wilson") {
        let (k, n) = (case["k"].as_u64().expect("k"), case["n"].as_u64().expect("n"));
        ends(&proportion::share(k, n), &case["ci"]);
    }
    for case in cases("newcombe") {
        let [k1, n1, k2, n2] = counts(&case["counts"]);
        ends(&proportion::newcombe(k1, n1, k2, n2), &case["ci"]);
    }
    for case in cases("log_ratio") {
        let [k1, n1, k2, n2] = counts(&case["counts"]);
        ends(&proportion::log_ratio(k1, n1, k2, n2), &case["ci"]);
    }
}

#[test]
fn fisher_equals_scipy_and_z_equals_statsmodels() {
    for case in cases("fisher") {
        let [a, b, c, d] = counts(&case["table"]);
        close(proportion::fisher(a, b, c, d), case["p"].as_f64().expect("p"), 1e-10);
    }
    for case in cases("z") {
        let [k1, n1, k2, n2] = counts(&case["counts"]);
        close(proportion::pooled_z(k1, n1, k2, n2), case["p"].as_f64().expect("p"), 1e-10);
    }
}

#[test]
fn power_equals_statsmodels() {
    for case in cases("power") {
        let f = |k: &str| case[k].as_f64().expect("a number");
        let n = |k: &str| case[k].as_u64().expect("a count");
        let got = power::two_proportions(f("base"), f("gap"), n("n_base"), n("n_other"));
        close(got, f("power"), 1e-9);
    }
}

#[test]
fn bh_equals_statsmodels() {
    let text = include_str!("../../../../golden/stage-performance/expected.json");
    let case: Value = serde_json::from_str(text).expect("a golden case");
    let bh = &case["tests"]["bh"];
    let adjusted = multiple::benjamini_hochberg(&numbers(&bh["p"]));
    adjusted.iter().zip(numbers(&bh["adjusted"])).for_each(|(a, b)| close(*a, b, 1e-12));
}
