//! Predictions that a table already holds: instead of a model, or to prove that a model file was read as its library reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use fine_model::{
    CoreModel, Feature, FeatureKind, Graph, Label, Model, ModelFacts, PredictError, Prediction, ScoreKind, first_max,
};
use fine_table::{Column, Roles, StoredPrediction, Table, Task, task_of};
use serde::{Deserialize, Serialize};

use super::error::{SubjectError, Wrong};

/// What the probabilities of a row may miss 1 by, for each class: stored ones are often rounded to two digits.
const ROUNDED: f64 = 0.005;
/// Predicted classes that the target does not have.
const NEW_CLASSES: usize = 20;
/// Largest difference of a stored prediction from the model's (AUDIT-SPEC section 2), on a scale of at least 1.
const TOLERANCE: f64 = 1e-6;
/// The same for models that compute in `f32`.
const SINGLE_TOLERANCE: f64 = 1e-4;

/// What is predicted, in which classes.
pub(super) struct Question {
    pub(super) task: Task,
    pub(super) classes: Vec<Label>,
}

impl Question {
    /// The question that a model answers.
    pub(super) fn of_model(model: &Model) -> Self {
        Self { task: model.task, classes: model.classes.clone() }
    }

    /// The question that target and stored predictions answer together.
    ///
    /// # Errors
    /// Classes that do not fit each other.
    pub(super) fn of_columns(target: &Column, table: &Table, stored: &StoredPrediction) -> Result<Self, SubjectError> {
        let (task, found) = task_of(target);
        let named: Vec<&String> = stored.probabilities.keys().collect();
        let misfit = || SubjectError::StoredClasses {
            classes: found.clone(),
            named: named.iter().map(|name| (*name).clone()).collect(),
        };
        let classes = match (named.as_slice(), &stored.label) {
            ([], _) if task == Task::Regression => return Ok(Self { task, classes: Vec::new() }),
            ([], Some(label)) => {
                let mut all = found.clone();
                let predicted = table.column(label).map(|column| task_of(column).1).unwrap_or_default();
                all.extend(predicted.into_iter().filter(|class| !known(&found, class)));
                if all.len() > found.len() + NEW_CLASSES {
                    return Err(misfit());
                }
                all
            }
            ([one], _) if found.len() == 2 && known(&found, one) => found,
            ([_], _) | ([], None) => return Err(misfit()),
            (several, _) => several.iter().map(|class| (*class).clone()).collect(),
        };
        let mut labels: Vec<Label> = classes.iter().map(|class| label(class)).collect();
        labels.sort_by(order);
        Ok(Self { task: if labels.len() == 2 { Task::Binary } else { Task::Multiclass }, classes: labels })
    }

    fn position(&self, cell: &str) -> Option<usize> {
        let exact = self.classes.iter().position(|class| class.text() == cell);
        exact.or_else(|| self.classes.iter().position(|class| class.matches(cell)))
    }
}

fn known(classes: &[String], class: &str) -> bool {
    classes.iter().any(|own| label(own).matches(class))
}

fn label(text: &str) -> Label {
    match (text.trim().parse::<i64>(), text.trim().parse::<f64>()) {
        (Ok(whole), _) => Label::Int(whole),
        (_, Ok(number)) if number.is_finite() => Label::Float(number),
        _ => match text {
            "true" => Label::Bool(true),
            "false" => Label::Bool(false),
            _ => Label::Text(text.to_owned()),
        },
    }
}

/// Numbers ascending, text by code point.
fn order(a: &Label, b: &Label) -> std::cmp::Ordering {
    match (a.text().parse::<f64>(), b.text().parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.text().cmp(&b.text()),
    }
}

