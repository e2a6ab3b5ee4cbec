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
    let wanted = ["boosting", "forest", "lightgbm", "lightgbm-regression", "xgboost", "zipmap"];
    assert_eq!(lifted, wanted.map(|name| format!("model-onnx-{name}")));
}

fn opened(name: &str, runtime: &Runtime) -> fine_model::import::Opened {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/graphs").join(name);
    let bytes = std::fs::read(file.with_extension("onnx")).expect("a graph of golden/graphs");
    fine_model::import::open(&bytes, &fine_model::import::Limits::default(), Some(runtime)).expect("opens")
}

#[test]
fn a_graph_that_does_not_fit_a_table_is_refused_with_what_to_do() {
    let Some(runtime) = runtime() else { return };
    for (name, why, advice) in [
        ("free-columns", "input \"x\": its number of columns is not stored", "fixed number of columns"),
        ("image", "it has 4 dimensions", "rows and columns of a table"),
        ("half", "none of a table", "32- or 64-bit"),
        ("too-many-rows", "100000 rows", "free first dimension"),
        ("two-numbers-of-rows", "2 rows of it and 1 of another input", "free first dimension"),
        ("two-outputs", "2 of them give numbers", "alone"),
        ("three-sigmoids", "3 separate sigmoids", "one of the answers"),
        ("softmax-of-rows", "over the rows", "over the classes"),
        ("softmax-of-one", "always 1", "one sigmoid"),
        ("two-targets", "2 numbers of 2 targets", "one target"),
    ] {
        let error = opened(name, &runtime).model.expect_err(name);
        assert_eq!((error.code(), error.stable_code()), ("graph-form", "E-GRAPHFORM"), "{name}: {error}");
        let said = error.to_string();
        assert!(said.contains(why) && error.args()["advice"].contains(advice), "{name}: {said}");
    }
}

#[test]
fn a_graph_that_leaves_its_meaning_open_is_read_by_a_rule_with_a_remark() {
    let Some(runtime) = runtime() else { return };
    let cells: Vec<f64> = (0..20).map(|i| f64::from(i % 7) / 40.0).collect();
    let column = |j: usize| {
        let own = cells.iter().map(|c| c * (j as f64 + 1.0)).collect();
        fine_table::Column::number(format!("c{j}"), fine_table::NumberKind::Float, own)
    };
    let table = fine_table::Table::new((0..4).map(column).collect()).expect("equal lengths");
    for (name, remark, task, kind) in [
        ("logit", "graph-number", fine_table::Task::Regression, fine_model::ScoreKind::Value),
        ("logits", "graph-scores", fine_table::Task::Multiclass, fine_model::ScoreKind::Decision),
    ] {
        let opened = opened(name, &runtime);
        assert!(opened.facts.warnings.iter().any(|w| w.id == remark), "{name}: {:?}", opened.facts.warnings);
        let model = opened.model.expect(name);
        assert!(model.facts.warnings.iter().any(|w| w.id == remark), "{name}");
        let prediction = model.predict(&table).expect("predicts");
        assert_eq!((model.task, prediction.kind), (task, kind), "{name}");
    }
}

#[test]
fn a_graph_for_a_fixed_number_of_rows_says_so() {
    let Some(runtime) = runtime() else { return };
    let mut fixed = Vec::new();
    for (folder, case) in golden::cases(Some("onnx")) {
        let bytes = std::fs::read(folder.join(case.model())).expect("model");
        let opened =
            fine_model::import::open(&bytes, &fine_model::import::Limits::default(), Some(&runtime)).expect("opens");
        let rows = opened.facts.warnings.iter().find(|w| w.id == "graph-fixed-rows").map(|w| w.args["n"].clone());
        let name = folder.file_name().expect("a folder").to_string_lossy().into_owned();
        fixed.extend(rows.map(|n| (name, n)));
    }
    fixed.sort();
    let wanted = [("model-onnx-torch-many-rows", "32"), ("model-onnx-torch-one-row", "1")];
    assert_eq!(fixed, wanted.map(|(name, n)| (name.to_owned(), n.to_owned())));
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
