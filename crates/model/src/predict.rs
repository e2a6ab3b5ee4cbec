//! Encoding a table and predicting it.

use fine_table::{Column, Table, Task};
use rayon::prelude::*;

use crate::estimators::Answer;
use crate::model::Naming;
use crate::steps::{Prepared, Slot};
use crate::trees::sliced::{self, Sliced};
use crate::trees::{Forest, Link, Sum};
use crate::{CoreModel, Encoded, Feature, MIXED, Model, PredictError, Prediction, ScoreKind, estimators, link};

/// Cells of mixed columns that are held at once.
const MIXED_CELLS: usize = 1 << 24;
/// Below this number of rows, walking the trees row by row is faster than slicing a whole block.
const FEW_ROWS: usize = 24;
/// Rows of the matrix held at once: enough to keep all cores busy, and at most 1 GiB.
fn matrix_rows(prepared: &Prepared<'_>) -> usize {
    ((1 << 27) / prepared.width().max(1)).clamp(1, 16 * 4096)
}

impl Model {
    /// Index in the table of each raw feature, in model order. Columns are matched by exact name; others are allowed.
    ///
    /// LightGBM and skl2onnx write `_` for other signs, so `native-country` is found for `native_country`.
    /// A model whose file stores no names takes a table of exactly its number of columns in order; see
    /// [`Model::rename`] for any other table.
    ///
    /// # Errors
    /// [`PredictError::MissingFeature`] for the first feature that the table lacks.
    pub fn bind(&self, table: &Table) -> Result<Vec<usize>, PredictError> {
        let missing = |feature: &Feature| PredictError::MissingFeature {
            name: feature.name.clone(),
            available: table.columns().iter().map(|c| c.name.clone()).collect(),
        };
        let by_name: Result<Vec<usize>, PredictError> =
            self.features.iter().map(|f| self.column(table, &f.name).ok_or_else(|| missing(f))).collect();
        match by_name {
            Err(_) if !self.is_named() && table.columns().len() == self.features.len() => {
                Ok((0..self.features.len()).collect())
            }
            other => other,
        }
    }