/// Reads the stored predictions of all rows.
///
/// # Errors
/// A column that is not there, a class without a column, or a cell that is no prediction.
pub(super) fn read(table: &Table, stored: &StoredPrediction, question: &Question) -> Result<Prediction, SubjectError> {
    let rows = table.rows();
    let label = stored.label.as_ref().map(|name| column(table, name)).transpose()?;
    if question.task == Task::Regression {
        let Some(label) = label else { return Err(misfit(stored, question)) };
        let scores = numbers(label, |value| value.is_finite(), Wrong::Number)?.to_vec();
        return Ok(Prediction { rows, width: 1, kind: ScoreKind::Value, scores, labels: Vec::new() });
    }
    let width = question.classes.len();
    let stated = label.map(|column| labels(column, question)).transpose()?;
    if stored.probabilities.is_empty() {
        let labels = stated.ok_or_else(|| misfit(stored, question))?;
        let mut scores = vec![0.0; rows * width];
        labels.iter().enumerate().for_each(|(row, class)| scores[row * width + *class as usize] = 1.0);
        return Ok(Prediction { rows, width, kind: ScoreKind::Label, scores, labels });
    }
    let scores = probabilities(table, stored, question)?;
    let labels = stated.unwrap_or_else(|| scores.chunks_exact(width).map(|row| first_max(row) as u32).collect());
    Ok(Prediction { rows, width, kind: ScoreKind::Probability, scores, labels })
}

fn misfit(stored: &StoredPrediction, question: &Question) -> SubjectError {
    SubjectError::StoredClasses {
        classes: question.classes.iter().map(Label::text).collect(),
        named: stored.probabilities.keys().cloned().collect(),
    }
}

fn column<'t>(table: &'t Table, name: &str) -> Result<&'t Column, SubjectError> {
    table.column(name).map(AsRef::as_ref).ok_or_else(|| SubjectError::ColumnMissing {
        role: "prediction",
        name: name.to_owned(),
        available: table.columns().iter().map(|c| c.name.clone()).collect(),
    })
}

fn wrong(column: &Column, row: usize, why: Wrong) -> SubjectError {
    let value = column.display_at(row);
    let why = if value.is_none() { Wrong::Missing } else { why };
    SubjectError::BadStored { column: column.name.clone(), row, value: value.unwrap_or_default(), why }
}

fn numbers(column: &Column, fits: impl Fn(f64) -> bool, why: Wrong) -> Result<&[f64], SubjectError> {
    let Some(values) = column.numbers() else { return Err(wrong(column, 0, why)) };
    match values.iter().position(|value| !fits(*value)) {
        Some(row) => Err(wrong(column, row, why)),
        None => Ok(values),
    }
}

fn labels(column: &Column, question: &Question) -> Result<Vec<u32>, SubjectError> {
    let mut seen = BTreeMap::new();
    let class = |row: usize| {
        let cell = column.display_at(row).ok_or_else(|| wrong(column, row, Wrong::Missing))?;
        let class = *seen.entry(cell).or_insert_with_key(|cell| question.position(cell));
        class.map(|class| class as u32).ok_or_else(|| wrong(column, row, Wrong::Class))
    };
    (0..column.len()).map(class).collect()
}

/// Row-major probabilities of all classes; of two classes one is enough.
fn probabilities(table: &Table, stored: &StoredPrediction, question: &Question) -> Result<Vec<f64>, SubjectError> {
    let width = question.classes.len();
    let mut columns: Vec<Option<&Column>> = vec![None; width];
    for (class, name) in &stored.probabilities {
        let position = question.position(class).ok_or_else(|| misfit(stored, question))?;
        columns[position] = Some(column(table, name)?);
    }
    let read: Vec<Option<&[f64]>> = columns
        .iter()
        .map(|c| c.map(|c| numbers(c, |p| (0.0..=1.0).contains(&p), Wrong::Probability)).transpose())
        .collect::<Result<_, _>>()?;
    match read.as_slice() {
        [Some(no), None] => return Ok(no.iter().flat_map(|p| [*p, 1.0 - p]).collect()),
        [None, Some(yes)] => return Ok(yes.iter().flat_map(|p| [1.0 - p, *p]).collect()),
        _ => {}
    }
    let all: Vec<&[f64]> = read.into_iter().collect::<Option<_>>().ok_or_else(|| misfit(stored, question))?;
    let mut scores = Vec::with_capacity(table.rows() * width);
    for row in 0..table.rows() {
        let start = scores.len();
        scores.extend(all.iter().map(|p| p[row]));
        let sum: f64 = scores[start..].iter().sum();
        if (sum - 1.0).abs() > ROUNDED * width as f64
            && let Some(last) = columns.iter().flatten().next_back()
        {
            return Err(wrong(last, row, Wrong::Sum));
        }
    }
    Ok(scores)
}

