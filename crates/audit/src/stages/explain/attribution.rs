//! SHAP values of the audited rows by the best method that the model allows.

use fine_model::linear::Linear;
use fine_model::trees::{Covers, Forest, Link, Sum, Walker};
use fine_model::{Core, Encoded, ScoreKind};
use fine_table::{Table, Task};

use super::{Explain, Params};
use crate::rerun::{Progress, sample};
use crate::shap::{Attribution, LinearExplainer, Sampler, ShapError, TreeExplainer};
use crate::stage::{Stage, StageError};
use crate::subject::Subject;

/// Rows encoded and explained together: at most 512 MiB of encoded cells.
fn chunk_rows(subject: &Subject) -> usize {
    ((1 << 26) / subject.model.origins().len().max(1)).clamp(1, 4096)
}

/// SHAP values with how they were made.
pub(super) struct Explained {
    pub(super) method: &'static str,
    pub(super) scale: &'static str,
    /// Reason id when an exact method exists for the kind of model but not for this file.
    pub(super) fallback: Option<&'static str>,
    /// Rows of the audited table, ascending.
    pub(super) rows: Vec<u32>,
    pub(super) shap: Attribution,
    /// Class of each output; empty for regression.
    pub(super) classes: Vec<usize>,
    pub(super) background_rows: u64,
    pub(super) additivity_error: f64,
    pub(super) sampling_error: Option<f64>,
}

/// Margins that are explained: which ones, and the sign that turns them towards the class of interest.
struct Outputs {
    columns: Vec<usize>,
    classes: Vec<usize>,
    sign: f64,
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
}

/// Steps a row and output of the exact tree method, before the trees are prepared: edges times half the features that
/// a path can hold.
pub(super) fn estimated_steps(forest: &Forest) -> u64 {
    let nodes = forest.trees.iter().map(|t| t.nodes.len() as u64);
    nodes.map(|n| n * u64::from(n.ilog2().clamp(2, 2 * forest.features.max(1) as u32) / 2)).sum()
}

/// Margin columns that will be explained.
pub(super) fn output_count(subject: &Subject) -> u64 {
    if subject.task == Task::Multiclass { subject.classes.len() as u64 } else { 1 }
}

/// Rows that an exact method may explain within the parameters.
pub(super) fn exact_rows(subject: &Subject, params: &Params, steps: u64) -> u64 {
    let values = output_count(subject) * subject.feature_columns.len().max(1) as u64;
    let by_steps = params.max_steps / (steps * output_count(subject)).max(1);
    (params.max_values / values.max(1)).min(by_steps).clamp(1, subject.rows() as u64)
}

/// Whether the exact methods can add columns up to raw features: each column belongs to one.
pub(super) fn separates(subject: &Subject) -> bool {
    subject.model.origins().iter().all(|origin| origin.single().is_some())
}

pub(super) fn explain(subject: &Subject, params: &Params, progress: &Progress<'_>) -> Result<Explained, StageError> {
    match subject.model.core() {
        Core::Trees(_) | Core::Linear(_) if !separates(subject) => {
            sampled(subject, params, Some(ShapError::Mixed.id()), progress)
        }
        Core::Trees(forest) => trees(subject, params, forest, progress),
        Core::Linear(linear) => linear_model(subject, params, linear, progress),
        _ => sampled(subject, params, None, progress),
    }
}

fn margin_scale(task: Task, link: Link) -> &'static str {
    match (task, link) {
        (_, Link::Probability) => "probability",
        (Task::Regression, Link::Identity) => "value",
        _ => "margin",
    }
}

fn encode(subject: &Subject, table: &Table, rows: &[u32]) -> Result<Encoded, StageError> {
    let whole = rows.len() == table.rows();
    Ok(if whole { subject.model.encode(table)? } else { subject.model.encode(&table.take(rows))? })
}

