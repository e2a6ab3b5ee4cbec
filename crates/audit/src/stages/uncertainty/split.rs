//! Which rows do what, and the scale of residuals.

use fine_table::Task;
use rand::RngExt;

use super::conformal::{fewest, promises};
use super::params::Params;
use super::report::ScaleSource;
use crate::bins::Feature;
use crate::bins::tree::Tree;
use crate::halves::halves;
use crate::rng::unit_rng;
use crate::subject::Subject;

/// Fewest rows of each half.
const HALF_ROWS: usize = 20;
/// Bins of a number in the tree of scales.
const BINS: usize = 16;
/// Part of the mean residual that is added to every scale, so that none is 0.
const FLOOR: f64 = 0.01;

/// The rows by their work; everything random is drawn here.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Split {
    /// Audited rows for the scale of the residuals; empty with reference data and for classification.
    pub(super) scale: Vec<u32>,
    /// Rows that set the threshold.
    pub(super) calibration: Vec<u32>,
    /// Rows that measure.
    pub(super) test: Vec<u32>,
    /// The uniform number of each row for randomised sets; empty for regression.
    pub(super) u: Vec<f64>,
}

impl Split {
    /// `Err` with the reason id when there are too few rows (or entities) for the promise.
    pub(super) fn new(subject: &Subject, params: &Params) -> Result<Self, &'static str> {
        let rows: Vec<u32> = (0..subject.rows() as u32).collect();
        let [calibration, test] = halves(subject, &rows, "uncertainty/halves");
        let regression = subject.task == Task::Regression;
        let [scale, calibration] = match regression && !has_reference(subject) {
            true => halves(subject, &calibration, "uncertainty/scale"),
            false => [Vec::new(), calibration],
        };
        let enough = calibration.len() + scale.len() >= HALF_ROWS
            && test.len() >= HALF_ROWS
            && calibration.len() as u64 >= fewest(params.target());
        let weights_promise = subject.weights.as_ref().is_none_or(|w| {
            let heaviest = test.iter().map(|r| w[*r as usize]).fold(0.0, f64::max);
            promises(calibration.iter().map(|r| w[*r as usize]), params.target(), heaviest)
        });
        if !enough || !weights_promise {
            return Err("too-few-rows");
        }
        let draw = |row: &u32| unit_rng(subject.seed, "uncertainty/aps", u64::from(*row)).random();
        Ok(Self { scale, calibration, test, u: if regression { Vec::new() } else { rows.iter().map(draw).collect() } })
    }
}

/// Reference rows with their truth.
fn has_reference(subject: &Subject) -> bool {
    subject.reference.as_ref().is_some_and(|r| r.target.is_some() && r.prediction.is_some())
}

/// The scale of the residual of every audited row: the mean absolute residual of its leaf of a small tree, plus a
/// hundredth of the mean of all. The bins come from all audited rows, whose truth they do not see; the tree grows on
/// reference rows or on `split.scale`.
pub(super) fn scale(subject: &Subject, split: &Split) -> (Vec<f64>, ScaleSource) {
    let columns = subject.table.columns();
    let least = (subject.rows() / 100).max(20);
    let binned = subject.feature_columns.iter().filter_map(|c| Feature::of(&columns[*c], BINS, least));
    // Each feature with its bins of the audited rows, and as it is on the rows that grow the tree.
    let mut features: Vec<(Vec<u32>, Feature)> = binned.map(|f| (f.codes.clone(), f)).collect();
    let residuals = |target: &[f64], predicted: &[f64]| -> Vec<f64> {
        target.iter().zip(predicted).map(|(y, p)| (y - p).abs()).collect()
    };
    let reference = subject.reference.as_ref().and_then(|r| Some((r, r.target.as_ref()?, r.prediction.as_ref()?)));
    let (values, rows, source) = match reference {
        Some((reference, target, prediction)) => {
            features.retain_mut(|(_, feature)| {
                let same = reference.table.column(&feature.name);
                same.is_some_and(|column| {
                    feature.codes = feature.encode(column);
                    true
                })
            });
            let all = (0..target.len() as u32).collect();
            (residuals(target, &prediction.scores), all, "reference")
        }
        None => (residuals(&subject.target, &subject.prediction.scores), split.scale.clone(), "audited"),
    };
    let (codes, features): (Vec<Vec<u32>>, Vec<Feature>) = features.into_iter().unzip();
    let count = rows.len() as u64;
    let tree = Tree::grow(&features, &values, rows);
    let mean = tree.nodes[0].value;
    let of = |row: usize| {
        let leaf = &tree.nodes[tree.leaf(|f| codes[f][row])];
        if mean > 0.0 { leaf.value + FLOOR * mean } else { 1.0 }
    };
    let leaves = tree.nodes.iter().filter(|n| n.split.is_none()).count() as u64;
    ((0..subject.rows()).map(of).collect(), ScaleSource { source: source.to_owned(), rows: count, leaves })
}
