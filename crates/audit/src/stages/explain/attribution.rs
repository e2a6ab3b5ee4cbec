//! SHAP values of the audited rows.

use fine_model::trees::Forest;

use super::explainer::{Explainer, chunk_rows};
use super::{Explain, Params};
use crate::rerun::{Progress, sample};
use crate::shap::Attribution;
use crate::stage::{Stage, StageError};

/// SHAP values of audited rows.
pub(super) struct Explained {
    /// Rows of the audited table, ascending.
    pub(super) rows: Vec<u32>,
    pub(super) shap: Attribution,
    /// Class of each output; empty for regression.
    pub(super) classes: Vec<usize>,
    pub(super) additivity_error: f64,
    pub(super) sampling_error: Option<f64>,
}

/// Steps a row and output of the exact tree method, before the trees are prepared: edges times half the features that
/// a path can hold.
pub(super) fn estimated_steps(forest: &Forest) -> u64 {
    let nodes = forest.trees.iter().map(|t| t.nodes.len() as u64);
    nodes.map(|n| n * u64::from(n.ilog2().clamp(2, 2 * forest.features.max(1) as u32) / 2)).sum()
}

/// All rows, or a seeded stratified sample within the parameters.
pub(super) fn explain(
    explainer: &Explainer<'_>,
    params: &Params,
    progress: &Progress<'_>,
) -> Result<Explained, StageError> {
    let subject = explainer.subject;
    let rows = sample::stratified(subject, explainer.allowed_rows(params), &format!("{}/shap", Explain::ID));
    let mut all = Explained {
        rows: Vec::new(),
        shap: Attribution::default(),
        classes: explainer.outputs.classes.clone(),
        additivity_error: 0.0,
        sampling_error: None,
    };
    let chunks: Vec<&[u32]> = rows.chunks(chunk_rows(subject)).collect();
    let values = |chunk: usize| explainer.values(&subject.table, chunks[chunk], None, &|rows| progress.add(rows));
    for part in progress.ctx.blocks("shap", chunks.len(), values)? {
        all.additivity_error = all.additivity_error.max(part.additivity_error);
        all.sampling_error = part.sampling_error();
        let shap = &mut all.shap;
        shap.rows += part.shap.rows;
        (shap.outputs, shap.players, shap.base) = (part.shap.outputs, part.shap.players, part.shap.base);
        shap.values.extend(part.shap.values);
    }
    all.rows = rows;
    Ok(all)
}
