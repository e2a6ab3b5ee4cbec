//! Defects of other tools, one test each under the defect's name: what Fine must not do. Other tests of the same kind stand
//! beside the code.

use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, Model};
use fine_table::{Column, NumberKind, Task};

use crate::estimate::{Estimate, IntervalMethod};
use crate::finding::{Finding, Outcome};
use crate::fixture::{self, spread};
use crate::judge::Measured;
use crate::policy::Policy;
use crate::rerun::Rerun;
use crate::rerun::fixture as credit;
use crate::run::{RunOptions, Silent, run_audit};
use crate::selftest;
use crate::stage::{Context, Stage};
use crate::stages::{calibration, drift, explain, fairness, performance, robustness, sensitivity, slices};
use crate::stats::multiple::benjamini_hochberg;
use crate::subject::{DataFile, Reference, Subject};

fn report<S: Stage>(subject: &Subject, params: &S::Params) -> S::Report {
    S::run(subject, params, &Context::new(&|_, _| true)).expect("a report")
}

fn findings<S: Stage>(subject: &Subject, params: &S::Params) -> Vec<Finding> {
    S::findings(&report::<S>(subject, params), subject, params, &Policy::default())
}

fn outcomes(findings: &[Finding], check: &str) -> Vec<Outcome> {
    findings.iter().filter(|f| f.check == check).map(|f| f.outcome).collect()
}

fn bytes<S: Stage>(subject: &Subject, params: &S::Params) -> String {
    serde_json::to_string(&report::<S>(subject, params)).expect("JSON")
}

/// Truths that are 0 and 1 in turn.
fn turns(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i % 2) as f64).collect()
}

/// Two groups of a protected attribute with rows and selections; truths do not depend on the group.
fn groups(rows: [usize; 2], selected: [usize; 2]) -> Subject {
    let members = |g: usize| (0..rows[g]).map(move |i| (g, i));
    let all: Vec<(usize, usize)> = members(0).chain(members(1)).collect();
    let y: Vec<f64> = all.iter().map(|(_, i)| (i % 2) as f64).collect();
    let p: Vec<f64> = all.iter().map(|(g, i)| if *i < selected[*g] { 0.9 } else { 0.1 }).collect();
    let names = all.iter().map(|(g, _)| Some(["one", "two"][*g]));
    fixture::binary(&y, &p, vec![Column::text("group", names)])
}

fn gap(report: &fairness::Report, id: &str) -> Estimate {
    report.attributes[0].gaps.iter().find(|g| g.id == id).expect("the gap").estimate.clone()
}