fn trees(
    subject: &Subject,
    params: &Params,
    forest: &Forest,
    progress: &Progress<'_>,
) -> Result<Explained, StageError> {
    let origin = encode(subject, &subject.table, &[0])?.origin;
    let features = subject.feature_columns.len();
    let mut made = TreeExplainer::new(forest, &origin, features);
    let covered;
    let mut background_rows = 0;
    if matches!(made, Err(ShapError::NoCover)) {
        let background = subject.reference.as_ref().map_or(&subject.table, |r| &r.table);
        covered = with_covers(subject, forest, background)?;
        background_rows = background.rows() as u64;
        made = TreeExplainer::new(&covered, &origin, features);
    }
    let explainer = match made {
        Ok(explainer) => explainer,
        Err(e) => return sampled(subject, params, Some(e.id()), progress),
    };
    let allowed = exact_rows(subject, params, explainer.steps_per_row());
    let rows = sample::stratified(subject, allowed, &format!("{}/shap", Explain::ID));
    let outputs = Outputs::of(subject, forest.outputs);
    let mut own = None;
    if forest.sum == Sum::F32 {
        own = Some(Forest { sum: Sum::F64, ..forest.clone() });
    }
    let exact = own.as_ref().unwrap_or(forest);
    let walker = Walker::new(exact);
    let mut all = Collected::default();
    for rows in rows.chunks(chunk_rows(subject)) {
        let x = encode(subject, &subject.table, rows)?;
        let part = explainer.explain(&x, &outputs.columns, &|rows| progress.add(rows))?;
        all.push(part, &walker.margins(exact, x.rows, &x.values), forest.outputs, &outputs);
    }
    Ok(all.explained("tree-path-dependent", margin_scale(subject.task, forest.link), rows, background_rows, outputs))
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

fn linear_model(
    subject: &Subject,
    params: &Params,
    linear: &Linear,
    progress: &Progress<'_>,
) -> Result<Explained, StageError> {
    let background = subject.reference.as_ref().map_or(&subject.table, |r| &r.table);
    let (mean, origin) = column_means(subject, background)?;
    let explainer = match LinearExplainer::new(linear, &origin, subject.feature_columns.len(), mean) {
        Ok(explainer) => explainer,
        Err(e) => return sampled(subject, params, Some(e.id()), progress),
    };
    let rows = sample::stratified(subject, exact_rows(subject, params, 1), &format!("{}/shap", Explain::ID));
    let outputs = Outputs::of(subject, linear.outputs);
    let mut all = Collected::default();
    for rows in rows.chunks(chunk_rows(subject)) {
        let x = encode(subject, &subject.table, rows)?;
        all.push(explainer.explain(&x, &outputs.columns), &linear.margins(&x.values), linear.outputs, &outputs);
        progress.add(x.rows as u64)?;
    }
    let scale = margin_scale(subject.task, linear.link);
    Ok(all.explained("linear", scale, rows, background.rows() as u64, outputs))
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

/// Chunks put together, with the largest additivity error.
#[derive(Default)]
struct Collected {
    shap: Attribution,
    error: f64,
}

impl Collected {
    /// `margins` is row-major, `width` a row, by the model's own prediction code.
    fn push(&mut self, mut part: Attribution, margins: &[f64], width: usize, outputs: &Outputs) {
        for (row, margins) in margins.chunks_exact(width.max(1)).enumerate() {
            for (k, column) in outputs.columns.iter().enumerate() {
                let sum = part.base[k] + part.row(row, k).iter().sum::<f64>();
                let error = (sum - margins[*column]).abs() / margins[*column].abs().max(1.0);
                self.error = self.error.max(if error.is_nan() { f64::INFINITY } else { error });
            }
        }
        part.values.iter_mut().chain(&mut part.base).for_each(|v| *v *= outputs.sign);
        self.shap.rows += part.rows;
        (self.shap.outputs, self.shap.players, self.shap.base) = (part.outputs, part.players, part.base);
        self.shap.values.extend(part.values);
    }

    fn explained(
        self,
        method: &'static str,
        scale: &'static str,
        rows: Vec<u32>,
        background_rows: u64,
        outputs: Outputs,
    ) -> Explained {
        Explained {
            method,
            scale,
            fallback: None,
            rows,
            shap: self.shap,
            classes: outputs.classes,
            background_rows,
            additivity_error: self.error,
            sampling_error: None,
        }
    }
}

/// Antithetic permutation sampling on the raw columns.
fn sampled(
    subject: &Subject,
    params: &Params,
    fallback: Option<&'static str>,
    progress: &Progress<'_>,
) -> Result<Explained, StageError> {
    let width = subject.prediction.width;
    let outputs = Outputs::of(subject, width);
    let rows = sample::stratified(subject, params.sampler_rows, &format!("{}/shap", Explain::ID));
    let background = sample::stratified(subject, params.background_rows, &format!("{}/background", Explain::ID));
    let sampler = Sampler {
        table: &subject.table,
        columns: &subject.feature_columns,
        background: &background,
        outputs: outputs.columns.len(),
        seed: subject.seed,
    };
    let predict = |table: &Table| {
        let p = subject.model.predict(table)?;
        let pick = |row: &[f64]| outputs.columns.iter().map(|k| row[*k]).collect::<Vec<_>>();
        Ok(p.scores.chunks_exact(p.width.max(1)).flat_map(pick).collect())
    };
    let sampled = sampler.explain(&rows, &predict, &|rows| progress.add(rows))?;
    let own = |row: &u32| {
        let scores = &subject.prediction.scores[*row as usize * width..];
        outputs.columns.iter().map(|k| scores[*k]).collect::<Vec<_>>()
    };
    let scores = rows.iter().flat_map(own).collect::<Vec<_>>();
    let slots = Outputs { columns: (0..outputs.columns.len()).collect(), classes: outputs.classes, sign: outputs.sign };
    let mut all = Collected::default();
    all.push(sampled.shap, &scores, slots.columns.len(), &slots);
    let scale = match subject.prediction.kind {
        ScoreKind::Probability | ScoreKind::Label => "probability",
        ScoreKind::Decision => "margin",
        ScoreKind::Value => "value",
    };
    let errors = sampled.standard_error;
    let mut explained = all.explained("permutation-sampler", scale, rows, background.len() as u64, slots);
    explained.fallback = fallback;
    explained.sampling_error = errors.map(|e| e.iter().sum::<f64>() / e.len().max(1) as f64);
    Ok(explained)
}
