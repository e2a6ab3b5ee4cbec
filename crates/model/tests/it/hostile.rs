//! Damaged model files: a typed error or a model, never a panic, and never a table that cannot be predicted.

use std::path::{Path, PathBuf};

use fine_model::import::{self, Limits};
use fine_model::{FeatureKind, PredictError};
use fine_table::{Column, NumberKind, Table};
use proptest::prelude::*;

/// Native model files of the golden cases.
fn seeds() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("golden folder")
        .map(|e| e.expect("entry").path())
        .flat_map(|case| {
            ["model.json", "model.ubj", "model.txt", "model.cbm", "model.skops", "model.onnx"]
                .map(|name| case.join(name))
        })
        .filter(|p| p.is_file())
        .collect();
    files.sort();
    files.into_iter().map(|p| (p.clone(), std::fs::read(p).expect("model file"))).collect()
}

fn open_and_predict(bytes: &[u8]) {
    let limits = Limits { nodes: 100_000, features: 1000, ..Limits::default() };
    let Ok(opened) = import::open(bytes, &limits, None) else { return };
    let Ok(model) = opened.model else { return };
    // Categories of any spelling; a missing one may be refused.
    let cells = [Some("a"), Some("nurse"), None, Some(""), Some("1")];
    let column = |f: &fine_model::Feature| match f.kind {
        FeatureKind::Number => {
            Column::number(&*f.name, NumberKind::Float, vec![0.5, -3.0, f64::NAN, f64::INFINITY, 7.0])
        }
        FeatureKind::Text | FeatureKind::Any => Column::text(&*f.name, cells),
    };
    if let Some(table) = Table::new(model.features.iter().map(column).collect())
        && let Ok(prediction) = model.predict(&table)
    {
        assert_eq!(prediction.scores.len(), 5 * prediction.width);
    }
    let width = match model.core() {
        fine_model::Core::Trees(forest) => forest.features,
        fine_model::Core::Linear(linear) => linear.features,
        fine_model::Core::Other => return,
    };
    let rows: Vec<f64> = (0..width * 9).map(|i| [0.0, -1.0, f64::NAN, 1e30, 3.0, f64::INFINITY, 40.5][i % 7]).collect();
    // Linear models refuse the missing and the infinite value, as their libraries do; nothing else may be refused.
    match model.score_encoded(9, &rows) {
        Ok(prediction) => assert_eq!(prediction.scores.len(), 9 * prediction.width),
        Err(error) => assert!(
            matches!(error, PredictError::MissingValue { .. } | PredictError::InfiniteValue { .. })
                && matches!(model.core(), fine_model::Core::Linear(_)),
            "{error}"
        ),
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
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), head in 0..7_usize) {
        let heads = [&b""[..], b"{", b"{L\0\0\0\0\0\0\0\x07learner", b"tree\nversion=v4\n", b"\x08\x08:", b"{\"learner\":", b"CBM1\x40\0\0\0\x08\0\0\0"];
        let mut file = heads[head].to_vec();
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