    fn column(&self, table: &Table, name: &str) -> Option<usize> {
        let exact = table.position(name);
        if exact.is_some() || self.naming != Naming::Underscored {
            return exact;
        }
        let plain = |text: &str| text.replace(|c: char| !c.is_alphanumeric(), "_");
        let wanted = plain(name);
        let mut alike = (0..table.columns().len()).filter(|i| plain(&table.columns()[*i].name) == wanted);
        match (alike.next(), alike.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// The library's own predictions for all rows of a table.
    ///
    /// # Errors
    /// A missing or unreadable column.
    pub fn predict(&self, table: &Table) -> Result<Prediction, PredictError> {
        let bound = self.bind(table)?;
        let columns: Vec<_> = bound.iter().map(|i| table.columns()[*i].as_ref()).collect();
        self.predict_columns(&columns, table.rows())
    }

    /// The same for raw columns, one a feature, in model order.
    pub(crate) fn predict_columns(&self, columns: &[&Column], rows: usize) -> Result<Prediction, PredictError> {
        match &self.core {
            CoreModel::Graph(graph) => return graph.predict(columns, rows),
            CoreModel::Members(committee) => {
                let answer = committee.answer(columns, rows)?;
                return Ok(answer.into_prediction(self.task, rows, self.classes.len()));
            }
            _ => {}
        }
        self.in_parts(columns, rows, Self::predict_part, Prediction::append)
    }

    /// Few rows at a time where steps mix columns, which are numbers from then on.
    fn in_parts<T>(
        &self,
        columns: &[&Column],
        rows: usize,
        of: impl Fn(&Self, &[&Column], usize) -> Result<T, PredictError>,
        append: impl Fn(&mut T, T),
    ) -> Result<T, PredictError> {
        let mixed = self.steps.as_ref().filter(|steps| steps.mixes());
        let most = mixed.map_or(rows, |steps| MIXED_CELLS / steps.widest().max(1)).max(FEW_ROWS);
        if rows <= most {
            return of(self, columns, rows);
        }
        let mut whole: Option<T> = None;
        for start in (0..rows).step_by(most) {
            let picked: Vec<u32> = (start as u32..rows.min(start + most) as u32).collect();
            let part: Vec<Column> = columns.iter().map(|column| column.take(&picked)).collect();
            let part = of(self, &part.iter().collect::<Vec<_>>(), picked.len());
            let part = part.map_err(|error| error.after(start))?;
            match &mut whole {
                None => whole = Some(part),
                Some(whole) => append(whole, part),
            }
        }
        whole.ok_or(PredictError::Shape { rows, width: columns.len(), values: 0 })
    }

    fn predict_part(&self, columns: &[&Column], rows: usize) -> Result<Prediction, PredictError> {
        let prepared = self.prepare(columns)?;
        match self.margins_of_slices(&prepared, rows)? {
            Some((forest, margins)) => Ok(self.decide_trees(forest, rows, &margins)),
            None => self.predict_in_blocks(&prepared, rows),
        }
    }

    /// Everything that the library's methods say about raw columns, one a feature, in model order.
    pub(crate) fn answer_columns(&self, columns: &[&Column], rows: usize) -> Result<Answer, PredictError> {
        if let CoreModel::Members(committee) = &self.core {
            return committee.answer(columns, rows);
        }
        self.in_parts(columns, rows, Self::answer_part, Answer::append)
    }

    fn answer_part(&self, columns: &[&Column], rows: usize) -> Result<Answer, PredictError> {
        let prepared = self.prepare(columns)?;
        if let Some((forest, margins)) = self.margins_of_slices(&prepared, rows)? {
            return Ok(Answer::of_trees(self.task, forest, self.decides, rows, margins));
        }
        let mut whole = self.answer_encoded(0, &[])?;
        let most = matrix_rows(&prepared);
        for start in (0..rows).step_by(most) {
            let end = rows.min(start + most);
            let part = self.answer_encoded(end - start, &prepared.rows(start..end));
            whole.append(part.map_err(|error| error.after(start))?);
        }
        Ok(whole)
    }

    fn answer_encoded(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let width = self.encoded_width()?;
        self.refuse_missing(|| values.iter().position(|v| v.is_nan()).map(|i| (i / width, i % width)))?;
        match &self.core {
            CoreModel::Trees(forest) => {
                let margins = self.margins(forest, rows, values);
                Ok(Answer::of_trees(self.task, forest, self.decides, rows, margins))
            }
            CoreModel::Linear(linear) => {
                Ok(Answer::of_linear(self.task, linear, self.decides, rows, linear.margins(values)))
            }
            CoreModel::Other(estimator) => estimators::answer(estimator.as_ref(), rows, values),
            CoreModel::Members(_) | CoreModel::Graph(_) => Err(PredictError::NoEncodedForm),
        }
    }

    fn margins(&self, forest: &Forest, rows: usize, values: &[f64]) -> Vec<f64> {
        self.walker(forest).margins(forest, rows, values)
    }

    /// The forest and its margins for many rows at once, where it has that form.
    fn margins_of_slices(
        &self,
        prepared: &Prepared<'_>,
        rows: usize,
    ) -> Result<Option<(&Forest, Vec<f64>)>, PredictError> {
        if let (CoreModel::Trees(forest), Some(sliced)) = (&self.core, self.sliced())
            && rows >= FEW_ROWS
        {
            self.refuse_missing(|| prepared.first_missing())?;
            let mut margins = vec![0.0; rows * forest.outputs];
            margins.par_chunks_mut(sliced::ROWS * forest.outputs).enumerate().for_each(|(block, out)| {
                let rows = block * sliced::ROWS..(block * sliced::ROWS) + out.len() / forest.outputs;
                let mut planes = sliced.new_planes();
                let source = |column| Some(prepared.source(column, rows.clone()));
                sliced.test(source, &mut planes, &mut sliced::Scratch::default());
                sliced.margins(&mut planes, out);
            });
            return Ok(Some((forest, margins)));
        }
        Ok(None)
    }

    /// The forest's form for many rows at once.
    pub(crate) fn sliced(&self) -> Option<&Sliced> {
        match &self.core {
            CoreModel::Trees(forest) => self.walker(forest).sliced(),
            CoreModel::Linear(_) | CoreModel::Other(_) | CoreModel::Members(_) | CoreModel::Graph(_) => None,
        }
    }

    /// Runs the preprocessing on raw columns (one a feature, in model order), leaving the results as columns.
    pub(crate) fn prepare<'a>(&self, columns: &[&'a Column]) -> Result<Prepared<'a>, PredictError> {
        if let Some(steps) = &self.steps {
            return steps.prepare(&self.features, columns);
        }
        let read = columns.iter().zip(&self.inputs).zip(&self.features);
        let numbers = read.map(|((column, input), feature)| Ok(input.read(column, &feature.name)?.into_numbers()));
        Ok(Prepared::of_numbers(numbers.collect::<Result<_, PredictError>>()?))
    }

    /// Predicts without ever holding the whole matrix, which is wide after one-hot encoding.
    fn predict_in_blocks(&self, prepared: &Prepared<'_>, rows: usize) -> Result<Prediction, PredictError> {
        let mut whole = self.score_encoded(0, &[])?;
        let most = matrix_rows(prepared);
        for start in (0..rows).step_by(most) {
            let end = rows.min(start + most);
            let part = self.score_encoded(end - start, &prepared.rows(start..end));
            whole.append(part.map_err(|error| error.after(start))?);
        }
        Ok(whole)
    }

    /// The matrix that the core sees.
    ///
    /// # Errors
    /// A missing or unreadable column, or a model without an encoded form.
    pub fn encode(&self, table: &Table) -> Result<Encoded, PredictError> {
        let values = self.encode_values(table)?;
        if let Some(steps) = &self.steps {
            let origin = |slot: &Slot| slot.origin.single().unwrap_or(MIXED);
            let (origin, names) = steps.slots().iter().map(|slot| (origin(slot), slot.name.clone())).unzip();
            return Ok(Encoded { rows: table.rows(), width: steps.width(), values, origin, names });
        }
        Ok(Encoded {
            rows: table.rows(),
            width: self.features.len(),
            values,
            origin: (0..self.features.len() as u32).collect(),
            names: self.features.iter().map(|f| f.name.clone()).collect(),
        })
    }

    /// Encoded values, row-major.
    fn encode_values(&self, table: &Table) -> Result<Vec<f64>, PredictError> {
        if matches!(self.core, CoreModel::Members(_) | CoreModel::Graph(_)) {
            return Err(PredictError::NoEncodedForm);
        }
        let bound = self.bind(table)?;
        let columns: Vec<_> = bound.iter().map(|i| table.columns()[*i].as_ref()).collect();
        Ok(self.prepare(&columns)?.rows(0..table.rows()))
    }

    /// Predictions of rows that are already encoded, row-major `[rows x width of the core]`.
    ///
    /// # Errors
    /// A wrong number of values, a missing value that the library refuses, or a model without an encoded form.
    pub fn score_encoded(&self, rows: usize, values: &[f64]) -> Result<Prediction, PredictError> {
        let width = self.encoded_width()?;
        if rows.checked_mul(width) != Some(values.len()) {
            return Err(PredictError::Shape { rows, width, values: values.len() });
        }
        match &self.core {
            CoreModel::Trees(forest) => {
                let missing = || values.iter().position(|v| v.is_nan()).map(|i| (i / width, i % width));
                self.refuse_missing(missing)?;
                Ok(self.decide_trees(forest, rows, &self.margins(forest, rows, values)))
            }
            CoreModel::Linear(linear) => {
                let missing = || values.iter().position(|v| v.is_nan()).map(|i| (i / width, i % width));
                self.refuse_missing(missing)?;
                let margins = linear.margins(values);
                let mut prediction = decide(self.task, linear.link, false, linear.outputs, rows, &margins);
                if matches!(linear.link, Link::OneVsRest { .. }) && linear.outputs > 1 {
                    // Probabilities near one are equal where margins are not.
                    prediction.labels = margins.chunks_exact(linear.outputs).map(|m| first_max(m) as u32).collect();
                }
                Ok(prediction)
            }
            CoreModel::Other(estimator) => {
                let missing = || values.iter().position(|v| v.is_nan()).map(|i| (i / width, i % width));
                self.refuse_missing(missing)?;
                let answer = estimators::answer(estimator.as_ref(), rows, values)?;
                Ok(answer.into_prediction(self.task, rows, self.classes.len()))
            }
            CoreModel::Members(_) | CoreModel::Graph(_) => Err(PredictError::NoEncodedForm),
        }
    }

    /// Number of columns that the core takes.
    fn encoded_width(&self) -> Result<usize, PredictError> {
        match &self.core {
            CoreModel::Trees(forest) => Ok(forest.features),
            CoreModel::Linear(linear) => Ok(linear.features),
            CoreModel::Other(estimator) => Ok(estimator
                .features()
                .unwrap_or_else(|| self.steps.as_ref().map_or(self.features.len(), |steps| steps.width()))),
            CoreModel::Members(_) | CoreModel::Graph(_) => Err(PredictError::NoEncodedForm),
        }
    }

    pub(crate) fn decide_trees(&self, forest: &Forest, rows: usize, margins: &[f64]) -> Prediction {
        decide(self.task, forest.link, forest.sum == Sum::F32, forest.outputs, rows, margins)
    }

    /// An error for the first missing value (row, encoded column), when the core refuses one: a forest may, and in a
    /// linear model a sum with a missing term is no prediction.
    pub(crate) fn refuse_missing(&self, first: impl FnOnce() -> Option<(usize, usize)>) -> Result<(), PredictError> {
        let refuses = match &self.core {
            CoreModel::Trees(forest) => self.walker(forest).refuses_missing(),
            CoreModel::Linear(_) => true,
            CoreModel::Other(estimator) => estimator.refuses_missing(),
            CoreModel::Members(_) | CoreModel::Graph(_) => false,
        };
        if !refuses {
            return Ok(());
        }
        match first() {
            None => Ok(()),
            Some((row, column)) => Err(PredictError::MissingValue {
                name: match &self.steps {
                    Some(steps) => steps.slots()[column].name.clone(),
                    None => self.features.get(column).map_or_else(|| format!("x{column}"), |f| f.name.clone()),
                },
                row,
            }),
        }
    }
}

