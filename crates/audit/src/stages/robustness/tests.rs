//! Tests of the `robustness` stage.

use fine_model::trees::Missing;
use fine_table::Task;

use super::{Params, Robustness};
use crate::finding::{Outcome, Scope};
use crate::policy::Policy;
use crate::rerun::fixture;
use crate::rerun::metric::Metric;
use crate::stage::Stage;

fn quick() -> Params {
    Params { repeats: 3, noise_levels: vec![0.1, 0.5, 1.0], ..Params::default() }
}

#[test]
fn noise_costs_more_the_stronger_it_is() {
    for (task, metric, name) in [
        (Task::Binary, None, "accuracy"),
        (Task::Binary, Some(Metric::RocAuc), "roc_auc"),
        (Task::Regression, None, "r2"),
    ] {
        let subject = fixture::linear(1500, task);
        let report = fixture::run::<Robustness>(&subject, &Params { metric, ..quick() });
        assert_eq!(report.metric, name);
        assert!(report.noise.windows(2).all(|w| w[0].drop.value < w[1].drop.value), "{:?}", report.noise);
        for level in &report.noise {
            assert!((report.baseline - level.value - level.drop.value.unwrap()).abs() < 1e-12);
            assert!(level.drop.low < level.drop.value && level.drop.value < level.drop.high);
        }
        assert_eq!(report.metric_drop, report.noise[1].drop);
    }
}

/// The same numbers as masking by hand.
#[test]
fn masking_fills_medians_and_modes() {
    let subject = fixture::linear(801, Task::Binary);
    let report = fixture::run::<Robustness>(&subject, &quick());
    let by_name = |name: &str| report.masked.iter().find(|m| m.feature == name).unwrap();
    let mut income = subject.table.column("income").unwrap().numbers().unwrap().to_vec();
    income.sort_by(f64::total_cmp);
    assert_eq!(by_name("income").fill, format!("{}", income[400]));
    assert_eq!(by_name("region").fill, "north");
    assert_eq!(by_name("member").fill, "false");
    let masked = fine_table::Column::number("income", fine_table::NumberKind::Float, vec![income[400]; 801]);
    let table = subject.table.with_column(masked).unwrap();
    let labels = subject.model.predict(&table).unwrap().labels;
    let accuracy = |labels: &[u32]| {
        labels.iter().zip(&subject.target).filter(|(l, t)| f64::from(**l) == **t).count() as f64 / 801.0
    };
    let expected = accuracy(&subject.prediction.labels) - accuracy(&labels);
    assert!((by_name("income").drop.value.unwrap() - expected).abs() < 1e-12);
    assert_eq!(by_name("noise").drop.value, Some(0.0));
    assert_eq!(by_name("noise").flip_rate, Some(0.0));
    assert_eq!(
        report.missing_feature_impact.value,
        Some(by_name("income").drop.value.unwrap().max(by_name("rate").drop.value.unwrap()))
    );
}

#[test]
fn a_model_that_refuses_missing_values_is_no_error() {
    let table = fixture::table(600);
    let refusing = fixture::forest_model(&table, Task::Binary, Missing::Refused);
    for subject in [fixture::subject(table, refusing), fixture::linear(600, Task::Binary)] {
        let report = fixture::run::<Robustness>(&subject, &quick());
        assert!(report.missing_refused && report.missing.is_empty());
        let findings = Robustness::findings(&report, &subject, &quick(), &Policy::default());
        let missing = findings.iter().find(|f| f.check == "ROB-MISSING-DROP").unwrap();
        assert_eq!(missing.outcome, Outcome::NotApplicable);
        assert_eq!(missing.reason.as_deref(), Some("missing-refused"));
    }
}

#[test]
fn one_feature_that_everything_rests_on_is_named() {
    let subject = fixture::subject(fixture::table(1500), fixture::income_model());
    let report = fixture::run::<Robustness>(&subject, &quick());
    let findings = Robustness::findings(&report, &subject, &quick(), &Policy::default());
    let single = findings.iter().filter(|f| f.check == "ROB-SINGLE-FEATURE").collect::<Vec<_>>();
    assert_eq!(single.len(), 1);
    assert_eq!(single[0].scope, Scope::Feature { feature: "income".into() });
    assert!(matches!(single[0].outcome, Outcome::Watch | Outcome::Issue), "{:?}", single[0]);
    assert_eq!(single[0].evidence, "/masked/0/drop");
}

/// AUDIT-SPEC section 5: robustness without a seed changes from run to run.
#[test]
fn robustness_is_seeded_and_the_same_for_one_and_two_threads() {
    let mut subject = fixture::forest(2500, Task::Binary);
    let params = Params { max_rows: 2200, ..quick() };
    let one = fixture::bytes_with_threads::<Robustness>(&subject, &params, 1);
    assert_eq!(one, fixture::bytes_with_threads::<Robustness>(&subject, &params, 2));
    assert_eq!(one, fixture::bytes_with_threads::<Robustness>(&subject, &params, 2));
    subject.seed = 8;
    assert_ne!(one, fixture::bytes_with_threads::<Robustness>(&subject, &params, 1));
}

#[test]
fn stops_when_asked_and_declares_its_cost() {
    let subject = fixture::forest(500, Task::Regression);
    fixture::stops_when_asked::<Robustness>(&subject, &quick());
    assert_eq!(Robustness::cost(&subject, &quick()).predicted_rows, 500 * (3 * 6 + 6));
    let mut constant = subject;
    constant.target.fill(1.0);
    assert_eq!(Robustness::applies(&constant, &quick()), Err("not-estimable"));
}
