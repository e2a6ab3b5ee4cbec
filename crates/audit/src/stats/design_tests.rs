//! Weighted rows of entities against statsmodels and NumPy (`golden/designs`), and by simulation.

use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;

use super::bootstrap::Rows;
use super::clustered;
use super::contrast::{Contrast, Valued};
use super::describe::{mean_t, weighted_mean, weighted_quantile};
use super::design::Design;
use super::recalibration::logistic_of;
use crate::estimate::Estimate;
use crate::rng::unit_rng;

pub(super) fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

/// Weighted rows of entities, and rows of entities.
pub(super) fn cases() -> [(&'static str, Design, Value); 2] {
    let golden: Value =
        serde_json::from_str(include_str!("../../../../golden/designs/expected.json")).expect("a golden case");
    let weights = numbers(&golden["w"]);
    let entities: Vec<u32> = numbers(&golden["entity"]).iter().map(|e| *e as u32).collect();
    let design = |weights: Option<&[f64]>| Design::new(entities.len(), weights, Some(entities.clone()));
    [("weighted", design(Some(&weights)), golden.clone()), ("entities", design(None), golden)]
}

fn close(what: &str, own: f64, want: &Value, tolerance: f64) {
    let want = want.as_f64().unwrap_or_else(|| panic!("{what}: no number"));
    assert!((own - want).abs() <= tolerance * (1.0 + want.abs()), "{what}: {own} against {want}");
}

fn whole(what: &str, own: &Estimate, want: &Value, tolerance: f64) {
    for (i, end) in [own.value, own.low, own.high].into_iter().enumerate() {
        close(what, end.unwrap_or_else(|| panic!("{what}: no end")), &want[i], tolerance);
    }
}

#[test]
fn contrasts_equal_statsmodels_cluster_covariance_and_score_test() {
    for (name, design, golden) in cases() {
        let case = &golden[name];
        let (y, p, number) = (numbers(&golden["y"]), numbers(&golden["p"]), numbers(&golden["number"]));
        let first: Vec<bool> = golden["g"].as_str().expect("letters").chars().map(|c| c == 'a').collect();
        let decided = |row: usize| f64::from(u8::from(p[row] > 0.5));
        let contrast = |inside: &dyn Fn(usize) -> bool, value: &dyn Fn(usize) -> f64| {
            let side = |a: bool| -> Vec<Valued> {
                (0..y.len()).filter(|r| inside(*r) && first[*r] == a).map(|r| (r, value(r))).collect()
            };
            Contrast::of(&design, &side(true), &side(false))
        };
        let all = [
            ("selection", contrast(&|_| true, &decided)),
            ("tpr", contrast(&|row| y[row] == 1.0, &decided)),
            ("number", contrast(&|_| true, &|row| number[row])),
        ];
        for (key, own) in all {
            let want = &case[key];
            close("difference", own.value(), &want["difference"], 1e-10);
            close("standard error", own.se(), &want["se"], 1e-9);
            close("p", own.of_means().1.expect("p"), &want["p"], 1e-9);
            // statsmodels has no G / (G - 1) in the score test.
            let (score, g) = own.score();
            close("score", score * g / (g - 1.0), &want["score"], 1e-8);
            assert_eq!(g - 1.0, want["df"].as_f64().expect("df"));
        }
    }
}

#[test]
fn means_quantiles_and_recalibrations_equal_statsmodels_and_numpy() {
    for (name, design, golden) in cases() {
        let case = &golden[name];
        let (y, p, number) = (numbers(&golden["y"]), numbers(&golden["p"]), numbers(&golden["number"]));
        whole("mean", &clustered::mean(&number, &design), &case["mean"], 1e-9);
        close("kish", design.kish(0..y.len()), &case["kish"], 1e-10);
        let own: Vec<usize> =
            golden["g"].as_str().expect("letters").chars().enumerate().filter(|c| c.1 == 'a').map(|c| c.0).collect();
        let pick = |v: &[f64]| own.iter().map(|r| v[*r]).collect::<Vec<_>>();
        let (slope, intercept) = logistic_of(&pick(&p), &pick(&y), &design.take(own.iter().copied()));
        whole("slope", &slope, &case["logistic"]["slope"], 1e-7);
        whole("intercept", &intercept, &case["logistic"]["intercept"], 1e-7);
        let mut order: Vec<usize> = (0..number.len()).collect();
        order.sort_by(|a, b| number[*a].total_cmp(&number[*b]));
        let sorted: Vec<f64> = order.iter().map(|r| number[*r]).collect();
        let weights: Vec<f64> = order.iter().map(|r| design.weight(*r)).collect();
        for (q, want) in [0.05, 0.25, 0.5, 0.75, 0.95].iter().zip(numbers(&case["quantiles"])) {
            assert_eq!(weighted_quantile(&sorted, &weights, *q), want, "{name} {q}");
        }
    }
}

/// Hits and group of rows of entities that have a chance of their own: `sizes` rows each, one group an entity.
fn population(trial: u64, entities: usize) -> (Vec<f64>, Vec<bool>, Vec<u32>) {
    let mut rng = unit_rng(5, "design/coverage", trial);
    let (mut hits, mut first, mut of) = (Vec::new(), Vec::new(), Vec::new());
    for entity in 0..entities {
        let own: f64 = StandardNormal.sample(&mut rng);
        let chance = if own > 0.0 { 0.8 } else { 0.2 };
        for _ in 0..rng.random_range(4..12usize) {
            hits.push(f64::from(u8::from(rng.random::<f64>() < chance)));
            first.push(entity % 2 == 0);
            of.push(entity as u32);
        }
    }
    (hits, first, of)
}

/// Both groups have a rate of 1/2. Nominal 95 % intervals of the difference cover 0 within Monte Carlo error when entities are
/// kept together, and far too seldom when rows are taken as independent; so with the size of the test.
#[test]
fn entity_intervals_cover_where_row_intervals_do_not() {
    let (trials, entities) = (300u64, 60);
    let (mut by_entity, mut by_row, mut rejected) = (0, 0, 0);
    let (mut resampled, mut resampled_rows) = (0, 0);
    for trial in 0..trials {
        let (hits, first, of) = population(trial, entities);
        let side =
            |a: bool| -> Vec<Valued> { hits.iter().copied().enumerate().filter(|(row, _)| first[*row] == a).collect() };
        let covers = |e: &Estimate, truth: f64| e.low.is_some_and(|l| l <= truth) && e.high.is_some_and(|h| h >= truth);
        let honest = Contrast::of(&Design::new(hits.len(), None, Some(of.clone())), &side(true), &side(false));
        let blind = Contrast::of(&Design::new(hits.len(), None, None), &side(true), &side(false));
        by_entity += u32::from(covers(&honest.of_shares(), 0.0));
        by_row += u32::from(covers(&blind.of_shares(), 0.0));
        rejected += u32::from(honest.score_p().is_some_and(|p| p < 0.05));
        if trial < 120 {
            let interval = |clusters: Option<&[u32]>| {
                let rows = Rows { rows: hits.len(), weights: None, clusters, seed: trial, topic: "t" };
                rows.estimates(|w| vec![weighted_mean(&hits, Some(w))], |_| Ok(())).expect("no stop").remove(0)
            };
            resampled += u32::from(covers(&interval(Some(&of)), 0.5));
            resampled_rows += u32::from(covers(&interval(None), 0.5));
        }
    }
    let share = |count: u32, of: u64| f64::from(count) / of as f64;
    let error = |of: u64| 3.0 * (0.05f64 * 0.95 / of as f64).sqrt();
    assert!((share(by_entity, trials) - 0.95).abs() <= error(trials), "{by_entity} of {trials}");
    assert!((share(rejected, trials) - 0.05).abs() <= error(trials), "{rejected} of {trials} rejected");
    assert!(share(by_row, trials) < 0.8, "{by_row} of {trials}");
    assert!((share(resampled, 120) - 0.95).abs() <= error(120), "{resampled} of 120");
    assert!(share(resampled_rows, 120) < 0.8, "{resampled_rows} of 120");
}

/// Weights of 1 to 3 are that many equal rows, as far as a mean goes.
#[test]
fn whole_weights_are_repeated_rows() {
    let values = crate::fixture::spread(90, 0.3);
    let weights: Vec<f64> = (0..90).map(|i| f64::from(1 + i % 3)).collect();
    let repeated: Vec<f64> = values.iter().zip(&weights).flat_map(|(v, w)| vec![*v; *w as usize]).collect();
    let own = clustered::mean(&values, &Design::new(90, Some(&weights), None)).value.expect("a mean");
    assert!((own - mean_t(&repeated).value.expect("a mean")).abs() < 1e-12);
}
