//! ONNX golden cases through the real runtime. Without the library the tests fail and say how to get it;
//! `FINE_SKIP_ONNX=1` leaves them out, except in CI.
#![allow(clippy::print_stdout)]

#[path = "../../../model/tests/it/golden.rs"]
mod golden;

use fine_onnx::Runtime;

/// The runtime, or `None` where a person asked to go without.
fn runtime() -> Option<Runtime> {
    match Runtime::load() {
        Ok(runtime) => Some(runtime),
        Err(error) => {
            let skip = std::env::var_os("FINE_SKIP_ONNX").is_some() && std::env::var_os("CI").is_none();
            assert!(skip, "{error}");
            println!("skipped: {error}");
            None
        }
    }
}

#[test]
fn predictions_are_those_of_the_runtime() {
    let Some(runtime) = runtime() else { return };
    golden::run_all(Some(("onnx", &runtime)));
}

#[test]
fn blocks_of_rows_change_nothing() {
    let Some(runtime) = runtime() else { return };
    for (folder, case) in golden::cases(Some("onnx")) {
        let bytes = std::fs::read(folder.join(case.model())).expect("model");
        let limits = fine_model::import::Limits::default();
        let mut model = fine_model::import::open(&bytes, &limits, Some(&runtime)).expect("opens").model.expect("runs");
        let table = golden::table(&folder.join("data.csv"), &[]);
        golden::name_features(&mut model, &table);
        let rows = table.rows() as u32;
        let many: Vec<u32> = (0..5000).map(|i| i % rows).collect();
        let once = model.predict(&table).expect("predicts");
        let often = model.predict(&table.take(&many)).expect("predicts");
        for (i, row) in many.iter().enumerate() {
            let (a, b) = (i * once.width, *row as usize * once.width);
            assert_eq!(often.scores[a..a + once.width], once.scores[b..b + once.width], "{}", folder.display());
        }
        assert_eq!(model.predict(&table.take(&[])).expect("no rows").scores.len(), 0);
    }
}

#[test]
fn one_ensemble_of_trees_is_read_as_trees() {
    let Some(runtime) = runtime() else { return };
    let mut lifted = Vec::new();
    for (folder, case) in golden::cases(Some("onnx")) {
        let bytes = std::fs::read(folder.join(case.model())).expect("model");
        let limits = fine_model::import::Limits::default();
        let opened = fine_model::import::open(&bytes, &limits, Some(&runtime)).expect("opens");
        let model = opened.model.expect("runs");
        let trees = matches!(model.core(), fine_model::Core::Trees(_));
        assert_eq!(trees, opened.facts.warnings.iter().any(|w| w.id == "lifted-from-graph"), "{}", folder.display());
        if trees {
            assert!(opened.facts.trees > 0, "{}", folder.display());
            lifted.push(folder.file_name().expect("a folder").to_string_lossy().into_owned());
        }
    }
    lifted.sort();
    assert_eq!(lifted, ["model-onnx-boosting", "model-onnx-forest", "model-onnx-xgboost", "model-onnx-zipmap"]);
}

#[test]
fn a_damaged_graph_is_refused() {
    let Some(runtime) = runtime() else { return };
    let (folder, case) = golden::cases(Some("onnx")).swap_remove(0);
    let bytes = std::fs::read(folder.join(case.model())).expect("model");
    for at in (0..bytes.len()).step_by(bytes.len() / 60 + 1) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        // Opened or refused, but the process goes on.
        let _ = fine_model::import::open(&damaged, &fine_model::import::Limits::default(), Some(&runtime));
    }
}
