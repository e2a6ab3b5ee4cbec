//! How far rankings depend on what was drawn, and on what "absent" means.

use rand::seq::SliceRandom;

use super::attribution::Explained;
use super::explainer::{Explainer, tree_background};
use super::report::Agreement;
use super::{Explain, Params};
use crate::rerun::Progress;
use crate::rng::unit_rng;
use crate::stage::{Stage, StageError};
use crate::stats::paired::kendall_tau_b;

/// Rows on which rankings are compared.
const ROWS: usize = 200;
/// Background rows of the comparison with interventional values.
const BACKGROUND: u64 = 50;
/// Node visits of that comparison at most; beyond it fewer rows.
const VISITS: u64 = 300_000_000;
/// Fewest rows that a comparison is worth it for.
const FEWEST: usize = 20;

/// Rows that the second seed explains.
pub(super) fn repeated_rows(explained: u64) -> u64 {
    explained.min(ROWS as u64)
}

/// Kendall's tau-b of the mean |SHAP| by the parameters' seed and by another one on the same rows; `None` when nothing is drawn
/// or fewer than two features matter.
pub(super) fn seed_stability(
    explainer: &Explainer<'_>,
    explained: &Explained,
    params: &Params,
    progress: &Progress<'_>,
) -> Result<Option<f64>, StageError> {
    if !explainer.draws() {
        return Ok(None);
    }
    let subject = explainer.subject;
    let positions = positions(explained, subject.seed, ROWS);
    let rows = positions.iter().map(|p| explained.rows[*p]).collect::<Vec<_>>();
    let second = Explainer::seeded(subject, params, subject.seed.wrapping_add(1))?;
    let values = second.values(&subject.table, &rows, None, &|rows| progress.add(rows))?;
    let all = (0..rows.len()).collect::<Vec<_>>();
    Ok(tau(&means(&explained.shap, &positions), &means(&values.shap, &all)))
}

/// Agreement of the rankings by path-dependent and by interventional values on a sample of rows; `None` for other methods.
pub(super) fn agreement(
    explainer: &Explainer<'_>,
    explained: &Explained,
    progress: &Progress<'_>,
) -> Result<Option<Agreement>, StageError> {
    let Some(forest) = explainer.forest().filter(|_| !explainer.draws()) else { return Ok(None) };
    let subject = explainer.subject;
    let Ok(background) = tree_background(subject, forest, BACKGROUND, subject.seed)? else { return Ok(None) };
    let affordable = VISITS / (background.steps_per_row() * explainer.columns().len() as u64).max(1);
    let count = ROWS.min(usize::try_from(affordable).unwrap_or(ROWS));
    if count < FEWEST.min(explained.rows.len()) {
        return Ok(None);
    }
    let positions = positions(explained, subject.seed, count);
    let rows = positions.iter().map(|p| explained.rows[*p]).collect::<Vec<_>>();
    let x = super::explainer::encode(subject, &subject.table, &rows)?;
    let other = background.explain(&x, explainer.columns(), &|_| progress.add(0))?;
    let all = (0..rows.len()).collect::<Vec<_>>();
    let tau = tau(&means(&explained.shap, &positions), &means(&other, &all));
    let background_rows = background.background_rows() as u64;
    Ok(tau.map(|tau| Agreement { tau, rows: rows.len() as u64, background_rows }))
}

/// A seeded sample of positions among the explained rows, ascending.
fn positions(explained: &Explained, seed: u64, count: usize) -> Vec<usize> {
    let mut all = (0..explained.rows.len()).collect::<Vec<_>>();
    if count < all.len() {
        all.shuffle(&mut unit_rng(seed, &format!("{}/trust", Explain::ID), 0));
        all.truncate(count);
        all.sort_unstable();
    }
    all
}

/// Mean |SHAP| of each player over some rows and all outputs; signs do not matter.
fn means(shap: &crate::shap::Attribution, rows: &[usize]) -> Vec<f64> {
    let mut sums = vec![0.0; shap.players];
    for row in rows {
        for k in 0..shap.outputs {
            sums.iter_mut().zip(shap.row(*row, k)).for_each(|(s, v)| *s += v.abs());
        }
    }
    sums
}

/// Over the features that matter on either side.
fn tau(a: &[f64], b: &[f64]) -> Option<f64> {
    let used = a.iter().zip(b).filter(|(x, y)| **x > 0.0 || **y > 0.0);
    let (a, b): (Vec<f64>, Vec<f64>) = used.unzip();
    kendall_tau_b(&a, &b)
}
