//! Models in several files.

use std::path::{Path, PathBuf};

use fine_model::import::{self, ImportError, open_chain};
use fine_model::{Model, PredictError};
use fine_table::Table;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/chain-sklearn")
}

fn open(names: &[&str]) -> Result<Model, ImportError> {
    let read = |name: &&str| std::fs::read(folder().join(name)).expect("a file");
    let contents: Vec<Vec<u8>> = names.iter().map(read).collect();
    let files: Vec<(&str, &[u8])> = names.iter().copied().zip(contents.iter().map(Vec::as_slice)).collect();
    open_chain(&files, &import::Part::default(), &import::Limits::default(), None).and_then(|opened| opened.model)
}

fn table() -> Table {
    crate::golden::table(&folder().join("data.csv"), &[])
}

fn agrees(model: &Model, table: &Table, key: &str) {
    let text = std::fs::read_to_string(folder().join("expected.json")).expect("answers");
    let answers: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let rows: Vec<Vec<f64>> = serde_json::from_value(answers[key].clone()).expect("rows");
    let got = model.predict(table).unwrap_or_else(|error| panic!("{key}: {error}"));
    assert_eq!((got.rows, got.width), (rows.len(), rows[0].len()));
    for (own, wanted) in got.scores.iter().zip(rows.iter().flatten()) {
        assert!((own - wanted).abs() < 1e-12, "{key}: {own}, expected {wanted}");
    }
}

#[test]
fn encoders_and_a_scaler_of_named_columns() {
    let model = open(&["encoders.pkl", "scaler.pkl", "model.pkl"]).expect("joined");
    assert!(model.is_named());
    agrees(&model, &table(), "by_name");
    // Each transformer is about its own columns, so their order does not matter.
    agrees(&open(&["scaler.pkl", "encoders.pkl", "model.pkl"]).expect("joined"), &table(), "by_name");
    let unknown = fine_table::Column::text("job", (0..table().rows()).map(|_| Some("pilot")));
    let error = model.predict(&table().with_column(unknown).expect("the same length")).expect_err("refused");
    assert!(matches!(error, PredictError::UnknownCategory { name, .. } if name == "job"));
}

#[test]
fn transformers_without_names_stand_in_order() {
    let mut model = open(&["plain.pkl", "components.pkl", "short.pkl"]).expect("joined");
    assert!(!model.is_named());
    let names: Vec<String> = table().columns().iter().take(5).map(|column| column.name.clone()).collect();
    model.rename(&names);
    agrees(&model, &table(), "in_order");
    assert!(model.origins().iter().all(|origin| origin.features() == [0, 1, 2, 3, 4]));
}

#[test]
fn a_column_transformer_before_the_estimator() {
    agrees(&open(&["preparation.pkl", "behind.pkl"]).expect("joined"), &table(), "preparation");
}

#[test]
fn files_that_do_not_fit_are_refused() {
    let code = |names: &[&str]| open(names).expect_err("refused").code();
    assert_eq!(code(&["components.pkl", "model.pkl"]), "malformed");
    assert_eq!(code(&["encoders.pkl", "short.pkl"]), "malformed");
    assert_eq!(code(&["model.pkl", "short.pkl"]), "unsupported-estimator");
    assert_eq!(code(&["short.pkl", "plain.pkl"]), "unsupported-estimator");
    assert_eq!(code(&[]), "empty-file");
    assert!(open(&["short.pkl"]).is_ok());
}
