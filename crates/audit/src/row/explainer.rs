//! SHAP values of single rows, by the method of the `explain` stage and equal to its numbers.

use fine_model::trees::{Covers, Forest, Link};
use fine_model::{Core, ScoreKind};
use fine_table::{Table, Task};

use super::edit::Edited;
use super::report::{Contribution, Explanation};
use crate::rerun::sample;
use crate::shap::{Attribution, LinearExplainer, Sampler, ShapError, TreeExplainer};
use crate::stage::{Stage, StageError};
use crate::stages::explain::{Explain, Params};
use crate::subject::Subject;

/// Rows encoded together: at most 512 MiB of encoded cells.
fn chunk_rows(subject: &Subject) -> usize {
    ((1 << 26) / subject.model.origins().len().max(1)).clamp(1, 4096)
}

/// A model prepared to explain rows.
pub(super) struct Explainer<'a> {
    subject: &'a Subject,
    way: Way<'a>,
    fallback: Option<&'static str>,
}

enum Way<'a> {
    Trees(Box<TreeExplainer>, &'a Forest),
    Linear(LinearExplainer<'a>, Link, usize),
    /// Background rows of the audited table.
    Sampled(Vec<u32>),
}

impl<'a> Explainer<'a> {
    pub(super) fn new(subject: &'a Subject) -> Result<Self, StageError> {
        let exact = match subject.model.core() {
            Core::Trees(_) | Core::Linear(_) if !separates(subject) => Err(Some(ShapError::Mixed.id())),
            Core::Trees(forest) => match tree_explainer(subject, forest)? {
                Ok(explainer) => Ok(Way::Trees(Box::new(explainer), forest)),
                Err(e) => Err(Some(e.id())),
            },
            Core::Linear(linear) => {
                let (mean, origin) = column_means(subject)?;
                match LinearExplainer::new(linear, &origin, subject.feature_columns.len(), mean) {
                    Ok(explainer) => Ok(Way::Linear(explainer, linear.link, linear.outputs)),
                    Err(e) => Err(Some(e.id())),
                }
            }
            Core::Other => Err(None),
        };
        let key = format!("{}/background", Explain::ID);
        Ok(match exact {
            Ok(way) => Self { subject, way, fallback: None },
            Err(fallback) => {
                let background = sample::stratified(subject, Params::default().background_rows, &key);
                Self { subject, way: Way::Sampled(background), fallback }
            }
        })
    }

    /// Explains a row; of several classes, `class`.
    pub(super) fn explain(&self, edited: &Edited<'_>, class: usize) -> Result<Explanation, StageError> {
        let (shap, sampling_error) = self.attribute(edited, class)?;
        let sign = match (&self.way, self.subject.task) {
            // One margin stands for the second of two classes.
            (Way::Trees(_, forest), Task::Binary) if forest.outputs == 1 => self.binary_sign(),
            (Way::Linear(_, _, 1), Task::Binary) => self.binary_sign(),
            _ => 1.0,
        };
        let alone = edited.alone();
        let base = sign * shap.base[0];
        let mut contributions = Vec::with_capacity(shap.players);
        for (column, shap) in self.subject.feature_columns.iter().zip(shap.row(0, 0)) {
            let column = &alone.columns()[*column];
            let (feature, value) = (column.name.clone(), column.display_at(0));
            contributions.push(Contribution { feature, value, shap: sign * shap });
        }
        let output = base + contributions.iter().map(|c| c.shap).sum::<f64>();
        // Stable: of equal ones the earlier feature comes first.
        contributions.sort_by(|a, b| b.shap.abs().total_cmp(&a.shap.abs()));
        let explained = match self.subject.task {
            Task::Regression => None,
            Task::Binary => self.subject.classes.get(self.subject.positive),
            Task::Multiclass => self.subject.classes.get(class),
        };
        Ok(Explanation {
            method: self.method().to_owned(),
            scale: self.scale().to_owned(),
            fallback: self.fallback.map(str::to_owned),
            class: explained.cloned(),
            base,
            output,
            contributions,
            sampling_error,
        })
    }

    /// SHAP values of the one output that is explained.
    fn attribute(&self, edited: &Edited<'_>, class: usize) -> Result<(Attribution, Option<f64>), StageError> {
        let encode = || self.subject.model.encode(&edited.alone());
        Ok(match &self.way {
            Way::Trees(explainer, forest) => {
                let outputs = [self.output(forest.outputs, class)];
                (explainer.explain(&encode()?, &outputs, &|_| Ok(()))?, None)
            }
            Way::Linear(explainer, _, outputs) => {
                (explainer.explain(&encode()?, &[self.output(*outputs, class)]), None)
            }
            Way::Sampled(background) => self.sample(edited, class, background)?,
        })
    }

    /// The same feature orders for a row and its changed forms: what differs between them is the change.
    fn sample(
        &self,
        edited: &Edited<'_>,
        class: usize,
        background: &[u32],
    ) -> Result<(Attribution, Option<f64>), StageError> {
        let subject = self.subject;
        // A background row stays as it is, also when it is the one that is changed.
        let own = background.contains(&edited.row) && edited.is_changed();
        let (table, background) = if own {
            let last = subject.rows() as u32;
            let moved = background.iter().map(|row| if *row == edited.row { last } else { *row });
            (edited.beside_itself(), moved.collect::<Vec<_>>())
        } else {
            (edited.among_all(), background.to_vec())
        };
        let output = self.output(subject.prediction.width, class);
        let sampler = Sampler {
            table: &table,
            columns: &subject.feature_columns,
            background: &background,
            outputs: 1,
            seed: subject.seed,
        };
        let predict = |table: &Table| {
            let p = subject.model.predict(table)?;
            Ok(p.column(output))
        };
        let sampled = sampler.explain(&[edited.row], &predict, &|_| Ok(()))?;
        let error = sampled.standard_error.map(|errors| {
            let squares = errors.iter().map(|e| e * e).sum::<f64>();
            (squares / errors.len().max(1) as f64).sqrt()
        });
        Ok((sampled.shap, error))
    }

    /// Which of `count` margins or scores is about the class of interest.
    fn output(&self, count: usize, class: usize) -> usize {
        match self.subject.task {
            Task::Regression => 0,
            Task::Binary if count == 1 => 0,
            Task::Binary => self.subject.positive,
            Task::Multiclass => class.min(count.saturating_sub(1)),
        }
    }

    fn binary_sign(&self) -> f64 {
        if self.subject.positive == 0 { -1.0 } else { 1.0 }
    }

    fn method(&self) -> &'static str {
        match self.way {
            Way::Trees(..) => "tree-path-dependent",
            Way::Linear(..) => "linear",
            Way::Sampled(_) => "permutation-sampler",
        }
    }

    fn scale(&self) -> &'static str {
        let margin = |link: Link| match (self.subject.task, link) {
            (_, Link::Probability) => "probability",
            (Task::Regression, Link::Identity) => "value",
            _ => "margin",
        };
        match (&self.way, self.subject.prediction.kind) {
            (Way::Trees(_, forest), _) => margin(forest.link),
            (Way::Linear(_, link, _), _) => margin(*link),
            (Way::Sampled(_), ScoreKind::Probability | ScoreKind::Label) => "probability",
            (Way::Sampled(_), ScoreKind::Decision) => "margin",
            (Way::Sampled(_), ScoreKind::Value) => "value",
        }
    }
}