#[test]
fn bh_computed_with_argsort_used_as_ranks() {
    let p = [0.9, 0.01, 0.04, 0.03];
    let adjusted = benjamini_hochberg(&p);
    let expected = [0.9, 0.04, 0.16 / 3.0, 0.16 / 3.0];
    assert!(adjusted.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{adjusted:?}");
    // The argsort is [1, 3, 2, 0]: taken for ranks, the smallest p-value would be divided by 4.
    assert_ne!(adjusted[1], p[1] * 4.0 / 4.0);
}

#[test]
fn multiclass_precision_and_recall_both_micro() {
    let n = 900;
    let (u, v) = (spread(n, 0.1), spread(n, 0.77));
    let y: Vec<f64> = u
        .iter()
        .map(|u| {
            if *u < 0.7 {
                0.0
            } else if *u < 0.9 {
                1.0
            } else {
                2.0
            }
        })
        .collect();
    let scores: Vec<f64> = (0..n)
        .flat_map(|i| {
            // The rare class is called only half of the time.
            let called = if y[i] == 2.0 && v[i] < 0.5 || y[i] == 0.0 && v[i] < 0.05 { 1 } else { y[i] as usize };
            (0..3).map(move |k| if k == called { 0.8 } else { 0.1 })
        })
        .collect();
    let subject = fixture::multiclass(&["a", "b", "c"], &y, &scores, Vec::new());
    let report = report::<performance::Performance>(&subject, &performance::Params::default());
    let value = |id: &str| report.metrics.iter().find(|m| m.id == id).and_then(|m| m.estimate.value).expect("a value");
    let (accuracy, precision, recall) = (value("accuracy"), value("precision"), value("recall"));
    let mean = |of: fn(&performance::report::ClassMetrics) -> &Estimate| -> f64 {
        report.per_class.iter().map(|c| of(c).value.expect("a value")).sum::<f64>() / 3.0
    };
    assert!((precision - mean(|c| &c.precision)).abs() < 1e-12 && (recall - mean(|c| &c.recall)).abs() < 1e-12);
    assert!((precision - accuracy).abs() > 0.01 && (recall - accuracy).abs() > 0.01 && precision != recall);
}

/// Noise of a share of each feature's own spread does not know in which unit the feature is written.
#[test]
fn noise_in_raw_units() {
    let n = 600;
    let subject = |unit: f64| {
        let x: Vec<f64> = spread(n, 0.2).iter().map(|v| (8.0 * v - 4.0) * unit).collect();
        let p: Vec<f64> = x.iter().map(|x| 1.0 / (1.0 + (-x / unit).exp())).collect();
        let mut s = fixture::binary(&turns(n), &p, Vec::new());
        let link = Link::Logistic { scale: 1.0 };
        let linear = Linear { features: 1, outputs: 1, coef: vec![1.0 / unit], intercept: vec![0.0], link };
        let core = CoreModel::Linear(linear);
        let model = Model::native(s.model.features.clone(), Task::Binary, s.model.classes.clone(), core);
        s.table = s.table.with_column(Column::number("x", NumberKind::Float, x)).expect("the column is there");
        s.model = std::sync::Arc::new(model);
        s
    };
    let rates = |unit: f64| {
        let params = sensitivity::Params { levels: vec![0.1], curve_rows: 10, ..sensitivity::Params::default() };
        let flips = report::<sensitivity::Sensitivity>(&subject(unit), &params).label_flip_rate;
        let strong = robustness::Params { missing_levels: Vec::new(), ..robustness::Params::default() };
        let drop = report::<robustness::Robustness>(&subject(unit), &strong).metric_drop;
        (flips.and_then(|f| f.value).expect("a rate"), drop.value.expect("a drop"))
    };
    // Powers of two, so that no rounding differs.
    let (small, large) = (rates(1.0 / 1024.0), rates(65_536.0));
    assert_eq!(small, large);
    assert!(small.0 > 0.005, "{small:?}");
}

#[test]
fn the_first_5_000_rows_taken_as_a_sample() {
    let n = 12_000;
    // The file is sorted by the truth, as files often are.
    let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i >= n * 3 / 4))).collect();
    let subject = fixture::binary(&y, &spread(n, 0.3), Vec::new());
    let sample = |seed| {
        let subject = Subject { seed, ..subject.clone() };
        Rerun::new(&subject, 5000, "defects").expect("a sample").rows.clone()
    };
    let rows = sample(1);
    let hits = rows.iter().filter(|r| y[**r as usize] == 1.0).count();
    assert_eq!((rows.len(), hits), (5000, 1250), "every class keeps its share");
    assert!(rows.iter().filter(|r| **r >= 5000).count() > 2500, "rows of the whole file");
    assert_ne!(rows, sample(2), "the seed chooses");
}

/// Explanations add up to what the model says, or the audit says that they do not.
#[test]
fn surrogate_explanations_without_fidelity() {
    let params = explain::Params { bootstrap: 20, repeats: 2, ..explain::Params::default() };
    let exact = credit::forest(300, Task::Binary);
    let trust = report::<explain::Explain>(&exact, &params).trust;
    assert!(trust.additivity_error < 1e-9);
    // A model that answers differently each time cannot be followed by any explanation, and the check says so.
    let options =
        selftest::Options { runs: 2, seed: 1, stages: Some(vec!["explain".to_owned()]), policy: Policy::default() };
    let rates = selftest::run(&options, &|_, _| true).expect("rates");
    let additivity = rates.checks.iter().find(|c| c.check == "EXPL-ADDITIVITY").expect("the check");
    assert!(additivity.holds && additivity.detected.as_ref().is_some_and(|d| d.value == Some(1.0)), "{additivity:?}");
}

#[test]
fn unseeded_robustness() {
    let subject = credit::forest(300, Task::Binary);
    let params = robustness::Params { noise_levels: vec![0.5], repeats: 3, ..robustness::Params::default() };
    let first = bytes::<robustness::Robustness>(&subject, &params);
    assert_eq!(first, bytes::<robustness::Robustness>(&subject, &params));
    let other = Subject { seed: subject.seed + 1, ..subject };
    assert_ne!(first, bytes::<robustness::Robustness>(&other, &params), "the noise is drawn from the seed");
}

#[test]
fn empty_bins_read_as_0() {
    // Calibrated scores in two of fifteen bins of equal width: 0.1 where one in ten is right, 0.9 where nine are.
    let p: Vec<f64> = (0..400).map(|i| if i < 200 { 0.1 } else { 0.9 }).collect();
    let y: Vec<f64> = (0..400).map(|i| f64::from(u8::from((i % 10 == 0) == (i < 200)))).collect();
    let report =
        report::<calibration::Calibration>(&fixture::binary(&y, &p, Vec::new()), &calibration::Params::default());
    let class = &report.classes[0];
    assert!(class.bins.iter().all(|bin| bin.n > 0) && class.bins.len() == 2);
    assert!(class.ece_width < 1e-12 && class.mce < 1e-12, "an empty bin has no error: {}", class.ece_width);
}

