//! The target column as class indices or numbers.

use std::collections::HashMap;

use fine_model::{Label, Model};
use fine_table::{Column, Task, Values};

use super::error::SubjectError;

/// Distinct values beyond which a numeric target that is not made of classes is called continuous.
const MANY_VALUES: usize = 20;

/// Truth of the rows and the labels it is written in.
pub(super) struct Truth {
    /// Class labels as text; empty for regression.
    pub(super) classes: Vec<String>,
    /// Class index or value a row.
    pub(super) values: Vec<f64>,
}

/// Reads a target column without missing cells.
pub(super) fn read(column: &Column, model: &Model, positive: Option<&str>) -> Result<Truth, SubjectError> {
    if leaves_open(model) && distinct(column).len() == 2 {
        let column = column.name.clone();
        return Err(SubjectError::TaskMismatch { column, model: model.task, target: "two-valued", distinct: 2 });
    }
    match model.task {
        Task::Regression => numbers(column),
        _ => classes(column, model, positive),
    }
}

/// Whether the file does not say that a model answers with one number, or with scores of more than two classes. A target
/// of two values then makes it more likely that the number is a logit, or that the scores are of several targets.
fn leaves_open(model: &Model) -> bool {
    let said = |id: &str| model.facts.warnings.iter().any(|w| w.id == id);
    said("graph-number") || (said("graph-scores") && model.classes.len() > 2)
}

fn numbers(column: &Column) -> Result<Truth, SubjectError> {
    let Some(values) = column.numbers() else {
        let distinct = distinct(column).len();
        let column = column.name.clone();
        return Err(SubjectError::TaskMismatch { column, model: Task::Regression, target: "text", distinct });
    };
    if let Some(row) = values.iter().position(|v| !v.is_finite()) {
        return Err(SubjectError::BadTarget { column: column.name.clone(), row });
    }
    if values.iter().all(|v| *v == values[0]) {
        let value = column.display_at(0).unwrap_or_default();
        return Err(SubjectError::OneClass { column: column.name.clone(), value });
    }
    Ok(Truth { classes: Vec::new(), values: values.to_vec() })
}

fn classes(column: &Column, model: &Model, positive: Option<&str>) -> Result<Truth, SubjectError> {
    let cells = distinct(column);
    let mut classes: Vec<String> = model.classes.iter().map(Label::text).collect();
    let mut index: HashMap<Key, usize> = HashMap::new();
    let mut unknown = Vec::new();
    for (key, text) in &cells {
        match model.class_of(text) {
            Some(class) => drop(index.insert(*key, class)),
            None => unknown.push(text.clone()),
        }
    }
    if !unknown.is_empty() {
        // A model fitted on 0 and 1 keeps no names; the chosen positive label says which of two values is 1.
        let named = positive.and_then(|p| by_position(&cells, model, p));
        let Some((names, by_name)) = named else {
            return Err(no_class(column, model.task, &classes, unknown, cells.len()));
        };
        (classes, index) = (names, by_name);
    }
    if cells.len() < 2 {
        let value = cells.first().map(|c| c.1.clone()).unwrap_or_default();
        return Err(SubjectError::OneClass { column: column.name.clone(), value });
    }
    let values = (0..column.len()).map(|row| index[&key(column, row)] as f64).collect();
    Ok(Truth { classes, values })
}

fn no_class(column: &Column, task: Task, classes: &[String], mut values: Vec<String>, distinct: usize) -> SubjectError {
    let fraction = column.numbers().is_some_and(|v| v.iter().any(|v| v.fract() != 0.0));
    let name = column.name.clone();
    if column.numbers().is_some() && distinct > classes.len() && (fraction || distinct > MANY_VALUES) {
        return SubjectError::TaskMismatch { column: name, model: task, target: "continuous", distinct };
    }
    let count = values.len();
    values.truncate(20);
    SubjectError::UnknownClasses { column: name, values, count, classes: classes.to_vec() }
}

type Named = (Vec<String>, HashMap<Key, usize>);

fn by_position(cells: &[(Key, String)], model: &Model, positive: &str) -> Option<Named> {
    let zero_one = model.task == Task::Binary
        && model.classes.len() == 2
        && model.classes[0].matches("0")
        && model.classes[1].matches("1");
    let [a, b] = cells else { return None };
    let (negative, positive) = match (a.1.trim() == positive.trim(), b.1.trim() == positive.trim()) {
        (true, false) => (b, a),
        (false, true) => (a, b),
        _ => return None,
    };
    let classes = vec![negative.1.clone(), positive.1.clone()];
    zero_one.then(|| (classes, HashMap::from([(negative.0, 0), (positive.0, 1)])))
}

/// A cell without its text: dictionary code or bits of the number.
type Key = u64;

fn key(column: &Column, row: usize) -> Key {
    match &column.values {
        Values::Text { codes, .. } => u64::from(codes[row]),
        Values::Number { values, .. } => (values[row] + 0.0).to_bits(),
    }
}

/// Distinct cells with their text, in order of first appearance.
fn distinct(column: &Column) -> Vec<(Key, String)> {
    let mut seen = std::collections::HashSet::new();
    (0..column.len())
        .filter(|row| seen.insert(key(column, *row)))
        .map(|row| (key(column, row), column.display_at(row).unwrap_or_default()))
        .collect()
}
