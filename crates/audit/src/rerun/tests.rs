//! Samples, noise, metrics.

use fine_table::Task;

use super::fixture::{self, FEATURES};
use super::metric::{self, Metric};
use super::noise::{Draw, Kind, Scales};
use super::shift::quantile;
use super::{CHUNK_ROWS, Progress, Rerun, Scores, sample};
use crate::stage::Context;

fn draw(kind: Kind, feature: usize, level: f64) -> Draw<'static> {
    Draw { stage: "test", kind, feature, level, repeat: 0 }
}

fn numbers(column: &fine_table::Column) -> Vec<f64> {
    column.numbers().unwrap().to_vec()
}

fn sd(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (values.map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// AUDIT-SPEC section 5: noise in raw units does nothing to an income and is huge for a rate.
#[test]
fn noise_is_on_each_features_own_scale() {
    let subject = fixture::linear(2000, Task::Binary);
    let rerun = Rerun::new(&subject, 5000, "test").unwrap();
    let scales = Scales::new(&rerun);
    for feature in [0, 1] {
        let before = numbers(rerun.chunks[0].column(feature));
        let after = numbers(&scales.perturb(&rerun, &rerun.chunks[0], draw(Kind::Gaussian, feature, 0.1)));
        let change = sd(before.iter().zip(&after).map(|(a, b)| b - a));
        let ratio = change / sd(before.iter().copied());
        assert!((ratio - 0.1).abs() < 0.01, "{}: {ratio}", FEATURES[feature]);
    }
}

#[test]
fn whole_numbers_stay_whole_and_quantile_noise_stays_in_the_support() {
    let subject = fixture::linear(800, Task::Binary);
    let rerun = Rerun::new(&subject, 5000, "test").unwrap();
    let scales = Scales::new(&rerun);
    let chunk = &rerun.chunks[0];
    let age = numbers(&scales.perturb(&rerun, chunk, draw(Kind::Gaussian, 2, 0.5)));
    assert!(age.iter().all(|v| v.fract() == 0.0));
    for feature in [0, 1, 2] {
        let seen = numbers(chunk.column(feature));
        let after = numbers(&scales.perturb(&rerun, chunk, draw(Kind::Quantile, feature, 0.1)));
        assert!(after.iter().all(|v| seen.contains(v)));
        let rank = |v: f64| seen.iter().filter(|s| **s < v).count() as f64 / seen.len() as f64;
        let moved = seen.iter().zip(&after).map(|(a, b)| (rank(*a) - rank(*b)).abs()).fold(0.0, f64::max);
        assert!(moved > 0.05 && moved <= 0.1 + 0.05, "feature {feature}: {moved}");
    }
}

#[test]
fn categories_and_booleans_are_redrawn_with_the_level_as_probability() {
    let subject = fixture::linear(2000, Task::Binary);
    let rerun = Rerun::new(&subject, 5000, "test").unwrap();
    let scales = Scales::new(&rerun);
    assert_eq!((0..6).map(|f| scales.is_number(f)).collect::<Vec<_>>(), [true, true, true, false, true, false]);
    for feature in [3, 5] {
        let before = rerun.chunks[0].column(feature);
        let after = scales.perturb(&rerun, &rerun.chunks[0], draw(Kind::Gaussian, feature, 0.1));
        let changed = (0..2000).filter(|r| before.display_at(*r) != after.display_at(*r)).count() as f64 / 2000.0;
        assert!(changed > 0.02 && changed < 0.1, "{changed}");
    }
}

#[test]
fn missing_cells_stay_missing_under_noise() {
    let table = fixture::with_holes(&fixture::table(300), "income");
    let model = fixture::forest_model(&fixture::table(300), Task::Binary, fine_model::trees::Missing::Left);
    let subject = fixture::subject(table, model);
    let rerun = Rerun::new(&subject, 5000, "test").unwrap();
    let scales = Scales::new(&rerun);
    for kind in [Kind::Gaussian, Kind::Quantile] {
        let after = scales.perturb(&rerun, &rerun.chunks[0], draw(kind, 0, 0.5));
        assert!((0..300).all(|r| after.is_missing(r) == (r % 7 == 0)));
    }
}

/// AUDIT-SPEC section 5: the first 5 000 rows are not a sample.
#[test]
fn a_sample_is_stratified_and_not_the_first_rows() {
    let subject = fixture::linear(3000, Task::Binary);
    let rows = sample::stratified(&subject, 500, "test");
    assert_eq!(rows.len(), 500);
    assert!(rows.windows(2).all(|w| w[0] < w[1]));
    let share = |rows: &[u32]| rows.iter().map(|r| subject.target[*r as usize]).sum::<f64>() / rows.len() as f64;
    let all = (0..3000).collect::<Vec<_>>();
    assert!((share(&rows) - share(&all)).abs() <= 1.0 / 500.0);
    assert!(rows.iter().filter(|r| **r >= 1500).count() > 200);
    assert_eq!(rows, sample::stratified(&subject, 500, "test"));
    assert_ne!(rows, sample::stratified(&subject, 500, "other"));
    assert_eq!(sample::stratified(&subject, 3000, "test"), all);
    let regression = fixture::linear(1000, Task::Regression);
    assert_eq!(sample::stratified(&regression, 95, "test").len(), 95);
}

#[test]
fn predicting_without_a_change_gives_the_baseline() {
    let subject = fixture::forest(CHUNK_ROWS + 300, Task::Binary);
    let rerun = Rerun::new(&subject, 1_000_000, "test").unwrap();
    let ctx = Context::new(&|_, _| true);
    assert!(!rerun.sampled);
    assert_eq!(rerun.predict(&|_| Vec::new(), &Progress::new(&ctx, 1)).unwrap(), rerun.baseline);
}

/// Rows without a change are not predicted again; the others get what the model says.
#[test]
fn only_changed_rows_are_predicted_again() {
    let subject = fixture::forest(700, Task::Binary);
    let rerun = Rerun::new(&subject, 1_000_000, "test").unwrap();
    let ctx = Context::new(&|_, _| true);
    let scales = Scales::new(&rerun);
    let change = |chunk: &super::Chunk| {
        let one = |feature| (feature, scales.perturb(&rerun, chunk, draw(Kind::Gaussian, feature, 0.1)));
        vec![one(3), one(5)]
    };
    let scores = rerun.predict(&change, &Progress::new(&ctx, 1)).unwrap();
    let mut table = subject.table.clone();
    for (feature, mut column) in change(&rerun.chunks[0]) {
        column.name = FEATURES[feature].into();
        table = table.with_column(column).unwrap();
    }
    let all = subject.model.predict(&table).unwrap();
    assert_eq!((scores.values, scores.labels), (all.scores, all.labels));
}

/// Influences against leaving one row out: `influence_i ~ (n - 1) (value - value_without_i)`.
#[test]
fn influence_agrees_with_the_jackknife() {
    for (task, metric) in
        [(Task::Binary, Metric::Accuracy), (Task::Binary, Metric::RocAuc), (Task::Regression, Metric::R2)]
    {
        let mut subject = fixture::linear(300, task);
        for weighted in [false, true] {
            subject.weights = weighted.then(|| (0..300).map(|i| 0.5 + f64::from(i % 3)).collect());
            let rerun = Rerun::new(&subject, 1000, "test").unwrap();
            let all = metric::measure(metric, &rerun, &rerun.baseline).unwrap();
            let mut jackknife = 0.0;
            for left in 0..300u32 {
                let rows = (0..300).filter(|r| *r != left).collect();
                let rerun = Rerun::of_rows(&subject, rows).unwrap();
                let without = metric::measure(metric, &rerun, &rerun.baseline).unwrap();
                jackknife += (all.value - without.value).powi(2) * 299.0 / 300.0;
            }
            let flat = metric::Measured { value: 0.0, influence: vec![0.0; 300] };
            let estimate = metric::drop(&all, &[flat]);
            let error = (estimate.high.unwrap() - estimate.low.unwrap()) / 2.0 / 1.9679;
            assert!((error / jackknife.sqrt() - 1.0).abs() < 0.05, "{metric:?} {weighted}: {error} {jackknife}");
        }
    }
}

#[test]
fn auc_equals_the_share_of_ordered_pairs() {
    let subject = fixture::linear(200, Task::Binary);
    let rerun = Rerun::new(&subject, 1000, "test").unwrap();
    // Rounded, so that there are ties.
    let values = rerun.baseline.values.iter().map(|v| (v * 10.0).round()).collect::<Vec<_>>();
    let scores = Scores { values, ..rerun.baseline.clone() };
    let auc = metric::measure(Metric::RocAuc, &rerun, &scores).unwrap();
    let (mut sum, mut pairs) = (0.0, 0.0);
    for i in (0..200).filter(|i| subject.target[*i] == 1.0) {
        for j in (0..200).filter(|j| subject.target[*j] == 0.0) {
            let (a, b) = (scores.row(i)[1], scores.row(j)[1]);
            sum += if a > b {
                1.0
            } else if a == b {
                0.5
            } else {
                0.0
            };
            pairs += 1.0;
        }
    }
    assert!((auc.value - sum / pairs).abs() < 1e-12);
}

/// Values of `numpy.quantile`.
#[test]
fn quantile_equals_numpy() {
    assert_eq!(quantile(&mut [3.0, 1.0, 2.0, 10.0], 0.99), 9.79);
    assert_eq!(quantile(&mut [5.0], 0.5), 5.0);
}