/// Scores and labels of margins, by the rules of scikit-learn's wrappers: one logistic margin is two probabilities, one
/// plain margin of a classifier is `[-m, m]`, and the label is the first of the largest scores.
pub(crate) fn decide(task: Task, link: Link, single: bool, outputs: usize, rows: usize, margins: &[f64]) -> Prediction {
    let per_row = link::width(link, outputs);
    let mut scores = Vec::with_capacity(rows * per_row.max(2));
    if let (Task::Binary, Link::Logistic { scale }, 1) = (task, link, outputs) {
        // The usual case, without a detour through a row of any width.
        let mut labels = Vec::with_capacity(rows);
        for m in margins {
            let [no, yes] = link::logistic(scale, single, *m);
            scores.extend([no, yes]);
            labels.push(u32::from(yes > no));
        }
        return Prediction { rows, width: 2, kind: ScoreKind::Probability, scores, labels };
    }
    let mut row_scores = Vec::with_capacity(per_row);
    for m in margins.chunks_exact(outputs.max(1)) {
        row_scores.clear();
        link::scores(link, single, m, &mut row_scores);
        match (task, row_scores.as_slice()) {
            (Task::Regression, [_, s]) if matches!(link, Link::Logistic { .. }) => scores.push(*s),
            (Task::Regression, _) => scores.extend(row_scores.first()),
            (_, [d]) => scores.extend([-d, *d]),
            (_, all) => scores.extend_from_slice(all),
        }
    }
    let width = match task {
        Task::Regression => 1,
        _ if per_row == 1 => 2,
        _ => per_row,
    };
    let kind = match (task, link) {
        (Task::Regression, _) => ScoreKind::Value,
        (_, Link::Identity | Link::Exp | Link::SignedSquare | Link::Softplus) => ScoreKind::Decision,
        _ => ScoreKind::Probability,
    };
    let labels = match task {
        Task::Regression => Vec::new(),
        // Margins beyond the clip still tell the classes apart.
        _ if link == Link::Clipped && outputs == 1 => margins.iter().map(|m| u32::from(*m > 0.0)).collect(),
        _ if link == Link::Clipped => margins.chunks_exact(outputs).map(|row| first_max(row) as u32).collect(),
        _ => scores.chunks_exact(width).map(|row| first_max(row) as u32).collect(),
    };
    Prediction { rows, width, kind, scores, labels }
}

