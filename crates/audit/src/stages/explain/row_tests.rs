//! The explanation of any row, and other ways to explain.

use fine_model::Core;
use fine_table::Task;

use super::tests::{feature, opaque, quick};
use super::{Explain, Params, Scale, TreeValue};
use crate::rerun::fixture;
use crate::row::{explain, what_if};
use crate::shap::Enumerator;
use crate::stage::Stage;
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
            let own = explain(&subject, listed.row, &params).unwrap();
            let why = &own.explanation;
            assert_eq!((why.base, why.class.as_deref()), (listed.base, Some("yes")));
            let own_parts =
                why.contributions.iter().map(|c| (c.feature.clone(), c.value.clone().unwrap_or_default(), c.shap));
            assert_eq!(own_parts.take(6).collect::<Vec<_>>(), listed.contributions[..6]);
            assert!((why.output - listed.prediction).abs() < 1e-12);
            let scores = own.answer.scores.iter().map(|s| s.value).collect::<Vec<_>>();
            assert_eq!(scores, subject.prediction.scores[listed.row as usize * 2..][..2]);
        }
    }
}

/// The only feature that changes moves the output, and a feature that the model does not read does not.
#[test]
fn a_changed_cell_moves_the_output_by_what_the_model_says() {
    let sampled = Params { background_rows: 6, ..quick() };
    for (subject, params) in [
        (fixture::forest(300, Task::Binary), quick()),
        (fixture::linear(300, Task::Regression), quick()),
        (opaque(200, Task::Binary), sampled),
        (fixture::forest(300, Task::Binary), interventional()),
    ] {
        let with = |name: &str, value: f64| {
            let changes = std::collections::BTreeMap::from([(name.to_owned(), serde_json::json!(value))]);
            what_if(&subject, 4, &changes, None, &params).unwrap()
        };
        let answer = with("income", 120_000.0);
        let (old, new) = (&answer.old.explanation, &answer.new.explanation);
        assert!(new.output > old.output, "{}", old.method);
        assert_eq!(old.base, new.base);
        assert!(
            new.contributions
                .iter()
                .any(|c| { c.feature == "income" && c.value.as_deref() == Some("120000") && c.shap > 0.0 })
        );
        let answer = with("noise", 3.5);
        assert!((answer.old.explanation.output - answer.new.explanation.output).abs() < 1e-12);
    }
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
        let own = explain(&subject, listed.row, &probability()).unwrap();
        for (a, b) in own.explanation.contributions.iter().zip(&listed.contributions) {
            assert!(a.feature == b.0 && (a.shap - b.2).abs() < 1e-12);
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
