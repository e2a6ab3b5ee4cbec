//! Golden cases: `golden/model-*/{case.toml, model.*, data.csv, expected.json, make.py}`. Each holds a model file, a
//! table, and what the library itself answered. The data alone says what is tested; adding a case adds no code.

use std::path::{Path, PathBuf};

use fine_model::{GraphRuntime, Model, Prediction, ScoreKind, import};
use fine_table::{Column, NumberKind, Table};
use serde::Deserialize;

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What this case is for.
    #[allow(dead_code)]
    about: String,
    /// Model file in the case's folder.
    model: String,
    /// Table in the case's folder.
    data: String,
    /// Format id that the facts must say.
    format: String,
    /// `onnx` for the cases that need ONNX Runtime.
    #[serde(default)]
    runtime: Option<String>,
    /// Largest allowed difference of a score; 0 is bit-exact.
    tolerance: f64,
    /// Same, relative to the largest score of the column, for regressions.
    #[serde(default)]
    relative: f64,
    /// The target to look at, of a model of several.
    #[serde(default)]
    output: Option<usize>,
    /// Largest allowed difference in the encoded matrix, relative to the largest number of its column.
    #[serde(default = "narrow")]
    encoded: f64,
    /// Columns that are text even when all cells look like numbers.
    #[serde(default)]
    text: Vec<String>,
}

fn narrow() -> f64 {
    1e-12
}

/// `expected.json`: the library's own answers.
#[derive(Debug, Deserialize)]
struct Expected {
    #[allow(dead_code)]
    versions: std::collections::BTreeMap<String, String>,
    kind: ScoreKind,
    #[serde(default)]
    classes: Vec<String>,
    scores: Vec<Vec<f64>>,
    #[serde(default)]
    labels: Vec<String>,
    /// The matrix that the last estimator sees, in cases about its steps.
    #[serde(default)]
    encoded: Option<Vec<Vec<Option<f64>>>>,
}

impl Case {
    /// File name of the model.
    #[allow(dead_code)]
    pub fn model(&self) -> &str {
        &self.model
    }
}

/// Folders of all cases, in order: the repository's and, for a check of a larger zoo, those in `FINE_GOLDEN`.
pub fn cases(runtime: Option<&str>) -> Vec<(PathBuf, Case)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden");
    let mut folders: Vec<PathBuf> = Vec::new();
    for root in [Some(root), std::env::var_os("FINE_GOLDEN").map(PathBuf::from)].into_iter().flatten() {
        let entries = std::fs::read_dir(&root).expect("golden folder");
        folders.extend(entries.map(|e| e.expect("entry").path()).filter(|p| p.join("case.toml").is_file()));
    }
    folders.sort();
    folders
        .into_iter()
        .map(|folder| {
            let text = std::fs::read_to_string(folder.join("case.toml")).expect("case.toml");
            let case: Case = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
            (folder, case)
        })
        .filter(|(_, case)| case.runtime.as_deref() == runtime)
        .collect()
}

/// Reads a CSV file as the product would: a column of numbers where every cell is one.
pub fn table(path: &Path, text: &[String]) -> Table {
    let mut reader = csv::Reader::from_path(path).expect("data file");
    let names: Vec<String> = reader.headers().expect("header").iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
    let column = |(j, name): (usize, String)| {
        let cells = || rows.iter().map(move |r| Some(&r[j]).filter(|c| !c.is_empty()));
        let numbers: Option<Vec<f64>> = cells().map(|c| c.map_or(Some(f64::NAN), |s| s.parse().ok())).collect();
        match numbers {
            Some(values) if !text.contains(&name) => Column::number(name, NumberKind::Float, values),
            _ => Column::text(name, cells()),
        }
    };
    Table::new(names.into_iter().enumerate().map(column).collect()).expect("equal lengths")
}

/// Runs one case.
///
/// # Errors
/// What differs.
pub fn run(folder: &Path, case: &Case, runtime: Option<&dyn GraphRuntime>) -> Result<String, String> {
    let bytes = std::fs::read(folder.join(&case.model)).map_err(|e| e.to_string())?;
    let opened = import::open_output(&bytes, &import::Limits::default(), runtime, case.output)
        .map_err(|e| format!("{}: {e}", e.code()))?;
    if opened.facts.format != case.format {
        return Err(format!("format {:?}", opened.facts.format));
    }
    let mut model = opened.model.map_err(|e| format!("{}: {e}", e.code()))?;
    let table = table(&folder.join(&case.data), &case.text);
    name_features(&mut model, &table);
    let prediction = model.predict(&table).map_err(|e| e.to_string())?;
    if runtime.is_none() {
        every_way_agrees(&model, &table, &prediction)?;
    }
    let text = std::fs::read_to_string(folder.join("expected.json")).map_err(|e| e.to_string())?;
    let expected: Expected = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    if let Some(wanted) = &expected.encoded {
        compare_encoded(&model.encode(&table).map_err(|e| e.to_string())?, wanted, case.encoded)?;
    }
    compare(&model, &prediction, &expected, case)
}

