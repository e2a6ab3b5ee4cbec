//! Damaged model files: a typed error or a model, never a panic, and never a table that cannot be predicted.

use std::path::{Path, PathBuf};

use fine_model::PredictError;
use fine_model::import::{self, Limits};
use proptest::prelude::*;

/// Native model files of the golden cases.
fn seeds() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("golden folder")
        .map(|e| e.expect("entry").path())
        .flat_map(|case| ["model.json", "model.ubj", "model.txt", "model.onnx"].map(|name| case.join(name)))
        .filter(|p| p.is_file())
        .collect();
    files.sort();
    files.into_iter().map(|p| (p.clone(), std::fs::read(p).expect("model file"))).collect()
}

fn open_and_predict(bytes: &[u8]) {
    let limits = Limits { nodes: 100_000, features: 1000, ..Limits::default() };
    let Ok(opened) = import::open(bytes, &limits, None) else { return };
    let Ok(model) = opened.model else { return };
    let width = match model.core() {
        fine_model::Core::Trees(forest) => forest.features,
        fine_model::Core::Linear(linear) => linear.features,
        fine_model::Core::Other => return,
    };
    let rows: Vec<f64> = (0..width * 9).map(|i| [0.0, -1.0, f64::NAN, 1e30, 3.0, f64::INFINITY, 40.5][i % 7]).collect();
    match model.score_encoded(9, &rows) {
        Ok(prediction) => assert_eq!(prediction.scores.len(), 9 * prediction.width),
        // A linear model adds no missing value up.
        Err(error) => {
            assert!(matches!(error, PredictError::MissingValue { .. }), "a validated model predicts: {error}")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        for (_, seed) in seeds() {
            let mut bytes = seed.clone();
            for (at, byte, kind) in &edits {
                let i = at.index(bytes.len());
                match kind {
                    0 => bytes[i] = *byte,
                    1 => bytes[i] = b"0123456789-[]{}\"\n=,."[*byte as usize % 20],
                    2 => { bytes.remove(i); }
                    _ => bytes.insert(i, *byte),
                }
            }
            if let Some(cut) = &cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            open_and_predict(&bytes);
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), head in 0..6_usize) {
        let mut file = [&b""[..], b"{", b"{L\0\0\0\0\0\0\0\x07learner", b"tree\nversion=v4\n", b"\x08\x08:", b"{\"learner\":"][head].to_vec();
        file.extend(bytes);
        open_and_predict(&file);
    }
}

#[test]
fn every_cut_of_a_file_is_refused_or_whole() {
    for (path, seed) in seeds() {
        // What follows the trees of a LightGBM text does not predict.
        let trees = seed.windows(12).position(|w| w == b"end of trees").unwrap_or(seed.len());
        for end in (0..trees).step_by(seed.len() / 40 + 1) {
            let opened = import::open(&seed[..end], &Limits::default(), None);
            let whole = opened.is_ok_and(|o| o.model.is_ok());
            assert!(!whole, "{} cut at {end} opened", path.display());
        }
    }
}
