//! The explanation of any row, and other ways to explain.

use fine_model::Core;
use fine_table::Task;

use super::tests::{feature, opaque, quick};
use super::{Explain, Params, Scale, TreeValue, row, what_if};
use crate::counterfactual::Case;
use crate::rerun::fixture;
use crate::shap::Enumerator;
use crate::stage::{Stage, StageError};
use crate::subject::Subject;

fn interventional() -> Params {
    Params { trees: TreeValue::Interventional, ..quick() }
}

fn probability() -> Params {
    Params { scale: Scale::Probability, sampler_rows: 15, background_rows: 8, ..quick() }
}

/// The row of a report and the same row asked for alone are the same to the last bit.
#[test]
fn an_audited_row_is_explained_as_in_the_report() {
    for params in [quick(), interventional()] {
        let subject = fixture::forest(400, Task::Binary);
        let report = fixture::run::<Explain>(&subject, &params);
        for listed in &report.rows {
            let case = Case::of_row(&subject, listed.row as usize).unwrap();
            let own = row(&subject, &case, &params).unwrap();
            assert_eq!((own.base, own.class.as_deref()), (listed.base, Some("yes")));
            assert_eq!(own.contributions[..6], listed.contributions[..]);
            assert!((own.output - listed.prediction).abs() < 1e-12);
            assert!(own.additivity_error < 1e-12);
            assert_eq!(own.scores, subject.prediction.scores[listed.row as usize * 2..][..2]);
        }
    }
}

/// The only feature that changes moves the output, and a feature that the model does not read does not.
#[test]
fn a_changed_cell_moves_the_output_by_what_the_model_says() {
    let sampled = Params { background_rows: 6, ..quick() };
    for (subject, params, tolerance) in [
        (fixture::forest(300, Task::Binary), quick(), 1e-12),
        (fixture::linear(300, Task::Regression), quick(), 1e-12),
        (opaque(200, Task::Binary), sampled, 1e-9),
        (fixture::forest(300, Task::Binary), interventional(), 1e-12),
    ] {
        let case = Case::of_row(&subject, 4).unwrap();
        let rich = case.clone().with(&subject, "income", Some("120000")).unwrap();
        let answer = what_if(&subject, &case, &rich, &params).unwrap();
        assert!(answer.after.output > answer.before.output, "{}", answer.before.method);
        assert_eq!(answer.before.base, answer.after.base);
        assert!(answer.after.additivity_error < tolerance);
        assert!(answer.after.contributions.iter().any(|c| c.0 == "income" && c.1 == "120000" && c.2 > 0.0));
        let noisy = case.clone().with(&subject, "noise", Some("3.5")).unwrap();
        let answer = what_if(&subject, &case, &noisy, &params).unwrap();
        assert_eq!(answer.before.output, answer.after.output);
    }
}

#[test]
fn a_row_that_the_model_refuses_is_refused() {
    let subject = fixture::forest(200, Task::Binary);
    let case = Case::of_row(&subject, 0).unwrap().with(&subject, "region", Some("moon")).unwrap();
    assert!(matches!(row(&subject, &case, &quick()), Err(StageError::Failed { id: "predict", .. })));
}

#[test]
fn interventional_values_say_their_background_and_their_stability() {
    let subject = fixture::forest(700, Task::Binary);
    let report = fixture::run::<Explain>(&subject, &interventional());
    let method = &report.method;
    assert_eq!((method.id.as_str(), method.scale.as_str()), ("tree-interventional", "margin"));
    assert_eq!((method.background_rows, method.rows, method.sampled), (100, 700, false));
    assert!(report.trust.additivity_error < 1e-12);
    assert!(report.trust.seed_stability.unwrap() > 0.5);
    assert_eq!(report.trust.agreement, None);
    assert_eq!(feature(&report, "noise").mean_abs_shap.value, Some(0.0));
    let plain = fixture::run::<Explain>(&subject, &quick());
    assert_eq!(plain.trust.seed_stability, None);
    let agreement = plain.trust.agreement.unwrap();
    assert!(agreement.tau > 0.3 && agreement.rows == 200 && agreement.background_rows == 50);
    // A budget turns all rows into a stated sample.
    let few = Params { max_steps: 20_000_000, ..interventional() };
    let report = fixture::run::<Explain>(&subject, &few);
    assert!(report.method.sampled && report.method.rows < 700);
}

/// The definition, written out here once more for one row: every coalition of the six raw features on the probability.
#[test]
fn probabilities_are_explained_exactly_where_features_are_few() {
    for subject in [fixture::forest(300, Task::Binary), fixture::linear(300, Task::Binary)] {
        let report = fixture::run::<Explain>(&subject, &probability());
        assert_eq!((report.method.id.as_str(), report.method.scale.as_str()), ("coalitions", "probability"));
        assert_eq!((report.method.rows, report.method.background_rows), (15, 8));
        assert!(report.trust.additivity_error < 1e-9);
        assert!(report.trust.seed_stability.is_some());
        let listed = &report.rows[0];
        assert!((listed.prediction - subject.prediction.scores[listed.row as usize * 2 + 1]).abs() < 1e-9);
        let own = row(&subject, &Case::of_row(&subject, listed.row as usize).unwrap(), &probability()).unwrap();
        for (a, b) in own.contributions.iter().zip(&listed.contributions) {
            assert!(a.0 == b.0 && (a.2 - b.2).abs() < 1e-12);
        }
    }
}

#[test]
fn probabilities_without_an_exact_method_are_refused() {
    let mut subject = fixture::forest(200, Task::Binary);
    assert_eq!(Explain::applies(&subject, &probability()), Ok(()));
    let column = subject.feature_columns[0];
    subject.feature_columns.resize(Enumerator::MOST + 1, column);
    assert_eq!(Explain::applies(&subject, &probability()), Err("probability-not-exact"));
    assert_eq!(Explain::applies(&subject, &quick()), Ok(()));
    let other: Subject = opaque(200, Task::Binary);
    assert!(matches!(other.model.core(), Core::Other));
    assert_eq!(Explain::applies(&other, &probability()), Ok(()));
}

#[test]
fn same_bytes_for_one_and_two_threads() {
    let subject = fixture::forest(600, Task::Binary);
    for params in [interventional(), probability()] {
        let one = fixture::bytes_with_threads::<Explain>(&subject, &params, 1);
        assert_eq!(one, fixture::bytes_with_threads::<Explain>(&subject, &params, 2));
    }
}
