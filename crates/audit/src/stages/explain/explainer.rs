//! A model made ready for SHAP values by the best method that it and the parameters allow.

use fine_model::linear::Linear;
use fine_model::trees::{Covers, Forest, Link, Sum, Walker};
use fine_model::{Core, Encoded, ScoreKind};
use fine_table::{Table, Task};
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::params::{Scale, TreeValue};
use super::{Explain, Params};
use crate::rerun::sample;
use crate::rng::unit_rng;
use crate::shap::{Attribution, Enumerator, LinearExplainer, Sampler, ShapError, TreeBackground, TreeExplainer};
use crate::stage::{Stage, StageError};
use crate::subject::Subject;

/// A node visit of the interventional method costs as much as so many steps of the path-dependent one.
const STEPS_A_VISIT: u64 = 32;

/// Called with work that was done; may stop it.
pub(crate) type Done<'a> = &'a (dyn Fn(u64) -> Result<(), StageError> + Sync);

/// Margins or scores that are explained: which ones, and the sign that turns them towards the class of interest.
pub(crate) struct Outputs {
    columns: Vec<usize>,
    pub(crate) classes: Vec<usize>,
    pub(super) sign: f64,
}

impl Outputs {
    /// `count` columns of margins or scores.
    fn of(subject: &Subject, count: usize) -> Self {
        match (subject.task, count) {
            (Task::Regression, _) => Self { columns: vec![0], classes: Vec::new(), sign: 1.0 },
            (Task::Binary, 1) => {
                let sign = if subject.positive == 0 { -1.0 } else { 1.0 };
                Self { columns: vec![0], classes: vec![subject.positive], sign }
            }
            (Task::Binary, _) => Self { columns: vec![subject.positive], classes: vec![subject.positive], sign: 1.0 },
            (Task::Multiclass, _) => Self { columns: (0..count).collect(), classes: (0..count).collect(), sign: 1.0 },
        }
    }

    fn pick<'a>(&'a self, rows: &'a [f64], width: usize) -> impl Iterator<Item = f64> + 'a {
        rows.chunks_exact(width.max(1)).flat_map(move |row| self.columns.iter().map(move |k| row[*k]))
    }
}

/// SHAP values of some rows, turned towards the class of interest.
#[derive(Serialize, Deserialize)]
pub(crate) struct Values {
    pub(crate) shap: Attribution,
    /// Largest `|base + sum(phi) - f(x)| / max(1, |f(x)|)`, `f` by the model's own prediction code.
    pub(super) additivity_error: f64,
    /// Standard error of the sampler, one a feature.
    pub(crate) standard_error: Option<Vec<f64>>,
}

impl Values {
    /// Standard error of the sampler, mean over features.
    pub(super) fn sampling_error(&self) -> Option<f64> {
        self.standard_error.as_ref().map(|e| e.iter().sum::<f64>() / e.len().max(1) as f64)
    }
}

/// How values are made.
enum Way<'a> {
    Trees(TreeExplainer, Exact),
    Background(TreeBackground, Exact),
    Linear(LinearExplainer<'a>, &'a Linear),
    /// Background rows of the audited table.
    Sampler(Vec<u32>),
    Coalitions(Vec<u32>),
}

/// The forest whose sums are taken in 64 bits, with the rows as node weights where the file stores none.
struct Exact {
    forest: Forest,
    walker: Walker,
}

/// A subject's model, ready.
pub(crate) struct Explainer<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) outputs: Outputs,
    way: Way<'a>,
    /// Reason id when an exact method exists for the kind of model but not for this file.
    pub(crate) fallback: Option<&'static str>,
    pub(super) background_rows: u64,
    scale: &'static str,
    seed: u64,
}

/// Whether the exact methods can add columns up to raw features: each column belongs to one.
pub(super) fn separates(subject: &Subject) -> bool {
    subject.model.origins().iter().all(|origin| origin.single().is_some())
}

/// Whether probabilities are asked for that have no exact method.
pub(crate) fn scale_is_refused(subject: &Subject, params: &Params) -> bool {
    params.scale == Scale::Probability
        && has_margin(subject)
        && (subject.feature_columns.len() > Enumerator::MOST || subject.prediction.kind != ScoreKind::Probability)
}

/// A model with an exact method on another scale than that of its probabilities.
fn has_margin(subject: &Subject) -> bool {
    let link = match subject.model.core() {
        Core::Trees(forest) => forest.link,
        Core::Linear(linear) => linear.link,
        Core::Other => return false,
    };
    subject.task != Task::Regression && link != Link::Probability
}

/// Whether every coalition is predicted.
pub(super) fn enumerates(subject: &Subject, params: &Params) -> bool {
    params.scale == Scale::Probability && has_margin(subject)
}

