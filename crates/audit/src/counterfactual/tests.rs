//! What every counterfactual promises, and searches whose answer is known.

use std::sync::Arc;

use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, Feature, FeatureKind, Label, Model};
use fine_table::{Column, NumberKind, Table, Task, Values};
use proptest::prelude::*;

use super::{Answer, Case, CaseError, Cell, Goal, Params, Search, search};
use crate::rerun::fixture;
use crate::stage::StageError;
use crate::subject::Subject;

fn label(subject: &Subject, row: usize) -> Option<String> {
    subject.classes.get(subject.prediction.labels[row] as usize).cloned()
}

/// Everything that a counterfactual promises, checked from the outside.
fn holds(subject: &Subject, case: &Case, params: &Params, answer: &Answer) -> Result<(), TestCaseError> {
    prop_assert!(answer.queries <= params.queries);
    prop_assert!(answer.found.len() <= params.answers as usize);
    prop_assert_eq!(answer.found.is_empty(), answer.reason.is_some());
    let mut taken = std::collections::HashSet::new();
    for found in &answer.found {
        prop_assert!(!found.changes.is_empty() && found.changes.len() <= params.changes as usize);
        prop_assert!(found.distance > 0.0);
        let mut edited = case.clone();
        for change in &found.changes {
            prop_assert!(taken.insert(change.feature.clone()), "{} changes twice", change.feature);
            prop_assert!(!subject.roles.protected.contains(&change.feature));
            prop_assert!(!params.immutable.contains(&change.feature));
            let column = subject.table.column(&change.feature).unwrap();
            let seen = (0..column.len()).any(|r| column.display_at(r).as_deref() == Some(&change.to));
            prop_assert!(seen, "{} = {} was not observed", change.feature, change.to);
            prop_assert_ne!(change.from.as_deref(), Some(change.to.as_str()));
            edited = edited.with(subject, &change.feature, Some(&change.to)).unwrap();
        }
        let table = super::case::table(subject, std::iter::once(&edited)).unwrap();
        let p = subject.model.predict(&table).unwrap();
        let now = subject.classes[p.labels[0] as usize].clone();
        prop_assert_eq!(found.outcome.label.as_ref(), Some(&now));
        prop_assert_ne!(found.outcome.label.as_ref(), answer.start.label.as_ref());
        prop_assert_eq!(found.outcome.score, p.scores[subject.positive]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_counterfactual_keeps_its_promises(row in 0usize..300, trees in any::<bool>(), fixed in 0usize..4) {
        let subject = if trees { fixture::forest(300, Task::Binary) } else { fixture::linear(300, Task::Binary) };
        let immutable = [vec![], vec!["income".to_owned()], vec!["rate".to_owned(), "member".to_owned()], vec!["age".to_owned()]];
        let params = Params { immutable: immutable[fixed].clone(), ..Params::default() };
        let case = Case::of_row(&subject, row).unwrap();
        let answer = search(&subject, &case, &params).unwrap();
        prop_assert_eq!(answer.start.label.clone(), label(&subject, row));
        holds(&subject, &case, &params, &answer)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    /// When one change of the grid suffices, none is needed that is further away or changes more.
    #[test]
    fn no_answer_changes_two_features_where_one_suffices(row in 0usize..300) {
        let subject = fixture::forest(300, Task::Binary);
        let case = Case::of_row(&subject, row).unwrap();
        let params = Params { values: 300, queries: 100_000, ..Params::default() };
        let answer = search(&subject, &case, &params).unwrap();
        // Brute force: every observed value of every feature that may change, alone.
        let own = subject.prediction.labels[row];
        let suffices = ["income", "rate", "age", "member", "noise"].iter().any(|name| {
            let column = subject.table.column(name).unwrap();
            (0..300).any(|r| {
                let Some(value) = column.display_at(r) else { return false };
                let edited = case.clone().with(&subject, name, Some(&value)).unwrap();
                let table = super::case::table(&subject, std::iter::once(&edited)).unwrap();
                subject.model.predict(&table).unwrap().labels[0] != own
            })
        });
        let single = answer.found.first().is_some_and(|f| f.changes.len() == 1);
        prop_assert_eq!(single, suffices);
    }
}

/// `2 a + b + c > 3` with whole numbers from 0 to 2: what is smallest can be told by hand.
fn counting(rows: &[[f64; 3]], protected: &[&str]) -> Subject {
    let column = |j: usize, name: &str| Column::number(name, NumberKind::Int, rows.iter().map(|r| r[j]).collect());
    let text = |name: &str, values: [&str; 2]| Column::text(name, (0..rows.len()).map(move |i| Some(values[i % 2])));
    let columns = vec![
        column(0, "a"),
        column(1, "b"),
        column(2, "c"),
        text("y", ["no", "yes"]),
        text("sex", ["f", "m"]),
        text("region", ["n", "s"]),
    ];
    let features = ["a", "b", "c"].map(|n| Feature { name: n.into(), kind: FeatureKind::Number }).to_vec();
    let classes = ["no", "yes"].map(|c| Label::Text(c.into())).to_vec();
    let linear = Linear {
        features: 3,
        outputs: 1,
        coef: vec![2.0, 1.0, 1.0],
        intercept: vec![-3.0],
        link: Link::Logistic { scale: 1.0 },
    };
    let model = Model::native(features, Task::Binary, classes, CoreModel::Linear(linear));
    let mut subject = fixture::subject(Table::new(columns).unwrap(), model);
    subject.roles.protected = protected.iter().map(|p| (*p).to_owned()).collect();
    subject
}

/// All rows of three numbers from 0 to 2.
fn all_rows() -> Vec<[f64; 3]> {
    (0..27).map(|i| [f64::from(i / 9), f64::from(i / 3 % 3), f64::from(i % 3)]).collect()
}

#[test]
fn the_smallest_changes_come_first_and_others_change_other_features() {
    let subject = counting(&all_rows(), &[]);
    let case = Case::of_row(&subject, 0).unwrap();
    let answer = search(&subject, &case, &Params::default()).unwrap();
    // From (0, 0, 0): a = 2 alone reaches 4 > 3; a = 1 does not; without a, b and c must both be 2.
    let changes = |i: usize| {
        let list = answer.found[i].changes.iter().map(|c| format!("{} {}", c.feature, c.to));
        list.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(answer.found.len(), 2);
    assert_eq!((changes(0), changes(1)), ("a 2".into(), "b 2, c 2".into()));
    assert!((answer.found[0].distance - 2.0 / 3.0).abs() < 1e-12);
    assert!((answer.found[1].distance - 4.0 / 3.0).abs() < 1e-12);
    assert!(answer.complete);
}

#[test]
fn changes_are_no_longer_than_needed() {
    let subject = counting(&all_rows(), &[]);
    // From (1, 0, 1), a sum of 3: any single step up suffices, two steps are more than needed.
    let case = Case::of_row(&subject, 10).unwrap();
    let answer = search(&subject, &case, &Params { values: 2, ..Params::default() }).unwrap();
    for found in &answer.found {
        assert_eq!(found.changes.len(), 1);
        assert!((found.distance - 1.0 / 3.0).abs() < 1e-12, "{found:?}");
    }
    assert_eq!(answer.found.len(), 3);
}

#[test]
fn what_must_not_change_does_not() {
    let subject = counting(&all_rows(), &["a"]);
    let case = Case::of_row(&subject, 0).unwrap();
    let found = search(&subject, &case, &Params::default()).unwrap().found;
    assert_eq!(found.len(), 1);
    assert!(found[0].changes.iter().all(|c| c.feature != "a"));
    let fixed =
        |names: &[&str]| Params { immutable: names.iter().map(|n| (*n).to_owned()).collect(), ..Params::default() };
    let answer = search(&subject, &case, &fixed(&["b"])).unwrap();
    assert_eq!((answer.found.len(), answer.reason.as_deref()), (0, Some("nothing-found")));
    let answer = search(&subject, &case, &fixed(&["b", "c"])).unwrap();
    assert_eq!(answer.reason.as_deref(), Some("nothing-may-change"));
    let unknown = Search::new(&subject, &fixed(&["d"])).err();
    assert_eq!(unknown, Some(StageError::Failed { id: "immutable-unknown", detail: "d".into() }));
}

#[test]
fn goals_are_kept_and_foreign_ones_refused() {
    let subject = counting(&all_rows(), &[]);
    let case = Case::of_row(&subject, 0).unwrap();
    let with = |goal| Params { goal: Some(goal), ..Params::default() };
    let already = search(&subject, &case, &with(Goal::Class("no".into()))).unwrap();
    assert_eq!(already.reason.as_deref(), Some("already-there"));
    assert_eq!(search(&subject, &case, &with(Goal::Class("yes".into()))).unwrap().found.len(), 2);
    let refused = |goal| search(&subject, &case, &with(goal)).unwrap_err();
    for goal in [Goal::Class("maybe".into()), Goal::AtLeast(1.0)] {
        assert!(matches!(refused(goal), StageError::Failed { id: "goal-unknown", .. }));
    }
    let subject = fixture::linear(200, Task::Regression);
    let case = Case::of_row(&subject, 3).unwrap();
    let now = subject.prediction.scores[3];
    for goal in [Goal::AtLeast(now + 0.5), Goal::AtMost(now - 0.5), Goal::Between(now + 0.5, now + 3.0)] {
        let answer = search(&subject, &case, &with(goal)).unwrap();
        let scores = answer.found.iter().map(|f| f.outcome.score - now).collect::<Vec<_>>();
        assert!(!scores.is_empty() && scores.iter().all(|s| s.abs() >= 0.5), "{scores:?}");
    }
    assert!(search(&subject, &case, &Params::default()).is_err(), "a regression has to be told");
}

#[test]
fn a_spent_budget_is_said() {
    let subject = fixture::forest(300, Task::Binary);
    let case = Case::of_row(&subject, 5).unwrap();
    let answer = search(&subject, &case, &Params { queries: 20, ..Params::default() }).unwrap();
    assert!(!answer.complete && answer.queries <= 20);
    assert_eq!(answer.reason.as_deref(), Some("budget-used"));
    let stop = |_| Err(StageError::Cancelled);
    let params = Params::default();
    assert_eq!(Search::new(&subject, &params).unwrap().find(&case, &stop).err(), Some(StageError::Cancelled));
}

#[test]
fn whole_numbers_stay_whole_and_empty_cells_may_be_filled() {
    let table = fixture::with_holes(&fixture::table(300), "income");
    let model = fixture::forest_model(&table, Task::Binary, fine_model::trees::Missing::Left);
    let subject = fixture::subject(table, model);
    let params = Params::default();
    let search = Search::new(&subject, &params).unwrap();
    let mut filled = 0;
    for row in (0..300).step_by(7) {
        let case = Case::of_row(&subject, row).unwrap();
        assert_eq!(*case.cell(0), Cell::Missing);
        let answer = search.find(&case, &|_| Ok(())).unwrap();
        for change in answer.found.iter().flat_map(|f| &f.changes) {
            filled += usize::from(change.feature == "income" && change.from.is_none());
            assert!(change.feature != "age" || change.to.parse::<i64>().is_ok());
            assert!(change.feature != "member" || ["true", "false"].contains(&change.to.as_str()));
        }
    }
    assert!(filled > 0);
}

/// A row that is not in the table, and one of another table with other kinds of columns.
#[test]
fn any_row_can_be_searched() {
    let subject = fixture::forest(300, Task::Binary);
    let case = Case::of_row(&subject, 0).unwrap().with(&subject, "income", Some("51234.5")).unwrap();
    assert_eq!(*case.cell(0), Cell::Number(51234.5));
    assert_eq!(case.display(&subject, 0).as_deref(), Some("51234.5"));
    let answer = search(&subject, &case, &Params::default()).unwrap();
    assert!(!answer.found.is_empty());
    let row = Table::new(vec![
        Column::text("region", [Some("north")]),
        Column::number("rate", NumberKind::Float, vec![0.05]),
        Column::text("income", [Some("40000")]),
        Column::number("age", NumberKind::Int, vec![40.0]),
        Column::text("member", [Some("true")]),
        Column::number("noise", NumberKind::Float, vec![f64::NAN]),
    ])
    .unwrap();
    let read = Case::of_table(&subject, &row, 0).unwrap();
    assert_eq!((read.cell(0), read.cell(3)), (&Cell::Number(40_000.0), &Cell::Number(1.0)));
    assert_eq!((read.cell(4), read.cell(5)), (&Cell::Missing, &Cell::Text("north".into())));
    let bad = row.with_column(Column::text("income", [Some("much")])).unwrap();
    assert!(matches!(Case::of_table(&subject, &bad, 0), Err(CaseError::NotNumeric { .. })));
    assert!(matches!(Case::of_table(&subject, &row, 1), Err(CaseError::NoRow { row: 1, rows: 1 })));
    assert!(matches!(Case::of_row(&subject, 300), Err(CaseError::NoRow { .. })));
    assert!(matches!(case.clone().with(&subject, "amount", None), Err(CaseError::UnknownFeature { .. })));
    let empty = Table::new(vec![Column::number("age", NumberKind::Int, vec![1.0])]).unwrap();
    assert!(matches!(Case::of_table(&subject, &empty, 0), Err(CaseError::MissingColumn { .. })));
}

/// A model that refuses unseen categories is only asked about those it knows; one that refuses a row says so.
#[test]
fn a_refusing_model_ends_the_search_with_its_reason() {
    #[derive(Debug)]
    struct Picky;
    impl fine_model::Graph for Picky {
        fn predict(
            &self,
            columns: &[&Column],
            rows: usize,
        ) -> Result<fine_model::Prediction, fine_model::PredictError> {
            let Values::Number { values, .. } = &columns[0].values else {
                return Err(fine_model::PredictError::NoEncodedForm);
            };
            if values.windows(2).any(|w| w[0] != w[1]) && rows < 27 {
                return Err(fine_model::PredictError::Runtime("uneven".into()));
            }
            Ok(fine_model::Prediction {
                rows,
                width: 2,
                kind: fine_model::ScoreKind::Probability,
                scores: [0.7, 0.3].repeat(rows),
                labels: vec![0; rows],
            })
        }
    }
    let plain = counting(&all_rows(), &[]);
    let features = plain.model.features.clone();
    let classes = ["no", "yes"].map(|c| Label::Text(c.into())).to_vec();
    let graph = CoreModel::Graph(Arc::new(Picky));
    let mut subject = fixture::subject(plain.table.clone(), Model::native(features, Task::Binary, classes, graph));
    subject.roles.protected.clear();
    let case = Case::of_row(&subject, 0).unwrap();
    let answer = search(&subject, &case, &Params::default()).unwrap();
    assert_eq!(answer.reason.as_deref(), Some("model-refused"));
}
