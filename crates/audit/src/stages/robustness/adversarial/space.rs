//! What an attack may change, and the model that it asks.

use fine_model::{PredictError, Prediction};
use fine_table::{Column, NumberKind, Table, Values};

use super::super::Params;
use super::super::report::Held;
use crate::rerun::Rerun;
use crate::rerun::noise::Scales;
use crate::stage::StageError;
use crate::subject::Subject;
use crate::trees_box::Axis;

/// The plausible changes.
pub(super) struct Space {
    /// Numbers that move, with their observed ranges.
    pub(super) axes: Vec<Axis>,
    /// All other features, with the reason, in model order.
    pub(super) held: Vec<Held>,
    /// Features that may change to any observed value.
    pub(super) open: Vec<usize>,
}

impl Space {
    /// # Errors
    /// `params` when a feature declared immutable is none of the model.
    pub(super) fn new(rerun: &Rerun<'_>, params: &Params, scales: &Scales) -> Result<Self, StageError> {
        let subject = rerun.subject;
        let column = |feature: usize| &subject.table.columns()[subject.feature_columns[feature]];
        let is_named = |feature: usize, name: &String| *name == column(feature).name || name == rerun.name(feature);
        let features = || 0..rerun.features();
        if let Some(name) = params.immutable.iter().find(|name| !features().any(|f| is_named(f, name))) {
            let detail = format!("immutable: the model has no feature {name:?}");
            return Err(StageError::Failed { id: "params", detail });
        }
        let mut space = Self { axes: Vec::new(), held: Vec::new(), open: Vec::new() };
        for feature in features() {
            let axis = scales.is_number(feature).then(|| axis(feature, column(feature), params.reach()));
            let named = |names: &[String]| names.iter().any(|name| is_named(feature, name));
            let reason = match axis {
                _ if named(&subject.roles.protected) => "protected",
                _ if named(&params.immutable) => "declared",
                Some(Some(axis)) => {
                    space.axes.push(axis);
                    space.open.push(feature);
                    continue;
                }
                Some(None) => "constant",
                None => {
                    space.open.push(feature);
                    "category"
                }
            };
            space.held.push(Held { feature: rerun.name(feature).to_owned(), reason: reason.to_owned() });
        }
        Ok(space)
    }
}

/// A number's own scale and range; `None` when it does not vary, or too much for `f64`.
fn axis(feature: usize, column: &Column, reach: f64) -> Option<Axis> {
    let Values::Number { kind, values } = &column.values else { return None };
    let known = || values.iter().copied().filter(|v| v.is_finite());
    let n = known().count() as f64;
    let mean = known().sum::<f64>() / n;
    let scale = (known().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt();
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let beyond = 2.0 * reach * scale;
    let usable = n > 1.0 && low < high && scale > 0.0 && (low - beyond).is_finite() && (high + beyond).is_finite();
    let whole = matches!(kind, NumberKind::Int | NumberKind::Time);
    usable.then_some(Axis { feature, scale, low, high, whole })
}

/// The attacked rows, which the model predicts again with other cells.
pub(super) struct Oracle<'a> {
    pub(super) subject: &'a Subject,
    /// Their cells, one column a feature in model order.
    pub(super) cells: Vec<Column>,
    /// The model's answers.
    pub(super) labels: Vec<u32>,
}

impl<'a> Oracle<'a> {
    pub(super) fn new(subject: &'a Subject, rows: &[u32]) -> Self {
        let columns = subject.feature_columns.iter().map(|c| subject.table.columns()[*c].take(rows));
        let labels = rows.iter().map(|r| subject.prediction.labels[*r as usize]).collect();
        Self { subject, cells: columns.collect(), labels }
    }

    pub(super) fn rows(&self) -> usize {
        self.labels.len()
    }

    /// The rows as a table.
    pub(super) fn table(&self) -> Option<Table> {
        Table::new(self.cells.clone())
    }

    /// Predicts the rows named (an index may stand several times) with new cells in some features.
    pub(super) fn ask(&self, rows: &[u32], changes: Vec<(usize, Column)>) -> Result<Prediction, PredictError> {
        let mut columns: Vec<Option<Column>> = self.cells.iter().map(|_| None).collect();
        for (feature, column) in changes {
            columns[feature] = Some(Column { name: self.cells[feature].name.clone(), ..column });
        }
        let own = |(i, c): (usize, Option<Column>)| c.unwrap_or_else(|| self.cells[i].take(rows));
        let columns: Vec<Column> = columns.into_iter().enumerate().map(own).collect();
        let shape = PredictError::Shape { rows: rows.len(), width: columns.len(), values: rows.len() };
        self.subject.model.predict(&Table::new(columns).ok_or(shape)?)
    }

    /// Coordinates of all rows.
    pub(super) fn points(&self, axes: &[Axis]) -> Vec<Vec<f64>> {
        let numbers: Vec<&[f64]> = axes.iter().map(|a| self.cells[a.feature].numbers().unwrap_or_default()).collect();
        (0..self.rows()).map(|row| numbers.iter().map(|n| n[row]).collect()).collect()
    }

    /// Labels of rows at other coordinates.
    pub(super) fn labels_at(&self, axes: &[Axis], at: &[(u32, Vec<f64>)]) -> Result<Vec<u32>, PredictError> {
        if at.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<u32> = at.iter().map(|(row, _)| *row).collect();
        let column = |(i, axis): (usize, &Axis)| {
            let values: Vec<f64> = at.iter().map(|(_, point)| point[i]).collect();
            let kind = match &self.cells[axis.feature].values {
                Values::Number { kind, .. } if axis.whole => *kind,
                _ => NumberKind::Float,
            };
            (axis.feature, Column::number(String::new(), kind, values))
        };
        Ok(self.ask(&rows, axes.iter().enumerate().map(column).collect())?.labels)
    }
}