impl<'a> Explainer<'a> {
    /// By the parameters, with the subject's seed.
    pub(crate) fn new(subject: &'a Subject, params: &Params) -> Result<Self, StageError> {
        Self::seeded(subject, params, subject.seed)
    }

    /// The same with another draw of everything that is drawn.
    pub(super) fn seeded(subject: &'a Subject, params: &Params, seed: u64) -> Result<Self, StageError> {
        if enumerates(subject, params) {
            let background = background_of(subject, params, seed);
            return Ok(Self::asking(subject, Way::Coalitions(background), None, seed));
        }
        let made = match subject.model.core() {
            Core::Trees(_) | Core::Linear(_) if !separates(subject) => Err(ShapError::Mixed),
            Core::Trees(forest) => match params.trees {
                TreeValue::PathDependent => path_dependent(subject, forest, seed)?,
                TreeValue::Interventional => interventional(subject, forest, params.tree_background, seed)?,
            },
            Core::Linear(linear) => additive(subject, linear, seed)?,
            Core::Other => {
                let background = background_of(subject, params, seed);
                return Ok(Self::asking(subject, Way::Sampler(background), None, seed));
            }
        };
        Ok(made.unwrap_or_else(|e| {
            let background = background_of(subject, params, seed);
            Self::asking(subject, Way::Sampler(background), Some(e.id()), seed)
        }))
    }

    /// Of several classes only this one.
    pub(crate) fn of_class(mut self, class: usize) -> Self {
        if self.subject.task == Task::Multiclass {
            let only = class.min(self.outputs.columns.len().saturating_sub(1));
            self.outputs.columns = vec![only];
            self.outputs.classes = vec![only];
        }
        self
    }

    /// A method that only asks for scores.
    fn asking(subject: &'a Subject, way: Way<'a>, fallback: Option<&'static str>, seed: u64) -> Self {
        let background_rows = match &way {
            Way::Sampler(rows) | Way::Coalitions(rows) => rows.len() as u64,
            _ => 0,
        };
        let scale = match subject.prediction.kind {
            ScoreKind::Probability | ScoreKind::Label => "probability",
            ScoreKind::Decision => "margin",
            ScoreKind::Value => "value",
        };
        let outputs = Outputs::of(subject, subject.prediction.width);
        Self { subject, outputs, way, fallback, background_rows, scale, seed }
    }