/// A model in name only: it knows its features and classes, and predicts nothing.
pub(super) fn nameplate(table: &Table, roles: &Roles, stored: &StoredPrediction, question: &Question) -> Model {
    let taken = [Some(&roles.target), roles.weight.as_ref(), roles.entity.as_ref(), roles.time.as_ref()];
    let is_free = |name: &String| {
        !taken.contains(&Some(name)) && !roles.ignore.contains(name) && stored.columns().all(|own| own != name)
    };
    let names = table.columns().iter().map(|c| c.name.clone()).filter(is_free);
    let features = names.map(|name| Feature { name, kind: FeatureKind::Any }).collect();
    let mut model =
        Model::native(features, question.task, question.classes.clone(), CoreModel::Graph(Arc::new(Nothing)));
    model.facts = ModelFacts { format: FORMAT.to_owned(), ..ModelFacts::default() };
    model
}

/// [`ModelFacts::format`] of an audit without a model file.
pub const FORMAT: &str = "predictions";

#[derive(Debug)]
struct Nothing;

impl Graph for Nothing {
    fn predict(&self, _: &[&Column], _: usize) -> Result<Prediction, PredictError> {
        Err(PredictError::Runtime("there are stored predictions only, no model".to_owned()))
    }
}

/// How far the stored predictions are from those of the model file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadProof {
    /// Rows compared.
    pub rows: u64,
    /// Largest difference of a score, divided by its size where that is above 1; `None` when only labels are stored.
    pub max_difference: Option<f64>,
    /// Largest difference that is no error.
    pub tolerance: f64,
    /// Whether stored labels were compared as well.
    pub labels: bool,
}

/// Compares stored predictions with the model's.
///
/// # Errors
/// [`SubjectError::PredictionsDiffer`] when a score differs by more than the tolerance, or a label differs.
pub(super) fn prove(
    stored: &StoredPrediction,
    theirs: &Prediction,
    model: &Model,
    ours: &Prediction,
) -> Result<LoadProof, SubjectError> {
    let tolerance = if model.is_single() { SINGLE_TOLERANCE } else { TOLERANCE };
    let scores = theirs.kind != ScoreKind::Label;
    let comparable = scores && theirs.kind == ours.kind && theirs.width == ours.width;
    if scores && !comparable {
        return Err(SubjectError::StoredClasses {
            classes: model.classes.iter().map(Label::text).collect(),
            named: stored.probabilities.keys().cloned().collect(),
        });
    }
    let (mut most, mut first, mut differ) = (0.0_f64, None, 0_u64);
    for row in 0..theirs.rows {
        let span = row * theirs.width..(row + 1) * theirs.width;
        let apart = |(a, b): (&f64, &f64)| (a - b).abs() / a.abs().max(1.0);
        let worst = if comparable {
            theirs.scores[span.clone()].iter().zip(&ours.scores[span]).map(apart).fold(0.0, f64::max)
        } else {
            0.0
        };
        most = most.max(worst);
        let label_differs = stored.label.is_some() && theirs.labels.get(row) != ours.labels.get(row);
        if worst > tolerance || label_differs {
            differ += 1;
            first.get_or_insert(row);
        }
    }
    match first {
        Some(row) => Err(SubjectError::PredictionsDiffer { rows: differ, row, difference: most, tolerance }),
        None => Ok(LoadProof {
            rows: theirs.rows as u64,
            max_difference: comparable.then_some(most),
            tolerance,
            labels: stored.label.is_some() && !theirs.labels.is_empty(),
        }),
    }
}

#[cfg(test)]
mod tests;
