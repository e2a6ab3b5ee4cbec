//! Tree ensembles as boxes of raw numeric features: what an attack searches and a certificate bounds.
//!
//! A forest tests encoded columns. Where such a column follows one raw number upwards or downwards, each of its thresholds is
//! one threshold of that number, found to the last bit by bisection over the model's own encoding: whatever scaler stands
//! before the trees, and whatever precision they compare in, the boxes are the model's. All other raw features are held at
//! the cells of the row. The margin is binary: positive for class 1.

mod clique;
mod local;
mod search;
mod shapes;
#[cfg(test)]
mod tests;
mod thresholds;

pub(crate) use clique::{Certificate, EXHAUSTIVE, STEPS as CERTIFICATE_STEPS, certify};
pub(crate) use search::{PASSES, STEPS as SEARCH_STEPS, nearest_flip};

use fine_model::trees::{Forest, Link, Missing, NUMERIC, Sum};
use fine_model::{Core, Model};
use fine_table::{Table, Task};

use thresholds::{Test, raw_tests};

/// A raw number that may move.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    /// Raw feature.
    pub(crate) feature: usize,
    /// Unit of distances; positive.
    pub(crate) scale: f64,
    /// Smallest value observed.
    pub(crate) low: f64,
    /// Largest value observed.
    pub(crate) high: f64,
    /// Only whole numbers are plausible.
    pub(crate) whole: bool,
}

impl Axis {
    /// The plausible value nearest to `x` above `low` and up to `high`, whose part inside the observed range counts.
    pub(crate) fn nearest(&self, low: f64, high: f64, x: f64) -> Option<f64> {
        let (mut low, mut high) = (low.next_up().max(self.low), high.min(self.high));
        if self.whole {
            (low, high) = (low.ceil(), high.floor());
        }
        (low <= high).then(|| x.clamp(low, high))
    }
}

/// Largest distance on any axis, in scales; a missing coordinate has none.
pub(crate) fn distance(axes: &[Axis], a: &[f64], b: &[f64]) -> f64 {
    axes.iter().zip(a.iter().zip(b)).map(|(axis, (a, b))| (a - b).abs() / axis.scale).fold(0.0, f64::max)
}

/// A forest whose tests of movable numbers are thresholds of the raw numbers.
pub(crate) struct Ensemble<'m> {
    forest: &'m Forest,
    /// The numbers that move.
    pub(crate) axes: Vec<Axis>,
    /// One test a node, by tree.
    tests: Vec<Vec<Test>>,
    /// Margin of each leaf, by tree.
    values: Vec<Vec<f64>>,
    base: f64,
    /// What the library's rounding may change in a margin: margins nearer to 0 are on neither side.
    pub(crate) slack: f64,
}

impl<'m> Ensemble<'m> {
    /// The forest of a model over those of `axes` that each encoded column follows up or down. `raw` holds the audited cells,
    /// one column a raw feature in model order; distances up to `reach` scales beyond the observed ranges are covered.
    ///
    /// # Errors
    /// The id of the reason why this model has no such form.
    pub(crate) fn new(model: &'m Model, raw: &Table, axes: &[Axis], reach: f64) -> Result<Self, &'static str> {
        let Core::Trees(forest) = model.core() else { return Err("not-trees") };
        let values = margins(model.task, forest)?;
        let splits = || forest.trees.iter().flat_map(|t| &t.nodes).filter(|n| !n.is_leaf());
        let origins = model.origins();
        if origins.len() != forest.features {
            return Err("encoded-width");
        }
        if splits().any(|n| origins[n.feature as usize].single().is_none()) {
            return Err("mixed-columns");
        }
        let zero = |missing| matches!(missing, Missing::ZeroLeft | Missing::ZeroRight);
        if splits().any(|n| n.set == NUMERIC && zero(n.missing)) {
            return Err("zero-as-missing");
        }
        let (axes, tests) = raw_tests(model, forest, &origins, raw, axes, reach)?;
        let (base, slack) = (base(forest), slack(forest, &values));
        Ok(Self { forest, axes, tests, values, base, slack })
    }
}

/// The share of a row's margin that each leaf adds, by tree.
///
/// # Errors
/// A reason when the label is not the sign of one sum.
fn margins(task: Task, forest: &Forest) -> Result<Vec<Vec<f64>>, &'static str> {
    if task != Task::Binary {
        return Err("not-binary");
    }
    let signed = match (forest.outputs, forest.link) {
        (1, Link::Identity | Link::Logistic { .. } | Link::Clipped) => [1.0, 0.0],
        (2, Link::Identity | Link::Probability | Link::Softmax | Link::OneVsRest { .. }) => [-1.0, 1.0],
        _ => return Err("margin-form"),
    };
    let adds_to =
        |k: usize| forest.trees.iter().filter(move |t| t.output.is_none_or(|o| o as usize == k)).count() as f64;
    let parts: Vec<f64> = (0..forest.outputs)
        .map(|k| signed[k] / if forest.sum == Sum::Mean { adds_to(k).max(1.0) } else { 1.0 })
        .collect();
    Ok(forest
        .trees
        .iter()
        .map(|tree| match tree.output {
            Some(k) => tree.values.iter().map(|v| parts[k as usize] * tree.weight * v).collect(),
            None => {
                let margin = |leaf: &[f64]| leaf.iter().zip(&parts).map(|(v, p)| p * tree.weight * v).sum::<f64>();
                tree.values.chunks_exact(forest.outputs).map(margin).collect()
            }
        })
        .collect())
}

fn base(forest: &Forest) -> f64 {
    match forest.base.as_slice() {
        [one] => *one,
        [first, second, ..] => second - first,
        [] => 0.0,
    }
}

/// Bound on the rounding of a sum in the library's precision: `u (n + 4) Σ |terms|` (Higham 2002, section 4.2), with the
/// largest leaf of each tree, and twice that for the two outputs of a forest.
fn slack(forest: &Forest, values: &[Vec<f64>]) -> f64 {
    let unit = if forest.sum == Sum::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let largest = |v: &Vec<f64>| v.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let terms = forest.base.iter().map(|b| b.abs()).sum::<f64>() + values.iter().map(largest).sum::<f64>();
    2.0 * unit * (values.len() as f64 + 4.0) * terms
}
