//! Measures the calibration of a subject.

use std::cell::Cell;

use fine_table::Task;

use super::params::Params;
use super::report::{ClassCalibration, Decile, GroupCalibration, Report};
use super::score::Score;
use crate::estimate::Estimate;
use crate::groups::Grouping;
use crate::stage::{Context, StageError};
use crate::stats::bootstrap::{REPLICATES, Rows};
use crate::stats::describe::{bin_of, mean_t, quantile_sorted, sorted, weighted_mean};
use crate::stats::multiple::adjust_some;
use crate::stats::recalibration::{logistic, spiegelhalter};
use crate::stats::reliability::decompose;
use crate::subject::Subject;

/// Groups below this many rows have no calibration error.
const GROUP_ROWS: usize = 50;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    match subject.task {
        Task::Regression => Ok(Report {
            n: subject.rows() as u64,
            classes: Vec::new(),
            groups: Vec::new(),
            deciles: deciles(&subject.target, &subject.prediction.scores),
            calibration_error: None,
            classwise_error: None,
            adaptive_error: None,
            brier_score: None,
        }),
        Task::Binary | Task::Multiclass => classification(subject, params, ctx),
    }
}

fn classification(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let named = scores(subject);
    // Up to 20 blocks of simulations a score, then the replicates.
    let (steps, done) = (named.len() as u64 * 20 + REPLICATES as u64 / 100, Cell::new(0));
    let step = || {
        done.set((done.get() + 1).min(steps));
        ctx.tick(done.get(), steps)
    };
    let mut classes = Vec::with_capacity(named.len());
    for (class, score) in &named {
        classes.push(score.calibrate(class, params.bins(), subject.seed, step)?);
    }
    let headline = classes.last().map(|c| c.ece_mass.clone());
    let over_classes = |of: &dyn Fn(&ClassCalibration) -> f64| {
        let own = &classes[..classes.len() - 1];
        (subject.task == Task::Multiclass).then(|| own.iter().map(of).sum::<f64>() / own.len() as f64)
    };
    let classwise = over_classes(&|c| c.ece_mass.value.unwrap_or(0.0));
    let adaptive = over_classes(&|c| c.ace);
    Ok(Report {
        n: subject.rows() as u64,
        groups: if subject.task == Task::Binary { groups(subject, params) } else { Vec::new() },
        deciles: Vec::new(),
        calibration_error: headline,
        classwise_error: classwise,
        adaptive_error: adaptive,
        brier_score: Some(brier(subject, step)?),
        classes,
    })
}

/// The positive class, or every class and then the top label.
fn scores(subject: &Subject) -> Vec<(String, Score)> {
    let clusters = subject.clusters();
    let score = |p: &[f64], y: &[f64]| Score::new(p, y, subject.weights.as_deref(), clusters.as_deref());
    let of_class = |k: usize| {
        let y: Vec<f64> = subject.target.iter().map(|t| f64::from(u8::from(*t as usize == k))).collect();
        (subject.classes[k].clone(), score(&subject.prediction.column(k), &y))
    };
    if subject.task == Task::Binary {
        return vec![of_class(subject.positive)];
    }
    let width = subject.prediction.width;
    let top = |row: &[f64]| row[fine_model::first_max(row)];
    let p: Vec<f64> = subject.prediction.scores.chunks_exact(width).map(top).collect();
    let hit = |(row, t): (&[f64], &f64)| f64::from(u8::from(fine_model::first_max(row) == *t as usize));
    let y: Vec<f64> = subject.prediction.scores.chunks_exact(width).zip(&subject.target).map(hit).collect();
    let mut out: Vec<(String, Score)> = (0..width).map(of_class).collect();
    out.push(("top-label".to_owned(), score(&p, &y)));
    out
}

