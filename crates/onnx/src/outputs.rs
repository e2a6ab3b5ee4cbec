//! What a graph gives: a label and scores, a label, scores, or a number.

use fine_model::import::{ImportError, onnx};
use fine_model::{Label, PredictError, ScoreKind, first_max};
use fine_table::Task;
use ort::session::{Session, SessionOutputs};
use ort::value::{DynMapValueType, DynValue, TensorElementType, ValueType};

/// The outputs that are read.
#[derive(Clone, Debug)]
pub(crate) struct Outputs {
    label: Option<String>,
    scores: Option<String>,
    pub(crate) task: Task,
    pub(crate) classes: Vec<Label>,
}

/// The answers for one block of rows.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Row-major `[rows x classes]`, or one value a row.
    pub(crate) scores: Vec<f64>,
    pub(crate) labels: Vec<u32>,
}

fn is_label(dtype: &ValueType) -> bool {
    use TensorElementType as T;
    matches!(dtype, ValueType::Tensor { ty: T::Int64 | T::Int32 | T::String | T::Bool, .. })
}

fn is_scores(dtype: &ValueType) -> bool {
    use TensorElementType as T;
    match dtype {
        ValueType::Tensor { ty: T::Float32 | T::Float64, .. } => true,
        ValueType::Sequence(inner) => matches!(**inner, ValueType::Map { .. }),
        _ => false,
    }
}

/// Columns of a score output: `None` when free.
fn columns(dtype: &ValueType) -> Option<usize> {
    match dtype {
        ValueType::Tensor { shape, .. } if shape.len() == 1 => Some(1),
        ValueType::Tensor { shape, .. } => shape.last().filter(|n| **n > 0).map(|n| *n as usize),
        _ => None,
    }
}

impl Outputs {
    /// A label output (whole numbers or text) makes a classifier; scores alone make a regression when they have one
    /// column, a classifier with classes 0, 1, … otherwise.
    pub(crate) fn read(session: &Session, model: &[u8]) -> Result<Self, ImportError> {
        let label = session.outputs().iter().find(|o| is_label(o.dtype()));
        let scores = session.outputs().iter().find(|o| is_scores(o.dtype()));
        let unsupported = |why: &str| ImportError::Unsupported { what: "the graph's outputs".into(), why: why.into() };
        let width = scores.and_then(|o| columns(o.dtype()));
        let numbered = |n: usize| (0..n as i64).map(Label::Int).collect::<Vec<_>>();
        let classes = match (label, scores, width) {
            (None, None, _) => return Err(unsupported("none of them is a label or a score")),
            (None, Some(_), Some(1)) => Vec::new(),
            (None, Some(o), _) if matches!(o.dtype(), ValueType::Sequence(_)) => {
                onnx::class_labels(model, o.name()).ok_or_else(|| unsupported("the classes are not stored"))?
            }
            (None, Some(_), Some(k)) => numbered(k),
            (None, Some(_), None) => return Err(unsupported("the number of scores is not stored")),
            (Some(o), _, _) => {
                let stored = onnx::class_labels(model, o.name())
                    .or_else(|| scores.and_then(|s| onnx::class_labels(model, s.name())));
                let whole = !matches!(o.dtype(), ValueType::Tensor { ty: TensorElementType::String, .. });
                match (stored, width) {
                    (Some(labels), _) => labels,
                    (None, Some(k)) if whole => numbered(k.max(2)),
                    (None, _) => return Err(unsupported("the classes are not stored")),
                }
            }
        };
        let task = match classes.len() {
            0 => Task::Regression,
            1 => return Err(unsupported("there is one class only")),
            2 => Task::Binary,
            _ => Task::Multiclass,
        };
        let name = |o: &ort::value::Outlet| o.name().to_owned();
        Ok(Self { label: label.map(name), scores: scores.map(name), task, classes })
    }

    /// Reads the outputs of one run over `rows` rows.
    pub(crate) fn answers(&self, run: &SessionOutputs<'_>, rows: usize) -> Result<Answers, PredictError> {
        let value = |name: &String| run.get(name).ok_or_else(|| fail(format!("output {name:?} was not given")));
        let mut answers = Answers::default();
        if let Some(name) = &self.scores {
            answers.scores = self.scores_of(value(name)?, rows)?;
        }
        if self.task == Task::Regression {
            return Ok(answers);
        }
        answers.labels = match &self.label {
            Some(name) => self.labels_of(value(name)?, rows)?,
            None => answers.scores.chunks_exact(self.classes.len()).map(|r| first_max(r) as u32).collect(),
        };
        if self.scores.is_none() {
            let classes = self.classes.len() as u32;
            for label in &answers.labels {
                answers.scores.extend((0..classes).map(|k| f64::from(u8::from(k == *label))));
            }
        }
        Ok(answers)
    }

