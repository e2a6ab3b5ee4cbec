//! Steps that look at a whole row: each column they make depends on several columns.

mod distances;
mod iterative;
mod kernels;
mod leaves;
mod neighbours;
mod polynomial;
mod project;
mod topics;

use rayon::prelude::*;

pub use distances::Distances;
pub use iterative::{Iterative, Regressor, Round};
pub use kernels::{Centre, Kernels};
pub use leaves::Leaves;
pub use neighbours::Neighbours;
pub use polynomial::{Polynomial, polynomial_terms};
pub use project::{Centring, Project};
pub use topics::Topics;

use super::lane::{Lane, Plan, Slot};
use super::{Origin, Weighting, WidthError, expect};
use crate::{Feature, PredictError};

/// How a row is scaled to unit length (`Normalizer`); a row of zeros stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// Sum of absolute values.
    L1,
    /// Euclidean length.
    L2,
    /// Largest absolute value.
    Max,
    /// Largest value, which may be negative (`norm='max'` before scikit-learn 0.24).
    Highest,
}

/// A function of whole rows of numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Rows {
    /// Each row over its norm.
    Normalise(Norm),
    /// Weights of counts (`TfidfTransformer`).
    Weigh(Weighting),
    /// A linear map.
    Project(Project),
    /// Products of columns.
    Polynomial(Polynomial),
    /// Euclidean distances to points.
    Distances(Distances),
    /// Kernel values with rows of the fit.
    Kernels(Kernels),
    /// Leaves of trees.
    Leaves(Leaves),
    /// Shares of topics.
    Topics(Topics),
    /// Missing cells from the nearest rows of the fit.
    Neighbours(Neighbours),
    /// Missing cells predicted from the other columns.
    Iterative(Iterative),
}

/// Rows gathered and computed together.
const BLOCK_ROWS: usize = 1024;

impl Rows {
    /// Columns that it takes; `None` for any number.
    fn inputs(&self) -> Option<usize> {
        match self {
            Self::Normalise(_) => None,
            Self::Weigh(weighting) => weighting.width(),
            Self::Project(project) => Some(project.inputs()),
            Self::Polynomial(polynomial) => Some(polynomial.inputs),
            Self::Distances(distances) => Some(distances.inputs),
            Self::Kernels(kernels) => Some(kernels.inputs()),
            Self::Leaves(leaves) => Some(leaves.inputs()),
            Self::Topics(topics) => Some(topics.inputs()),
            Self::Neighbours(neighbours) => Some(neighbours.inputs),
            Self::Iterative(iterative) => Some(iterative.inputs),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Normalise(_) => "Normalizer",
            Self::Weigh(_) => "TfidfTransformer",
            Self::Project(_) => "projection",
            Self::Polynomial(_) => "PolynomialFeatures",
            Self::Distances(_) => "distances to centres",
            Self::Kernels(_) => "kernel values",
            Self::Leaves(_) => "leaves of trees",
            Self::Topics(_) => "topics",
            Self::Neighbours(_) => "KNNImputer",
            Self::Iterative(_) => "IterativeImputer",
        }
    }

    /// The raw features behind each column that it makes.
    fn origins(&self, inputs: &[&Origin]) -> Vec<Origin> {
        let all = || Origin::merged(inputs.iter().copied());
        match self {
            Self::Normalise(_) | Self::Weigh(_) => vec![all(); inputs.len()],
            Self::Project(project) => vec![all(); project.outputs()],
            Self::Polynomial(polynomial) => polynomial.origins(inputs),
            Self::Distances(distances) => vec![all(); distances.outputs()],
            Self::Kernels(kernels) => vec![all(); kernels.outputs()],
            Self::Leaves(leaves) => vec![all(); leaves.outputs()],
            Self::Topics(topics) => vec![all(); topics.outputs()],
            Self::Neighbours(neighbours) => filled(all(), neighbours.kept().len(), &neighbours.indicators, inputs),
            Self::Iterative(iterative) => filled(all(), iterative.kept.len(), &iterative.indicators, inputs),
        }
    }

    fn names(&self, inputs: &[String]) -> Vec<String> {
        let numbered = |word: &str, count: usize| (0..count).map(|k| format!("{word}{k}")).collect();
        match self {
            Self::Normalise(_) | Self::Weigh(_) => inputs.to_vec(),
            Self::Project(project) => numbered("component", project.outputs()),
            Self::Polynomial(polynomial) => polynomial.names(inputs),
            Self::Distances(distances) => numbered("centre", distances.outputs()),
            Self::Kernels(kernels) => numbered("component", kernels.outputs()),
            Self::Leaves(leaves) => numbered("tree", leaves.outputs()),
            Self::Topics(topics) => numbered("topic", topics.outputs()),
            Self::Neighbours(neighbours) => filled_names(&neighbours.kept(), &neighbours.indicators, inputs),
            Self::Iterative(iterative) => filled_names(&iterative.kept, &iterative.indicators, inputs),
        }
    }

    /// An empty cell is refused where a number means missing.
    fn refuses_empty(&self) -> bool {
        match self {
            Self::Neighbours(neighbours) => neighbours.marker.is_some(),
            Self::Iterative(iterative) => iterative.marker.is_some(),
            _ => false,
        }
    }

