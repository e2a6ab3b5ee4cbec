//! Pickles that must not be run, or cannot be: they are listed, or refused with a reason, and nothing panics.

use std::path::Path;
use std::time::{Duration, Instant};

use fine_model::import::{self, Opened};
use fine_table::{Column, NumberKind, Table};
use proptest::prelude::*;

fn golden(name: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden").join(name);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn open(bytes: &[u8]) -> Result<Opened, import::ImportError> {
    let start = Instant::now();
    let opened = import::open(bytes, &import::Limits::default(), None);
    assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
    opened
}

/// Code of the refusal, whether or not the file is listed.
fn code(bytes: &[u8]) -> &'static str {
    match open(bytes) {
        Ok(opened) => opened.model.map_or_else(|error| error.code(), |_| "runs"),
        Err(error) => error.code(),
    }
}

fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from).expect("the text to replace");
    bytes[at..at + from.len()].copy_from_slice(to);
    bytes
}

/// A protocol 2 object with a state of raw opcodes.
fn object(module: &str, class: &str, state: &[u8]) -> Vec<u8> {
    [format!("c{module}\n{class}\n)").as_bytes(), b"\x81}(", state, b"ub"].concat()
}

fn text(text: &str) -> Vec<u8> {
    [b"X", (text.len() as u32).to_le_bytes().as_slice(), text.as_bytes()].concat()
}

fn file(body: &[u8]) -> Vec<u8> {
    [b"\x80\x02", body, b"."].concat()
}

#[test]
fn a_file_that_would_run_a_command_is_listed_and_not_run() {
    let good = golden("model-sklearn-bundle/model.pkl");
    let bytes = [b"\x80\x04cposix\nsystem\n(X\x04\x00\x00\x00truetR0".as_slice(), &good[2..]].concat();
    let opened = open(&bytes).expect("listed");
    assert_eq!(opened.model.expect_err("not run").code(), "danger");
    assert_eq!(opened.facts.dangers.len(), 1);
    assert_eq!((opened.facts.dangers[0].name.as_str(), opened.facts.dangers[0].offset), ("posix.system", 27));
    assert!(opened.facts.estimators.iter().any(|estimator| estimator.class == "DecisionTreeClassifier"));
}

#[test]
fn a_step_of_unknown_code_is_named() {
    let steps = [text("steps"), b"](".to_vec(), text("bin"), object("my_pkg.features", "AgeBinner", b"")].concat();
    let ridge = object("sklearn.linear_model._ridge", "Ridge", b"");
    let steps = [steps, b"\x86".to_vec(), text("reg"), ridge, b"\x86e".to_vec()].concat();
    let opened = open(&file(&object("sklearn.pipeline", "Pipeline", &steps))).expect("listed");
    let error = opened.model.expect_err("not run");
    assert_eq!(error.code(), "custom-code");
    assert_eq!(error.args()["what"], "bin: my_pkg.features.AgeBinner");
}

#[test]
fn a_lambda_is_custom_code() {
    let function = [text("func"), b"c__main__\n<lambda>\n".to_vec()].concat();
    let step = object("sklearn.preprocessing._function_transformer", "FunctionTransformer", &function);
    let steps = [text("steps"), b"](".to_vec(), text("f"), step, b"\x86".to_vec()].concat();
    let steps = [steps, text("reg"), object("sklearn.linear_model._ridge", "Ridge", b""), b"\x86e".to_vec()].concat();
    assert_eq!(code(&file(&object("sklearn.pipeline", "Pipeline", &steps))), "custom-code");
}

#[test]
fn unknown_values_and_classes_are_refused_not_guessed() {
    let model = || golden("model-sklearn-logistic-three/model.pkl");
    assert_eq!(code(&model()), "runs");
    assert_eq!(code(&replaced(model(), b"ignore", b"ignorf")), "unsupported-estimator");
    assert_eq!(code(&replaced(model(), b"LogisticRegression", b"LogisticRegressiom")), "unsupported-estimator");
    assert_eq!(code(&file(&object("sklearn.linear_model._ridge", "Ridge", b""))), "not-fitted");
    assert_eq!(code(&file(b"]")), "unsupported-estimator");
    assert_eq!(code(&file(b"cnumpy\nfloat64\n")), "custom-code");
}

#[test]
fn a_newer_version_is_remarked() {
    let bytes = replaced(golden("model-sklearn-logistic-three/model.pkl"), b"1.9.1", b"2.3.1");
    let opened = open(&bytes).expect("opened");
    assert!(opened.facts.warnings.iter().any(|warning| warning.id == "version-newer-than-tested"));
}

