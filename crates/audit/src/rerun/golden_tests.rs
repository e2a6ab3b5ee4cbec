//! Shifts and falls of a metric against NumPy, SciPy and scikit-learn: `golden/stage-sensitivity`, `golden/stage-robustness`.

use serde_json::Value;

use super::metric::{self, Metric};
use super::{Rerun, Scores, shift};
use crate::estimate::Estimate;
use crate::fixture;
use crate::subject::Subject;

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn rows(v: &Value) -> Vec<Vec<f64>> {
    v.as_array().expect("rows").iter().map(list).collect()
}

fn close(what: &str, a: f64, b: &Value, tolerance: f64) {
    let b = b.as_f64().expect("a number");
    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a} against {b}");
}

fn range(what: &str, e: &Estimate, want: &Value, tolerance: f64) {
    close(what, e.value.expect("a value"), &want[0], tolerance);
    close(what, e.low.expect("low"), &want[1], tolerance);
    close(what, e.high.expect("high"), &want[2], tolerance);
}

fn scores(values: &[Vec<f64>]) -> Scores {
    let width = values[0].len();
    let label = |row: &Vec<f64>| fine_model::first_max(row) as u32;
    let labels = if width == 1 { Vec::new() } else { values.iter().map(label).collect() };
    Scores { width, values: values.concat(), labels }
}

/// A subject whose predictions are the numbers given.
fn subject(base: &[Vec<f64>]) -> Subject {
    let truth: Vec<f64> = (0..base.len()).map(|i| (i % base[0].len().max(2)) as f64).collect();
    match base[0].len() {
        1 => fixture::regression(&truth, &base.concat(), Vec::new()),
        2 => fixture::binary(&truth, &base.iter().map(|r| r[1]).collect::<Vec<_>>(), Vec::new()),
        k => fixture::multiclass(&["a", "b", "c", "d"][..k], &truth, &base.concat(), Vec::new()),
    }
}

#[test]
fn shifts_and_flips_equal_numpy_scipy_and_statsmodels() {
    let text = include_str!("../../../../golden/stage-sensitivity/expected.json");
    let golden: Value = serde_json::from_str(text).expect("a golden case");
    for name in ["binary", "multiclass", "regression"] {
        let case = &golden[name];
        let base = rows(&case["base"]);
        let subject = subject(&base);
        let rerun = Rerun::of_rows(&subject, (0..base.len() as u32).collect()).expect("rows");
        let runs: Vec<Scores> = case["runs"].as_array().expect("runs").iter().map(|r| scores(&rows(r))).collect();
        let shift = shift::compare(&rerun, &runs);
        range(name, &shift.mean, &case["mean_shift"], 1e-9);
        close(name, shift.p99, &case["p99"], 1e-9);
        assert_eq!(shift.flip_rate.is_none(), name == "regression");
        if let Some(rate) = shift.flip_rate {
            close(name, rate.value.expect("a share"), &case["flip_rate"], 1e-12);
            close(name, rate.low.expect("low"), &case["flip_interval"][0], 1e-9);
            close(name, rate.high.expect("high"), &case["flip_interval"][1], 1e-9);
        }
    }
}

#[test]
fn falls_and_their_paired_intervals_equal_scikit_learn_and_scipy() {
    let text = include_str!("../../../../golden/stage-robustness/expected.json");
    let golden: Value = serde_json::from_str(text).expect("a golden case");
    for (name, metric) in [("accuracy", Metric::Accuracy), ("roc_auc", Metric::RocAuc), ("r2", Metric::R2)] {
        let case = &golden[name];
        let (truth, base) = (list(&case["y"]), list(&case["base"]));
        // Labels become certain probabilities.
        let two = |v: &[f64]| v.iter().map(|p| vec![1.0 - p, *p]).collect::<Vec<_>>();
        let (subject, one): (Subject, bool) = match metric {
            Metric::R2 => (fixture::regression(&truth, &base, Vec::new()), true),
            _ => (fixture::binary(&truth, &base, Vec::new()), false),
        };
        let of =
            |v: &[f64]| if one { scores(&v.iter().map(|v| vec![*v]).collect::<Vec<_>>()) } else { scores(&two(v)) };
        let rerun = Rerun::of_rows(&subject, (0..truth.len() as u32).collect()).expect("rows");
        let baseline = metric::measure(metric, &rerun, &rerun.baseline).expect("a metric");
        close(name, baseline.value, &case["value"], 1e-10);
        let runs = case["runs"].as_array().expect("runs").iter().map(|r| of(&list(r)));
        let runs: Vec<_> = runs.map(|s| metric::measure(metric, &rerun, &s).expect("a metric")).collect();
        range(name, &metric::drop(&baseline, &runs), &case["drop"], 1e-7);
    }
}
