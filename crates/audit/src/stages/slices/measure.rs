//! Measures where the losses are large.

use fine_model::ScoreKind;
use fine_table::Task;

use super::confidence::confidence;
use super::confirm::Half;
use super::found::{ALPHA, Halves, slices};
use super::maps::{error_tree, maps, profiles, telling};
use super::params::{Loss, Params};
use super::report::Report;
use super::search::Search;
use crate::bins::Feature;
use crate::halves::halves;
use crate::rerun::Progress;
use crate::stage::{Context, StageError};
use crate::stats::design::Design;
use crate::subject::Subject;

/// Fewest rows of a slice; more where a hundredth of the discovery half is more.
pub(super) const SUPPORT: u64 = 32;
/// Most features searched.
pub(super) const FEATURES: usize = 40;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let (loss, losses) = losses(subject, params.loss);
    let all: Vec<u32> = (0..subject.rows() as u32).collect();
    let [discovery, confirmation] = halves(subject, &all, "slices/halves");
    let support = SUPPORT.max((discovery.len() as u64).div_ceil(100));
    let halves = Halves { discovery, confirmation, design: Design::of(subject) };
    let design_of = |rows: &[u32]| halves.design.take(rows.iter().map(|r| *r as usize));
    let on_discovery = design_of(&halves.discovery);
    let (binned, mut left_out) = features(subject, params, halves.discovery.len(), support);
    let of = |rows: &[u32]| -> Vec<f64> { rows.iter().map(|r| losses[*r as usize]).collect() };
    let found_on = of(&halves.discovery);
    let mut ranked = telling(binned, &halves.discovery, &found_on, &on_discovery);
    left_out.extend(ranked.drain(ranked.len().min(FEATURES)..).map(|f| f.1.name));
    let (explained, features): (Vec<f64>, Vec<Feature>) = ranked.into_iter().unzip();
    let half = Half {
        rows: &halves.confirmation,
        losses: of(&halves.confirmation),
        design: design_of(&halves.confirmation),
        binary: loss == "error",
    };
    let search = Search {
        features: &features,
        rows: &halves.discovery,
        losses: &found_on,
        weights: on_discovery.weights(),
        support,
        weight: params.weight(),
        predicates: params.predicates(),
        top: 1,
    };
    let bins: usize = features.iter().map(|f| f.bins.len()).sum();
    let progress = Progress::new(ctx, params.predicates() as u64 * bins as u64 + 4);
    let (slices, counted) = match found_on.iter().any(|l| *l > 0.0) {
        true => slices(&search, params.tested(), &half, &progress)?,
        false => (Vec::new(), 0),
    };
    let tree = error_tree(&features, &losses, &halves.discovery, &half);
    progress.add(1)?;
    let profiles = profiles(&features, &explained, &half);
    progress.add(1)?;
    let maps = maps(&features, &halves.discovery, &found_on, &on_discovery, &half);
    progress.add(1)?;
    let probabilities = subject.task != Task::Regression && subject.prediction.kind == ScoreKind::Probability;
    let confidence = match probabilities {
        true => confidence(subject, &features, &halves, support, ALPHA),
        false => Vec::new(),
    };
    progress.add(1)?;
    Ok(Report {
        n: subject.rows() as u64,
        loss: loss.to_owned(),
        mean_loss: half.mean(|_| true),
        discovery_rows: halves.discovery.len() as u64,
        confirmation_rows: halves.confirmation.len() as u64,
        clustered: halves.design.clusters().is_some(),
        sampling: Some(halves.design.sampling(subject, &["tree-weights"])),
        support,
        predicates: params.predicates() as u32,
        features: features.iter().map(|f| f.name.clone()).collect(),
        left_out,
        counted,
        slices,
        tree,
        profiles,
        maps,
        confidence,
    })
}

/// Whether a loss is defined for a subject.
pub(super) fn defined(subject: &Subject, loss: Loss) -> Result<(), &'static str> {
    let regression = subject.task == Task::Regression;
    match loss {
        Loss::Auto => Ok(()),
        Loss::LogLoss if !regression && subject.prediction.kind != ScoreKind::Probability => Err("no-probability"),
        Loss::Error | Loss::LogLoss if !regression => Ok(()),
        Loss::Absolute | Loss::Squared if regression => Ok(()),
        _ => Err("loss-of-other-task"),
    }
}

/// Id and value of the loss of every row.
fn losses(subject: &Subject, loss: Loss) -> (&'static str, Vec<f64>) {
    let p = &subject.prediction;
    let (y, rows) = (&subject.target, 0..subject.rows());
    match (loss, subject.task) {
        (Loss::Squared, _) => ("squared", rows.map(|r| (y[r] - p.scores[r]).powi(2)).collect()),
        (Loss::LogLoss, _) => {
            let of_truth = |r: usize| p.scores[r * p.width + y[r] as usize].max(1e-15);
            ("log-loss", rows.map(|r| -of_truth(r).min(1.0).ln()).collect())
        }
        (Loss::Absolute, _) | (Loss::Auto, Task::Regression) => {
            ("absolute", rows.map(|r| (y[r] - p.scores[r]).abs()).collect())
        }
        (Loss::Error | Loss::Auto, _) => {
            ("error", rows.map(|r| f64::from(u8::from(p.labels[r] != y[r] as u32))).collect())
        }
    }
}

/// Features of the model and protected attributes in bins, and those that cannot be cut. Numbers have as many bins as leave
/// each about twice the support.
fn features(subject: &Subject, params: &Params, rows: usize, support: u64) -> (Vec<Feature>, Vec<String>) {
    let most = (rows / (2 * support as usize)).clamp(2, params.bins());
    let columns = subject.table.columns();
    let protected = subject.roles.protected.iter().filter_map(|name| subject.table.position(name));
    let mut wanted: Vec<usize> = subject.feature_columns.clone();
    wanted.extend(protected.filter(|c| !subject.feature_columns.contains(c)));
    let (mut binned, mut left_out) = (Vec::new(), Vec::new());
    for column in wanted.iter().map(|c| &columns[*c]) {
        match Feature::of(column, most, 2 * support as usize) {
            Some(feature) => binned.push(feature),
            None => left_out.push(column.name.clone()),
        }
    }
    (binned, left_out)
}