#[test]
fn estimators_inside_of_each_other_end() {
    // A pipeline that is its own last step.
    let own = b"csklearn.pipeline\nPipeline\n)\x81q\x00}X\x05\x00\x00\x00steps](X\x01\x00\x00\x00ah\x00\x86esb";
    assert_eq!(code(&file(own)), "limit");
    // A vote of itself.
    let own = b"csklearn.ensemble._voting\nVotingRegressor\n)\x81q\x00}X\x0b\x00\x00\x00estimators_](h\x00esb";
    assert_eq!(code(&file(own)), "limit");
    // A union of itself twice, forty times over.
    let mut body = b"csklearn.linear_model._ridge\nRidge\n)\x81}bq\x00".to_vec();
    for level in 0..40u8 {
        let list = [text("transformer_list"), b"](".to_vec(), text("a"), vec![b'h', level, 0x86]].concat();
        let list = [list, text("b"), vec![b'h', level, 0x86, b'e']].concat();
        body.extend(object("sklearn.pipeline", "FeatureUnion", &list));
        body.extend([b'q', level + 1]);
    }
    assert_eq!(code(&file(&body)), "limit");
}

#[test]
fn transformers_inside_of_themselves_end() {
    let ridge = || object("sklearn.linear_model._ridge", "Ridge", b"");
    let pipeline = |step: Vec<u8>| {
        let steps = [text("steps"), b"](".to_vec(), text("s"), step, b"\x86".to_vec(), text("r"), ridge()].concat();
        file(&object("sklearn.pipeline", "Pipeline", &[steps, b"\x86e".to_vec()].concat()))
    };
    // An encoder of bits that is its own inner encoder.
    let own = b"ccategory_encoders.basen\nBaseNEncoder\n)\x81q\x05}(X\x0e\x00\x00\x00base_n_encoderh\x05ub";
    assert_eq!(code(&pipeline(own.to_vec())), "unsupported-estimator");
    // A selection by a boosted ensemble that is its own member.
    let boosted =
        [b"csklearn.ensemble._weight_boosting\nAdaBoostClassifier\n)\x81q\x05}(".to_vec(), text("estimators_")];
    let boosted =
        [boosted.concat(), b"]h\x05a".to_vec(), text("estimator_weights_"), b"]G\x3f\xf0\0\0\0\0\0\0aub".to_vec()];
    let select = [text("estimator_"), boosted.concat()].concat();
    let select = object("sklearn.feature_selection._from_model", "SelectFromModel", &select);
    assert_eq!(code(&pipeline(select)), "unsupported-estimator");
}

#[test]
fn trees_that_point_back_or_outside_are_refused() {
    let model = golden("model-sklearn-bundle/model.pkl");
    // left_child = 1, right_child and feature small: the root of the first tree.
    let small = |word: &[u8]| word[0] < 32 && word[1..].iter().all(|byte| *byte == 0);
    let is_root = |w: &[u8]| w[..8] == 1u64.to_le_bytes() && small(&w[8..16]) && w[8] > 1 && small(&w[16..24]);
    let root = model.windows(24).position(is_root).expect("root");
    for (field, value) in [(0, 0u64), (0, 1 << 40), (8, 1), (16, 1_000_000_000)] {
        let mut bytes = model.clone();
        bytes[root + field..root + field + 8].copy_from_slice(&value.to_le_bytes());
        assert_eq!(code(&bytes), "malformed", "field at {field} = {value}");
    }
}

fn rows() -> Table {
    let numbers = |name: &str| Column::number(name, NumberKind::Float, vec![1.0, f64::NAN, 3.5]);
    let text = |name: &str| Column::text(name, [Some("nurse"), None, Some("north")]);
    let names = ["age", "income", "hours-per-week", "gain", "score"];
    let mut columns: Vec<Column> = names.into_iter().map(numbers).collect();
    columns.extend([text("job"), text("region")]);
    Table::new(columns).expect("equal lengths")
}

const FILES: &[&str] = &[
    "model-sklearn-bundle/model.pkl",
    "model-sklearn-logistic-three/model.pkl",
    "model-sklearn-tree-regressor/model.pkl",
    "model-sklearn-forest-regressor/model.pkl",
    "model-sklearn-xgboost-early/model.pkl",
    "model-sklearn-lightgbm-regressor/model.pkl",
    "model-sklearn-svc-votes/model.pkl",
    "model-sklearn-knn/model.pkl",
    "model-sklearn-mlp-two-0-24/model.pkl",
    "model-sklearn-gaussian-nb/model.pkl",
    "model-sklearn-voting-soft/model.pkl",
    "model-sklearn-stacking/model.pkl",
    "model-sklearn-calibrated-isotonic-three/model.pkl",
    "model-sklearn-adaboost/model.pkl",
    "model-sklearn-rest-trees/model.pkl",
    "model-sklearn-nested/model.pkl",
    "model-sklearn-category-encoders/model.pkl",
    "model-sklearn-splines/model.pkl",
    "model-sklearn-text/model.pkl",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_models_never_panic(
        name in 0..FILES.len(),
        edits in prop::collection::vec((any::<u8>(), any::<usize>(), any::<u8>(), 1..16usize), 1..6),
    ) {
        let mut bytes = golden(FILES[name]);
        for (kind, at, byte, length) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = at % bytes.len();
            let end = (at + length).min(bytes.len());
            match kind % 4 {
                0 => bytes[at] = byte,
                1 => bytes[at] ^= 1 << (byte % 8),
                2 => drop(bytes.drain(at..end)),
                _ => {
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        if let Ok(Opened { model: Ok(model), .. }) = open(&bytes) {
            let _ = model.predict(&rows());
        }
    }
}