/// What looks worst on the rows that were searched is, on noise, no worse on the others.
#[test]
fn worst_slice_judged_on_the_rows_that_found_it() {
    let n = 1200;
    let (mut searched, mut confirmed, mut slices) = (0.0, 0.0, 0);
    for start in 0..12 {
        let features: Vec<Column> = (0..5)
            .map(|f| {
                let base = spread(n, 0.137 * f64::from(start));
                let values = base.iter().map(|v| (v * (7.0 + f64::from(f))).fract()).collect();
                Column::number(format!("f{f}"), NumberKind::Float, values)
            })
            .collect();
        let p = vec![0.8; n];
        let mut rng = crate::rng::unit_rng(start as u64, "defects/slices", 0);
        let y: Vec<f64> = (0..n).map(|_| f64::from(u8::from(rand::RngExt::random::<f64>(&mut rng) < 0.8))).collect();
        let mut s = fixture::binary(&y, &p, features);
        (s.feature_columns, s.roles.protected, s.seed) = (vec![2, 3, 4, 5, 6], Vec::new(), start as u64);
        for slice in report::<slices::Slices>(&s, &slices::Params::default()).slices.iter().take(3) {
            searched += slice.discovery_loss - 0.2;
            confirmed += slice.loss.value.expect("a loss") - 0.2;
            slices += 1;
        }
    }
    let (searched, confirmed) = (searched / f64::from(slices), confirmed / f64::from(slices));
    assert!(slices >= 20 && searched > 0.05, "{slices} slices with {searched} on the rows that found them");
    assert!(confirmed < searched / 2.0, "{confirmed} on the others against {searched}");
}

#[test]
fn crashed_checks_counted_as_passed() {
    let subject = credit::linear(200, Task::Binary);
    let params = [("sensitivity".to_owned(), serde_json::json!({"monotone": {"nothing": "increasing"}}))].into();
    let stages = Some(vec!["sensitivity".to_owned()]);
    let policy = Policy { required: vec!["SENS-FLIP-RATE".to_owned()], ..Policy::default() };
    let result = run_audit(&subject, &RunOptions { policy, stages, params, ..RunOptions::default() }, &Silent);
    assert_eq!(outcomes(&result.findings, "SENS-FLIP-RATE"), [Outcome::Errored]);
    assert_eq!(result.verdict, Outcome::Errored);
}

/// The sources hold no clock (`cargo xtask check`); this holds the numbers to it: a slow machine gives the same ones.
#[test]
fn a_wall_clock_cut_inside_a_bootstrap() {
    let subject = fixture::binary(&turns(200), &spread(200, 0.4), Vec::new());
    let params = performance::Params { tree: false, boosting: false, ..performance::Params::default() };
    let slow = |_: u64, _: u64| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        true
    };
    let slow = performance::Performance::run(&subject, &params, &Context::new(&slow)).expect("a report");
    assert_eq!(serde_json::to_string(&slow).expect("JSON"), bytes::<performance::Performance>(&subject, &params));
    let bootstrapped = slow.metrics.iter().filter(|m| m.estimate.method == IntervalMethod::Bca).count();
    assert!(bootstrapped > 0, "there are bootstraps to cut");
}

#[test]
fn air_with_numerator_and_denominator_swapped() {
    for selected in [[400, 200], [200, 400]] {
        let report = report::<fairness::Fairness>(&groups([500, 500], selected), &fairness::Params::default());
        assert_eq!(gap(&report, "disparate_impact").value, Some(0.5), "lowest over highest, whoever comes first");
        let attribute = &report.attributes[0];
        let c = &attribute.comparisons[0];
        let rate = |name: &str| {
            let group = attribute.groups.iter().find(|g| g.group == name).expect("the group");
            group.selection_rate.value.expect("a rate")
        };
        let ratio = rate(&c.group) / rate(&attribute.reference);
        assert!((c.selection_ratio.value.expect("a ratio") - ratio).abs() < 1e-12, "group over reference");
    }
}

#[test]
fn generalised_entropy_divided_by_n_twice() {
    let theil = |n: usize| {
        let report =
            report::<fairness::Fairness>(&groups([n, n], [n * 4 / 5, n * 2 / 5]), &fairness::Params::default());
        report.attributes[0].inequality.theil
    };
    assert!((theil(100) - theil(10_000)).abs() < 1e-12 && theil(100) > 0.01, "{} {}", theil(100), theil(10_000));
}