/// Whether each encoded column belongs to one raw feature.
fn separates(subject: &Subject) -> bool {
    subject.model.origins().iter().all(|origin| origin.single().is_some())
}

/// The reference data where there are some, else the audited rows.
fn background(subject: &Subject) -> &Table {
    subject.reference.as_ref().map_or(&subject.table, |reference| &reference.table)
}

/// Calls `each` with the encoded rows of the background, some at a time, and answers the raw features of the columns.
fn encoded(subject: &Subject, mut each: impl FnMut(&[f64], usize)) -> Result<Vec<u32>, StageError> {
    let background = background(subject);
    let rows = (0..background.rows() as u32).collect::<Vec<_>>();
    let mut origin = Vec::new();
    for rows in rows.chunks(chunk_rows(subject)) {
        let x = subject.model.encode(&background.take(rows))?;
        each(&x.values, x.width);
        origin = x.origin;
    }
    Ok(origin)
}

/// Where the file stores no weights of the nodes, those are the rows of the background.
fn tree_explainer(subject: &Subject, forest: &Forest) -> Result<Result<TreeExplainer, ShapError>, StageError> {
    let origin = subject.model.encode(&subject.table.take(&[0]))?.origin;
    let features = subject.feature_columns.len();
    let made = TreeExplainer::new(forest, &origin, features);
    if !matches!(made, Err(ShapError::NoCover)) {
        return Ok(made);
    }
    let mut covers = Covers::new(forest);
    encoded(subject, |values, _| covers.add(forest, values))?;
    Ok(TreeExplainer::new(&covers.into_forest(forest), &origin, features))
}

/// Means of the encoded columns over the background, and their raw features.
fn column_means(subject: &Subject) -> Result<(Vec<f64>, Vec<u32>), StageError> {
    let mut sums = Vec::new();
    let origin = encoded(subject, |values, width| {
        sums.resize(width, 0.0);
        for row in values.chunks_exact(width.max(1)) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
    })?;
    let rows = background(subject).rows() as f64;
    sums.iter_mut().for_each(|sum| *sum /= rows);
    Ok((sums, origin))
}
