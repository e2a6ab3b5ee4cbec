//! The traps of scikit-learn's files, one test each, on golden cases that step into them.

use std::path::{Path, PathBuf};

use fine_model::trees::Cast;
use fine_model::{Core, Label, Model, PredictError, import};
use fine_table::Table;

use crate::golden::{cases, run, table};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden").join(format!("model-sklearn-{name}"))
}

fn open(name: &str) -> import::Opened {
    let folder = folder(name);
    let file = ["model.joblib", "model.pkl"].map(|file| folder.join(file)).into_iter().find(|file| file.is_file());
    let bytes = std::fs::read(file.expect("a model file")).expect("readable");
    import::open(&bytes, &import::Limits::default(), None).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn model(name: &str) -> (Model, Table) {
    let model = open(name).model.unwrap_or_else(|error| panic!("{name}: {error}"));
    (model, table(&folder(name).join("data.csv"), &[]))
}

/// Cases whose name begins so, all of which must agree with the library.
fn agree(prefix: &str, at_least: usize) {
    let cases: Vec<_> =
        cases(None).into_iter().filter(|(path, _)| path.starts_with(path.parent().expect("a parent"))).collect();
    let prefix = format!("model-sklearn-{prefix}");
    let mut count = 0;
    for (path, case) in &cases {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(&prefix) {
            run(path, case, None).unwrap_or_else(|error| panic!("{name}: {error}"));
            count += 1;
        }
    }
    assert!(count >= at_least, "{count} cases of {prefix}");
}

#[test]
fn n1_values_are_rounded_to_32_bits_before_a_threshold() {
    let (model, table) = model("tree");
    let Core::Trees(forest) = model.core() else { panic!("no trees") };
    let values = model.encode(&table).expect("encoded").values;
    let mut rows = values.chunks_exact(forest.features);
    let differs = |row: &[f64]| forest.trees[0].leaf(row, Cast::F32) != forest.trees[0].leaf(row, Cast::F64);
    assert!(rows.any(differs), "the case must have a row where 64 bits lead to another leaf");
    agree("tree", 5);
}

#[test]
fn n2_leaves_are_counts_before_1_4_and_fractions_after() {
    agree("forest", 4);
    agree("extra-trees", 3);
}

#[test]
fn n3_start_values_of_boosting_follow_the_version() {
    agree("gb", 10);
}

#[test]
fn n9_one_hot_encoding_of_missing_dropped_and_infrequent_categories() {
    agree("encoders", 2);
}

#[test]
fn s1_zeros_of_a_sparse_matrix_are_missing_to_xgboost() {
    agree("xgboost-sparse", 3);
    let (model, table) = model("xgboost-sparse");
    let encoded = model.encode(&table).expect("encoded");
    assert!(encoded.values.iter().all(|value| *value != 0.0));
    assert!(encoded.values.iter().any(|value| value.is_nan()));
}

#[test]
fn s3_hist_gradient_boosting_moves_categories_to_the_front() {
    agree("hist", 6);
    let (model, table) = model("hist-categories");
    let encoded = model.encode(&table).expect("encoded");
    let origin: Vec<&str> = encoded.origin.iter().map(|i| model.features[*i as usize].name.as_str()).collect();
    assert_eq!(origin[..2], ["job", "region"]);
}

#[test]
fn s4_classes_that_only_a_label_encoder_holds() {
    agree("ridge-classifier", 2);
    let (model, _) = model("ridge-classifier");
    assert_eq!(model.classes, [Label::Int(0), Label::Int(1), Label::Int(2)]);
}

#[test]
fn s5_attributes_under_the_names_of_every_version() {
    let old: Vec<String> = cases(None)
        .into_iter()
        .filter_map(|(path, _)| path.file_name().map(|name| name.to_string_lossy().into_owned()))
        .filter(|name| name.starts_with("model-sklearn-") && name.ends_with("-0-24"))
        .collect();
    assert!(old.len() >= 9, "{old:?}");
    for name in old {
        agree(name.trim_start_matches("model-sklearn-"), 1);
    }
}

#[test]
fn s6_estimators_in_lists_and_in_object_arrays() {
    agree("gb-three", 2);
    agree("forest-regressor", 1);
}

#[test]
fn s8_columns_are_matched_by_name() {
    let (model, table) = model("logistic");
    let wanted = model.predict(&table).expect("predicted");
    let mut columns: Vec<_> = table.columns().iter().map(|column| column.as_ref().clone()).collect();
    columns.reverse();
    columns.push(fine_table::Column::number("extra", fine_table::NumberKind::Int, vec![0.0; table.rows()]));
    let shuffled = Table::new(columns.clone()).expect("equal lengths");
    assert_eq!(model.predict(&shuffled).expect("predicted"), wanted);
    columns.retain(|column| column.name != "income");
    let error = model.predict(&Table::new(columns).expect("equal lengths")).expect_err("a column is missing");
    assert!(matches!(error, PredictError::MissingFeature { name, .. } if name == "income"));
}

#[test]
fn columns_that_no_step_uses_need_not_be_there() {
    let (model, table) = model("bundle");
    let names: Vec<&str> = model.features.iter().map(|feature| feature.name.as_str()).collect();
    assert_eq!(names, ["age", "gain", "score"]);
    assert_eq!(model.predict(&table).expect("predicted").rows, table.rows());
}

#[test]
fn a_matrix_without_names_takes_columns_in_order() {
    let (mut model, table) = model("forest-regressor");
    assert!(!model.is_named());
    assert_eq!(model.features[0].name, "x0");
    let names: Vec<String> = table.columns().iter().map(|column| column.name.clone()).collect();
    model.rename(&names);
    assert!(model.predict(&table).is_ok());
}

/// `golden/model-sklearn-logistic-bare/make.py` sees scikit-learn refuse the same two cells.
#[test]
fn a_linear_model_refuses_missing_and_infinite_cells_as_the_library_does() {
    let (model, table) = model("logistic-bare");
    assert!(model.predict(&table).is_ok());
    let name = model.features[1].name.clone();
    for bad in [f64::NAN, f64::INFINITY] {
        let mut values = table.column(&name).and_then(|c| c.numbers()).expect("numbers").to_vec();
        values[3] = bad;
        let broken = fine_table::Column::number(name.clone(), fine_table::NumberKind::Float, values);
        let error = model.predict(&table.with_column(broken).expect("same length")).expect_err("refused");
        let expected = match bad.is_nan() {
            true => PredictError::MissingValue { name: name.clone(), row: 3 },
            false => PredictError::InfiniteValue { name: name.clone(), row: 3 },
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn an_unknown_category_is_named_where_the_library_refuses_it() {
    let folder = folder("xgboost-sparse");
    let (model, table) = model("xgboost-sparse");
    assert!(folder.is_dir() && model.predict(&table).is_ok());
    // The imputer knows no text where numbers are needed.
    let text = fine_table::Column::text("gain", (0..table.rows()).map(|_| Some("much")));
    let wrong = table.with_column(text).expect("same length");
    let error = model.predict(&wrong).expect_err("text where numbers are needed");
    assert!(matches!(error, PredictError::NotNumeric { name, row: 0, .. } if name == "gain"));
}

#[test]
fn facts_say_what_the_file_holds() {
    let opened = open("logistic");
    let facts = &opened.facts;
    assert_eq!((facts.library.as_str(), facts.library_version.as_deref()), ("scikit-learn", Some("1.9.1")));
    assert_eq!((facts.format.as_str(), facts.compression.as_deref()), ("joblib", Some("zlib")));
    let tree: Vec<(u32, &str, &str)> =
        facts.estimators.iter().map(|e| (e.depth, e.name.as_str(), e.class.as_str())).collect();
    assert_eq!(
        tree,
        [
            (0, "", "Pipeline"),
            (1, "prep", "ColumnTransformer"),
            (2, "num", "Pipeline"),
            (3, "imp", "SimpleImputer"),
            (3, "scale", "StandardScaler"),
            (2, "cat", "Pipeline"),
            (3, "imp", "SimpleImputer"),
            (3, "enc", "OneHotEncoder"),
            (1, "clf", "LogisticRegression"),
        ]
    );
    let last = facts.estimators.last().expect("estimators");
    assert!(last.params.contains(&("max_iter".into(), "300".into())), "{:?}", last.params);
    assert!(facts.imports.iter().all(|import| import.kind != "dangerous" && import.kind != "custom"));
    assert!(facts.imports.iter().any(|import| import.name == "sklearn.pipeline.Pipeline" && import.calls >= 3));
    assert!(facts.dangers.is_empty());
    let bundle = open("bundle");
    assert!(bundle.facts.warnings.iter().any(|warning| warning.id == "picked-from-bundle"));
    let early = open("xgboost-early");
    assert!(early.facts.warnings.iter().any(|warning| warning.id == "best-iteration"));
}

#[test]
fn training_rows_inside_of_a_file_are_remarked() {
    for (case, rows, estimator) in [("knn", "150", "clf"), ("svc-sparse", "106", "SVC"), ("one-class", "29", "clf")] {
        let facts = open(case).facts;
        let remark = facts.warnings.iter().find(|warning| warning.id == "training-rows").expect(case);
        assert_eq!((remark.args["rows"].as_str(), remark.args["estimator"].as_str()), (rows, estimator), "{case}");
    }
    assert!(open("mlp").facts.warnings.iter().all(|warning| warning.id != "training-rows"));
}

#[test]
fn a_model_of_several_targets_says_which_there_are_until_one_is_chosen() {
    for (case, class, outputs) in [
        ("outputs-forest", "RandomForestClassifier", "0 (0 / 1 / 2), 1 (0 / 1)"),
        ("outputs-linear", "Ridge", "0 (a number), 1 (a number), 2 (a number)"),
        ("outputs-each", "MultiOutputClassifier", "0 (0 / 1 / 2), 1 (0 / 1)"),
        ("outputs-rest", "OneVsRestClassifier", "0 (0 / 1), 1 (0 / 1), 2 (0 / 1)"),
    ] {
        let error = open(case).model.expect_err("none is chosen");
        assert_eq!(error.code(), "several-outputs", "{case}");
        let args = error.args();
        assert!(args["what"].starts_with(class) && args["outputs"] == outputs, "{args:?}");
        let bytes = std::fs::read(folder(case).join("model.joblib")).expect("readable");
        let choose = |output| {
            let opened = import::open_output(&bytes, &import::Limits::default(), None, Some(output));
            opened.expect("a model file").model.map_err(|error| error.code())
        };
        let chosen = choose(1).expect("there is a second one");
        assert!(chosen.facts.warnings.iter().any(|warning| warning.id == "chosen-output"));
        assert_eq!(choose(7).expect_err("there is no eighth"), "unsupported-estimator");
    }
    let bytes = std::fs::read(folder("ransac").join("model.joblib")).expect("readable");
    let single =
        |output| import::open_output(&bytes, &import::Limits::default(), None, Some(output)).expect("a file").model;
    assert!(single(0).is_ok() && single(1).is_err());
}

#[test]
fn a_label_may_differ_from_the_largest_probability() {
    // Votes decide, Platt scaling does not.
    let (model, table) = model("svc");
    let prediction = model.predict(&table).expect("predicted");
    let largest = prediction.scores.chunks(prediction.width).map(|row| fine_model::first_max(row) as u32);
    assert!(largest.zip(&prediction.labels).any(|(largest, label)| largest != *label));
}

#[test]
fn many_rows_are_predicted_block_by_block() {
    let (model, table) = model("xgboost-sparse");
    let small = model.predict(&table).expect("predicted");
    let rows: Vec<u32> = (0..150_000).map(|row| row % table.rows() as u32).collect();
    let large = model.predict(&table.take(&rows)).expect("predicted");
    assert_eq!((large.rows, large.labels.len()), (rows.len(), rows.len()));
    for (row, scores) in large.scores.chunks_exact(large.width).enumerate() {
        let at = rows[row] as usize;
        assert_eq!(scores, &small.scores[at * small.width..(at + 1) * small.width]);
    }
    let logistic = self::model("logistic").0;
    assert_eq!(logistic.predict(&table.take(&[])).expect("predicted").rows, 0);
}