    /// Id of the method.
    pub(crate) fn method(&self) -> &'static str {
        match self.way {
            Way::Trees(..) => "tree-path-dependent",
            Way::Background(..) => "tree-interventional",
            Way::Linear(..) => "linear",
            Way::Sampler(_) => "permutation-sampler",
            Way::Coalitions(_) => "coalitions",
        }
    }

    /// Id of the scale of the values.
    pub(crate) fn scale(&self) -> &'static str {
        self.scale
    }

    /// True when another seed would give other values.
    pub(super) fn draws(&self) -> bool {
        matches!(self.way, Way::Background(..) | Way::Sampler(_) | Way::Coalitions(_))
    }

    /// Rows of the audited table that a method exchanges cells with which only asks for scores.
    pub(crate) fn asked_background(&self) -> Option<&[u32]> {
        match &self.way {
            Way::Sampler(rows) | Way::Coalitions(rows) => Some(rows),
            _ => None,
        }
    }

    /// The forest behind exact values of trees.
    pub(super) fn forest(&self) -> Option<&Forest> {
        match &self.way {
            Way::Trees(_, exact) | Way::Background(_, exact) => Some(&exact.forest),
            _ => None,
        }
    }

    /// Margin columns that are explained.
    pub(super) fn columns(&self) -> &[usize] {
        &self.outputs.columns
    }

    /// Rows of the audited table that the parameters allow.
    pub(super) fn allowed_rows(&self, params: &Params) -> u64 {
        match &self.way {
            Way::Trees(explainer, _) => exact_rows(self.subject, params, explainer.steps_per_row()),
            Way::Background(explainer, _) => {
                exact_rows(self.subject, params, explainer.steps_per_row().saturating_mul(STEPS_A_VISIT))
            }
            Way::Linear(..) => exact_rows(self.subject, params, 1),
            Way::Sampler(_) | Way::Coalitions(_) => params.sampler_rows,
        }
    }

    /// Values of rows of a table with the columns of the audited one. `background` are the rows of the same table that the
    /// asking methods exchange cells with; the audited table's own when left out.
    pub(crate) fn values(
        &self,
        table: &Table,
        rows: &[u32],
        background: Option<&[u32]>,
        done: Done<'_>,
    ) -> Result<Values, StageError> {
        match &self.way {
            Way::Trees(explainer, exact) => {
                let x = encode(self.subject, table, rows)?;
                let shap = explainer.explain(&x, &self.outputs.columns, done)?;
                Ok(self.settled(shap, &exact.margins(&x), exact.forest.outputs, None))
            }
            Way::Background(explainer, exact) => {
                let x = encode(self.subject, table, rows)?;
                let shap = explainer.explain(&x, &self.outputs.columns, done)?;
                Ok(self.settled(shap, &exact.margins(&x), exact.forest.outputs, None))
            }
            Way::Linear(explainer, linear) => {
                let x = encode(self.subject, table, rows)?;
                let shap = explainer.explain(&x, &self.outputs.columns);
                done(x.rows as u64)?;
                Ok(self.settled(shap, &linear.margins(&x.values), linear.outputs, None))
            }
            Way::Sampler(own) | Way::Coalitions(own) => self.asked(table, rows, background.unwrap_or(own), done),
        }
    }

    /// Values of a method that only asks for scores.
    fn asked(&self, table: &Table, rows: &[u32], background: &[u32], done: Done<'_>) -> Result<Values, StageError> {
        let names = self.subject.feature_columns.iter().map(|c| &self.subject.table.columns()[*c].name);
        let columns = names.filter_map(|name| table.position(name)).collect::<Vec<_>>();
        let outputs = self.outputs.columns.len();
        let predict = |table: &Table| {
            let p = self.subject.model.predict(table)?;
            Ok(self.outputs.pick(&p.scores, p.width).collect::<Vec<f64>>())
        };
        let (shap, error) = match self.way {
            Way::Coalitions(_) => {
                let enumerator = Enumerator { table, columns: &columns, background, outputs };
                (enumerator.explain(rows, &predict, done)?, None)
            }
            _ => {
                let sampler = Sampler { table, columns: &columns, background, outputs, seed: self.seed };
                let sampled = sampler.explain(rows, &predict, done)?;
                (sampled.shap, sampled.standard_error)
            }
        };
        let own = self.subject.model.predict(&table.take(rows))?;
        let scores = own.scores;
        Ok(self.settled(shap, &scores, own.width, error))
    }

    /// Checks that values add up to `margins` (row-major, `width` a row), and turns them towards the class of interest.
    fn settled(
        &self,
        mut shap: Attribution,
        margins: &[f64],
        width: usize,
        standard_error: Option<Vec<f64>>,
    ) -> Values {
        let mut additivity_error = 0.0f64;
        for (row, margins) in margins.chunks_exact(width.max(1)).enumerate() {
            for (k, column) in self.outputs.columns.iter().enumerate() {
                let sum = shap.base[k] + shap.row(row, k).iter().sum::<f64>();
                let error = (sum - margins[*column]).abs() / margins[*column].abs().max(1.0);
                additivity_error = additivity_error.max(if error.is_nan() { f64::INFINITY } else { error });
            }
        }
        shap.values.iter_mut().chain(&mut shap.base).for_each(|v| *v *= self.outputs.sign);
        Values { shap, additivity_error, standard_error }
    }
}

impl Exact {
    fn of(forest: &Forest) -> Self {
        let sum = if forest.sum == Sum::F32 { Sum::F64 } else { forest.sum };
        let forest = Forest { sum, ..forest.clone() };
        Self { walker: Walker::new(&forest), forest }
    }

    fn margins(&self, x: &Encoded) -> Vec<f64> {
        self.walker.margins(&self.forest, x.rows, &x.values)
    }
}

type Made<'a> = Result<Result<Explainer<'a>, ShapError>, StageError>;

fn path_dependent<'a>(subject: &'a Subject, forest: &Forest, seed: u64) -> Made<'a> {
    let origin = encode(subject, &subject.table, &[0])?.origin;
    let features = subject.feature_columns.len();
    let mut exact = Exact::of(forest);
    let mut made = TreeExplainer::new(&exact.forest, &origin, features);
    let mut background_rows = 0;
    if matches!(made, Err(ShapError::NoCover)) {
        let background = subject.reference.as_ref().map_or(&subject.table, |r| &r.table);
        exact = Exact::of(&with_covers(subject, forest, background)?);
        background_rows = background.rows() as u64;
        made = TreeExplainer::new(&exact.forest, &origin, features);
    }
    Ok(made.map(|explainer| Explainer {
        subject,
        outputs: Outputs::of(subject, forest.outputs),
        way: Way::Trees(explainer, exact),
        fallback: None,
        background_rows,
        scale: margin_scale(subject.task, forest.link),
        seed,
    }))
}

fn interventional<'a>(subject: &'a Subject, forest: &Forest, rows: u64, seed: u64) -> Made<'a> {
    Ok(tree_background(subject, forest, rows, seed)?.map(|explainer| Explainer {
        subject,
        outputs: Outputs::of(subject, forest.outputs),
        background_rows: explainer.background_rows() as u64,
        way: Way::Background(explainer, Exact::of(forest)),
        fallback: None,
        scale: margin_scale(subject.task, forest.link),
        seed,
    }))
}

