//! What a graph gives: a label and scores, a label, scores, or a number.

use fine_model::import::ImportError;
use fine_model::import::onnx::{self, ScoreOrigin};
use fine_model::{Label, PredictError, Remark, ScoreKind, first_max};
use fine_table::Task;
use ort::session::{Session, SessionOutputs};
use ort::value::{DynMapValueType, DynValue, Outlet, TensorElementType, ValueType};

/// The outputs that are read.
#[derive(Clone, Debug)]
pub(crate) struct Outputs {
    label: Option<String>,
    scores: Option<String>,
    /// Whether the scores are those of a sigmoid.
    sigmoid: bool,
    pub(crate) task: Task,
    pub(crate) classes: Vec<Label>,
    /// How outputs are read whose meaning the file does not say.
    pub(crate) remarks: Vec<Remark>,
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

/// The only output of a kind, if there is one.
fn one<'a>(session: &'a Session, kind: &str, is: fn(&ValueType) -> bool) -> Result<Option<&'a Outlet>, ImportError> {
    let found: Vec<&Outlet> = session.outputs().iter().filter(|o| is(o.dtype())).collect();
    match found[..] {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => {
            let names: Vec<String> = found.iter().map(|o| o.name().to_owned()).collect();
            let why = format!("{} of them give {kind}: {}", names.len(), fine_table::listed(&names));
            Err(misfit(why, "export it with the output that is to be audited alone"))
        }
    }
}

fn misfit(why: String, advice: &'static str) -> ImportError {
    ImportError::GraphForm { what: "the graph's outputs".to_owned(), why, advice }
}

fn no_classes() -> ImportError {
    misfit("the classes are not stored".into(), "export it with probabilities, one column a class")
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
    /// A label output (whole numbers or text) makes a classifier. Scores alone are read by the node that makes them: a
    /// softmax gives the classes 0, 1, …, a sigmoid of one column class 1, a regressor of one column a number. Where the
    /// node says nothing, one column is a number and several are scores of the classes 0, 1, …, and a remark says so.
    pub(crate) fn read(session: &Session, model: &[u8]) -> Result<Self, ImportError> {
        let label = one(session, "labels", is_label)?;
        let scores = one(session, "numbers", is_scores)?;
        let numbered = |n: usize| (0..n as i64).map(Label::Int).collect::<Vec<_>>();
        let width = scores.and_then(|o| columns(o.dtype()));
        let origin = scores.map(|o| onnx::score_origin(model, o.name()));
        let mut remarks = Vec::new();
        let mut remark = |id: &str, n: usize| {
            remarks.push(Remark { id: id.to_owned(), args: [("n".to_owned(), n.to_string())].into() });
        };
        let classes = match (label, scores) {
            (None, None) => {
                let advice = "export it with the predicted class, probabilities or a number";
                return Err(misfit("none of them is a class or a score".into(), advice));
            }
            (None, Some(o)) if matches!(o.dtype(), ValueType::Sequence(_)) => {
                onnx::class_labels(model, o.name()).ok_or_else(no_classes)?
            }
            (None, Some(_)) => match (origin.unwrap_or(ScoreOrigin::Unsaid), width) {
                (_, None) => {
                    let advice = "export it with a fixed number of scores and only the first dimension free";
                    return Err(misfit("the number of scores is not stored".into(), advice));
                }
                (ScoreOrigin::AcrossRows, _) => {
                    let advice = "take the softmax over the classes, the last dimension";
                    return Err(misfit("its softmax runs over the rows of the table".into(), advice));
                }
                (ScoreOrigin::Softmax, Some(1)) => {
                    let advice = "export one sigmoid, or a softmax of a score for each class";
                    return Err(misfit("a softmax of one score is always 1".into(), advice));
                }
                (ScoreOrigin::Softmax, Some(k)) => numbered(k),
                (ScoreOrigin::Sigmoid, Some(1)) => {
                    remark("graph-sigmoid", 1);
                    numbered(2)
                }
                (ScoreOrigin::Sigmoid, Some(k)) => {
                    let advice = "export one of the answers, or a softmax where the classes exclude each other";
                    return Err(misfit(format!("they are {k} separate sigmoids, answers to {k} questions"), advice));
                }
                (ScoreOrigin::Regressor, Some(1)) => Vec::new(),
                (ScoreOrigin::Regressor, Some(k)) => {
                    let advice = "export the model of one target";
                    return Err(misfit(format!("they are {k} numbers of {k} targets"), advice));
                }
                (ScoreOrigin::Unsaid, Some(1)) => {
                    remark("graph-number", 1);
                    Vec::new()
                }
                (ScoreOrigin::Unsaid, Some(k)) => {
                    remark("graph-scores", k);
                    numbered(k)
                }
            },
            (Some(o), _) => {
                let stored = onnx::class_labels(model, o.name())
                    .or_else(|| scores.and_then(|s| onnx::class_labels(model, s.name())));
                let whole = !matches!(o.dtype(), ValueType::Tensor { ty: TensorElementType::String, .. });
                match (stored, width) {
                    (Some(labels), _) => labels,
                    (None, Some(k)) if whole => numbered(k.max(2)),
                    (None, _) => return Err(no_classes()),
                }
            }
        };
        let task = match classes.len() {
            0 => Task::Regression,
            1 => return Err(misfit("there is one class only".into(), "train it on rows of at least two classes")),
            2 => Task::Binary,
            _ => Task::Multiclass,
        };
        let name = |o: &Outlet| o.name().to_owned();
        let sigmoid = origin == Some(ScoreOrigin::Sigmoid);
        Ok(Self { label: label.map(name), scores: scores.map(name), sigmoid, task, classes, remarks })
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

    /// What the scores of all rows are: probabilities where they lie within 0 and 1 and add up to 1 in every row.
    pub(crate) fn kind(&self, scores: &[f64]) -> ScoreKind {
        const ROUNDING: f64 = 1e-5;
        let unit = |s: &f64| (-ROUNDING..=1.0 + ROUNDING).contains(s);
        let adds_up = |row: &[f64]| (row.iter().sum::<f64>() - 1.0).abs() <= ROUNDING * row.len() as f64;
        match self.task {
            Task::Regression => ScoreKind::Value,
            _ if self.scores.is_none() => ScoreKind::Label,
            _ if scores.iter().all(unit) && scores.chunks(self.classes.len()).all(adds_up) => ScoreKind::Probability,
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
            // One score of the second class: a probability by a sigmoid, a decision value otherwise.
            let pair = |s: &f64| if self.sigmoid { [1.0 - s, *s] } else { [-s, *s] };
            return Ok(scores.iter().flat_map(pair).collect());
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
