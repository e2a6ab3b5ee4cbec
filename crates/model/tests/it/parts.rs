//! Parts of files: a value of a bundle, a pipeline from a step on.

use std::path::Path;

use fine_model::import::{self, ImportError, Limits, Opened, Part};
use fine_table::{Column, NumberKind, Table};

fn open(case: &str, model: &str, pick: Option<&str>, from_step: Option<&str>) -> Opened {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden").join(case).join(model);
    let part = Part { pick: pick.map(str::to_owned), from_step: from_step.map(str::to_owned), output: None };
    import::open_part(&std::fs::read(path).expect("a model"), &part, &Limits::default(), None).expect("a file")
}

#[test]
fn a_key_picks_a_value_of_a_bundle() {
    let alone = open("model-sklearn-bundle", "model.pkl", None, None).model.expect("the only model");
    let picked = open("model-sklearn-bundle", "model.pkl", Some("model"), None).model.expect("the same");
    assert_eq!(alone.features, picked.features);
    let encoder = open("model-sklearn-bundle", "model.pkl", Some("encoder"), None).model.unwrap_err();
    assert_eq!(encoder.code(), "unsupported-estimator");
    let available = ["model", "encoder", "columns"].map(str::to_owned).to_vec();
    let missing = open("model-sklearn-bundle", "model.pkl", Some("clf"), None).model.unwrap_err();
    assert_eq!(missing, ImportError::NoPart { name: "clf".into(), available });
}

#[test]
fn a_pipeline_runs_from_a_step_on() {
    let whole = open("model-sklearn-bundle", "model.pkl", None, None).model.expect("a pipeline");
    let rest = open("model-sklearn-bundle", "model.pkl", None, Some("clf")).model.expect("a tree");
    assert!(!rest.is_named() && rest.features.len() == 3);
    let values = [[0.0, 40.0, 0.3], [8.0, 63.0, -1.0], [0.0, 22.0, 2.0], [7.5, 51.0, 0.9]];
    let column = |k: usize| Column::number(format!("x{k}"), NumberKind::Float, values.map(|row| row[k]).to_vec());
    let table = Table::new((0..3).map(column).collect()).expect("equal lengths");
    let prediction = rest.predict(&table).expect("numbers");
    let encoded: Vec<f64> = values.iter().flatten().copied().collect();
    assert_eq!(prediction, whole.score_encoded(4, &encoded).expect("the same matrix"));
    let available = ["prep", "clf"].map(str::to_owned).to_vec();
    let missing = open("model-sklearn-bundle", "model.pkl", None, Some("scale")).model.unwrap_err();
    assert_eq!(missing, ImportError::NoPart { name: "scale".into(), available });
}

#[test]
fn a_booster_left_behind_sparse_steps_reads_zeros_as_missing() {
    let rest = open("model-sklearn-xgboost-sparse", "model.joblib", None, Some("clf")).model.expect("a booster");
    let table = |zero: f64| {
        let column = |k: usize| Column::number(format!("x{k}"), NumberKind::Float, vec![zero, 1.0 + k as f64]);
        Table::new((0..rest.features.len()).map(column).collect()).expect("equal lengths")
    };
    let (zeros, missing) = (rest.predict(&table(0.0)), rest.predict(&table(f64::NAN)));
    assert_eq!(zeros.expect("numbers").scores, missing.expect("numbers").scores);
}

#[test]
fn other_files_have_no_parts() {
    let error = open("model-xgboost-json", "model.json", Some("model"), None).model.unwrap_err();
    assert_eq!(error.code(), "no-such-part");
    assert!(error.to_string().contains("no parts with names"), "{error}");
}
