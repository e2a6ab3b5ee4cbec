//! Orders and tails: against scikit-learn (`golden/stage-robustness-tails`), the jackknife, and data with a known weakness.

use fine_table::{Column, NumberKind, Table, Task};
use serde_json::Value;

use super::mixed::Mixed;
use crate::fixture;
use crate::rerun::metric::{self, Metric};
use crate::rerun::{Rerun, fixture as credit};
use crate::stages::robustness::report::Scenario;
use crate::stages::robustness::{Params, Robustness};
use crate::subject::Subject;

fn golden() -> Value {
    let text = include_str!("../../../../../../golden/stage-robustness-tails/expected.json");
    serde_json::from_str(text).expect("a golden case")
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn close(what: &str, own: f64, want: &Value) {
    let want = want.as_f64().expect("a number");
    assert!((own - want).abs() <= 1e-9 * (1.0 + want.abs()), "{what}: {own} against {want}");
}

#[test]
fn clusters_equal_scikit_learns() {
    let case = &golden()["clusters"];
    let rows = |key: &str| case[key].as_array().expect("rows").iter().flat_map(list).collect::<Vec<_>>();
    let mixed = Mixed { width: 3, values: rows("points") };
    let (labels, inertia) = mixed.lloyd(rows("start"));
    assert_eq!(labels, list(&case["labels"]).into_iter().map(|l| l as usize).collect::<Vec<_>>());
    close("inertia", inertia, &case["inertia"]);
    // The seeded starts do as well, and are the same each time.
    let own = mixed.clusters(4, 7).expect("clusters");
    assert_eq!(Some(own), mixed.clusters(4, 7));
    assert_eq!(mixed.clusters(1000, 7), None);
}

/// A subject whose features are these columns.
fn subject(columns: Vec<Column>) -> Subject {
    let n = columns[0].len();
    let mut s = fixture::regression(&fixture::spread(n, 0.3), &fixture::spread(n, 0.1), columns);
    s.feature_columns = (2..s.table.columns().len()).collect();
    s
}

#[test]
fn distances_are_those_of_mixed_data() {
    let case = &golden()["distances"];
    let numbers: Vec<Vec<f64>> = case["numbers"].as_array().expect("columns").iter().map(list).collect();
    let job = case["job"].as_array().expect("names").iter().map(|v| v.as_str());
    let mut columns: Vec<Column> =
        numbers.into_iter().enumerate().map(|(i, v)| Column::number(format!("n{i}"), NumberKind::Float, v)).collect();
    columns.push(Column::text("job", job));
    let subject = subject(columns);
    // The rows without their predictions: only the features count here.
    let table = Table::new(subject.feature_columns.iter().map(|c| (*subject.table.columns()[*c]).clone()).collect());
    let mixed = Mixed::of(&table.expect("columns"));
    let own = mixed.distances().expect("distances");
    for (own, want) in own.iter().zip(case["squared"].as_array().expect("a list")) {
        close("squared distance", *own, want);
    }
}

#[test]
fn the_metric_of_some_rows_equals_scikit_learns() {
    let case = &golden()["metrics"];
    let places: Vec<usize> = list(&case["rows"]).into_iter().map(|r| r as usize).collect();
    let binary = fixture::binary(&list(&case["y"]), &list(&case["p"]), Vec::new());
    let regression = fixture::regression(&list(&case["value"]), &list(&case["predicted"]), Vec::new());
    for (metric, subject) in [(Metric::Accuracy, &binary), (Metric::RocAuc, &binary), (Metric::R2, &regression)] {
        let rerun = Rerun::of_rows(subject, (0..subject.rows() as u32).collect()).expect("rows");
        let some = metric::measure_some(metric, &rerun, &places).expect("a metric");
        close(metric.id(), some.value, &case[metric.id()]);
        // All rows give the metric itself.
        let all: Vec<usize> = (0..subject.rows()).collect();
        let (part, whole) = (
            metric::measure_some(metric, &rerun, &all).expect("a metric"),
            metric::measure(metric, &rerun, &rerun.baseline).expect("a metric"),
        );
        assert!((part.value - whole.value).abs() < 1e-12);
        assert!(part.influence.iter().zip(&whole.influence).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}

/// The error of the drop on some rows, against leaving one row of all out.
#[test]
fn the_interval_of_a_tail_agrees_with_the_jackknife() {
    for (task, metric) in
        [(Task::Binary, Metric::Accuracy), (Task::Binary, Metric::RocAuc), (Task::Regression, Metric::R2)]
    {
        let subject = credit::linear(300, task);
        let inside = |row: u32| row.is_multiple_of(3);
        let drop = |rows: Vec<u32>| {
            let places: Vec<usize> = (0..rows.len()).filter(|p| inside(rows[*p])).collect();
            let rerun = Rerun::of_rows(&subject, rows).expect("rows");
            let all = metric::measure(metric, &rerun, &rerun.baseline).expect("a metric");
            metric::drop(&all, &[metric::measure_some(metric, &rerun, &places).expect("a metric")])
        };
        let all = drop((0..300).collect());
        let value = all.value.expect("a drop");
        let left = |left: u32| drop((0..300).filter(|r| *r != left).collect()).value.expect("a drop");
        let jackknife: f64 = (0..300).map(|r| (value - left(r)).powi(2) * 299.0 / 300.0).sum();
        let error = (all.high.expect("high") - all.low.expect("low")) / 2.0 / 1.9679;
        assert!((error / jackknife.sqrt() - 1.0).abs() < 0.08, "{metric:?}: {error} {}", jackknife.sqrt());
    }
}

fn scenario<'a>(all: &'a [Scenario], id: &str) -> &'a Scenario {
    all.iter().find(|s| s.id == id).expect("a scenario")
}

/// A model that is wrong where `income` is far out: hard, outer and clustered rows find it; the mirror image of the model finds
/// nothing but the worst rows themselves.
#[test]
fn a_planted_weakness_far_out_is_seen() {
    let mut subject = credit::linear(2000, Task::Binary);
    let income = subject.table.column("income").and_then(|c| c.numbers()).expect("numbers").to_vec();
    for (row, target) in subject.target.iter_mut().enumerate() {
        let far = (income[row] - 50_000.0).abs() > 35_000.0;
        let said = f64::from(subject.prediction.labels[row]);
        *target = if far { 1.0 - said } else { said };
    }
    let params =
        Params { repeats: 1, noise_levels: vec![0.5], missing_levels: vec![], attack_rows: 0, ..Params::default() };
    let report = credit::run::<Robustness>(&subject, &params);
    for id in ["worst-sample", "hard-sample", "outer-sample"] {
        let s = scenario(&report.resilience, id);
        let drops: Vec<f64> = s.points.iter().filter_map(|p| p.drop.value).collect();
        assert_eq!(drops.len(), 10, "{id}");
        assert!(drops[0] > 0.15 && drops[9].abs() < 1e-12, "{id}: {drops:?}");
        assert!(drops.windows(2).all(|w| w[0] >= w[1] - 0.02), "{id}: {drops:?}");
        assert_eq!(s.points[9].rows, 2000);
    }
    let hard = scenario(&report.resilience, "hard-sample");
    assert_eq!(hard.points[0].drop.method, crate::estimate::IntervalMethod::T);
    assert_eq!(scenario(&report.resilience, "worst-sample").points[0].drop.low, None);
    assert_eq!(hard.features[0].feature, "income");
    assert!(hard.features[0].psi.value.expect("a psi") > 10.0 * hard.features[0].by_chance);
    // Wrong for one region: the clusters find it, and its rows are named.
    let region = subject.table.column("region").expect("regions").clone();
    for row in 0..2000 {
        let said = f64::from(subject.prediction.labels[row]);
        subject.target[row] = if region.str_at(row) == Some("west") { 1.0 - said } else { said };
    }
    let report = credit::run::<Robustness>(&subject, &params);
    let cluster = scenario(&report.resilience, "worst-cluster");
    assert!(cluster.points[0].drop.value.expect("a drop") > 0.5, "{:?}", cluster.points[0]);
    assert_eq!(cluster.features[0].feature, "region");
    assert!(cluster.points[9].rows == 2000 && cluster.points[9].drop.value.expect("a drop").abs() < 1e-12);
    // A clean model: no error, nothing to learn, no drop anywhere.
    subject.target = subject.prediction.labels.iter().map(|l| f64::from(*l)).collect();
    let report = credit::run::<Robustness>(&subject, &params);
    assert_eq!(scenario(&report.resilience, "hard-sample").reason.as_deref(), Some("no-errors-to-learn"));
    assert!(report.resilience.iter().flat_map(|s| &s.points).all(|p| p.drop.value == Some(0.0)));
}