#[test]
fn alpha_hard_coded_in_a_significance_call() {
    // The estimate is past the limit, its interval is not, and the p-value is 0.03.
    let e = Estimate::with_interval(0.15, 0.05, 0.25, 100, IntervalMethod::Bca);
    let at = |alpha: f64| {
        let policy = Policy { alpha, ..Policy::default() };
        Measured::new("FAIR-PARITY-DIFFERENCE", "fairness", e.clone()).p_value(Some(0.03)).judge(&policy).outcome
    };
    assert_eq!([0.05, 0.04, 0.02].map(at), [Outcome::Issue, Outcome::Issue, Outcome::Inconclusive]);
}

#[test]
fn two_sided_quality_tests_that_fail_on_improvement() {
    let n = 800;
    let y = turns(n);
    let right = |every: usize| -> Vec<f64> {
        (0..n).map(|i| if i % every == 0 { 1.0 - y[i] } else { y[i] }).map(|v| 0.1 + 0.8 * v).collect()
    };
    let with_reference = |audited: usize, reference: usize| {
        let mut s = fixture::binary(&y, &right(audited), Vec::new());
        let own = fixture::binary(&y, &right(reference), Vec::new());
        let (table, prediction) = (own.table, Some(own.prediction));
        s.reference = Some(Reference { file: DataFile::default(), table, target: Some(own.target), prediction });
        let params = performance::Params { tree: false, boosting: false, ..performance::Params::default() };
        outcomes(&findings::<performance::Performance>(&s, &params), "PERF-DEGRADATION")
    };
    assert_eq!(with_reference(20, 3), [Outcome::Pass], "better than on the reference");
    assert_eq!(with_reference(3, 20), [Outcome::Issue], "worse than on the reference");
}

/// One row more gives nearly the same numbers of the same measures, and the same answers.
#[test]
fn a_drift_method_that_flips_at_1_001_rows() {
    let measured = |n: usize| {
        let subject = |shift: f64, start: f64| {
            let x: Vec<f64> = spread(n, start).iter().map(|v| v + shift).collect();
            let mut s = fixture::binary(&turns(n), &spread(n, 0.3), vec![Column::number("f", NumberKind::Float, x)]);
            s.feature_columns = vec![2];
            s
        };
        let (own, mut s) = (subject(0.0, 0.1), subject(0.12, 0.6));
        let (table, prediction) = (own.table, Some(own.prediction));
        s.reference = Some(Reference { file: DataFile::default(), table, target: Some(own.target), prediction });
        let params = drift::Params { domain: false, ..drift::Params::default() };
        let report = report::<drift::Drift>(&s, &params);
        let f = &report.features[0];
        let some = |e: &Option<Estimate>| e.as_ref().and_then(|e| e.value).expect("a number");
        let values = [f.psi.value.expect("a number"), some(&f.ks), some(&f.wasserstein)];
        let judged = drift::Drift::findings(&report, &s, &params, &Policy::default());
        (values, judged.into_iter().map(|f| (f.check, f.outcome)).collect::<Vec<_>>())
    };
    let (few, many) = (measured(1000), measured(1001));
    assert!(few.0.iter().zip(many.0).all(|(a, b)| (a - b).abs() < 0.02 * a.abs().max(0.1)), "{few:?} {many:?}");
    assert_eq!(few.1, many.1);
}

#[test]
fn json_output_without_values() {
    let subject = credit::linear(300, Task::Binary);
    let stages = Some(["data", "performance", "calibration", "fairness"].map(str::to_owned).to_vec());
    let result = run_audit(&subject, &RunOptions { stages, ..RunOptions::default() }, &Silent);
    let json = serde_json::to_value(&result).expect("JSON");
    let judged: Vec<&serde_json::Value> = json["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|f| ["pass", "watch", "issue"].contains(&f["outcome"].as_str().unwrap_or_default()))
        .collect();
    assert!(judged.len() > 10);
    for f in judged {
        assert!(f["measured"]["value"].is_number() && f["measured"]["n"].is_number(), "{f}");
        assert!(f["limit"]["issue"].is_number() || f["limit"]["watch"].is_number(), "{f}");
        assert!(json.pointer(f["evidence"].as_str().expect("a pointer")).is_some(), "{f}");
    }
}

#[test]
fn small_groups_reported_as_a_gap_of_0() {
    let report = report::<fairness::Fairness>(&groups([500, 9], [250, 0]), &fairness::Params::default());
    for id in ["demographic_parity_diff", "disparate_impact", "equal_opportunity_diff"] {
        assert_eq!(gap(&report, id).value, None, "{id}");
    }
    let subject = groups([500, 9], [250, 0]);
    let judged = findings::<fairness::Fairness>(&subject, &fairness::Params::default());
    assert_eq!(outcomes(&judged, "FAIR-PARITY-DIFFERENCE"), [Outcome::Inconclusive]);
}
