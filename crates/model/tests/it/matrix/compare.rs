//! One case against the product.

use std::collections::BTreeMap;

use fine_model::{Label, Model, Prediction, ScoreKind, import};
use fine_table::Table;

use super::answers::{Answer, Case, Files, How, label, number};
use crate::golden::name_features;

/// What became of a case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Every answer is that of the library.
    Passed {
        /// Largest difference of each method, relative to the largest value of its column.
        differences: BTreeMap<&'static str, f64>,
    },
    /// The product says that it does not run it.
    Refused {
        /// Code of the error.
        code: String,
        /// Its text.
        why: String,
    },
    /// Another answer.
    Failed {
        /// What differs.
        why: String,
    },
}

/// Runs one case: every target of a model of several.
pub fn run(case: &Case, files: &Files) -> Outcome {
    let targets = case.answers.get("predict").and_then(Answer::columns).unwrap_or(1);
    if targets < 2 {
        return run_target(case, files, None);
    }
    let mut all: BTreeMap<&'static str, f64> = BTreeMap::new();
    for target in 0..targets {
        match run_target(case, files, Some(target)) {
            Outcome::Passed { differences } => {
                differences.into_iter().for_each(|(m, d)| _ = all.entry(m).and_modify(|a| *a = a.max(d)).or_insert(d));
            }
            Outcome::Failed { why } => return Outcome::Failed { why: format!("target {target}: {why}") },
            refused @ Outcome::Refused { .. } => return refused,
        }
    }
    Outcome::Passed { differences: all }
}

fn run_target(case: &Case, files: &Files, target: Option<usize>) -> Outcome {
    let refused =
        |error: &import::ImportError| Outcome::Refused { code: error.code().to_owned(), why: error.to_string() };
    let opened = match import::open_output(files.get(&case.model), &import::Limits::default(), None, target) {
        Ok(opened) => opened,
        Err(error) => return refused(&error),
    };
    let mut model = match opened.model {
        Ok(model) => model,
        Err(error) => return refused(&error),
    };
    let table = case.table(files.get("data.csv"));
    name_features(&mut model, &table);
    match model.predict(&table) {
        Err(error) => Outcome::Refused { code: "predict".to_owned(), why: error.to_string() },
        Ok(prediction) => match compare(case, target, &model, &table, &prediction) {
            Ok(differences) => Outcome::Passed { differences },
            Err(why) => Outcome::Failed { why },
        },
    }
}

fn compare(
    case: &Case,
    target: Option<usize>,
    model: &Model,
    table: &Table,
    prediction: &Prediction,
) -> Result<BTreeMap<&'static str, f64>, String> {
    let mut out = BTreeMap::new();
    if let (Some(classes), None) = (&case.classes, target) {
        let agree = |(ours, theirs): (&Label, &serde_json::Value)| ours.matches(&label(theirs));
        if classes.len() != model.classes.len() || !model.classes.iter().zip(classes).all(agree) {
            return Err(format!("classes {:?}, expected {classes:?}", model.classes));
        }
    }
    let method = match prediction.kind {
        ScoreKind::Probability => "predict_proba",
        ScoreKind::Decision => "decision_function",
        ScoreKind::Label | ScoreKind::Value => "predict",
    };
    let answer = |name: &str| -> Result<Answer, String> {
        let whole = case.answers.get(name).ok_or_else(|| format!("{method}: the library has no such answer"))?;
        Ok(target.map_or_else(|| whole.clone(), |target| whole.of_target(target, name)))
    };
    if prediction.kind != ScoreKind::Label {
        let scores = expected_scores(&answer(method)?, prediction)?;
        out.insert(
            method,
            difference(method, &prediction.scores, &scores, prediction.width, allowed(case, model, case.how))?,
        );
    }
    if !prediction.labels.is_empty() {
        labels(&answer("predict")?, model, prediction)?;
        out.insert("predict", 0.0);
    }
    if let (Some(steps), true) = (case.answers.get("transform"), case.transform != How::None) {
        let (shape, values) = array(steps)?;
        let encoded = model.encode(table).map_err(|e| format!("transform: {e}"))?;
        if shape != [encoded.rows, encoded.width] {
            return Err(format!("transform: {} x {}, expected {shape:?}", encoded.rows, encoded.width));
        }
        let allowed = allowed(case, model, case.transform);
        out.insert("transform", difference("transform", &encoded.values, &values, encoded.width, allowed)?);
    }
    Ok(out)
}

fn array(answer: &Answer) -> Result<(Vec<usize>, Vec<f64>), String> {
    match answer {
        Answer::Array { shape, data, .. } => {
            let values: Option<Vec<f64>> = data.iter().map(number).collect();
            Ok((shape.clone(), values.ok_or("the library's answer is no numbers")?))
        }
        Answer::Outputs { .. } => Err("the library's answer is several arrays".to_owned()),
    }
}