/// Brier score of all rows: of the positive class, or summed over the classes.
fn brier(subject: &Subject, step: impl Fn() -> Result<(), StageError>) -> Result<Estimate, StageError> {
    let width = subject.prediction.width;
    let of = |(row, t): (&[f64], &f64)| {
        let all: f64 = row.iter().enumerate().map(|(k, p)| (p - f64::from(u8::from(k == *t as usize))).powi(2)).sum();
        if subject.task == Task::Binary { all / 2.0 } else { all }
    };
    let losses: Vec<f64> = subject.prediction.scores.chunks_exact(width).zip(&subject.target).map(of).collect();
    let weight = |row: usize| subject.weights.as_ref().map_or(1.0, |w| w[row]);
    let mut order: Vec<usize> = (0..losses.len()).collect();
    order.sort_by(|a, b| losses[*a].total_cmp(&losses[*b]).then_with(|| weight(*a).total_cmp(&weight(*b))));
    let losses: Vec<f64> = order.iter().map(|i| losses[*i]).collect();
    let weights: Option<Vec<f64>> = subject.weights.as_ref().map(|w| order.iter().map(|i| w[*i]).collect());
    let clusters: Option<Vec<u32>> = subject.clusters().map(|c| order.iter().map(|i| c[*i]).collect());
    let rows = Rows {
        rows: losses.len(),
        weights: weights.as_deref(),
        clusters: clusters.as_deref(),
        seed: subject.seed,
        topic: "calibration/brier",
    };
    Ok(rows.estimates(|w| vec![weighted_mean(&losses, Some(w))], |_| step())?.remove(0))
}

fn groups(subject: &Subject, params: &Params) -> Vec<GroupCalibration> {
    let p = subject.positive_scores();
    let y: Vec<f64> = subject.target.iter().map(|t| f64::from(u8::from(*t as usize == subject.positive))).collect();
    let columns = subject.roles.protected.iter().filter_map(|name| subject.table.column(name));
    let mut out = Vec::new();
    for grouping in columns.map(|c| Grouping::of(c)) {
        for (code, label) in grouping.labels.iter().enumerate() {
            let rows: Vec<usize> = (0..p.len()).filter(|r| grouping.codes[*r] == code as u32).collect();
            let pick = |v: &[f64]| -> Vec<f64> { rows.iter().map(|r| v[*r]).collect() };
            let weights = subject.weights.as_deref().map(pick);
            let score = Score::new(&pick(&p), &pick(&y), weights.as_deref(), None);
            out.push(group(&grouping.attribute, label, &score, params));
        }
    }
    let p: Vec<Option<f64>> = out.iter().map(|g| g.spiegelhalter_p).collect();
    out.iter_mut().zip(adjust_some(&p)).for_each(|(g, p)| g.spiegelhalter_p = p);
    out
}

/// The p-value of Spiegelhalter's test is raw here.
fn group(attribute: &str, label: &str, score: &Score, params: &Params) -> GroupCalibration {
    let gaps: Vec<f64> = score.y.iter().zip(&score.p).map(|(y, p)| y - p).collect();
    let n = gaps.len() as u64;
    let enough = gaps.len() >= GROUP_ROWS;
    let weights = score.weights.as_deref();
    let none = || Estimate::not_estimable(n);
    let (slope, intercept) = if enough { logistic(&score.p, &score.y, weights) } else { (none(), none()) };
    GroupCalibration {
        attribute: attribute.to_owned(),
        group: label.to_owned(),
        n,
        mean_gap: mean_t(&gaps),
        ece_mass: if enough { score.mass_error(params.bins()) } else { none() },
        slope,
        intercept,
        mcb: enough.then(|| decompose(&score.p, &score.y, weights).mcb),
        brier: enough.then(|| score.mean(|p, y| (p - y) * (p - y))),
        spiegelhalter_p: enough.then(|| spiegelhalter(&score.p, &score.y, weights).1),
    }
}

/// Mean residual by decile of the prediction, deciles with ties kept together.
fn deciles(truth: &[f64], predicted: &[f64]) -> Vec<Decile> {
    let ascending = sorted(predicted);
    let mut edges: Vec<f64> = (1..10).map(|d| quantile_sorted(&ascending, f64::from(d) / 10.0)).collect();
    edges.dedup();
    let mut bins: Vec<Vec<(f64, f64)>> = vec![Vec::new(); edges.len() + 1];
    for (y, p) in truth.iter().zip(predicted) {
        bins[bin_of(&edges, *p)].push((*p, *y));
    }
    let decile = |rows: &mut Vec<(f64, f64)>| {
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let n = rows.len() as f64;
        let residuals: Vec<f64> = rows.iter().map(|(p, y)| y - p).collect();
        Decile {
            n: rows.len() as u64,
            predicted: rows.iter().map(|r| r.0).sum::<f64>() / n,
            observed: rows.iter().map(|r| r.1).sum::<f64>() / n,
            residual: mean_t(&residuals),
        }
    };
    bins.iter_mut().filter(|b| !b.is_empty()).map(decile).collect()
}