/// A forest against a seeded sample of the reference rows, or of the audited ones (stratified) without them.
pub(super) fn tree_background(
    subject: &Subject,
    forest: &Forest,
    rows: u64,
    seed: u64,
) -> Result<Result<TreeBackground, ShapError>, StageError> {
    let key = format!("{}/tree-background/{seed}", Explain::ID);
    let background = match &subject.reference {
        None => encode(subject, &subject.table, &sample::stratified(subject, rows, &key))?,
        Some(reference) => {
            let mut all = (0..reference.table.rows() as u32).collect::<Vec<_>>();
            if (rows as usize) < all.len() {
                all.shuffle(&mut unit_rng(subject.seed, &key, 0));
                all.truncate((rows as usize).max(1));
                all.sort_unstable();
            }
            encode(subject, &reference.table, &all)?
        }
    };
    Ok(TreeBackground::new(forest, &background.origin, subject.feature_columns.len(), &background))
}

fn additive<'a>(subject: &'a Subject, linear: &'a Linear, seed: u64) -> Made<'a> {
    let background = subject.reference.as_ref().map_or(&subject.table, |r| &r.table);
    let (mean, origin) = column_means(subject, background)?;
    Ok(LinearExplainer::new(linear, &origin, subject.feature_columns.len(), mean).map(|explainer| Explainer {
        subject,
        outputs: Outputs::of(subject, linear.outputs),
        way: Way::Linear(explainer, linear),
        fallback: None,
        background_rows: background.rows() as u64,
        scale: margin_scale(subject.task, linear.link),
        seed,
    }))
}

/// Rows that the asking methods exchange cells with: another seed draws others.
fn background_of(subject: &Subject, params: &Params, seed: u64) -> Vec<u32> {
    let key = match seed == subject.seed {
        true => format!("{}/background", Explain::ID),
        false => format!("{}/background/{seed}", Explain::ID),
    };
    sample::stratified(subject, params.background_rows, &key)
}

fn margin_scale(task: Task, link: Link) -> &'static str {
    match (task, link) {
        (_, Link::Probability) => "probability",
        (Task::Regression, Link::Identity) => "value",
        _ => "margin",
    }
}

/// Margin columns that will be explained.
pub(super) fn output_count(subject: &Subject) -> u64 {
    if subject.task == Task::Multiclass { subject.classes.len() as u64 } else { 1 }
}

/// Rows that an exact method may explain within the parameters.
pub(super) fn exact_rows(subject: &Subject, params: &Params, steps: u64) -> u64 {
    let values = output_count(subject) * subject.feature_columns.len().max(1) as u64;
    let by_steps = params.max_steps / steps.saturating_mul(output_count(subject)).max(1);
    (params.max_values / values.max(1)).min(by_steps).clamp(1, subject.rows() as u64)
}

/// Rows encoded and explained together: at most 512 MiB of encoded cells.
pub(super) fn chunk_rows(subject: &Subject) -> usize {
    ((1 << 26) / subject.model.origins().len().max(1)).clamp(1, 4096)
}

pub(super) fn encode(subject: &Subject, table: &Table, rows: &[u32]) -> Result<Encoded, StageError> {
    let whole = rows.len() == table.rows() && rows.iter().enumerate().all(|(i, r)| *r as usize == i);
    Ok(if whole { subject.model.encode(table)? } else { subject.model.encode(&table.take(rows))? })
}

/// The forest with the rows of a background as the weights of its nodes, where its file stores none.
fn with_covers(subject: &Subject, forest: &Forest, background: &Table) -> Result<Forest, StageError> {
    let all = (0..background.rows() as u32).collect::<Vec<_>>();
    let mut covers = Covers::new(forest);
    for rows in all.chunks(chunk_rows(subject)) {
        covers.add(forest, &encode(subject, background, rows)?.values);
    }
    Ok(covers.into_forest(forest))
}

/// Means of the encoded columns over a background, and their raw features.
fn column_means(subject: &Subject, background: &Table) -> Result<(Vec<f64>, Vec<u32>), StageError> {
    let all = (0..background.rows() as u32).collect::<Vec<_>>();
    let mut sums = Vec::new();
    let mut origin = Vec::new();
    for rows in all.chunks(chunk_rows(subject)) {
        let x = encode(subject, background, rows)?;
        sums.resize(x.width, 0.0);
        for row in x.values.chunks_exact(x.width.max(1)) {
            sums.iter_mut().zip(row).for_each(|(s, v)| *s += v);
        }
        origin = x.origin;
    }
    sums.iter_mut().for_each(|s| *s /= background.rows() as f64);
    Ok((sums, origin))
}
