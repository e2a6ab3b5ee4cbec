//! Tests of the `sensitivity` stage.

use fine_table::Task;

use super::{Direction, Params, Sensitivity};
use crate::finding::Outcome;
use crate::policy::Policy;
use crate::rerun::fixture;
use crate::stage::{Context, Stage, StageError};

fn quick() -> Params {
    Params { repeats: 4, curve_rows: 100, ..Params::default() }
}

#[test]
fn shifts_grow_with_the_level_and_curves_follow_the_signal() {
    let subject = fixture::linear(1500, Task::Binary);
    let report = fixture::run::<Sensitivity>(&subject, &quick());
    assert_eq!((report.rows, report.sampled, report.repeats), (1500, false, 4));
    for levels in report.joint.chunks(3) {
        assert!(levels.windows(2).all(|w| w[0].mean_shift.value < w[1].mean_shift.value));
        assert!(levels.iter().all(|l| l.p99_shift >= l.mean_shift.value.unwrap()));
    }
    let by_name = |name: &str| report.features.iter().find(|f| f.feature == name).unwrap();
    assert_eq!(by_name("income").direction.as_deref(), Some("increasing"));
    assert_eq!(by_name("rate").direction.as_deref(), Some("decreasing"));
    assert_eq!(by_name("noise").direction.as_deref(), Some("flat"));
    assert_eq!(by_name("noise").mean_shift.value, Some(0.0));
    assert_eq!(by_name("income").monotonicity_violations, Some(0.0));
    assert_eq!(by_name("region").direction, None);
}

#[test]
fn declared_directions_are_held_against_the_model() {
    let subject = fixture::linear(500, Task::Binary);
    let params: Params =
        serde_json::from_str(r#"{"repeats":2,"curve_rows":60,"monotone":{"income":"decreasing"}}"#).unwrap();
    let report = fixture::run::<Sensitivity>(&subject, &params);
    let income = &report.features[0];
    assert_eq!((income.declared, income.direction.as_deref()), (Some(Direction::Decreasing), Some("increasing")));
    assert_eq!(income.monotonicity_violations, Some(1.0));
    assert_eq!(report.features[1].declared, None);
    let unknown: Params = serde_json::from_str(r#"{"monotone":{"x":"increasing"}}"#).unwrap();
    let error = Sensitivity::run(&subject, &unknown, &Context::new(&|_, _| true)).unwrap_err();
    assert!(matches!(error, StageError::Failed { id: "params", .. }));
}

/// A linear regression: the shift of one feature is `w sd level |N(0,1)|`, whose mean is known.
#[test]
fn mean_shift_of_a_linear_model_is_the_known_one() {
    let subject = fixture::linear(4000, Task::Regression);
    let report = fixture::run::<Sensitivity>(&subject, &Params { curve_rows: 0, ..Params::default() });
    let column = |name: &str| subject.table.column(name).unwrap().numbers().unwrap().to_vec();
    let sd = |v: &[f64]| {
        let mean = v.iter().sum::<f64>() / v.len() as f64;
        (v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (v.len() as f64 - 1.0)).sqrt()
    };
    let expected = 1.5 / 20_000.0 * sd(&column("income")) * 0.05 * (2.0 / std::f64::consts::PI).sqrt()
        / sd(&subject.prediction.scores);
    let got = report.features[0].mean_shift.value.unwrap();
    assert!((got / expected - 1.0).abs() < 0.02, "{got} {expected}");
    assert_eq!(report.label_flip_rate, None);
    let findings = Sensitivity::findings(&report, &subject, &Params::default(), &Policy::default());
    assert_eq!(findings[0].outcome, Outcome::NotApplicable);
}

#[test]
fn a_calm_model_passes_and_a_nervous_one_does_not() {
    let calm = fixture::linear(1500, Task::Binary);
    let policy = Policy::default();
    let judge = |subject: &_| {
        let report = fixture::run::<Sensitivity>(subject, &quick());
        Sensitivity::findings(&report, subject, &quick(), &policy).remove(0)
    };
    assert_eq!(judge(&calm).outcome, Outcome::Pass);
    let nervous = fixture::subject(fixture::table(1500), fixture::sawtooth_model(Task::Binary));
    assert_eq!(judge(&nervous).outcome, Outcome::Issue);
}

#[test]
fn same_bytes_for_one_and_two_threads_and_other_bytes_for_another_seed() {
    let mut subject = fixture::forest(2500, Task::Binary);
    let params = Params { max_rows: 2200, repeats: 3, curve_rows: 50, ..Params::default() };
    let one = fixture::bytes_with_threads::<Sensitivity>(&subject, &params, 1);
    assert_eq!(one, fixture::bytes_with_threads::<Sensitivity>(&subject, &params, 2));
    assert!(one.contains("\"sampled\":true"));
    subject.seed = 8;
    assert_ne!(one, fixture::bytes_with_threads::<Sensitivity>(&subject, &params, 1));
}

#[test]
fn stops_when_asked_and_declares_its_cost() {
    let subject = fixture::forest(500, Task::Binary);
    fixture::stops_when_asked::<Sensitivity>(&subject, &quick());
    let cost = Sensitivity::cost(&subject, &quick());
    assert_eq!(cost.predicted_rows, 500 * 4 * (6 + 6) + 100 * 11 * 6);
    assert_eq!(Sensitivity::applies(&subject, &Params { repeats: 0, ..quick() }), Err("not-estimable"));
    assert!(serde_json::from_str::<Params>(r#"{"repeat":3}"#).is_err());
}