    pub(super) fn outline(&self, mut slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        if let Some(expected) = self.inputs() {
            expect(self.name(), expected, &slots)?;
        }
        plan.need_numbers(&mut slots);
        // Whole rows are read even where all columns are of one feature.
        plan.mixes = true;
        let origins = self.origins(&slots.iter().map(|slot| &slot.origin).collect::<Vec<_>>());
        plan.widest = plan.widest.max(origins.len());
        let names = self.names(&slots.iter().map(|slot| slot.name.clone()).collect::<Vec<_>>());
        Ok(origins.into_iter().zip(names).map(|(origin, name)| Slot { origin, name, number: true }).collect())
    }

    pub(super) fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        if self.refuses_empty() {
            lanes.iter().try_for_each(|lane| lane.refuse_missing(features))?;
        }
        let origins = self.origins(&lanes.iter().map(|lane| &lane.origin).collect::<Vec<_>>());
        let kept = if let Self::Neighbours(neighbours) = self { neighbours.kept() } else { Vec::new() };
        by_rows(lanes, features, origins, |row, out| match self {
            Self::Normalise(norm) => norm.of(row, out),
            Self::Weigh(weighting) => {
                let cells = (0..).zip(row).filter(|(_, x)| **x != 0.0).map(|(column, x)| (column, *x));
                let mut cells: Vec<(u32, f64)> = cells.collect();
                weighting.weigh(&mut cells);
                out.fill(0.0);
                cells.into_iter().for_each(|(column, value)| out[column as usize] = value);
            }
            Self::Project(project) => project.of(row, out),
            Self::Polynomial(polynomial) => polynomial.of(row, out),
            Self::Distances(distances) => distances.of(row, out),
            Self::Kernels(kernels) => kernels.of(row, out),
            Self::Leaves(leaves) => leaves.of(row, out),
            Self::Topics(topics) => topics.of(row, out),
            Self::Neighbours(neighbours) => neighbours.of(&kept, row, out),
            Self::Iterative(iterative) => iterative.of(row, out),
        })
    }
}

/// Origins of filled columns, then of indicators.
fn filled(all: Origin, kept: usize, indicators: &[u32], inputs: &[&Origin]) -> Vec<Origin> {
    let flags = indicators.iter().map(|column| inputs[*column as usize].clone());
    std::iter::repeat_n(all, kept).chain(flags).collect()
}

fn filled_names(kept: &[u32], indicators: &[u32], inputs: &[String]) -> Vec<String> {
    let flags = indicators.iter().map(|column| format!("{} missing", inputs[*column as usize]));
    kept.iter().map(|column| inputs[*column as usize].clone()).chain(flags).collect()
}

impl Norm {
    fn of(self, row: &[f64], out: &mut [f64]) {
        let norm = match self {
            Self::L1 => row.iter().fold(0.0, |sum, x| sum + x.abs()),
            Self::L2 => row.iter().fold(0.0, |sum, x| sum + x * x).sqrt(),
            Self::Max => row.iter().fold(0.0_f64, |top, x| top.max(x.abs())),
            Self::Highest => row.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        };
        // scikit-learn takes a norm below ten machine epsilons for zero; when norms had a sign, it took 0 only.
        let is_zero = if self == Self::Highest { norm == 0.0 } else { norm < 10.0 * f64::EPSILON };
        let norm = if is_zero { 1.0 } else { norm };
        out.iter_mut().zip(row).for_each(|(out, x)| *out = x / norm);
    }
}

/// Applies a function of (row, result) to all rows; the result has one cell for each origin.
pub(super) fn by_rows<'a>(
    lanes: Vec<Lane<'a>>,
    features: &[Feature],
    origins: Vec<Origin>,
    function: impl Fn(&[f64], &mut [f64]) + Sync,
) -> Result<Vec<Lane<'a>>, PredictError> {
    let lanes = lanes.into_iter().map(|lane| lane.into_numbers(features)).collect::<Result<Vec<_>, _>>()?;
    let rows = lanes.iter().map(Lane::len).min().unwrap_or(0);
    let (width, made) = (lanes.len(), origins.len());
    let block = |start: usize| {
        let count = (rows - start).min(BLOCK_ROWS);
        let mut inputs = vec![0.0; count * width];
        for (column, lane) in lanes.iter().enumerate() {
            lane.write(start..start + count, inputs.iter_mut().skip(column).step_by(width.max(1)));
        }
        let mut out = vec![0.0; count * made];
        if width > 0 && made > 0 {
            inputs.chunks_exact(width).zip(out.chunks_exact_mut(made)).for_each(|(row, out)| function(row, out));
        }
        out
    };
    let starts: Vec<usize> = (0..rows).step_by(BLOCK_ROWS).collect();
    let blocks: Vec<Vec<f64>> = starts.into_par_iter().map(block).collect();
    let column = |(column, origin): (usize, Origin)| {
        let values = blocks.iter().flat_map(|block| block.iter().skip(column).step_by(made).copied());
        Lane::numbers(origin, values.collect())
    };
    Ok(origins.into_par_iter().enumerate().map(column).collect())
}
