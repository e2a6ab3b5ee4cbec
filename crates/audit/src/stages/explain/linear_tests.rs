//! A linear model against shap, scikit-learn and SciPy: `golden/stage-explain-linear`.

use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, Feature, FeatureKind, Label, Model};
use fine_table::{Column, NumberKind, Table, Task};
use serde_json::Value;

use super::report::Report;
use super::{Explain, Params};
use crate::rerun::fixture;
use crate::shap::LinearExplainer;
use crate::subject::Subject;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn golden() -> Value {
    let text = include_str!("../../../../../golden/stage-explain-linear/expected.json");
    serde_json::from_str(text).expect("a golden case")
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn close(what: &str, a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{what}: {a} against {b}");
}

fn linear(case: &Value, link: Link) -> Linear {
    let intercept = vec![case["intercept"].as_f64().expect("a number")];
    Linear { features: 4, outputs: 1, coef: list(&case["coef"]), intercept, link }
}

fn subject(case: &Value, x: &[Vec<f64>], task: Task) -> Subject {
    let (link, classes) = match task {
        Task::Regression => (Link::Identity, Vec::new()),
        _ => (Link::Logistic { scale: 1.0 }, ["no", "yes"].map(|c| Label::Text(c.into())).to_vec()),
    };
    let features = NAMES.map(|n| Feature { name: n.into(), kind: FeatureKind::Number }).to_vec();
    let model = Model::native(features, task, classes, CoreModel::Linear(linear(case, link)));
    let y = list(&case["y"]);
    let mut columns: Vec<Column> =
        (0..4).map(|j| Column::number(NAMES[j], NumberKind::Float, x.iter().map(|r| r[j]).collect())).collect();
    columns.push(Column::text("sex", (0..x.len()).map(|i| Some(["f", "m"][i % 2]))));
    columns.push(Column::text("region", x.iter().map(|_| Some("r"))));
    columns.push(Column::text("y", y.iter().map(|y| Some(if *y == 1.0 { "yes" } else { "no" }))));
    columns.push(Column::number("amount", NumberKind::Float, y));
    fixture::subject(Table::new(columns).expect("columns"), model)
}

#[test]
fn attributions_directions_and_dependence_equal_the_references() {
    let golden = golden();
    let x: Vec<Vec<f64>> = golden["x"].as_array().expect("rows").iter().map(list).collect();
    for (name, task) in [("binary", Task::Binary), ("regression", Task::Regression)] {
        let case = &golden[name];
        let subject = subject(case, &x, task);
        let params = Params { dependence_points: 200, bootstrap: 20, repeats: 2, ..Params::default() };
        let report: Report = fixture::run::<Explain>(&subject, &params);
        assert_eq!(report.method.id, "linear");
        close("base", report.method.base[0], case["base"].as_f64().expect("a number"));
        for f in &report.features {
            let j = NAMES.iter().position(|n| *n == f.feature).expect("a feature");
            close("mean |shap|", f.mean_abs_shap.value.expect("v"), list(&case["mean_abs"])[j]);
            close("mean", f.mean_shap, list(&case["mean"])[j]);
            close("direction", f.direction.expect("numbers"), list(&case["direction"])[j]);
            let (grid, mean) = (list(&case["dependence"][j][0]), list(&case["dependence"][j][1]));
            assert_eq!(f.dependence.len(), grid.len());
            for (own, (at, mean)) in f.dependence.iter().zip(grid.iter().zip(mean)) {
                close("grid", own.0.parse().expect("a number"), *at);
                close("dependence", own.1, mean);
            }
        }
        let total: f64 = report.features.iter().filter_map(|f| f.shap_share.value).sum();
        close("shares", total, 1.0);
    }
}

#[test]
fn every_row_equals_shap() {
    let golden = golden();
    let x: Vec<Vec<f64>> = golden["x"].as_array().expect("rows").iter().map(list).collect();
    let case = &golden["binary"];
    let model = linear(case, Link::Logistic { scale: 1.0 });
    let mean = (0..4).map(|j| x.iter().map(|r| r[j]).sum::<f64>() / x.len() as f64).collect();
    let encoded = fine_model::Encoded {
        rows: x.len(),
        width: 4,
        values: x.concat(),
        origin: vec![0, 1, 2, 3],
        names: Vec::new(),
    };
    let shap = LinearExplainer::new(&model, &encoded.origin, 4, mean).expect("a fit").explain(&encoded, &[0]);
    for (row, want) in case["shap"].as_array().expect("rows").iter().enumerate() {
        shap.row(row, 0).iter().zip(list(want)).for_each(|(a, b)| close("phi", *a, b));
    }
}
