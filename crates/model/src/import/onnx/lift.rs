//! A graph as a native model, where both are shown to answer the same.

use fine_table::{Column, NumberKind, Task};

use super::ensemble;
use crate::import::Limits;
use crate::trees::{Forest, LEAF, NUMERIC};
use crate::{CoreModel, FeatureKind, GraphModel, Model, Prediction};

/// Rows on which graph and forest must agree.
pub(crate) const PROBES: usize = 1024;
/// Largest difference of two scores computed in `f32`, on a scale of at least 1.
const TOLERANCE: f64 = 1e-6;

/// The native form of a graph that is one tree ensemble on numbers, when it gives the runtime's answers on rows that lie on and
/// around its thresholds; `None` otherwise.
pub(crate) fn lift(model: &[u8], graph: &GraphModel, limits: &Limits) -> Option<Model> {
    let mut forest = ensemble::forest(model, limits)?;
    let count = graph.features.len();
    let fits = match graph.task {
        Task::Regression => forest.outputs == 1,
        Task::Binary => forest.outputs <= 2,
        Task::Multiclass => forest.outputs == graph.classes.len(),
    };
    if !fits || forest.features > count || graph.features.iter().any(|f| f.kind != FeatureKind::Number) {
        return None;
    }
    forest.features = count;
    let columns = probes(&forest);
    let native = Model::native(graph.features.clone(), graph.task, graph.classes.clone(), CoreModel::Trees(forest));
    let columns: Vec<&Column> = columns.iter().collect();
    let theirs = graph.graph.predict(&columns, PROBES).ok()?;
    let ours = native.predict_columns(&columns, PROBES).ok()?;
    agree(&theirs, &ours).then_some(native)
}

fn agree(theirs: &Prediction, ours: &Prediction) -> bool {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= TOLERANCE * a.abs().max(1.0);
    theirs.kind == ours.kind
        && theirs.width == ours.width
        && theirs.scores.iter().zip(&ours.scores).all(close)
        && theirs.labels == ours.labels
}

/// Columns of numbers on, just beside and far from the thresholds, and missing ones.
fn probes(forest: &Forest) -> Vec<Column> {
    let mut thresholds: Vec<Vec<f64>> = vec![Vec::new(); forest.features];
    let splits = forest.trees.iter().flat_map(|tree| &tree.nodes).filter(|n| n.left != LEAF && n.set == NUMERIC);
    splits.for_each(|node| thresholds[node.feature as usize].push(node.threshold));
    let column = |(feature, mut own): (usize, Vec<f64>)| {
        own.sort_by(f64::total_cmp);
        own.dedup();
        let cell = |row: usize| {
            let draw = mixed(row as u64, feature as u64);
            if own.is_empty() {
                return (draw % 100) as f64;
            }
            let at = own[(draw / 16) as usize % own.len()] as f32;
            f64::from(match draw % 16 {
                0..5 => at,
                5..9 => at.next_up(),
                9..12 => at.next_down(),
                12 => f32::NAN,
                13 => at * 2.0 + 1.0,
                14 => at * 2.0 - 1.0,
                _ => 0.0,
            })
        };
        Column::number(format!("x{feature}"), NumberKind::Float, (0..PROBES).map(cell).collect())
    };
    thresholds.into_iter().enumerate().map(column).collect()
}

/// SplitMix64 (Steele, Lea and Flood 2014) of a row and a column.
fn mixed(row: u64, column: u64) -> u64 {
    let mut z = (row << 32 | column).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