/// The library's scores in the layout of a prediction: one decision value of two classes is `[-d, d]`.
fn expected_scores(answer: &Answer, prediction: &Prediction) -> Result<Vec<f64>, String> {
    let (shape, values) = array(answer)?;
    let width = shape.get(1).copied().unwrap_or(1);
    if prediction.rows != shape[0] {
        return Err(format!("{} rows, expected {}", prediction.rows, shape[0]));
    }
    match (prediction.kind, width, prediction.width) {
        (_, theirs, ours) if theirs == ours => Ok(values),
        (ScoreKind::Decision, 1, 2) => Ok(values.iter().flat_map(|d| [-d, *d]).collect()),
        (_, theirs, ours) => Err(format!("{ours} scores a row, expected {theirs}")),
    }
}

/// Cases whose library itself is not exact, with what it may be off by.
const LOOSER: [(&str, f64); 10] = [
    // One `exp` of another mathematical library.
    ("cat-poisson", 1e-15),
    ("cat-three", 1e-15),
    // scikit-learn takes distances as differences of squares, which cancel.
    ("knn-imputer-distance", 1e-9),
    // Boosting hands its first estimator rows of 32 bits, which computes in them (1.2 a linear one, 1.9 naive Bayes).
    ("gb-init-three-bayes", 1e-6),
    ("gb-init-three-linear", 1e-6),
    // A probability is a sum of five error functions with weights up to 3,517, which cancel to below 1: one unit in the last
    // place of each is 4e-13, and so is the library's own error.
    ("gaussian-process-classifier", 1e-11),
    ("gaussian-process-classifier-default", 1e-11),
    ("gaussian-process-classifier-dot", 1e-11),
    ("gaussian-process-classifier-three", 1e-11),
    ("gaussian-process-classifier-words", 1e-11),
];

/// Largest difference, relative to the largest value of the column. A model with coefficients of 32 bits computes in them.
fn allowed(case: &Case, model: &Model, how: How) -> f64 {
    let looser = LOOSER.iter().find(|(name, _)| *name == case.name).map_or(0.0, |(_, off)| *off);
    let narrow = model.facts.warnings.iter().any(|w| w.id == "float32-coefficients");
    how.allowed().max(looser).max(if narrow { How::Single.allowed() } else { 0.0 })
}

/// The largest difference, relative to the largest finite value of the column.
fn difference(method: &str, ours: &[f64], theirs: &[f64], width: usize, allowed: f64) -> Result<f64, String> {
    if ours.len() != theirs.len() {
        return Err(format!("{method}: {} values, expected {}", ours.len(), theirs.len()));
    }
    let mut scales = vec![0.0_f64; width.max(1)];
    for row in theirs.chunks(width.max(1)) {
        let finite = row.iter().map(|v| if v.is_finite() { v.abs() } else { 0.0 });
        scales.iter_mut().zip(finite).for_each(|(scale, v)| *scale = scale.max(v));
    }
    let mut largest = (0.0_f64, 0);
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        let scale = scales[i % scales.len()];
        let off = match (a == b || a.is_nan() && b.is_nan(), (a - b).abs()) {
            (true, _) => 0.0,
            (false, off) if off.is_nan() => f64::INFINITY,
            (false, off) => off / if scale > 0.0 { scale } else { 1.0 },
        };
        if off > largest.0 {
            largest = (off, i);
        }
    }
    let (off, i) = largest;
    if off > allowed {
        let (row, column) = (i / width.max(1), i % width.max(1));
        return Err(format!(
            "{method}: row {row}, column {column}: {:e}, expected {:e} (off by {off:.1e})",
            ours[i], theirs[i]
        ));
    }
    Ok(off)
}

/// Labels are equal unless the two highest scores are.
fn labels(answer: &Answer, model: &Model, prediction: &Prediction) -> Result<(), String> {
    let Answer::Array { shape, data, .. } = answer else { return Err("predict: several arrays".to_owned()) };
    // CatBoost answers with a column.
    if !matches!(shape.as_slice(), [rows] | [rows, 1] if *rows == prediction.rows) {
        return Err(format!("predict: {} labels, expected {shape:?}", prediction.rows));
    }
    for (row, (ours, theirs)) in prediction.labels.iter().zip(data).enumerate() {
        let Some(own) = model.classes.get(*ours as usize) else {
            return Err(format!("predict: row {row}: no class {ours}"));
        };
        if !own.matches(&label(theirs)) && !tied(&prediction.scores[row * prediction.width..][..prediction.width]) {
            return Err(format!("predict: row {row}: {}, expected {theirs}", own.text()));
        }
    }
    Ok(())
}

fn tied(scores: &[f64]) -> bool {
    let mut sorted = scores.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.len() > 1 && sorted[0] - sorted[1] < 1e-12
}