    /// What the scores of all rows are. Scores within 0 and 1 are probabilities.
    pub(crate) fn kind(&self, scores: &[f64]) -> ScoreKind {
        const ROUNDING: f64 = 1e-5;
        match self.task {
            Task::Regression => ScoreKind::Value,
            _ if self.scores.is_none() => ScoreKind::Label,
            _ if scores.iter().all(|s| (-ROUNDING..=1.0 + ROUNDING).contains(s)) => ScoreKind::Probability,
            _ => ScoreKind::Decision,
        }
    }

    fn scores_of(&self, value: &DynValue, rows: usize) -> Result<Vec<f64>, PredictError> {
        let scores = if matches!(value.dtype(), ValueType::Sequence(_)) {
            self.maps(value)?
        } else if let Ok((_, v)) = value.try_extract_tensor::<f32>() {
            v.iter().map(|s| f64::from(*s)).collect()
        } else {
            let (_, v) = value.try_extract_tensor::<f64>().map_err(|e| fail(e.to_string()))?;
            v.to_vec()
        };
        let classes = self.classes.len();
        if self.task == Task::Regression && scores.len() == rows {
            return Ok(scores);
        }
        if classes > 0 && scores.len() == rows * classes {
            return Ok(scores);
        }
        if classes == 2 && scores.len() == rows {
            // One score of the second class: a probability when all are within 0 and 1, a decision value otherwise.
            let unit = scores.iter().all(|s| (0.0..=1.0).contains(s));
            return Ok(scores.iter().flat_map(|s| if unit { [1.0 - s, *s] } else { [-s, *s] }).collect());
        }
        Err(fail(format!("{} scores for {rows} rows and {classes} classes", scores.len())))
    }

    /// A sequence of maps from class to score (`ZipMap`).
    fn maps(&self, value: &DynValue) -> Result<Vec<f64>, PredictError> {
        let wrong = |e: ort::Error| fail(e.to_string());
        let mut scores = Vec::new();
        for map in value.try_extract_sequence::<DynMapValueType>().map_err(wrong)? {
            let start = scores.len();
            scores.resize(start + self.classes.len(), 0.0);
            let pairs: Vec<(Label, f32)> = if let Ok(pairs) = map.try_extract_key_values::<i64, f32>() {
                pairs.into_iter().map(|(k, v)| (Label::Int(k), v)).collect()
            } else {
                let pairs = map.try_extract_key_values::<String, f32>().map_err(wrong)?;
                pairs.into_iter().map(|(k, v)| (Label::Text(k), v)).collect()
            };
            for (label, score) in pairs {
                scores[start + self.index(&label)? as usize] = f64::from(score);
            }
        }
        Ok(scores)
    }

    fn labels_of(&self, value: &DynValue, rows: usize) -> Result<Vec<u32>, PredictError> {
        let labels: Vec<Label> = if let Ok((_, v)) = value.try_extract_strings() {
            v.into_iter().map(Label::Text).collect()
        } else if let Ok((_, v)) = value.try_extract_tensor::<i64>() {
            v.iter().map(|l| Label::Int(*l)).collect()
        } else if let Ok((_, v)) = value.try_extract_tensor::<i32>() {
            v.iter().map(|l| Label::Int(i64::from(*l))).collect()
        } else {
            let (_, v) = value.try_extract_tensor::<bool>().map_err(|e| fail(e.to_string()))?;
            v.iter().map(|l| Label::Int(i64::from(*l))).collect()
        };
        if labels.len() != rows {
            return Err(fail(format!("{} labels for {rows} rows", labels.len())));
        }
        labels.iter().map(|l| self.index(l)).collect()
    }

    fn index(&self, label: &Label) -> Result<u32, PredictError> {
        let found = self.classes.iter().position(|c| c == label);
        found
            .map(|i| i as u32)
            .ok_or_else(|| fail(format!("class {:?} is not one that the graph stores", label.text())))
    }
}

fn fail(detail: String) -> PredictError {
    PredictError::Runtime(detail)
}