/// Index of the first of the largest values, as `numpy.argmax`.
pub fn first_max(row: &[f64]) -> usize {
    let mut best = 0;
    for (i, v) in row.iter().enumerate() {
        if *v > row[best] {
            best = i;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::Linear;
    use crate::{FeatureKind, Label};
    use fine_table::{Column, NumberKind};

    fn model(link: Link, task: Task, outputs: usize) -> Model {
        let feature = |n: &str| Feature { name: n.into(), kind: FeatureKind::Number };
        let linear = Linear {
            features: 2,
            outputs,
            coef: (0..2 * outputs).map(|i| i as f64 - 1.0).collect(),
            intercept: vec![0.25; outputs],
            link,
        };
        let classes = (0..outputs.max(2)).map(|i| Label::Int(i as i64)).collect();
        Model::native(vec![feature("a"), feature("b")], task, classes, CoreModel::Linear(linear))
    }

    fn table() -> Table {
        let column = |n: &str, v: Vec<f64>| Column::number(n, NumberKind::Float, v);
        Table::new(vec![column("b", vec![1.0, 2.0]), column("extra", vec![0.0; 2]), column("a", vec![3.0, -3.0])])
            .unwrap()
    }

    #[test]
    fn columns_are_matched_by_name() {
        let p = model(Link::Identity, Task::Regression, 1).predict(&table()).unwrap();
        assert_eq!((p.width, p.kind, p.scores, p.labels), (1, ScoreKind::Value, vec![-2.75, 3.25], vec![]));
    }

    #[test]
    fn a_missing_column_is_named() {
        let one = Table::new(vec![Column::number("b", NumberKind::Int, vec![1.0])]).unwrap();
        let err = model(Link::Identity, Task::Regression, 1).bind(&one).unwrap_err();
        assert_eq!(err, PredictError::MissingFeature { name: "a".into(), available: vec!["b".into()] });
    }

    #[test]
    fn one_margin_makes_two_scores() {
        let p = model(Link::Identity, Task::Binary, 1).predict(&table()).unwrap();
        assert_eq!((p.kind, p.labels.as_slice()), (ScoreKind::Decision, &[0, 1][..]));
        assert_eq!(p.scores, [2.75, -2.75, -3.25, 3.25]);
        let p = model(Link::Logistic { scale: 1.0 }, Task::Binary, 1).predict(&table()).unwrap();
        assert_eq!((p.kind, p.width, p.labels), (ScoreKind::Probability, 2, vec![0, 1]));
    }

    #[test]
    fn ties_go_to_the_first_class() {
        assert_eq!(first_max(&[0.5, 0.5]), 0);
        assert_eq!(first_max(&[0.1, 0.3, 0.3]), 1);
    }

    #[test]
    fn a_linear_model_refuses_what_it_cannot_add_up() {
        let mut columns = table().columns().iter().map(|c| (**c).clone()).collect::<Vec<_>>();
        columns[2] = Column::number("a", NumberKind::Float, vec![1.0, f64::NAN]);
        let error = model(Link::Softmax, Task::Multiclass, 3).predict(&Table::new(columns).unwrap()).unwrap_err();
        assert_eq!(error, PredictError::MissingValue { name: "a".into(), row: 1 });
    }

    #[test]
    fn an_empty_table_predicts_nothing() {
        let empty = table().take(&[]);
        let p = model(Link::Softmax, Task::Multiclass, 3).predict(&empty).unwrap();
        assert_eq!((p.rows, p.width, p.scores.len()), (0, 3, 0));
    }
}
