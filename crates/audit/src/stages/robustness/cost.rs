//! What each part of the stage costs, declared before it starts.

use fine_model::Core;
use fine_table::{NumberKind, Task, Values};

use super::Params;
use super::adversarial::{CATEGORIES, QUERIES, RANKS};
use super::report::PartCost;
use super::resilience::{ITERATIONS, RESTARTS};
use crate::subject::Subject;
use crate::trees_box::{CERTIFICATE_STEPS, EXHAUSTIVE, PASSES, SEARCH_STEPS};

/// Trees of the model that tells hard rows, times its folds.
const HARD: u64 = 50 * 5;

/// Every part, in the order in which they run.
pub(super) fn parts(subject: &Subject, params: &Params) -> Vec<PartCost> {
    let rows = params.max_rows.min(subject.rows() as u64);
    let features = subject.feature_columns.len() as u64;
    let repeated = rows * u64::from(params.repeats);
    let predicted = |part: &str, predicted_rows: u64, row_operations: u64| PartCost {
        part: part.to_owned(),
        predicted_rows,
        row_operations: row_operations + predicted_rows * features,
    };
    let (adversarial, certified) = attack(subject, params, rows);
    vec![
        predicted("noise", repeated * params.noise_levels.len() as u64, 0),
        predicted("missing", repeated * params.missing_levels.len() as u64, 0),
        predicted("masked", rows * features, 0),
        predicted("nonsense", rows * cases(subject, params), 0),
        predicted("resilience", 0, rows * features * (HARD + clustering(params))),
        predicted("adversarial", adversarial[0], adversarial[1]),
        predicted("certified", 0, certified),
    ]
}

/// Most kinds of nonsense: four a number, one a category, and the swaps.
fn cases(subject: &Subject, params: &Params) -> u64 {
    let kinds = || {
        subject.feature_columns.iter().filter_map(|c| match &subject.table.columns()[*c].values {
            Values::Number { kind, .. } => Some(*kind),
            Values::Text { .. } => None,
        })
    };
    let numbers = kinds().filter(|k| *k != NumberKind::Bool).count() as u64;
    let texts = subject.feature_columns.len() as u64 - kinds().count() as u64;
    let of = |kind: NumberKind| kinds().filter(|k| *k == kind).count() as u64;
    let pairs: u64 = [NumberKind::Int, NumberKind::Float].map(|k| of(k) * of(k).saturating_sub(1) / 2).iter().sum();
    4 * numbers + texts + pairs.min(u64::from(params.swaps))
}

fn clustering(params: &Params) -> u64 {
    u64::from(params.clusters) * u64::from(RESTARTS) * ITERATIONS as u64
}

/// Predicted rows and operations of the attack, and operations of the certificates.
fn attack(subject: &Subject, params: &Params, rows: u64) -> ([u64; 2], u64) {
    let rows = params.attack_rows.min(rows);
    if subject.task == Task::Regression || rows == 0 {
        return ([0, 0], 0);
    }
    let values = subject.feature_columns.iter().map(|c| match &subject.table.columns()[*c].values {
        Values::Number { .. } => CATEGORIES.max(RANKS),
        Values::Text { .. } => CATEGORIES,
    });
    let few = u64::from(params.most_changes) * values.sum::<usize>() as u64;
    match subject.model.core() {
        Core::Trees(forest) if subject.task == Task::Binary => {
            let (trees, features) = (forest.trees.len() as u64, subject.feature_columns.len() as u64);
            let nodes: u64 = forest.trees.iter().map(|t| t.nodes.len() as u64).sum();
            let search = nodes + 2 * (SEARCH_STEPS * PASSES) as u64 * trees * features;
            let certificate = EXHAUSTIVE as u64 + CERTIFICATE_STEPS as u64 * nodes;
            // Should the trees have no form in raw numbers, the walk is taken instead.
            ([rows * (few + QUERIES as u64), rows * search], rows * certificate)
        }
        _ => ([rows * (few + QUERIES as u64), 0], 0),
    }
}