fn compare_encoded(got: &fine_model::Encoded, wanted: &[Vec<Option<f64>>], allowed: f64) -> Result<(), String> {
    if got.rows != wanted.len() || wanted.iter().any(|row| row.len() != got.width) {
        let columns = wanted.first().map_or(0, Vec::len);
        return Err(format!("{} x {} encoded, expected {} x {columns}", got.rows, got.width, wanted.len()));
    }
    for column in 0..got.width {
        let wanted: Vec<f64> = wanted.iter().map(|row| row[column].unwrap_or(f64::NAN)).collect();
        let top = wanted.iter().filter(|x| !x.is_nan()).fold(0.0_f64, |top, x| top.max(x.abs()));
        for (row, wanted) in wanted.iter().enumerate() {
            let own = got.values[row * got.width + column];
            let same = own.to_bits() == wanted.to_bits() || own == *wanted || (own.is_nan() && wanted.is_nan());
            let off = (own - wanted).abs();
            if !same && (off.is_nan() || off > allowed * top) {
                let name = &got.names[column];
                return Err(format!("row {row}, encoded column {column} ({name}): {own:e}, expected {wanted:e}"));
            }
        }
    }
    Ok(())
}

/// A model without names takes the first columns of the table, as roles would say in the product.
pub fn name_features(model: &mut Model, table: &Table) {
    if !model.is_named() && model.bind(table).is_err() {
        let names: Vec<String> = table.columns().iter().take(model.features.len()).map(|c| c.name.clone()).collect();
        model.rename(&names);
    }
}

/// Few rows are walked row by row, many are sliced, a changed column of a batch is encoded alone: all to the last bit.
fn every_way_agrees(model: &Model, table: &Table, prediction: &Prediction) -> Result<(), String> {
    let same = |a: &Prediction, b: &Prediction| {
        a.labels == b.labels && a.scores.iter().map(|s| s.to_bits()).eq(b.scores.iter().map(|s| s.to_bits()))
    };
    for start in (0..table.rows() as u32).step_by(10) {
        let rows: Vec<u32> = (start..table.rows().min(start as usize + 10) as u32).collect();
        let few = model.predict(&table.take(&rows)).map_err(|e| e.to_string())?;
        let width = prediction.width;
        let part = &prediction.scores[rows[0] as usize * width..][..rows.len() * width];
        if !few.scores.iter().map(|s| s.to_bits()).eq(part.iter().map(|s| s.to_bits())) {
            return Err(format!("rows from {start} alone give other scores"));
        }
    }
    let batch = model.batch(table).map_err(|e| e.to_string())?;
    let reversed: Vec<u32> = (0..table.rows() as u32).rev().collect();
    for (feature, column) in model.bind(table).map_err(|e| e.to_string())?.into_iter().enumerate() {
        let cells = table.columns()[column].take(&reversed);
        let changed = table.with_column(cells.clone()).expect("the same length");
        let (all, one) = (model.predict(&changed), batch.predict(&[(feature, cells.clone())]));
        let some = batch.predict_some(&[(feature, cells)], &reversed);
        match (all, one, some) {
            (Ok(all), Ok(one), Ok(some)) if same(&all, &one) => {
                let back = some.scores.chunks(some.width).rev().flatten().map(|s| s.to_bits());
                if !back.eq(all.scores.iter().map(|s| s.to_bits())) {
                    return Err(format!("some rows with another feature {feature} give other scores"));
                }
            }
            (Err(_), Err(_), Err(_)) => {}
            (all, one, _) => return Err(format!("feature {feature} changed: {all:?}, in a batch {one:?}")),
        }
    }
    Ok(())
}

fn compare(model: &Model, got: &Prediction, want: &Expected, case: &Case) -> Result<String, String> {
    if got.kind != want.kind || got.rows != want.scores.len() {
        return Err(format!("{:?} of {} rows, expected {:?} of {}", got.kind, got.rows, want.kind, want.scores.len()));
    }
    let classes: Vec<String> = model.classes.iter().map(fine_model::Label::text).collect();
    if classes != want.classes {
        return Err(format!("classes {classes:?}, expected {:?}", want.classes));
    }
    let top = want.scores.iter().flatten().fold(0.0_f64, |a, v| a.max(v.abs()));
    let allowed = case.tolerance.max(case.relative * top);
    let mut largest = 0.0_f64;
    for (row, (a, b)) in got.scores.chunks_exact(got.width).zip(&want.scores).enumerate() {
        if a.len() != b.len() {
            return Err(format!("{} scores a row, expected {}", a.len(), b.len()));
        }
        for (a, b) in a.iter().zip(b) {
            let off = (a - b).abs();
            if a.to_bits() != b.to_bits() && (off.is_nan() || off > allowed) {
                return Err(format!("row {row}: {a:e}, expected {b:e} (off by {off:e}, allowed {allowed:e})"));
            }
            largest = largest.max(off);
        }
    }
    let labels: Vec<&String> = got.labels.iter().map(|l| &classes[*l as usize]).collect();
    if let Some(row) = (0..want.labels.len()).find(|i| labels.get(*i) != Some(&&want.labels[*i])) {
        return Err(format!("row {row}: label {:?}, expected {:?}", labels.get(row), want.labels[row]));
    }
    Ok(format!("{} rows, largest difference {largest:e}", got.rows))
}

/// Runs all cases and fails with the list of those that differ.
pub fn run_all(runtime: Option<(&str, &dyn GraphRuntime)>) {
    let cases = cases(runtime.map(|r| r.0));
    assert!(!cases.is_empty(), "no golden case was found");
    let mut wrong = Vec::new();
    for (folder, case) in &cases {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match run(folder, case, runtime.map(|r| r.1)) {
            Ok(line) => println!("{name}: {line}"),
            Err(line) => wrong.push(format!("{name}: {line}")),
        }
    }
    println!("{} of {} cases agree", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
